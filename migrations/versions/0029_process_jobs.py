"""Jobs of processes; 0029_process_jobs.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0029_process_jobs"
down_revision = "0028_desk_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.drop_table("process_job", schema="lode")

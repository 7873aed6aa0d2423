"""Add the projects of recovery records; 0015_recovery_project.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0015_recovery_project"
down_revision = "0014_recovery_record"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.drop_table("recovery_project", schema="lode")

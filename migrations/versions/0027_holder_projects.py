"""Add holder projects to mining rights; 0027_holder_projects.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0027_holder_projects"
down_revision = "0026_leading_figures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for schema in ("lode", "lode_history"):
        op.drop_column("mining_right", "holder_projects", schema=schema)

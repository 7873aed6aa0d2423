"""Add application date and expenditure to mining rights; 0056_right_application.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0056_right_application"
down_revision = "0055_milestone_sources"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for schema in ("lode", "lode_history"):
        for column in ("applied_on", "expenditure", "expenditure_currency"):
            op.drop_column("mining_right", column, schema=schema)

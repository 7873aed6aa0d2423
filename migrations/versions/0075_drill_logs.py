"""Add surveys and intervals of drill holes; 0075_drill_logs.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0075_drill_logs"
down_revision = "0074_drill_hole"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.execute("DELETE FROM lode.collection_state WHERE collection IN ('drill-surveys', 'drill-intervals')")
    for schema in ("lode", "lode_history"):
        op.drop_table("drill_interval", schema=schema)
        op.drop_table("drill_survey", schema=schema)

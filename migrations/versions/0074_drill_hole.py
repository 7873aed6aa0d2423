"""Add drill holes; 0074_drill_hole.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0074_drill_hole"
down_revision = "0073_mirror_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.execute("DELETE FROM lode.collection_state WHERE collection = 'drill-holes'")
    for schema in ("lode", "lode_history"):
        op.drop_table("drill_hole", schema=schema)

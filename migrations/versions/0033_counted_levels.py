"""Counts of cells at zoom levels 3, 6 and 8, from the finer counts; 0033_counted_levels.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0033_counted_levels"
down_revision = "0032_capacity_counts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.execute("DELETE FROM lode.place_count WHERE level IN (3, 6, 8)")

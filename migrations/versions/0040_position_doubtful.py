"""Add position doubtful to deposits, discoveries and projects; 0040_position_doubtful.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0040_position_doubtful"
down_revision = "0039_undated_status"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for schema in ("lode", "lode_history"):
        for kind in ("deposit", "discovery", "project"):
            op.drop_column(kind, "position_doubtful", schema=schema)

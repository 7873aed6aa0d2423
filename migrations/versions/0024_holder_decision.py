"""Decisions of experts on names of holders; 0024_holder_decision.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0024_holder_decision"
down_revision = "0023_points_of_tailings"
branch_labels = None
depends_on = None
MASKED = ("mining_right", "right_event", "right_sale", "tailings_facility", "organisation", "flag")


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    op.execute(f"REVOKE UPDATE ON {', '.join(f'lode_history.{name}' for name in MASKED)} FROM lode_import")
    op.execute("REVOKE DELETE ON lode.search_word FROM lode_import")
    op.execute("REVOKE SELECT ON lode.withheld_name FROM lode_desk")
    op.drop_table("holder_decision", schema="lode")

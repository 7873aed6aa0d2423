"""Figures as reported in another unit; 0034_figures_reported.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0034_figures_reported"
down_revision = "0033_counted_levels"
branch_labels = None
depends_on = None
KINDS = (
    "deposit",
    "discovery",
    "project",
    "zone",
    "milestone",
    "mining_right",
    "plant_stream",
    "progress_report",
    "recovery_record",
    "right_disclosure",
    "right_sale",
    "schedule_entry",
    "tailings_facility",
)


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for kind in KINDS:
        for schema in ("lode", "lode_history"):
            op.drop_column(kind, "figures_reported", schema=schema)

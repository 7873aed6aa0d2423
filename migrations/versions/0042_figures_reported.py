"""Add figures reported to organisations; 0042_figures_reported.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0042_figures_reported"
down_revision = "0041_owner_dates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for schema in ("lode", "lode_history"):
        op.drop_column("organisation", "figures_reported", schema=schema)

"""What a capacity counts, and what shares it; 0032_capacity_counts.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0032_capacity_counts"
down_revision = "0031_source_checks"
branch_labels = None
depends_on = None

COLUMNS = {"phase": ("shared_with", "included_in"), "project": ("figure_capacity_basis", "figure_coming_tpa")}


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for schema in ("lode", "lode_history"):
        for table, names in COLUMNS.items():
            for name in names:
                op.drop_column(table, name, schema=schema)

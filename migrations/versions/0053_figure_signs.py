"""Signs of reported figures: about, bounds and ranges; 0053_figure_signs.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0053_figure_signs"
down_revision = "0052_estimate_statement"
branch_labels = None
depends_on = None

FIGURES = {"estimate": ("ore",), "estimate_measure": ("grade", "contained"), "phase": ("capacity",)}
RULES = ("qualifier_known", "range_has_upper", "bound_has_no_value")


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    # the triggers of this version name the columns; those of the version before are created after the downgrade
    for table, names in FIGURES.items():
        op.execute(f"DROP TRIGGER IF EXISTS keep_reported ON lode.{table}")
        for name in names:
            for rule in RULES:
                op.execute(f"ALTER TABLE lode.{table} DROP CONSTRAINT ck_{table}_{name}_{rule}")
            for schema in ("lode", "lode_history"):
                op.drop_column(table, f"{name}_qualifier", schema=schema)
                op.drop_column(table, f"{name}_upper", schema=schema)

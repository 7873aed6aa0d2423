"""Figures that are held back or left out of sums; 0036_held_figures.sql in this folder has the statements."""

from pathlib import Path

from alembic import op

revision = "0036_held_figures"
down_revision = "0035_grade_basis"
branch_labels = None
depends_on = None

COLUMNS = {"phase": ("held", "held_factor", "doubtful", "judged"), "estimate_measure": ("held", "held_factor", "judged")}
CHECKS = {"phase": "ck_phase_held_has_no_capacity", "estimate_measure": "ck_estimate_measure_held_has_no_grade"}


def upgrade() -> None:
    statements = Path(__file__).with_suffix(".sql").read_text("utf-8")
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})


def downgrade() -> None:
    for table, name in CHECKS.items():
        op.execute(f"ALTER TABLE lode.{table} DROP CONSTRAINT {name}")
    for schema in ("lode", "lode_history"):
        for table, names in COLUMNS.items():
            for name in names:
                op.drop_column(table, name, schema=schema)

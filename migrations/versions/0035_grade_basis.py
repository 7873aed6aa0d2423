"""What the leading grade of a deposit or a discovery is of."""

from alembic import op

revision = "0035_grade_basis"
down_revision = "0034_figures_reported"
branch_labels = None
depends_on = None

TABLES = [f"{schema}.{kind}" for schema in ("lode", "lode_history") for kind in ("deposit", "discovery")]


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ADD figure_grade_basis text")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN figure_grade_basis")

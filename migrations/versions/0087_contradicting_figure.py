"""Add the metal by another source that contradicts the leading figure; `lode resolve run` computes it for stored records."""

from alembic import op

revision = "0087_contradicting_figure"
down_revision = "0086_value_decisions"
branch_labels = None
depends_on = None

TABLES = [f"{schema}.{kind}" for schema in ("lode", "lode_history") for kind in ("deposit", "discovery")]


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ADD figure_elsewhere_t double precision")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN figure_elsewhere_t")

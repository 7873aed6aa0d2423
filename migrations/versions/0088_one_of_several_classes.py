"""Add whether the leading figure is one of several classes that are not added; `lode resolve run` computes it for joined records."""

from alembic import op

revision = "0088_one_of_several_classes"
down_revision = "0087_contradicting_figure"
branch_labels = None
depends_on = None

TABLES = [f"{schema}.{kind}" for schema in ("lode", "lode_history") for kind in ("deposit", "discovery")]


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ADD figure_one_of_several boolean")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN figure_one_of_several")

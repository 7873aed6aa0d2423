"""Add what figures are of: deposits that an estimate covers, and whether the leading one is one of several classes.

A new import of a source and `lode resolve run` compute them for stored records.
"""

from alembic import op

revision = "0088_scope_of_figures"
down_revision = "0087_contradicting_figure"
branch_labels = None
depends_on = None

SCHEMAS = ("lode", "lode_history")
RECORDS = [f"{schema}.{kind}" for schema in SCHEMAS for kind in ("deposit", "discovery")]


def upgrade() -> None:
    for schema in SCHEMAS:
        op.execute(f"ALTER TABLE {schema}.estimate ADD covers text")
    for table in RECORDS:
        op.execute(f"ALTER TABLE {table} ADD figure_one_of_several boolean, ADD figure_covers text")


def downgrade() -> None:
    for table in RECORDS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN figure_one_of_several, DROP COLUMN figure_covers")
    for schema in SCHEMAS:
        op.execute(f"ALTER TABLE {schema}.estimate DROP COLUMN covers")

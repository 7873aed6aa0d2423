"""Add the ground of the main commodity to deposits, discoveries and projects."""

from alembic import op

revision = "0025_main_commodity_ground"
down_revision = "0024_holder_decision"
branch_labels = None
depends_on = None

TABLES = tuple(f"{schema}.{kind}" for schema in ("lode", "lode_history") for kind in ("deposit", "discovery", "project"))


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ADD main_commodity_ground text")
    op.execute("GRANT INSERT (main_commodity_ground), UPDATE (main_commodity_ground) ON lode.project TO lode_import")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN main_commodity_ground")

"""Add the release of an import of statistics and its counts of observations."""

from alembic import op
from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import JSONB

revision = "0061_loaded_releases"
down_revision = "0060_saved_filters"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_run", Column("release", Text), schema="lode")
    op.add_column("import_run", Column("observation_counts", JSONB(none_as_null=True)), schema="lode")


def downgrade() -> None:
    for name in ("observation_counts", "release"):
        op.drop_column("import_run", name, schema="lode")

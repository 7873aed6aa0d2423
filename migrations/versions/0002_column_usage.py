"""The usage of each column of an import's tables.

Revision ID: 0002_column_usage
Revises: 0001_baseline
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_column_usage"
down_revision = "0001_baseline"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_run", sa.Column("column_usage", postgresql.JSONB(none_as_null=True)), schema="lode")


def downgrade() -> None:
    op.drop_column("import_run", "column_usage", schema="lode")

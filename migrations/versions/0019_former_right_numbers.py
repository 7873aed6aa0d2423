"""An index of former numbers of mining rights, by which search finds a right.

Revision ID: 0019_former_right_numbers
Revises: 0018_monthly_reports
"""

from alembic import op

revision = "0019_former_right_numbers"
down_revision = "0018_monthly_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_mining_right_former_nos", "mining_right", ["former_nos"], schema="lode", postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("ix_mining_right_former_nos", "mining_right", schema="lode")

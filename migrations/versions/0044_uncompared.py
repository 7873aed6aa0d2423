"""Add the records that are still to be compared with others."""

import sqlalchemy as sa
from alembic import op

revision = "0044_uncompared"
down_revision = "0043_job_progress"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "uncompared",
        sa.Column("record_id", sa.Text, nullable=False),
        sa.Column("place", sa.BigInteger),
        sa.PrimaryKeyConstraint("record_id", name="pk_uncompared"),
        sa.Index("ix_uncompared_place", "place", "record_id"),
        schema="lode",
        comment="Records that an import left to be compared with others in the background, in the order of their places.",
    )
    op.execute("GRANT SELECT, INSERT, DELETE, TRUNCATE ON lode.uncompared TO lode_import")
    op.execute("GRANT SELECT ON lode.uncompared TO lode_site")


def downgrade() -> None:
    op.drop_table("uncompared", schema="lode")

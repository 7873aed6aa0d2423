"""Finished features of one main commodity are found along the curve of places without those between.

Revision ID: 0023
Revises: 0022
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

POINTS = ("deposit", "discovery", "project")


def upgrade() -> None:
    for table in POINTS:
        op.create_index(
            f"ix_{table}_feature_main_commodity",
            f"{table}_feature",
            ["main_commodity", "place", "id"],
            schema="lode",
            postgresql_include=["lon", "lat"],
        )


def downgrade() -> None:
    for table in POINTS:
        op.drop_index(f"ix_{table}_feature_main_commodity", f"{table}_feature", schema="lode")

"""What lies at the edge of a box is left out by the index of places itself: its key holds the position.

Revision ID: 0025
Revises: 0024
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

POINTS = ("deposit", "discovery", "project")


def upgrade() -> None:
    for table in POINTS:
        op.drop_index(f"ix_{table}_feature_place", f"{table}_feature", schema="lode")
        op.create_index(f"ix_{table}_feature_place", f"{table}_feature", ["place", "lon", "lat"], schema="lode")


def downgrade() -> None:
    for table in POINTS:
        op.drop_index(f"ix_{table}_feature_place", f"{table}_feature", schema="lode")
        op.create_index(
            f"ix_{table}_feature_place", f"{table}_feature", ["place"], schema="lode", postgresql_include=["lon", "lat"]
        )

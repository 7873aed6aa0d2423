"""What lies in a box is counted by an index of places alone, a quarter as large as the key of finished features.

Revision ID: 0024
Revises: 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

POINTS = ("deposit", "discovery", "project")


def upgrade() -> None:
    for table in POINTS:
        op.create_index(
            f"ix_{table}_feature_place", f"{table}_feature", ["place"], schema="lode", postgresql_include=["lon", "lat"]
        )


def downgrade() -> None:
    for table in POINTS:
        op.drop_index(f"ix_{table}_feature_place", f"{table}_feature", schema="lode")

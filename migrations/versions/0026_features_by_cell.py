"""What lies at the edge of a box is counted by cells of the finest level that is counted: one walk finds those of all.

The index has all that stands beside features, so nothing else is read. It takes the place of the index of places, of which
each range was walked for itself; pages are found by the key.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

POINTS = ("deposit", "discovery", "project")
BESIDE = ["place", "main_commodity", "commodity_group", "country", "commodities"]


def upgrade() -> None:
    for table in POINTS:
        # zoom level 11 of 26
        keys = [sa.text("(place >> 30)"), "lon", "lat"]
        op.create_index(f"ix_{table}_feature_cell", f"{table}_feature", keys, schema="lode", postgresql_include=BESIDE)
        op.drop_index(f"ix_{table}_feature_place", f"{table}_feature", schema="lode")


def downgrade() -> None:
    for table in POINTS:
        op.create_index(f"ix_{table}_feature_place", f"{table}_feature", ["place", "lon", "lat"], schema="lode")
        op.drop_index(f"ix_{table}_feature_cell", f"{table}_feature", schema="lode")

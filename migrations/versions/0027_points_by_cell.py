"""Finished features by cell with their positions alone, by which boxes without a choice count what their edge goes through.

It has less than half the pages of the index of cells with all that stands beside features, which boxes with a choice go on
being counted by.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

POINTS = ("deposit", "discovery", "project")


def upgrade() -> None:
    for table in POINTS:
        # zoom level 11 of 26; written otherwise than in the other index, so that no count with a choice is planned by this one
        keys = [sa.text("(place / 1073741824)"), "lon", "lat"]
        op.create_index(f"ix_{table}_feature_point", f"{table}_feature", keys, schema="lode", postgresql_include=["place"])


def downgrade() -> None:
    for table in POINTS:
        op.drop_index(f"ix_{table}_feature_point", f"{table}_feature", schema="lode")

"""Finished features of one main commodity are found along the curve of places without those between, others counted by the key.

Revision ID: 0023
Revises: 0022
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

POINTS = ("deposit", "discovery", "project")
BEFORE = ["lon", "lat", "main_commodity"]
AFTER = [*BEFORE, "commodity_group", "country", "commodities"]


def upgrade() -> None:
    for table in POINTS:
        _key(table, AFTER)
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
        _key(table, BEFORE)


def _key(table: str, beside: list[str]) -> None:
    name = f"pk_{table}_feature"
    op.drop_constraint(name, f"{table}_feature", schema="lode")
    # alembic has no word for what a key includes
    op.execute(f"ALTER TABLE lode.{table}_feature ADD CONSTRAINT {name} PRIMARY KEY (place, id) INCLUDE ({', '.join(beside)})")

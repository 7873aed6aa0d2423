"""What lies in a changed cell is looked up by the features' key, cell by cell, whatever the planner expects to find there.

It expects one row in two hundred of any range of places, and two hundred cells however many have changed: to compare every feature
with every cell looked no dearer to it, and a large import into a small store did not end.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

POINTS = ("deposit", "discovery", "project")
# zoom level 11 of 26
BITS = 30
COLUMNS = "place, lon, lat, commodity_group, main_commodity, country, commodities"
CELLS = "(SELECT DISTINCT cell FROM pg_temp.changed_cell) c"
REFRESH = "lode.refresh_served(integer, boolean)"


def upgrade() -> None:
    _rewrite(forward=True)


def downgrade() -> None:
    _rewrite(forward=False)


def _rewrite(forward: bool) -> None:
    made: str = op.get_bind().execute(sa.text(f"SELECT pg_get_functiondef('{REFRESH}'::regprocedure)")).scalar_one()
    for points in POINTS:
        within = f"place BETWEEN c.cell << {BITS} AND (c.cell + 1 << {BITS}) - 1"
        joined = f"{CELLS} JOIN {points}_feature f ON f.{within}"
        # OFFSET keeps it a subquery, which is run for each cell
        one_by_one = f"{CELLS} CROSS JOIN LATERAL (SELECT {COLUMNS} FROM {points}_feature WHERE {within} OFFSET 0) f"
        old, new = (joined, one_by_one) if forward else (one_by_one, joined)
        assert old in made, old
        made = made.replace(old, new)
    op.get_bind().exec_driver_sql(made)

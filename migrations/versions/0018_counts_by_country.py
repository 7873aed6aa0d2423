"""Cells are counted by country too, so that tiles and numbers of one country are read and not counted.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = "collection, level, cell"
REFRESH = "lode.refresh_served(integer, boolean)"
KEYS, WITH_COUNTRY = "commodity_group, main_commodity", "commodity_group, main_commodity, country"
CHANGED = "(SELECT cell, {0}, n FROM pg_temp.changed_cell) c"
# What has no country is counted as the empty one.
OF_CHANGED, NAMED = CHANGED.format(WITH_COUNTRY), CHANGED.format(f"{KEYS}, coalesce(country, '') AS country")
POINTS = {"deposit": "deposits", "discovery": "discoveries", "project": "projects"}
LEVELS = (5, 7, 9, 11)


def upgrade() -> None:
    op.execute("TRUNCATE lode.place_count")
    op.drop_constraint("pk_place_count", "place_count", schema="lode")
    op.add_column("place_count", sa.Column("country", sa.Text(), nullable=False), schema="lode")
    _comment("commodity group and main commodity and country")
    _rewrite(((KEYS, WITH_COUNTRY), (OF_CHANGED, NAMED)))
    _count(WITH_COUNTRY, *KEYS.split(", "), "coalesce(country, '')")
    # with the counts in the index, they are added up without their rows
    op.execute(f"ALTER TABLE lode.place_count ADD CONSTRAINT pk_place_count PRIMARY KEY ({KEY}, {WITH_COUNTRY}) INCLUDE (n)")


def downgrade() -> None:
    op.execute("TRUNCATE lode.place_count")
    op.drop_constraint("pk_place_count", "place_count", schema="lode")
    op.drop_column("place_count", "country", schema="lode")
    _comment("commodity group and main commodity")
    _rewrite(((NAMED, OF_CHANGED), (WITH_COUNTRY, KEYS)))
    _count(KEYS, *KEYS.split(", "))
    op.execute(f"ALTER TABLE lode.place_count ADD CONSTRAINT pk_place_count PRIMARY KEY ({KEY}, {KEYS})")


def _comment(keys: str) -> None:
    told = f"How many located records lie in each cell of a zoom level, by {keys}."
    op.create_table_comment("place_count", told, schema="lode")


def _rewrite(changes: tuple[tuple[str, str], ...]) -> None:
    """Change the function that counts."""
    made: str = op.get_bind().execute(sa.text(f"SELECT pg_get_functiondef('{REFRESH}'::regprocedure)")).scalar_one()
    for old, new in changes:
        assert old in made, old
        made = made.replace(old, new)
    op.get_bind().exec_driver_sql(made)


def _count(keys: str, *values: str) -> None:
    """Count all cells."""
    grouped = ", ".join(str(place) for place in range(2, 4 + len(values)))
    for table, collection in POINTS.items():
        for level in LEVELS:
            op.execute(
                f"INSERT INTO lode.place_count (collection, level, cell, {keys}, n) SELECT '{collection}', {level}, "
                f"place >> {2 * (26 - level)}, {', '.join(values)}, count(*) FROM lode.{table} WHERE geom IS NOT NULL "
                f"GROUP BY {grouped}"
            )

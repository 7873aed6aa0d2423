"""Cells of the finest level keep their records' longitudes and latitudes in order: what a side of a box cuts is found by halving.

They take the place of both indexes by cell, in which every row along a box's edge was looked at.

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

COLLECTIONS = {"deposit": "deposits", "discovery": "discoveries", "project": "projects"}
# zoom level 11 of 26
LEVEL, BITS = 11, 30
KEYS = "commodity_group, main_commodity, country"
COUNTED = {
    "place_count": (KEYS, "commodity_group, main_commodity, coalesce(country, '')"),
    "place_commodity_count": ("commodity", "unnest(commodities)"),
}
"""The tables of counts by cell: what each tells apart, and what of a feature that is."""
BY = {"place_count": "commodity group and main commodity and country", "place_commodity_count": "commodity"}
COMMENT = "How many located records lie in each cell of a zoom level, by {}{}."
REFRESH = "lode.refresh_served(integer, boolean)"


def upgrade() -> None:
    _rewrite(forward=True)
    for table, by in BY.items():
        op.execute(f"DELETE FROM lode.{table} WHERE level = {LEVEL}")
        for column in ("lons", "lats"):
            op.add_column(table, sa.Column(column, sa.ARRAY(sa.Double())), schema="lode")
            # a few hundred stay in the row; positions can't be compressed
            op.execute(f"ALTER TABLE lode.{table} ALTER {column} SET STORAGE EXTERNAL")
        op.execute(f"ALTER TABLE lode.{table} SET (toast_tuple_target = 8160)")
        op.create_table_comment(table, COMMENT.format(by, ", and of the finest level where, in order"), schema="lode")
        for points in COLLECTIONS:
            op.execute(_finest(points, table, "lode.", f"lode.{points}_feature f WHERE lon IS NOT NULL"))
    # with the counts in the index, they are added up without their rows
    _key("place_commodity_count", " INCLUDE (n)")
    for points in COLLECTIONS:
        for index in ("cell", "point"):
            op.drop_index(f"ix_{points}_feature_{index}", f"{points}_feature", schema="lode")


def downgrade() -> None:
    for points in COLLECTIONS:
        beside = ["place", "main_commodity", "commodity_group", "country", "commodities"]
        for index, cell, included in (("cell", "place >> 30", beside), ("point", "place / 1073741824", ["place"])):
            keys = [sa.text(f"({cell})"), "lon", "lat"]
            name = f"ix_{points}_feature_{index}"
            op.create_index(name, f"{points}_feature", keys, schema="lode", postgresql_include=included)
    _key("place_commodity_count", "")
    for table, by in BY.items():
        op.drop_column(table, "lons", schema="lode")
        op.drop_column(table, "lats", schema="lode")
        op.execute(f"ALTER TABLE lode.{table} RESET (toast_tuple_target)")
        op.create_table_comment(table, COMMENT.format(by, ""), schema="lode")
    _rewrite(forward=False)


def _finest(points: str, table: str, schema: str, source: str) -> str:
    """Count the finest cells of some features, with their positions."""
    keys, told = COUNTED[table]
    return f"""
    INSERT INTO {schema}{table} (collection, level, cell, {keys}, n, lons, lats)
    SELECT '{COLLECTIONS[points]}', {LEVEL}, place >> {BITS}, {told}, count(*),
      array_agg(lon ORDER BY lon), array_agg(lat ORDER BY lat)
    FROM {source} GROUP BY place >> {BITS}, {told} ORDER BY place >> {BITS}, {told}"""


def _rewrite(forward: bool) -> None:
    """Change the function that counts: cells of the finest level in which something is new or gone are written anew."""
    beside = f"{KEYS}, commodities"
    changes = [
        (f"SELECT place, {beside}, 1 AS n FROM", f"SELECT place, geom, {beside}, 1 AS n FROM"),
        (f"SELECT place, {beside}, -1 FROM", f"SELECT place, geom, {beside}, -1 FROM"),
        (f") c GROUP BY place >> {BITS}, {beside} HAVING", f") c GROUP BY place, geom, {beside} HAVING"),
    ]
    for keys, _ in COUNTED.values():
        coarser = f"SELECT 9 AS level, cell, {keys}, n FROM l9"
        changes.append((f"{coarser} UNION ALL SELECT {LEVEL} AS level, cell, {keys}, n FROM l{LEVEL}", coarser))
    for points in COLLECTIONS:
        end = f"DROP TABLE pg_temp.changed_cell;\n    -- facets of {points}:"
        changed = f"(SELECT DISTINCT cell FROM pg_temp.changed_cell) c JOIN {points}_feature f"
        within = f"f.place BETWEEN c.cell << {BITS} AND (c.cell + 1 << {BITS}) - 1"
        anew = "".join(
            f"""
    DELETE FROM {table} WHERE collection = '{COLLECTIONS[points]}' AND level = {LEVEL}
      AND cell = ANY (ARRAY(SELECT DISTINCT cell FROM pg_temp.changed_cell));{_finest(points, table, "", f"{changed} ON {within}")};"""
            for table in COUNTED
        )
        changes.append((end, f"{anew.strip()}\n    {end}"))
    made: str = op.get_bind().execute(sa.text(f"SELECT pg_get_functiondef('{REFRESH}'::regprocedure)")).scalar_one()
    for change in changes:
        old, new = change if forward else change[::-1]
        assert old in made, old
        made = made.replace(old, new)
    op.get_bind().exec_driver_sql(made)


def _key(table: str, included: str) -> None:
    op.drop_constraint(f"pk_{table}", table, schema="lode")
    key = f"collection, level, cell, {COUNTED[table][0]}"
    # alembic has no word for what a key includes
    op.execute(f"ALTER TABLE lode.{table} ADD CONSTRAINT pk_{table} PRIMARY KEY ({key}){included}")

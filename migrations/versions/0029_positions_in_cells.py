"""Cells of the finest level keep their records' longitudes and latitudes in order: what a side of a box cuts is found by halving.

They take the place of both indexes by cell, in which every row along a box's edge was looked at. Boxes without a choice are
counted by cells of all records.

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
KEYS = ("commodity_group", "main_commodity", "country")
COUNTED = {
    "place_count": {
        "commodity_group": "commodity_group",
        "main_commodity": "main_commodity",
        "country": "coalesce(country, '')",
    },
    "place_commodity_count": {"commodity": "unnest(commodities)"},
    "place_total_count": {},
}
"""The tables of counts by cell: what each tells apart, and what of a feature that is."""
TOTAL = "place_total_count"
REFRESH = "lode.refresh_served(integer, boolean)"


def upgrade() -> None:
    _rewrite(forward=True)
    _add_totals()
    for table in COUNTED:
        _keep_coarser(table)
        for column in ("lons", "lats"):
            op.add_column(table, sa.Column(column, sa.ARRAY(sa.Double())), schema="lode")
            # a few hundred stay in the row; positions can't be compressed
            op.execute(f"ALTER TABLE lode.{table} ALTER {column} SET STORAGE EXTERNAL")
        op.execute(f"ALTER TABLE lode.{table} SET (toast_tuple_target = 8160)")
        _comment(table, ", and of the finest level where, in order")
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
    _rewrite(forward=False)
    op.drop_table(TOTAL, schema="lode")
    for table in COUNTED.keys() - {TOTAL}:
        op.drop_column(table, "lons", schema="lode")
        op.drop_column(table, "lats", schema="lode")
        op.execute(f"ALTER TABLE lode.{table} RESET (toast_tuple_target)")
        _comment(table, "")


def _add_totals() -> None:
    op.create_table(
        TOTAL,
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("cell", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("collection", "level", "cell", name=f"pk_{TOTAL}", postgresql_include=["n"]),
        schema="lode",
    )
    op.execute(f"GRANT SELECT ON lode.{TOTAL} TO lode_import, lode_site")
    op.execute(
        f"INSERT INTO lode.{TOTAL} (collection, level, cell, n) SELECT collection, level, cell, sum(n) FROM lode.place_count "
        "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    )


def _keep_coarser(table: str) -> None:
    """Leave out the finest level, and the room that it took."""
    op.execute(
        f"CREATE TEMP TABLE coarser AS SELECT * FROM lode.{table} WHERE level < {LEVEL} ORDER BY collection, level, cell"
    )
    op.execute(f"TRUNCATE lode.{table}")
    op.execute(f"INSERT INTO lode.{table} SELECT * FROM pg_temp.coarser")
    op.execute("DROP TABLE pg_temp.coarser")


def _comment(table: str, positions: str) -> None:
    by = ", by " + " and ".join(COUNTED[table]).replace("_", " ") if COUNTED[table] else ""
    told = f"How many located records lie in each cell of a zoom level{by}{positions}."
    op.create_table_comment(table, told, schema="lode")


def _finest(points: str, table: str, schema: str, source: str) -> str:
    """Count the finest cells of some features, with their positions."""
    keys, told = (
        ", ".join((cell, *of)) for cell, of in (("cell", COUNTED[table]), (f"place >> {BITS}", COUNTED[table].values()))
    )
    return f"""
    INSERT INTO {schema}{table} (collection, level, {keys}, n, lons, lats)
    SELECT '{COLLECTIONS[points]}', {LEVEL}, {told}, count(*), array_agg(lon ORDER BY lon), array_agg(lat ORDER BY lat)
    FROM {source} GROUP BY {told} ORDER BY {told}"""


def _coarser_totals(points: str) -> str:
    """Count the other cells of all records by what changed."""
    return f"""
    WITH l9 AS (
      SELECT cell >> 4 AS cell, sum(n)::integer AS n FROM pg_temp.changed_cell GROUP BY cell >> 4 HAVING sum(n) <> 0
    ), l7 AS (
      SELECT cell >> 4 AS cell, sum(n)::integer AS n FROM l9 GROUP BY cell >> 4 HAVING sum(n) <> 0
    ), l5 AS (
      SELECT cell >> 4 AS cell, sum(n)::integer AS n FROM l7 GROUP BY cell >> 4 HAVING sum(n) <> 0
    )
    INSERT INTO {TOTAL} AS p (collection, level, cell, n)
    SELECT '{COLLECTIONS[points]}', c.* FROM (
      SELECT 5 AS level, cell, n FROM l5 UNION ALL SELECT 7, cell, n FROM l7 UNION ALL SELECT 9, cell, n FROM l9
    ) c ORDER BY level, cell
    ON CONFLICT (collection, level, cell) DO UPDATE SET n = p.n + excluded.n;"""


def _rewrite(forward: bool) -> None:
    """Change the function that counts: cells of the finest level in which something is new or gone are written anew."""
    beside = ", ".join((*KEYS, "commodities"))
    changes = [
        (f"SELECT place, {beside}, 1 AS n FROM", f"SELECT place, geom, {beside}, 1 AS n FROM"),
        (f"SELECT place, {beside}, -1 FROM", f"SELECT place, geom, {beside}, -1 FROM"),
        (f") c GROUP BY place >> {BITS}, {beside} HAVING", f") c GROUP BY place, geom, {beside} HAVING"),
    ]
    for told in (KEYS, ("commodity",)):
        keys = ", ".join(told)
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
        changes.append((end, f"{_coarser_totals(points).strip()}{anew}\n    {end}"))
    emptied = [f"DELETE FROM {table} WHERE n = 0;" for table in COUNTED]
    # those of the finest level have gone already
    names = ", ".join(f"'{name}'" for name in COLLECTIONS.values())
    coarse = (f"DELETE FROM {table} WHERE collection IN ({names}) AND level < {LEVEL} AND n = 0;" for table in COUNTED)
    changes.append(("\n  ".join(emptied[:2]), "\n  ".join(coarse)))
    made: str = op.get_bind().execute(sa.text(f"SELECT pg_get_functiondef('{REFRESH}'::regprocedure)")).scalar_one()
    for change in changes:
        old, new = change if forward else change[::-1]
        assert old in made, old
        made = made.replace(old, new)
    op.get_bind().exec_driver_sql(made)


def _key(table: str, included: str) -> None:
    op.drop_constraint(f"pk_{table}", table, schema="lode")
    key = ", ".join(("collection", "level", "cell", *COUNTED[table]))
    # alembic has no word for what a key includes
    op.execute(f"ALTER TABLE lode.{table} ADD CONSTRAINT pk_{table} PRIMARY KEY ({key}){included}")

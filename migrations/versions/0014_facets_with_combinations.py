"""A commit groups changed rows by their values once, for combinations and facets both.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COLLECTIONS = {"deposit": "deposits", "discovery": "discoveries", "project": "projects"}
_ONE_VALUE = ("country", "division", "main_commodity", "commodity_group")
_LISTS = ("commodities", "sources", "flags")
_MODEL = ("exploration_stage", "deposit_model", "deposit_form")
COMBINED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "deposit": ((*_ONE_VALUE, "occurrence_type", *_MODEL, "mine_status", "size_class"), _LISTS),
    "discovery": ((*_ONE_VALUE, "activity_type", "result", *_MODEL), _LISTS),
    "project": ((*_ONE_VALUE, "status"), (*_LISTS, "facility_types", "products")),
}
"""By table, its fields of one value and its lists: those of its combinations and those of its facets are the same."""
SERVED_FACETS = {
    "deposit": (
        (*_ONE_VALUE, "occurrence_type", "deposit_model", "deposit_form", "exploration_stage", "mine_status", "size_class"),
        _LISTS,
    ),
    "discovery": (
        (*_ONE_VALUE, "activity_type", "result", "exploration_stage", "deposit_model", "deposit_form"),
        _LISTS,
    ),
    "project": COMBINED["project"],
}
"""The same in the order of step 3."""


def _each(single: tuple[str, ...], lists: tuple[str, ...]) -> str:
    ones = ", ".join(f"('{name}', coalesce({name}, ''))" for name in single)
    many = " UNION ALL ".join(
        f"SELECT '{name}', unnest(CASE WHEN cardinality({name}) = 0 THEN ARRAY[''] ELSE {name} END)" for name in lists
    )
    return f"{ones} UNION ALL {many}"


def _refresh_combinations(table: str, with_facets: bool) -> str:
    single, lists = COMBINED[table]
    columns = ", ".join((*single, *lists))
    facets = f"""
  INSERT INTO facet_count AS f (collection, field, value, n)
  SELECT '{COLLECTIONS[table]}', x.field, x.value, sum(c.n)
  FROM pg_temp.changed_values c CROSS JOIN LATERAL (VALUES {_each(single, lists)}) x (field, value)
  GROUP BY 2, 3 HAVING sum(c.n) <> 0
  ON CONFLICT (collection, field, value) DO UPDATE SET n = f.n + excluded.n;"""
    return f"""
  CREATE TEMP TABLE changed_values AS SELECT {columns}, sum(n) AS n FROM (
    SELECT {columns}, 1 AS n FROM {table} WHERE since_version = v
    UNION ALL
    SELECT {columns}, -1 FROM lode_history.{table} WHERE until_version = v
  ) changed GROUP BY {columns} HAVING sum(n) <> 0;
  INSERT INTO {table}_combination AS c (key, {columns}, n)
  SELECT md5(ROW({columns})::text)::uuid, {columns}, n FROM pg_temp.changed_values
  ON CONFLICT (key) DO UPDATE SET n = c.n + excluded.n;
  DELETE FROM {table}_combination WHERE n = 0;{facets if with_facets else ""}
  DROP TABLE pg_temp.changed_values;"""


def _combinations(with_facets: bool) -> str:
    swept = "\n  DELETE FROM facet_count WHERE n = 0;" if with_facets else ""
    return f"""
CREATE OR REPLACE FUNCTION lode.refresh_combinations() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = lode, pg_temp SET work_mem = '128MB' AS $$
DECLARE
  v integer := NEW.version;
BEGIN{"".join(_refresh_combinations(table, with_facets) for table in COMBINED)}{swept}
  RETURN NULL;
END $$
"""


# As step 3 has it in refresh_served.
def _facets(table: str) -> str:
    single, lists = SERVED_FACETS[table]
    columns = ", ".join((*single, *lists))
    return f"""
    CREATE TEMP TABLE changed_values AS SELECT {columns}, sum(n) AS n FROM (
      SELECT {columns}, 1 AS n FROM {table} WHERE since_version = v
      UNION ALL
      SELECT {columns}, -1 FROM lode_history.{table} WHERE NOT fresh AND until_version = v
    ) r GROUP BY {columns} HAVING sum(n) <> 0;
    INSERT INTO facet_count AS f (collection, field, value, n)
    SELECT '{COLLECTIONS[table]}', x.field, x.value, sum(c.n)
    FROM pg_temp.changed_values c CROSS JOIN LATERAL (VALUES {_each(single, lists)}) x (field, value)
    GROUP BY 2, 3 HAVING sum(c.n) <> 0
    ON CONFLICT (collection, field, value) DO UPDATE SET n = f.n + excluded.n;
    DROP TABLE pg_temp.changed_values;
    """


def _left_to_combinations(table: str) -> str:
    return f"\n    -- facets of {table}: refresh_combinations\n    "


def _source(function: str) -> str:
    """How the store makes a function."""
    return str(
        op.get_bind().execute(sa.text("SELECT pg_get_functiondef(CAST(:f AS regprocedure))"), {"f": function}).scalar_one()
    )


def _rewrite(function: str, *changes: tuple[str, str]) -> None:
    """Make a function anew with parts of its text changed, each of which must stand there once."""
    text = _source(function)
    for old, new in changes:
        assert text.count(old) == 1, (function, old)
        text = text.replace(old, new)
    op.get_bind().exec_driver_sql(text.replace("%", "%%"))


def upgrade() -> None:
    facets = [(_facets(table), _left_to_combinations(table)) for table in COLLECTIONS]
    _rewrite("lode.refresh_served(integer, boolean)", *facets)
    op.execute(_combinations(with_facets=True))


def downgrade() -> None:
    op.execute(_combinations(with_facets=False))
    facets = [(_left_to_combinations(table), _facets(table)) for table in COLLECTIONS]
    _rewrite("lode.refresh_served(integer, boolean)", *facets)

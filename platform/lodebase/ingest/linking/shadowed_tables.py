"""Records as reported by their sources, before any are served as one: temporary tables for comparisons."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier

_RECORD = "CREATE TEMP TABLE {name} ON COMMIT DROP AS SELECT * FROM lode_reported.{name} WHERE id = ANY(%s)"
_CHILD = "CREATE TEMP TABLE {name} ON COMMIT DROP AS SELECT c.* FROM lode_reported.{name} c WHERE c.{owner} = ANY(%s)"
_ESTIMATE = """
CREATE TEMP TABLE estimate ON COMMIT DROP AS
SELECT * FROM lode_reported.estimate WHERE deposit_id = ANY(%s) UNION ALL
SELECT * FROM lode_reported.estimate WHERE discovery_id = ANY(%s)
"""
_MEASURE = """
CREATE TEMP TABLE estimate_measure ON COMMIT DROP AS
SELECT * FROM lode_reported.estimate_measure WHERE estimate_id IN (SELECT id FROM estimate)
"""
INDEXES = {
    "deposit": "id",
    "discovery": "id",
    "project": "id",
    "phase": "project_id",
    "owner": "project_id",
    "estimate": "deposit_id",
    "estimate_measure": "estimate_id",
}


@contextmanager
def shadow_served_tables(connection: Connection[Any], ids: list[str]) -> Iterator[None]:
    """Shadow the served tables and compared child tables by temporary tables of these records as reported by their sources.

    Temporary tables come first in the search path.
    """
    for name in ("deposit", "discovery", "project"):
        connection.execute(SQL(_RECORD).format(name=Identifier(name)), (ids,))
    for name in ("phase", "owner"):
        connection.execute(SQL(_CHILD).format(name=Identifier(name), owner=Identifier("project_id")), (ids,))
    connection.execute(_ESTIMATE, (ids, ids))
    connection.execute("ANALYZE pg_temp.estimate")
    connection.execute(_MEASURE)
    for name, column in INDEXES.items():
        connection.execute(SQL("CREATE INDEX ON {} ({})").format(Identifier("pg_temp", name), Identifier(column)))
        connection.execute(SQL("ANALYZE {}").format(Identifier("pg_temp", name)))
    yield
    connection.execute(SQL("DROP TABLE {}").format(SQL(", ").join(Identifier("pg_temp", name) for name in INDEXES)))

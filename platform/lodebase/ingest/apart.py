"""Records as their sources tell them, as if none were served as one with others: tables for whoever compares them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier

_THING = "CREATE TEMP TABLE {name} ON COMMIT DROP AS SELECT * FROM lode_apart.{name} WHERE id = ANY(%s)"
_CHILD = "CREATE TEMP TABLE {name} ON COMMIT DROP AS SELECT c.* FROM lode_apart.{name} c WHERE c.{owner} = ANY(%s)"
_ESTIMATE = """
CREATE TEMP TABLE estimate ON COMMIT DROP AS
SELECT * FROM lode_apart.estimate WHERE deposit_id = ANY(%s) UNION ALL
SELECT * FROM lode_apart.estimate WHERE discovery_id = ANY(%s)
"""
_MEASURE = """
CREATE TEMP TABLE estimate_measure ON COMMIT DROP AS
SELECT * FROM lode_apart.estimate_measure WHERE estimate_id IN (SELECT id FROM estimate)
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
def apart(connection: Connection[Any], ids: list[str]) -> Iterator[None]:
    """Within it the names of the served tables and of what is compared of their children stand for these records, apart.

    They are temporary tables, which are found before those of the store.
    """
    for name in ("deposit", "discovery", "project"):
        connection.execute(SQL(_THING).format(name=Identifier(name)), (ids,))
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

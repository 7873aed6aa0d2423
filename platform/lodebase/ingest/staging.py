"""Staged rows: temporary tables that a chunk of an import goes into by COPY before it is merged."""

from collections.abc import Iterable
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from lodebase.ingest.rows import COLUMNS

ROW_COLUMNS = ("n", "lead", "key", "raw", "checksum", "locator", "state", "reasons")
MEMBER_COLUMNS = ("n", "record_id", "kind", "leads")

CREATE_ROW = """
CREATE TEMP TABLE staged_row (
  n integer, lead integer, key text, raw json, checksum bytea, locator text, state text, reasons jsonb, source_record_id bigint
) ON COMMIT DROP
"""
CREATE_MEMBER = """
CREATE TEMP TABLE staged_member (n integer, record_id text, kind text, leads boolean) ON COMMIT DROP
"""
CREATE_SEEN = """
CREATE TEMP TABLE seen (key text PRIMARY KEY, locator text NOT NULL, refused boolean NOT NULL) ON COMMIT DROP
"""
CREATE_TOUCHED = """
CREATE TEMP TABLE touched (record_id text PRIMARY KEY, existed boolean NOT NULL, staged boolean NOT NULL) ON COMMIT DROP
"""

Staged = dict[str, list[tuple[Any, ...]]]
"""The rows of one chunk by table: ``row``, ``member``, and the served tables and their children."""


def create(connection: Connection[Any]) -> None:
    """Make the temporary tables of this transaction."""
    for statement in (CREATE_ROW, CREATE_MEMBER, CREATE_SEEN, CREATE_TOUCHED):
        connection.execute(statement)
    for name, columns in COLUMNS.items():
        listed = SQL(", ").join(map(Identifier, columns))
        connection.execute(
            SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WHERE false").format(
                Identifier(f"staged_{name}"), listed, Identifier("lode", name)
            )
        )


def fill(connection: Connection[Any], staged: Staged) -> None:
    """Empty the temporary tables and copy a chunk into them."""
    names = ["staged_row", "staged_member", "touched", *(f"staged_{name}" for name in COLUMNS)]
    connection.execute(SQL("TRUNCATE {}").format(SQL(", ").join(map(Identifier, names))))
    _copy(connection, "staged_row", ROW_COLUMNS, staged["row"])
    _copy(connection, "staged_member", MEMBER_COLUMNS, staged["member"])
    for name, columns in COLUMNS.items():
        if staged.get(name):
            _copy(connection, f"staged_{name}", columns, staged[name])


def _copy(connection: Connection[Any], table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    statement = SQL("COPY {} ({}) FROM STDIN").format(Identifier(table), SQL(", ").join(map(Identifier, columns)))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)

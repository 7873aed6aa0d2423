"""Staged rows: temporary tables that a chunk of an import goes into by COPY before it is merged."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier

from lodebase.db.schema import tables
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
CREATE TEMP TABLE touched (record_id text NOT NULL, existed boolean NOT NULL, staged boolean NOT NULL) ON COMMIT DROP
"""
CREATE_OF_ROWS = (CREATE_ROW, CREATE_MEMBER, CREATE_SEEN, CREATE_TOUCHED)
CREATE_CHANGED = "CREATE TEMP TABLE changed (record_id text NOT NULL) ON COMMIT DROP"
"""Every record that the import touched, for regrouping at its end."""
CREATE_REPORTED = "CREATE TEMP TABLE reported (record_id text NOT NULL, served_id text NOT NULL) ON COMMIT DROP"
CREATE_REACHED = "CREATE TEMP TABLE reached (record_id text PRIMARY KEY) ON COMMIT DROP"

BETWEEN, AROUND = "\x1f", "\x1e"
"""Delimiter and quote of cells: characters that hardly occur in cells, as JSON and arrays have many commas and quotes."""

Staged = dict[str, list[bytes]]
"""The rows to merge at once as pieces of CSV by table: ``row``, ``member``, and the served tables and their children."""


def encode(rows: Mapping[str, Sequence[tuple[Any, ...]]]) -> Staged:
    """Return rows as CSV for COPY by table, without empty tables; this costs a fifth of passing single values."""
    staged: Staged = {}
    for name, values in rows.items():
        if values:
            text = io.StringIO()
            csv.writer(text, delimiter=BETWEEN, quotechar=AROUND, lineterminator="\n").writerows(values)
            staged[name] = [text.getvalue().encode()]
    return staged


def create(connection: Connection[Any]) -> None:
    """Create the temporary tables of this transaction, with memory for a chunk."""
    connection.execute("SET LOCAL temp_buffers = '64MB'")
    for statement in (*CREATE_OF_ROWS, CREATE_CHANGED, CREATE_REPORTED, CREATE_REACHED):
        connection.execute(statement)
    for name, columns in COLUMNS.items():
        listed = SQL(", ").join(map(Identifier, columns))
        connection.execute(
            SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WHERE false").format(
                Identifier(f"staged_{name}"), listed, Identifier("lode", name)
            )
        )


def fill(connection: Connection[Any], staged: Staged, before: Iterable[str]) -> None:
    """Empty the temporary tables of the tables that the chunk ``before`` filled, and copy a chunk in."""
    names = ["touched", *(f"staged_{name}" for name in before)]
    connection.execute(SQL("TRUNCATE {}").format(SQL(", ").join(map(Identifier, names))))
    _copy(connection, "staged_row", ROW_COLUMNS, ROW_COLUMNS[2:6], staged["row"])
    if "member" in staged:
        _copy(connection, "staged_member", MEMBER_COLUMNS, MEMBER_COLUMNS, staged["member"])
    for name, columns in COLUMNS.items():
        if name in staged:
            table = tables.metadata.tables[f"{tables.SCHEMA}.{name}"]
            filled = tuple(column for column in columns if not table.columns[column].nullable)
            _copy(connection, f"staged_{name}", columns, filled, staged[name])


def _copy(
    connection: Connection[Any], table: str, columns: Sequence[str], filled: Sequence[str], rows: Iterable[bytes]
) -> None:
    """Copy CSV rows in. An empty cell is NULL, and an empty text in the columns that are always ``filled``."""
    names, always = (SQL(", ").join(map(Identifier, listed)) for listed in (columns, filled))
    statement = SQL("COPY {} ({}) FROM STDIN WITH (FORMAT csv, DELIMITER {}, QUOTE {}, FORCE_NOT_NULL ({}))").format(
        Identifier(table), names, BETWEEN, AROUND, always
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for piece in rows:
            copy.write(piece)

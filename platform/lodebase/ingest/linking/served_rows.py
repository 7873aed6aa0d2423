"""The served rows of groups: built from reported records by the choice rules, and restored when a group is dissolved."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Any

import orjson
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from lodebase.db.schema import tables
from lodebase.ingest import merge
from lodebase.ingest.linking.merged_positions import check_positions
from lodebase.ingest.linking.reported_records import KINDS_MERGED
from lodebase.ingest.rows import COLUMNS
from lodebase.resolve.reported_records import READ, build_reported_record
from lodedata.choice import ServedRecord, combine_reported_records

BATCH = 2_000
CHILDREN = tuple(table.name for table in tables.CHILDREN)

STAGE = """
INSERT INTO {staged} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)
"""
STAGE_REPORTED_RECORD = """
INSERT INTO {staged} ({columns}) SELECT {listed} FROM reported_record t
CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, t.row) r WHERE t.record_id = ANY(%s) AND t.kind = {kind}
"""
STAGE_CHILDREN = """
INSERT INTO {staged} ({columns}) SELECT {listed} FROM reported_record t
CROSS JOIN LATERAL jsonb_populate_recordset(NULL::{table}, t.parts -> {kind}) r WHERE t.record_id = ANY(%s)
"""
NOTE_STAGED = "INSERT INTO touched (record_id, existed, staged) SELECT id, true, true FROM {staged}"
# Records that are served under another id now, or as another kind.
DELETE_UNSTAGED = "DELETE FROM {table} d WHERE d.id = ANY(%s) AND NOT EXISTS (SELECT FROM {staged} s WHERE s.id = d.id)"
DELETE_FLAGS = """
DELETE FROM flag f WHERE f.record_id = ANY(%s) AND NOT EXISTS (SELECT FROM touched t WHERE t.record_id = f.record_id)
"""


def serve_alone(connection: Connection[Any], alone: Sequence[str]) -> None:
    """Serve records that left their group as reported by their sources."""
    for some in _split_batches(alone):
        _empty(connection)
        for name in (*KINDS_MERGED, *CHILDREN):
            statement = STAGE_REPORTED_RECORD if name in KINDS_MERGED else STAGE_CHILDREN
            columns = COLUMNS[name]
            connection.execute(
                SQL(statement).format(
                    staged=Identifier(f"staged_{name}"),
                    table=Identifier("lode", name),
                    columns=SQL(", ").join(map(Identifier, columns)),
                    listed=SQL(", ").join(Identifier("r", column) for column in columns),
                    kind=name,
                ),
                (some,),
            )
        _write(connection, some)
        connection.execute("DELETE FROM reported_record WHERE record_id = ANY(%s)", (some,))


def serve_groups(connection: Connection[Any], served: Sequence[str]) -> None:
    """Write the served rows of the groups of these ids, and delete other served rows of their members."""
    for some in _split_batches(served):
        _empty(connection)
        rows = connection.execute(READ, {"ids": some}).fetchall()
        members = [row[1] for row in rows]
        combined = [
            (kind, combine_reported_records(kind, [build_reported_record(row) for row in group]))
            for (_, kind), group in groupby(rows, key=lambda row: (row[0], row[2]))
        ]
        checked = check_positions(connection, [combined_record for _, combined_record in combined])
        checked_records = [(kind, served_record) for (kind, _), served_record in zip(combined, checked, strict=True)]
        for name in (*KINDS_MERGED, *CHILDREN):
            _stage(connection, name, list(_select_rows(checked_records, name)))
        _write(connection, members)


def _select_rows(served_records: Iterable[tuple[str, ServedRecord]], name: str) -> Iterator[object]:
    for kind, served_record in served_records:
        if name == kind:
            yield served_record.row
        elif name in CHILDREN:
            yield from served_record.parts.get(name) or ()


def _stage(connection: Connection[Any], name: str, rows: Sequence[object]) -> None:
    if rows:
        statement = SQL(STAGE).format(
            staged=Identifier(f"staged_{name}"),
            table=Identifier("lode", name),
            columns=SQL(", ").join(map(Identifier, COLUMNS[name])),
        )
        connection.execute(statement, (orjson.dumps(rows).decode(),))


def _write(connection: Connection[Any], processed: list[str]) -> None:
    """Write the staged rows, and delete served rows of processed records that are not staged."""
    for name in KINDS_MERGED:
        connection.execute(SQL(NOTE_STAGED).format(staged=Identifier(f"staged_{name}")))
    for name in KINDS_MERGED:
        connection.execute(
            SQL(DELETE_UNSTAGED).format(table=Identifier("lode", name), staged=Identifier(f"staged_{name}")), (processed,)
        )
    connection.execute(DELETE_FLAGS, (processed,))
    merge.replace(connection)


def _empty(connection: Connection[Any]) -> None:
    names = ["touched", *(f"staged_{name}" for name in COLUMNS)]
    connection.execute(SQL("TRUNCATE {}").format(SQL(", ").join(map(Identifier, names))))


def _split_batches(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    return iter(lambda: list(islice(rest, BATCH)), [])

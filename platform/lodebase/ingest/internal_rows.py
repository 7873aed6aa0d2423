"""Rows that only people with a role read: stored apart from all that the site reads, and nothing is derived of them."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from psycopg import Connection
from psycopg.sql import SQL, Identifier, Literal

from lodebase.errors import ImportRefused
from lodebase.ingest import staging
from lodebase.ingest.jobs.import_job import ImportJob, Summary
from lodebase.ingest.rows import COLUMNS
from lodebase.ingest.staging import Staged
from lodedata.mapping import Reading
from lodedata.messages import msg

OWNERS = {"estimate": "coalesce(deposit_id, discovery_id)", "exploration_activity": "deposit_id", "phase": "project_id"}
OWNERS |= {"owner": "project_id", "flag": "record_id", "estimate_measure": "estimate_id"}
"""The column of a child table that has the record of a row."""
FIND_PUBLIC = """
SELECT key FROM source_record WHERE source = %s AND (%s OR key = ANY(%s)) ORDER BY id LIMIT 1
"""
SOURCE = """
INSERT INTO internal_source (name, title_en, title_zh, licence_name, citation, as_of, read, refused)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
FORGET = ("DELETE FROM internal_row WHERE source = %s", "DELETE FROM internal_source WHERE name = %s")


class InternalRows:
    """The readings of an import that are internal, set apart from those that are public."""

    def __init__(self, everything: bool) -> None:
        self._everything = everything
        self.read_rows: list[Reading] = []

    def without(self, readings: Iterator[Reading]) -> Iterator[Reading]:
        """Yield the public readings, and keep the internal ones."""
        for reading in readings:
            if self._everything or reading.internal:
                self.read_rows.append(reading)
            else:
                yield reading


def write(
    connection: Connection[Any], job: ImportJob, internal_rows: InternalRows, stage: Callable[[Sequence[Reading]], Staged]
) -> tuple[int, int]:
    """Replace the internal rows of a source, and return the numbers of those stored and refused. Raises ImportRefused."""
    name = job.source.name
    for statement in FORGET:
        connection.execute(statement, (name,))
    if not internal_rows.read_rows:
        return 0, 0
    keys = [row.key for reading in internal_rows.read_rows for row in reading.rows]
    public = connection.execute(FIND_PUBLIC, (name, job.source.internal, keys)).fetchone()
    if public is not None:
        raise ImportRefused(
            msg(
                "The row %(key)s of %(source)s is internal now and was public before; records and their earlier versions have "
                "it. Import the table under another name, and ask the operator to remove %(source)s.",
                key=public[0],
                source=name,
            )
        )
    staged = stage(internal_rows.read_rows)
    refused = sum(len(reading.rows) for reading in internal_rows.read_rows if reading.refused)
    # the public rows of the last chunk are there still
    staging.fill(connection, staged, ("row", "member", *COLUMNS))
    for table in COLUMNS:
        if table in staged:
            owner = SQL(OWNERS.get(table, "id"))
            connection.execute(
                SQL(
                    'INSERT INTO internal_row (source, table_name, record_id, "row")'
                    " SELECT {}, {}, {}, jsonb_strip_nulls(to_jsonb(s)) FROM {} s"
                ).format(Literal(name), Literal(table), owner, Identifier(f"staged_{table}"))
            )
    source = job.source
    read = len(keys)
    connection.execute(
        SOURCE,
        (name, source.title_en, source.title_zh, source.licence.name, source.citation, source.as_of, read, refused),
    )
    return read - refused, refused


def build_internal_summary(
    job: ImportJob, stored: int, refused: int, begun: float, version: int, notes: Sequence[Any]
) -> Summary:
    """Return the summary of an import that has internal rows only."""
    return Summary(
        source=job.source.name,
        read=stored + refused,
        loaded=stored,
        updated=0,
        unchanged=0,
        out_of_scope=0,
        quarantined=refused,
        seconds=round(time.monotonic() - begun, 3),
        dataset_version=version,
        notes=(*notes, describe_internal_rows(stored, refused)),
    )


def describe_internal_rows(stored: int, refused: int) -> Any:
    """Return the sentence about internal rows of an import."""
    return msg(
        "%(count)s internal rows were stored, and %(refused)s refused; people with a role see them at /desk/internal",
        count=f"{stored:,}",
        refused=f"{refused:,}",
    )

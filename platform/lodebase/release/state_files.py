"""The state of a release as files: rows in the text form of COPY, compressed, a file for each chunk of a table."""

import gzip
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL
from sqlalchemy import Engine

from lodebase.backup.table_states import PLAIN_OUTPUT
from lodebase.db import revision
from lodebase.errors import ExportFailed
from lodebase.query.reading import open_reading
from lodebase.release.manifest import ReleaseFile, ReleaseState, describe_file
from lodebase.release.state_tables import StateTable, state_tables
from lodedata.messages import msg

MEDIA_TYPE = "application/gzip"
CHUNK_ROWS = 20_000
MAX_CHUNKS = 256


@dataclass(frozen=True, slots=True)
class WrittenState:
    """The state of a release and its files."""

    state: ReleaseState
    files: tuple[ReleaseFile, ...]


def write_state(engine: Engine, version: int, root: Path) -> WrittenState:
    """Write the rows that everybody may read to files in the folder of a release.

    Raise ExportFailed if the store has another version by now.
    """
    with open_reading(engine) as connection, connection.begin():
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        driver.execute(PLAIN_OUTPUT)
        _require_version(driver, version)
        counts: dict[str, int] = {}
        files: list[ReleaseFile] = []
        for table in state_tables():
            counts[table.name] = chunks = _number_of_chunks(driver, table)
            files += _write_table(driver, table, chunks, root)
    return WrittenState(ReleaseState(revision.read_wanted_revision(), counts), tuple(files))


def read_rows(path: Path, max_bytes: int) -> Iterator[bytes]:
    """Yield the rows of a file in blocks. Raise EOFError, OSError or zlib.error if it is damaged, ValueError if it is huge."""
    received = 0
    with gzip.open(path, "rb") as stream:
        while block := stream.read(1 << 20):
            received += len(block)
            if received > max_bytes:
                raise ValueError(path.name)
            yield block


def _require_version(driver: psycopg.Connection[Any], version: int) -> None:
    row = driver.execute("SELECT coalesce(max(version), 0) FROM lode.dataset_version").fetchone()
    if row is None or row[0] != version:
        raise ExportFailed(
            msg("An import ended while version %(version)s was written. Make the release again.", version=version)
        )


def _number_of_chunks(driver: psycopg.Connection[Any], table: StateTable) -> int:
    """Return a power of two, so that a table that grows a little has the chunks of the release before."""
    row = driver.execute(SQL(f"SELECT count(*) {table.rows}")).fetchone()
    chunks = 1
    while row is not None and row[0] > chunks * CHUNK_ROWS and chunks < MAX_CHUNKS:
        chunks *= 2
    return chunks


def _write_table(driver: psycopg.Connection[Any], table: StateTable, chunks: int, root: Path) -> Iterator[ReleaseFile]:
    paths = [root / table.path(chunk, chunks) for chunk in range(chunks)]
    paths[0].parent.mkdir(parents=True)
    rows = dict.fromkeys(paths, 0)
    with driver.cursor() as cursor, ExitStack() as stack:
        copy = stack.enter_context(cursor.copy(SQL(f"COPY ({table.select(chunks)}) TO STDOUT")))
        # the name and the time of a file would change its digest
        streams = [gzip.GzipFile("", "wb", 6, stack.enter_context(path.open("wb")), mtime=0) for path in paths]
        for stream in streams:
            stack.callback(stream.close)
        for line in _split_lines(copy):
            chunk, _, row = line.partition(b"\t")
            streams[int(chunk)].write(row)
            rows[paths[int(chunk)]] += 1
    for path, number in rows.items():
        yield describe_file(root, path, MEDIA_TYPE, rows=number)


def _split_lines(blocks: Iterable[bytes | bytearray | memoryview]) -> Iterator[bytes]:
    """Yield the rows with their ends, however the blocks divide them."""
    rest = b""
    for block in blocks:
        lines = (rest + bytes(block)).splitlines(keepends=True) if rest else bytes(block).splitlines(keepends=True)
        rest = b"" if lines and lines[-1].endswith(b"\n") else lines.pop() if lines else b""
        yield from lines

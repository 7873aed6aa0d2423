"""The process that writes a file: it reads a task, queries the database, writes, and reports the outcome.

It has its own memory and libraries, so that the site's processes stay small. It ends at once when the process that started it
has ended, which closes its standard input; the database notices within a second.
"""

import contextlib
import hashlib
import os
import pickle
import queue
import resource
import signal
import sys
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import adbc_driver_postgresql
import pyarrow as pa
from adbc_driver_manager import AdbcConnection, AdbcStatement

from lodebase.download.task import DONE, FAILED, Assignment, Outcome, Task
from lodedata.messages import msg
from lodedata.processor_share import FILES, lower_priority
from lodedata.write import FORMATS, Table, csv_, load_format_writer, package

AHEAD = 2
"""Batches that are read while others are written."""
TOO_LARGE = Outcome(
    {}, error="SpoolFull", reason=str(msg("The file is larger than the site's free space. Request fewer records."))
)
LOST = ("terminating connection", "closed the connection", "connection to server", "conflict with recovery")
"""Messages of errors that a retry may not meet. Such an error has no SQLSTATE if it comes while rows arrive."""
VERSION = "SELECT coalesce(max(version), 0) AS version FROM lode.dataset_version"


class SnapshotReader:
    """Rows of a task's tables, from one snapshot of the database."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._connection = _connection(task)
        for name, version in (("as_of", task.content.version), ("since", task.since or 0)):
            _read_single_value(self._connection, f"SELECT set_config('lode.{name}', '{version}', false) AS set")
        self._now = _read_single_value(self._connection, VERSION) == task.content.version
        self.rows: dict[str, int] = {}
        first = task.content.table.name
        # the server works while the writer and its libraries are loaded
        self._started = {first: self._read(first)}

    def close(self) -> None:
        """Close the connection, which a process of its own leaves to its end."""
        self._connection.close()

    def batches(self, table: Table) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a table. One table has to be read to its end before the next one begins."""
        self.rows[table.name] = 0
        for batch in self._started.pop(table.name, None) or self._read(table.name):
            self.rows[table.name] += batch.num_rows
            yield batch

    def _read(self, name: str) -> Iterator[pa.RecordBatch]:
        return read_ahead(run_query(self._connection, self._task.statements[name].at(self._now)))


def read_ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Return the batches, read by a thread that begins at once and stays a few batches ahead."""
    waiting: queue.Queue[pa.RecordBatch | BaseException | None] = queue.Queue(AHEAD)

    def read() -> None:
        try:
            for batch in batches:
                waiting.put(batch)
            waiting.put(None)
        except BaseException as error:  # raised again where the batches are awaited
            waiting.put(error)

    threading.Thread(target=read, daemon=True).start()
    return _take_batches(waiting)


def _take_batches(waiting: "queue.Queue[pa.RecordBatch | BaseException | None]") -> Iterator[pa.RecordBatch]:
    while (batch := waiting.get()) is not None:
        if isinstance(batch, BaseException):
            raise batch
        yield batch


def _connection(task: Task) -> AdbcConnection:
    adbc_connection = AdbcConnection(adbc_driver_postgresql.connect(task.database))
    adbc_connection.set_autocommit(False)
    for sql in task.settings:
        with AdbcStatement(adbc_connection) as statement:
            statement.set_sql_query(sql)
            statement.execute_update()
    return adbc_connection


def run_query(connection: AdbcConnection, sql: str) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a statement. Raises the driver's errors, and OSError for one that comes while rows arrive."""
    # the driver's own interface: the one of DB-API loads pandas, a fifth of a second
    with AdbcStatement(connection) as statement:
        statement.set_sql_query(sql)
        stream, _ = statement.execute_query()
        yield from pa.RecordBatchReader.from_stream(stream)


def _read_single_value(connection: AdbcConnection, sql: str) -> Any:
    """Return the only value of a statement's result."""
    ((value,),) = (row.values() for batch in run_query(connection, sql) for row in batch.to_pylist())
    return value


def run_download_job() -> int:
    """Write the file of the assignment from standard input; write the outcome to standard output."""
    assignment: Assignment = pickle.load(sys.stdin.buffer)
    lower_priority(FILES)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    too_large: list[int] = []
    signal.signal(signal.SIGXFSZ, lambda number, _: too_large.append(number))
    resource.setrlimit(resource.RLIMIT_FSIZE, (assignment.most_bytes, resource.RLIM_INFINITY))
    outcome = write_file(assignment)
    # each library has its own message for a write that was refused, and SQLite may have none
    if too_large and outcome.error is not None:
        outcome = TOO_LARGE
    sys.stdout.buffer.write(pickle.dumps(outcome))
    sys.stdout.flush()
    # a thread of a library must not delay the end
    os._exit(DONE if outcome.error is None else FAILED)


def _end_with_parent() -> None:
    with contextlib.suppress(OSError):
        sys.stdin.buffer.read()
    os._exit(FAILED)


def write_file(assignment: Assignment) -> Outcome:
    """Return the outcome of writing the file of an assignment."""
    try:
        with contextlib.ExitStack() as readers:
            rows = _write_rows(assignment.task, assignment.path, readers)
    except Exception as error:
        return convert_error_to_outcome(error)
    return Outcome(rows, _compute_digest(assignment.path))


def _write_rows(task: Task, path: Path, readers: contextlib.ExitStack) -> dict[str, int]:
    """Return the number of rows of each table that is written."""
    if task.copied_as_csv:
        # psycopg takes a tenth of a second to load, and other files do not need it
        copy = readers.enter_context(contextlib.closing(import_module("lodebase.download.csv_copy").CsvCopy(task)))
        csv_.write_finished(task.content, copy.blocks(), path)
        return {task.content.table.name: copy.rows}
    if task.parts:
        stores = [readers.enter_context(contextlib.closing(SnapshotReader(part))) for part in task.parts]
        several = [(part.content, of.batches) for part, of in zip(task.parts, stores, strict=True)]
        # it loads the writers of all its formats
        import_module("lodedata.write.kinds").write(several, path, task.form)
        return {name: rows for of in stores for name, rows in of.rows.items()}
    # loads SQLAlchemy, which other files do not need
    tiled = FORMATS[task.form].geometry == "tile"
    reader = import_module("lodebase.download.tile_reader").TileReader(task) if tiled else SnapshotReader(task)
    store = readers.enter_context(contextlib.closing(reader))
    if task.package:
        package.write(task.content, store.batches, path, task.form)
    else:
        load_format_writer(task.form)(task.content, store.batches, path)
    rows: dict[str, int] = store.rows
    return rows


def convert_error_to_outcome(error: Exception) -> Outcome:
    """Return the outcome with the error of Lode that corresponds to a library's error."""
    message = str(error)
    state = getattr(error, "sqlstate", None)
    if state == "57014" or "statement timeout" in message:
        return Outcome({}, error="StatementTimeout", reason=str(msg("The file took too long to write. Request fewer records.")))
    if "transform" in message and state in (None, "XX000"):
        return Outcome(
            {}, error="NotInCrs", reason=str(msg("Some positions can't be given in this coordinate reference system."))
        )
    if "No space left" in message or "disk" in message:
        return TOO_LARGE
    # of either driver
    # a replica ends queries that hold up its replay with 40001
    away = hasattr(error, "sqlstate") and (state is None or state.startswith(("08", "40", "57")))
    if away or (isinstance(error, OSError) and any(phrase in message for phrase in LOST)):
        return Outcome({}, error="DatabaseAway", reason=str(msg("The database can't be reached. Try again in a moment.")))
    return Outcome({}, error="Fault", reason=f"{type(error).__name__}: {message}"[:2_000])


def _compute_digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(run_download_job())

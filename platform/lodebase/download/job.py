"""The process that makes a file: it reads a task, asks the database, writes, and says what came of it.

It holds its own memory and libraries, so that the site's processes stay small. It ends at once when the one that started it
has gone, which its standard input tells; the database notices within a second.
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
from collections import deque
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import adbc_driver_postgresql
import pyarrow as pa
import pyarrow.compute as pc
from adbc_driver_manager import AdbcConnection, AdbcStatement

from lodebase.download.task import DONE, FAILED, Assignment, Outcome, Task
from lodedata.write import Table, csv_, package, writer

AHEAD = 2
"""Batches that are read while others are written."""
CONNECTIONS = 3
"""One for the records, two for the tables beside them by turns: the server sorts the next while the rows of one are read."""
NO_ROOM = Outcome({}, error="SpoolFull", reason="The file is larger than the site has room for; ask for less.")
VERSION = "SELECT coalesce(max(version), 0) AS version FROM lode.dataset_version"


class Reading:
    """The batches of a statement, read while earlier ones are written."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._waiting: queue.Queue[pa.RecordBatch | BaseException | None] = queue.Queue(AHEAD)
        self._over = False
        threading.Thread(target=self._read, args=(batches,), daemon=True).start()

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        while not self._over:
            came = self._waiting.get()
            self._over = not isinstance(came, pa.RecordBatch)
            if isinstance(came, BaseException):
                raise came
            if came is not None:
                yield came

    def _read(self, batches: Iterator[pa.RecordBatch]) -> None:
        try:
            for batch in batches:
                self._waiting.put(batch)
            self._waiting.put(None)
        except BaseException as error:  # whatever it was, the one who waits must hear of it
            self._waiting.put(error)


class Origins:
    """Which record rests on which source, as the records tell it that pass."""

    def __init__(self, separator: str) -> None:
        self._separator = separator
        self._passed: list[pa.RecordBatch] = []
        self._over = threading.Event()

    def passing(self, records: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The records, from their first one on."""
        self._passed = []
        self._over.clear()
        try:
            for batch in records:
                self._passed.append(self._of(batch))
                yield batch
        finally:
            self._over.set()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Record by record, when all have passed."""
        self._over.wait()
        yield from self._passed

    def _of(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        sources = pc.split_pattern(batch.column("sources"), self._separator)
        records = batch.column("id").take(pc.list_parent_indices(sources))
        return pa.record_batch([records, pc.list_flatten(sources)], names=["record_id", "source"])


class Store:
    """The rows of a task's tables, all of one state of the store. While a table is written, the next one is read.

    A writer may read the records and, in their order, the other tables at once.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._names = [table.name for table in task.content.tables if table.name in task.statements]
        self._connections = [_connection(task) for _ in self._names[:CONNECTIONS]]
        first, *others = self._connections
        state = _one(first, "SELECT pg_export_snapshot() AS state")
        for other in others:
            with AdbcStatement(other) as statement:
                statement.set_sql_query(f"SET TRANSACTION SNAPSHOT '{state}'")
                statement.execute_update()
        for connection in self._connections:
            for name, version in (("as_of", task.content.version), ("since", task.since or 0)):
                _one(connection, f"SELECT set_config('lode.{name}', '{version}', false) AS told")
        self._now = _one(first, VERSION) == task.content.version
        self._origins = Origins(task.separator)
        self._begun: dict[str, Reading] = {}
        self._last: dict[int, Reading] = {}
        self._ahead: set[str] = set()
        self._lock = threading.Lock()
        self.rows: dict[str, int] = {}
        # while the writer and its libraries are loaded
        self._begun[self._names[0]] = self._begin(self._names[0])

    def batches(self, table: Table) -> Iterator[pa.RecordBatch]:
        """The rows of a table."""
        self.rows[table.name] = 0
        for batch in self._rows(table.name):
            self.rows[table.name] += batch.num_rows
            yield batch

    def _rows(self, name: str) -> Iterable[pa.RecordBatch]:
        if name not in self._task.statements:
            return self._origins.batches()
        with self._lock:
            reading = self._begun.pop(name, None) or self._begin(name)
            n = self._names.index(name)
            following = self._names[n + 1 : n + 2]
            self._begun |= {name: self._begin(name) for name in following if name not in self._ahead}
        derives = n == 0 and len(self._task.statements) < len(self._task.content.tables)
        return self._origins.passing(reading) if derives else reading

    def _begin(self, name: str) -> Reading:
        self._ahead.add(name)
        n = self._names.index(name)
        place = 1 + (n - 1) % 2 if n else 0
        # one reading has to end before another begins on its connection
        deque(self._last.get(place, ()), maxlen=0)
        made = Reading(_asked(self._connections[place], self._task.statements[name].at(self._now)))
        self._last[place] = made
        return made


def _connection(task: Task) -> AdbcConnection:
    made = AdbcConnection(adbc_driver_postgresql.connect(task.database))
    made.set_autocommit(False)
    return made


def _asked(connection: AdbcConnection, sql: str) -> Iterator[pa.RecordBatch]:
    # the driver's own interface: the one of DB-API loads pandas, a fifth of a second
    with AdbcStatement(connection) as statement:
        statement.set_sql_query(sql)
        stream, _ = statement.execute_query()
        yield from pa.RecordBatchReader.from_stream(stream)


def _one(connection: AdbcConnection, sql: str) -> Any:
    """The only value that a statement gives."""
    ((value,),) = (row.values() for batch in _asked(connection, sql) for row in batch.to_pylist())
    return value


def main() -> int:
    """Do what standard input says; the outcome goes to standard output."""
    assignment: Assignment = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    too_large: list[int] = []
    signal.signal(signal.SIGXFSZ, lambda number, _: too_large.append(number))
    resource.setrlimit(resource.RLIMIT_FSIZE, (assignment.most_bytes, resource.RLIM_INFINITY))
    outcome = _made(assignment)
    # each library has its own words for a write that was refused, and SQLite may have none
    if too_large and outcome.error is not None:
        outcome = NO_ROOM
    sys.stdout.buffer.write(pickle.dumps(outcome))
    sys.stdout.flush()
    # a thread of a library must not hold up what is done
    os._exit(DONE if outcome.error is None else FAILED)


def _end_with_parent() -> None:
    with contextlib.suppress(OSError):
        sys.stdin.buffer.read()
    os._exit(FAILED)


def _made(assignment: Assignment) -> Outcome:
    task, path = assignment.task, assignment.path
    try:
        if task.lines:
            # psycopg takes a tenth of a second to load, and only these ask by it
            lines = import_module("lodebase.download.lines").Lines(task)
            csv_.write_lines(task.content, lines.blocks(), path)
            return Outcome({task.content.table.name: lines.rows}, _digest(path))
        store = Store(task)
        if task.package:
            package.write(task.content, store.batches, path, task.form)
        else:
            writer(task.form)(task.content, store.batches, path)
    except Exception as error:
        return _failed(error)
    return Outcome(store.rows, _digest(path))


def _failed(error: Exception) -> Outcome:
    """An error by the name of ours that says the same."""
    told = str(error)
    state = getattr(error, "sqlstate", None)
    if state == "57014" or "statement timeout" in told:
        return Outcome({}, error="StatementTimeout", reason="The file took longer to make than it may; ask for less.")
    if "transform" in told and state == "XX000":
        return Outcome({}, error="NotInCrs", reason="Some positions can't be told in this coordinate reference system.")
    if "No space left" in told or "disk" in told:
        return NO_ROOM
    # of either driver
    # a replica ends queries that hold up its replay with 40001
    if hasattr(error, "sqlstate") and (state is None or state.startswith(("08", "40", "57"))):
        return Outcome({}, error="DatabaseAway", reason="The database can't be reached just now; try again in a moment.")
    return Outcome({}, error="Fault", reason=f"{type(error).__name__}: {told}"[:2_000])


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())

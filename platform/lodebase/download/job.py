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
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import adbc_driver_postgresql
import psycopg
import pyarrow as pa
from adbc_driver_manager import AdbcConnection, AdbcStatement, Error

from lodebase.download.lines import Lines
from lodebase.download.task import DONE, FAILED, Assignment, Outcome, Task
from lodedata.write import Table, csv_, package, writer

AHEAD = 2
"""Batches that are read while others are written."""
NICE = 19
"""How far a process that nobody waits for stands back."""
VERSION = "SELECT coalesce(max(version), 0) AS version FROM lode.dataset_version"


class Store:
    """The rows of a task's tables, all of one state of the store."""

    def __init__(self, connection: AdbcConnection, task: Task) -> None:
        connection.set_autocommit(False)
        self._connection, self._task = connection, task
        self.rows: dict[str, int] = {}
        for name, version in (("as_of", task.content.version), ("since", task.since or 0)):
            for batch in self._asked(f"SELECT set_config('lode.{name}', '{version}', false)"):
                assert batch.num_rows == 1
        versions = [row["version"] for batch in self._asked(VERSION) for row in batch.to_pylist()]
        self._now = versions == [task.content.version]

    def batches(self, table: Table) -> Iterator[pa.RecordBatch]:
        """The rows of a table, read while earlier ones are written."""
        statement = self._task.statements[table.name]
        waiting: queue.Queue[pa.RecordBatch | BaseException | None] = queue.Queue(AHEAD)
        self.rows[table.name] = 0
        read = partial(self._read, statement.at(self._now), waiting)
        threading.Thread(target=read, daemon=True).start()
        while (came := waiting.get()) is not None:
            if isinstance(came, BaseException):
                raise came
            self.rows[table.name] += came.num_rows
            yield came

    def _read(self, sql: str, waiting: "queue.Queue[pa.RecordBatch | BaseException | None]") -> None:
        try:
            for batch in self._asked(sql):
                waiting.put(batch)
            waiting.put(None)
        except BaseException as error:  # whatever it was, the one who waits must hear of it
            waiting.put(error)

    def _asked(self, sql: str) -> Iterator[pa.RecordBatch]:
        # the driver's own interface: the one of DB-API loads pandas, a fifth of a second
        with AdbcStatement(self._connection) as statement:
            statement.set_sql_query(sql)
            stream, _ = statement.execute_query()
            yield from pa.RecordBatchReader.from_stream(stream)


def main() -> int:
    """Do what standard input says; the outcome goes to standard output."""
    assignment: Assignment = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if assignment.ahead:
        os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (assignment.most_bytes, resource.RLIM_INFINITY))
    outcome = _made(assignment)
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
            lines = Lines(task)
            csv_.write_lines(task.content, lines.blocks(), path)
            return Outcome({task.content.table.name: lines.rows}, _digest(path))
        store = Store(AdbcConnection(adbc_driver_postgresql.connect(task.database)), task)
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
    if "File too large" in told or "No space left" in told or "disk" in told:
        return Outcome({}, error="SpoolFull", reason="The file is larger than the site has room for; ask for less.")
    if isinstance(error, Error | psycopg.Error) and (state is None or state.startswith(("08", "57"))):
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

"""The SQL script that pg_restore makes of a dump, read as statements and rows of tables.

Lode runs the script itself and not by psql, so that dropping the old store, restoring, comparing and upgrading are one
transaction on one connection.
"""

import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg

from lodebase.backup.archive import Archive
from lodebase.errors import BackupUnusable
from lodedata.messages import msg

COPY = re.compile(rb"^COPY (\S+) \(.*\) FROM stdin;\n$")
END_OF_ROWS = b"\\.\n"
META_COMMANDS = (b"\\restrict ", b"\\unrestrict ")
"""Commands of psql that newer versions of pg_restore write at the beginning and the end."""
SETTING = re.compile(rb"^SET (\w+) = .*;\n$")
PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Statements:
    """SQL statements without rows."""

    text: bytes


@dataclass(frozen=True, slots=True)
class TableRows:
    """A COPY statement and the rows that follow it, each ended by a newline; they are read once."""

    table: str
    statement: bytes
    lines: Iterator[bytes]

    def pieces(self) -> Iterator[tuple[int, bytes]]:
        """Return the rows in pieces of about a megabyte, each with the number of its rows."""
        waiting: list[bytes] = []
        size = 0
        for line in self.lines:
            waiting.append(line)
            size += len(line)
            if size >= PIECE_BYTES:
                yield len(waiting), b"".join(waiting)
                waiting, size = [], 0
        if waiting:
            yield len(waiting), b"".join(waiting)


def read_script(stream: IO[bytes], known_settings: frozenset[str] | None = None) -> Iterator[Statements | TableRows]:
    """Return the parts of a script in order. The rows of a part are read before the next part is requested.

    Settings that the server does not know (a newer pg_restore sets some) are left out.
    """
    statements: list[bytes] = []
    for line in stream:
        setting = SETTING.match(line)
        if line.startswith(META_COMMANDS):
            continue
        if setting is not None and known_settings is not None and setting[1].decode() not in known_settings:
            continue
        match = COPY.match(line)
        if match is None:
            statements.append(line)
            continue
        yield Statements(b"".join(statements))
        statements = []
        rows = TableRows(match[1].decode(), line, _read_rows(stream))
        yield rows
        for _ in rows.lines:
            pass
    yield Statements(b"".join(statements))


def _read_rows(stream: IO[bytes]) -> Iterator[bytes]:
    for line in stream:
        if line == END_OF_ROWS:
            return
        yield line
    raise BackupUnusable(msg("The dump ends within the rows of a table; use another backup."))


@contextmanager
def open_restore_script(archive: Archive, pg_restore: Path) -> Iterator[IO[bytes]]:
    """Run pg_restore on the dump of a backup and yield the script as it comes. Raises BackupUnusable.

    Raises:
        BackupUnusable: at the end, when pg_restore or the file's checksum finds the dump damaged.
    """
    command = [str(pg_restore), "--no-owner", "--no-publications", "--no-subscriptions", "--file=-"]
    problems: list[BackupUnusable] = []
    with tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=messages)
        assert process.stdin is not None and process.stdout is not None
        feeder = threading.Thread(target=_feed, args=(archive, process.stdin, problems), name="dump", daemon=True)
        feeder.start()
        try:
            yield process.stdout
            process.stdout.close()
            feeder.join()
            status = process.wait()
        except BaseException as error:
            process.kill()
            process.stdout.close()
            process.wait()
            feeder.join()
            if problems:
                raise problems[0] from None
            if isinstance(error, UnicodeDecodeError | psycopg.DataError | psycopg.ProgrammingError):
                # the checksum shows whether the dump is damaged, of which pg_restore has not read the end
                with Path(os.devnull).open("wb") as nowhere:
                    archive.copy_dump(nowhere)
            raise
        if problems:
            raise problems[0]
        if status != 0:
            messages.seek(0)
            lines = messages.read().decode(errors="replace").strip().splitlines()
            raise archive.report_damage(lines[-1] if lines else f"pg_restore ended with status {status}")


def _feed(archive: Archive, target: IO[bytes], problems: list[BackupUnusable]) -> None:
    """Write the dump to pg_restore; what is wrong with the file is added to ``problems``."""
    try:
        with target:
            archive.copy_dump(target)
    except BackupUnusable as error:
        problems.append(error)
    except (BrokenPipeError, ValueError):
        # pg_restore has ended, and its exit status says why
        return

"""Rows as lines of a CSV file, as PostgreSQL writes them: nobody here takes them apart."""

from collections.abc import Iterator

import psycopg

from lodebase.download.task import Task

BLOCK_BYTES = 1 << 18
"""Of what is handed on at a time. Rows that are held one by one for longer cost three times as much."""
VERSION = "SELECT coalesce(max(version), 0) FROM lode.dataset_version"
SETTING = "SELECT set_config('lode.as_of', %s, false)"


class Lines:
    """The records of a task, in one state of the store."""

    def __init__(self, task: Task) -> None:
        self._connection = psycopg.connect(task.database)
        self._connection.execute(SETTING, (str(task.content.version),))
        now = self._connection.execute(VERSION).fetchone() == (task.content.version,)
        self._statement = task.statements[task.content.table.name].at(now)
        self.rows = 0

    def blocks(self) -> Iterator[bytes]:
        """All lines, each ended as RFC 4180 says."""
        held, count = bytearray(), 0
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY ({self._statement}) TO STDOUT (FORMAT csv)".encode()) as copy,
        ):
            # one message is one row (protocol 3.0)
            for row in copy:
                held += row
                count += 1
                if len(held) > BLOCK_BYTES:
                    yield _ended(bytes(held), count)
                    self.rows += count
                    held, count = bytearray(), 0
        if count:
            yield _ended(bytes(held), count)
        self.rows += count


def _ended(lines: bytes, count: int) -> bytes:
    """The lines with both characters at their ends, and none put into a text that goes over several."""
    if lines.count(b"\n") == count:
        return lines.replace(b"\n", b"\r\n")
    parts = lines.split(b'"')
    # what stands between two quotation marks is within a text
    parts[::2] = [part.replace(b"\n", b"\r\n") for part in parts[::2]]
    return b'"'.join(parts)

"""Rows as CSV lines, which PostgreSQL writes and this process does not parse."""

from collections.abc import Iterator

import psycopg

from lodebase.download.task import Task

BLOCK_BYTES = 1 << 18
"""Bytes of a block. Collecting single rows for longer costs three times as much."""
VERSION = "SELECT coalesce(max(version), 0) FROM lode.dataset_version"
SETTING = "SELECT set_config('lode.as_of', %s, false)"


class CsvCopy:
    """The records of a task, from one snapshot of the database."""

    def __init__(self, task: Task) -> None:
        self._connection = psycopg.connect(task.database)
        for statement in task.settings:
            self._connection.execute(statement)
        self._connection.execute(SETTING, (str(task.content.version),))
        now = self._connection.execute(VERSION).fetchone() == (task.content.version,)
        self._statement = task.statements[task.content.table.name].at(now)
        self.rows = 0

    def close(self) -> None:
        """Close the connection, which a process of its own leaves to its end."""
        self._connection.close()

    def blocks(self) -> Iterator[bytes]:
        """Yield blocks of lines, each line with the end that RFC 4180 requires."""
        block, count = bytearray(), 0
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY ({self._statement}) TO STDOUT (FORMAT csv)".encode()) as copy,
        ):
            # one message is one row (protocol 3.0)
            for row in copy:
                block += row
                count += 1
                if len(block) > BLOCK_BYTES:
                    yield _end_lines(bytes(block), count)
                    self.rows += count
                    block, count = bytearray(), 0
        if count:
            yield _end_lines(bytes(block), count)
        self.rows += count


def _end_lines(lines: bytes, count: int) -> bytes:
    """Return the lines ended by CR and LF; line feeds within texts stay."""
    if lines.count(b"\n") == count:
        return lines.replace(b"\n", b"\r\n")
    parts = lines.split(b'"')
    # every other part is within quotation marks
    parts[::2] = [part.replace(b"\n", b"\r\n") for part in parts[::2]]
    return b'"'.join(parts)

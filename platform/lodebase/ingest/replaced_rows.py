"""The rows that imports replaced, stored so that an import can be withdrawn, for the last imports of each source."""

from typing import Any

from psycopg import Connection

WITHDRAWABLE_RUNS = 5
"""Imports of a source that can be withdrawn: the last ones that changed rows and were not withdrawn."""
CHANGED = "EXISTS (SELECT FROM dataset_version v WHERE v.run_id = {}.id)"
"""Whether a run changed the data."""
NOTE_ROWS = "UPDATE import_run SET keeps_rows = true WHERE id = %s"
OLD = f"""
SELECT id FROM import_run r WHERE source = %s AND keeps_rows AND {CHANGED.format("r")}
ORDER BY id DESC OFFSET {WITHDRAWABLE_RUNS}
"""
FORGET = ("DELETE FROM replaced_row WHERE run = ANY(%s)", "UPDATE import_run SET keeps_rows = false WHERE id = ANY(%s)")


def keep(connection: Connection[Any], source: str, run: int) -> None:
    """Note that the earlier rows of a run are stored, and delete those of older runs of the source."""
    connection.execute(NOTE_ROWS, (run,))
    forget(connection, [row[0] for row in connection.execute(OLD, (source,))])


def forget(connection: Connection[Any], runs: list[int]) -> None:
    """Delete the earlier rows of runs; these can't be withdrawn any more."""
    for statement in FORGET:
        connection.execute(statement, (runs,))

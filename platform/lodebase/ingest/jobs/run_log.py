"""The log of imports: a run is noted as running before its transaction, so that one that is killed leaves a trace."""

from datetime import datetime
from typing import Any

import psycopg

from lodebase.ingest.jobs.import_lock import IMPORT_LOCK

INTERRUPTED = "the import was killed or lost the database; nothing of it was stored, import again"
MARK = """
UPDATE import_run SET state = 'interrupted', finished_at = now(), message = %s WHERE state = 'running'
"""
BEGIN = "INSERT INTO import_run (source, path, content_sha256, started_at, state) VALUES (%s, %s, %s, %s, %s) RETURNING id"
FAIL = "UPDATE import_run SET state = 'failed', finished_at = now(), message = %s WHERE id = %s"


def mark_interrupted(address: str) -> int:
    """Mark runs as interrupted that are noted as running while no import holds its lock; return how many."""
    with psycopg.connect(address) as connection:
        row = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (IMPORT_LOCK,)).fetchone()
        if row is None or not row[0]:
            return 0
        return connection.execute(MARK, (INTERRUPTED,)).rowcount


def begin(address: str, source: str, path: str, digest: str | None, started: datetime) -> int:
    """Note a run as running, in a transaction of its own, and return its number.

    The caller holds the importers' lock, so every other run that is noted as running was interrupted.
    """
    with psycopg.connect(address) as connection:
        connection.execute(MARK, (INTERRUPTED,))
        return insert(connection, source, path, digest, started, "running")


def insert(
    connection: psycopg.Connection[Any], source: str, path: str, digest: str | None, started: datetime, state: str
) -> int:
    """Insert a run and return its number."""
    row = connection.execute(BEGIN, (source, path, digest, started, state)).fetchone()
    assert row is not None
    return int(row[0])


def record_run_failure(address: str, number: int, message: str) -> None:
    """Note that a run failed; where the database can't be reached, the next import marks it as interrupted."""
    try:
        with psycopg.connect(address) as connection:
            connection.execute(FAIL, (message, number))
    except psycopg.Error:
        # the caller reports the original failure
        return

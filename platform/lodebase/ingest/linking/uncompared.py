"""Comparison of the records of large imports, in the background and part by part.

An import that changes more records than can be compared within it leaves them here. They are compared in the order of their
places, each part in a transaction of its own, so that what an interruption leaves is continued and imports wait for one part.
"""

import threading
from collections.abc import Callable
from typing import Any

import psycopg

from lodebase.db.background_work import STOP_S, BackgroundWork
from lodebase.errors import ImportBusy
from lodebase.ingest import staging
from lodebase.ingest.jobs.import_lock import acquire_import_lock
from lodebase.ingest.linking import regroup
from lodebase.ingest.linking.regroup import RegroupResult
from lodebase.ingest.linking.resolution import AS_IMPORT, finish
from lodebase.resolve.pairs import ResolutionProgress

PART = 5_000
"""Records that are compared at once: some seconds of work, for which an import waits."""
POLL_S = 60.0
TAKE = """
WITH part AS (
  DELETE FROM uncompared WHERE record_id IN (SELECT record_id FROM uncompared ORDER BY morton_code, record_id LIMIT %s)
  RETURNING record_id
)
INSERT INTO changed (record_id)
SELECT DISTINCT record_id FROM part JOIN member m USING (record_id) WHERE m.leads AND m.kind = ANY(%s)
RETURNING record_id
"""


def compare_part(address: str, accept: float, wait_s: float, most: int = PART) -> int:
    """Compare some of the records, serve what follows, and return the number of those left, -1 if there were none.

    Raises ImportBusy if an import runs for longer than the wait.
    """
    with psycopg.connect(address) as connection:
        if not regroup.count_uncompared(connection):
            return -1
        ids = _take_records(connection, wait_s, most)
        if ids:
            regroup.compare(connection, ids)
        _serve(connection, accept)
        return regroup.count_uncompared(connection)


def compare_left(address: str, accept: float, wait_s: float, progress: ResolutionProgress) -> RegroupResult | None:
    """Compare all records that are left, at once, and serve what follows; return None if there were none.

    Raises ImportBusy if an import runs for longer than the wait.
    """
    with psycopg.connect(address) as connection:
        if not regroup.count_uncompared(connection):
            return None
        regroup.compare_changed(connection, _take_records(connection, wait_s, None), progress)
        return _serve(connection, accept)


def _take_records(connection: psycopg.Connection[Any], wait_s: float, most: int | None) -> list[str]:
    """Take up to ``most`` records, all for None, and note them as changed. Raises ImportBusy."""
    acquire_import_lock(connection, wait_s)
    connection.execute(AS_IMPORT)
    staging.create(connection)
    return sorted(row[0] for row in connection.execute(TAKE, (most, regroup.MERGED)))


def _serve(connection: psycopg.Connection[Any], accept: float) -> RegroupResult:
    done = regroup.settle(connection, accept)
    finish(connection)
    return done


def watch(address: str, accept: float, stop: threading.Event, report: Callable[[str], None]) -> None:
    """Compare the records that imports leave, as soon as they leave them, until ``stop`` is set."""

    def compare_next() -> bool:
        try:
            return compare_part(address, accept, STOP_S) >= 0
        except ImportBusy:
            return True

    BackgroundWork("comparisons", regroup.LEFT_CHANNEL, POLL_S, compare_next).watch(address, stop, report)

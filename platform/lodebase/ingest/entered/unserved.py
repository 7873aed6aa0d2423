"""Serving of judgements and expert values: the records concerned are regrouped as soon as they are stored.

The process of ``lode serve`` does it, since processes of the site may not write served tables.
"""

import threading
from collections.abc import Callable, Collection

import psycopg

from lodebase.db.background_work import STOP_S, BackgroundWork
from lodebase.errors import ImportBusy
from lodebase.ingest import staging
from lodebase.ingest.jobs.import_lock import acquire_import_lock
from lodebase.ingest.linking import regroup
from lodebase.ingest.linking.regroup import RegroupResult
from lodebase.ingest.linking.resolution import AS_IMPORT, finish

CHANNEL = "lode_unserved"
POLL_S = 30.0
"""Seconds between checks without a notification."""
WAITING = "SELECT DISTINCT subject FROM unserved WHERE trouble IS NULL"
TROUBLE = "UPDATE unserved SET trouble = %s WHERE subject = %s"


def serve(address: str, accept: float, wait_s: float) -> RegroupResult | None:
    """Serve pending judgements; return None without any.

    What the store refuses is marked with the error, and tried again by ``lode resolve apply`` only. Raises ImportBusy if an
    import runs for longer than the wait.
    """
    with psycopg.connect(address) as connection:
        subjects = [row[0] for row in connection.execute(WAITING)]
    if not subjects:
        return None
    try:
        return _serve_subjects(address, accept, wait_s, subjects)
    except psycopg.OperationalError:
        raise
    except psycopg.Error:
        return _serve_each(address, accept, wait_s, subjects)


def watch(
    address: str, accept: float, served: Callable[[], None], stop: threading.Event, report: Callable[[str], None]
) -> None:
    """Serve judgements as soon as the store notifies of them, until ``stop`` is set; ``served`` is called after some were."""

    def serve_waiting() -> bool:
        try:
            result = serve(address, accept, STOP_S)
        except ImportBusy:
            return True
        if result is not None:
            served()
        return result is not None

    BackgroundWork("judgements", CHANNEL, POLL_S, serve_waiting).watch(address, stop, report)


def _serve_subjects(address: str, accept: float, wait_s: float, subjects: Collection[str]) -> RegroupResult:
    with psycopg.connect(address) as connection:
        acquire_import_lock(connection, wait_s)
        connection.execute(AS_IMPORT)
        staging.create(connection)
        done = regroup.settle(connection, accept, frozenset(subjects))
        finish(connection)
    return done


def _serve_each(address: str, accept: float, wait_s: float, subjects: Collection[str]) -> RegroupResult:
    """Serve subjects one after the other, so that one that fails does not block others."""
    done = RegroupResult(0, 0, 0)
    for subject in subjects:
        try:
            subject_result = _serve_subjects(address, accept, wait_s, (subject,))
        except psycopg.OperationalError:
            raise
        except psycopg.Error as error:
            with psycopg.connect(address) as connection:
                connection.execute(TROUBLE, (str(error).strip().splitlines()[0], subject))
        else:
            done = RegroupResult(
                done.looked_at + subject_result.looked_at, done.joined + subject_result.joined, done.left + subject_result.left
            )
    return done

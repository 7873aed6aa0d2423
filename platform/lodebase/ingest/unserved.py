"""What people judged, served at once: the records concerned are grouped anew as soon as somebody judged.

It is done by a process that may write what is served, which the site's may not: that of ``lode serve``, beside the site.
"""

import threading
from collections.abc import Callable, Collection

import psycopg

from lodebase.errors import ImportBusy
from lodebase.ingest import regroup, staging
from lodebase.ingest.regroup import Regrouped
from lodebase.ingest.turn import wait_for_turn
from lodebase.ingest.whole import AS_IMPORT, FINISH

CHANNEL = "lode_unserved"
LOOK_S = 0.5
"""How long it takes at most until the end of the site is seen."""
EVERY_S = 30.0
"""How often is looked without having been told."""
AWAY_S = 5.0
WAITING = "SELECT DISTINCT subject FROM unserved WHERE trouble IS NULL"
TROUBLE = "UPDATE unserved SET trouble = %s WHERE subject = %s"


def serve(address: str, accept: float, wait_s: float) -> Regrouped | None:
    """Serve what was judged; None where nothing waits.

    What the store refuses is marked with its words, and tried again by ``lode resolve apply`` alone. Raises ImportBusy while
    an import runs for longer than the wait.
    """
    with psycopg.connect(address) as connection:
        subjects = [row[0] for row in connection.execute(WAITING)]
    if not subjects:
        return None
    try:
        return _together(address, accept, wait_s, subjects)
    except psycopg.OperationalError:
        raise
    except psycopg.Error:
        return _each(address, accept, wait_s, subjects)


def watch(address: str, accept: float, over: threading.Event, say: Callable[[str], None]) -> None:
    """Serve what is judged as soon as the store tells of it, until it is ``over``."""
    while not over.is_set():
        try:
            _watch(address, accept, over)
        except psycopg.OperationalError as error:
            say(f"judgements wait: the database is away ({str(error).strip().splitlines()[0]})")
            over.wait(AWAY_S)


def _watch(address: str, accept: float, over: threading.Event) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}")
        while not over.is_set():
            _serve_all(address, accept, over)
            for _ in range(int(EVERY_S / LOOK_S)):
                if over.is_set() or any(True for _ in connection.notifies(timeout=LOOK_S, stop_after=1)):
                    break


def _serve_all(address: str, accept: float, over: threading.Event) -> None:
    while not over.is_set():
        try:
            if serve(address, accept, LOOK_S) is None:
                return
        except ImportBusy:
            continue


def _together(address: str, accept: float, wait_s: float, subjects: Collection[str]) -> Regrouped:
    with psycopg.connect(address) as connection:
        wait_for_turn(connection, wait_s)
        connection.execute(AS_IMPORT)
        staging.create(connection)
        done = regroup.settle(connection, accept, frozenset(subjects))
        connection.execute(FINISH)
    return done


def _each(address: str, accept: float, wait_s: float, subjects: Collection[str]) -> Regrouped:
    """Serve what can be, one after the other, so that one that can't keeps no other waiting."""
    done = Regrouped(0, 0, 0)
    for subject in subjects:
        try:
            one = _together(address, accept, wait_s, (subject,))
        except psycopg.OperationalError:
            raise
        except psycopg.Error as error:
            with psycopg.connect(address) as connection:
                connection.execute(TROUBLE, (str(error).strip().splitlines()[0], subject))
        else:
            done = Regrouped(done.looked_at + one.looked_at, done.joined + one.joined, done.left + one.left)
    return done

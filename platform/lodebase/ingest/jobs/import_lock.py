"""The lock that serializes imports and resolution until the end of their transactions."""

import time
from typing import Any

from psycopg import Connection

from lodebase.errors import ImportBusy, ReadOnlyMirror
from lodedata.messages import msg

IMPORT_LOCK = 7613002


def acquire_import_lock(connection: Connection[Any], wait_s: float) -> None:
    """Acquire the importers' lock for this transaction. Raises ImportBusy, or ReadOnlyMirror in a mirror."""
    wait_for_lock(connection, wait_s)
    mirror = connection.execute("SELECT origin FROM lode.mirror").fetchone()
    if mirror is not None:
        raise ReadOnlyMirror(mirror[0])


def wait_for_lock(connection: Connection[Any], wait_s: float) -> None:
    """Acquire the lock for this transaction, waiting while an import or `lode mirror` holds it. Raises ImportBusy."""
    deadline = time.monotonic() + wait_s
    while True:
        row = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (IMPORT_LOCK,)).fetchone()
        if row is not None and row[0]:
            return
        if time.monotonic() >= deadline:
            raise ImportBusy(
                msg(
                    "Another import has been running for more than %(wait_s)s s; wait for it to end, or set LODE_IMPORT_WAIT.",
                    wait_s=f"{wait_s:.0f}",
                )
            )
        time.sleep(0.2)

"""The record of backups in the database, ``lode.backup``.

It is in the database and not in LODE_HOME, so that every site of the store can show it, also one on another machine or in
another container than the one that makes the backups.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from lodebase.db.store import Store, write_conninfo

LAST = "SELECT finished_at, bytes FROM lode.backup ORDER BY finished_at DESC LIMIT 1"
WRITE = "INSERT INTO lode.backup (machine, path, bytes, seconds) VALUES (%s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class LastBackup:
    """When the last backup was finished, and its size."""

    finished_at: datetime
    bytes: int


def read_last_backup(connection: psycopg.Connection[Any]) -> LastBackup | None:
    """Return the last backup, None where there was none or the store is older than the record."""
    there = connection.execute("SELECT to_regclass('lode.backup') IS NOT NULL").fetchone()
    if there is None or not there[0]:
        return None
    row = connection.execute(LAST).fetchone()
    return None if row is None else LastBackup(row[0], row[1])


def write(store: Store, path: Path, size: int, seconds: float) -> None:
    """Record a finished backup; a store older than the record, or one that can't be written to, goes without."""
    older = suppress(psycopg.errors.UndefinedTable, psycopg.errors.ReadOnlySqlTransaction)
    with older, psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        connection.execute(WRITE, (os.uname().nodename, str(path.absolute()), size, seconds))

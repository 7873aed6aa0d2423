"""Restore a backup: drop the old store, load the dump, compare every table, upgrade; all in one transaction.

Whatever fails, also a kill of the process or of the server, leaves the old store as it was.
"""

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from lodebase.backup import client_programs, table_states
from lodebase.backup.archive import Archive, Manifest, TableState
from lodebase.backup.progress import StepProgress
from lodebase.backup.script import Statements, TableRows, open_restore_script, read_script
from lodebase.db import engine as engines
from lodebase.db import upgrade
from lodebase.db.failures import describe_undone, take_first_error_line
from lodebase.db.private_cluster import preparation
from lodebase.db.store import Store
from lodebase.errors import BackupUnusable, DiskFull, RestoreFailed
from lodebase.ingest.jobs.import_lock import IMPORT_LOCK
from lodedata.messages import msg

OTHERS = """
SELECT coalesce(nullif(application_name, ''), 'a program without a name') AS name, count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL GROUP BY 1 ORDER BY 1
"""
NEXT_VERSION = """
INSERT INTO lode.dataset_version (version, committed_at)
SELECT %(before)s + 1, clock_timestamp() WHERE %(before)s > (SELECT coalesce(max(version), 0) FROM lode.dataset_version)
"""
CATALOG = "lode restore"


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """A finished restore."""

    made_at: str
    rows: int
    tables: int
    restored_revision: str
    revision: str
    seconds: float


def restore(
    store: Store,
    archive: Archive,
    progress: StepProgress,
    *,
    preferred_bin: Path | None = None,
    check_space: bool = True,
) -> RestoreResult:
    """Replace the store by the content of a backup and upgrade it to this code's version.

    Raises BackupUnusable, DatabaseAway, DatabaseUnfit, DiskFull, RestoreFailed; then the store is unchanged.
    """
    begun = time.monotonic()
    manifest = archive.manifest
    _require_known_revision(archive)
    if check_space:
        _require_space(store, manifest)
    programs = client_programs.find(manifest.pg_dump, preferred_bin)
    engine = engines.create_checked_engine(store.addresses.owner, CATALOG, pool_size=1)
    try:
        with _convert_failures(), engine.begin() as connection:
            _require_alone(connection)
            before = _drop(connection)
            driver = _take_driver_connection(connection)
            progress.begin(msg("restoring"))
            with open_restore_script(archive, programs.pg_restore) as script:
                _load(driver, script, progress)
            driver.execute("RESET ALL")
            _compare(driver, manifest, progress)
            progress.begin(msg("upgrading"))
            state = upgrade.upgrade_in(connection)
            if before is not None:
                driver.execute(NEXT_VERSION, {"before": before})
            progress.begin(msg("committing"))
        progress.begin(msg("collecting statistics"))
        _vacuum(store, manifest)
    finally:
        engine.dispose()
    rows = sum(table.rows for table in manifest.tables.values())
    seconds = round(time.monotonic() - begun, 1)
    return RestoreResult(manifest.made_at, rows, len(manifest.tables), manifest.revision, state.at or "", seconds)


def holds_a_store(store: Store) -> bool:
    """Return whether the database holds a store already, which a restore replaces."""
    engine = engines.create_checked_engine(store.addresses.owner, CATALOG, pool_size=1)
    try:
        with _convert_failures(), engine.connect() as connection:
            return bool(table_states.read_schema_names(_take_driver_connection(connection)))
    finally:
        engine.dispose()


def _take_driver_connection(connection: Connection) -> psycopg.Connection[Any]:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


def _require_known_revision(archive: Archive) -> None:
    code_revisions = upgrade.list_code_revisions()
    if upgrade.is_unreleased(archive.manifest.revision):
        raise BackupUnusable(
            msg(
                "%(path)s: %(upgrade)s", path=archive.path, upgrade=upgrade.describe_unreleased_store(archive.manifest.revision)
            )
        )
    if archive.manifest.revision not in code_revisions:
        raise BackupUnusable(
            msg(
                "%(path)s was written by a newer version of Lode (%(lode_version)s, store %(revision)s); this version reads "
                "stores up to %(known)s. Install the newer version and restore with it.",
                path=archive.path,
                lode_version=archive.manifest.lode_version,
                revision=archive.manifest.revision,
                known=code_revisions[-1],
            )
        )


def _require_space(store: Store, manifest: Manifest) -> None:
    """Raise DiskFull if the private cluster's disk can't hold the restored store in addition to the old one."""
    if store.cluster is None:
        return
    free = shutil.disk_usage(store.cluster.data).free
    if free < manifest.database_bytes:
        raise DiskFull(
            msg(
                "The disk of %(home)s has %(free)s MB free and the store takes %(size)s MB; free some space, "
                "or add --skip-space-check.",
                home=store.cluster.home,
                free=f"{free / 1000000.0:,.0f}",
                size=f"{manifest.database_bytes / 1000000.0:,.0f}",
            )
        )


def _require_alone(connection: Connection) -> None:
    """Take the locks of upgrades and imports. Raises RestoreFailed where anybody else uses the database."""
    connection.execute(text(f"SET LOCAL lock_timeout = '{upgrade.LOCK_TIMEOUT}'"))
    for lock in (preparation.UPGRADE_LOCK, IMPORT_LOCK):
        if not connection.scalar(text(f"SELECT pg_try_advisory_xact_lock({lock})")):
            raise RestoreFailed(msg("An import or an upgrade is running on this store; wait for it to end and restore again."))
    others = [f"{name} ({count})" for name, count in connection.execute(text(OTHERS))]
    if others:
        raise RestoreFailed(
            msg(
                "The database is in use by %(choices)s; stop the site, end these connections and restore again.",
                choices=", ".join(others),
            )
        )


def _drop(connection: Connection) -> int | None:
    """Drop the old store and return the version of its data, None where there is none."""
    driver = _take_driver_connection(connection)
    schemas = table_states.read_schema_names(driver)
    if not schemas:
        return None
    there = driver.execute("SELECT to_regclass('lode.dataset_version') IS NOT NULL").fetchone()
    version = None
    if there is not None and there[0]:
        row = driver.execute("SELECT coalesce(max(version), 0) FROM lode.dataset_version").fetchone()
        version = None if row is None else int(row[0])
    driver.execute(SQL("DROP SCHEMA {} CASCADE").format(SQL(", ").join(map(Identifier, schemas))))
    return version


def _load(driver: psycopg.Connection[Any], script: Any, progress: StepProgress) -> None:
    setting_names = frozenset(row[0] for row in driver.execute("SELECT name FROM pg_settings"))
    with driver.cursor() as cursor:
        for part in read_script(script, setting_names):
            if isinstance(part, Statements):
                if part.text.strip():
                    # the script that pg_restore wrote, many statements at once
                    cursor.execute(SQL(part.text.decode()))
                continue
            progress.begin(msg("restoring %(table)s", table=part.table))
            _copy(cursor, part, progress)
            progress.begin(msg("restoring indexes and constraints"))


def _copy(cursor: psycopg.Cursor[Any], part: TableRows, progress: StepProgress) -> None:
    with cursor.copy(SQL(part.statement.decode().rstrip(";\n"))) as copy:
        for _, piece in part.pieces():
            copy.write(piece)
            progress.bytes += len(piece)


def _compare(driver: psycopg.Connection[Any], manifest: Manifest, progress: StepProgress) -> None:
    """Raises BackupUnusable where a table is not what it was when the backup was made."""
    names = table_states.read_table_names(driver, table_states.read_schema_names(driver))
    states = table_states.read_table_states(driver, names, lambda name: progress.begin(msg("comparing %(table)s", table=name)))
    different = describe_state_differences(manifest.tables, states)
    if different:
        raise BackupUnusable(
            msg(
                "The restored store is not what was backed up, so nothing was changed: %(choices)s.",
                choices="; ".join(different[:5]),
            )
        )


def describe_state_differences(expected: Mapping[str, TableState], actual: Mapping[str, TableState]) -> list[str]:
    """Return a phrase for each table that two states of a store do not have in common."""
    phrases = []
    for name in sorted({**expected, **actual}):
        before, after = expected.get(name), actual.get(name)
        if before is None or after is None:
            phrases.append(f"{name} is {'new' if before is None else 'missing'}")
        elif before.rows != after.rows:
            phrases.append(f"{name} has {after.rows} rows instead of {before.rows}")
        elif before.fingerprint != after.fingerprint:
            phrases.append(f"{name} has other content")
    return phrases


def _vacuum(store: Store, manifest: Manifest) -> None:
    """Collect statistics and mark pages as visible; the restore is complete without it."""
    engine = engines.create_checked_engine(store.addresses.owner, CATALOG, pool_size=1, alone=True)
    try:
        with engine.connect() as connection:
            driver = _take_driver_connection(connection)
            names = table_states.read_table_names(driver, table_states.read_schema_names(driver))
            driver.execute(SQL(f"VACUUM (ANALYZE) {', '.join(names)}"))
    finally:
        engine.dispose()


@contextmanager
def _convert_failures() -> Iterator[None]:
    """Turn errors of the database into sentences."""
    try:
        yield
    except psycopg.errors.LockNotAvailable:
        raise RestoreFailed(msg("Another program uses tables of the store; stop the site and restore again.")) from None
    except (psycopg.OperationalError, DBAPIError) as error:
        if isinstance(error, DBAPIError) and not isinstance(error.orig, psycopg.OperationalError):
            raise _convert_refusal(error.orig or error) from None
        raise describe_undone(error) from None
    except psycopg.Error as error:
        raise _convert_refusal(error) from None


def _convert_refusal(error: BaseException) -> RestoreFailed:
    return RestoreFailed(
        msg("The database refuses the backup; the store is unchanged (%(reason)s).", reason=take_first_error_line(error))
    )

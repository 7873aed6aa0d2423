"""Make a backup: pg_dump of every schema of the store at one snapshot, with a manifest, checked after writing."""

import fcntl
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.sql import SQL

from lodebase.backup import client_programs, record, table_states
from lodebase.backup.archive import BUFFER_BYTES, Archive, ArchiveWriter, Manifest
from lodebase.backup.client_programs import ClientPrograms
from lodebase.backup.progress import StepProgress
from lodebase.backup.script import TableRows, open_restore_script, read_script
from lodebase.db.failures import take_first_error_line
from lodebase.db.store import Store, write_conninfo
from lodebase.errors import BackupFailed, DatabaseAway, DiskFull, NotFound
from lodedata.messages import msg

NO_SPACE = 28
PARTIAL = ".partial"
SHARE_OF_DATABASE = 0.5
"""Share of the database's size that must be free for a first backup; a compressed dump without indexes takes less."""
MORE_THAN_LAST = 1.25


@dataclass(frozen=True, slots=True)
class BackupResult:
    """A finished backup."""

    path: Path
    bytes: int
    seconds: float
    rows: int
    tables: int
    revision: str


def make_backup(
    store: Store,
    path: Path,
    progress: StepProgress,
    *,
    preferred_bin: Path | None = None,
    force: bool = False,
    check_space: bool = True,
) -> BackupResult:
    """Write a backup of the store to a file that only its owner may read.

    The file appears under its name when it is complete and checked. Raises BackupFailed, DatabaseAway, DatabaseUnfit,
    DiskFull, NotFound; then there is no file, and an earlier one is unchanged.
    """
    begun = time.monotonic()
    _require_no_file(path, force)
    try:
        with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
            programs = client_programs.find(client_programs.read_server_major(connection), preferred_bin)
            if check_space:
                _require_space(connection, path)
            with _open_partial_file(path) as (partial, stream):
                manifest = _write(store, connection, programs, stream, progress)
                progress.begin(msg("checking the file"))
                _check(partial, programs, progress)
                _require_no_file(path, force)
                partial.rename(path)
                _sync_folder(path.parent)
    except psycopg.OperationalError as error:
        raise DatabaseAway(
            msg(
                "The connection to the database was lost during the backup; no file was written (%(reason)s).",
                reason=take_first_error_line(error),
            )
        ) from None
    size, seconds = path.stat().st_size, time.monotonic() - begun
    record.write(store, path, size, seconds)
    rows = sum(state.rows for state in manifest.tables.values())
    return BackupResult(path, size, round(seconds, 1), rows, len(manifest.tables), manifest.revision)


def _require_no_file(path: Path, force: bool) -> None:
    if path.exists() and not force:
        raise BackupFailed(msg("%(path)s exists already; choose another name, or add --force to replace it.", path=path))


def _require_space(connection: psycopg.Connection[Any], path: Path) -> None:
    """Raise DiskFull if the folder of the file has less free space than the backup may take."""
    last = record.read_last_backup(connection)
    database = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert database is not None
    wanted = int(last.bytes * MORE_THAN_LAST if last is not None else database[0] * SHARE_OF_DATABASE)
    connection.rollback()
    try:
        disk = os.statvfs(path.parent)
    except OSError as error:
        raise BackupFailed(
            msg("%(parent)s can't be used for a backup: %(reason)s.", parent=path.parent, reason=error.strerror)
        ) from None
    free = disk.f_bavail * disk.f_frsize
    if free < wanted:
        raise DiskFull(
            msg(
                "%(parent)s has %(free)s MB free and the backup may take %(wanted)s MB; free some space, "
                "choose another folder, or add --skip-space-check.",
                parent=path.parent,
                free=f"{free / 1000000.0:,.0f}",
                wanted=f"{wanted / 1000000.0:,.0f}",
            )
        )


@contextmanager
def _open_partial_file(path: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """Yield a new file with mode 600 next to the final one, locked while it is written, and removed after a failure."""
    partial = path.parent / f".{path.name}{PARTIAL}"
    try:
        remove_left_over(path.parent)
        stream = os.fdopen(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")
    except FileExistsError:
        raise BackupFailed(msg("Another backup to %(path)s is being written; wait for it to end.", path=path)) from None
    except OSError as error:
        raise BackupFailed(msg("%(path)s can't be written: %(reason)s.", path=path, reason=error.strerror)) from None
    try:
        with stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield partial, stream
    except OSError as error:
        if error.errno == NO_SPACE:
            raise DiskFull(
                msg("The disk of %(parent)s is full; no backup was written. Free some space and try again.", parent=path.parent)
            ) from None
        raise BackupFailed(msg("%(path)s can't be written: %(reason)s.", path=path, reason=error.strerror or error)) from None
    finally:
        partial.unlink(missing_ok=True)


def remove_left_over(folder: Path) -> None:
    """Remove partial files of backups that were killed; one that is being written is locked and stays."""
    for partial in folder.glob(f".*{PARTIAL}"):
        with suppress(OSError), partial.open("rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            partial.unlink()


def _write(
    store: Store, connection: psycopg.Connection[Any], programs: ClientPrograms, stream: IO[bytes], progress: StepProgress
) -> Manifest:
    """Write dump and manifest, both of one snapshot."""
    progress.begin(msg("waiting for the tables"))
    names = _lock_tables(connection)
    row = connection.execute("SELECT pg_export_snapshot()").fetchone()
    assert row is not None
    progress.begin(msg("dumping"))
    schemas = table_states.read_schema_names(connection)
    with ArchiveWriter(stream) as writer:
        _write_dump(store, programs, schemas, row[0], writer, progress)
        manifest = _build_manifest(connection, programs, schemas, names, progress)
        connection.rollback()
        manifest = replace(manifest, dump_sha256=writer.dump_sha256())
        writer.finish(manifest)
    stream.flush()
    os.fsync(stream.fileno())
    return manifest


def _lock_tables(connection: psycopg.Connection[Any]) -> list[str]:
    """Begin the transaction of the snapshot and return the names of the tables, which are locked against changes of form.

    The locks come before the snapshot: TRUNCATE empties a table for older snapshots too.
    """
    names = table_states.read_table_names(connection, table_states.read_schema_names(connection))
    connection.rollback()
    if not names:
        raise NotFound(msg("There is no store in this database, so there is nothing to back up; `lode db upgrade` makes one."))
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    connection.execute(SQL(f"LOCK TABLE {', '.join(names)} IN ACCESS SHARE MODE"))
    return names


def _write_dump(
    store: Store, programs: ClientPrograms, schemas: list[str], snapshot: str, writer: ArchiveWriter, progress: StepProgress
) -> None:
    arguments, environment = client_programs.build_connection_arguments(write_conninfo(store.addresses.owner))
    command = [str(programs.pg_dump), *arguments, "--format=custom", "--no-owner", f"--snapshot={snapshot}", "--no-password"]
    command += [f'--schema="{schema}"' for schema in schemas]
    with tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=messages)
        assert process.stdout is not None
        try:
            while piece := process.stdout.read(BUFFER_BYTES):
                writer.write_dump(piece)
                progress.bytes += len(piece)
            status = process.wait()
        finally:
            process.kill()
            process.stdout.close()
            process.wait()
        if status != 0:
            messages.seek(0)
            lines = messages.read().decode(errors="replace").strip().splitlines()
            raise BackupFailed(
                msg("pg_dump failed; no backup was written: %(lines)s", lines=lines[-1] if lines else f"exit status {status}")
            )


def _build_manifest(
    connection: psycopg.Connection[Any], programs: ClientPrograms, schemas: list[str], names: list[str], progress: StepProgress
) -> Manifest:
    row = connection.execute(
        "SELECT (SELECT version_num FROM lode.alembic_version), extversion, pg_database_size(current_database())"
        " FROM pg_extension WHERE extname = 'postgis'"
    ).fetchone()
    if row is None or row[0] is None:
        raise NotFound(msg("The store has no version, so there is nothing to back up; `lode db upgrade` makes a store."))
    states = table_states.read_table_states(
        connection, names, lambda name: progress.begin(msg("reading %(table)s", table=name))
    )
    return Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        lode_version=version("lode"),
        revision=row[0],
        postgresql=client_programs.read_server_major(connection),
        pg_dump=programs.major,
        postgis=row[1],
        database_bytes=row[2],
        schemas=tuple(schemas),
        tables=states,
    )


def _check(path: Path, programs: ClientPrograms, progress: StepProgress) -> None:
    """Read the file as a restore does and count the rows of every table. Raises BackupFailed, BackupUnusable."""
    with Archive(path) as archive:
        counted = dict.fromkeys(archive.manifest.tables, 0)
        with open_restore_script(archive, programs.pg_restore) as script:
            for part in read_script(script):
                if isinstance(part, TableRows):
                    for rows, piece in part.pieces():
                        counted[part.table] = counted.get(part.table, 0) + rows
                        progress.bytes += len(piece)
        expected = {name: state.rows for name, state in archive.manifest.tables.items()}
    if counted != expected:
        wrong = next(name for name in sorted({**counted, **expected}) if counted.get(name) != expected.get(name))
        raise BackupFailed(
            msg(
                "The backup was written and does not hold what the store holds: %(wrong)s has %(counted)s rows "
                "in it and %(expected)s in the store. It was removed; try again.",
                wrong=wrong,
                counted=counted.get(wrong, 0),
                expected=expected.get(wrong, 0),
            )
        )


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

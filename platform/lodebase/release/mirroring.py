"""A release restored into a store that then responds like its origin, and follows the releases after it."""

import json
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from lodebase.db import revision
from lodebase.db.failures import describe_undone
from lodebase.db.store import Store, write_conninfo
from lodebase.errors import MirrorRefused
from lodebase.ingest.jobs.import_lock import wait_for_lock
from lodebase.release.manifest import ReleaseEntry, ReleaseManifest, ReleaseState
from lodebase.release.origin_keys import OriginKeys, find_keys
from lodebase.release.release_reader import ReleaseReader, find_described_file
from lodebase.release.state_files import read_rows
from lodebase.release.state_tables import StateTable, state_tables
from lodedata.messages import Message, msg

MAX_UNPACKED_BYTES = 8 << 30
"""Bytes of the rows of a chunk, far more than any release has."""
HAS_DATA = "SELECT EXISTS (SELECT FROM lode.dataset_version) OR EXISTS (SELECT FROM lode.source_record)"
FIND_MIRROR = "SELECT origin, version, files, keys FROM lode.mirror"
WRITE_MIRROR = """
INSERT INTO lode.mirror (origin, address, version, files, keys)
VALUES (%(origin)s, %(address)s, %(version)s, %(files)s::jsonb, %(keys)s::jsonb)
ON CONFLICT (origin) DO UPDATE
SET address = excluded.address, version = excluded.version, files = excluded.files, keys = excluded.keys, read_at = now()
"""


@dataclass(frozen=True, slots=True)
class MirrorChanges:
    """The numbers of ids that changed since the release that the mirror had."""

    added: int
    changed: int
    withdrawn: int
    merged: int


@dataclass(frozen=True, slots=True)
class IndexSignature:
    """The key that signed the index and when, and where the keys of the site are from: a file, the site, or an earlier run."""

    kid: str
    signed_at: datetime
    keys_from: str
    not_read: Message | None


@dataclass(frozen=True, slots=True)
class MirrorResult:
    """What a run did: the versions before and after, the files that were read, and the changes, None if none are listed."""

    origin: str
    version: int
    before: int | None
    rows: int
    files: int
    bytes: int
    changes: MirrorChanges | None
    seconds: float
    signed: IndexSignature


@dataclass(slots=True)
class MirrorProgress:
    """The table that is read; written by the worker, read by the thread that shows it."""

    table: str = ""
    bytes: int = 0

    def line(self) -> Message:
        """Return one line for a terminal or a log."""
        return msg("%(table)s read: %(size)s MB", table=self.table, size=f"{self.bytes / 1e6:,.1f}")


@dataclass(frozen=True, slots=True)
class _Mirrored:
    """What a store mirrors: the site, its version, the digests of the files that were read, by path, and the keys (JWKS)."""

    origin: str
    version: int
    files: Mapping[str, str]
    keys: Mapping[str, Any] | None


@dataclass(slots=True)
class _Reading:
    """The reading of a release."""

    reader: ReleaseReader
    manifest: ReleaseManifest
    state: ReleaseState
    known: Mapping[str, str]
    progress: MirrorProgress
    digests: dict[str, str] = field(default_factory=dict)
    changed: list[StateTable] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    rows: int = 0


def mirror_release(
    store: Store, address: str, wait_s: float, progress: MirrorProgress | None = None, saved_keys: bytes | None = None
) -> MirrorResult:
    """Bring a store to the latest release at an address, in one transaction; the store is empty or a mirror of the same site.

    ``saved_keys`` is a JWKS of the site, in place of that which the site publishes. Raise MirrorRefused, FetchFailed,
    ImportBusy, DatabaseAway or DiskFull; then the store is unchanged.
    """
    begun = time.monotonic()
    shown = progress or MirrorProgress()
    with tempfile.TemporaryDirectory(prefix="lode-mirror-") as temporary, _translate_errors():
        reader = ReleaseReader(address, Path(temporary))
        index = reader.index()
        releases = index.releases
        with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
            wait_for_lock(connection, wait_s)
            before = _find_mirror(connection)
            _require_same_site(before, releases[0])
            keys = find_keys(releases[0].site, saved_keys, None if before is None else before.keys)
            verified = index.verify(keys.keys)
            _require_follows(before, releases[0])
            manifest = reader.manifest(releases[0])
            state = _require_state(manifest)
            earlier_files = {} if before is None else before.files
            reading = _Reading(reader, manifest, state, earlier_files, shown)
            changes = None if before is None else _count_changes(reader, releases, before.version)
            _read_tables(connection, reading)
            _write_mirror(connection, reading, address, keys)
        _collect_statistics(store, reading.changed)
    seconds = round(time.monotonic() - begun, 1)
    version = before.version if before is not None else None
    signed = IndexSignature(verified.kid, verified.claims.signed_at, keys.origin, keys.not_read)
    read = (reading.rows, reading.files, reading.bytes)
    return MirrorResult(manifest.site, manifest.version, version, *read, changes, seconds, signed)


def _find_mirror(connection: psycopg.Connection[Any]) -> _Mirrored | None:
    """Return what the store mirrors, None for an empty one. Raise MirrorRefused if it has data of its own."""
    row = connection.execute(FIND_MIRROR).fetchone()
    if row is not None:
        return _Mirrored(*row)
    has_data = connection.execute(HAS_DATA).fetchone()
    if has_data is not None and has_data[0]:
        raise MirrorRefused(
            msg("This store has data of its own, which a mirror would replace. Set LODE_HOME or LODE_DATABASE_URL to another.")
        )
    return None


def _require_same_site(before: _Mirrored | None, latest: ReleaseEntry) -> None:
    """Raise MirrorRefused for a release of another site than the mirror has."""
    if before is not None and latest.site != before.origin:
        raise MirrorRefused(
            msg(
                "This store mirrors %(origin)s, and the releases are those of %(site)s. Name an address with its releases, or "
                "mirror the other site into a store of its own.",
                origin=before.origin,
                site=latest.site,
            )
        )


def _require_follows(before: _Mirrored | None, latest: ReleaseEntry) -> None:
    """Raise MirrorRefused for a release that is older than what the mirror has."""
    if before is not None and latest.version < before.version:
        raise MirrorRefused(
            msg(
                "The mirror has version %(before)s, and the latest release is version %(latest)s. Was the origin restored from "
                "a backup? Then mirror it into an empty store.",
                before=before.version,
                latest=latest.version,
            )
        )


def _require_state(manifest: ReleaseManifest) -> ReleaseState:
    """Return the state of a release. Raise MirrorRefused if it has none, or that of another version of Lode."""
    if manifest.state is None:
        raise MirrorRefused(
            msg(
                "Version %(version)s was released without the tables for mirrors: by an older Lode, with --without-state, in "
                "part, or with records that are not for publication.",
                version=manifest.version,
            )
        )
    tables = {table.name for table in state_tables()}
    if manifest.state.revision != revision.read_wanted_revision() or manifest.state.chunks.keys() != tables:
        raise MirrorRefused(
            msg(
                "The release has tables of %(theirs)s, this Lode has those of %(ours)s. Install the version of Lode that "
                "%(site)s has.",
                theirs=manifest.state.revision,
                ours=revision.read_wanted_revision(),
                site=manifest.site,
            )
        )
    return manifest.state


def _read_tables(connection: psycopg.Connection[Any], reading: _Reading) -> None:
    """Replace the chunks that differ from those that the store has."""
    for table in state_tables():
        chunks = reading.state.chunks[table.name]
        described = [find_described_file(reading.manifest, table.path(chunk, chunks)) for chunk in range(chunks)]
        reading.digests |= {described_file.path: described_file.sha256 for described_file in described}
        wanted = [
            number
            for number, described_file in enumerate(described)
            if reading.known.get(described_file.path) != described_file.sha256
        ]
        reading.rows += sum(described_file.rows or 0 for described_file in described)
        if wanted:
            reading.progress.table = table.name
            reading.changed.append(table)
            _read_table(connection, reading, table, wanted)


def _read_table(connection: psycopg.Connection[Any], reading: _Reading, table: StateTable, wanted: Sequence[int]) -> None:
    chunks = reading.state.chunks[table.name]
    columns = SQL(", ").join(map(Identifier, table.columns))
    name = Identifier(table.table.schema or "", table.table.name)
    connection.execute(SQL("CREATE TEMP TABLE incoming ON COMMIT DROP AS SELECT {} FROM {} LIMIT 0").format(columns, name))
    for number in wanted:
        described = find_described_file(reading.manifest, table.path(number, chunks))
        path = reading.reader.file(reading.manifest, described.path)
        copied = _copy_rows(connection, SQL("COPY incoming ({}) FROM STDIN").format(columns), path)
        if copied != described.rows:
            raise _build_mismatch_error(described.path)
        path.unlink()
        reading.files += 1
        reading.bytes += described.bytes
        reading.progress.bytes += described.bytes
    connection.execute(SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
    chunk = table.write_chunk_sql("t", chunks)
    gone = SQL("DELETE FROM {} t WHERE {} = ANY(%s)").format(name, SQL(chunk))
    connection.execute(gone + _exclude_incoming(table) if table.unique else gone, (list(wanted),))
    connection.execute(
        SQL("INSERT INTO {} ({columns}) SELECT {columns} FROM incoming").format(name, columns=columns) + _update(table)
    )
    connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    connection.execute(SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(name))
    connection.execute("DROP TABLE incoming")


def _copy_rows(connection: psycopg.Connection[Any], statement: Composed, path: Path) -> int:
    """Return the number of rows of a file, which are copied. Raise MirrorRefused if they can't be."""
    try:
        with connection.cursor() as cursor:
            with cursor.copy(statement) as copy:
                for block in read_rows(path, MAX_UNPACKED_BYTES):
                    copy.write(block)
            return cursor.rowcount
    except (EOFError, OSError, ValueError, zlib.error, psycopg.DataError, psycopg.errors.BadCopyFileFormat):
        raise _build_mismatch_error(path.name) from None


def _exclude_incoming(table: StateTable) -> Composed:
    """Return the condition that the release lacks a row."""
    same = SQL(" AND ").join(SQL("i.{0} = t.{0}").format(Identifier(name)) for name in table.key)
    return SQL(" AND NOT EXISTS (SELECT FROM incoming i WHERE {})").format(same)


def _update(table: StateTable) -> Composed:
    """Return what becomes of a row that is there already."""
    if not table.unique:
        return SQL("").format()
    key = SQL(", ").join(map(Identifier, table.key))
    others = [name for name in table.columns if name not in table.key]
    if not others:
        return SQL(" ON CONFLICT ({}) DO NOTHING").format(key)
    values = SQL(", ").join(SQL("{0} = excluded.{0}").format(Identifier(name)) for name in others)
    return SQL(" ON CONFLICT ({}) DO UPDATE SET {}").format(key, values)


def _build_mismatch_error(path: str) -> MirrorRefused:
    return MirrorRefused(msg("%(path)s has other rows than the manifest states. Make the release again.", path=path))


def _write_mirror(connection: psycopg.Connection[Any], reading: _Reading, address: str, keys: OriginKeys) -> None:
    values = {
        "origin": reading.manifest.site,
        "address": address,
        "version": reading.manifest.version,
        "files": json.dumps(reading.digests),
        "keys": json.dumps(keys.jwks),
    }
    connection.execute(WRITE_MIRROR, values)


def _count_changes(reader: ReleaseReader, releases: Sequence[ReleaseEntry], before: int) -> MirrorChanges | None:
    """Return the changes from a version to the latest release, None if the releases between them do not list all."""
    counts = [0, 0, 0, 0]
    by_version = {release.version: release for release in releases}
    at = releases[0]
    while at.version > before:
        if at.manifest_sha256 is None:
            return None
        delta = reader.delta(reader.manifest(at))
        if delta is None or delta.since < before or (delta.since > before and delta.since not in by_version):
            return None
        for collection in delta.collections.values():
            listed = (collection.added, collection.changed, collection.withdrawn, collection.merged)
            counts = [count + len(ids) for count, ids in zip(counts, listed, strict=True)]
        if delta.since == before:
            break
        at = by_version[delta.since]
    return MirrorChanges(*counts)


def _collect_statistics(store: Store, changed: Sequence[StateTable]) -> None:
    """Collect statistics and mark pages as visible; the mirror is complete without it."""
    if not changed:
        return
    names = SQL(", ").join(Identifier(state_table.table.schema or "", state_table.table.name) for state_table in changed)
    with psycopg.connect(write_conninfo(store.addresses.owner), autocommit=True) as connection:
        connection.execute(SQL("VACUUM (ANALYZE) {}").format(names))


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except psycopg.OperationalError as error:
        raise describe_undone(error) from None

"""Free space on the private cluster's disk, checked before an import begins."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from lodebase.db.schema import tables
from lodebase.db.store import Store, write_conninfo
from lodebase.errors import DiskFull
from lodebase.ingest.run import hash_file
from lodedata.messages import msg

COMPRESSED = frozenset({".zip", ".xlsx", ".ods", ".gz", ".parquet", ".kmz"})
COMPRESSED_AS = 5
"""Bytes of a table as text for each byte of a compressed file."""
STORED = 40
"""Bytes that a store grows by for each byte of text; measured with a CSV of 30,000 short rows, each a record with an
estimate: 39. Rows with many columns that are not mapped take less."""
LOGGED = 60
"""Bytes of write-ahead log for each byte of text, measured with the same file: 53."""
LOG_LIMIT = 12 * 2**30
"""The cluster's ``max_wal_size``: a longer log is recycled."""
MIN_BYTES = 64 * 2**20
"""Free bytes without which a server may end itself, whatever is imported."""
OF_ROWS = ("source_record", "member", "quarantine", "replaced_row")
"""Tables with rows of sources, which an import writes besides those of records."""
LAST_DIGEST = """
SELECT content_sha256 FROM import_run WHERE source = %s AND state = 'done' ORDER BY id DESC LIMIT 1
"""


def estimate_import_bytes(path: Path) -> int:
    """Return how many bytes the import of a file or folder may take at most."""
    text = sum(size * (COMPRESSED_AS if suffix in COMPRESSED else 1) for suffix, size in _list_files(path))
    return max(MIN_BYTES, text * STORED + min(text * LOGGED, LOG_LIMIT))


def require_space(store: Store, source: str, path: Path) -> None:
    """Raise DiskFull where the disk of the private cluster has too little space free for an import.

    Another server's disk can't be seen. A file that was imported before, byte for byte, changes nothing and needs no space.
    """
    if store.cluster is None:
        return
    free, wanted = shutil.disk_usage(store.cluster.data).free, estimate_import_bytes(path)
    if free >= wanted or (free >= MIN_BYTES and _was_imported(store, source, path)):
        return
    raise DiskFull(
        msg(
            "The disk of %(home)s has %(free)s MB free and the import of %(file)s may take %(wanted)s MB; "
            "nothing was changed. Free some space, or add --skip-space-check.",
            home=store.cluster.home,
            free=f"{free / 1000000.0:,.0f}",
            file=path.name,
            wanted=f"{wanted / 1000000.0:,.0f}",
        )
    )


def give_back(store: Store) -> None:
    """Return to the disk the space of rows that an import wrote before the disk was full; a full disk may refuse that too."""
    with (
        contextlib.suppress(psycopg.Error),
        psycopg.connect(write_conninfo(store.addresses.owner), autocommit=True) as connection,
    ):
        for name in (*tables.SERVED, *(table.name for table in tables.CHILDREN), *OF_ROWS):
            connection.execute(SQL("VACUUM {}").format(Identifier(tables.SCHEMA, name)))


def _was_imported(store: Store, source: str, path: Path) -> bool:
    with psycopg.connect(store.importer) as connection:
        row = connection.execute(LAST_DIGEST, (source,)).fetchone()
    return row is not None and row[0] is not None and row[0] == hash_file(path)


def _list_files(path: Path) -> Iterator[tuple[str, int]]:
    """Yield suffix and size of the file, or of each file of the folder."""
    for file in [path] if path.is_file() else path.rglob("*"):
        if file.is_file():
            yield file.suffix.lower(), file.stat().st_size

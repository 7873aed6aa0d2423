"""The history of a record: the dataset versions at which it or a row that belongs to it changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, select, union

from lodebase.db.schema import history_tables, tables
from lodebase.query import changed_records
from lodebase.query.collections_ import find_collection

MAX_RECORD_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Change:
    """A dataset version at which a record changed, and its time."""

    version: int
    committed_at: datetime


def read_record_changes(connection: Connection, name: str, identity: str) -> list[Change]:
    """Return the changes of a record and of the rows that belong to it, latest first, at most 20."""
    table = find_collection(name).table
    history = history_tables.HISTORY[table.name]
    parts = [
        select(table.c.since_version).where(table.c.id == identity),
        select(history.c.since_version).where(history.c.id == identity),
        select(history.c.until_version).where(history.c.id == identity),
        *_select_part_changes(table.name, identity),
    ]
    seen = union(*parts).subquery("seen")
    version = tables.dataset_version.c
    versions = select(version.version, version.committed_at).where(version.version == seen.c.since_version)
    return [Change(*row) for row in connection.execute(versions.order_by(version.version.desc()).limit(MAX_RECORD_CHANGES))]


def _select_part_changes(table: str, identity: str) -> Iterator[Select[tuple[int]]]:
    """Yield when rows that belong to a record were added, changed or removed."""
    for name, owner in changed_records.OWNED[table]:
        child, history = tables.metadata.tables[f"{tables.SCHEMA}.{name}"], history_tables.HISTORY[name]
        yield select(child.c.since_version).where(child.c[owner] == identity)
        yield select(history.c.since_version).where(history.c[owner] == identity)
        yield select(history.c.until_version).where(history.c[owner] == identity)

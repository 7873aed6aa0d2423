"""When a record became what it is: the versions of the data at which it or what belongs to it changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, select, union

from lodebase.db import history_tables, tables
from lodebase.query import changed_records
from lodebase.query.collections_ import collection

MOST = 20


@dataclass(frozen=True, slots=True)
class Change:
    """A version of the data at which a record changed, and when that was."""

    version: int
    committed_at: datetime


def changes(connection: Connection, name: str, identity: str) -> list[Change]:
    """The changes of a record and of what belongs to it, the last one first and at most 20 of them."""
    table = collection(name).table
    history = history_tables.HISTORY[table.name]
    parts = [
        select(table.c.since_version).where(table.c.id == identity),
        select(history.c.since_version).where(history.c.id == identity),
        select(history.c.until_version).where(history.c.id == identity),
        *_of_parts(table.name, identity),
    ]
    seen = union(*parts).subquery("seen")
    version = tables.dataset_version.c
    found = select(version.version, version.committed_at).where(version.version == seen.c.since_version)
    return [Change(*row) for row in connection.execute(found.order_by(version.version.desc()).limit(MOST))]


def _of_parts(table: str, identity: str) -> Iterator[Select[tuple[int]]]:
    """When what belongs to a record came, changed or went."""
    for name, owner in changed_records.OWNED[table]:
        child, history = tables.metadata.tables[f"{tables.SCHEMA}.{name}"], history_tables.HISTORY[name]
        yield select(child.c.since_version).where(child.c[owner] == identity)
        yield select(history.c.since_version).where(history.c[owner] == identity)
        yield select(history.c.until_version).where(history.c[owner] == identity)

"""When a record became what it is: the versions of the data at which it or what belongs to it changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, union

from lodebase.db import tables
from lodebase.query.collections_ import collection

MOST = 20
_CHILDREN = {
    "deposit": ((tables.estimate, "deposit_id"), (tables.exploration_activity, "deposit_id"), (tables.flag, "record_id")),
    "discovery": ((tables.estimate, "discovery_id"), (tables.flag, "record_id")),
    "project": ((tables.phase, "project_id"), (tables.owner, "project_id"), (tables.flag, "record_id")),
    "zone": (),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A version of the data at which a record changed, and when that was."""

    version: int
    committed_at: datetime


def changes(connection: Connection, name: str, identity: str) -> list[Change]:
    """The changes of a record, the last one first and at most 20 of them.

    Of what belongs to it each part's last change is among them.
    """
    table = collection(name).table
    history = tables.HISTORY[table.name]
    parts = [
        select(table.c.since_version).where(table.c.id == identity),
        select(history.c.since_version).where(history.c.id == identity),
        *(select(child.c.since_version).where(child.c[owner] == identity) for child, owner in _CHILDREN[table.name]),
    ]
    seen = union(*parts).subquery("seen")
    version = tables.dataset_version.c
    found = select(version.version, version.committed_at).where(version.version == seen.c.since_version)
    return [Change(*row) for row in connection.execute(found.order_by(version.version.desc()).limit(MOST))]

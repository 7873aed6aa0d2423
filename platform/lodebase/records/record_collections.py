"""Find the collection of a record by its id alone."""

from collections.abc import Sequence

from sqlalchemy import Connection, literal, select, union_all

from lodebase.query.collections_ import COLLECTIONS


def whereabouts(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return the names of collections by id, for the ids that exist. Ids are unique over all collections."""
    parts = [
        select(literal(name).label("name"), collection.table.c.id).where(collection.table.c.id.in_(ids))
        for name, collection in COLLECTIONS.items()
        if collection.kind.merged
    ]
    return {row.id: row.name for row in connection.execute(union_all(*parts))}

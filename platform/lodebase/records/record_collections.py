"""Find the collection of a record by its id alone."""

from collections.abc import Sequence

from sqlalchemy import Connection, literal, select, union_all

from lodebase.errors import NotFound
from lodebase.query import version_views
from lodebase.query.collections_ import COLLECTIONS, OF_KIND, Collection, find_collection
from lodebase.query.query import Query
from lodedata.messages import msg

MERGED_INTO = "SELECT kind FROM reported_record WHERE record_id = %(id)s"


def find_merged_collections(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Return the names of collections of merged kinds by id, for the ids that exist."""
    return _find_collections(connection, ids, [collection for collection in COLLECTIONS.values() if collection.kind.merged])


def find_serving_collection(connection: Connection, identity: str, as_of: int | None = None) -> Collection:
    """Return the collection that serves a record of any kind, alone or as part of another one. Raise NotFound if none does.

    With a version, the transaction shows the store as it was.
    """
    version_views.settle_query_version(connection, Query("deposits", as_of=as_of))
    collection_name = _find_collections(connection, [identity], list(COLLECTIONS.values())).get(identity)
    if collection_name is None:
        kind = connection.exec_driver_sql(MERGED_INTO, {"id": identity}).scalar()
        collection_name = None if kind is None else OF_KIND.get(kind)
    if collection_name is None:
        raise NotFound(msg("There is no record %(identity)r.", identity=identity[:40]))
    return find_collection(collection_name)


def _find_collections(connection: Connection, ids: Sequence[str], collections: Sequence[Collection]) -> dict[str, str]:
    """Return the name of the first collection that has each id."""
    parts = [
        select(literal(collection.name).label("name"), collection.table.c.id).where(collection.table.c.id.in_(ids))
        for collection in collections
    ]
    names = [collection.name for collection in collections]
    rows = sorted(connection.execute(union_all(*parts)), key=lambda row: names.index(row.name), reverse=True)
    return {row.id: row.name for row in rows}

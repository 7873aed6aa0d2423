"""One feature, alone or with all rows that belong to it."""

import orjson
from sqlalchemy import Connection, Engine, select

from lodebase.errors import NotFound, ServedElsewhere
from lodebase.query import expression, version_views
from lodebase.query.collections_ import Collection, find_collection
from lodebase.query.crs import CRS84, Crs
from lodebase.query.query import Query
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.records import nested_record, served_record
from lodebase.records.references import read_references
from lodedata.messages import msg


def read_served_feature(
    engine: Engine, name: str, identity: str, crs: Crs = CRS84, nested: bool = False, as_of: int | None = None
) -> tuple[bytes, int]:
    """Return one feature and its dataset version; if ``nested``, with all rows that belong to it.

    Raise ServedElsewhere for a record that is merged into another id, otherwise NotFound if there is none.
    """
    collection = find_collection(name)
    with open_reading(engine) as connection:
        _, earlier = version_views.settle_query_version(connection, Query(name, as_of=as_of))
        row = select(collection.table).where(collection.table.c.id == identity).subquery("row")
        feature_row = connection.execute(expression.select_features(row, collection, crs=crs)).first()
        version = read_dataset_version(connection)
        if feature_row is None:
            served = served_record.find_served_id(connection, collection.table.name, identity)
            if served is not None:
                raise ServedElsewhere(identity, served)
            if earlier:
                raise NotFound(
                    msg(
                        "There is no record %(identity)r in %(name)s at version %(version)s.",
                        identity=identity,
                        name=name,
                        version=as_of,
                    )
                )
            raise NotFound(msg("There is no record %(identity)r in %(name)s.", identity=identity, name=name))
        feature = str(feature_row[0])
        if nested:
            # inserted into the properties, which are the last member of the feature
            feature = f"{feature[:-2]},{_read_nested_members(connection, collection, identity, earlier)}}}}}"
    return feature.encode(), version


def nest_features(engine: Engine, name: str, features: bytes, version: int) -> bytes:
    """Return features of a page, JSON texts joined by commas, each with all rows that belong to it at the page's version."""
    collection = find_collection(name)
    nested = orjson.loads(b"[" + features + b"]")
    with open_reading(engine) as connection:
        _, earlier = version_views.settle_query_version(connection, Query(name, as_of=version))
        for feature in nested:
            members = _read_nested_members(connection, collection, str(feature["id"]), earlier)
            feature["properties"] |= orjson.loads(f"{{{members}}}")
    return orjson.dumps(nested)[1:-1]


def _read_nested_members(connection: Connection, collection: Collection, identity: str, earlier: bool) -> str:
    """Return the members of a JSON object of the rows that belong to a record."""
    parts = nested_record.read_nested_parts(connection, collection.name, identity, earlier)[1:-1]
    members = served_record.read_whole_record(connection, identity, earlier) if collection.kind.merged else {}
    if not earlier:
        members |= read_references(connection, collection.kind, identity)
    return f"{parts},{orjson.dumps(members).decode()[1:-1]}" if members else parts

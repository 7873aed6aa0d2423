"""Records as a GeoDataFrame, for notebooks: ``lodebase.read``."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import geopandas
import shapely
from sqlalchemy import Connection, Engine, bindparam, func, select

from lodebase import settings as settings_module
from lodebase.db import engine as engines
from lodebase.db.failures import translate_db_errors
from lodebase.db.schema import source_tables
from lodebase.db.store import open_site_store, open_upgraded_store
from lodebase.download.statements import remove_query_limits
from lodebase.history.versions import resolve_version
from lodebase.query import Query, expression, version_views
from lodebase.query.collections_ import find_collection
from lodebase.query.parameters import query_parser
from lodebase.query.parameters.arguments import Arguments
from lodebase.query.parameters.declarations import PARAMETERS
from lodebase.query.parameters.parameter import Group
from lodebase.settings import Settings

GROUPS: tuple[Group, ...] = ("filter", "moment", "page", "form")
NOT_TAKEN = ("after", "crs", "profile")
"""Parameters of pages and responses that do not apply to a frame, which holds all records in EPSG:4326."""


def read(name: str, *, limit: int | None = None, settings: Settings | None = None, **parameters: Any) -> geopandas.GeoDataFrame:
    """Return the matching records of a collection, in EPSG:4326, indexed by their identifiers.

    The parameters are those of the API, such as ``country="CHL"`` or ``bbox=(-75, -30, -65, -20)``; several values are a
    list, ``bbox_crs`` is ``bbox-crs``, ``within`` also accepts a Shapely polygon, and ``as_of`` a version, date or
    time. ``attrs`` of the frame holds ``units`` by column, ``sources`` with their licences, and ``dataset_version``.

    Raise BadQuery for a parameter or value that the API rejects, NotFound for an unknown collection.
    """
    collection = find_collection(name)
    arguments = Arguments(_list_pairs(parameters))
    for refused in sorted(set(arguments) & set(NOT_TAKEN)):
        raise TypeError(f"read() takes no parameter {refused!r}")
    query = replace(remove_query_limits(query_parser.parse_query_arguments(collection, arguments, GROUPS)), as_of=None)
    chosen = settings or settings_module.load()
    with (open_site_store if chosen.site_only else open_upgraded_store)(chosen) as store:
        engine = engines.create_checked_engine(store.addresses.site, "lode notebook", pool_size=1)
        try:
            return _build_frame(engine, replace(query, as_of=resolve_version(engine, arguments.get("as_of")).number), limit)
        finally:
            engine.dispose()


def _list_pairs(parameters: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the parameters as name and text, as in a request."""
    for name, value in parameters.items():
        hyphenated = name.replace("_", "-")
        name = hyphenated if hyphenated in PARAMETERS else name
        parameter = PARAMETERS.get(name)
        if isinstance(value, list | tuple | set) and (parameter is None or parameter.repeatable):
            yield from ((name, _format_text(element)) for element in value)
        elif value is not None:
            yield name, _format_text(value)


def _format_text(value: Any) -> str:
    if isinstance(value, shapely.Geometry):
        return str(shapely.to_wkt(value, rounding_precision=-1))
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return json.dumps(value)
    return ",".join(map(str, value)) if isinstance(value, Iterable) and not isinstance(value, str) else str(value)


def _build_frame(engine: Engine, query: Query, limit: int | None) -> geopandas.GeoDataFrame:
    collection, version = find_collection(query.collection), query.as_of
    with translate_db_errors(), engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        query, earlier = version_views.settle_query_version(connection, query)
        shape, table = query.shape(earlier), collection.table
        fields = [field for field in collection.fields if query.properties is None or field.name in query.properties]
        columns = [
            table.c.id,
            *(table.c[field.name] for field in fields),
            *expression.build_computed_properties(shape, collection, table),
        ]
        rows = select(*columns, func.ST_AsBinary(table.c.geom).label("geometry")).where(
            expression.build_where_condition(shape, table)
        )
        rows = rows.order_by(*expression.build_order_clauses(expression.order(shape, table)))
        rows = rows if limit is None else rows.limit(bindparam("limit"))
        values = expression.bind_query(connection, replace(query, limit=limit or 0), earlier)
        frame = geopandas.read_postgis(rows, connection, "geometry", crs=4326, index_col="id", params=values)
        frame.attrs = {
            "collection": collection.name,
            "dataset_version": version,
            "units": {field.name: field.unit for field in fields if field.unit is not None},
            "sources": _read_sources(connection),
            "read_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
    return frame


def _read_sources(connection: Connection) -> dict[str, dict[str, Any]]:
    """Return title, licence, attribution and citation of each source by its name, as they are in column ``sources``."""
    source = source_tables.source.c
    described = (
        source.title_en,
        source.title_zh,
        source.publisher,
        source.licence,
        source.licence_url,
        source.attribution,
    )
    rows = connection.execute(select(source.name, *described, source.citation, source.version).order_by(source.name)).mappings()
    return {row["name"]: {key: value for key, value in row.items() if key != "name"} for row in rows}

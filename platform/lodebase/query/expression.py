"""From a Query to SQL expressions: which rows, and each of them as a GeoJSON feature. Values are always bound."""

from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, and_, cast, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.sql.selectable import FromClause

from lodebase.query.collections_ import Collection
from lodebase.query.query import Bbox, Query

DECIMALS = 7
"""Of a coordinate in degrees: a centimetre."""


def where(query: Query, table: FromClause) -> ColumnElement[bool]:
    """The condition of a query's rows, without its page."""
    conditions: list[ColumnElement[bool]] = []
    if query.bbox is not None:
        boxes = [table.c.geom.op("&&")(_envelope(part)) for part in query.bbox.parts()]
        conditions.append(or_(*boxes))
    if query.commodities:
        conditions.append(table.c.commodities.op("&&")(cast(list(query.commodities), ARRAY(TEXT))))
    if query.countries:
        conditions.append(table.c.country.in_(query.countries))
    return and_(literal(True), *conditions)


def rows(query: Query, collection: Collection) -> Select[Any]:
    """The page's rows in order of their id, each with its id and its feature as JSON text."""
    table = collection.table
    chosen = select(table).where(where(query, table))
    if query.after is not None:
        chosen = chosen.where(table.c.id > query.after)
    page = chosen.order_by(table.c.id).limit(query.limit).subquery("page")
    return features(page, collection, query.properties).order_by(page.c.id)


def features(row: FromClause, collection: Collection, properties: tuple[str, ...] | None) -> Select[Any]:
    """Each row's id and its GeoJSON feature as text; every property is there, null when absent."""
    names = [name for name in collection.field_names if properties is None or name in properties]
    listed = select(*(row.c[name] for name in names)).correlate(row).lateral("listed")
    parts = (
        ("type", literal("Feature")),
        ("id", row.c.id),
        ("geometry", cast(func.ST_AsGeoJSON(row.c.geom, DECIMALS), JSON)),
        ("properties", func.row_to_json(literal_column("listed"))),
    )
    feature = cast(func.json_build_object(*(item for part in parts for item in part)), TEXT)
    return select(row.c.id, feature).select_from(row.join(listed, literal(True)))


def _envelope(box: Bbox) -> ColumnElement[object]:
    return func.ST_MakeEnvelope(box.west, box.south, box.east, box.north, 4326)

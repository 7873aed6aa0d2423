"""From a Query to SQL expressions: which rows, and each of them as a GeoJSON feature. Values are always bound.

An expression depends only on which filters a query has, its shape; the values stand apart. So the SQL of a shape is made
once and used again for every query of that shape.
"""

from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, and_, bindparam, cast, func, literal_column, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, aggregate_order_by
from sqlalchemy.sql.selectable import FromClause

from lodebase.db.tables import dataset_version
from lodebase.query.collections_ import Collection, collection
from lodebase.query.query import Query, Shape

DECIMALS = 7
"""Of a coordinate in degrees: a centimetre."""

EDGES = ("west", "south", "east", "north")


def values(query: Query) -> dict[str, Any]:
    """The values that a query binds in the expressions of its shape."""
    boxes = query.bbox.parts() if query.bbox is not None else ()
    return {
        **{f"{edge}_{part}": getattr(box, edge) for part, box in enumerate(boxes) for edge in EDGES},
        "commodities": list(query.commodities),
        "countries": list(query.countries),
        "after": query.after,
        "limit": query.limit,
    }


def where(shape: Shape, table: FromClause) -> ColumnElement[bool]:
    """The condition of a query's rows, without its page."""
    conditions: list[ColumnElement[bool]] = []
    if shape.boxes:
        conditions.append(or_(*(table.c.geom.op("&&")(_envelope(part)) for part in range(shape.boxes))))
    if shape.commodities:
        conditions.append(table.c.commodities.op("&&")(cast(bindparam("commodities"), ARRAY(TEXT))))
    if shape.countries:
        conditions.append(table.c.country == func.any(cast(bindparam("countries"), ARRAY(TEXT))))
    return and_(true(), *conditions)


def count(shape: Shape) -> Select[Any]:
    """How many rows match."""
    table = collection(shape.collection).table
    return select(func.count()).select_from(table).where(where(shape, table))


def page(shape: Shape) -> Select[Any]:
    """One row that is the whole page: version of the data, features joined by commas, their number, the last id.

    The page's ids are found first, so that only its own rows are read whole and made into features.
    """
    asked = collection(shape.collection)
    table = asked.table
    ids = select(table.c.id).where(where(shape, table))
    if shape.after:
        ids = ids.where(table.c.id > bindparam("after"))
    found = ids.order_by(table.c.id).limit(bindparam("limit")).cte("found")
    row = select(table).join(found, found.c.id == table.c.id).subquery("row")
    made = features(row, asked, shape.properties).subquery("made")
    joined = func.string_agg(made.c.feature, aggregate_order_by(fixed(","), made.c.id))
    return select(
        select(func.coalesce(func.max(dataset_version.c.version), fixed(0))).scalar_subquery(),
        func.coalesce(joined, fixed("")),
        func.count(),
        func.max(made.c.id),
    ).select_from(made)


def features(row: FromClause, collection: Collection, properties: tuple[str, ...] | None) -> Select[Any]:
    """Each row's id and its GeoJSON feature as text; every property is there, null when absent."""
    names = [name for name in collection.field_names if properties is None or name in properties]
    listed = select(*(row.c[name] for name in names)).correlate(row).lateral("listed")
    parts: tuple[ColumnElement[Any], ...] = (
        *(fixed("type"), fixed("Feature")),
        *(fixed("id"), row.c.id),
        *(fixed("geometry"), cast(func.ST_AsGeoJSON(row.c.geom, fixed(DECIMALS)), JSON)),
        *(fixed("properties"), func.row_to_json(literal_column("listed"))),
    )
    feature = cast(func.json_build_object(*parts), TEXT).label("feature")
    return select(row.c.id, feature).select_from(row.join(listed, true()))


def fixed(value: str | int) -> ColumnElement[Any]:
    """A constant of ours as it stands in the SQL text, so that only a query's own values are bound."""
    return literal_column(repr(value))


def _envelope(part: int) -> ColumnElement[Any]:
    return func.ST_MakeEnvelope(*(bindparam(f"{edge}_{part}") for edge in EDGES), fixed(4326))

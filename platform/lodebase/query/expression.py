"""Build SQL expressions from a Query: which rows, in which order, and each row as a GeoJSON feature.

An expression depends only on which filters a query has, its shape; the values are separate and always bound. So the SQL
of a shape is built once and reused for every query of that shape.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Numeric,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.sql.selectable import FromClause

from lodebase.db.schema import prepared_tables, tables
from lodebase.query import morton
from lodebase.query.bbox import Bbox
from lodebase.query.collections_ import Collection, find_collection
from lodebase.query.crs import CRS84, Crs
from lodebase.query.filters.days import STATUS, StatusDayCondition, find_status_on_day
from lodebase.query.filters.spatial.box import EDGES
from lodebase.query.filters.spatial.distance import DistanceCondition, measure_distance_m
from lodebase.query.literals import write_fixed_literal
from lodebase.query.query import Query, Shape

DECIMALS = 7
"""The decimal places of a coordinate in degrees: a centimetre."""
DECIMALS_PROJECTED = 3


def bind_query(connection: Connection, query: Query, earlier: bool = False) -> dict[str, Any]:
    """Return the values that a query binds. If uncertain records count, first read the largest accuracy from the database."""
    if not needs_accuracy(query):
        return bind_values(query)
    state, table = prepared_tables.collection_state.c, find_collection(query.collection).table
    now = select(state.accuracy_max_m).where(state.collection == query.collection)
    widest = connection.scalar(select(func.max(table.c.position_accuracy_m)) if earlier else now)
    return bind_values(query, float(widest or 0.0))


def needs_accuracy(query: Query) -> bool:
    """Return whether the values depend on the largest inaccuracy of a position."""
    return any(condition.needs_accuracy for condition in query.conditions)


def bind_values(query: Query, accuracy_max_m: float = 0.0) -> dict[str, Any]:
    """Return the values that a query binds in the expressions of its shape.

    ``accuracy_max_m`` widens the box around a radius or polygon if records count that are only possibly inside.
    """
    bound_values: dict[str, Any] = {"limit": query.limit}
    for condition in query.conditions:
        bound_values |= condition.list_bound_values()
    if query.after is not None:
        bound_values |= {f"last_{n}": value for n, value in enumerate(query.after.last)}
    searched = compute_searched_box(query, accuracy_max_m)
    if searched is not None:
        # sorted rows are counted along the ranges too, as the order does not affect their number
        if walks_code_ranges(replace(query.shape(), sort=())):
            bound_values |= _bind_ranges(query, searched)
        parts = searched.parts()
        for part, box in enumerate((parts[0], parts[-1])):
            bound_values |= {f"around_{edge}_{part}": getattr(box, edge) for edge in EDGES}
    return bound_values


def _bind_ranges(query: Query, searched: Bbox) -> dict[str, str]:
    """Return the ranges of Morton codes of a box; for a page after another one, those that do not end before it."""
    ranges = morton.cover(searched).ranges
    if query.after is not None and walks_code_ranges(query.shape()):
        ranges = tuple(r for r in ranges if r[1] >= query.after.last[0])
    return {
        "first": morton.write_array_literal(first for first, _ in ranges),
        "last": morton.write_array_literal(last for _, last in ranges),
    }


def compute_searched_box(query: Query, accuracy_max_m: float) -> Bbox | None:
    """Return a box that contains all rows of a query, as far as its conditions determine."""
    boxes = (condition.find_box(accuracy_max_m) for condition in query.conditions)
    # the smallest one; if two overlap, the conditions select the intersection
    return min((box for box in boxes if box is not None), key=Bbox.width_deg, default=None)


def walks_code_ranges(shape: Shape) -> bool:
    """Return whether the rows of a shape are read along ranges of Morton codes, in their order."""
    bounded = any(kind.is_bounded for kind, _ in shape.conditions)
    prepared = bounded and find_collection(shape.collection).prepared
    return prepared and not (shape.sort or shape.earlier or shape.has(DistanceCondition))


def build_where_condition(shape: Shape, table: FromClause, walked: bool = False) -> ColumnElement[bool]:
    """Return the condition of a query's rows, without its page; with ``walked`` for rows of ranges of Morton codes."""
    collection = find_collection(shape.collection)
    return and_(true(), *(kind.build(form, collection, table, walked) for kind, form in shape.conditions))


def order(shape: Shape, table: FromClause) -> list[tuple[ColumnElement[Any], bool]]:
    """Return the columns to order by, each with whether it is descending; the last column is the id."""
    if shape.sort:
        return [*((table.c[name], down) for name, down in shape.sort), (table.c.id, False)]
    if shape.has(DistanceCondition):
        return [(measure_distance_m(table), False), (table.c.id, False)]
    if find_collection(shape.collection).prepared:
        return [(table.c.morton_code, False), (table.c.id, False)]
    return [(table.c.id, False)]


def build_order_clauses(by: Sequence[tuple[ColumnElement[Any], bool]]) -> list[ColumnElement[Any]]:
    """Return the ORDER BY clauses; nulls are last in both directions."""
    return [column.desc().nulls_last() if down else column for column, down in by]


def build_cursor_condition(shape: Shape, by: list[tuple[ColumnElement[Any], bool]]) -> ColumnElement[bool]:
    """Return the condition of the rows after the cursor."""
    assert shape.after is not None
    last = [cast(bindparam(f"last_{n}"), column.type) for n, (column, _) in enumerate(by)]
    if not any(shape.after) and not any(down for _, down in by) and not shape.sort:
        return tuple_(*(column for column, _ in by)) > tuple_(*last)
    same: list[ColumnElement[bool]] = []
    ways: list[ColumnElement[bool]] = []
    for (column, down), value, none in zip(by, last, shape.after, strict=True):
        if not none:
            farther = column < value if down else column > value
            ways.append(and_(*same, or_(farther, column.is_(None))))
        same.append(column.is_(None) if none else column == value)
    return or_(*ways)


def select_along_ranges(rows: Select[Any], table: FromClause, r: FromClause) -> Select[Any]:
    """Return a select that reads a table range by range of Morton codes, in their order; each range is one scan of an index.

    A nested loop keeps the order of its outer side, so the rows come in their order without a sort.
    """
    walked = rows.where(table.c.morton_code.between(r.c.first, r.c.last)).lateral("walked")
    return select(*walked.c).select_from(r.join(walked, true()))


def build_range_table(name: str = "") -> FromClause:
    """Return the ranges of Morton codes that a query binds, as a table; ``name`` is the suffix of the parameter names."""
    bounds = (cast(bindparam(f"{end}{name}"), ARRAY(BigInteger)) for end in ("first", "last"))
    return func.unnest(*bounds).table_valued("first", "last", name="range").render_derived()


def select_features(
    row: FromClause, collection: Collection, shape: Shape | None = None, crs: Crs = CRS84, keys: tuple[str, ...] = ()
) -> Select[Any]:
    """Return each row's GeoJSON feature as text; every property is present, null if it has no value.

    A shape may add properties to each row: distance and certainty. ``keys`` are columns to select in addition.
    """
    wanted = None if shape is None else shape.properties
    names = [name for name in collection.field_names if wanted is None or name in wanted]
    properties: list[ColumnElement[Any]] = [_convert_to_served(collection, name, row) for name in names]
    if shape is not None:
        properties += build_computed_properties(shape, collection, row)
    listed = select(*properties).correlate(row).lateral("listed")
    shown: ColumnElement[Any] = literal_column("NULL::geometry") if collection.geometry is None else row.c.geom
    if crs.srid != 4326:
        shown = func.ST_Transform(shown, write_fixed_literal(crs.srid))
    if crs.latitude_first:
        shown = func.ST_FlipCoordinates(shown)
    decimals = DECIMALS if crs.srid in (4326, 4490) else DECIMALS_PROJECTED
    feature = func.concat(
        write_fixed_literal('{"type":"Feature","id":"'),
        row.c.id,
        write_fixed_literal('","geometry":'),
        func.coalesce(func.ST_AsGeoJSON(shown, write_fixed_literal(decimals)), write_fixed_literal("null")),
        write_fixed_literal(',"properties":'),
        func.row_to_json(literal_column("listed")),
        write_fixed_literal("}"),
    ).label("feature")
    return select(*(row.c[key] for key in keys), feature).select_from(row.join(listed, true()))


def join_page_features(page_rows: FromClause, keys: int, matched: ColumnElement[Any]) -> Select[Any]:
    """Return one row of a page: dataset version, features joined by commas as bytes, their number, a full page's last row's
    ``key_0`` and so on, and the number that matched."""
    names = [f"key_{n}" for n in range(keys)]
    row = select(page_rows.c.feature, *(page_rows.c[name] for name in names), func.row_number().over().label("nth")).subquery(
        "row"
    )
    version = tables.dataset_version.c.version
    text = func.coalesce(func.string_agg(row.c.feature, write_fixed_literal(",")), write_fixed_literal(""))
    # a second long text would make PostgreSQL copy the features as either grows
    last = (func.array_agg(row.c[name]).filter(row.c.nth == bindparam("limit"))[write_fixed_literal(1)] for name in names)
    return select(
        select(func.coalesce(func.max(version), write_fixed_literal(0))).scalar_subquery(),
        func.convert_to(text, write_fixed_literal("UTF8")),
        func.count(),
        *last,
        matched,
    ).select_from(row)


def _convert_to_served(collection: Collection, name: str, row: FromClause) -> ColumnElement[Any]:
    field = collection.field(name)
    if field is None or field.type != "number":
        return row.c[name]
    # with a decimal point even if integral: clients that infer types from a first page (QGIS, GDAL) truncate others to integers
    return (cast(cast(row.c[name], TEXT), Numeric) + literal_column("0.0")).label(name)


def build_computed_properties(shape: Shape, collection: Collection, row: FromClause) -> list[ColumnElement[Any]]:
    """Return the properties that a spatial query adds to each row: its distance, and whether it is certainly inside."""
    computed: list[ColumnElement[Any]] = []
    if shape.has(DistanceCondition):
        computed.append(func.round(cast(measure_distance_m(row) / 1000, Numeric), 3).label("distance_km"))
    if collection.geometry != "point":
        return computed
    certain = (kind.build_certain(form, row) for kind, form in shape.conditions)
    surely = next((condition for condition in certain if condition is not None), None)
    if surely is not None:
        computed.append(
            case((surely, write_fixed_literal("certain")), else_=write_fixed_literal("possible")).label("certainty")
        )
    return computed


def choose_counted_column(shape: Shape, column: Column[Any]) -> ColumnElement[Any]:
    """Return what a facet counts of a column: the value, or the status on the day of a query that selects by it."""
    dated = column.name == STATUS and shape.has(StatusDayCondition)
    return find_status_on_day(find_collection(shape.collection), column.table) if dated else column

"""Build SQL expressions from a Query: which rows, in which order, and each row as a GeoJSON feature.

An expression depends only on which filters a query has, its shape; the values are separate and always bound. So the SQL
of a shape is built once and reused for every query of that shape.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Double,
    LargeBinary,
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
from lodebase.query import cql2, morton
from lodebase.query.collections_ import Collection, find_collection
from lodebase.query.condition import bind_text_list
from lodebase.query.filters.expiry import match_ended
from lodebase.query.query import CRS84, Bbox, Crs, Query, Shape

DECIMALS = 7
"""The decimal places of a coordinate in degrees: a centimetre."""
DECIMALS_PROJECTED = 3
EDGES = ("west", "south", "east", "north")
STATUS = "status"
"""The field that has a value of a day in kinds with a dated status."""
FILTER, SELECTION = "f", "s"
"""The prefixes of the names of bound filter values."""


def bound(connection: Connection, query: Query, earlier: bool = False) -> dict[str, Any]:
    """Return the values that a query binds. If uncertain records count, first read the largest accuracy from the database."""
    if query.certainty not in ("possible", "all"):
        return values(query)
    state, table = prepared_tables.collection_state.c, find_collection(query.collection).table
    now = select(state.accuracy_max_m).where(state.collection == query.collection)
    widest = connection.scalar(select(func.max(table.c.position_accuracy_m)) if earlier else now)
    return values(query, float(widest or 0.0))


def values(query: Query, accuracy_max_m: float = 0.0) -> dict[str, Any]:
    """Return the values that a query binds in the expressions of its shape.

    ``accuracy_max_m`` widens the box around a radius or polygon if records count that are only possibly inside.
    """
    boxes = query.bbox.parts() if query.bbox is not None else ()
    bound_values: dict[str, Any] = {"limit": query.limit}
    for part, box in enumerate(boxes):
        bound_values |= {f"{edge}_{part}": getattr(box, edge) for edge in EDGES}
    for position, (field, codes) in enumerate(query.selections):
        bound_values |= cql2.collect_bound_values(cql2.any_of(field, codes), f"{SELECTION}{position}_")
        bound_values["codes"] = list(codes)
        bound_values |= {"statuses": list(codes)} if field == STATUS else {}
    if query.filter is not None:
        bound_values |= cql2.collect_bound_values(query.filter, FILTER)
    if query.near is not None:
        bound_values |= {
            "near_lon": query.near.lon,
            "near_lat": query.near.lat,
            "radius_m": (query.near.searched_km or 0.0) * 1000,
        }
    if query.within is not None:
        bound_values["within"] = query.within.wkb
    bound_values |= {"on": query.on.isoformat()} if query.on is not None else {}
    for condition in query.conditions:
        bound_values |= condition.list_bound_values()
    if query.after is not None:
        bound_values |= {f"last_{n}": value for n, value in enumerate(query.after.last)}
    searched = compute_searched_box(query, accuracy_max_m)
    if searched is not None:
        covering = morton.cover(searched).ranges
        if query.after is not None and walks_code_ranges(query.shape()):
            covering = tuple(r for r in covering if r[1] >= query.after.last[0])
        bound_values |= {
            "first": morton.write_array_literal([r[0] for r in covering]),
            "last": morton.write_array_literal([r[1] for r in covering]),
        }
        if query.near is not None or query.within is not None:
            parts = searched.parts()
            for part, box in enumerate((parts[0], parts[-1])):
                bound_values |= {f"around_{edge}_{part}": getattr(box, edge) for edge in EDGES}
    return bound_values


def compute_searched_box(query: Query, accuracy_max_m: float) -> Bbox | None:
    """Return a box that contains all rows of a query, as far as its spatial filters determine."""
    wider = accuracy_max_m if query.certainty in ("possible", "all") else 0.0
    boxes = [query.bbox] if query.bbox is not None else []
    if query.near is not None and query.near.searched_km is not None:
        boxes.append(compute_box_around(query.near.lon, query.near.lat, query.near.searched_km * 1000 + wider))
    if query.within is not None:
        boxes.append(query.within.box.wider(wider))
    # the smallest one; if two overlap, the conditions select the intersection
    return min(boxes, key=Bbox.width_deg, default=None)


def compute_box_around(lon: float, lat: float, radius_m: float) -> Bbox:
    """Return a box that contains everything within a radius of a point."""
    return Bbox(lon, lat, lon, lat).wider(radius_m)


def walks_code_ranges(shape: Shape) -> bool:
    """Return whether the rows of a shape are read along ranges of Morton codes, in their order."""
    boxed = shape.boxes or shape.near or shape.within
    prepared = boxed and find_collection(shape.collection).prepared
    return bool(prepared and not shape.sort and not shape.near and not shape.earlier)


def build_where_condition(shape: Shape, table: FromClause, walked: bool = False) -> ColumnElement[bool]:
    """Return the condition of a query's rows, without its page.

    If ranges of Morton codes are ``walked``, the spatial index is not used: it would be searched for every range.
    """
    collection = find_collection(shape.collection)
    conditions: list[ColumnElement[bool]] = []
    if shape.boxes:
        conditions.append(or_(*(_match_box(collection, table, part, walked) for part in range(shape.boxes))))
    conditions += _select_by_codes(shape, collection, table)
    if shape.filter is not None:
        conditions.append(cql2.build_filter_condition(shape.filter, collection, table, FILTER))
    if shape.valid and not _selects_by_day(shape, collection):
        conditions.append(_match_valid(collection, table))
    conditions += [match(collection, table) for match in shape.conditions]
    if shape.near:
        conditions.append(_match_near(shape, table))
    if shape.within:
        conditions.append(_match_within(shape, collection, table, walked))
    return and_(true(), *conditions)


def _selects_by_day(shape: Shape, collection: Collection) -> bool:
    """Return whether a query selects by the status on a day."""
    return shape.valid and bool(collection.kind.dated_status) and any(name == STATUS for name, _ in shape.selections)


def _select_by_codes(shape: Shape, collection: Collection, table: FromClause) -> Iterator[ColumnElement[bool]]:
    """Yield the condition of each field that is selected by its codes."""
    for position, (name, chosen) in enumerate(shape.selections):
        if name == STATUS and _selects_by_day(shape, collection):
            yield find_status_on_day(collection, table).op("=", return_type=Boolean())(func.any(bind_text_list("statuses")))
        else:
            yield cql2.build_filter_condition(chosen, collection, table, f"{SELECTION}{position}_")


def order(shape: Shape, table: FromClause) -> list[tuple[ColumnElement[Any], bool]]:
    """Return the columns to order by, each with whether it is descending; the last column is the id."""
    if shape.sort:
        return [*((table.c[name], down) for name, down in shape.sort), (table.c.id, False)]
    if shape.near:
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


def features(
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


def write_fixed_literal(value: str | int) -> ColumnElement[Any]:
    """Return one of our own constants as a literal of the SQL text, so that only a query's own values are bound."""
    return literal_column(repr(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'")


def measure_distance_m(table: FromClause) -> ColumnElement[Any]:
    """Return the length in metres of the geodesic on the WGS 84 ellipsoid from the query's point (Karney 2013)."""
    return cast(func.ST_DistanceSpheroid(table.c.geom, point()), Double)


def build_computed_properties(shape: Shape, collection: Collection, row: FromClause) -> list[ColumnElement[Any]]:
    """Return the properties that a spatial query adds to each row: its distance, and whether it is certainly inside."""
    computed: list[ColumnElement[Any]] = []
    if shape.near:
        computed.append(func.round(cast(measure_distance_m(row) / 1000, Numeric), 3).label("distance_km"))
    bounded = (shape.near and not shape.nearest) or shape.within
    if bounded and collection.geometry == "point":
        surely = _match_surely_within(row) if shape.nearest or not shape.near else _match_surely_near(row)
        computed.append(
            case((surely, write_fixed_literal("certain")), else_=write_fixed_literal("possible")).label("certainty")
        )
    return computed


def _match_valid(collection: Collection, table: FromClause) -> ColumnElement[bool]:
    """Return the condition of rows that are valid on a day: an unknown beginning or end does not exclude it.

    A partial date counts with all of its days, so it is compared with as many characters of the day.
    """
    assert collection.kind.validity is not None
    first, last = (cast(table.c[name], TEXT) for name in collection.kind.validity)
    begun = first > cast(bindparam("on"), TEXT)
    return and_(or_(first.is_(None), begun.is_(False)), or_(last.is_(None), match_ended(collection, table, "on").is_(False)))


def choose_counted_column(shape: Shape, column: Column[Any]) -> ColumnElement[Any]:
    """Return what a facet counts of a column: the value, or the status on the day of a query that selects by it."""
    collection = find_collection(shape.collection)
    return (
        find_status_on_day(collection, column.table) if column.name == STATUS and _selects_by_day(shape, collection) else column
    )


def find_status_on_day(collection: Collection, table: FromClause) -> ColumnElement[Any]:
    """Return the status of a row on the day of ``on``."""
    function, *fields = collection.kind.dated_status
    named: ColumnElement[Any] = getattr(func.lode, function)(
        *(cast(table.c[name], TEXT) for name in fields), cast(bindparam("on"), TEXT)
    )
    return named


def _match_box(collection: Collection, table: FromClause, part: int, walked: bool) -> ColumnElement[bool]:
    west, south, east, north = (bindparam(f"{edge}_{part}", type_=Double) for edge in EDGES)
    box = func.ST_MakeEnvelope(west, south, east, north, write_fixed_literal(4326))
    if collection.geometry != "point":
        return func.ST_Intersects(table.c.geom, box)
    x, y = (table.c.lon, table.c.lat) if "lon" in table.c else (func.ST_X(table.c.geom), func.ST_Y(table.c.geom))
    # one condition, which the planner estimates as likely: the first rows of a scan fill a page
    inside = func.least(x - west, east - x, y - south, north - y) >= write_fixed_literal(0)
    # the operator compares in single precision; the coordinates decide
    return inside if walked else and_(table.c.geom.op("&&")(box), inside)


def point() -> ColumnElement[Any]:
    """Return the point that distances are measured from."""
    return func.ST_SetSRID(
        func.ST_MakePoint(bindparam("near_lon", type_=Double), bindparam("near_lat", type_=Double)), write_fixed_literal(4326)
    )


def _match_near(shape: Shape, table: FromClause) -> ColumnElement[bool]:
    inside = and_(_match_around(table), measure_distance_m(table) <= bindparam("radius_m", type_=Double))
    perhaps = measure_distance_m(table) <= bindparam("radius_m", type_=Double) + func.coalesce(table.c.position_accuracy_m, 0)
    near = _choose_by_certainty(
        shape, inside, and_(_match_around(table), _match_surely_near(table)), and_(_match_around(table), perhaps)
    )
    return and_(near, match_sure_position(table))


def match_sure_position(table: FromClause) -> ColumnElement[bool]:
    """Return the condition of rows whose position is not doubtful: such a position is not known to be near anything."""
    return table.c.position_doubtful.is_not(True) if "position_doubtful" in table.c else true()


def _match_around(table: FromClause) -> ColumnElement[bool]:
    """Return the condition of rows in the bounding box of the search, which uses an index; two boxes at the antimeridian."""
    edges = ([bindparam(f"around_{edge}_{part}", type_=Double) for edge in EDGES] for part in range(2))
    return or_(*(table.c.geom.op("&&")(func.ST_MakeEnvelope(*part, write_fixed_literal(4326))) for part in edges))


def _match_surely_near(table: FromClause) -> ColumnElement[bool]:
    return measure_distance_m(table) + table.c.position_accuracy_m <= bindparam("radius_m", type_=Double)


def _bind_area() -> ColumnElement[Any]:
    return func.ST_SetSRID(func.geometry(cast(bindparam("within"), LargeBinary)), write_fixed_literal(4326))


def _build_dense_area() -> ColumnElement[Any]:
    """Return the polygon with a vertex every half degree, so that its straight edges stay straight as geodesics."""
    return func.ST_Segmentize(_bind_area(), literal_column("0.5"))


def _match_within(shape: Shape, collection: Collection, table: FromClause, walked: bool) -> ColumnElement[bool]:
    if collection.geometry != "point":
        return func.ST_Intersects(table.c.geom, _bind_area())
    inside = func.ST_Intersects(table.c.geom, _bind_area())
    perhaps = func.ST_DWithin(
        _convert_to_geography(table.c.geom),
        _convert_to_geography(_build_dense_area()),
        func.coalesce(table.c.position_accuracy_m, 0),
    )
    near = true() if walked else _match_around(table)
    return _choose_by_certainty(shape, inside, _match_surely_within(table), and_(near, perhaps))


def _match_surely_within(table: FromClause) -> ColumnElement[bool]:
    boundary = _convert_to_geography(func.ST_Boundary(_build_dense_area()))
    away = func.ST_Distance(_convert_to_geography(table.c.geom), boundary) >= table.c.position_accuracy_m
    return and_(func.ST_Intersects(table.c.geom, _bind_area()), away)


def _choose_by_certainty(
    shape: Shape, inside: ColumnElement[bool], surely: ColumnElement[bool], perhaps: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Return the condition by certainty; a record of unknown accuracy is never certain."""
    if shape.certainty == "certain":
        return surely
    if shape.certainty == "possible":
        return and_(perhaps, func.coalesce(surely, False).is_(False))
    return perhaps if shape.certainty == "all" else inside


def _convert_to_geography(geometry: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.geography(geometry)

"""The marks of a picture: records, and counts of records that would hide one another, read by one statement."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Double,
    FromClause,
    Integer,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
)

from lodebase.query import Bbox, Query, expression
from lodebase.query.collections_ import find_collection
from lodebase.query.morton import EDGE_LATITUDE
from lodebase.query.query import Shape
from lodebase.query.reading import PreparedStatement, compile_for_psycopg
from lodebase.topics.pictures.frame import Frame
from lodedata.ageing import is_last_known
from lodedata.maps.map_symbols import OTHER, Fill, choose_fill, choose_shape, choose_side, load_map_symbols
from lodedata.vocab import load_vocabulary

SEPARATOR = " "
NEARNESS = 0.9
"""Part of the distance of marks below which two are joined."""
PROPERTIES = ("status", "mine_status", "status_date", "mine_status_date", "size_class")
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RecordSymbol:
    """How a single record is drawn."""

    shape: str
    group: str
    fill: Fill
    side: int
    is_old: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A record or a number of records, at a place in pixels of the map, with their numbers by commodity group."""

    x: float
    y: float
    n: int
    mix: Mapping[str, int]
    symbol: RecordSymbol | None = None
    """How it is drawn if it is one record."""

    def join(self, other: "Mark") -> "Mark":
        """Return one mark for both, at their middle."""
        n = self.n + other.n
        mix = {group: self.mix.get(group, 0) + other.mix.get(group, 0) for group in {**self.mix, **other.mix}}
        return Mark((self.x * self.n + other.x * other.n) / n, (self.y * self.n + other.y * other.n) / n, n, mix)


@dataclass(frozen=True, slots=True)
class MatchedExtent:
    """The number of records that match, that of those with a position, and the box of these."""

    records: int
    located: int
    box: Bbox | None


def read_matched_extent(connection: Connection, query: Query, earlier: bool) -> MatchedExtent:
    """Return how many records of a query there are and where; the box crosses the date line if it is narrower so."""
    values = expression.bind_query(connection, query, earlier)
    records, located, west, east, turned_west, turned_east, south, north = _prepare_extent(query.shape(earlier)).row(
        connection, values
    )
    if west is None:
        return MatchedExtent(records, located, None)
    if turned_east - turned_west < east - west:
        west, east = turned_west, turned_east - 360 if turned_east > 180 else turned_east
    return MatchedExtent(records, located, Bbox(west, south, east, north))


@lru_cache(maxsize=256)
def _prepare_extent(shape: Shape) -> PreparedStatement:
    table = find_collection(shape.collection).table
    lon, lat = func.ST_X(table.c.geom), func.ST_Y(table.c.geom)
    turned = case((lon < 0, lon + 360), else_=lon)
    edges = [function(value) for value in (lon, turned) for function in (func.min, func.max)]
    columns = [func.count(), func.count(table.c.geom), *edges, func.min(lat), func.max(lat)]
    statement = select(*(column.label(f"column_{at}") for at, column in enumerate(columns)))
    return compile_for_psycopg(statement.where(expression.build_where_condition(shape, table)), shape.earlier)


def read_marks(connection: Connection, query: Query, frame: Frame, day: date | None, earlier: bool) -> list[Mark]:
    """Return the marks of a query's records in a frame; ``day`` decides which statuses are only the last known ones."""
    distances = load_map_symbols()["markDistances"]
    distance = distances["near"] if frame.zoom >= distances["nearZoom"] else distances["far"]
    statement = _prepare_marks(query.shape(earlier))
    values = expression.bind_query(connection, query, earlier) | {
        **{"start": frame.start, "offset": frame.offset, "pixels": frame.pixels, "top": frame.top},
        **{"frame_width": float(frame.width), "frame_height": float(frame.height), "mark_distance": float(distance)},
    }
    rows = connection.exec_driver_sql(statement.sql, {**statement.constants, **values}).mappings()
    return join_near_marks(_group_cells(query.collection, rows, day), distance)


@lru_cache(maxsize=256)
def _prepare_marks(shape: Shape) -> PreparedStatement:
    """Return the statement of the numbers of records by cell and group, with the properties of one for a single record."""
    table = find_collection(shape.collection).table
    x, y = _place_in_frame(table)
    own: list[ColumnElement[Any]] = [table.c[name].label(name) for name in PROPERTIES if name in table.c]
    if "facility_types" in table.c:
        own.append(func.array_to_string(table.c.facility_types, SEPARATOR).label("facility_types"))
    names = [str(column.key) for column in own]
    placed = (
        select(x.label("x"), y.label("y"), _choose_group_column(table).label("group_code"), *own)
        .where(expression.build_where_condition(shape, table), table.c.geom.is_not(None))
        .subquery("placed")
    )
    distance = cast(bindparam("mark_distance"), Double)
    column, row = (cast(func.floor(placed.c[name] / distance), Integer) for name in ("x", "y"))
    counted = (
        select(
            column.label("column_number"),
            row.label("row_number"),
            placed.c.group_code,
            func.count().label("n"),
            func.avg(placed.c.x).label("x"),
            func.avg(placed.c.y).label("y"),
            *(func.min(placed.c[name]).label(name) for name in names),
        )
        .where(
            placed.c.x.between(0, cast(bindparam("frame_width"), Double)),
            placed.c.y.between(0, cast(bindparam("frame_height"), Double)),
        )
        .group_by(column, row, placed.c.group_code)
        .order_by(column, row, placed.c.group_code)
    )
    return compile_for_psycopg(counted, shape.earlier)


def _place_in_frame(table: FromClause) -> tuple[ColumnElement[float], ColumnElement[float]]:
    start, pixels, top, offset = (cast(bindparam(name), Double) for name in ("start", "pixels", "top", "offset"))
    lon, lat = func.ST_X(table.c.geom), func.ST_Y(table.c.geom)
    east = lon - start + case((lon < start, 360.0), else_=0.0)
    inside = func.greatest(-EDGE_LATITUDE, func.least(EDGE_LATITUDE, lat))
    return offset + func.radians(east) * pixels, (top - func.asinh(func.tan(func.radians(inside)))) * pixels


def _choose_group_column(table: FromClause) -> ColumnElement[Any]:
    """Return the commodity group of a record, of a kind that is not merged its main commodity."""
    name = next((name for name in ("commodity_group", "main_commodity", "commodities") if name in table.c), None)
    if name is None:
        return literal(OTHER)
    column: ColumnElement[Any] = table.c[name]
    return column[1] if isinstance(column.type, ARRAY) else column


def _group_cells(collection: str, rows: Iterable[Mapping[Any, Any]], day: date | None) -> dict[Cell, Mark]:
    """Return one mark for each cell, of its rows by group."""
    cells: dict[Cell, Mark] = {}
    for row in rows:
        group = _find_group(row["group_code"])
        symbol = _choose_symbol(collection, group, row, day) if row["n"] == 1 else None
        mark = Mark(row["x"], row["y"], row["n"], {group: row["n"]}, symbol)
        cell = (row["column_number"], row["row_number"])
        cells[cell] = cells[cell].join(mark) if cell in cells else mark
    return cells


def _find_group(code: str | None) -> str:
    if code in load_vocabulary("commodity-group"):
        return str(code)
    terms = load_vocabulary("commodity")
    return (terms[code].extra["group"] or OTHER) if code is not None and code in terms else OTHER


def _choose_symbol(collection: str, group: str, row: Mapping[Any, Any], day: date | None) -> RecordSymbol:
    status = row.get("status") or row.get("mine_status")
    reported = row.get("status_date") or row.get("mine_status_date")
    is_old = day is not None and isinstance(reported, date) and is_last_known(reported, day)
    types = (row.get("facility_types") or "").split(SEPARATOR)
    fill = choose_fill(collection, status)
    return RecordSymbol(choose_shape(collection, types), group, fill, choose_side(row.get("size_class")), is_old)


def join_near_marks(cells: Mapping[Cell, Mark], distance: float) -> list[Mark]:
    """Return the marks of cells, with those joined that are nearer to one another than marks should be, the largest first."""
    marks = dict(cells)
    for cell in sorted(cells, key=lambda cell: (-cells[cell].n, cell)):
        if cell not in marks:
            # joined to a larger one
            continue
        for near in _list_cells_around(cell):
            other, own = marks.get(near), marks[cell]
            if other is None or other.n > own.n or math.hypot(other.x - own.x, other.y - own.y) >= distance * NEARNESS:
                continue
            marks[cell] = own.join(marks.pop(near))
    return list(marks.values())


def _list_cells_around(cell: Cell) -> Iterator[Cell]:
    column, row = cell
    return ((column + x, row + y) for y in (-1, 0, 1) for x in (-1, 0, 1) if x or y)

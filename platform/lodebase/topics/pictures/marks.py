"""The marks of a picture: records, and counts of records that would hide one another, read by one statement."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Double, Integer, bindparam, cast, func, select

from lodebase.query import Query, expression
from lodebase.query.collections_ import Collection, find_collection
from lodebase.query.query import Shape
from lodebase.query.reading import PreparedStatement, compile_for_psycopg
from lodebase.topics.pictures.frame import Frame
from lodebase.topics.pictures.positions import build_group_column, list_frame_values, place_in_frame
from lodedata.ageing import is_last_known
from lodedata.maps.map_symbols import OTHER, Fill, choose_fill, choose_shape, choose_side, load_map_symbols
from lodedata.vocab import load_vocabulary

SEPARATOR = " "
NEARNESS = 0.9
"""Part of the distance of marks below which two are joined."""
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


def read_marks(connection: Connection, query: Query, frame: Frame, day: date | None, earlier: bool) -> list[Mark]:
    """Return the marks of a query's records in a frame; ``day`` decides which statuses are only the last known ones."""
    distances = load_map_symbols()["markDistances"]
    distance = distances["near"] if frame.zoom >= distances["nearZoom"] else distances["far"]
    statement = _prepare_marks(query.shape(earlier))
    values = expression.bind_query(connection, query, earlier) | list_frame_values(frame) | {"mark_distance": float(distance)}
    rows = connection.exec_driver_sql(statement.sql, {**statement.constants, **values}).mappings()
    return join_near_marks(_group_cells(query.collection, rows, day), distance)


@lru_cache(maxsize=256)
def _prepare_marks(shape: Shape) -> PreparedStatement:
    """Return the statement of the numbers of records by cell and group, with the properties of one for a single record."""
    collection = find_collection(shape.collection)
    table, placement = collection.table, place_in_frame(collection)
    own: list[ColumnElement[Any]] = [table.c[name].label(name) for name in _list_symbol_columns(collection)]
    if "facility_types" in table.c:
        own.append(func.array_to_string(table.c.facility_types, SEPARATOR).label("facility_types"))
    names = [str(column.key) for column in own]
    placed = (
        select(placement.x.label("x"), placement.y.label("y"), build_group_column(table).label("group_code"), *own)
        .where(expression.build_where_condition(shape, table), table.c.geom.is_not(None), placement.is_mark)
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
        .group_by(column, row, placed.c.group_code)
        .order_by(column, row, placed.c.group_code)
    )
    return compile_for_psycopg(counted, shape.earlier)


def _group_cells(collection: str, rows: Iterable[Mapping[Any, Any]], day: date | None) -> dict[Cell, Mark]:
    """Return one mark for each cell, of its rows by group."""
    cells: dict[Cell, Mark] = {}
    for row in rows:
        group = find_commodity_group(row["group_code"])
        symbol = _choose_symbol(collection, group, row, day) if row["n"] == 1 else None
        mark = Mark(row["x"], row["y"], row["n"], {group: row["n"]}, symbol)
        cell = (row["column_number"], row["row_number"])
        cells[cell] = cells[cell].join(mark) if cell in cells else mark
    return cells


def find_commodity_group(code: str | None) -> str:
    """Return the commodity group of a code of a group or of a commodity."""
    if code in load_vocabulary("commodity-group"):
        return str(code)
    terms = load_vocabulary("commodity")
    return (terms[code].extra["group"] or OTHER) if code is not None and code in terms else OTHER


def find_status_name(collection: Collection) -> str | None:
    """Return the name of the field that has the status of a plant or mine; that of a right is another one."""
    return next((field.name for field in collection.fields if field.vocabulary == "status"), None)


def _list_symbol_columns(collection: Collection) -> list[str]:
    """Return the columns that the symbol of a single record depends on."""
    status = find_status_name(collection)
    names = ("size_class",) if status is None else (status, f"{status}_date", "size_class")
    return [name for name in names if name in collection.table.c]


def _choose_symbol(collection: str, group: str, row: Mapping[Any, Any], day: date | None) -> RecordSymbol:
    name = find_status_name(find_collection(collection))
    status, reported = row.get(name), row.get(f"{name}_date")
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

"""The polygons of a picture: rights and zones that are large enough to be seen, as path data of SVG."""

import math
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

import shapely
from sqlalchemy import ColumnElement, Connection, Double, Text, bindparam, cast, func, null, select

from lodebase.query import Query, expression
from lodebase.query.collections_ import find_collection
from lodebase.query.query import Shape
from lodebase.query.reading import PreparedStatement, compile_for_psycopg
from lodebase.topics.pictures.frame import Frame
from lodebase.topics.pictures.paths import list_turns, write_shapes
from lodebase.topics.pictures.positions import list_frame_values, place_in_frame
from lodebase.topics.rights.register import compute_year_after
from lodedata.maps.map_symbols import load_map_symbols

RightState = Literal["valid", "soon", "ended"]
TOLERANCE_PX = 0.2
"""By how much an outline may differ from that of the record, in pixels of the equator."""


@dataclass(frozen=True, slots=True)
class PolygonSymbol:
    """How a polygon is drawn: a mining right by its kind and state, any other plainly."""

    right_kind: str | None = None
    state: RightState = "valid"


@dataclass(frozen=True, slots=True)
class DrawnPolygon:
    """A record with its outline, and how it is drawn."""

    path: str
    symbol: PolygonSymbol


def read_polygons(connection: Connection, query: Query, frame: Frame, day: date | None, earlier: bool) -> list[DrawnPolygon]:
    """Return the polygons of a query's records in a frame, the largest first; smaller ones are marks.

    ``day`` decides which rights are in force, and which of these end within a year.
    """
    if find_collection(query.collection).geometry != "polygon":
        return []
    statement = _prepare_polygons(query.shape(earlier))
    own = {"tolerance": math.degrees(TOLERANCE_PX / frame.pixels), "status_day": None if day is None else day.isoformat()}
    values = expression.bind_query(connection, query, earlier) | list_frame_values(frame) | own
    rows = connection.exec_driver_sql(statement.sql, {**statement.constants, **values})
    turns = list_turns(frame)
    drawn = []
    for right_kind, status, valid_to, outline in rows:
        parts = shapely.get_parts([shapely.from_wkb(outline)])
        path = "".join(write_shapes(parts, frame, turn, closed=True) for turn in turns)
        symbol = PolygonSymbol() if right_kind is None else PolygonSymbol(right_kind, find_right_state(status, valid_to, day))
        drawn.append(DrawnPolygon(path, symbol))
    return drawn


def find_right_state(status: str | None, valid_to: str | None, day: date | None) -> RightState:
    """Return how a right is drawn by its status on a day and its end, a day, month or year, as the layer of the page does."""
    if status is None or status in load_map_symbols()["rights"]["notInForce"]:
        return "ended"
    if day is None or valid_to is None:
        return "valid"
    # a right in extension stays in force after its end
    is_over = valid_to < day.isoformat()[: len(valid_to)]
    return "soon" if not is_over and valid_to < compute_year_after(day) else "valid"


@lru_cache(maxsize=256)
def _prepare_polygons(shape: Shape) -> PreparedStatement:
    collection = find_collection(shape.collection)
    table, placed = collection.table, place_in_frame(collection)
    right_kind: ColumnElement[Any] = null()
    status: ColumnElement[Any] = null()
    valid_to: ColumnElement[Any] = null()
    if collection.kind.dated_status:
        function, *fields = collection.kind.dated_status
        day = cast(bindparam("status_day"), Text)
        right_kind, valid_to = table.c.right_kind, table.c.valid_to
        status = getattr(func.lode, function)(*(table.c[name] for name in fields), day)
    outline = func.ST_Simplify(table.c.geom, cast(bindparam("tolerance"), Double), True)
    statement = (
        select(
            right_kind.label("right_kind"),
            status.label("status"),
            valid_to.label("valid_to"),
            func.ST_AsBinary(outline).label("outline"),
        )
        .where(expression.build_where_condition(shape, table), table.c.geom.is_not(None), placed.is_outline)
        .order_by(func.ST_Area(table.c.geom).desc(), table.c.id)
    )
    return compile_for_psycopg(statement, shape.earlier)

"""The polygons of a picture: rights and zones that are large enough to be seen, as path data of SVG."""

import math
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import shapely
from sqlalchemy import ColumnElement, Connection, Double, Text, bindparam, cast, func, null, select

from lodebase.query import Query, expression
from lodebase.query.collections_ import find_collection
from lodebase.query.query import Shape
from lodebase.query.reading import PreparedStatement, compile_for_psycopg
from lodebase.topics.pictures.frame import Frame
from lodebase.topics.pictures.paths import list_turns, write_shapes
from lodebase.topics.pictures.positions import list_frame_values, place_in_frame
from lodedata.maps.map_symbols import load_map_symbols

TOLERANCE_PX = 0.2
"""By how much an outline may differ from that of the record, in pixels of the equator."""


@dataclass(frozen=True, slots=True)
class PolygonSymbol:
    """How a polygon is drawn: a mining right by its kind and whether it is in force, any other plainly."""

    right_kind: str | None = None
    is_in_force: bool = True


@dataclass(frozen=True, slots=True)
class DrawnPolygon:
    """A record with its outline, and how it is drawn."""

    path: str
    symbol: PolygonSymbol


def read_polygons(connection: Connection, query: Query, frame: Frame, day: date | None, earlier: bool) -> list[DrawnPolygon]:
    """Return the polygons of a query's records in a frame, the largest first; smaller ones are marks.

    ``day`` decides which rights are in force.
    """
    if find_collection(query.collection).geometry != "polygon":
        return []
    statement = _prepare_polygons(query.shape(earlier))
    own = {"tolerance": math.degrees(TOLERANCE_PX / frame.pixels), "status_day": None if day is None else day.isoformat()}
    values = expression.bind_query(connection, query, earlier) | list_frame_values(frame) | own
    rows = connection.exec_driver_sql(statement.sql, {**statement.constants, **values})
    turns = list_turns(frame)
    not_in_force = load_map_symbols()["rights"]["notInForce"]
    drawn = []
    for right_kind, status, outline in rows:
        parts = shapely.get_parts([shapely.from_wkb(outline)])
        path = "".join(write_shapes(parts, frame, turn, closed=True) for turn in turns)
        drawn.append(
            DrawnPolygon(
                path, PolygonSymbol(right_kind, right_kind is None or (status is not None and status not in not_in_force))
            )
        )
    return drawn


@lru_cache(maxsize=256)
def _prepare_polygons(shape: Shape) -> PreparedStatement:
    collection = find_collection(shape.collection)
    table, placed = collection.table, place_in_frame(collection)
    right_kind: ColumnElement[Any] = null()
    status: ColumnElement[Any] = null()
    if collection.kind.dated_status:
        function, *fields = collection.kind.dated_status
        day = cast(bindparam("status_day"), Text)
        right_kind, status = table.c.right_kind, getattr(func.lode, function)(*(table.c[name] for name in fields), day)
    outline = func.ST_Simplify(table.c.geom, cast(bindparam("tolerance"), Double), True)
    statement = (
        select(right_kind.label("right_kind"), status.label("status"), func.ST_AsBinary(outline).label("outline"))
        .where(expression.build_where_condition(shape, table), table.c.geom.is_not(None), placed.is_outline)
        .order_by(func.ST_Area(table.c.geom).desc(), table.c.id)
    )
    return compile_for_psycopg(statement, shape.earlier)

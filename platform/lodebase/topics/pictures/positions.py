"""SQL expressions of where records are in a frame, in pixels from its north-west corner."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Double, FromClause, bindparam, case, cast, false, func, literal

from lodebase.query.collections_ import Collection
from lodebase.query.morton import EDGE_LATITUDE
from lodebase.topics.pictures.frame import ROUND_WORLD, Frame
from lodedata.maps.map_symbols import OTHER

MIN_SIDE_PX = 12.0
"""Length of the longer side below which a polygon is a mark and not an outline."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a record is in the frame, and whether it is drawn there as a mark or as an outline."""

    x: ColumnElement[float]
    y: ColumnElement[float]
    is_mark: ColumnElement[bool]
    is_outline: ColumnElement[bool]


def list_frame_values(frame: Frame) -> dict[str, float]:
    """Return the values of the expressions."""
    return {
        "start": frame.start,
        "offset": frame.offset,
        "pixels": frame.pixels,
        "top": frame.top,
        "frame_width": float(frame.width),
        "frame_height": float(frame.height),
    }


def place_in_frame(collection: Collection) -> Placement:
    """Return where a record of a collection is: the middle of a polygon that is seen in part is at the edge."""
    geom = collection.table.c.geom
    width, height, pixels = _bind("frame_width"), _bind("frame_height"), _bind("pixels")
    if collection.geometry == "point":
        x, y = _place_longitude(func.ST_X(geom)), _place_latitude(func.ST_Y(geom))
        return Placement(x, y, x.between(0, width) & y.between(0, height), false())
    west = _place_longitude(func.ST_XMin(geom))
    # a box that begins beyond the frame may reach it a turn later
    left = west - case((west > width, ROUND_WORLD * pixels), else_=0.0)
    right = left + func.radians(func.ST_XMax(geom) - func.ST_XMin(geom)) * pixels
    upper, lower = _place_latitude(func.ST_YMax(geom)), _place_latitude(func.ST_YMin(geom))
    is_seen = (right >= 0) & (lower >= 0) & (upper <= height)
    is_small = func.greatest(right - left, lower - upper) < MIN_SIDE_PX
    x, y = _clamp((left + right) / 2, width), _clamp((upper + lower) / 2, height)
    return Placement(x, y, is_seen & is_small, is_seen & ~is_small)


def find_group_name(table: FromClause) -> str | None:
    """Return the column of the commodity group, of a kind that is not merged of the commodity; None if it has neither."""
    return next((name for name in ("commodity_group", "main_commodity", "commodities") if name in table.c), None)


def build_group_column(table: FromClause) -> ColumnElement[Any]:
    """Return the commodity group or the main commodity of a record."""
    name = find_group_name(table)
    if name is None:
        return literal(OTHER)
    column: ColumnElement[Any] = table.c[name]
    return column[1] if isinstance(column.type, ARRAY) else column


def _place_longitude(lon: ColumnElement[float]) -> ColumnElement[float]:
    east = lon - _bind("start") + case((lon < _bind("start"), 360.0), else_=0.0)
    return _bind("offset") + func.radians(east) * _bind("pixels")


def _place_latitude(lat: ColumnElement[float]) -> ColumnElement[float]:
    inside = func.greatest(-EDGE_LATITUDE, func.least(EDGE_LATITUDE, lat))
    return (_bind("top") - func.asinh(func.tan(func.radians(inside)))) * _bind("pixels")


def _clamp(value: ColumnElement[float], most: ColumnElement[float]) -> ColumnElement[float]:
    return func.greatest(0.0, func.least(most, value))


def _bind(name: str) -> ColumnElement[float]:
    return cast(bindparam(name), Double)

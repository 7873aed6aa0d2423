"""Literal geometries: read from GeoJSON or a bounding box, transformed to WGS 84, longitude first, and returned as WKB.

Coordinates out of range, zero area where an area is required, and self-intersections get an error message here, because
PostGIS would return an error or a wrong result.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from pyproj import CRS

from lodebase.query.cql2.bounds import Malformed, require
from lodebase.query.cql2.field_terms import quote_shown_value
from lodedata.geography.crs import transform
from lodedata.messages import Message, msg

_DEPTHS = {"Point": 0, "LineString": 1, "MultiPoint": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}
_SLACK_DEG = 1e-6
"""The tolerance, in degrees, by which a transformation may miss the antimeridian or a pole."""
_FARTHEST = 1e9
"""The largest absolute coordinate of any coordinate reference system, in degrees or metres."""
_PIECES_OF_AN_EDGE = 32
"""The number of segments of an edge: an edge of a box in a projected system is a curve in degrees."""


@dataclass(frozen=True, slots=True)
class System:
    """The coordinate reference system of a filter's literals: EPSG code, and whether latitude (northing) is the first axis."""

    srid: int = 4326
    latitude_first: bool = False


@dataclass(frozen=True, slots=True)
class Shapes:
    """A literal geometry as WKB; a box that crosses the antimeridian has two."""

    parts: tuple[bytes, ...]
    mixed: bool = False
    """Whether it is a GeometryCollection."""

    @property
    def whole(self) -> bytes:
        """Return the parts as one geometry; of a box that only touches the antimeridian on one side, the part with an area."""
        if len(self.parts) == 1:
            return self.parts[0]
        geometries = shapely.from_wkb(list(self.parts))
        dimensions = shapely.get_dimensions(geometries)
        return _write_wkb(shapely.union_all(geometries[dimensions == dimensions.max()]))


def build_box_shapes(edges: Any, system: System) -> Shapes:
    """Return the box of four edges, or of six numbers with heights. Raise Malformed if it is invalid."""
    if not isinstance(edges, list) or len(edges) not in (4, 6):
        raise Malformed(
            msg(
                "The filter has a box without four or six edges. Write a box as BBOX(-75,-30,-65,-20): west, south, "
                "east, north."
            )
        )
    numbers = [_number(edge) for edge in edges]
    west, south, east, north = numbers if len(numbers) == 4 else [numbers[i] for i in (0, 1, 3, 4)]
    if system.latitude_first:
        west, south, east, north = south, west, north, east
    if south > north:
        raise Malformed(
            msg(
                "The filter has a box whose south is above its north. Write a box as BBOX(-75,-30,-65,-20): west, "
                "south, east, north."
            )
        )
    if west <= east:
        return Shapes((_write_wkb(_turn_to_wgs84(_build_rectangle(west, south, east, north, system), system)),))
    if not _is_geographic(system.srid):
        raise Malformed(
            msg(
                "The filter has a box whose west is above its east. Write a box as BBOX(-75,-30,-65,-20): west, "
                "south, east, north."
            )
        )
    halves = (_build_rectangle(west, south, 180.0, north, system), _build_rectangle(-180.0, south, east, north, system))
    return Shapes(tuple(_write_wkb(_turn_to_wgs84(half, system)) for half in halves))


def parse_geojson_shapes(node: Any, system: System) -> Shapes:
    """Return the geometry of a GeoJSON object. Raise Malformed if it is invalid."""
    kind = node.get("type")
    if kind == "GeometryCollection":
        members = node.get("geometries")
        if not isinstance(members, list) or not members:
            raise Malformed(msg("The filter has a GEOMETRYCOLLECTION without geometries."))
        if any(isinstance(member, dict) and member.get("type") == kind for member in members):
            raise Malformed(msg("The filter has a GEOMETRYCOLLECTION inside another one. Write all geometries in one."))
        return Shapes(
            (_write_wkb(shapely.geometrycollections([_parse_geometry(member, system) for member in members])),), mixed=True
        )
    return Shapes((_write_wkb(_parse_geometry(node, system)),))


def count_vertices(shapes: Shapes) -> int:
    """Return the number of positions of a literal."""
    return sum(int(shapely.get_num_coordinates(shapely.from_wkb(part))) for part in shapes.parts)


def _parse_geometry(node: Any, system: System) -> Any:
    kind = node.get("type") if isinstance(node, dict) else None
    if not isinstance(kind, str) or kind not in _DEPTHS:
        raise Malformed(
            msg(
                "The filter has a geometry of an unknown type. Use one of %(choices)s.",
                choices=[*_DEPTHS, "GeometryCollection"],
            )
        )
    positions = _read_positions(node.get("coordinates"), _DEPTHS[kind], kind)
    rings = {"Polygon": [positions], "MultiPolygon": positions}.get(kind, [])
    require("rings", sum(map(len, rings)))
    shape = _build_shape(kind, positions)
    turned = _turn_to_wgs84(shape, system)
    if kind in ("Polygon", "MultiPolygon") and not shapely.is_valid(turned):
        raise Malformed(
            msg(
                "The filter has an invalid %(function)s: %(reason)s.",
                function=kind.upper(),
                reason=shapely.is_valid_reason(turned),
            )
        )
    return turned


def _build_shape(kind: str, positions: Any) -> Any:
    match kind:
        case "Point":
            return shapely.points(positions)
        case "MultiPoint":
            return shapely.multipoints(positions)
        case "LineString":
            return shapely.linestrings(positions)
        case "MultiLineString":
            return shapely.multilinestrings([shapely.linestrings(line) for line in positions])
        case "Polygon":
            return _build_polygon(positions)
        case _:
            return shapely.multipolygons([_build_polygon(rings) for rings in positions])


def _build_polygon(rings: Any) -> Any:
    closed = [ring if ring[0] == ring[-1] and len(ring) > 3 else [*ring, ring[0]] for ring in rings]
    outer, *inner = [shapely.linearrings(ring) for ring in closed]
    return shapely.polygons(outer, holes=inner or None)


def _read_positions(node: Any, depth: int, kind: str) -> Any:
    """Return nested lists of (x, y) without heights, nested as the kind of geometry requires."""
    if depth == 0:
        if not isinstance(node, list | tuple) or not 2 <= len(node) <= 4 or isinstance(node[0], list):
            raise Malformed(
                msg(
                    "The filter has a %(function)s with a position that is not two numbers. Write it as POINT(-69.07 -24.27).",
                    function=kind.upper(),
                )
            )
        return (_number(node[0]), _number(node[1]))
    if not isinstance(node, list | tuple) or not node:
        raise Malformed(msg("The filter has a %(function)s without positions.", function=kind.upper()))
    least = 1 if depth != 1 else 2 if "Line" in kind else 3 if "Polygon" in kind else 1
    if len(node) < least:
        raise Malformed(
            msg("The filter has a %(function)s with fewer than %(least)s positions.", function=kind.upper(), least=least)
        )
    return [_read_positions(part, depth - 1, kind) for part in node]


def _build_rectangle(west: float, south: float, east: float, north: float, system: System) -> Any:
    """Return a box as a polygon in the axis order of the system; as a point or line if it has no area."""
    if (west, south) == (east, north):
        corners = [(west, south)]
    elif west == east or south == north:
        corners = [(west, south), (east, north)]
    else:
        corners = [(west, south), (east, south), (east, north), (west, north)]
    if system.latitude_first:
        corners = [(y, x) for x, y in corners]
    if len(corners) == 1:
        return shapely.points(corners[0])
    if len(corners) == 2:
        return shapely.linestrings(corners)
    polygon = shapely.polygons(corners)
    if _is_geographic(system.srid):
        return polygon
    return shapely.segmentize(polygon, max(east - west, north - south) / _PIECES_OF_AN_EDGE)


def _turn_to_wgs84(shape: Any, system: System) -> Any:
    """Return the geometry in WGS 84 degrees, longitude first. Raise Malformed if it lies out of range."""
    coordinates = shapely.get_coordinates(shape)
    require("vertices", len(coordinates))
    x, y = (coordinates[:, 1], coordinates[:, 0]) if system.latitude_first else (coordinates[:, 0], coordinates[:, 1])
    lon, lat = transform(f"EPSG:{system.srid}", x, y)
    inside = (np.abs(lon) <= 180 + _SLACK_DEG) & (np.abs(lat) <= 90 + _SLACK_DEG)
    if not inside.all():
        at = int(np.argmin(inside))
        raise Malformed(
            msg(
                "The position %(x)s %(y)s of the filter is out of range in EPSG:%(srid)s. Write %(system)s first.",
                x=f"{x[at]:.10g}",
                y=f"{y[at]:.10g}",
                srid=system.srid,
                system=_describe_first_axis(system),
            )
        )
    return shapely.set_coordinates(shape, np.column_stack((np.clip(lon, -180, 180), np.clip(lat, -90, 90))))


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Malformed(
            msg("The coordinate %(coordinate)s of the filter is not a number.", coordinate=quote_shown_value(str(value)))
        )
    try:
        coordinate = float(value)
    except OverflowError:
        coordinate = float("inf")
    if not abs(coordinate) <= _FARTHEST:
        raise Malformed(msg("The coordinate %(made)s of the filter is too large.", made=f"{coordinate:.6g}"))
    return coordinate


def _describe_first_axis(system: System) -> Message:
    if _is_geographic(system.srid):
        return msg("latitude") if system.latitude_first else msg("longitude")
    return msg("northing") if system.latitude_first else msg("easting")


@lru_cache(maxsize=256)
def _is_geographic(srid: int) -> bool:
    return bool(CRS.from_epsg(srid).is_geographic)


def _write_wkb(shape: Any) -> bytes:
    return bytes(shapely.to_wkb(shape, output_dimension=2, include_srid=False))

"""Bounding boxes, points and polygons of requests. Longitude first, in WGS 84 unless a parameter says otherwise."""

import math
from collections.abc import Mapping
from functools import lru_cache

import orjson
import shapely
from pyproj import Transformer

from lodebase.errors import BadQuery
from lodebase.query import Bbox
from lodebase.query.conditions import AreaCondition, DistanceCondition
from lodebase.query.crs import is_latitude_first, list_supported_crs
from lodebase.query.parameters.arguments import Arguments, shorten_quoted_value
from lodebase.query.parameters.nesting import check_json, check_wkt, read_json
from lodebase.query.query import CRS84, Crs
from lodedata.cells import Unreadable, number
from lodedata.messages import msg

MAX_VERTICES = 20_000
FARTHEST_KM = 20_040.0


def bbox(text: str, crs: Crs = CRS84) -> Bbox:
    """Return the box of four or six numbers: west, south, east, north, or with heights west, south, low, east, north, high.

    If the axes of the system have latitude first, so do the numbers. Raise BadQuery if the box is invalid.
    """
    right = msg("Write four numbers: west,south,east,north in degrees, such as -75,-30,-65,-20.")
    parts = text.split(",")
    if len(parts) not in (4, 6):
        raise BadQuery("bbox", text[:200], msg("bbox has %(count)s parts. %(advice)s", count=len(parts), advice=right))
    try:
        values = [number(part) for part in parts]
    except Unreadable:
        raise BadQuery(
            "bbox", text[:200], msg('"%(value)s" contains a part that is not a number. %(advice)s', advice=right)
        ) from None
    if len(values) == 6:
        values = [values[0], values[1], values[3], values[4]]
    if not all(map(math.isfinite, values)):
        raise BadQuery("bbox", text[:200], msg('"%(value)s" contains a part that is not a number. %(advice)s', advice=right))
    if crs != CRS84:
        return _transform_box(text, values, crs)
    west, south, east, north = values
    if south > north:
        raise BadQuery("bbox", text[:200], msg('The south of "%(value)s" is above its north. %(advice)s', advice=right))
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):
        raise BadQuery("bbox", text[:200], msg('"%(value)s" is out of range. %(advice)s', advice=right))
    return Bbox(west, south, east, north)


def _transform_box(text: str, values: list[float], crs: Crs) -> Bbox:
    """Return the box in WGS 84 that contains a box of another system."""
    if crs.latitude_first:
        values = [values[1], values[0], values[3], values[2]]
    if crs.srid in (4326, 4490):
        return bbox(",".join(map(repr, values)))
    left, low, right, high = values
    west, south, east, north = _build_transformer(crs.srid).transform_bounds(left, low, right, high, densify_pts=21)
    if not all(map(math.isfinite, (west, south, east, north))) or south > north or values[0] > values[2]:
        raise BadQuery(
            "bbox",
            text[:200],
            msg('"%(value)s" can\'t be converted to degrees. Write least x, least y, greatest x, greatest y.'),
        )
    return Bbox(*(min(max(edge, -limit), limit) for edge, limit in zip((west, south, east, north), (180, 90) * 2, strict=True)))


@lru_cache(maxsize=64)
def _build_transformer(srid: int) -> Transformer:
    return Transformer.from_crs(srid, 4326, always_xy=True)


def near(arguments: Mapping[str, str]) -> DistanceCondition | None:
    """Return the point and radius, or the point whose nearest records are requested. Raise BadQuery if invalid."""
    if "near" in arguments and "nearest" in arguments:
        raise BadQuery("nearest", arguments["nearest"][:200], msg("near and nearest can't be combined. Give one of them."))
    if "nearest" in arguments:
        if "radius_km" in arguments:
            raise BadQuery(
                "radius_km",
                arguments["radius_km"][:200],
                msg("radius_km can't be combined with nearest, which lists all records by distance. Use near."),
            )
        return DistanceCondition(*_parse_point("nearest", arguments["nearest"]), None)
    if "near" not in arguments:
        if "radius_km" in arguments:
            raise BadQuery(
                "radius_km", arguments["radius_km"][:200], msg("radius_km needs a point. Give near=longitude,latitude.")
            )
        return None
    lon, lat = _parse_point("near", arguments["near"])
    text = arguments.get("radius_km")
    if text is None:
        raise BadQuery("near", arguments["near"][:200], msg("near needs a radius. Give radius_km, or use nearest."))
    try:
        radius = number(text)
    except Unreadable:
        radius = math.nan
    if not 0 < radius <= FARTHEST_KM:
        raise BadQuery(
            "radius_km",
            text[:200],
            msg(
                'radius_km must be a number of kilometres above 0 and up to %(most)s, not "%(value)s".',
                most=f"{FARTHEST_KM:,.0f}",
            ),
        )
    return DistanceCondition(lon, lat, radius)


def _parse_point(name: str, text: str) -> tuple[float, float]:
    right = msg("Write longitude,latitude in degrees, such as 117.57,29.0.")
    parts = text.split(",")
    try:
        lon, lat = (number(part) for part in parts)
    except (Unreadable, ValueError):
        raise BadQuery(name, text[:200], msg('"%(value)s" is not a point. %(advice)s', advice=right)) from None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadQuery(name, text[:200], msg('"%(value)s" is out of range. %(advice)s', advice=right))
    return lon, lat


def within(text: str | None) -> AreaCondition | None:
    """Return the polygon of a WKT or GeoJSON text. Raise BadQuery if it is invalid."""
    if text is None:
        return None
    right = msg("Write a polygon as WKT or GeoJSON, such as POLYGON((100 20,120 20,120 40,100 40,100 20)).")
    if text.count(",") > 2 * MAX_VERTICES:
        raise BadQuery(
            "within", text[:200], msg("The polygon has more than %(most)s vertices. Simplify it.", most=f"{MAX_VERTICES:,}")
        )
    written_as_json = text.lstrip().startswith("{")
    (check_json if written_as_json else check_wkt)("within", text)
    try:
        polygon = shapely.from_geojson(text) if written_as_json else shapely.from_wkt(text)
    except (shapely.GEOSException, ValueError) as error:
        raise BadQuery(
            "within",
            text[:200],
            msg('"%(value)s" can\'t be read (%(reason)s). %(advice)s', reason=str(error).splitlines()[0][:200], advice=right),
        ) from None
    if polygon is None or polygon.geom_type not in ("Polygon", "MultiPolygon") or polygon.is_empty:
        raise BadQuery("within", text[:200], msg('"%(value)s" is not a polygon. %(advice)s', advice=right))
    if shapely.get_num_coordinates(polygon) > MAX_VERTICES:
        raise BadQuery(
            "within", text[:200], msg("The polygon has more than %(most)s vertices. Simplify it.", most=f"{MAX_VERTICES:,}")
        )
    polygon = shapely.force_2d(polygon)
    if not shapely.is_valid(polygon):
        raise BadQuery(
            "within",
            text[:200],
            msg(
                "The polygon crosses itself (%(reason)s). %(advice)s",
                reason=shapely.is_valid_reason(polygon)[:200],
                advice=right,
            ),
        )
    west, south, east, north = polygon.bounds
    if not (west >= -180 and south >= -90 and east <= 180 and north <= 90):
        raise BadQuery(
            "within",
            text[:200],
            msg(
                "The polygon is out of range. %(advice)s Write one that crosses the date line as a MULTIPOLYGON.", advice=right
            ),
        )
    return AreaCondition(shapely.to_wkb(polygon), Bbox(west, south, east, north))


def flatten_json_body(body: bytes) -> dict[str, str]:
    """Return the parameters of a request sent as a JSON object. Raise BadQuery if it is invalid."""
    right = msg(
        'Send a JSON object of parameters, such as {"within": {"type": "Polygon", "coordinates": [...]}, "limit": 100}.'
    )
    sent = read_json("body", body, right)
    if not isinstance(sent, dict):
        raise BadQuery("body", body[:100].decode("utf-8", "replace"), right)
    if "op" in sent:  # a filter alone, as OWSLib sends it
        sent = {"filter": sent}
    if isinstance(sent.get("filter"), dict):
        sent.setdefault("filter-lang", "cql2-json")
    return {name: _write_value(value) for name, value in sent.items()}


def _write_value(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(map(_write_value, value))
    return orjson.dumps(value).decode()


def parse_crs_parameter(name: str, arguments: Arguments) -> Crs:
    """Return the coordinate reference system that a parameter names by its URI. Raise BadQuery if it is not supported."""
    uri = arguments.get(name)
    if uri is None:
        return CRS84
    code = list_supported_crs().get(uri)
    if code is None:
        raise BadQuery(
            name,
            shorten_quoted_value(uri),
            msg('"%(value)s" is not a coordinate reference system here. Use one that the collection lists under crs.'),
        )
    return Crs(code, is_latitude_first(uri))

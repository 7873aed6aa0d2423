"""Boxes, points and polygons of questions. Longitude first, in WGS 84 unless a parameter says otherwise."""

import math
from collections.abc import Mapping
from functools import lru_cache

import orjson
import shapely
from pyproj import Transformer

from lodebase.errors import BadQuery
from lodebase.query import Bbox
from lodebase.query.parameters.nesting import check_json, check_wkt, read_json
from lodebase.query.query import CRS84, AreaFilter, Crs, DistanceFilter
from lodedata.cells import Unreadable, number

MOST_VERTICES = 20_000
FARTHEST_KM = 20_040.0


def bbox(text: str, crs: Crs = CRS84) -> Bbox:
    """Four or six numbers: west, south, east, north, or with heights west, south, low, east, north, high.

    In a system whose axes come latitude first, so do the numbers. Raises BadQuery.
    """
    right = "four numbers: west,south,east,north in degrees, such as -75,-30,-65,-20"
    parts = text.split(",")
    if len(parts) not in (4, 6):
        raise BadQuery("bbox", text[:200], f"has {len(parts)} parts; write {right}")
    try:
        values = [number(part) for part in parts]
    except Unreadable:
        raise BadQuery("bbox", text[:200], f"holds what is no number; write {right}") from None
    if len(values) == 6:
        values = [values[0], values[1], values[3], values[4]]
    if not all(map(math.isfinite, values)):
        raise BadQuery("bbox", text[:200], f"holds what is no number; write {right}")
    if crs != CRS84:
        return _transformed(text, values, crs)
    west, south, east, north = values
    if south > north:
        raise BadQuery("bbox", text[:200], f"has its south above its north; write {right}")
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= 90 and -90 <= north <= 90):
        raise BadQuery("bbox", text[:200], f"lies off the globe; write {right}")
    return Bbox(west, south, east, north)


def _transformed(text: str, values: list[float], crs: Crs) -> Bbox:
    """The box in WGS 84 that holds a box of another system."""
    if crs.latitude_first:
        values = [values[1], values[0], values[3], values[2]]
    if crs.srid in (4326, 4490):
        return bbox(",".join(map(repr, values)))
    left, low, right, high = values
    west, south, east, north = _to_wgs84(crs.srid).transform_bounds(left, low, right, high, densify_pts=21)
    if not all(map(math.isfinite, (west, south, east, north))) or south > north or values[0] > values[2]:
        raise BadQuery("bbox", text[:200], "can't be brought to degrees; write least x, least y, greatest x, greatest y")
    return Bbox(*(min(max(edge, -limit), limit) for edge, limit in zip((west, south, east, north), (180, 90) * 2, strict=True)))


@lru_cache(maxsize=64)
def _to_wgs84(srid: int) -> Transformer:
    return Transformer.from_crs(srid, 4326, always_xy=True)


def near(arguments: Mapping[str, str]) -> DistanceFilter | None:
    """The point and radius, or the point whose nearest records are asked for. Raises BadQuery."""
    if "near" in arguments and "nearest" in arguments:
        raise BadQuery("nearest", arguments["nearest"][:200], "stands beside near; give one of them")
    if "nearest" in arguments:
        if "radius_km" in arguments:
            raise BadQuery("radius_km", arguments["radius_km"][:200], "belongs to near; nearest asks for all by distance")
        return DistanceFilter(*_point("nearest", arguments["nearest"]), None)
    if "near" not in arguments:
        if "radius_km" in arguments:
            raise BadQuery("radius_km", arguments["radius_km"][:200], "needs a point; give near=longitude,latitude")
        return None
    lon, lat = _point("near", arguments["near"])
    text = arguments.get("radius_km")
    if text is None:
        raise BadQuery("near", arguments["near"][:200], "needs a radius; give radius_km, or ask with nearest")
    try:
        radius = number(text)
    except Unreadable:
        radius = math.nan
    if not 0 < radius <= FARTHEST_KM:
        raise BadQuery("radius_km", text[:200], f"must be a number of kilometres above 0 and up to {FARTHEST_KM:,.0f}")
    return DistanceFilter(lon, lat, radius)


def _point(name: str, text: str) -> tuple[float, float]:
    right = "write longitude,latitude in degrees, such as 117.57,29.0"
    parts = text.split(",")
    try:
        lon, lat = (number(part) for part in parts)
    except (Unreadable, ValueError):
        raise BadQuery(name, text[:200], f"is no point; {right}") from None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadQuery(name, text[:200], f"lies off the globe; {right}")
    return lon, lat


def within(text: str | None) -> AreaFilter | None:
    """The polygon of a WKT or GeoJSON text. Raises BadQuery."""
    if text is None:
        return None
    right = "write a polygon as WKT or GeoJSON, such as POLYGON((100 20,120 20,120 40,100 40,100 20))"
    if text.count(",") > 2 * MOST_VERTICES:
        raise BadQuery("within", text[:200], f"has more than {MOST_VERTICES:,} vertices")
    written_as_json = text.lstrip().startswith("{")
    (check_json if written_as_json else check_wkt)("within", text)
    try:
        made = shapely.from_geojson(text) if written_as_json else shapely.from_wkt(text)
    except (shapely.GEOSException, ValueError) as error:
        raise BadQuery("within", text[:200], f"can't be read ({str(error).splitlines()[0][:200]}); {right}") from None
    if made is None or made.geom_type not in ("Polygon", "MultiPolygon") or made.is_empty:
        raise BadQuery("within", text[:200], f"is no polygon; {right}")
    if shapely.get_num_coordinates(made) > MOST_VERTICES:
        raise BadQuery("within", text[:200], f"has more than {MOST_VERTICES:,} vertices")
    made = shapely.force_2d(made)
    if not shapely.is_valid(made):
        raise BadQuery("within", text[:200], f"crosses itself ({shapely.is_valid_reason(made)[:200]}); {right}")
    west, south, east, north = made.bounds
    if not (west >= -180 and south >= -90 and east <= 180 and north <= 90):
        raise BadQuery("within", text[:200], f"lies off the globe; {right}; across the date line as a multipolygon")
    return AreaFilter(shapely.to_wkb(made), Bbox(west, south, east, north))


def joined(body: bytes) -> dict[str, str]:
    """The parameters of a question sent as a JSON object. Raises BadQuery."""
    right = 'send a JSON object of parameters, such as {"within": {"type": "Polygon", "coordinates": [...]}, "limit": 100}'
    sent = read_json("body", body, right)
    if not isinstance(sent, dict):
        raise BadQuery("body", body[:100].decode("utf-8", "replace"), right)
    if "op" in sent:  # a filter alone, as OWSLib sends it
        sent = {"filter": sent}
    if isinstance(sent.get("filter"), dict):
        sent.setdefault("filter-lang", "cql2-json")
    return {name: _written(value) for name, value in sent.items()}


def _written(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(map(_written, value))
    return orjson.dumps(value).decode()

"""Planned plants whose place is named: the polygon of a zone, or the point of an existing plant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import shapely
from sqlalchemy import Engine

from lodebase.errors import BadCandidate, Wrong
from lodebase.layout.planned.candidate import Candidate, parse_candidate
from lodebase.layout.planned.named_places import FIELD, MAX_PLACE_CHARACTERS, NamedPlace, find_places, refuse_place
from lodebase.layout.planned.place import SitePlace, build_zone_place
from lodebase.layout.state import SiteState, state
from lodedata.geography.position_text import parse_position
from lodedata.messages import msg

POLYGON = """
SELECT ST_AsBinary(geom) AS geom FROM zone WHERE zone_kind = %(kind)s AND code = %(code)s AND zone_kind <> 'country'
ORDER BY (valid_to IS NULL) DESC, id LIMIT 1
"""
PLANT = """
SELECT ST_X(geom) AS lon, ST_Y(geom) AS lat, position_accuracy_m AS accuracy_m FROM project
WHERE id = %(code)s AND geom IS NOT NULL
"""
MAX_AREA_ACCURACY_M = 100_000


@dataclass(frozen=True, slots=True)
class PlacePoint:
    """The point that a name means, in degrees, WGS 84, with its accuracy in metres, None if it is not stated."""

    lon: float
    lat: float
    accuracy_m: float | None


def read_candidate(engine: Engine, feature: object, today: date, version: int | None = None) -> Candidate:
    """Return the planned plant of a GeoJSON feature, whose property ``place`` may name its place instead of a geometry.

    The name is that of a province, prefecture, county or plant, coordinates, or a reference such as ``prefecture/370300``.
    Raises BadCandidate, NotFound if the version does not exist, and the errors of reading.
    """
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    named = properties.get("place") if isinstance(properties, Mapping) else None
    if not isinstance(feature, Mapping) or not isinstance(properties, Mapping) or named is None:
        return parse_candidate(feature, today)
    if not isinstance(named, str) or len(named) > MAX_PLACE_CHARACTERS or "\0" in named:
        raise BadCandidate([Wrong(FIELD, msg("Enter a text of up to %(most)s characters.", most=MAX_PLACE_CHARACTERS))])
    if feature.get("geometry") is not None:
        return parse_candidate(feature, today)
    with state(engine, version) as seen:
        place = _find(seen, named)
    if isinstance(place, SitePlace):
        return parse_candidate(feature, today, place)
    rest = {name: value for name, value in properties.items() if name != FIELD}
    point = {"type": "Point", "coordinates": [place.lon, place.lat]}
    accuracy = {} if place.accuracy_m is None else {"accuracy_m": min(place.accuracy_m, MAX_AREA_ACCURACY_M)}
    return parse_candidate({**feature, "geometry": point, "properties": accuracy | rest}, today)


def _find(seen: SiteState, name: str) -> SitePlace | PlacePoint:
    """Return the area, or the point with its accuracy, that a name or a reference means. Raise BadCandidate."""
    position = parse_position(name)
    if position is not None:
        return PlacePoint(position[0], position[1], None)
    kind, _, code = name.partition("/")
    if kind == "project" and (rows := seen.rows(PLANT, {"code": code})):
        return PlacePoint(rows[0]["lon"], rows[0]["lat"], rows[0]["accuracy_m"])
    if code and (rows := seen.rows(POLYGON, {"kind": kind, "code": code})):
        return build_zone_place(shapely.from_wkb(rows[0]["geom"]), name)
    places = find_places(seen.connection, name)
    if not places:
        raise refuse_place(seen.connection, name)
    return _locate(seen, places[0])


def _locate(seen: SiteState, named_place: NamedPlace) -> SitePlace | PlacePoint:
    if named_place.lon is not None and named_place.lat is not None:
        return PlacePoint(named_place.lon, named_place.lat, named_place.accuracy_m)
    kind, _, code = named_place.reference.partition("/")
    rows = seen.rows(POLYGON, {"kind": kind, "code": code})
    if not rows:
        raise BadCandidate(
            [Wrong(FIELD, msg("There was no boundary of %(name)s at this version of the data.", name=named_place.name))]
        )
    return build_zone_place(shapely.from_wkb(rows[0]["geom"]), named_place.reference)

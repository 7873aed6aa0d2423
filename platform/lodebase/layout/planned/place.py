"""Place of a planned plant: a GeoJSON point or polygon in WGS 84, measured on the ellipsoid."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from lodebase.errors import Wrong
from lodedata.layout.measures import GEOD
from lodedata.messages import Message, msg

MAX_KM2 = 10_000.0
MAX_SITE_CORNERS = 2_000


@dataclass(frozen=True, slots=True)
class SitePlace:
    """A point or polygon as WKT, a point in it, and the distance in metres from that point to its farthest part."""

    wkt: str
    lon: float
    lat: float
    reach_m: float
    reference: str | None = None
    """Kind and code of the zone whose polygon this is, such as ``prefecture/370300``; None for an entered geometry."""


def build_zone_place(shape: shapely.Geometry, reference: str) -> SitePlace:
    """Return the place that a zone is, of any area."""
    return _place_of(shape, reference)


def place(geometry: object) -> SitePlace | Wrong:
    """Return the place of a GeoJSON geometry, or its error."""
    if isinstance(geometry, str):
        return _build_error(
            msg("The outline can't be read. Enter WKT such as POLYGON ((118 36, 119 36, 119 37, 118 36)) or GeoJSON.")
        )
    if (unread := _find_degree_error(geometry)) is not None:
        return unread
    shape = _parse_shape(geometry)
    if shape is None:
        return _build_error(
            msg("This is not a GeoJSON Point or Polygon with coordinates. Check a site of several parts part by part."),
        )
    corners = shapely.get_coordinates(shape)
    if not np.isfinite(corners).all() or (np.abs(corners) > (180, 90)).any():
        return _build_error(msg("The place is out of range. Write longitude first, in degrees."))
    if len(corners) > MAX_SITE_CORNERS:
        return _build_error(msg("The outline has more than %(most)s corners. Simplify it.", most=MAX_SITE_CORNERS))
    if not shape.is_valid:
        reason = shapely.is_valid_reason(shape)
        return _build_error(msg("The outline is not a simple polygon (%(reason)s).", reason=reason))
    km2 = _measure_km2(shape)
    if km2 > MAX_KM2:
        return _build_error(
            msg(
                "The outline covers %(km2)s km². A site covers at most %(largest_km2)s km².",
                km2=f"{km2:,.0f}",
                largest_km2=f"{MAX_KM2:,.0f}",
            ),
        )
    return _place_of(shape)


def _place_of(shape: shapely.Geometry, reference: str | None = None) -> SitePlace:
    corners = shapely.get_coordinates(shape)
    inside = shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)
    lon, lat = round(float(inside.x), 7), round(float(inside.y), 7)
    _, _, metres = GEOD.inv(np.full(len(corners), lon), np.full(len(corners), lat), corners[:, 0], corners[:, 1])
    reach = 0.0 if shape.geom_type == "Point" else round(float(np.max(metres)), 1)
    return SitePlace(shapely.to_wkt(shape, rounding_precision=7), lon, lat, reach, reference)


def measure_place_km2(wkt: str) -> float:
    """Return the area of a place on the ellipsoid in square kilometres; 0 for a point."""
    return _measure_km2(shapely.from_wkt(wkt))


def _find_degree_error(geometry: object) -> Wrong | None:
    """Return the error of a point whose coordinates are missing or are no numbers."""
    at = geometry.get("coordinates") if isinstance(geometry, Mapping) and geometry.get("type") == "Point" else None
    if not isinstance(at, list | tuple):
        return None
    for name, value in zip((msg("longitude"), msg("latitude")), at, strict=False):
        if value == "":
            return _build_error(msg("The %(name)s is missing. Enter both, or the name of a place.", name=name))
        if isinstance(value, str):
            sentence = msg(
                '"%(value)s" is not a %(name)s. Write decimal degrees such as 118.05, or 118°03′E.', value=value[:40], name=name
            )
            return _build_error(sentence)
    return None


def _measure_km2(shape: shapely.Geometry) -> float:
    return abs(float(GEOD.geometry_area_perimeter(shape)[0])) / 1e6


def _build_error(message: Message) -> Wrong:
    return Wrong("geometry", message)


def _parse_shape(geometry: object) -> shapely.Geometry | None:
    if not isinstance(geometry, Mapping) or geometry.get("type") not in ("Point", "Polygon"):
        return None
    try:
        shape = shapely.force_2d(shapely.geometry.shape(geometry))
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError):
        return None
    return None if shape.is_empty else shape

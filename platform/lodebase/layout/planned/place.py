"""Place of a planned plant: a GeoJSON point or polygon in WGS 84, measured on the ellipsoid."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from lodebase.errors import Wrong
from lodedata.layout.measures import GEOD
from lodedata.messages import Message, msg

LARGEST_KM2 = 10_000.0
MOST_CORNERS = 2_000


@dataclass(frozen=True, slots=True)
class SitePlace:
    """A point or polygon as WKT, a point in it, and the distance in metres from that point to its farthest part."""

    wkt: str
    lon: float
    lat: float
    reach_m: float


def place(geometry: object) -> SitePlace | Wrong:
    """Return the place of a GeoJSON geometry, or its error."""
    shape = _shape(geometry)
    if shape is None:
        return _wrong(
            msg("This is not a GeoJSON Point or Polygon with coordinates. Check a site of several parts part by part."),
        )
    corners = shapely.get_coordinates(shape)
    if not np.isfinite(corners).all() or (np.abs(corners) > (180, 90)).any():
        return _wrong(msg("The place is off the globe. Write longitude first, in degrees."))
    if len(corners) > MOST_CORNERS:
        return _wrong(msg("The outline has more than %(most)s corners. Simplify it.", most=MOST_CORNERS))
    if not shape.is_valid:
        reason = shapely.is_valid_reason(shape)
        return _wrong(msg("The outline is not a simple polygon (%(reason)s).", reason=reason))
    km2 = _km2(shape)
    if km2 > LARGEST_KM2:
        return _wrong(
            msg(
                "The outline covers %(km2)s km². A site covers at most %(largest_km2)s km².",
                km2=f"{km2:,.0f}",
                largest_km2=f"{LARGEST_KM2:,.0f}",
            ),
        )
    inside = shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)
    lon, lat = round(float(inside.x), 7), round(float(inside.y), 7)
    _, _, metres = GEOD.inv(np.full(len(corners), lon), np.full(len(corners), lat), corners[:, 0], corners[:, 1])
    reach = 0.0 if shape.geom_type == "Point" else round(float(np.max(metres)), 1)
    return SitePlace(shapely.to_wkt(shape, rounding_precision=7), lon, lat, reach)


def area_km2(wkt: str) -> float:
    """Return the area of a place on the ellipsoid in square kilometres; 0 for a point."""
    return _km2(shapely.from_wkt(wkt))


def _km2(shape: shapely.Geometry) -> float:
    return abs(float(GEOD.geometry_area_perimeter(shape)[0])) / 1e6


def _wrong(message: Message) -> Wrong:
    return Wrong("geometry", message)


def _shape(geometry: object) -> shapely.Geometry | None:
    if not isinstance(geometry, Mapping) or geometry.get("type") not in ("Point", "Polygon"):
        return None
    try:
        shape = shapely.force_2d(shapely.geometry.shape(geometry))
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError):
        return None
    return None if shape.is_empty else shape

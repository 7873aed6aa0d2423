"""Where a planned plant is: a point or polygon of GeoJSON in WGS 84, checked on the ellipsoid."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from lodebase.errors import Wrong
from lodedata.layout.measures import GEOD

LARGEST_KM2 = 10_000.0
MOST_CORNERS = 2_000


@dataclass(frozen=True, slots=True)
class SitePlace:
    """A point or polygon as WKT, a point in it, and how far it reaches from there in metres."""

    wkt: str
    lon: float
    lat: float
    reach_m: float


def place(geometry: object) -> SitePlace | Wrong:
    """The place of a GeoJSON geometry, or what is wrong with it."""
    shape = _shape(geometry)
    if shape is None:
        return _wrong(
            "is no GeoJSON Point or Polygon with coordinates; a site of several parts is asked about part by part",
            "不是带坐标的点（Point）或单个多边形（Polygon）；由多块组成的场址请逐块检查",
        )
    corners = shapely.get_coordinates(shape)
    if not np.isfinite(corners).all() or (np.abs(corners) > (180, 90)).any():
        return _wrong("lies off the globe; longitude comes first, in degrees", "超出经纬度范围；应为以度为单位、经度在前的坐标")
    if len(corners) > MOST_CORNERS:
        return _wrong(f"has more than {MOST_CORNERS} corners", f"顶点多于 {MOST_CORNERS} 个")
    if not shape.is_valid:
        reason = shapely.is_valid_reason(shape)
        return _wrong(f"is no simple polygon ({reason})", f"多边形自相交或无效（{reason}）")
    km2 = _km2(shape)
    if km2 > LARGEST_KM2:
        return _wrong(
            f"covers {km2:,.0f} km²; a site covers {LARGEST_KM2:,.0f} at most",
            f"面积为 {km2:,.0f} 平方千米；场址面积上限为 {LARGEST_KM2:,.0f} 平方千米",
        )
    inside = shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)
    lon, lat = round(float(inside.x), 7), round(float(inside.y), 7)
    _, _, metres = GEOD.inv(np.full(len(corners), lon), np.full(len(corners), lat), corners[:, 0], corners[:, 1])
    reach = 0.0 if shape.geom_type == "Point" else round(float(np.max(metres)), 1)
    return SitePlace(shapely.to_wkt(shape, rounding_precision=7), lon, lat, reach)


def area_km2(wkt: str) -> float:
    """Square kilometres on the ellipsoid that a place covers; nought for a point."""
    return _km2(shapely.from_wkt(wkt))


def _km2(shape: shapely.Geometry) -> float:
    return abs(float(GEOD.geometry_area_perimeter(shape)[0])) / 1e6


def _wrong(en: str, zh: str) -> Wrong:
    return Wrong("geometry", en, zh)


def _shape(geometry: object) -> shapely.Geometry | None:
    if not isinstance(geometry, Mapping) or geometry.get("type") not in ("Point", "Polygon"):
        return None
    try:
        shape = shapely.force_2d(shapely.geometry.shape(geometry))
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, shapely.errors.ShapelyError):
        return None
    return None if shape.is_empty else shape

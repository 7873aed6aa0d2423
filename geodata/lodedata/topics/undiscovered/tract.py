"""Tracts: polygons in WGS 84, split at the antimeridian, and their areas on the ellipsoid."""

import numpy as np
import shapely
from pyproj import Geod
from shapely.affinity import translate

_GEOD = Geod(ellps="WGS84")
SQUARE_METRES_PER_KM2 = 1e6


def split_at_antimeridian(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a polygon or multipolygon with longitudes from -180 to 180 degrees.

    A polygon beyond 180 degrees is split there, and so is one with an edge of more than 180 degrees of longitude, which is
    meant to cross it (RFC 7946, 3.1.9). Other polygons are returned as they are.
    """
    if any(_crosses_antimeridian(part) for part in shapely.get_parts(shape)):
        shape = shapely.transform(
            shape, lambda xy: np.column_stack((np.where(xy[:, 0] < 0, xy[:, 0] + 360, xy[:, 0]), xy[:, 1]))
        )
    west, _, east, _ = shape.bounds
    if west >= -180 and east <= 180:
        return shape
    parts = [
        translate(part, xoff=-turn)
        for turn in (-360, 0, 360)
        if not (part := shapely.intersection(shape, shapely.box(turn - 180, -90, turn + 180, 90))).is_empty
    ]
    return shapely.multipolygons(
        [
            polygon
            for part in parts
            for polygon in shapely.get_parts(part)
            if polygon.geom_type == "Polygon" and polygon.area > 0
        ]
    )


def _crosses_antimeridian(polygon: shapely.Geometry) -> bool:
    return bool((np.abs(np.diff(shapely.get_coordinates(shapely.get_exterior_ring(polygon))[:, 0])) > 180).any())


def measure_area_km2(shape: shapely.Geometry) -> float:
    """Return the area of a polygon or multipolygon in WGS 84 on the ellipsoid, in square kilometres."""
    return sum(abs(_GEOD.geometry_area_perimeter(part)[0]) for part in shapely.get_parts(shape)) / SQUARE_METRES_PER_KM2

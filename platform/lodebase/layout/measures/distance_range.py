"""Distances from an area to points as ranges, from its nearest to its farthest point, on the ellipsoid."""

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from lodedata.layout.arcs import GeodeticPoints, measure_arcs_m
from lodedata.layout.measures import GEOD

PIECE_DEG = 0.05
"""Length of a straight piece of an outline in degrees before it is projected."""
Lengths = npt.NDArray[np.float64]


def measure_distance_range(wkt: str, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Lengths, Lengths]:
    """Return the distances in metres from points to the nearest and the farthest point of an area; 0 for points inside.

    The nearest and the farthest points are found in the azimuthal equidistant projection around the area and measured as
    geodesics, so that a distance differs from the true one by less than 20 m up to 1,000 km. Without points, both are empty.
    """
    shape = shapely.from_wkt(wkt)
    lons, lats = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    if not len(lons):
        return np.empty(0), np.empty(0)
    onto, flat = _project_area(shape)
    near = _measure_shortest(onto, flat, lons, lats)
    inside = shapely.intersects_xy(shape, lons, lats)
    hull = shapely.get_coordinates(shapely.convex_hull(flat))
    corners = GeodeticPoints.of(*onto.transform(hull[:, 0], hull[:, 1], direction="INVERSE"))
    far = measure_arcs_m(GeodeticPoints.of(lons, lats)[:, None], corners[None, :]).max(axis=1)
    return np.where(inside, 0.0, np.asarray(near)), np.asarray(far)


def measure_edge_distance(wkt: str, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Lengths:
    """Return the distances in metres from points, inside or outside, to the edge of an area."""
    lons, lats = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    if not len(lons):
        return np.empty(0)
    onto, flat = _project_area(shapely.from_wkt(wkt))
    return _measure_shortest(onto, shapely.boundary(flat), lons, lats)


def _project_area(shape: shapely.Geometry) -> tuple[Transformer, shapely.Geometry]:
    """Return the azimuthal equidistant projection around an area, and the area in it."""
    centre = shapely.centroid(shape)
    onto = Transformer.from_crs("EPSG:4326", f"+proj=aeqd +lon_0={centre.x} +lat_0={centre.y} +ellps=WGS84", always_xy=True)
    fine = shapely.segmentize(shape, PIECE_DEG)
    return onto, shapely.transform(fine, lambda xy: np.column_stack(onto.transform(xy[:, 0], xy[:, 1])))


def _measure_shortest(onto: Transformer, flat: shapely.Geometry, lons: Lengths, lats: Lengths) -> Lengths:
    """Return the geodesics from points to the nearest points of a projected geometry."""
    ends = shapely.get_coordinates(shapely.shortest_line(flat, shapely.points(*onto.transform(lons, lats))))
    starts = ends.reshape(-1, 2, 2)[:, 0]
    near_lon, near_lat = onto.transform(starts[:, 0], starts[:, 1], direction="INVERSE")
    return np.asarray(GEOD.inv(near_lon, near_lat, lons, lats)[2])

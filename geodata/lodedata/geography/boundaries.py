"""The country and division of points, for many points at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

_GEOD = Geod(ellps="WGS84")
EDGE_PIECE = 32
"""Vertices of a piece of coast in the search tree; short pieces make the search for the nearest one fast."""


@dataclass(frozen=True, slots=True)
class BoundaryArea:
    """A country or division with its polygon in WGS 84 and the accuracy of its boundary in metres."""

    code: str
    country: str
    is_division: bool
    polygon: shapely.Geometry
    accuracy_m: float = 5_000.0


class Boundaries:
    """Countries and divisions in a search tree. Coordinates are WGS 84 degrees; a query costs microseconds per point."""

    def __init__(self, areas: Sequence[BoundaryArea]) -> None:
        self.areas = tuple(areas)
        self._countries = [a for a in areas if not a.is_division]
        self._divisions = [a for a in areas if a.is_division]
        self._trees = {
            False: shapely.STRtree([a.polygon for a in self._countries]),
            True: shapely.STRtree([a.polygon for a in self._divisions]),
        }
        self._by_code = {a.code: a for a in areas}
        self._edges = shapely.STRtree(_split_boundaries([a.polygon for a in self._countries]))
        self._stretched: dict[tuple[str, float], shapely.Geometry] = {}
        for area in areas:
            shapely.prepare(area.polygon)

    def __bool__(self) -> bool:
        return bool(self.areas)

    def countries(self, lons: npt.ArrayLike, lats: npt.ArrayLike) -> list[str | None]:
        """Return the country code of each point, None for a point in no country."""
        return self._find_codes(False, lons, lats)

    def divisions(self, lons: npt.ArrayLike, lats: npt.ArrayLike) -> list[str | None]:
        """Return the division code of each point, None for a point in no division."""
        return self._find_codes(True, lons, lats)

    def _find_codes(self, divisions: bool, lons: npt.ArrayLike, lats: npt.ArrayLike) -> list[str | None]:
        areas = self._divisions if divisions else self._countries
        lon, lat = np.asarray(lons, dtype=float), np.asarray(lats, dtype=float)
        codes: list[str | None] = [None] * len(lon)
        # by area, since the areas are prepared
        near, boxes = self._trees[divisions].query(shapely.points(lon, lat))
        order = np.argsort(boxes, kind="stable")
        near, boxes = near[order], boxes[order]
        for start, end in _find_runs(boxes):
            area, at = areas[boxes[start]], near[start:end]
            for point in at[shapely.intersects_xy(area.polygon, lon[at], lat[at])].tolist():
                if codes[point] is None:
                    codes[point] = area.code
        return codes

    def knows(self, code: str | None) -> bool:
        """Return whether there is a polygon of a code."""
        return code in self._by_code

    def test_inside(self, code: str, lons: npt.ArrayLike, lats: npt.ArrayLike) -> list[bool]:
        """Return whether each point lies in the area of a code; False for an unknown code."""
        area = self._by_code.get(code)
        lon, lat = np.asarray(lons, dtype=float), np.asarray(lats, dtype=float)
        inside: list[bool] = shapely.intersects_xy(area.polygon, lon, lat).tolist() if area else [False] * len(lon)
        return inside

    def measure_km_outside(self, codes: Sequence[str], lons: npt.ArrayLike, lats: npt.ArrayLike) -> list[float]:
        """Return the distance in kilometres on the ellipsoid from each point to the area of its code, 0 inside.

        The nearest point of the polygon is found on a plane stretched by the cosine of the latitude in whole degrees, which
        is accurate to a few percent over the distances that occur.
        """
        lon, lat = np.asarray(lons, dtype=float), np.asarray(lats, dtype=float)
        stretch = np.maximum(np.cos(np.radians(np.round(lat))), 0.01)
        flat = [self._project_stretch(code, by) for code, by in zip(codes, stretch.tolist(), strict=True)]
        lines = shapely.shortest_line(shapely.points(lon * stretch, lat), flat)
        ends = shapely.get_coordinates(lines).reshape(-1, 2, 2)
        _, _, metres = _GEOD.inv(ends[:, 0, 0] / stretch, ends[:, 0, 1], ends[:, 1, 0] / stretch, ends[:, 1, 1])
        return [float(km) for km in np.asarray(metres) / 1000]

    def _project_stretch(self, code: str, stretch: float) -> shapely.Geometry:
        if (flat := self._stretched.get((code, stretch))) is None:
            flat = shapely.transform(self._by_code[code].polygon, lambda xy: xy * (stretch, 1.0))
            shapely.prepare(flat)
            self._stretched[code, stretch] = flat
        return flat

    def km_from_land(self, lons: npt.ArrayLike, lats: npt.ArrayLike) -> list[float]:
        """Return the distance in kilometres from each point at sea to the nearest coast, infinity without any coast.

        The nearest piece of coast is that in degrees, which may not be the nearest in kilometres at high latitudes; the
        result is then too large by less than half.
        """
        lon, lat = np.asarray(lons, dtype=float), np.asarray(lats, dtype=float)
        if not len(lon) or not len(self._edges.geometries):
            return [float("inf")] * len(lon)
        points = shapely.points(lon, lat)
        nearest = self._edges.geometries[self._edges.nearest(points)]
        ends = shapely.get_coordinates(shapely.shortest_line(points, nearest)).reshape(-1, 2, 2)
        _, _, metres = _GEOD.inv(ends[:, 0, 0], ends[:, 0, 1], ends[:, 1, 0], ends[:, 1, 1])
        return [float(km) for km in np.asarray(metres) / 1000]

    def edge_accuracy_m(self, code: str) -> float:
        """Return the accuracy of an area's boundary in metres."""
        return self._by_code[code].accuracy_m


def _split_boundaries(polygons: Sequence[shapely.Geometry]) -> list[shapely.Geometry]:
    """Return the boundaries of polygons divided into lines of a few vertices."""
    rings = [ring for polygon in polygons for ring in shapely.get_parts(shapely.get_rings(shapely.get_parts(polygon)))]
    boundaries = []
    for ring in rings:
        xy = shapely.get_coordinates(ring)
        boundaries += [shapely.linestrings(xy[i : i + EDGE_PIECE + 1]) for i in range(0, len(xy) - 1, EDGE_PIECE)]
    return boundaries


def _find_runs(values: npt.NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return the start and end of each run of equal values."""
    edges = np.flatnonzero(np.diff(values)) + 1
    bounds = [0, *edges.tolist(), len(values)]
    return [(start, end) for start, end in zip(bounds, bounds[1:], strict=False) if start < end]

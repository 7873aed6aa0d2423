"""Places of a what-if run: points at regular steps in an area, or H3 cells, ordered so that neighbours are close together."""

from dataclasses import dataclass

import h3
import numpy as np
import numpy.typing as npt
import shapely

from lodebase.errors import BadQuery
from lodedata.messages import msg

MAX_RUN_CELLS = 1_000_000
DEGREE_KM = 111.195
"""Length of a degree of a great circle on the mean sphere, in km."""
TO_POLE = 85.0
FINE = 7
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cells:
    """Places: names, longitudes and latitudes."""

    names: tuple[str, ...]
    lon: Array
    lat: Array

    def __len__(self) -> int:
        return len(self.names)

    def part(self, start: int, end: int) -> "Cells":
        """Return a slice of the places."""
        return Cells(self.names[start:end], self.lon[start:end], self.lat[start:end])


def place_cells(area: shapely.Geometry, step_km: float | None, resolution: int | None, most: int = MAX_RUN_CELLS) -> Cells:
    """Return the places whose point lies in an area, ordered so that neighbours are close together.

    Raises BadQuery if there are more than ``most``.
    """
    shapely.prepare(area)
    names, lon, lat = _list_hexagons(area, resolution, most) if step_km is None else _list_step_points(area, step_km, most)
    order = np.lexsort([lon, lat, _compute_sort_key(lon, lat)])
    return Cells(tuple(names[i] for i in order), lon[order], lat[order])


def _compute_sort_key(lon: Array, lat: Array) -> npt.NDArray[np.uint64]:
    """Return a sort key for spatial locality: the number of a fine H3 cell, which begins with that of its parents."""
    fine = [h3.str_to_int(h3.latlng_to_cell(y, x, FINE)) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    return np.array(fine, dtype=np.uint64)


def _list_hexagons(area: shapely.Geometry, resolution: int | None, most: int) -> tuple[list[str], Array, Array]:
    assert resolution is not None
    _check_count("resolution", _measure_km2(area) / h3.average_hexagon_area(resolution, unit="km^2"), most)
    names = sorted(h3.geo_to_cells(area, resolution))
    at = np.array([h3.cell_to_latlng(name) for name in names], dtype=float).reshape(-1, 2)
    return names, at[:, 1].copy(), at[:, 0].copy()


def _list_step_points(area: shapely.Geometry, step_km: float, most: int) -> tuple[list[str], Array, Array]:
    """Return points at regular steps; rows and columns start at the equator and Greenwich, so that areas share points."""
    _check_count("step", _measure_km2(area) / step_km**2, most)
    west, south, east, north = area.bounds
    up = step_km / DEGREE_KM
    names: list[str] = []
    lons, lats = [], []
    for row in range(int(np.floor(max(south, -TO_POLE) / up)), int(np.floor(min(north, TO_POLE) / up)) + 1):
        lat = (row + 0.5) * up
        columns = max(round(360 * DEGREE_KM * np.cos(np.radians(lat)) / step_km), 1)
        each = np.arange(int(np.floor(west / 360 * columns)), int(np.floor(east / 360 * columns)) + 1)
        lon = np.round((each + 0.5) * 360 / columns, 7)
        inside = shapely.contains_xy(area, lon, np.full(len(lon), round(lat, 7)))
        names += [f"r{row}c{column}" for column in each[inside]]
        lons.append(lon[inside])
        lats.append(np.full(int(inside.sum()), round(lat, 7)))
    return names, np.concatenate(lons) if lons else np.empty(0), np.concatenate(lats) if lats else np.empty(0)


def _measure_km2(area: shapely.Geometry) -> float:
    return float(shapely.area(area)) * DEGREE_KM**2 * float(np.cos(np.radians(area.centroid.y)))


def _check_count(name: str, count: float, most: int) -> None:
    if count > most:
        raise BadQuery(
            name,
            f"{count:.0f}",
            msg(
                "%(parameter)s makes about %(count)s cells, more than the %(most)s that are computed. "
                "Use coarser cells or a smaller area.",
                count=f"{count:,.0f}",
                most=f"{most:,}",
            ),
        )


def build_cell_ring(cell: str) -> list[tuple[float, float]]:
    """Return the closed ring of an H3 cell; longitudes continue past 180 at the antimeridian."""
    corners = [(lon, lat) for lat, lon in h3.cell_to_boundary(cell)]
    first = corners[0][0]
    turned = [(lon + 360 if lon - first < -180 else lon - 360 if lon - first > 180 else lon, lat) for lon, lat in corners]
    return [*turned, turned[0]]

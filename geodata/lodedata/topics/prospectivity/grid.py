"""Cells of H3 over a region. Positions are in degrees of WGS 84, longitude first; areas in square kilometres."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import h3
import numpy as np
import numpy.typing as npt
import shapely

from lodedata.errors import ModelRefused
from lodedata.messages import msg

MAX_H3_CELLS = 12_500
"""Cells of the area of a region, for which its resolution is chosen; those on its edge are added."""
RESOLUTIONS = (2, 3, 4, 5)
"""Of about 87,000, 12,000, 1,800 and 250 km²: evidence at 1:30 million is no finer."""
SPACING_KM = {2: 200, 3: 100, 4: 50, 5: 20}
"""The rounded distance between the centres of neighbours, which is the unit of classes of distance."""
SLICE_DEG = 60
MAX_EDGE_POINTS = 400_000
KM_OF_DEGREE = 111.2
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CellGrid:
    """The cells of a region in order of their names: the centres and areas are arrays of their number."""

    resolution: int
    cells: tuple[str, ...]
    lon: Array
    lat: Array
    area_km2: Array

    def find_positions(self, cells: Sequence[str]) -> npt.NDArray[np.int64]:
        """Return the position of each cell in the grid, -1 for one that is not in it."""
        position_by_cell = {cell: n for n, cell in enumerate(self.cells)}
        return np.array([position_by_cell.get(cell, -1) for cell in cells], dtype=np.int64)


def choose_resolution(area_km2: float) -> int:
    """Return the finest resolution at which a region has no more than 12,500 cells, else the coarsest one."""
    fitting = [
        resolution for resolution in RESOLUTIONS if area_km2 / h3.average_hexagon_area(resolution, unit="km^2") <= MAX_H3_CELLS
    ]
    return max(fitting, default=RESOLUTIONS[0])


def cover_region(region: shapely.Geometry, resolution: int) -> CellGrid:
    """Return the cells that a polygon or multipolygon touches, so that coasts and islands are part of the grid.

    Raise ModelRefused for an outline of more than 400,000 points at half the length of an edge of the cells.
    """
    step = h3.average_hexagon_edge_length(resolution, unit="km") / KM_OF_DEGREE
    simple = shapely.multipolygons(shapely.simplify(shapely.get_parts(region), step / 10))
    if 2 * shapely.length(simple) / step > MAX_EDGE_POINTS:
        raise ModelRefused(msg("The outline of the region is too long for its area. Draw it with fewer corners."))
    cell_ids: set[str] = set()
    for part in _slice_shape(simple):
        cell_ids.update(h3.geo_to_cells(part, resolution))
        edge = shapely.get_coordinates(shapely.segmentize(shapely.boundary(part), step / 2))
        cell_ids.update(h3.latlng_to_cell(lat, lon, resolution) for lon, lat in edge.tolist())
    cells = tuple(sorted(cell_ids))
    centres = np.array([h3.cell_to_latlng(cell) for cell in cells], dtype=np.float64).reshape(-1, 2)
    areas = np.array([h3.cell_area(cell, unit="km^2") for cell in cells], dtype=np.float64)
    return CellGrid(resolution, cells, centres[:, 1], centres[:, 0], areas)


def _slice_shape(shape: shapely.Geometry) -> Iterator[shapely.Geometry]:
    """Yield the polygons of a shape, none wider than 60 degrees: H3 takes wider ones as crossing the antimeridian."""
    # countries that touch or overlap are no valid multipolygon, and a simplified polygon may cross itself
    for polygon in shapely.get_parts(shape):
        valid = shapely.make_valid(polygon)
        for west in range(-180, 180, SLICE_DEG):
            cut = shapely.intersection(valid, shapely.box(west, -90, west + SLICE_DEG, 90))
            yield from (part for part in shapely.get_parts(cut) if part.geom_type == "Polygon" and not part.is_empty)


def find_position_cell(lon: float, lat: float, resolution: int) -> str:
    """Return the cell of a position."""
    position_cell: str = h3.latlng_to_cell(lat, lon, resolution)
    return position_cell


def find_parent_cell(cell: str, levels: int) -> str:
    """Return the larger cell of some levels above, of which a cell is part; each level has seven times the area."""
    parent_cell: str = h3.cell_to_parent(cell, max(0, h3.get_resolution(cell) - levels))
    return parent_cell


def draw_cell_outline(cell: str) -> list[list[float]]:
    """Return the closed ring of a cell; one across the antimeridian has longitudes beyond 180 degrees."""
    ring = [[lon, lat] for lat, lon in h3.cell_to_boundary(cell)]
    if max(lon for lon, _ in ring) - min(lon for lon, _ in ring) > 180:
        ring = [[lon + 360 if lon < 0 else lon, lat] for lon, lat in ring]
    return [[round(lon, 4), round(lat, 4)] for lon, lat in [*ring, ring[0]]]

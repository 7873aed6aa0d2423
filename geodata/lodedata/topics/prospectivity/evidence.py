"""Evidence of cells: classes of the distance to points, and of the polygon at a centre.

Distances are on a sphere of the mean radius of the Earth, whose error of half a per cent is far below the size of a cell.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from sklearn.neighbors import BallTree  # type: ignore[import-untyped]

from lodedata.messages import Message, Translatable, msg
from lodedata.topics.prospectivity.grid import Array, CellGrid

EARTH_KM = 6371.0088
DOUBLINGS = 5
"""Bounds of classes of distance: the unit, and that doubled four times."""
MAX_CATEGORIES = 16
"""Kinds of polygons that are classes of their own, those of the most cells; the rest is one class."""
OTHER_KINDS = "*"
ClassNumbers = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class EvidenceOrigin:
    """Where evidence is from: the layer's title, who made it, and its licence."""

    title: Translatable
    attribution: str
    licence: str


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The class of each cell in one kind of evidence, such as the distance to faults."""

    code: str
    title: Message
    classes: tuple[Translatable, ...]
    of_cell: ClassNumbers
    origin: EvidenceOrigin | None = None
    """None for evidence that follows from the deposits of the store."""


def build_point_tree(lon: Array, lat: Array) -> BallTree:
    """Return a tree of points for distances on the sphere; there must be one point at least."""
    return BallTree(np.radians(np.column_stack((lat, lon))), metric="haversine")


def compute_nearest_km(lon: Array, lat: Array, grid: CellGrid) -> Array:
    """Return the distance of each centre to the nearest of some points, infinite without any."""
    if not len(lon):
        return np.full(len(grid.cells), np.inf)
    distances, _ = build_point_tree(lon, lat).query(np.radians(np.column_stack((grid.lat, grid.lon))), k=1)
    return np.asarray(distances[:, 0] * EARTH_KM, dtype=np.float64)


def classify_nearest_kinds(
    lon: Array, lat: Array, kinds: Sequence[str], grid: CellGrid
) -> tuple[tuple[str | None, ...], ClassNumbers]:
    """Return the kinds of the nearest points, and the class of each cell by them; there must be one point at least."""
    _, which = build_point_tree(lon, lat).query(np.radians(np.column_stack((grid.lat, grid.lon))), k=1)
    return _number_classes([kinds[n] for n in which[:, 0].tolist()])


def measure_nearest_elsewhere_km(lon: Array, lat: Array, cell: npt.NDArray[np.int64], grid: CellGrid) -> Array:
    """Return the distance of each centre to the nearest point that is in another cell, infinite without any.

    A cell that has a deposit is thus described by its neighbours, as one without is: it must not be evidence of itself.
    """
    if not len(lon):
        return np.full(len(grid.cells), np.inf)
    inside = cell[cell >= 0]
    most = int(np.bincount(inside).max()) if len(inside) else 0
    number = min(most + 1, len(lon))
    distances, which = build_point_tree(lon, lat).query(np.radians(np.column_stack((grid.lat, grid.lon))), k=number)
    own = cell[which] == np.arange(len(grid.cells))[:, np.newaxis]
    return np.asarray(np.where(own, np.inf, distances * EARTH_KM).min(axis=1), dtype=np.float64)


def classify_distances(distance_km: Array, unit_km: int) -> ClassNumbers:
    """Return the class of each distance by bounds of a unit, twice, 4, 8 and 16 times it."""
    return np.searchsorted(_list_bounds(unit_km), distance_km, side="right").astype(np.int8)


def label_distance_classes(unit_km: int) -> tuple[Message, ...]:
    """Return the labels of the classes of distance."""
    bounds = _list_bounds(unit_km)
    between = [msg("%(low)s to %(high)s km", low=low, high=high) for low, high in zip(bounds, bounds[1:], strict=False)]
    return (msg("less than %(high)s km", high=bounds[0]), *between, msg("%(low)s km or more", low=bounds[-1]))


def _list_bounds(unit_km: int) -> list[int]:
    return [unit_km << n for n in range(DOUBLINGS)]


def classify_polygon_kinds(
    shapes: Sequence[shapely.Geometry], kinds: Sequence[str], grid: CellGrid
) -> tuple[tuple[str | None, ...], ClassNumbers]:
    """Return the kinds of polygons that are classes, and the class of the polygon at each centre.

    The first class, None, is that of centres outside of all polygons; the last, ``OTHER_KINDS``, that of rarer kinds if any.
    """
    tree = shapely.STRtree(shapes)
    centres, polygons = tree.query(shapely.points(grid.lon, grid.lat), predicate="within")
    kind_by_centre: dict[int, str] = {}
    # of polygons that overlap the first one counts
    for centre, polygon in sorted(zip(centres.tolist(), polygons.tolist(), strict=True), reverse=True):
        kind_by_centre[centre] = kinds[polygon]
    return _number_classes([kind_by_centre.get(n) for n in range(len(grid.cells))])


def _number_classes(kinds: Sequence[str | None]) -> tuple[tuple[str | None, ...], ClassNumbers]:
    counts = sorted(Counter(kind for kind in kinds if kind is not None).items(), key=lambda pair: (-pair[1], pair[0]))
    titles: list[str | None] = [None, *(kind for kind, _ in counts[:MAX_CATEGORIES])]
    if len(counts) > MAX_CATEGORIES:
        titles.append(OTHER_KINDS)
    numbers = {kind: n for n, kind in enumerate(titles)}
    return tuple(titles), np.array([numbers.get(kind, len(titles) - 1) for kind in kinds], dtype=np.int8)

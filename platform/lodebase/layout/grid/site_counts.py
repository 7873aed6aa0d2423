"""Counts and capacity of the sites within each radius of many places, as the check of a single place computes them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lodebase.layout.grid.cells import Cells
from lodebase.layout.grid.snapshot import Points
from lodedata.layout.chords import Array, compute_bounds_m, compute_ecef_points
from lodedata.layout.measures import GEOD

PAIRS = 1_000_000
"""Upper limit of the pairs processed at once, so that memory does not grow with the number of places or sites."""
CERTAINTIES = ("certain", "placed", "possible")
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SiteCounts:
    """Sites, sites with pipeline capacity, and live tonnes a year by place and radius, each as certain, placed and possible.

    Each array has the shape (places, radii); ``nearest_km`` is NaN if there is no site in reach.
    """

    sites: dict[str, Integers]
    coming: dict[str, Integers]
    live_tpa: dict[str, Array]
    nearest_km: Array


def count_sites(where: Cells, points: Points, radii_km: Sequence[float]) -> SiteCounts:
    """Return the counts around places. A geodesic is measured only where the bounds of a distance do not decide the result."""
    radii = np.asarray(radii_km, dtype=float) * 1000
    counts = _Counts(len(where), radii)
    if len(points) and len(where):
        for start, some, mine in _split_chunks(where, points, radii[-1]):
            counts.add(start, some, mine)
    return counts.result()


def _split_chunks(where: Cells, points: Points, farthest_m: float) -> Iterator[tuple[int, Cells, Points]]:
    """Yield chunks of places with the points that may matter to them, so that the number of pairs is bounded."""
    size = max(PAIRS // max(len(points), 1), 1)
    for start in range(0, len(where), size):
        some = where.part(start, start + size)
        yield start, some, points[may_matter(some, points, farthest_m)]


def may_matter(where: Cells, points: Points, farthest_m: float) -> npt.NDArray[np.bool_]:
    """Return a mask of the points that may lie in reach of any place, measured from one place, PAIRS at a time."""
    middle = len(where) // 2
    own = compute_ecef_points(where.lon[middle : middle + 1], where.lat[middle : middle + 1])
    farthest = farthest_m + compute_bounds_m(own, compute_ecef_points(where.lon, where.lat))[1].max()
    near = np.zeros(len(points), dtype=bool)
    for start in range(0, len(points), PAIRS):
        some = points[start : start + PAIRS]
        least, _ = compute_bounds_m(own, compute_ecef_points(some["lon"], some["lat"]))
        near[start : start + PAIRS] = least[0] - np.nan_to_num(some["accuracy_m"]) <= farthest
    return near


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of a place and a point, with the lower and upper bounds of their distance."""

    where: Cells
    points: Points
    cell: Integers
    site: Integers
    low: Array
    high: Array

    def measure(self, some: npt.NDArray[np.bool_]) -> None:
        """Replace the bounds of some pairs with the geodesic."""
        mine = np.flatnonzero(some & (self.low != self.high))
        cell, site = self.cell[mine], self.site[mine]
        lon, lat = self.points["lon"][site], self.points["lat"][site]
        self.low[mine] = self.high[mine] = GEOD.inv(self.where.lon[cell], self.where.lat[cell], lon, lat)[2]

    def may_be_nearest(self, reached: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Return a mask of the pairs that may be the nearest of their place among those in reach."""
        best = np.full(len(self.where), np.inf)
        np.fmin.at(best, self.cell[reached], self.high[reached])
        return np.asarray(self.low <= best[self.cell], dtype=bool)


class _Counts:
    """Sums of pairs in bins between radii; weights are integers, so that their order does not matter."""

    def __init__(self, cells: int, radii: Array) -> None:
        self.radii, self.bins = radii, len(radii) + 1
        shape = (cells, self.bins)
        self.sums = {certainty: {what: np.zeros(shape) for what in ("sites", "coming", "live_kg")} for certainty in CERTAINTIES}
        self.nearest = np.full(cells, np.nan)

    def add(self, start: int, where: Cells, points: Points) -> None:
        """Count the points around some places; ``start`` is the number of the first place."""
        low, high = compute_bounds_m(
            compute_ecef_points(where.lon, where.lat), compute_ecef_points(points["lon"], points["lat"])
        )
        doubt = np.nan_to_num(points["accuracy_m"])
        cell, site = np.nonzero(low - doubt <= self.radii[-1])
        low, high = low[cell, site], high[cell, site]
        doubt, has_accuracy = doubt[site], ~np.isnan(points["accuracy_m"][site])
        undecided = np.zeros(len(cell), dtype=bool)
        for shift in (doubt, 0.0, -doubt):
            undecided |= self._count_shorter_radii(low + shift) != self._count_shorter_radii(high + shift)
        pairs = _Pairs(where, points, cell, site, low, high)
        pairs.measure(undecided)
        binned = {
            "certain": np.where(has_accuracy, self._count_shorter_radii(low + doubt), self.bins - 1),
            "placed": self._count_shorter_radii(low),
            "possible": self._count_shorter_radii(low - doubt),
        }
        for certainty, bins in binned.items():
            at = cell * self.bins + bins
            for what, sums in self.sums[certainty].items():
                weights = None if what == "sites" else points[what][site].astype(float)
                counted = np.bincount(at, weights, len(where) * self.bins).reshape(-1, self.bins)
                sums[start : start + len(where)] += counted
        reached = binned["possible"] < self.bins - 1
        nearest = reached & pairs.may_be_nearest(reached)
        pairs.measure(nearest)
        np.fmin.at(self.nearest, start + cell[nearest], low[nearest])

    def _count_shorter_radii(self, metres: Array) -> npt.NDArray[np.int64]:
        """Return the number of radii that are shorter than each distance."""
        return np.asarray(np.sum([metres > radius for radius in self.radii], axis=0), dtype=np.int64)

    def result(self) -> SiteCounts:
        """Return the cumulative sums up to each radius."""
        up = {
            certainty: {what: np.cumsum(sums[:, :-1], axis=1) for what, sums in each.items()}
            for certainty, each in self.sums.items()
        }
        return SiteCounts(
            {certainty: up[certainty]["sites"].astype(np.int64) for certainty in CERTAINTIES},
            {certainty: up[certainty]["coming"].astype(np.int64) for certainty in CERTAINTIES},
            {certainty: up[certainty]["live_kg"] / 1000 for certainty in CERTAINTIES},
            np.round(self.nearest / 1000, 3),
        )

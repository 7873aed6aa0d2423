"""Lengths of many short geodesics by vectorised arcs of normal sections, without an exact solution for each pair."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lodedata.layout.chords import Array, compute_ecef_points
from lodedata.layout.measures import GEOD

Axes = tuple[Array, Array, Array]

FARTHEST_M = 2_200_000.0
"""Pairs with a longer chord are solved exactly."""
NEAR_M = 1_200_000.0
"""Up to this length, fewer nodes of the quadrature suffice."""
_POINTS = {few: np.polynomial.legendre.leggauss(few) for few in (4, 6)}
_SHAPE = (1 / GEOD.a**2, 1 / GEOD.a**2, 1 / GEOD.b**2)


@dataclass(frozen=True, slots=True)
class GeodeticPoints:
    """Points on the ellipsoid: degrees, geocentric coordinates in metres, and unit normals."""

    lon: Array
    lat: Array
    at: Axes
    up: Axes

    @classmethod
    def of(cls, lon: npt.ArrayLike, lat: npt.ArrayLike) -> "GeodeticPoints":
        """Return the points of longitudes and latitudes in degrees."""
        east, north = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
        across, high = np.radians(east), np.radians(north)
        x, y, z = compute_ecef_points(east, north).T
        return cls(east, north, (x, y, z), (np.cos(high) * np.cos(across), np.cos(high) * np.sin(across), np.sin(high)))

    def __getitem__(self, key: Any) -> "GeodeticPoints":
        """Return a selection or another shape, as by array indexing."""
        lon, lat, x, y, z, *up = (coordinate[key] for coordinate in (self.lon, self.lat, *self.at, *self.up))
        return GeodeticPoints(lon, lat, (x, y, z), (up[0], up[1], up[2]))


def measure_arcs_m(first: GeodeticPoints, second: GeodeticPoints) -> Array:
    """Return the lengths in metres of the geodesics from the first to the second points, whose shapes are broadcast.

    The plane through both points and the mean of their verticals cuts the ellipsoid along a curve that is longer than the
    geodesic by two parts in ten thousand millions at most, up to FARTHEST_M; its length is integrated (Gauss and
    Legendre). Pairs that are farther apart are solved exactly (Karney 2013).
    """
    to = [there - here for here, there in zip(first.at, second.at, strict=True)]
    up = [here + there for here, there in zip(first.up, second.up, strict=True)]
    square, along, high = _multiply(to, to), _multiply(to, up), _multiply(up, up)
    bulge, rise = _multiply(to, to, _SHAPE), _multiply(up, up, _SHAPE)
    here, there = _multiply(first.at, up, _SHAPE), _multiply(to, up, _SHAPE)
    length = np.zeros(square.shape)
    # at the fraction t of the chord the curve is h(t) normals above it: rise h^2 + 2 (here + t there) h = bulge t (1 - t)
    at, weights = _POINTS[4 if square.max(initial=0.0) <= NEAR_M**2 else 6]
    swell = rise * bulge
    with np.errstate(invalid="ignore", divide="ignore"):
        for t, weight in zip((at + 1) / 2, weights / 2, strict=True):
            below = here + t * there
            root = np.sqrt(below**2 + swell * (t * (1 - t)))
            slope = ((below * there + swell * (0.5 - t)) / root - there) / rise
            length += weight * np.sqrt(square + slope * (2 * along + slope * high))
    return _replace_exact_lengths(length, square, first, second)


def _multiply(arrays: Sequence[Array], other: Sequence[Array], shape: Sequence[float] = (1.0, 1.0, 1.0)) -> Array:
    return arrays[0] * other[0] * shape[0] + arrays[1] * other[1] * shape[1] + arrays[2] * other[2] * shape[2]


def _replace_exact_lengths(length: Array, square: Array, first: GeodeticPoints, second: GeodeticPoints) -> Array:
    """Return the lengths with exact ones for pairs that are too far apart for an arc."""
    far = square > FARTHEST_M**2
    if far.any():
        lon0, lat0, lon1, lat1 = (
            np.broadcast_to(coordinate, square.shape)[far] for coordinate in (first.lon, first.lat, second.lon, second.lat)
        )
        length[far] = GEOD.inv(lon0, lat0, lon1, lat1)[2]
    return length

"""Bounds of geodesic lengths from chords: cheap enough for every pair, so that few are solved exactly."""

import numpy as np
import numpy.typing as npt

from lodedata.layout.measures import GEOD

Array = npt.NDArray[np.float64]

MAX_CURVED_M = GEOD.b**2 / GEOD.a
"""The least radius of curvature of the ellipsoid: along the meridian at the equator."""
MIN_CURVED_M = GEOD.a**2 / GEOD.b
"""The largest one, at the poles."""
SPARE_M = 1.0
"""Margin for floating point and the torsion of the geodesic."""


def compute_ecef_points(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Array:
    """Return geocentric (earth-centred, earth-fixed) coordinates in metres; the shape is (points, 3)."""
    across, up = np.radians(np.asarray(lon, dtype=float)), np.radians(np.asarray(lat, dtype=float))
    normal = GEOD.a / np.sqrt(1 - GEOD.es * np.sin(up) ** 2)
    around = normal * np.cos(up)
    return np.column_stack([around * np.cos(across), around * np.sin(across), normal * (1 - GEOD.es) * np.sin(up)])


def compute_bounds_m(first: Array, second: Array) -> tuple[Array, Array]:
    """Return lower and upper bounds in metres of each geodesic; the shape of either is (first, second).

    A geodesic bends nowhere more than the most curved place of the ellipsoid, so its chord is no shorter than that of such
    a circle (Schur); the other bound is the least curved circle's. Good to metres up to 1,500 km.
    """
    chord = np.sqrt(sum((first[:, None, axis] - second[None, :, axis]) ** 2 for axis in range(3)))
    return np.maximum(_compute_arc(chord, MIN_CURVED_M) - SPARE_M, 0.0), _compute_arc(chord, MAX_CURVED_M) + SPARE_M


def _compute_arc(chord: Array, radius: float) -> Array:
    return np.asarray(2 * radius * np.arcsin(np.minimum(chord / (2 * radius), 1.0)), dtype=float)

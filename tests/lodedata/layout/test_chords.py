"""Bounds of geodesics by chords, compared with the geodesics of pyproj (Karney)."""

import numpy as np
from pyproj import Geod

from lodedata.layout.chords import compute_bounds_m, compute_ecef_points

GEOD = Geod(ellps="WGS84")


def test_each_geodesic_lies_between_its_bounds_which_are_metres_apart() -> None:
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(-180, 180, 40_000), np.degrees(np.arcsin(rng.uniform(-1, 1, 40_000)))
    far = rng.uniform(0, 1_500_000, 40_000) * rng.integers(0, 2, 40_000) + rng.uniform(0, 10, 40_000)
    to_lon, to_lat, _ = GEOD.fwd(lon, lat, rng.uniform(0, 360, 40_000), far)
    for some in np.array_split(np.arange(40_000), 40_000 // 100):
        low, high = compute_bounds_m(compute_ecef_points(lon[some], lat[some]), compute_ecef_points(to_lon[some], to_lat[some]))
        assert (np.diagonal(low) <= far[some]).all()
        assert (np.diagonal(high) >= far[some]).all()
        near = far[some] <= 500_000
        assert (np.diagonal(high - low)[near] < 6).all()


def test_no_pairs_have_no_bounds() -> None:
    assert [each.shape for each in compute_bounds_m(compute_ecef_points([], []), compute_ecef_points([1.0], [2.0]))] == [
        (0, 1),
        (0, 1),
    ]

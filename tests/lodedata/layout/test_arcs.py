"""Lengths of arcs, compared with the geodesics of pyproj (Karney)."""

import numpy as np
from pyproj import Geod

from lodedata.layout.arcs import FARTHEST_M, GeodeticPoints, measure_arcs_m

GEOD = Geod(ellps="WGS84")
COUNT = 40_000


def test_an_arc_is_as_long_as_the_geodesic_to_two_parts_in_ten_thousand_millions() -> None:
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(-180, 180, COUNT), np.degrees(np.arcsin(rng.uniform(-1, 1, COUNT)))
    far = rng.uniform(0, FARTHEST_M, COUNT) * rng.choice([1, 1e-2, 1e-5], COUNT)
    to_lon, to_lat, _ = GEOD.fwd(lon, lat, rng.uniform(0, 360, COUNT), far)
    arcs_m = measure_arcs_m(GeodeticPoints.of(lon, lat), GeodeticPoints.of(to_lon, to_lat))
    assert (np.abs(arcs_m - far) <= 2e-10 * far + 1e-7).all()


def test_what_lies_farther_apart_is_measured_and_what_is_in_one_place_is_not_apart() -> None:
    lon, lat = np.array([0.0, 10.0, 0.0, 0.0]), np.array([0.0, 20.0, 90.0, -90.0])
    arcs_m = measure_arcs_m(GeodeticPoints.of(lon, lat)[:, None], GeodeticPoints.of(lon + 360, -lat)[None])
    expected = [
        [GEOD.inv(x0, y0, x1, -y1)[2] for x1, y1 in zip(lon, lat, strict=True)] for x0, y0 in zip(lon, lat, strict=True)
    ]
    assert np.allclose(arcs_m, expected, rtol=2e-10, atol=1e-7)


def test_no_places_have_no_arcs() -> None:
    assert measure_arcs_m(GeodeticPoints.of([], [])[:, None], GeodeticPoints.of([1.0], [2.0])[None]).shape == (0, 1)

"""Sections: distances of collars and points from a line, compared with geodesics of WGS 84."""

import numpy as np
import pytest
from pyproj import Geod

from lodedata.topics.drilling.section import SectionLine

GEOD = Geod(ellps="WGS84")


def line(azimuth: float, length: float) -> SectionLine:
    lon, lat, _ = GEOD.fwd(-69.0, -24.2, azimuth, length)
    return SectionLine(-69.0, -24.2, lon, lat)


@pytest.mark.parametrize("azimuth", [0, 45, 137, 270])
def test_length_and_azimuth_are_those_of_the_geodesic(azimuth: float) -> None:
    found = line(azimuth, 5_000)
    assert found.length_m == pytest.approx(5_000, abs=0.05)
    assert (found.azimuth_deg - azimuth + 180) % 360 - 180 == pytest.approx(0, abs=0.05)


def test_collar_off_the_line_is_across_to_the_right() -> None:
    found = line(90, 1_000)
    lon, lat, _ = GEOD.fwd(-69.0, -24.2, 90, 400)
    lon, lat, _ = GEOD.fwd(lon, lat, 180, 30)
    (along, across, up), (_, _, deep) = found.project(lon, lat, np.array([[0.0, 0.0, 0.0], [0.0, 0.0, -50.0]]))
    assert (along, across, up, deep) == (pytest.approx(400, abs=0.05), pytest.approx(30, abs=0.05), 0, -50)


def test_hole_toward_the_line_moves_along_it() -> None:
    found = line(90, 1_000)
    along = found.project(-69.0, -24.2, np.array([[10.0, 5.0, -20.0]]))[0]
    assert along == pytest.approx([10, -5, -20], abs=0.05)

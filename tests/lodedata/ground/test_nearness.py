"""Distances to the nearest feature are geodesic, also over the date line and far from all features."""

import math
from pathlib import Path

import pytest
import shapely

from lodedata.ground import nearness
from lodedata.ground.cutting import GroundFeatures
from lodedata.layout.measures import GEOD

PORTS = ((120.0, 36.0), (179.9, -17.0), (-70.0, -30.0))


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ground") / "ports.fgb"
    nearness.write(path, GroundFeatures([shapely.Point(at) for at in PORTS], [{}] * len(PORTS)))
    return path


@pytest.mark.parametrize("place", [(118.05, 36.8), (-179.9, -17.0), (0.0, 0.0), (100.0, 89.0), (120.0, 36.0)])
def test_the_nearest_port_is_that_of_the_ellipsoid(ports: Path, place: tuple[float, float]) -> None:
    expected = min(GEOD.inv(*place, *port)[2] for port in PORTS) / 1000
    nearest_km = nearness.measure_nearest_km(ports, *place)
    assert nearest_km is not None and math.isclose(nearest_km, expected, abs_tol=0.001)


def test_a_line_is_reached_between_its_vertices(tmp_path: Path) -> None:
    path = tmp_path / "railways.fgb"
    line = shapely.LineString([(100.0, 24.0), (100.0, 26.0)])
    nearness.write(path, GroundFeatures([line], [{}]))
    nearest_km = nearness.measure_nearest_km(path, 101.0, 25.0)
    assert nearest_km is not None and math.isclose(nearest_km, GEOD.inv(101, 25, 100, 25)[2] / 1000, rel_tol=1e-3)

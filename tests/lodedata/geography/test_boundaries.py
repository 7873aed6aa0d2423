"""The country and division of a point, and its distance from those that are stated."""

import pytest
import shapely
from pyproj import Geod

from lodedata.geography.boundaries import Boundaries, BoundaryArea

GEOD = Geod(ellps="WGS84")
CHILE = BoundaryArea("CHL", "CHL", False, shapely.box(-72, -40, -68, -20))
PERU = BoundaryArea("PER", "PER", False, shapely.box(-80, -20, -68, -5), accuracy_m=20_000)
ANTOFAGASTA = BoundaryArea("CL-AN", "CHL", True, shapely.box(-71, -26, -68, -21))


@pytest.fixture
def where() -> Boundaries:
    return Boundaries([CHILE, PERU, ANTOFAGASTA])


def test_many_points_are_placed_at_once(where: Boundaries) -> None:
    lons, lats = [-70, -75, 0, -69], [-30, -10, 0, -24]
    assert where.countries(lons, lats) == ["CHL", "PER", None, "CHL"]
    assert where.divisions(lons, lats) == [None, None, None, "CL-AN"]


def test_no_points_are_no_places(where: Boundaries) -> None:
    assert where.countries([], []) == []
    assert where.divisions([], []) == []
    assert where.km_from_land([], []) == []


def test_a_point_on_a_common_border_lies_in_the_first_of_the_two(where: Boundaries) -> None:
    assert where.countries([-70], [-20]) == ["CHL"]
    assert where.test_inside("CHL", [-70], [-20]) == [True]
    assert where.test_inside("PER", [-70], [-20]) == [True]


def test_a_hole_is_not_inside() -> None:
    ring = BoundaryArea("ZAF", "ZAF", False, shapely.box(16, -35, 33, -22).difference(shapely.box(27, -31, 30, -28)))
    where = Boundaries([ring])
    assert where.countries([28, 20], [-29, -30]) == [None, "ZAF"]
    assert where.measure_km_outside(["ZAF"], [28.5], [-28.1]) == [pytest.approx(11.1, abs=0.2)]


def test_an_unknown_code_is_nowhere(where: Boundaries) -> None:
    assert where.knows("CHL")
    assert where.knows("CL-AN")
    assert not where.knows("FRA")
    assert not where.knows(None)
    assert where.test_inside("FRA", [-70, 2], [-30, 48]) == [False, False]


def test_the_doubt_of_an_edge_is_its_areas_own(where: Boundaries) -> None:
    assert where.edge_accuracy_m("PER") == 20_000
    assert where.edge_accuracy_m("CHL") == 5_000


@pytest.mark.parametrize(("lon", "lat", "edge"), [(-67, -30, (-68, -30)), (-73, -25, (-72, -25)), (-70, -41, (-70, -40))])
def test_kilometres_outside_are_those_of_the_ellipsoid(
    where: Boundaries, lon: float, lat: float, edge: tuple[float, float]
) -> None:
    _, _, metres = GEOD.inv(lon, lat, *edge)
    assert where.measure_km_outside(["CHL"], [lon], [lat]) == [pytest.approx(metres / 1000, rel=0.01)]


def test_a_point_inside_is_no_kilometre_outside(where: Boundaries) -> None:
    assert where.measure_km_outside(["CHL"], [-70], [-30]) == [0]


def test_a_degree_of_longitude_is_short_in_the_north() -> None:
    """At 60 degrees north a degree of longitude is 55.8 km, half of that at the equator."""
    where = Boundaries([BoundaryArea("NOR", "NOR", False, shapely.box(5, 55, 10, 65))])
    assert where.measure_km_outside(["NOR"], [4], [60]) == [pytest.approx(55.8, abs=0.2)]


def test_kilometres_from_land_are_those_to_the_nearest_coast(where: Boundaries) -> None:
    far, near = where.km_from_land([-90, -80.5], [-10, -10])
    assert far == pytest.approx(GEOD.inv(-90, -10, -80, -10)[2] / 1000, rel=0.01)
    assert near == pytest.approx(GEOD.inv(-80.5, -10, -80, -10)[2] / 1000, rel=0.01)


def test_without_boundaries_nothing_is_anywhere() -> None:
    nowhere = Boundaries([])
    assert not nowhere
    assert nowhere.countries([1], [2]) == [None]
    assert nowhere.divisions([1], [2]) == [None]
    assert nowhere.km_from_land([1], [2]) == [float("inf")]

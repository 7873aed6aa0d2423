"""Coordinate systems: names, uncertainty, refusals, and longitude before latitude."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Geod, Proj

from lodedata.geography import crs

examples = settings(derandomize=True, deadline=None, max_examples=100)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("EPSG:4326", "EPSG:4326"),
        ("WGS84", "EPSG:4326"),
        ("wgs 84", "EPSG:4326"),
        ("OGC:CRS84", "EPSG:4326"),
        ("EPSG:4979", "EPSG:4326"),
        ("EPSG:4490", "EPSG:4490"),
        ("CGCS2000", "EPSG:4490"),
        ("ＣＧＣＳ２０００", "EPSG:4490"),
        ("2000国家大地坐标系", "EPSG:4490"),
        ("国家2000", "EPSG:4490"),
        ("Xian 1980", "EPSG:4610"),
        ("西安80", "EPSG:4610"),
        ("1980西安坐标系", "EPSG:4610"),
        ("Beijing 1954", "EPSG:4214"),
        ("北京54", "EPSG:4214"),
        ("1954年北京坐标系", "EPSG:4214"),
        ("EPSG:4527", "EPSG:4527"),
        ("WGS 84 / UTM zone 50N", "EPSG:32650"),
    ],
)
def test_a_system_is_known_by_its_code_and_by_what_people_call_it(text: str, code: str) -> None:
    assert crs.resolve(text) == code


@pytest.mark.parametrize("code", [4490, 4610, 4214, 4527, 2343, 2422, 32650])
def test_a_system_is_known_by_the_text_of_a_prj_file(code: int) -> None:
    assert crs.resolve(CRS.from_epsg(code).to_wkt("WKT1_ESRI")) == f"EPSG:{code}"


def test_a_system_without_a_code_keeps_its_text() -> None:
    made = crs.resolve("+proj=tmerc +lon_0=105.5 +ellps=GRS80 +x_0=500000 +units=m")
    assert made.startswith("PROJCRS[")
    lon, lat = crs.transform(made, np.array([500000.0]), np.array([0.0]))
    assert (lon[0], lat[0]) == pytest.approx((105.5, 0), abs=1e-9)


@pytest.mark.parametrize("text", ["GCJ-02", "gcj02", "ＧＣＪ－０２", "火星坐标", "BD-09", "百度坐标"])
def test_a_shifted_map_is_refused_and_not_taken_for_the_system_it_imitates(text: str) -> None:
    with pytest.raises(crs.UnknownCrs, match="can't be turned back exactly; give WGS 84 or CGCS2000"):
        crs.resolve(text)


@pytest.mark.parametrize("text", ["", "nonsense", "EPSG:99999", "EPSG:", "x" * 5000])
def test_an_unknown_system_is_refused(text: str) -> None:
    with pytest.raises(crs.UnknownCrs, match="is not a known coordinate reference system"):
        crs.resolve(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("EPSG:5773", id="heights"),
        pytest.param("EPSG:4978", id="geocentric"),
        pytest.param('LOCAL_CS["mine grid",UNIT["metre",1]]', id="of a site's own"),
    ],
)
def test_a_system_that_is_no_map_of_the_earth_is_refused(text: str) -> None:
    with pytest.raises(crs.UnknownCrs, match="neither geographic nor projected"):
        crs.resolve(text)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("EPSG:4610", id="Xian 1980"),
        pytest.param("EPSG:2343", id="Xian 1980, projected"),
        pytest.param("EPSG:4214", id="Beijing 1954"),
        pytest.param("EPSG:2422", id="Beijing 1954, projected"),
        pytest.param("EPSG:4555", id="New Beijing"),
    ],
)
def test_the_old_chinese_datums_are_uncertain_by_a_hundred_metres(code: str) -> None:
    """PROJ has only a ballpark transformation for them, or one of a single region."""
    assert crs.estimate_uncertainty_m(code) == 100


@pytest.mark.parametrize("code", ["EPSG:4326", "EPSG:4490", "EPSG:4527", "EPSG:32650", "EPSG:3857"])
def test_modern_systems_add_no_uncertainty(code: str) -> None:
    assert crs.estimate_uncertainty_m(code) == 0


@pytest.mark.parametrize("code", ["EPSG:4326", "EPSG:4490", "EPSG:4610", "EPSG:4214"])
def test_longitude_comes_first_though_the_registry_says_latitude(code: str) -> None:
    assert CRS.from_user_input(code).axis_info[0].direction == "north"
    lon, lat = crs.transform(code, np.array([105.0]), np.array([35.0]))
    assert (lon[0], lat[0]) == pytest.approx((105, 35), abs=0.01)


def test_easting_comes_first_though_the_registry_says_northing() -> None:
    assert CRS.from_epsg(4527).axis_info[0].direction == "north"
    lon, lat = crs.transform("EPSG:4527", np.array([39_500_000.0]), np.array([3_320_000.0]))
    assert lon[0] == pytest.approx(117, abs=1e-9)
    assert 29 < lat[0] < 31


def test_cgcs2000_is_wgs_84_to_a_metre() -> None:
    lon, lat = crs.transform("EPSG:4490", np.array([103.1555]), np.array([23.3672]))
    _, _, metres = Geod(ellps="WGS84").inv(lon[0], lat[0], 103.1555, 23.3672)
    assert metres < 1


def test_the_pole_lies_one_meridian_quadrant_from_the_equator() -> None:
    """GRS 80's meridian quadrant is 10,001,965.7293 m (Moritz, Geodetic Reference System 1980, J. Geodesy 2000)."""
    _, lat = crs.transform("EPSG:4527", np.array([39_500_000.0]), np.array([10_001_965.7293]))
    assert lat[0] == pytest.approx(90, abs=1e-8)


@examples
@given(st.integers(25, 45), st.floats(-1.5, 1.5), st.floats(18, 53))
def test_three_degree_gauss_krueger_goes_there_and_back(zone: int, off: float, lat: float) -> None:
    """CGCS2000 3-degree zones 25 to 45 are EPSG:4513 to 4533; zone n has its meridian at 3n degrees and 500 km east."""
    lon = 3 * zone + off
    projection = Proj(proj="tmerc", lon_0=3 * zone, k=1, x_0=zone * 1_000_000 + 500_000, ellps="GRS80")
    easting, northing = projection(lon, lat)
    found = crs.transform(f"EPSG:{4513 + zone - 25}", np.array([easting]), np.array([northing]))
    assert (found[0][0], found[1][0]) == pytest.approx((lon, lat), abs=1e-8)


def test_what_has_no_image_comes_back_as_infinity() -> None:
    lon, lat = crs.transform("EPSG:4527", np.array([1e12]), np.array([1e12]))
    assert np.isinf(lon[0])
    assert np.isinf(lat[0])


def test_many_points_are_turned_at_once() -> None:
    x, y = np.full(1000, 39_500_000.0), np.linspace(2e6, 5e6, 1000)
    lon, lat = crs.transform("EPSG:4527", x, y)
    assert lon.shape == lat.shape == (1000,)
    assert np.all(np.diff(lat) > 0)

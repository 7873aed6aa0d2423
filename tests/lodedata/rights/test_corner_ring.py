"""Rings of corner points as notices print them, compared with transformations and areas of pyproj."""

import pytest
from pyproj import Geod, Transformer

from lodedata.rights.area import disagrees, measure_area_km2
from lodedata.rights.corner_ring import CornerRing, read_ring
from lodedata.rights.corner_table import build_corner_table, format_sexagesimal, list_shape_corners
from lodedata.rights.corner_text import RingUnreadable, add_angle_signs, is_packed

GAUSS_KRUGER = "J1,3456789.12,39456789.12 J2,3456789.12,39457789.12 J3,3457789.12,39457789.12 J4,3457789.12,39456789.12"


def lon_lat(ring: CornerRing) -> list[tuple[float, float]]:
    return [(round(c.lon, 6), round(c.lat, 6)) for ring in ring.rings for c in ring]


@pytest.mark.parametrize(
    ("text", "corners"),
    [
        (
            "1,103.4250,36.2042 2,103.4350,36.2042 3,103.4350,36.2142",
            [(103.425, 36.2042), (103.435, 36.2042), (103.435, 36.2142)],
        ),
        # northing first: the coordinate beyond 90 is the longitude
        (
            "1,36.2042,103.4250;2,36.2042,103.4350;3,36.2142,103.4350",
            [(103.425, 36.2042), (103.435, 36.2042), (103.435, 36.2142)],
        ),
        (
            "1、103°25′30″,36°12′15″;2、103°26′30″,36°12′15″;3、103°26′30″,36°13′15″",
            [(103.425, 36.204167), (103.441667, 36.204167), (103.441667, 36.220833)],
        ),
        (
            "1,103-25-30,36-12-15 2,103-26-30,36-12-15 3,103-26-30,36-13-15",
            [(103.425, 36.204167), (103.441667, 36.204167), (103.441667, 36.220833)],
        ),
        (
            "J1 36°12′15″N 67°25′30″W J2 36°12′15″N 67°26′30″W J3 36°13′15″N 67°26′30″W",
            [(-67.425, 36.204167), (-67.441667, 36.204167), (-67.441667, 36.220833)],
        ),
        (
            "拐点１，１０３．４２５，３６．２ 拐点２，103.435，36.2 拐点３，103.435，36.21",
            [(103.425, 36.2), (103.435, 36.2), (103.435, 36.21)],
        ),
        ("-68.5 -25.1\n-68.4 -25.1\n-68.4 -25.2", [(-68.5, -25.1), (-68.4, -25.1), (-68.4, -25.2)]),
    ],
)
def test_degrees_are_read_as_printed(text: str, corners: list[tuple[float, float]]) -> None:
    assert lon_lat(read_ring(text)) == corners


@pytest.mark.parametrize(
    ("text", "system", "code"),
    [
        (GAUSS_KRUGER, None, "EPSG:4527"),
        ("拐点坐标如下（2000国家大地坐标系）：" + GAUSS_KRUGER, None, "EPSG:4527"),
        ("1980西安坐标系 " + GAUSS_KRUGER, None, "EPSG:2363"),
        ("1954年北京坐标系 " + GAUSS_KRUGER, None, "EPSG:2415"),
        (GAUSS_KRUGER, "xian80", "EPSG:2363"),
        (GAUSS_KRUGER.replace("39456", "20456").replace("39457", "20457"), None, "EPSG:4498"),
        (GAUSS_KRUGER.replace("39456", "456").replace("39457", "457"), "EPSG:4548", "EPSG:4548"),
    ],
)
def test_metres_are_read_in_their_zone_with_either_coordinate_first(text: str, system: str | None, code: str) -> None:
    ring = read_ring(text, system)
    easting = 456789.12 if code == "EPSG:4548" else 20456789.12 if code == "EPSG:4498" else 39456789.12
    lon, lat = Transformer.from_crs(code, "EPSG:4326", always_xy=True).transform(easting, 3456789.12)
    assert ring.system == code
    assert lon_lat(ring)[0] == (round(lon, 6), round(lat, 6))
    parts = text.split(" ")
    if system is None and parts[0].startswith("J1"):
        turned = " ".join(",".join((part.split(",")[0], part.split(",")[2], part.split(",")[1])) for part in parts)
        assert lon_lat(read_ring(turned)) == lon_lat(ring)


def test_old_datums_are_uncertain_and_new_ones_are_not() -> None:
    assert read_ring("1980西安坐标系 " + GAUSS_KRUGER).uncertainty_m == 100
    assert read_ring("1954年北京坐标系 " + GAUSS_KRUGER).uncertainty_m == 100
    assert read_ring(GAUSS_KRUGER).uncertainty_m is None


def test_a_label_that_starts_again_starts_a_ring_and_a_ring_inside_is_a_hole() -> None:
    two = read_ring("J1,103.1,36.1 J2,103.2,36.1 J3,103.2,36.2 J1,103.5,36.1 J2,103.6,36.1 J3,103.6,36.2")
    assert [len(ring) for ring in two.rings] == [3, 3]
    assert len(two.polygon().geoms) == 2
    outer = "J1,103.1,36.1 J2,103.4,36.1 J3,103.4,36.4 J4,103.1,36.4"
    closed = read_ring(f"{outer} J1,103.1,36.1 J1,103.2,36.2 J2,103.3,36.2 J3,103.3,36.3 J4,103.2,36.3")
    assert [len(ring) for ring in closed.rings] == [4, 4]
    (part,) = closed.polygon().geoms
    assert len(part.interiors) == 1


def test_elevations_are_no_corners() -> None:
    ring = read_ring(GAUSS_KRUGER + " 开采标高：1650米至-120米")
    assert (ring.elevation_top_m, ring.elevation_bottom_m, len(ring.rings[0])) == (1650, -120, 4)


@pytest.mark.parametrize(
    ("text", "sentence", "chinese"),
    [
        ("1,103.1,36.1 2,103.2,36.2 3,103.2,36.1 4,103.1,36.2", "The edges 1-2 and 3-4 cross.", "相交"),
        ("1,103.1,36.1 2,103.2", "Corner 2 has only one coordinate, 103.2.", "拐点 2"),
        ("1,103.1,36.1 2,103.2,36.2", "A ring needs three corners at least", "三个拐点"),
        (GAUSS_KRUGER.replace("39456", "456").replace("39457", "457"), "Corner J1 has no zone before its easting", "带号"),
        (GAUSS_KRUGER.replace("39457", "40457"), "The corners are in several zones", "带"),
        (GAUSS_KRUGER.replace("J3,3457789.12", "J3,34577.12"), "does not lie in", "拐点 J3"),
        ("1,103.1,36.1 2,103.2,36.1 3,3456789,39456789", "Corner 3 mixes degrees and metres", "拐点 3"),
        ("1,103.1,36.1 2,103°75′00″,36.1 3,103.2,36.2", "can't be read", "拐点 2"),
        ("1,103.1,36.1 2,36.1,103.2 3,103.2,36.2", "turned against the others", "拐点"),
        ("1,103.1,36.1 2,103.2,36.1 3,103.3,36.1", "encloses no area", "面积"),
        ("nothing of the kind", "A ring needs three corners at least", "三个拐点"),
    ],
)
def test_a_wrong_ring_is_refused_with_its_corner(text: str, sentence: str, chinese: str) -> None:
    with pytest.raises(RingUnreadable) as refused:
        read_ring(text).polygon()
    assert sentence in str(refused.value)
    assert chinese in refused.value.in_language("zh")


def test_the_area_is_that_of_the_ellipsoid() -> None:
    ring = read_ring(GAUSS_KRUGER)
    lons, lats = zip(*lon_lat(ring), strict=True)
    expected, _ = Geod(ellps="GRS80").polygon_area_perimeter(lons, lats)
    assert measure_area_km2(ring.polygon()) == pytest.approx(abs(expected) / 1e6, rel=1e-4)
    # one square kilometre on the plane, 44 km from the central meridian
    assert measure_area_km2(ring.polygon()) == pytest.approx(1.0, rel=1e-4)
    assert not disagrees(1.0, 1.009)
    assert disagrees(1.0, 1.02)


def test_each_corner_has_four_forms() -> None:
    table = build_corner_table(read_ring(GAUSS_KRUGER).rings)
    first = table.corners[0]
    assert table.system == "CGCS2000 / 3-degree Gauss-Kruger zone 39 (EPSG:4527)"
    assert (first.northing, first.easting, first.printed) == ("3456789.12", "39456789.12", "3456789.12, 39456789.12")
    assert first.degrees == "116.5464505, 31.2320355"
    assert first.sexagesimal == "116°32′47.22″E, 31°13′55.33″N"
    assert format_sexagesimal(-0.0000001, "E", "W") == "0°00′00.00″W"
    assert format_sexagesimal(59.99999999, "E", "W") == "60°00′00.00″E"


def test_corners_elsewhere_are_in_utm_and_nothing_is_printed() -> None:
    shape = read_ring("-68.5 -25.1\n-68.4 -25.1\n-68.4 -25.2").polygon()
    table = build_corner_table(list_shape_corners(shape))
    assert table.system.endswith("(EPSG:32719)")
    assert {corner.printed for corner in table.corners} == {None}
    assert len(table.corners) == 3


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("121.5530,45.3430", "121°55′30″,45°34′30″"),
        ("1,121.5530,45.343025 2,121.5745,45.3405", "1,121°55′30″,45°34′30.25″ 2,121°57′45″,45°34′05″"),
    ],
)
def test_minutes_and_seconds_after_the_point_get_signs(text: str, signed: str) -> None:
    assert is_packed(text) and add_angle_signs(text) == signed


@pytest.mark.parametrize("text", ["121.553,45.3430", "121.6530,45.3430", "121.5560,45.3430"])
def test_angle_with_other_digits_is_refused_as_packed(text: str) -> None:
    assert not is_packed(text)
    with pytest.raises(RingUnreadable, match="has no minutes and seconds after the point"):
        add_angle_signs(text)

"""Outlines of corner points in the four reference systems of the form, compared with pyproj."""

import pytest
from pyproj import Geod, Transformer

from lodedata.rights.entered_outline import SYSTEMS, OutlineUnreadable, read_outline

SQUARE = ((114.40, 27.80), (114.42, 27.80), (114.42, 27.82), (114.40, 27.82))


def corners(code: str) -> str:
    """Return the square as northing and easting in a projected system."""
    to = Transformer.from_crs("EPSG:4326", code, always_xy=True)
    points = [to.transform(*corner) for corner in SQUARE]
    return "\n".join(f"J{n},{y:.3f},{x:.3f}" for n, (x, y) in enumerate(points, 1))


@pytest.mark.parametrize(
    ("system", "zone", "code"),
    [("EPSG:4490", "", "EPSG:4526"), ("EPSG:4490", "", "EPSG:4498"), ("EPSG:4326", "50n", "EPSG:32650")],
)
def test_metres_of_a_system_are_transformed_and_measured(system: str, zone: str, code: str) -> None:
    outline = read_outline(corners(code), system, zone)
    assert outline.ring.system == code
    read = [(corner.lon, corner.lat) for corner in outline.ring.rings[0]]
    for (lon, lat), (other_lon, other_lat) in zip(read, SQUARE, strict=True):
        assert [lon, lat] == pytest.approx([other_lon, other_lat], abs=1e-5)
    lons, lats = zip(*SQUARE, strict=True)
    area, _ = Geod(ellps="WGS84").polygon_area_perimeter(lons, lats)
    assert outline.area_km2 == pytest.approx(abs(area) / 1e6, rel=1e-4)


@pytest.mark.parametrize("system", ["EPSG:4610", "EPSG:4214"])
def test_an_old_datum_states_its_accuracy(system: str) -> None:
    outline = read_outline("1,114.40,27.80;2,114.42,27.80;3,114.42,27.82", system)
    assert outline.ring.uncertainty_m == 100 and outline.accuracy is not None
    assert "about 100 m" in outline.accuracy.in_language("en") and "100" in outline.accuracy.in_language("zh")


def test_wgs_84_needs_no_transformation() -> None:
    assert read_outline("1,114.40,27.80;2,114.42,27.80;3,114.42,27.82", "EPSG:4326").accuracy is None


@pytest.mark.parametrize(
    ("text", "system", "zone", "field", "sentence"),
    [
        ("1,114,27;2,115,28;3,115,27;4,114,28", "EPSG:4490", "", "corners", "The edges 1-2 and 3-4 cross"),
        ("1,114,27;2,115,28", "EPSG:4490", "", "corners", "three corners at least"),
        ("1,114,27;2,115,28;3,115,27", "", "", "crs", "Choose the reference system"),
        ("西安80 1,114,27;2,115,28;3,115,27", "EPSG:4490", "", "crs", "names Xi'an 1980, and CGCS2000 is chosen"),
        ("1,500000,3000000;2,501000,3000000;3,501000,3001000", "EPSG:4326", "", "corners", "UTM zone"),
        ("1,114,27;2,115,28;3,115,27", "EPSG:4326", "50N", "corners", "are in degrees"),
        ("1,500000,3000000;2,501000,3000000;3,501000,3001000", "EPSG:4326", "61N", "utm_zone", "not a UTM zone"),
        ("1,114,27;2,115,28;3,115,27", "EPSG:4490", "50N", "utm_zone", "WGS 84"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(text: str, system: str, zone: str, field: str, sentence: str) -> None:
    with pytest.raises(OutlineUnreadable) as refused:
        read_outline(text, system, zone)
    assert refused.value.field == field and sentence in refused.value.message.in_language("en")


def test_the_systems_are_the_four_of_the_documents() -> None:
    assert list(SYSTEMS) == ["EPSG:4490", "EPSG:4610", "EPSG:4214", "EPSG:4326"]

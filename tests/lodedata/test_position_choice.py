"""The choice of a position among sources, and of the country that follows from it."""

from typing import Any

import pytest
import shapely

from lodedata.choice import ReportedRecord as SourceRecord
from lodedata.choice import combine_reported_records
from lodedata.choice.criteria import is_position_refuted

FIELDS = (
    *("name_en", "name_zh", "aliases", "geom", "position_accuracy_m", "position_method", "coord_original", "coord_crs"),
    *("access_level", "country", "country_reported", "division", "division_reported", "main_commodity", "commodity_group"),
    *("main_commodity_ground", "commodities", "major_commodities", "sources", "flags", "value_sources"),
)


def reported(source: str, key: str, at: tuple[float, float], accuracy_m: float = 5000.0, **values: Any) -> SourceRecord:
    """Return a deposit of one source as it would be served alone."""
    geom = shapely.to_wkb(shapely.set_srid(shapely.Point(*at), 4326), hex=True, include_srid=True)
    row: dict[str, Any] = dict.fromkeys(FIELDS) | {
        "name_en": "Mount Quell",
        "aliases": [],
        "geom": geom,
        "position_accuracy_m": accuracy_m,
        "main_commodity": "copper",
        "commodities": ["copper"],
        "major_commodities": ["copper"],
        "sources": [source],
        "flags": [],
        "access_level": "public",
    }
    row |= values
    flags = [{"rule": rule, "column_name": None, "value": "600", "suggestion": None} for rule in row["flags"]]
    return SourceRecord(f"{source}/{key}", source, key, row, {"flag": flags})


def served(*reported_records: SourceRecord) -> tuple[tuple[float, float], dict[str, Any]]:
    record = combine_reported_records("deposit", reported_records)
    point = shapely.get_coordinates(shapely.from_wkb(bytes.fromhex(record.row["geom"])))[0]
    return (round(float(point[0]), 3), round(float(point[1]), 3)), dict(record.row)


def test_copies_of_one_position_count_once() -> None:
    wrong = reported("usgs-major-deposits", "1", (30.0, -10.0), 22_000, country="ZMB")
    copied = reported("usgs-africa-mineral-industries", "2", (30.0, -10.0), 10_000, country="ZMB")
    right = reported("usgs-copper-assessment-sir20105090z", "3", (28.0, -12.5), 6_000, country="ZMB")
    assert served(wrong, copied, right)[0] == (28.0, -12.5)


def test_two_sources_that_measured_one_place_outweigh_a_more_accurate_one() -> None:
    first = reported("usgs-major-deposits", "1", (28.0, -12.5), 22_000, country="ZMB")
    second = reported("usgs-pp1802-critical-minerals", "2", (28.02, -12.51), 18_000, country="ZMB")
    alone = reported("usgs-minfac-world-facilities", "3", (30.0, -10.0), 3_000, country="ZMB")
    assert served(first, second, alone)[0] in {(28.0, -12.5), (28.02, -12.51)}


def test_a_position_in_the_country_that_most_sources_name_is_preferred() -> None:
    guinea = reported("usgs-major-deposits", "1", (-13.9, 11.2), 2_000, country="GIN")
    surinam = reported("usgs-pp1802-critical-minerals", "2", (-55.1, 5.6), 18_000, country="SUR")
    other = reported("minmod-world-resources", "3", (-55.6, 5.9), 13_000, country="SUR")
    point, row = served(guinea, surinam, other)
    assert point in {(-55.1, 5.6), (-55.6, 5.9)}
    assert row["country"] == "SUR"


def test_the_country_follows_from_the_position() -> None:
    abroad = reported("icmm-global-mining", "1", (139.48, -20.72), 8_000, country="NCL", flags=["outside-country"])
    twin = reported("icmm-global-mining", "2", (144.5, -22.6), 70_000, country="NCL", flags=["outside-country"])
    home = reported("usgs-minfac-world-facilities", "3", (139.49, -20.73), 3_000, country="AUS")
    point, row = served(abroad, twin, home)
    assert point == (139.49, -20.73)
    assert row["country"] == "AUS"
    assert not row["position_doubtful"]


@pytest.mark.parametrize(("rule", "doubtful"), [("outside-country", True), ("in-the-sea", True), ("rounded-tenth", False)])
def test_a_position_at_sea_or_abroad_is_doubtful(rule: str, doubtful: bool) -> None:
    one = reported("usgs-copper-assessment-sir20105090z", "1", (-71.8, 14.5), country="PER", flags=[rule])
    assert served(one)[1]["position_doubtful"] is doubtful


@pytest.mark.parametrize(
    ("rules", "refuted"),
    [
        ({"zero-zero"}, True),
        ({"outside-country", "lost-minus", "in-the-sea"}, True),
        ({"outside-country", "swapped-coordinates"}, True),
        ({"outside-country", "shifted-degree"}, False),
        ({"outside-division", "lost-minus"}, False),
        ({"outside-country", "in-the-sea"}, False),
        (set(), False),
    ],
)
def test_a_position_is_refuted_where_one_slip_would_put_it_into_its_country(rules: set[str], refuted: bool) -> None:
    assert is_position_refuted(rules) is refuted

"""A planned plant as it is sent: what is parsed, and what is refused with a sentence."""

import math
from datetime import date
from typing import Any

import pytest
from tests.lodebase.layout.plants import TODAY, feature

from lodebase.errors import BadCandidate
from lodebase.layout.planned.candidate import parse_candidate


def test_a_candidate_survives_writing_and_parsing() -> None:
    sent = feature(
        feedstock=[{"material": "bauxite", "origin": "import", "equity_pct": 5}],
        declared={"capital_pct": 30},
        owner="A",
        name="名",
        radius_km=[10, 20],
        accuracy_m=50,
        energy=400,
        division="广西",
        phases=[{"capacity_tpa": 400_000, "name": "I"}, {"capacity_tpa": 600_000}],
    )
    candidate = parse_candidate(sent, TODAY)
    assert candidate.division == "CN-GX"
    assert parse_candidate(candidate.feature(), date(2030, 1, 1)) == candidate


@pytest.mark.parametrize(
    ("properties", "field", "message"),
    [
        ({"product": "gold"}, "product", "Use one of alumina, copper"),
        ({"product": None}, "product", "Use one of alumina"),
        ({"capacity_tpa": -5}, "capacity_tpa", "Enter a number above 0."),
        ({"capacity_tpa": 0}, "capacity_tpa", "Enter a number above 0."),
        ({"capacity_tpa": None}, "capacity_tpa", "is missing"),
        ({"capacity_tpa": "much"}, "capacity_tpa", "not a number"),
        ({"capacity_tpa": True}, "capacity_tpa", "not a number"),
        ({"capacity_tpa": 2_000}, "capacity_tpa", "If thousand tonnes are meant, write 2,000,000."),
        ({"capacity_tpa": 2e9}, "capacity_tpa", "a thousand times too much"),
        ({"phases": [{"capacity_tpa": 5}]}, "phases", "add up to 5 t/a"),
        ({"phases": "one"}, "phases", "Give a list"),
        ({"feedstock": ["copper-concentrate"]}, "feedstock", "Use one of bauxite, "),
        ({"feedstock": [{"material": "bauxite", "equity_pct": 101}]}, "equity_pct", "from 0 to 100"),
        ({"feedstock": [{"material": "bauxite", "equity_pct": 60}] * 2}, "feedstock", "more than 100 %"),
        ({"feedstock": [{"material": "bauxite", "origin": "moon"}]}, "feedstock", "origin must be one of"),
        ({"on": "soon"}, "on", "not a date"),
        ({"on": "1990-01-01"}, "on", "no rules on this day"),
        ({"radius_km": [0]}, "radius_km", "a list of 1 to 8"),
        ({"radius_km": 5000}, "radius_km", "a list of 1 to 8"),
        ({"project_type": "dream"}, "project_type", "not a term of the vocabulary phase-type"),
        ({"declared": {"beauty": 1}}, "declared", "no figure 'beauty'"),
        ({"declared": {"capital_pct": 101}}, "capital_pct", "from 0 to 100"),
        ({"colour": "red"}, "colour", "not a property of a planned plant"),
        ({"lang": "fr"}, "lang", "en or zh"),
        ({"name": "x" * 201}, "name", "a text of up to 200"),
    ],
)
def test_each_invalid_field_is_reported(properties: dict[str, Any], field: str, message: str) -> None:
    with pytest.raises(BadCandidate) as caught:
        parse_candidate(feature(**properties), TODAY)
    found = {one.field: one for one in caught.value.wrong}
    assert message in str(found[field].message)
    assert any("\u4e00" <= character <= "\u9fff" for character in found[field].message.in_language("zh"))


@pytest.mark.parametrize(
    ("geometry", "message"),
    [
        ({"type": "Point", "coordinates": [200, 10]}, "out of range"),
        ({"type": "Point", "coordinates": [math.nan, 10]}, "out of range"),
        ({"type": "Point", "coordinates": []}, "not a GeoJSON Point"),
        ({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, "not a GeoJSON Point"),
        (None, "not a GeoJSON Point"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}, "not a simple polygon"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 9], [0, 0]]]}, "at most 10,000"),
        ({"type": "Polygon", "coordinates": [[["a", 0]]]}, "not a GeoJSON Point"),
    ],
)
def test_an_invalid_place_is_rejected(geometry: Any, message: str) -> None:
    with pytest.raises(BadCandidate, match=message):
        parse_candidate(feature() | {"geometry": geometry}, TODAY)


@pytest.mark.parametrize("sent", [None, [], {}, {"type": "Point"}, {"type": "Feature", "properties": []}, "x"])
def test_a_value_that_is_not_a_feature_is_rejected(sent: Any) -> None:
    with pytest.raises(BadCandidate):
        parse_candidate(sent, TODAY)

"""The comparison of sources on the page of a record: sources that agree are one line, whatever their units and rounding."""

from typing import Any

import pytest
from flask import Flask

from lodebase.query.collections_ import find_collection
from lodeweb.pages.records.source_comparison import list_picked_values

GRADE = {"grade_basis": "metal", "grade_factor": 1.0}


def estimate(unit: str, **measure: Any) -> list[dict[str, Any]]:
    """Return Escondida as the USGS has it, 11,158 Mt with 0.769 % of copper."""
    copper = {"commodity": "copper", "grade_reported": 0.769, "grade_unit": "%", "grade_pct": 0.769}
    ore = {"ore_reported": 11158.0, "ore_unit": unit, "ore_factor": 1e6, "ore_t": 11158e6}
    return [{"category": "endowment", **ore, "measures": [copper | GRADE | measure]}]


REPORTED = {
    "contained_reported": 85.8,
    "contained_unit": "Mt",
    "contained_factor": 1e6,
    "contained_t": 85.8e6,
    "contained_derived": False,
}
DERIVED = {"contained_t": 85_805_020.0, "contained_derived": True}
OTHER = {
    "contained_reported": 60.0,
    "contained_unit": "Mt",
    "contained_factor": 1e6,
    "contained_t": 60e6,
    "contained_derived": False,
}


@pytest.mark.parametrize(
    ("value", "sources"),
    [
        (estimate("million tonnes", **REPORTED), [["a", "b"]]),
        (estimate("million tonnes", **DERIVED), [["a", "b"]]),
        (estimate("Mt"), [["a", "b"]]),
        (estimate("Mt", **OTHER), [["a"], ["b"]]),
        (estimate("Mt", **REPORTED, grade_pct=0.7, grade_reported=0.7), [["a"], ["b"]]),
    ],
)
def test_estimates_of_one_figure_are_one_value(app: Flask, value: list[dict[str, Any]], sources: list[list[str]]) -> None:
    served = {"value": estimate("Mt", **REPORTED), "source": "a", "key": "1", "reason_en": "its source ranks first"}
    picked_value = {**served, "others": [{"value": value, "source": "b", "key": "2"}]}
    with app.test_request_context("/"):
        (picked,) = list_picked_values(find_collection("deposits"), {"values": {"estimate": picked_value}}, "en")
    assert [[stated.source for stated in agreed.by] for agreed in picked.stated] == sources
    assert picked.contradicts is (len(sources) == 2)

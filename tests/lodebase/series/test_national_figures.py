"""National figures: reserves are divided by the production of their own source; a capacity without a figure is not zero."""

from typing import Any

import pytest

from lodebase.series.national_figures import capacity_of, reserves_of


def row(indicator: str, source: str, base_value: float | None, basis: str = "content") -> dict[str, Any]:
    made = {"indicator": indicator, "source": source, "basis": basis, "base_value": base_value, "base_unit": "t"}
    return made | {"area": "CHL", "period": "2024", "stage": "mine" if indicator == "production" else "all", "bound": None}


def test_reserves_are_divided_by_the_production_of_their_own_source_and_basis() -> None:
    found = reserves_of(
        [
            row("reserves", "survey", 200.0),
            row("production", "survey", 10.0),
            row("reserves", "bureau", 90.0),
            row("production", "bureau", 30.0),
            row("reserves", "company", 50.0, "gross"),
            row("production", "company", 5.0, "content"),
            row("reserves", "register", None),
        ]
    )
    assert [(one["source"], one["ratio"]) for one in found] == [("survey", 20.0), ("bureau", 3.0), ("company", None)]


@pytest.mark.parametrize(
    ("stated", "capacity"),
    [
        ([], 0.0),
        ([("operating", None)], None),
        ([("operating", 5.0), ("intermittent", None), ("announced", 7.0)], 5.0),
    ],
)
def test_a_capacity_without_a_figure_is_unknown(stated: list[tuple[str, float | None]], capacity: float | None) -> None:
    rows = [{"status": status, "tpa": tpa} for status, tpa in stated]
    assert capacity_of(rows, ("operating", "intermittent")) == capacity

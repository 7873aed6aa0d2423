"""Estimates of one deposit over time: what a chart draws, and which reports contradict one another."""

from typing import Any

from lodedata.report_estimates.history import choose_drawn_estimates, find_estimate_differences


def row(**values: Any) -> dict[str, Any]:
    usual = {
        "id": "a",
        "report": "A",
        "category": "indicated-mineral-resource",
        "commodity": "nickel",
        "zone": None,
        "estimate_role": "whole",
        "effective_date": "2010-05",
        "report_date": "2010-06",
        "cut_off": "0.4",
        "ore_t": 100.0,
        "grade_pct": 1.0,
        "grade_basis": "metal",
        "metal_t": 1.0,
    }
    return usual | values


def test_contradiction_has_both_rows_and_the_difference_of_the_second() -> None:
    (found,) = find_estimate_differences([row(), row(id="b", report="B", ore_t=150.0, metal_t=1.5, effective_date="2010-09")])
    assert (found.first["report"], found.second["report"]) == ("A", "B")
    assert (found.ore_pct, found.grade_pct, found.metal_pct, found.grounds) == (50.0, 0.0, 50.0, ("date",))


def test_contradiction_with_a_row_without_a_date_says_so_and_comes_last() -> None:
    undated = row(id="c", report="C", ore_t=900.0, effective_date=None, report_date=None)
    found = find_estimate_differences([row(), undated, row(id="b", report="B", ore_t=150.0, effective_date="2010-09")])
    assert [difference.grounds for difference in found] == [("date",), ("undated",), ("undated",)]


def test_rows_that_agree_or_are_of_other_things_do_not_contradict() -> None:
    others: tuple[dict[str, Any], ...] = (
        {"ore_t": 100.9},
        {"category": "x"},
        {"zone": "n", "estimate_role": "part"},
        {"cut_off": "0.6"},
        {"report": "A"},
    )
    for number, other in enumerate(others):
        changed = {"id": "b", "report": "B", "ore_t": 150.0} | other
        assert not find_estimate_differences([row(), row(**changed)]), number
    assert not find_estimate_differences([row(), row(id="b", report="B", ore_t=150.0, effective_date="2012-01")])


def test_chart_draws_the_whole_else_the_total_else_the_largest_part_and_adds_nothing() -> None:
    parts = [row(id=name, estimate_role="part", zone=name, ore_t=ore) for name, ore in (("n", 60.0), ("s", 40.0))]
    assert [drawn_estimate["ore_t"] for drawn_estimate in choose_drawn_estimates(parts)] == [60.0]
    total = row(id="t", estimate_role="total", ore_t=100.0)
    assert choose_drawn_estimates([*parts, total]) == [total]
    assert choose_drawn_estimates([*parts, total, row()]) == [row()]
    assert not choose_drawn_estimates([row(estimate_role="sensitivity"), row(effective_date=None, report_date=None)])

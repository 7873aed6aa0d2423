"""Rates computed from quantities by the formulas of GB/T 42249, and the flags of a record; the figures are worked out here."""

from typing import Any

import pytest

from lodedata.problems import Problem
from lodedata.topics.recovery.balance import complete, compute_recovery_rate

FEED = {"ore_treated_t": 1000.0, "head_grade_pct": 0.5}


@pytest.mark.parametrize(
    ("stage", "values", "rate"),
    [
        ("mining", {"ore_mined_t": 920.0, "reserves_used_t": 1000.0}, 92.0),
        ("mining", {"ore_mined_t": 920.0}, None),
        ("mining", {"ore_mined_t": 920.0, "reserves_used_t": 0.0}, None),
        ("processing", {**FEED, "concentrate_t": 17.0, "concentrate_grade_pct": 25.0}, 85.0),
        ("processing", {**FEED, "metal_recovered_t": 4.0}, 80.0),
        # metal that is stated comes before concentrate times grade
        ("processing", {**FEED, "metal_recovered_t": 4.0, "concentrate_t": 17.0, "concentrate_grade_pct": 25.0}, 80.0),
        ("processing", {**FEED, "concentrate_t": 17.0}, None),
        ("processing", {"ore_treated_t": 1000.0, "metal_recovered_t": 4.0}, None),
        ("leaching", {**FEED, "metal_recovered_t": 3.0}, 60.0),
        ("leaching", {**FEED, "concentrate_t": 17.0, "concentrate_grade_pct": 25.0}, None),
        ("co-product", {"metal_recovered_t": 6.0, "metal_contained_t": 10.0}, 60.0),
        ("co-product", {"metal_recovered_t": 6.0}, None),
    ],
)
def test_a_rate_is_computed_by_the_formula_of_its_stage(stage: str, values: dict[str, float], rate: float | None) -> None:
    recovery_rate = compute_recovery_rate(stage, values)
    assert recovery_rate == (None if rate is None else pytest.approx(rate))


def completed(**values: Any) -> tuple[dict[str, Any], list[Problem]]:
    problems: list[Problem] = []
    complete(values, None, "key", problems)
    return values, problems


def test_the_reported_rate_stays_next_to_the_computed_one() -> None:
    values, problems = completed(recovery_stage="processing", rate_reported_pct=87.0, metal_recovered_t=4.25, **FEED)
    assert (values["rate_reported_pct"], values["rate_computed_pct"], values["rate_difference_points"]) == (87.0, 85.0, 2.0)
    (problem,) = problems
    assert problem.rule == "rate-differs" and not problem.refuses
    assert problem.sentence("en").startswith("the quantities give a rate of 85 %, the source says 87 %")
    assert "85" in problem.sentence("zh") and "87" in problem.sentence("zh")


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        ({"recovery_stage": "processing", "rate_reported_pct": 86.0, "metal_recovered_t": 4.25, **FEED}, []),
        ({"recovery_stage": "mining", "rate_reported_pct": 120.0}, ["rate-over-100"]),
        ({"recovery_stage": "mining", "rate_reported_pct": 100.0}, []),
        ({"recovery_stage": "processing", "ore_treated_t": 1000.0, "concentrate_t": 40.0, "tails_t": 975.0}, []),
        ({"recovery_stage": "processing", "ore_treated_t": 1000.0, "concentrate_t": 40.0, "tails_t": 990.0}, ["mass-balance"]),
        ({"recovery_stage": "processing", "ore_treated_t": 1000.0, "concentrate_t": 40.0, "tails_t": 900.0}, ["mass-balance"]),
        ({"recovery_stage": "processing", "ore_treated_t": 1000.0, "concentrate_t": 40.0}, []),
        ({"recovery_stage": "mining", "ore_mined_t": -5.0}, ["negative-amount"]),
    ],
)
def test_a_contradiction_is_flagged_and_a_negative_amount_refused(values: dict[str, Any], rules: list[str]) -> None:
    _, problems = completed(**values)
    assert [problem.rule for problem in problems] == rules
    assert [problem.rule for problem in problems if problem.refuses] == [rule for rule in rules if rule == "negative-amount"]


BAD_RATES = {
    "rate-over-100": ({"recovery_stage": "mining", "rate_reported_pct": 120.0}, "120", "120"),
    "mass-balance": (
        {"recovery_stage": "processing", "ore_treated_t": 1000.0, "concentrate_t": 40.0, "tails_t": 990.0},
        "1000",
        "1000",
    ),
    "negative-amount": ({"recovery_stage": "mining", "ore_mined_t": -5.0}, "-5 is negative", "-5"),
}


@pytest.mark.parametrize("rule", BAD_RATES)
def test_a_bad_rate_has_a_sentence_in_each_language(rule: str) -> None:
    values, english, chinese = BAD_RATES[rule]
    _, (problem,) = completed(**values)
    assert problem.rule == rule
    assert english in problem.sentence("en") and chinese in problem.sentence("zh")
    assert problem.sentence("en") != problem.sentence("zh")

"""Rates against the minima of a day. The figures are those of the announcements, as domain texts quote them."""

from datetime import date
from typing import Any

import pytest

from lodedata.topics.recovery.check import RecoveryFacts, RecoveryFinding, check, compute_metal_between, derive_recovery_facts
from lodedata.topics.recovery.minima import RecoveryInstrument, load_instruments
from lodedata.validation import InvalidValue

OPEN, UNDERGROUND = {"mining_method": "open-pit"}, {"mining_method": "underground"}
COPPER, NICKEL_TIN, DRAFT = "cn-2013-copper-recovery", "cn-2015-nickel-tin-recovery", "cn-2015-nickel-tin-recovery-draft"
LITHIUM, COBALT, STANDARD = "cn-2016-lithium-recovery", "cn-2020-cobalt-recovery", "cn-2023-dzt-0462-4"


def finding(
    instrument: str, stage: str, metal: str, rate: float | None, day: str = "2020-06-30", **inputs: Any
) -> RecoveryFinding | None:
    grade = inputs.pop("li2o_pct", None)
    facts = RecoveryFacts(metal, date.fromisoformat(day), "CHN", {} if rate is None else {stage: rate}, inputs, grade)
    return next((one for one in check(facts) if (one.instrument.id, one.stage) == (instrument, stage)), None)


@pytest.mark.parametrize(
    ("instrument", "stage", "metal", "rate", "inputs", "outcome", "missing"),
    [
        (COPPER, "mining", "copper", 95, {**OPEN, "size_class": "large"}, "at-least-minimum", ()),
        (COPPER, "mining", "copper", 94.9, {**OPEN, "size_class": "large"}, "below-minimum", ()),
        (COPPER, "mining", "copper", 92, {**OPEN, "size_class": "small"}, "at-least-minimum", ()),
        (COPPER, "mining", "copper", 93, OPEN, "cannot-say", ("size_class",)),
        # whatever the size, these two are decided
        (COPPER, "mining", "copper", 96, OPEN, "at-least-minimum", ()),
        (COPPER, "mining", "copper", 91, OPEN, "below-minimum", ()),
        (COPPER, "mining", "copper", 80, UNDERGROUND, "cannot-say", ()),
        (COPPER, "mining", "copper", 74, UNDERGROUND, "below-minimum", ()),
        (COPPER, "mining", "copper", 92, UNDERGROUND, "at-least-minimum", ()),
        (COPPER, "mining", "copper", 74, {}, "below-minimum", ()),
        (COPPER, "mining", "copper", 95, {}, "at-least-minimum", ()),
        (COPPER, "mining", "copper", None, OPEN, "cannot-say", ("size_class",)),
        (COPPER, "processing", "copper", 85, {}, "text-not-read", ()),
        ("cn-2014-bauxite-recovery", "mining", "bauxite", 90, {}, "text-not-read", ()),
        (NICKEL_TIN, "mining", "nickel", 90, {**OPEN, "ore_body": "complex"}, "at-least-minimum", ()),
        (NICKEL_TIN, "mining", "nickel", 90, {**OPEN, "ore_body": "regular"}, "below-minimum", ()),
        (NICKEL_TIN, "mining", "nickel", 90, OPEN, "cannot-say", ("ore_body",)),
        (NICKEL_TIN, "processing", "nickel", 54, {}, "below-minimum", ()),
        (NICKEL_TIN, "processing", "nickel", 60, {}, "cannot-say", ()),
        (NICKEL_TIN, "processing", "nickel", 82, {}, "at-least-minimum", ()),
        (NICKEL_TIN, "mining", "tin", 77, UNDERGROUND, "below-minimum", ()),
        (NICKEL_TIN, "mining", "tin", 95, {**OPEN, "ore_body": "regular"}, "at-least-minimum", ()),
        (NICKEL_TIN, "processing", "tin", 80, {}, "at-least-minimum", ()),
        # a draft never counts
        (DRAFT, "co-product", "nickel", 30, {"co_products": "non-ferrous"}, "cannot-say", ()),
        # the day from which the announcement on lithium applies was not read
        (LITHIUM, "mining", "lithium", 95, OPEN, "cannot-say", ()),
        (LITHIUM, "processing", "lithium", 60, {"li2o_pct": 1.4}, "cannot-say", ()),
        (COBALT, "mining", "cobalt", 88, OPEN, "at-least-minimum", ()),
        (COBALT, "mining", "cobalt", 74.9, UNDERGROUND, "below-minimum", ()),
        (COBALT, "mining", "cobalt", 80, {}, "cannot-say", ("mining_method",)),
        (COBALT, "processing", "cobalt", 70, {}, "at-least-minimum", ()),
        (COBALT, "co-product", "cobalt", 59, {}, "below-minimum", ()),
    ],
)
def test_a_rate_is_compared_with_every_cell_that_may_apply(
    instrument: str, stage: str, metal: str, rate: float | None, inputs: dict[str, str], outcome: str, missing: tuple[str, ...]
) -> None:
    found = finding(instrument, stage, metal, rate, **inputs)
    assert found is not None
    assert (found.outcome, found.missing) == (outcome, missing), str(found.reason)
    assert (found.reason is None) == (outcome in ("below-minimum", "at-least-minimum"))


@pytest.mark.parametrize(
    ("instrument", "metal", "day", "applies"),
    [
        (COPPER, "copper", "2014-01-06", False),
        (COPPER, "copper", "2014-01-07", True),
        (COBALT, "cobalt", "2020-01-08", False),
        (COBALT, "cobalt", "2020-01-09", True),
        (STANDARD, "copper", "2024-03-31", False),
        (STANDARD, "copper", "2024-04-01", True),
        # whether the standard repeals the announcement was not read: both are shown
        (COPPER, "copper", "2024-04-01", True),
        (COPPER, "nickel", "2024-04-01", False),
    ],
)
def test_a_text_applies_from_its_day_and_to_its_metals(instrument: str, metal: str, day: str, applies: bool) -> None:
    assert (finding(instrument, "mining", metal, 90, day) is not None) == applies


def test_what_was_not_read_is_never_a_rule_in_force() -> None:
    rules = [(text, rule) for text in load_instruments() for rule in text.rules]
    assert all(rule.mark == "unverified" for _, rule in rules if rule.span is None)
    assert (
        len([rule for text, rule in rules if rule.span is not None and rule.pct is not None and text.standing != "draft"]) >= 21
    )
    assert {text.id for text, rule in rules if text.valid_from is None} == {LITHIUM}


def test_a_missing_input_is_named_in_both_languages() -> None:
    found = finding(COBALT, "mining", "cobalt", 80)
    assert found is not None and found.reason is not None
    assert found.reason.in_language("en") == "Missing: Mining method."
    assert "开采方式" in found.reason.in_language("zh")


TIERED = {
    "id": "own-standard",
    "title_en": "Own standard",
    "title_zh": "自有标准",
    "issuer_en": "Tests",
    "issuer_zh": "测试",
    "citation": "made up",
    "standing": "in-force",
    "valid_from": "2024-04-01",
}


def tier(name: str, tier: str, pct: float | None) -> dict[str, Any]:
    texts = {
        "text_en": "a rate",
        "text_zh": "指标",
        "read_in": "the tests",
        "mark": "unverified" if pct is None else "verified",
    }
    return {"id": name, "commodity": "copper", "stage": "processing", "tier": tier, "pct": pct, **texts}


@pytest.mark.parametrize(
    ("rate", "leader", "outcome"),
    [
        (79, 90, "below-minimum"),
        (80, 90, "at-least-minimum"),
        (85, 90, "general"),
        (90, 90, "leader"),
        (95, None, "general"),
    ],
)
def test_a_rate_reaches_the_highest_tier_that_was_read(rate: float, leader: float | None, outcome: str) -> None:
    rules = [tier("own-minimum", "minimum", 80), tier("own-general", "general", 85), tier("own-leader", "leader", leader)]
    text = RecoveryInstrument.model_validate({**TIERED, "rules": rules})
    (found,) = check(RecoveryFacts("copper", date(2024, 4, 1), "CHN", {"processing": rate}), [text])
    assert found.outcome == outcome


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({**tier("own-minimum", "minimum", 80), "when": {"mining_method": ["by-hand"]}}, "is not a choice of mining_method"),
        ({**tier("own-minimum", "minimum", None), "mark": "verified"}, "has no rate"),
    ],
)
def test_a_wrong_rule_is_refused(rule: dict[str, Any], sentence: str) -> None:
    with pytest.raises((ValueError, InvalidValue), match=sentence):
        RecoveryInstrument.model_validate({**TIERED, "rules": [rule]})


def test_metal_between_rate_and_minimum_of_a_record() -> None:
    values = {
        "commodity": "cobalt",
        "recovery_stage": "processing",
        "year": 2021,
        "country": "COD",
        "rate_reported_pct": 65.0,
        "ore_treated_t": 1e6,
        "head_grade_pct": 0.3,
    }
    facts = derive_recovery_facts(values, date(2026, 1, 1))
    assert facts.on == date(2021, 12, 31)
    (found,) = [one for one in check(facts) if one.rate_pct is not None]
    assert found.gap_points == -5.0
    # 1 Mt x 0.3 % = 3,000 t; 5 points of it
    assert compute_metal_between(found, values) == pytest.approx(-150.0)
    assert compute_metal_between(found, {**values, "ore_treated_t": None}) is None

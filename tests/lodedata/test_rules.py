"""Rules of the layout check: bundled rules are usable, conditions change at their limits, unverified rules do not count."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from lodedata import rules
from lodedata.messages import Label
from lodedata.rules import Facts, Instrument, ZoneFact, determine_legal_status, evaluate, find_rule_problems, load_rules
from lodedata.rules.evaluation import Result
from lodedata.rules.quantities import DECLARED

INSTRUMENT: dict[str, Any] = {
    "id": "test-instrument",
    "title_en": "Test instrument",
    "title_zh": "测试文件",
    "issuer_en": "The tests",
    "issuer_zh": "测试",
    "citation": "made up",
    "standing": "in-force",
    "valid_from": "2020-01-01",
    "valid_to": "2020-12-31",
}

OF_RULE = ("mark", "products", "feedstock", "divisions", "project_types", "force")


def instrument(condition: dict[str, Any], **changes: Any) -> Instrument:
    """Return an instrument of one rule with a condition."""
    of_rule: dict[str, Any] = {name: changes.pop(name) for name in OF_RULE if name in changes}
    rule = {
        "id": "test-rule",
        "products": ["copper"],
        "text_en": "A clause.",
        "text_zh": "条款。",
        "condition": condition,
        "mark": "verified",
        "read_in": "nowhere",
        **of_rule,
    }
    return Instrument.model_validate({**INSTRUMENT, **changes, "rules": [rule]})


def result(condition: dict[str, Any], of_rule: dict[str, Any] | None = None, **facts: Any) -> Result:
    """Return the result of a condition for a copper smelter in Shandong."""
    stated = {"product": "copper", "capacity_tpa": 100_000.0, "country": "CHN", "division": "CN-SD", **facts}
    return evaluate(instrument(condition, **(of_rule or {})).rules[0], "CHN", Facts(**stated)).result


SCALE = {"kind": "minimum-scale", "capacity_tpa": 100_000}
SHARE = {"kind": "feedstock-share", "share_pct": 30}
BAN = {"kind": "zone-ban", "zone_kind": "key-air-region"}
DISTANCE = {"kind": "distance", "zone_kind": "protected-area", "at_least_km": 1}


def test_the_bundled_rules_can_be_used_and_have_texts_in_both_languages() -> None:
    found = load_rules()
    assert find_rule_problems() == ()
    assert len(found.instruments) >= 15
    for one in found.instruments:
        for rule in one.rules:
            assert any("\u4e00" <= character <= "\u9fff" for character in rule.text_zh), rule.id
            assert rule.text_en.isascii() or "²" in rule.text_en, rule.id


def test_a_rule_is_named_once_among_all_that_ship() -> None:
    ids = [rule.id for one in load_rules().instruments for rule in one.rules]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("capacity", "expected"), [(99_999.9, "not_met"), (100_000.0, "met"), (100_000.1, "met")])
def test_the_least_scale_is_enough(capacity: float, expected: Result) -> None:
    assert result(SCALE, capacity_tpa=capacity) == expected


@pytest.mark.parametrize(
    ("equity", "contract", "counts", "expected"),
    [
        (29.9, None, "equity", "not_met"),
        (30.0, None, "equity", "met"),
        (10.0, 90.0, "equity", "not_met"),
        (10.0, 20.0, "equity-and-contract", "met"),
        (10.0, 19.9, "equity-and-contract", "not_met"),
        (None, 90.0, "equity", "not_enough_data"),
    ],
)
def test_the_least_share_of_feedstock_is_enough(
    equity: float | None, contract: float | None, counts: str, expected: Result
) -> None:
    assert result({**SHARE, "counts": counts}, equity_pct=equity, contract_pct=contract) == expected


def test_a_share_that_the_clause_does_not_name_is_held_against_nothing() -> None:
    assert result({**SHARE, "share_pct": None}, equity_pct=100.0) == "judgement"
    assert result({**SHARE, "share_pct": None}, equity_pct=None) == "judgement"


def test_a_goal_of_the_industry_is_held_against_no_plant() -> None:
    assert result({"kind": "statement"}, {"force": "context"}) == "not_applicable"


def test_a_guiding_clause_is_never_not_met() -> None:
    assert result({**SHARE, "share_pct": 30}, {"force": "guiding"}, equity_pct=20.0) == "judgement"
    assert result({**SHARE, "share_pct": 30}, {"force": "guiding"}, equity_pct=40.0) == "met"
    assert result({**SHARE, "share_pct": 30}, equity_pct=20.0) == "not_met"


@pytest.mark.parametrize(
    ("bound", "figure", "expected"),
    [
        ("at_most", 180.0, "met"),
        ("at_most", 180.1, "not_met"),
        ("below", 180.0, "not_met"),
        ("below", 179.9, "met"),
        ("at_least", 180.0, "met"),
        ("at_least", 179.9, "not_met"),
        ("above", 180.0, "not_met"),
        ("above", 180.1, "met"),
        ("at_most", None, "not_enough_data"),
    ],
)
@pytest.mark.parametrize("kind", ["energy", "recovery", "ratio"])
def test_a_limit_turns_at_its_bound(kind: str, bound: str, figure: float | None, expected: Result) -> None:
    declared = {} if figure is None else {"energy_blister_kgce_per_t": figure}
    assert result({"kind": kind, "quantity": "energy_blister_kgce_per_t", bound: 180}, declared=declared) == expected


@pytest.mark.parametrize(
    ("state", "expected"),
    [("inside", "not_met"), ("outside", "met"), ("possible", "not_enough_data"), ("unknown", "not_enough_data")],
)
def test_a_zone_bans_what_surely_lies_in_it(state: Any, expected: Result) -> None:
    assert result(BAN, zones={"key-air-region": ZoneFact(state, Label("A", "甲"), 0.0, 1.0)}) == expected


@pytest.mark.parametrize(
    ("metres", "doubt", "expected"),
    [
        (1000.0, 0.0, "met"),
        (999.9, 0.0, "not_met"),
        (1100.0, 50.0, "met"),
        (900.0, 50.0, "not_met"),
        (1049.9, 50.0, "not_enough_data"),
        (950.1, 50.0, "not_enough_data"),
    ],
)
def test_a_distance_counts_where_its_doubt_does_not_reach_the_bound(metres: float, doubt: float, expected: Result) -> None:
    assert result(DISTANCE, zones={"protected-area": ZoneFact("outside", Label("A", "甲"), metres, doubt)}) == expected


def test_no_polygons_are_no_distance() -> None:
    assert result(DISTANCE) == "not_enough_data"
    assert result(BAN) == "not_enough_data"


@pytest.mark.parametrize(
    ("feedstock", "expected"),
    [
        ((), "not_enough_data"),
        (("bauxite",), "not_enough_data"),
        (("bauxite-gibbsite",), "met"),
        (("bauxite-gibbsite", "bauxite-diaspore"), "not_met"),
    ],
)
def test_a_feedstock_ban_knows_kinds(feedstock: tuple[str, ...], expected: Result) -> None:
    assert result({"kind": "feedstock-ban", "materials": ["bauxite-diaspore"]}, feedstock=feedstock) == expected


def test_a_direction_is_reported_and_not_judged() -> None:
    assert result({"kind": "statement"}) == "judgement"


def test_a_rule_is_for_its_product_place_kind_and_feedstock() -> None:
    assert result(SCALE, {"products": ["tin"]}) == "not_applicable"
    assert result(SCALE, country="CHL", division=None) == "not_applicable"
    assert result(SCALE, country=None, division=None) == "not_enough_data"
    assert result(SCALE, {"divisions": ["CN-GX"]}) == "not_applicable"
    assert result(SCALE, {"divisions": ["CN-SD"]}, division=None) == "not_enough_data"
    assert result(SCALE, {"project_types": ["extension"]}) == "not_applicable"
    assert result(SCALE, {"feedstock": ["copper-scrap"]}) == "not_enough_data"
    assert result(SCALE, {"feedstock": ["copper-scrap"]}, feedstock=("copper-concentrate",)) == "not_applicable"
    assert result(SCALE, {"feedstock": ["bauxite"]}, feedstock=("bauxite-boehmite",)) == "met"


@pytest.mark.parametrize(
    ("changes", "on", "expected"),
    [
        ({}, date(2020, 1, 1), "in_force"),
        ({}, date(2020, 12, 31), "in_force"),
        ({}, date(2019, 12, 31), "not_yet"),
        ({}, date(2021, 1, 1), "superseded"),
        ({"standing": "guidance"}, date(2020, 6, 1), "guidance"),
        ({"standing": "draft"}, date(2020, 6, 1), "draft"),
        ({"mark": "unverified"}, date(2020, 6, 1), "unverified"),
        ({"valid_from": None, "valid_to": None}, date(2020, 6, 1), "unverified"),
    ],
)
def test_a_rule_holds_from_its_first_to_its_last_day(changes: dict[str, Any], on: date, expected: str) -> None:
    one = instrument(SCALE, **changes)
    assert determine_legal_status(one, one.rules[0], on) == expected


def test_what_is_unverified_counts_on_no_day() -> None:
    for one in load_rules().instruments:
        for rule in one.rules:
            if rule.mark == "unverified":
                days = (date(2000, 1, 1) + timedelta(days=31 * n) for n in range(400))
                assert {determine_legal_status(one, rule, day) for day in days} == {"unverified"}


def test_an_operator_adds_rules_without_code(tmp_path: Path) -> None:
    (tmp_path / "park.yml").write_text(
        yaml.safe_dump(instrument(SCALE).model_dump(mode="json"), allow_unicode=True), encoding="utf-8"
    )
    more = load_rules(tmp_path)
    assert len(more.instruments) == len(load_rules().instruments) + 1
    assert more.sha256 != load_rules().sha256


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"standing": "perhaps"}, "standing: 'perhaps' is not a valid choice; write one of in-force, guidance, draft"),
        ({"colour": "red"}, "colour: there is no such key; leave it out"),
        ({"valid_to": "2019-01-01"}, "valid_to (2019-01-01) is before valid_from (2020-01-01)"),
        ({"id": "cn-2025-copper-plan"}, "there is an instrument with the id 'cn-2025-copper-plan' already"),
        ({"rules": []}, "rules: has too few entries; write at least 1"),
    ],
)
def test_what_is_wrong_is_reported_in_a_sentence(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    written = {**instrument(SCALE).model_dump(mode="json"), **change}
    (tmp_path / "own.yml").write_text(yaml.safe_dump(written), encoding="utf-8")
    assert any(f"own.yml: {sentence}" in str(problem) for problem in find_rule_problems(tmp_path)), find_rule_problems(tmp_path)


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"kind": "energy", "quantity": "beauty", "at_most": 1}, "'beauty' is not a declared quantity"),
        ({"kind": "energy", "quantity": "capital_pct"}, "give exactly one of"),
        ({"kind": "colour"}, "'colour' is not a valid choice; write one of "),
    ],
)
def test_a_wrong_condition_is_reported_in_a_sentence(tmp_path: Path, condition: dict[str, Any], sentence: str) -> None:
    written = instrument(SCALE).model_dump(mode="json")
    written["rules"][0]["condition"] = condition
    (tmp_path / "own.yml").write_text(yaml.safe_dump(written), encoding="utf-8")
    assert any(sentence in str(problem) for problem in find_rule_problems(tmp_path)), find_rule_problems(tmp_path)


@pytest.mark.parametrize("field", ["products", "project_types", "divisions"])
def test_an_unknown_term_is_reported(tmp_path: Path, field: str) -> None:
    written = instrument(SCALE, **{field: ["nothing-such"]}).model_dump(mode="json")
    (tmp_path / "own.yml").write_text(yaml.safe_dump(written), encoding="utf-8")
    assert any("'nothing-such'" in str(problem) for problem in find_rule_problems(tmp_path))


def test_a_problem_is_reported_in_chinese(tmp_path: Path) -> None:
    written = instrument(SCALE, divisions=["nothing-such"]).model_dump(mode="json")
    (tmp_path / "own.yml").write_text(yaml.safe_dump(written), encoding="utf-8")
    (problem,) = find_rule_problems(tmp_path)
    assert problem.in_language("zh") == f"own.yml：{written['rules'][0]['id']}：'nothing-such' 不是词表 division 中的术语"


@pytest.mark.parametrize("text", ["- a list", "a: [", ""])
def test_what_is_no_instrument_is_reported(tmp_path: Path, text: str) -> None:
    (tmp_path / "own.yml").write_text(text, encoding="utf-8")
    assert len(find_rule_problems(tmp_path)) == 1


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    (problem,) = find_rule_problems(tmp_path / "none")
    assert str(problem) == f"{tmp_path / 'none'}: there is no such folder of rules"
    with pytest.raises(rules.RulesRefused):
        load_rules(tmp_path / "none")


def test_every_declared_figure_is_used_by_a_rule_or_a_product() -> None:
    assert all(one.products and one.title_zh for one in DECLARED.values())

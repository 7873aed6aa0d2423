"""Problems: each rule has a message in both languages with its details."""

import string

import pytest

from lodedata.problems import RULES, Problem

DETAILS = {
    "hint": "; a hint",
    "field": "holder",
    "reason": "there is none",
    "first": "a.csv, row 2",
    "expected": "3",
    "crs": "EPSG:4527",
    "vocabulary": "commodity",
    "name": "Dexing",
    "country": "Chile",
    "division": "Jiangxi",
    "commodity": "Copper",
    "computed": "12",
    "length": "501",
    "longest": "500",
    "product": "Copper concentrate",
    "cited": "a report of 2023",
}


def holes(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_a_text_in_both_languages_with_the_same_facts(rule: str) -> None:
    en, zh = RULES[rule].en, RULES[rule].zh
    assert holes(en) == holes(zh)
    assert holes(en) <= DETAILS.keys() | {"value"}
    assert en.endswith((".", "?"))
    assert zh.endswith(("。", "?"))


@pytest.mark.parametrize("rule", RULES)
def test_a_sentence_is_whole(rule: str) -> None:
    problem = Problem(rule, "x1", "a column", {k: v for k, v in DETAILS.items() if k in holes(RULES[rule].en)})
    for lang in ("en", "zh"):
        sentence = problem.sentence(lang)
        assert "{" not in sentence and "}" not in sentence
        assert ("x1" in sentence) == ("value" in holes(RULES[rule].en))


def test_a_rule_refuses_or_flags() -> None:
    assert {rule.weight for rule in RULES.values()} == {"refuse", "flag"}
    assert Problem("negative-amount", "-1").refuses
    assert not Problem("no-position", "").refuses


def test_a_detail_has_its_chinese_twin() -> None:
    problem = Problem("outside-country", "12", None, {"country": "Chile", "country_zh": "智利"})
    assert problem.sentence() == "the position lies 12 km outside Chile, the stated country."
    assert problem.sentence("zh") == "位置在所述国家智利之外 12 千米。"


def test_a_value_has_its_chinese_twin_too() -> None:
    assert "圣地亚哥" in Problem("at-the-capital", "Santiago", None, {"value_zh": "圣地亚哥"}).sentence("zh")


def test_a_long_value_is_cut() -> None:
    sentence = Problem("not-a-number", "9" * 10_000).sentence()
    assert len(sentence) < 200
    assert "..." in sentence


@pytest.mark.parametrize("value", ["{", "}", "{0}", "{value!r}", "%s", "'", "\n", "\0", "\ud800"])
def test_any_value_of_a_cell_can_be_reported(value: str) -> None:
    assert Problem("not-a-number", value, "x", {"hint": value}).sentence()
    assert Problem("not-a-number", value, "x", {"hint": value}).sentence("zh")

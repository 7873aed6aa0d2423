"""Problems: each rule has a message with its details."""

import re

import pytest

from lodedata.messages import Label, Message
from lodedata.problems import RULES, Problem, list_flag_titles


def arguments(sentence: Message) -> set[str]:
    return set(re.findall(r"%\((\w+)\)[rs]", sentence.template))


@pytest.mark.parametrize("rule", RULES)
def test_a_sentence_is_complete(rule: str) -> None:
    details = {name: f"the {name}" for name in arguments(RULES[rule].sentence)}
    problem = Problem(rule, "x1", "a column", details)
    for language, ends in (("en", (".", "?")), ("zh", ("。", "？"))):
        sentence = problem.sentence(language)
        assert sentence.endswith(ends) and "%(" not in sentence
        assert all(detail in sentence for detail in details.values())
    assert problem.sentence("en") != problem.sentence("zh")


@pytest.mark.parametrize("rule", RULES)
def test_a_flag_has_a_title(rule: str) -> None:
    assert (rule in list_flag_titles()) == (RULES[rule].weight == "flag")


def test_a_rule_refuses_excludes_or_flags() -> None:
    assert {rule.weight for rule in RULES.values()} == {"refuse", "flag", "scope"}
    assert Problem("negative-amount", "-1").refuses
    assert not Problem("no-position", "").refuses


def test_a_label_is_shown_in_the_language_of_the_sentence() -> None:
    problem = Problem("outside-country", "12", None, {"country": Label("Chile", "智利")})
    assert problem.sentence() == "the position lies 12 km outside Chile, the stated country."
    assert problem.sentence("zh") == "位置在所述国家智利之外 12 千米。"


def test_a_value_may_have_a_label_too() -> None:
    capital = Problem("at-the-capital", "Santiago", None, {"value": Label("Santiago", "圣地亚哥")})
    assert "圣地亚哥" in capital.sentence("zh") and "Santiago" in capital.sentence()


def test_a_long_value_is_cut() -> None:
    sentence = Problem("not-a-number", "9" * 10_000).sentence()
    assert len(sentence) < 200
    assert "..." in sentence


@pytest.mark.parametrize("value", ["{", "}", "{0}", "{value!r}", "%s", "'", "\n", "\0", "\ud800"])
def test_any_value_of_a_cell_can_be_reported(value: str) -> None:
    assert Problem("not-a-number", value, "x", {"hint": value}).sentence()
    assert Problem("not-a-number", value, "x", {"hint": value}).sentence("zh")

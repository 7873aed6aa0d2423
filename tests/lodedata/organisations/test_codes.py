"""Codes of organisations: their check characters, and a sentence that names what is wrong.

The codes of the examples are public: Zijin Mining (HKEX annual report), the example of ISO 17442 at gleif.org.
"""

import random
import re

import pytest

from lodedata.organisations import lei, uscc

ZIJIN = "91350000157987632G"


def test_a_code_of_a_licence_is_valid() -> None:
    assert uscc.is_valid(ZIJIN)
    assert uscc.is_valid("９１３５００００１５７９８７６３２Ｇ"), "full-width characters"
    assert uscc.is_valid("91350000-15798763 2g")


@pytest.mark.parametrize(
    ("code", "en", "zh"),
    [
        (ZIJIN[:-1], "has 17 characters", "有 17 个字符"),
        ("9135O000157987632G", "Character 5 .* is O, .* 0 looks like it", "第 5 位为 O.*可能是 0"),
        ("91350A00157987632G", "Character 6 .* is A; the characters 3 to 8 are the digits", "第 6 位为 A；.*均为数字"),
        ("9135000015798763?G", r"Character 17 .* is \?; .* digits and capital letters only", r"第 17 位为 \?"),
        ("913500001579876320", "check character 18 .* is 0 and must be G", "第 18 位校验码为 0，应为 G"),
        ("91350000157987623G", "one of the characters 9 to 17 is wrong", "第 9 至 17 位中有一位有误"),
    ],
)
def test_a_wrong_code_names_the_character_and_the_remedy(code: str, en: str, zh: str) -> None:
    problem = uscc.find_uscc_problem(code)
    assert problem is not None
    assert re.search(en, problem.in_language("en"))
    assert re.search(zh, problem.in_language("zh"))


def test_every_single_wrong_character_is_noticed() -> None:
    for place in range(uscc.LENGTH):
        for other in uscc.ALPHABET:
            if other != ZIJIN[place]:
                assert not uscc.is_valid(ZIJIN[:place] + other + ZIJIN[place + 1 :])


def test_a_made_code_is_valid_with_its_check_character_only() -> None:
    choose = random.Random(32100)
    for _ in range(200):
        code = "91" + "".join(choose.choices("0123456789", k=6)) + "".join(choose.choices(uscc.ALPHABET, k=9))
        right = uscc.check_character(code)
        assert [last for last in uscc.ALPHABET if uscc.is_valid(code + last)] == [right]


def test_a_legal_entity_identifier_is_checked() -> None:
    assert lei.find_lei_problem("5493 0084 UKLV MY22 DS16") is None, "the example of gleif.org"
    for text, sentence in (("549300", "18 letters or digits"), ("54930084UKLVMY22DS61", "check digits")):
        problem = lei.find_lei_problem(text)
        assert problem is not None and sentence in problem.in_language("en")
        assert problem.in_language("zh") != problem.in_language("en")

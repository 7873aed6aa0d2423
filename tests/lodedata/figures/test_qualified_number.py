"""Numbers with a sign and a unit in one cell; the inclusive signs follow article 1259 of the Civil Code of China."""

import pytest

from lodedata.cells import Unreadable
from lodedata.figures.qualified_number import QualifiedNumber, is_qualified_number, parse_qualified_number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500", QualifiedNumber(500)),
        ("约500", QualifiedNumber(500, "about")),
        ("500左右", QualifiedNumber(500, "about")),
        ("ca. 5.5", QualifiedNumber(5.5, "about")),
        ("500多", QualifiedNumber(500, "above")),
        ("500多吨", QualifiedNumber(500, "above", None, "吨")),
        ("约500余万吨", QualifiedNumber(500, "above", None, "万吨")),
        ("<0.1", QualifiedNumber(0.1, "below")),
        ("＜0.1", QualifiedNumber(0.1, "below")),
        ("不足10", QualifiedNumber(10, "below")),
        ("0.1以下", QualifiedNumber(0.1, "at-most")),
        ("≥30", QualifiedNumber(30, "at-least")),
        ("30吨以上", QualifiedNumber(30, "at-least", None, "吨")),
        ("超过1,300", QualifiedNumber(1300, "above")),
        ("10-20", QualifiedNumber(10, "range", 20)),
        ("约10—20", QualifiedNumber(10, "range", 20)),
        ("10～20万吨", QualifiedNumber(10, "range", 20, "万吨")),
        ("10万吨～20万吨", QualifiedNumber(10, "range", 20, "万吨")),
        ("10 to 20 kt", QualifiedNumber(10, "range", 20, "kt")),
        ("5万吨", QualifiedNumber(5, None, None, "万吨")),
        ("12.5%", QualifiedNumber(12.5, None, None, "%")),
    ],
)
def test_number_has_its_sign_and_unit(text: str, expected: QualifiedNumber) -> None:
    assert parse_qualified_number(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "约", "20-10", "2019-05", "1-2-3", "10³", "50)", "about half", "150 many", "5e", "约5万", "<500多", "10吨-20万吨"],
)
def test_text_that_is_no_figure_or_has_two_meanings_is_unreadable(text: str) -> None:
    assert not is_qualified_number(text)


def test_ten_thousands_without_a_unit_ask_for_it() -> None:
    with pytest.raises(Unreadable) as error:
        parse_qualified_number("5万")
    assert "write the unit too" in error.value.message.in_language("en")


@pytest.mark.parametrize(("text", "single"), [("500", 500), ("约500", 500), ("<500", None), ("10-20", None)])
def test_bound_and_range_are_no_single_figure(text: str, single: float | None) -> None:
    assert parse_qualified_number(text).single == single

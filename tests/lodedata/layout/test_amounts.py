"""Tonnes per year as text in English and Chinese."""

import pytest

from lodedata.layout import amounts


@pytest.mark.parametrize(
    ("tpa", "en", "zh"),
    [
        (2_000_000, "2,000,000 t/a", "200 万吨/年"),
        (12_500, "12,500 t/a", "1.25 万吨/年"),
        (10_000, "10,000 t/a", "1 万吨/年"),
        (9_999, "9,999 t/a", "9,999 吨/年"),
        (0, "0 t/a", "0 吨/年"),
        (123_456_789, "123,456,789 t/a", "12,345.68 万吨/年"),
    ],
)
def test_ten_thousand_tonnes_are_one_in_chinese(tpa: float, en: str, zh: str) -> None:
    assert tuple(amounts.wrap_annual_tonnage(tpa).in_language(language) for language in ("en", "zh")) == (en, zh)


def test_a_range_has_its_unit_once() -> None:
    assert amounts.format_range(4_400_000, 5_400_000, "zh") == "440–540 万吨/年"
    assert amounts.format_range(0, 2_000_000, "zh") == "0–200 万吨/年"
    assert amounts.format_range(4_400_000, 5_400_000, "en") == "4,400,000–5,400,000 t/a"


def test_an_output_has_no_year_in_its_unit() -> None:
    output = amounts.Tonnage(84_000_000)
    assert (output.in_language("en"), output.in_language("zh")) == ("84,000,000 t", "8,400 万吨")

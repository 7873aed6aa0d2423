"""Capacities as people write them."""

import pytest

from lodedata.layout.capacity_text import parse_tonnes


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("400000", "", 400_000),
        ("400,000", "", 400_000),
        ("40", "万吨", 400_000),
        ("40万吨", "", 400_000),
        ("40万吨", "kt", 400_000),
        ("４０万吨／年", "", 400_000),
        ("400 kt", "", 400_000),
        ("0.4 Mt/a", "", 400_000),
        ("400 kt/y", "", 400_000),
        ("年产40万吨", "", 400_000),
        ("4e5", "", 400_000),
        ("400000 tpa", "", 400_000),
        ("1.2百万吨", "", 1_200_000),
        ("-5万吨", "", -50_000),
        ("10 %", "", None),
        ("400 lb", "", None),
        ("1,2", "", None),
        ("much", "", None),
        ("", "", None),
        ("万吨", "", None),
    ],
)
def test_a_text_is_tonnes_or_nothing(text: str, unit: str, expected: float | None) -> None:
    assert parse_tonnes(text, unit) == expected

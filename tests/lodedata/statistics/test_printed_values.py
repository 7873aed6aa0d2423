"""Values as tables print them: thousands, bounds, and letters in place of figures."""

import pytest

from lodedata.cells import Unreadable
from lodedata.statistics.printed_values import PrintedValue, parse_printed_value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12000", PrintedValue(12000)),
        ("17,000,000", PrintedValue(17e6)),
        (">130000000", PrintedValue(130e6, ">")),
        ("<50", PrintedValue(50, "<")),
        ("Less than ½ unit.", PrintedValue(0.5, "<")),
        ("(less than 1/2 unit)", PrintedValue(0.5, "<")),
        ("—", PrintedValue(0)),
        ("W", PrintedValue(None, None, "Q", "C")),
        ("NA", PrintedValue(None, None, "O")),
        ("e1,200", PrintedValue(1200, None, "E")),
        ("1200e", PrintedValue(1200, None, "E")),
        ("-7", PrintedValue(-7)),
    ],
)
def test_a_printed_text_has_a_value_and_flags(text: str, expected: PrintedValue) -> None:
    assert parse_printed_value(text) == expected


@pytest.mark.parametrize("text", ["Large", "about 5", "1.2.3", "12 000,5 t", "w", "–"])
def test_another_text_is_no_value(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_printed_value(text)

"""Periods as sources write them; one of several years is refused."""

from datetime import date

import pytest

from lodedata.cells import Unreadable
from lodedata.statistics.periods import format_sdmx_period, parse_period, parse_period_bounds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", ("A", date(2024, 1, 1), None)),
        ("2024年", ("A", date(2024, 1, 1), None)),
        ("2025_estimated", ("A", date(2025, 1, 1), "E")),
        ("2025e", ("A", date(2025, 1, 1), "E")),
        ("2026 forecast", ("A", date(2026, 1, 1), "F")),
        ("1960M01", ("M", date(1960, 1, 1), None)),
        ("2024-05", ("M", date(2024, 5, 1), None)),
        ("2026年8月", ("M", date(2026, 8, 1), None)),
        ("2024-Q3", ("Q", date(2024, 7, 1), None)),
        ("2024年第三季度", ("Q", date(2024, 7, 1), None)),
    ],
)
def test_a_period_has_a_frequency_a_first_day_and_the_status_written_with_it(
    text: str, expected: tuple[str, date, str | None]
) -> None:
    found = parse_period(text)
    assert (found.freq, found.begin, found.obs_status) == expected


@pytest.mark.parametrize("text", ["2021–24", "2021-24", "2021-2024", "2020/21", "2021至2024年"])
def test_several_years_are_no_period(text: str) -> None:
    with pytest.raises(Unreadable, match="several-years"):
        parse_period(text)


@pytest.mark.parametrize("text", ["", "24", "2024-13", "May 2024", "1824", "2024-00"])
def test_another_text_is_no_period(text: str) -> None:
    with pytest.raises(Unreadable, match="^$"):
        parse_period(text)


def test_a_period_is_written_as_sdmx_does() -> None:
    assert [
        format_sdmx_period("A", date(2024, 1, 1)),
        format_sdmx_period("Q", date(2024, 10, 1)),
        format_sdmx_period("M", date(2024, 5, 1)),
    ] == [
        "2024",
        "2024-Q4",
        "2024-05",
    ]
    assert parse_period_bounds("2024") == (date(2024, 1, 1), date(2024, 12, 1))

"""Periods as sources write them: a year, a quarter or a month, with a status that some sources add."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lodedata.cells import Unreadable, normalise_cell_text

Frequency = Literal["A", "Q", "M"]
_YEAR = re.compile(
    r"((?:19|20)\d\d)年?(?:[_ ]?(?P<status>estimated|estimate|est\.?|e|forecast|f|provisional|p))?", re.IGNORECASE
)
_MONTH = re.compile(r"((?:19|20)\d\d)(?:[-/.M年])(\d{1,2})月?", re.IGNORECASE)
_QUARTER = re.compile(r"((?:19|20)\d\d)[- ]?(?:Q([1-4])|年?第?([一二三四1-4])季度)", re.IGNORECASE)
_SPAN = re.compile(r"(?:19|20)(\d\d)年? ?[-/~至] ?(?:(?:19|20)?(\d\d))年?")
_STATUS = {"e": "E", "f": "F", "p": "P"}
_CHINESE_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}


@dataclass(frozen=True, slots=True)
class Period:
    """A period: its frequency, its first day, and the status that is written with it."""

    freq: Frequency
    begin: date
    obs_status: str | None = None


def parse_period(text: str) -> Period:
    """Return the period of a text such as 2024, 2024-Q1, 2024-05, 1960M01 or 2025_estimated.

    Raises Unreadable, with a hint for several years in one, whose value is of no single period.
    """
    plain = normalise_cell_text(text)
    if match := _YEAR.fullmatch(plain):
        status = match["status"]
        return Period("A", date(int(match[1]), 1, 1), _STATUS[status[0].lower()] if status else None)
    if match := _QUARTER.fullmatch(plain):
        quarter = int(match[2]) if match[2] else _CHINESE_QUARTERS.get(match[3]) or int(match[3])
        return Period("Q", date(int(match[1]), 3 * quarter - 2, 1))
    if (match := _MONTH.fullmatch(plain)) and 1 <= int(match[2]) <= 12:
        return Period("M", date(int(match[1]), int(match[2]), 1))
    if (match := _SPAN.fullmatch(plain)) and match[1] < match[2]:
        raise Unreadable("several-years")
    raise Unreadable("")


def format_sdmx_period(freq: str, begin: date) -> str:
    """Return a period as SDMX writes it: 2024, 2024-Q1 or 2024-05."""
    if freq == "A":
        return f"{begin.year:04}"
    return f"{begin.year:04}-Q{(begin.month + 2) // 3}" if freq == "Q" else f"{begin.year:04}-{begin.month:02}"


def parse_period_bounds(text: str) -> tuple[date, date]:
    """Return the first day of a period and the first day of its last month, for a range of periods. Raises Unreadable."""
    parsed_period = parse_period(text)
    months = {"A": 11, "Q": 2, "M": 0}[parsed_period.freq]
    return parsed_period.begin, date(parsed_period.begin.year, parsed_period.begin.month + months, 1)

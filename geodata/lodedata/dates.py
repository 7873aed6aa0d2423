"""Dates of a column: day, month and year in any order, names of months, and numbers of days from a spreadsheet."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from babel.dates import get_month_names

from lodedata.cells import SPREADSHEET_EPOCH, Unreadable, has_other_digits, normalise_cell_text, parse_partial_date
from lodedata.messages import msg
from lodedata.records import PartialDate
from lodedata.vocab import fold

DateOrder = Literal["D/M/Y", "M/D/Y"]
LANGUAGES = ("en", "zh", "es", "pt", "fr", "ru", "id", "de")
"""Languages whose names of months are read: those of the names of columns, and German."""
FIRST_DAY_NUMBER, LAST_DAY_NUMBER = 9_863, 73_050
"""Numbers of days that a spreadsheet gives to 1927-01-01 and 2099-12-31; smaller and larger numbers are other figures."""
_TIME = re.compile(r"[T ,]+\d{1,2}[:h]\d{2}(:\d{2}([.,]\d+)?)?\s*([ap]\.?\s?m\.?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$", re.IGNORECASE)
_COMPACT = re.compile(r"(1[5-9]\d\d|20\d\d|21\d\d)(\d\d)(\d\d)")
_NUMBERS = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})(?:\s*[гГ]\.?)?")
_MONTH_AND_YEAR = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{4})")
_DAY_NUMBER = re.compile(r"\d{4,5}(\.\d+)?")
_PARTS = re.compile(r"[^\W\d_]+|\d+")
_BETWEEN = frozenset({"de", "del", "of", "the", "le", "em", "di", "г", "год", "года", "st", "nd", "rd", "th", "er"})
"""Parts of a date besides its day, month and year."""
_FURTHER_MONTHS = {"sept": 9, "set": 9, "setiembre": 9, "marz": 3, "mrz": 3, "mei": 5, "agt": 8}
"""Names of months that the Unicode Common Locale Data Repository lacks, or has in another form."""


class OrderOpen(Unreadable):
    """Raised for a date that is another one when its day and month change places."""


class YearOpen(Unreadable):
    """Raised for a date with two digits of the year where the column does not state their century."""

    def __init__(self) -> None:
        super().__init__(msg(" with four digits of the year; or say `first_year: 1950` for years from 1950 to 2049"))


@lru_cache(maxsize=1)
def _load_months() -> dict[str, int]:
    """Return the number of each month by its folded names: those of the Unicode Common Locale Data Repository."""
    month_numbers: dict[str, int] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    month_numbers.setdefault(fold(name).rstrip("."), number)
    # numbers alone are no names
    return {name: number for name, number in month_numbers.items() if not name.isdecimal()} | _FURTHER_MONTHS


def read_date(text: str, order: DateOrder | None = None, first_year: int | None = None) -> PartialDate:
    """Return the date of a cell, known to the year, the month or the day.

    Two digits of a year are one of the hundred years from ``first_year``. Raises OrderOpen for a date such as 05/06/2024
    where the order of the column is not known, YearOpen for 27/05/24 without a first year, and Unreadable.
    """
    if has_other_digits(text):
        raise Unreadable
    plain = _TIME.sub("", normalise_cell_text(text)).strip()
    try:
        return parse_partial_date(plain)
    except Unreadable:
        pass
    try:
        return _parse_numbered(plain, order, first_year) or _parse_named(plain, first_year)
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable from None


def _parse_year(digits: str, first_year: int | None) -> int:
    if len(digits) == 4:
        return int(digits)
    if first_year is None:
        raise YearOpen
    return first_year + (int(digits) - first_year) % 100


def _parse_numbered(plain: str, order: DateOrder | None, first_year: int | None) -> PartialDate | None:
    """Return the date of a text of digits, None for one with letters."""
    if match := _NUMBERS.fullmatch(plain):
        return PartialDate(_order_date_parts(int(match[1]), int(match[3]), _parse_year(match[4], first_year), order), "day")
    if match := _COMPACT.fullmatch(plain):
        return PartialDate(date(int(match[1]), int(match[2]), int(match[3])), "day")
    if match := _MONTH_AND_YEAR.fullmatch(plain):
        return PartialDate(date(int(match[2]), int(match[1]), 1), "month")
    if _DAY_NUMBER.fullmatch(plain) and FIRST_DAY_NUMBER <= float(plain) < LAST_DAY_NUMBER + 1:
        return PartialDate(SPREADSHEET_EPOCH + timedelta(days=int(float(plain))), "day")
    return None


def _order_date_parts(first: int, second: int, year: int, order: DateOrder | None) -> date:
    if first == second:
        return date(year, second, first)
    if order is None and first <= 12 and second <= 12:
        raise OrderOpen(msg(" whose day and month are certain; say `date_order: D/M/Y` or `date_order: M/D/Y`"))
    day_first = order == "D/M/Y" if order is not None else first > 12
    return date(year, second, first) if day_first else date(year, first, second)


def _parse_named(plain: str, first_year: int | None) -> PartialDate:
    """Return the date of a text with the name of a month: ``27 de mayo de 2024``, ``May 27, 2024``, ``май 2024 г.``.

    The last of several numbers with two digits is the year, as in ``27-May-24``.
    """
    parts = [part for part in map(fold, _PARTS.findall(re.sub("[年日]", " ", plain))) if part not in _BETWEEN]
    months = [_load_months()[part] for part in parts if part in _load_months()]
    years = [part for part in parts if part.isdecimal() and len(part) == 4]
    days = [int(part) for part in parts if part.isdecimal() and len(part) <= 2]
    if not years and len(months) == 1 and days and parts[-1].isdecimal() and len(parts[-1]) == 2:
        years, days = [parts[-1]], days[:-1]
    if len(months) != 1 or len(years) != 1 or len(days) > 1 or len(parts) != 2 + len(days):
        raise Unreadable
    year = _parse_year(years[0], first_year)
    if not days:
        return PartialDate(date(year, months[0], 1), "month")
    return PartialDate(date(year, months[0], days[0]), "day")


def has_short_year(text: str) -> bool:
    """Return whether a text is a date with two digits of the year."""
    try:
        read_date(text, "D/M/Y")
    except YearOpen:
        return True
    except Unreadable:
        return False
    return False


@dataclass(slots=True)
class FoundOrder:
    """The order of a column's dates, None while it is open, with the first value of each order."""

    order: DateOrder | None = None
    day_first: str | None = None
    month_first: str | None = None
    open: str | None = None
    short_year: str | None = None
    """The first date with two digits of the year."""
    short_years: int = 0
    dates: int = 0


def order_of(texts: Iterable[str]) -> FoundOrder:
    """Return the order of the dates of a column: that of its dates which can only be read in one order.

    It stays open if there are none, or dates of both orders.
    """
    column_order = FoundOrder()
    for text in texts:
        plain = _TIME.sub("", normalise_cell_text(text)).strip()
        column_order.dates += 1
        if has_short_year(plain):
            column_order.short_year = column_order.short_year or text
            column_order.short_years += 1
        match = _NUMBERS.fullmatch(plain)
        if match is None or match[1] == match[3]:
            continue
        first, second = int(match[1]), int(match[3])
        if 12 < first <= 31 and second <= 12:
            column_order.day_first = column_order.day_first or text
        elif 12 < second <= 31 and first <= 12:
            column_order.month_first = column_order.month_first or text
        elif first <= 12 and second <= 12:
            column_order.open = column_order.open or text
    if column_order.day_first is None or column_order.month_first is None:
        column_order.order = "D/M/Y" if column_order.day_first else "M/D/Y" if column_order.month_first else None
    return column_order

"""Dates of a column: day, month and year in any order, names of months, and numbers of days from a spreadsheet."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from babel.dates import get_month_names

from lodedata.cells import SPREADSHEET_EPOCH, Unreadable, has_other_digits, normal, partial_date
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
_NUMBERS = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4})(?:\s*[гГ]\.?)?")
_SHORT_YEAR = re.compile(r"\d{1,2}\s*([-/.])\s*\d{1,2}\s*\1\s*\d{2}")
_MONTH_AND_YEAR = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{4})")
_DAY_NUMBER = re.compile(r"\d{4,5}(\.\d+)?")
_PARTS = re.compile(r"[^\W\d_]+|\d+")
_BETWEEN = frozenset({"de", "del", "of", "the", "le", "em", "di", "г", "год", "года", "st", "nd", "rd", "th", "er"})
"""Parts of a date besides its day, month and year."""
_FURTHER_MONTHS = {"sept": 9, "set": 9, "setiembre": 9, "marz": 3, "mrz": 3, "mei": 5, "agt": 8}
"""Names of months that the Unicode Common Locale Data Repository lacks, or has in another form."""


class OrderOpen(Unreadable):
    """Raised for a date that is another one when its day and month change places."""


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """Return the number of each month by its folded names: those of the Unicode Common Locale Data Repository."""
    found: dict[str, int] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    found.setdefault(fold(name).rstrip("."), number)
    # numbers alone are no names
    return {name: number for name, number in found.items() if not name.isdecimal()} | _FURTHER_MONTHS


def read_date(text: str, order: DateOrder | None = None) -> PartialDate:
    """Return the date of a cell, known to the year, the month or the day.

    Raises OrderOpen for a date such as 05/06/2024 where the order of the column is not known, and Unreadable.
    """
    if has_other_digits(text):
        raise Unreadable
    plain = _TIME.sub("", normal(text)).strip()
    try:
        return partial_date(plain)
    except Unreadable:
        pass
    try:
        return _numbered(plain, order) or _named(plain)
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable from None


def _numbered(plain: str, order: DateOrder | None) -> PartialDate | None:
    """Return the date of a text of digits, None for one with letters."""
    if match := _NUMBERS.fullmatch(plain):
        return PartialDate(_ordered(int(match[1]), int(match[3]), int(match[4]), order), "day")
    if match := _COMPACT.fullmatch(plain):
        return PartialDate(date(int(match[1]), int(match[2]), int(match[3])), "day")
    if match := _MONTH_AND_YEAR.fullmatch(plain):
        return PartialDate(date(int(match[2]), int(match[1]), 1), "month")
    if _DAY_NUMBER.fullmatch(plain) and FIRST_DAY_NUMBER <= float(plain) < LAST_DAY_NUMBER + 1:
        return PartialDate(SPREADSHEET_EPOCH + timedelta(days=int(float(plain))), "day")
    if _SHORT_YEAR.fullmatch(plain):
        raise Unreadable(msg(" with four digits of the year"))
    return None


def _ordered(first: int, second: int, year: int, order: DateOrder | None) -> date:
    if first == second:
        return date(year, second, first)
    if order is None and first <= 12 and second <= 12:
        raise OrderOpen(msg(" whose day and month are certain; say `date_order: D/M/Y` or `date_order: M/D/Y`"))
    day_first = order == "D/M/Y" if order is not None else first > 12
    return date(year, second, first) if day_first else date(year, first, second)


def _named(plain: str) -> PartialDate:
    """Return the date of a text with the name of a month: ``27 de mayo de 2024``, ``May 27, 2024``, ``май 2024 г.``."""
    parts = [part for part in map(fold, _PARTS.findall(re.sub("[年日]", " ", plain))) if part not in _BETWEEN]
    months = [_months()[part] for part in parts if part in _months()]
    years = [int(part) for part in parts if part.isdecimal() and len(part) == 4]
    days = [int(part) for part in parts if part.isdecimal() and len(part) <= 2]
    if len(months) != 1 or len(years) != 1 or len(days) > 1 or len(parts) != 2 + len(days):
        raise Unreadable
    if not days:
        return PartialDate(date(years[0], months[0], 1), "month")
    return PartialDate(date(years[0], months[0], days[0]), "day")


@dataclass(slots=True)
class FoundOrder:
    """The order of a column's dates, None while it is open, with the first value of each order."""

    order: DateOrder | None = None
    day_first: str | None = None
    month_first: str | None = None
    open: str | None = None


def order_of(texts: Iterable[str]) -> FoundOrder:
    """Return the order of the dates of a column: that of its dates which can only be read in one order.

    It stays open if there are none, or dates of both orders.
    """
    found = FoundOrder()
    for text in texts:
        match = _NUMBERS.fullmatch(_TIME.sub("", normal(text)).strip())
        if match is None or match[1] == match[3]:
            continue
        first, second = int(match[1]), int(match[3])
        if 12 < first <= 31 and second <= 12:
            found.day_first = found.day_first or text
        elif 12 < second <= 31 and first <= 12:
            found.month_first = found.month_first or text
        elif first <= 12 and second <= 12:
            found.open = found.open or text
    if found.day_first is None or found.month_first is None:
        found.order = "D/M/Y" if found.day_first else "M/D/Y" if found.month_first else None
    return found

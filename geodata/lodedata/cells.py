"""What one cell's text means: a number, a date, an angle. What can't be read is an error that says why."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta

from lodedata.records import PartialDate

MINUS_SIGNS = "\u2212\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d"
"""Characters that stand for a minus in print: minus sign, hyphens, dashes, full-width hyphen."""

_TO_ASCII_MINUS = str.maketrans(dict.fromkeys(MINUS_SIGNS, "-"))
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_GROUPED = {
    ".": re.compile(r"[+-]?[1-9]\d{0,2}(?P<mark>[, '’])\d{3}((?P=mark)\d{3})*(\.\d*)?"),
    ",": re.compile(r"[+-]?[1-9]\d{0,2}(?P<mark>[. '’])\d{3}((?P=mark)\d{3})*(,\d*)?"),
}
"""Thousands in groups of one mark. A group never begins with nought: ``0,123`` is a decimal comma."""
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_OTHER_THAN_DIGITS = ("<super>", "<sub>", "<circle>", "<fraction>")
"""How Unicode calls what NFKC would make a digit of: ``10³`` is not 103."""


class Unreadable(ValueError):
    """A cell that does not hold what its column should; the message is a hint that can be empty."""


def normal(text: str) -> str:
    """The text with full-width forms made ASCII (NFKC), any minus made ``-``, and outer space gone."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text.translate(_TO_ASCII_MINUS)).strip()


def number(text: str, decimal: str = ".") -> float:
    """The number a cell holds; thousands may be grouped. Raises Unreadable with a hint for what looks foreign.

    ``decimal`` is the decimal mark of the column, ``.`` or ``,``. A text that reads differently under the other mark
    (``1,234`` under ``,``) is read under the declared one only.
    """
    try:
        # the common case first: float() also takes 'nan', 'inf' and '1_000', which are no figures
        value = float(text)
        if "_" not in text and value - value == 0 and (decimal == "." or "." not in text):
            return value
    except ValueError:
        pass
    if not text.isascii() and any(unicodedata.decomposition(c).startswith(_OTHER_THAN_DIGITS) for c in text):
        raise Unreadable("")
    plain = normal(text)
    if match := _GROUPED[decimal].fullmatch(plain):
        plain = plain.replace(match["mark"], "")
    if decimal == ",":
        # a point that groups no thousands is no mark of this column
        plain = plain.replace(".", "?").replace(",", ".")
    if _PLAIN_NUMBER.fullmatch(plain):
        value = float(plain)
        if value - value == 0:
            return value
    if decimal == "." and (_GROUPED[","].fullmatch(plain) or _DECIMAL_COMMA.fullmatch(plain)):
        raise Unreadable(" with a decimal point; if the comma is the decimal mark, say `decimal: ','`")
    if decimal == "," and re.fullmatch(r"[+-]?\d+\?\d+", plain):
        raise Unreadable(" with a decimal comma; if the point is the decimal mark, say `decimal: '.'`")
    raise Unreadable("")


_YEAR = re.compile(r"(1[5-9]\d\d|20\d\d|21\d\d)")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?([T ]\d.*)?")
_SPREADSHEET_EPOCH = date(1899, 12, 30)


def partial_date(text: str) -> PartialDate:
    """A year, month or day: ``2019``, ``2019-05``, ``2019-05-31``, ``2019/5/31``, ``2019年5月``. Raises Unreadable."""
    plain = normal(text).removesuffix("年")
    try:
        if _YEAR.fullmatch(plain):
            return PartialDate(date(int(plain), 1, 1), "year")
        if match := _DAY.fullmatch(plain):
            return PartialDate(date(int(match[1]), int(match[2]), int(match[3])), "day")
        if match := _YEAR_MONTH.fullmatch(plain):
            return PartialDate(date(int(match[1]), int(match[2]), 1), "month")
    except ValueError:
        raise Unreadable("") from None
    if re.fullmatch(r"\d{5}(\.\d+)?", plain):
        told = _SPREADSHEET_EPOCH + timedelta(days=int(float(plain)))
        raise Unreadable(f" but looks like a spreadsheet's day number ({told.isoformat()}); format the column as a date")
    raise Unreadable("")


_DMS = re.compile(
    r"""(?P<lead>[NSEWnsew北南东西]?[纬经]?)\s*(?P<sign>[+-]?)\s*
    (?P<d>\d{1,3}(?:\.\d+)?)\s*(?:[°º度:d\s]|deg)\s*
    (?:(?P<m>\d{1,2}(?:\.\d+)?)\s*(?:['′’分:m]|\s)?\s*)?
    (?:(?P<s>\d{1,2}(?:\.\d+)?)\s*(?:["″”秒s]|''|′′)?\s*)?
    (?P<tail>[NSEWnsew北南东西]?[纬经]?)""",
    re.VERBOSE,
)
_DECIMAL_AND_LETTER = re.compile(
    r"(?P<lead>[NSEWnsew北南东西]?[纬经]?)\s*(?P<sign>[+-]?)(?P<d>\d{1,3}(?:\.\d+)?)\s*(?P<tail>[NSEWnsew北南东西]?[纬经]?)"
)
_SOUTH_OR_WEST = frozenset("SWsw南西")
_TO_DEGREE_SIGN = str.maketrans({"º": "°", "˚": "°"})
"""Signs that look like the degree sign and that NFKC would make something else of."""


def degrees(text: str, decimal: str = ".") -> float:
    """Decimal degrees of one coordinate, written so or as degrees, minutes and seconds with or without a letter.

    Raises Unreadable also where a sign and a letter, or two letters, contradict each other.
    """
    try:
        return number(text, decimal)
    except Unreadable:
        pass
    plain = normal(text.translate(_TO_DEGREE_SIGN))
    if decimal == ",":
        plain = plain.replace(",", ".")
    if match := _DECIMAL_AND_LETTER.fullmatch(plain):
        value = float(match["d"])
    elif match := _DMS.fullmatch(plain):
        minutes, seconds = float(match["m"] or 0), float(match["s"] or 0)
        if minutes >= 60 or seconds >= 60:
            raise Unreadable("")
        value = float(match["d"]) + minutes / 60 + seconds / 3600
    else:
        raise Unreadable("")
    letters = {letter in _SOUTH_OR_WEST for letter in (match["lead"][:1], match["tail"][:1]) if letter and letter not in "纬经"}
    if len(letters) > 1 or (match["sign"] == "-" and letters == {False}):
        raise Unreadable("")
    return -value if match["sign"] == "-" or True in letters else value


def decimals(text: str) -> int | None:
    """How many decimals a plain coordinate was written with; None where it is no plain decimal number."""
    whole, _, fraction = text.partition(".")
    if text.isascii() and whole.lstrip("-").isdigit() and (not fraction or fraction.isdigit()):
        return len(fraction.rstrip("0"))
    plain = normal(text)
    match = re.fullmatch(r"[+-]?\d+(?:[.,](\d*))?", plain)
    return None if match is None else len((match[1] or "").rstrip("0"))


def splitter(separators: str) -> Callable[[str], list[str]]:
    """A function that splits a cell at any of the characters given and drops empty parts."""
    pattern = re.compile("[" + re.escape(separators) + "]")
    return lambda text: [part for part in (piece.strip() for piece in pattern.split(text)) if part]

"""Parsing of the text of one cell as a number, a date or an angle."""

import re
import unicodedata
from datetime import date, timedelta

from lodedata.messages import MessageError, msg
from lodedata.records import PartialDate

MINUS_SIGNS = "\u2212\u2010\u2011\u2012\u2013\u2014\ufe63\uff0d"
"""Characters printed for a minus: minus sign, hyphens, dashes, full-width hyphen."""

_TO_ASCII_MINUS = str.maketrans(dict.fromkeys(MINUS_SIGNS, "-"))
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_GROUPED = {
    ".": re.compile(r"[+-]?[1-9]\d{0,2}(?P<mark>[, '’])\d{3}((?P=mark)\d{3})*(\.\d*)?"),
    ",": re.compile(r"[+-]?[1-9]\d{0,2}(?P<mark>[. '’])\d{3}((?P=mark)\d{3})*(,\d*)?"),
}
"""Thousands in groups with one separator. The first group never begins with 0: ``0,123`` has a decimal comma."""
_FOOTNOTE_MARKS = re.compile(r"(?<=[\d.,])\s*(\[\s*(\d{1,3}|[A-Za-z]|note \d{1,3})\s*\]\s*)+$")
"""Marks of footnotes after a number, in square brackets as encyclopaedias and reports print them: ``1060000[5]``."""
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_OTHER_THAN_DIGITS = ("<super>", "<sub>", "<circle>", "<fraction>")
"""Unicode decompositions that NFKC would convert to a digit: ``10³`` is not 103."""


class Unreadable(MessageError, ValueError):
    """Raised for a text that is not of the expected type; the message is a hint, which may be empty."""


def convert_cell_to_text(value: object) -> str:
    """Return a cell's text; integral floats have no decimal point, so that a year from a spreadsheet is 2019."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def normalise_cell_text(text: str) -> str:
    """Return the stripped text with full-width forms as ASCII (NFKC) and any minus as ``-``."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text.translate(_TO_ASCII_MINUS)).strip()


def has_other_digits(text: str) -> bool:
    """Return whether a text has superscripts, fractions or other characters that NFKC would convert to digits."""
    return not text.isascii() and any(unicodedata.decomposition(c).startswith(_OTHER_THAN_DIGITS) for c in text)


def number(text: str, decimal: str = ".") -> float:
    """Return the number in a cell; thousands may be grouped. Raises Unreadable, with a hint for the other decimal mark.

    ``decimal`` is the decimal mark of the column, ``.`` or ``,``. A text that is ambiguous (``1,234``) is read with the
    declared mark. Marks of footnotes in square brackets (``1060000[5]``) are no part of the number.
    """
    try:
        # the common case first; float() also accepts 'nan', 'inf' and '1_000', which are not figures
        value = float(text)
        if "_" not in text and value - value == 0 and (decimal == "." or "." not in text):
            return value
    except ValueError:
        pass
    if has_other_digits(text):
        raise Unreadable
    plain = _FOOTNOTE_MARKS.sub("", normalise_cell_text(text))
    if match := _GROUPED[decimal].fullmatch(plain):
        plain = plain.replace(match["mark"], "")
    if decimal == ",":
        # a point that does not group thousands is not valid in this column
        plain = plain.replace(".", "?").replace(",", ".")
    if _PLAIN_NUMBER.fullmatch(plain):
        value = float(plain)
        if value - value == 0:
            return value
    if decimal == "." and (_GROUPED[","].fullmatch(plain) or _DECIMAL_COMMA.fullmatch(plain)):
        raise Unreadable(msg(" with a decimal point; if the comma is the decimal mark, say `decimal: ','`"))
    if decimal == "," and re.fullmatch(r"[+-]?\d+\?\d+", plain):
        raise Unreadable(msg(" with a decimal comma; if the point is the decimal mark, say `decimal: '.'`"))
    raise Unreadable


_YEAR = re.compile(r"(1[5-9]\d\d|20\d\d|21\d\d)")
_YEAR_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?([T ]\d.*)?")
SPREADSHEET_EPOCH = date(1899, 12, 30)


def parse_partial_date(text: str) -> PartialDate:
    """Return a year, month or day: ``2019``, ``2019-05``, ``2019-05-31``, ``2019/5/31``, ``2019年5月``. Raises Unreadable."""
    if has_other_digits(text):
        raise Unreadable
    plain = normalise_cell_text(text).removesuffix("年")
    try:
        if _YEAR.fullmatch(plain):
            return PartialDate(date(int(plain), 1, 1), "year")
        if match := _DAY.fullmatch(plain):
            return PartialDate(date(int(match[1]), int(match[2]), int(match[3])), "day")
        if match := _YEAR_MONTH.fullmatch(plain):
            return PartialDate(date(int(match[1]), int(match[2]), 1), "month")
    except ValueError:
        raise Unreadable from None
    if re.fullmatch(r"\d{5}(\.\d+)?", plain):
        day = SPREADSHEET_EPOCH + timedelta(days=int(float(plain)))
        hint = msg(" but looks like a spreadsheet's day number (%(day)s); format the column as a date", day=day.isoformat())
        raise Unreadable(hint)
    raise Unreadable


_HEMISPHERE = r"(?:[NSEWOnsewo北南东西]?[纬经]?|[сюСЮ]\.?\s?(?:[шШ]\.?)?|[взВЗ]\.?\s?(?:[дД]\.?)?|L[SU]|B[TB])"
"""Letters of hemispheres: English, Romance (O is west), Chinese, Russian (с.ш., з.д.) and Indonesian (LS, BT)."""
_DMS = re.compile(
    rf"""(?P<lead>{_HEMISPHERE})\s*(?P<sign>[+-]?)\s*
    (?P<d>\d{{1,3}}(?:\.\d+)?)\s*(?:[°º度:d\s]|deg)\s*
    (?:(?P<m>\d{{1,2}}(?:\.\d+)?)\s*(?:['′’分:m]|\s)?\s*)?
    (?:(?P<s>\d{{1,2}}(?:\.\d+)?)\s*(?:["″”秒s]|''|′′)?\s*)?
    (?P<tail>{_HEMISPHERE})""",
    re.VERBOSE,
)
_DECIMAL_AND_LETTER = re.compile(
    rf"(?P<lead>{_HEMISPHERE})\s*(?P<sign>[+-]?)(?P<d>\d{{1,3}}(?:\.\d+)?)\s*(?:°\s*)?(?P<tail>{_HEMISPHERE})"
)
_NAMED_PARTS = re.compile(
    r"(?i)\s*(?:(?P<d>deg(?:rees?)?|grad(?:os?|us)?|graus|градусов|град)|(?P<m>min(?:ut[eo]s?|uten|уты?|ут)?|мин(?:ут)?)"
    r"|(?P<s>sec(?:onds?)?|seg(?:undos?)?|sek(?:unden)?|сек(?:унд)?))(?![^\W\d_])\.?\s*"
)
"""Names of degrees, minutes and seconds: ``23 deg 30 min 15 sec S``."""
_COMMA_OF_SECONDS = re.compile(r"(?:[°'′’度分]|\d\s)\s*\d{1,2},\d+")
"""A decimal comma that a sign of degrees or minutes, or a part before it, shows to be one."""
_HYPHENATED = re.compile(rf"{_HEMISPHERE}\s*\d{{1,3}}-\d{{1,2}}(-\d{{1,2}}(\.\d+)?)?\s*{_HEMISPHERE}")
"""Degrees, minutes and seconds with hyphens between them: ``23-33-00S``."""
_PACKED = re.compile(
    rf"(?P<lead>{_HEMISPHERE})\s*(?P<d>\d{{2,3}})(?P<m>[0-5]\d)(?P<s>[0-5]\d(\.\d+)?)\s*(?P<tail>{_HEMISPHERE})"
)
"""Degrees, minutes and seconds without anything between them, which a letter shows to be no number: ``233300S``."""
_PACKED_DIGITS = re.compile(r"(?P<sign>[+-]?)(?P<d>\d{1,3})(?P<m>[0-5]\d)(?P<s>[0-5]\d(\.\d+)?)")
"""The same without a letter, which is a number too: ``-701230``."""
_SOUTH_OR_WEST = frozenset({"s", "w", "o", "南", "西", "ю", "з", "ls", "bb"})
_TO_DEGREE_SIGN = str.maketrans({"º": "°", "˚": "°"})
"""Characters that look like the degree sign and that NFKC would convert otherwise."""


def parse_degrees(text: str, decimal: str = ".") -> float:
    """Return a coordinate in decimal degrees, from decimal degrees or degrees, minutes and seconds with or without a letter.

    Raises Unreadable, also if a sign and a letter, or two letters, contradict each other.
    """
    try:
        return number(text, decimal)
    except Unreadable:
        pass
    plain = normalise_cell_text(_NAMED_PARTS.sub(_choose_part_sign, text.translate(_TO_DEGREE_SIGN)))
    if decimal == "," or _COMMA_OF_SECONDS.search(plain):
        plain = plain.replace(",", ".")
    # without a letter it may be a date
    if (match := _HYPHENATED.fullmatch(plain)) and not (plain[:1] + plain[-1:]).isdecimal():
        plain = match[0].replace("-", " ")
    if match := _PACKED.fullmatch(plain):
        plain = f"{match['lead']}{match['d']} {match['m']} {match['s']}{match['tail']}"
    if match := _DECIMAL_AND_LETTER.fullmatch(plain):
        value = float(match["d"])
    elif match := _DMS.fullmatch(plain):
        minutes, seconds = float(match["m"] or 0), float(match["s"] or 0)
        if minutes >= 60 or seconds >= 60:
            raise Unreadable(msg(", as minutes and seconds are less than 60"))
        value = float(match["d"]) + minutes / 60 + seconds / 3600
    else:
        raise Unreadable
    written = (match[part].casefold() for part in ("lead", "tail"))
    letters = {not _SOUTH_OR_WEST.isdisjoint({letter, letter[:1]}) for letter in written if letter.strip("纬经")}
    if len(letters) > 1 or (match["sign"] == "-" and letters == {False}):
        raise Unreadable
    return -value if match["sign"] == "-" or True in letters else value


def divide_packed(text: str) -> str:
    """Return packed degrees, minutes and seconds with spaces between them: ``-701230`` is ``-70 12 30``.

    Raises Unreadable for any other text: a mapping says that a column is packed, as the digits alone are a number.
    """
    match = _PACKED_DIGITS.fullmatch(normalise_cell_text(text).replace(",", "."))
    if match is None:
        raise Unreadable(msg(", as the mapping reads it as DDMMSS: degrees, then two digits each of minutes and seconds"))
    return f"{match['sign']}{match['d']} {match['m']} {match['s']}"


def _choose_part_sign(match: re.Match[str]) -> str:
    return "° " if match["d"] else "' " if match["m"] else '" '


def count_decimals(text: str) -> int | None:
    """Return the number of decimals of a coordinate, None if it is not a plain decimal number."""
    integer, _, fraction = text.partition(".")
    if text.isascii() and integer.lstrip("-").isdigit() and (not fraction or fraction.isdigit()):
        return len(fraction.rstrip("0"))
    plain = normalise_cell_text(text)
    match = re.fullmatch(r"[+-]?\d+(?:[.,](\d*))?", plain)
    return None if match is None else len((match[1] or "").rstrip("0"))


def find_sexagesimal_unit(text: str) -> float | None:
    """Return the unit, in degrees, of the last part of degrees, minutes and seconds that is not zero; None for other text."""
    match = _DMS.fullmatch(normalise_cell_text(text.translate(_TO_DEGREE_SIGN)).replace(",", "."))
    if match is None:
        return None
    for name, parts in (("s", 3600), ("m", 60)):
        part = match[name]
        if part is not None and float(part) > 0:
            return float(10.0 ** -(count_decimals(part) or 0) / parts)
    return float(10.0 ** -(count_decimals(match["d"]) or 0))

"""The text of a list of corner points, divided into corners as printed: label, two coordinates, and the datum it names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lodedata.cells import normalise_cell_text
from lodedata.messages import Message, MessageError, msg
from lodedata.rights.gauss_kruger import BEIJING54, CGCS2000, XIAN80

DATUMS = (
    (re.compile(r"CGCS\s*2000|2000\s*国家大地|国家\s*2000|2000\s*坐标", re.IGNORECASE), CGCS2000),
    (re.compile(r"西安\s*(?:19)?80|(?:19)?80\s*年?西安|Xian\s*(?:19)?80", re.IGNORECASE), XIAN80),
    (re.compile(r"北京\s*(?:19)?54|(?:19)?54\s*年?北京|Beijing\s*(?:19)?54", re.IGNORECASE), BEIJING54),
)
_ELEVATION = re.compile(
    r"(?:开采)?(?:标高|深度)[^0-9+\-]{0,8}(?P<first>[+-]?\d+(?:\.\d+)?)\s*(?:米|m)?\s*(?:至|到|~|—|--|,|;|\s-\s|-)\s*"
    r"(?P<second>[+-]?\d+(?:\.\d+)?)\s*(?:米|m\b)?"
)
_ANGLE = (
    r"[NSEW东西南北]?[经纬]?\s*-?\d{1,3}\s*[°度d]\s*\d{1,2}(?:\.\d+)?\s*['′’分]?\s*"
    r"(?:\d{1,2}(?:\.\d+)?\s*(?:[\"″”秒]|''|′′)?)?\s*[NSEW]?"
)
_ANGLE_WITH_HYPHENS = r"\d{1,3}-\d{1,2}-\d{1,2}(?:\.\d+)?"
_LETTERED = r"[NSEW]\s*\d{1,3}\.\d+|\d{1,3}\.\d+\s*°?\s*[NSEW](?![A-Za-z])"
_LABEL = r"(?:[A-Za-z]{1,2}\d{1,4}|拐点\s*\d{1,4}|点\s*\d{1,4})"
_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_TOKEN = re.compile(
    rf"(?P<angle>{_ANGLE}|{_ANGLE_WITH_HYPHENS}|{_LETTERED})|(?P<label>{_LABEL})|(?P<number>{_NUMBER})|(?P<other>[^\s,;:、()（）*/|.]+)"
)
_DECIMAL = re.compile(r"(?<![\d.])\d{1,3}\.\d+(?![\d.])")
_PACKED = re.compile(r"(?P<d>\d{1,3})\.(?P<m>[0-5]\d)(?P<s>[0-5]\d)(?P<part>\d*)")
MAX_NUMBER_OF_A_CORNER = 999
MAX_CORNERS = 10_000


class RingUnreadable(MessageError, ValueError):
    """A list of corner points that is no ring; the message says which corner is wrong and what to write."""


@dataclass(frozen=True, slots=True)
class PrintedCorner:
    """A corner as printed: its label, and its two coordinates in the order of the text."""

    label: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class PrintedCorners:
    """The corners of a text, the datum that it names, and the elevations in metres between which it applies."""

    corners: tuple[PrintedCorner, ...]
    datum: str | None
    elevation_top_m: float | None
    elevation_bottom_m: float | None


def parse_printed_corners(text: str) -> PrintedCorners:
    """Return the corners of a text. Raises RingUnreadable."""
    plain = normalise_cell_text(text)
    datum = next((code for pattern, code in DATUMS if pattern.search(plain)), None)
    for pattern, _ in DATUMS:
        plain = pattern.sub(" ", plain)
    depth = _ELEVATION.search(plain)
    heights = sorted((float(depth["first"]), float(depth["second"]))) if depth else [None, None]
    if depth:
        plain = plain[: depth.start()] + " " + plain[depth.end() :]
    return PrintedCorners(tuple(_parse_corners(plain)), datum, heights[1], heights[0])


def add_angle_signs(text: str) -> str:
    """Return a text whose angles have minutes and seconds after the point with signs: 121°55′30″ for 121.5530.

    Raises RingUnreadable for an angle with another number of digits, or with 60 minutes or seconds or more.
    """

    def signed(match: re.Match[str]) -> str:
        parts = _PACKED.fullmatch(match[0])
        if parts is None:
            raise RingUnreadable(
                msg(
                    "%(printed)s has no minutes and seconds after the point. Write 121.5530 for 121°55′30″, or leave "
                    "`angles` out if the corners are decimal degrees.",
                    printed=match[0],
                )
            )
        return f"{parts['d']}°{parts['m']}′{parts['s']}{'.' if parts['part'] else ''}{parts['part']}″"

    return _DECIMAL.sub(signed, normalise_cell_text(text))


def is_packed(text: str) -> bool:
    """Return whether all decimal numbers of a text, of which there are some, can be degrees with minutes and seconds."""
    numbers = _DECIMAL.findall(normalise_cell_text(text))
    return bool(numbers) and all(_PACKED.fullmatch(part) for part in numbers)


def _parse_corners(text: str) -> Iterator[PrintedCorner]:
    """Yield the corners: a label is a letter with a number, or a small integer before two coordinates."""
    label, first, count = "", "", 0
    for match in _TOKEN.finditer(text):
        token, kind = match[0].strip(), match.lastgroup
        if kind == "other":
            if first:
                raise RingUnreadable(_describe_half_corner(label, first))
            continue
        if kind == "label" or (kind == "number" and not first and not label and _is_corner_number(token)):
            if first:
                raise RingUnreadable(_describe_half_corner(label, first))
            label = token
        elif not first:
            first = token
        else:
            count += 1
            if count > MAX_CORNERS:
                raise RingUnreadable(msg("There are more than %(most)s corner points. Give fewer.", most=f"{MAX_CORNERS:,}"))
            yield PrintedCorner(label or str(count), first, token)
            label, first = "", ""
    if first:
        raise RingUnreadable(_describe_half_corner(label, first))


def _is_corner_number(token: str) -> bool:
    return token.isdecimal() and len(token) <= 9 and int(token) <= MAX_NUMBER_OF_A_CORNER


def _describe_half_corner(label: str, first: str) -> Message:
    return msg(
        "Corner %(label)s has only one coordinate, %(first)s. Write each corner as number, coordinate, coordinate.",
        label=label or "?",
        first=first,
    )

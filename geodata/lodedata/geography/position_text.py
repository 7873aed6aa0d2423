"""Positions as people type them: decimal degrees, degrees with minutes and seconds, UTM, and Gauss-Krüger of CGCS2000."""

import re

import numpy as np

from lodedata.cells import Unreadable, parse_degrees
from lodedata.geography.crs import transform

Position = tuple[float, float]
"""Longitude and latitude in WGS 84."""
_SAME = str.maketrans("，、；;＋－−–", ",,,,+---")
_PAIR = re.compile(r"([+-]?\d+(?:\.\d+)?)°?\s*(?:,|\s)\s*([+-]?\d+(?:\.\d+)?)°?")
_LETTER = re.compile(r"[NSEWnsew东西南北]")
_LATITUDE = re.compile(r"[NSns南北]")
_UTM = re.compile(
    r"(?:UTM\s*)?(\d{1,2})\s*([C-HJ-NP-X])\s*,?\s*(\d{6}(?:\.\d+)?)\s*m?\s*E?[\s,]+(\d{1,8}(?:\.\d+)?)\s*m?\s*N?", re.I
)
_GAUSS = re.compile(r"(?:X\s*[=:]?\s*)?(\d{6,8}(?:\.\d+)?)\s*m?[\s,]+(?:Y\s*[=:]?\s*)?(\d{6,8}(?:\.\d+)?)\s*m?", re.IGNORECASE)
FIRST_NORTHERN_BAND = "N"


def parse_position(text: str) -> Position | None:
    """Return the position of a text; None for any other text.

    Two bare numbers are longitude and latitude, unless only the reverse order is possible. Gauss-Krüger needs the zone before
    the easting: 3-degree zones 25 to 45, 6-degree zones 13 to 23.
    """
    return next(iter(parse_positions(text)), None)


def parse_positions(text: str) -> list[Position]:
    """Return the positions that a text may mean: both orders of two bare numbers, longitude first; none for any other text."""
    plain = " ".join(text.translate(_SAME).split())
    if not any(character.isdigit() for character in plain):
        return []
    position = _parse_utm(plain) or _parse_gauss(plain) or _parse_letters(plain)
    return _parse_pair(plain) if position is None else [position]


def write_position(position: Position) -> str:
    """Return a position in degrees with the letters of its hemispheres, latitude first."""
    lon, lat = position
    return f"{abs(lat):.10g}° {'S' if lat < 0 else 'N'}, {abs(lon):.10g}° {'W' if lon < 0 else 'E'}"


def _parse_utm(text: str) -> Position | None:
    match = _UTM.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= 60:
        return None
    north = match[2].upper() >= FIRST_NORTHERN_BAND
    zone = (32_600 if north else 32_700) + int(match[1])
    return _transform(f"EPSG:{zone}", float(match[3]), float(match[4]))


def _parse_gauss(text: str) -> Position | None:
    match = _GAUSS.fullmatch(text)
    if match is None:
        return None
    # the easting is the one that begins with a zone, so it has eight figures
    eastings = [n for n in (1, 2) if len(match[n].split(".")[0]) == 8]
    if not eastings:
        return None
    easting, northing = float(match[eastings[0]]), float(match[3 - eastings[0]])
    zone = int(easting // 1e6)
    # EPSG:4513 to 4533 are the three-degree zones 25 to 45, 4491 to 4501 the six-degree zones 13 to 23
    code = 4488 + zone if 25 <= zone <= 45 else 4478 + zone if 13 <= zone <= 23 else None
    # the axes of these systems are northing and easting
    return None if code is None else _transform(f"EPSG:{code}", easting, northing)


def _transform(code: str, x: float, y: float) -> Position | None:
    lon, lat = transform(code, np.array([x]), np.array([y]))
    return _check_position(float(lon[0]), float(lat[0]))


def _parse_letters(text: str) -> Position | None:
    """Return the position of two coordinates with the letters of their hemispheres, in either order."""
    if len(_LETTER.findall(text)) != 2:
        return None
    for n in range(1, len(text)):
        first, second = text[:n].strip(" ,"), text[n:].strip(" ,")
        if len(_LETTER.findall(first)) != 1 or len(_LETTER.findall(second)) != 1:
            continue
        try:
            values = parse_degrees(first), parse_degrees(second)
        except Unreadable:
            continue
        latitudes = [_LATITUDE.search(part) is not None for part in (first, second)]
        if latitudes == [True, False]:
            return _check_position(values[1], values[0])
        if latitudes == [False, True]:
            return _check_position(*values)
    return None


def _parse_pair(text: str) -> list[Position]:
    match = _PAIR.fullmatch(text)
    if match is None:
        return []
    first, second = float(match[1]), float(match[2])
    orders = (_check_position(first, second), _check_position(second, first))
    return list(dict.fromkeys(position for position in orders if position is not None))


def _check_position(lon: float, lat: float) -> Position | None:
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None

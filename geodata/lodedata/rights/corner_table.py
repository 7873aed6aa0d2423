"""Corners of polygons in four forms: decimal degrees, degrees with minutes and seconds, projected metres, and as printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import shapely
from pyproj import CRS, Transformer

from lodedata.geography import crs
from lodedata.rights import gauss_kruger
from lodedata.rights.corner_ring import Corner

CHINA = (73.0, 3.0, 136.0, 54.0)
"""Box in which Gauss-Krüger zones of CGCS2000 are used; elsewhere UTM."""


@dataclass(frozen=True, slots=True)
class CornerForms:
    """One corner: ring and label, and its position in four forms; ``printed`` is None if nothing was printed."""

    ring: int
    label: str
    degrees: str
    sexagesimal: str
    northing: str
    easting: str
    printed: str | None


@dataclass(frozen=True, slots=True)
class CornerTable:
    """The corners of a polygon, and the name of the projected system of their northings and eastings."""

    system: str
    corners: tuple[CornerForms, ...]


def list_shape_corners(shape: Any) -> tuple[tuple[Corner, ...], ...]:
    """Return the rings of polygons without the closing corner, numbered from J1 each."""
    rings = [ring for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]
    return tuple(tuple(Corner(f"J{n}", "", x, y) for n, (x, y, *_) in enumerate(ring.coords[:-1], 1)) for ring in rings)


def build_corner_table(rings: Sequence[Sequence[Corner]]) -> CornerTable:
    """Return the four forms of each corner."""
    middle = rings[0][0]
    west, south, east, north = CHINA
    chinese = west <= middle.lon <= east and south <= middle.lat <= north
    code = _choose_gauss_kruger(middle.lon) if chinese else _choose_utm(middle.lon, middle.lat)
    transformer = _create_transformer(code)
    rows = []
    for number, ring in enumerate(rings, 1):
        eastings, northings = transformer.transform([c.lon for c in ring], [c.lat for c in ring])
        rows += [
            CornerForms(
                number,
                corner.label,
                f"{corner.lon:.7f}, {corner.lat:.7f}",
                f"{format_sexagesimal(corner.lon, 'E', 'W')}, {format_sexagesimal(corner.lat, 'N', 'S')}",
                f"{northing:.2f}",
                f"{easting:.2f}",
                corner.printed or None,
            )
            for corner, easting, northing in zip(ring, eastings, northings, strict=True)
        ]
    return CornerTable(f"{CRS.from_user_input(code).name} ({code})", tuple(rows))


def format_sexagesimal(value: float, plus: str, minus: str) -> str:
    """Return degrees as degrees, minutes and seconds to a hundredth, with the letter of the side."""
    hundredths = round(abs(value) * 360_000)
    minutes, seconds = divmod(hundredths, 6_000)
    return f"{minutes // 60}°{minutes % 60:02d}′{seconds / 100:05.2f}″{minus if value < 0 else plus}"


def _choose_gauss_kruger(lon: float) -> str:
    return gauss_kruger.choose_zone_system(gauss_kruger.CGCS2000, gauss_kruger.compute_longitude_zone(lon))


def _choose_utm(lon: float, lat: float) -> str:
    zone = min(int((lon + 180) // 6) + 1, 60)
    return f"EPSG:{(32_600 if lat >= 0 else 32_700) + zone}"


@lru_cache(maxsize=64)
def _create_transformer(code: str) -> Transformer:
    return Transformer.from_crs(crs.WGS84, code, always_xy=True)

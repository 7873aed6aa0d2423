"""Coordinate reference systems: all positions of the store are WGS 84 longitude and latitude in degrees, in that order.

Legacy Chinese datums have no published precise transformation: PROJ offers only a ballpark one for Xian 1980 and New
Beijing, and for Beijing 1954 some of single regions, so a point given in them is uncertain by about 100 m regardless of
its decimals.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from lodedata.cells import normalise_cell_text
from lodedata.messages import MessageError, msg

WGS84 = "EPSG:4326"

_WGS84_TOO = frozenset({"EPSG:4979", "OGC:CRS84", "OGC:CRS84h"})
"""Systems with the same degrees, with a height or another axis order; coordinates are read x first."""

DATUM_UNCERTAINTY_M = {"EPSG:4214": 100.0, "EPSG:4555": 100.0, "EPSG:4610": 100.0}
"""Least uncertainty in metres of a position in this geodetic system after its conversion to WGS 84."""

COMMON_NAMES = {
    "wgs84": WGS84,
    "wgs 84": WGS84,
    "wgs-84": WGS84,
    "cgcs2000": "EPSG:4490",
    "2000国家大地坐标系": "EPSG:4490",
    "国家2000": "EPSG:4490",
    "xian80": "EPSG:4610",
    "xian 1980": "EPSG:4610",
    "西安80": "EPSG:4610",
    "1980西安坐标系": "EPSG:4610",
    "beijing54": "EPSG:4214",
    "beijing 1954": "EPSG:4214",
    "北京54": "EPSG:4214",
    "1954年北京坐标系": "EPSG:4214",
    "gcj-02": "",
    "gcj02": "",
    "火星坐标": "",
    "bd-09": "",
    "bd09": "",
    "百度坐标": "",
}
"""Common names of coordinate reference systems; an empty code is a shifted map system without a conversion to WGS 84."""


class UnknownCrs(MessageError, ValueError):
    """A coordinate reference system that is unknown to PROJ or can't be converted to WGS 84."""


@lru_cache(maxsize=64)
def resolve(text: str) -> str:
    """Return the authority code (``EPSG:4490``) or WKT of a system from a code, WKT or common name. Raises UnknownCrs."""
    common_code = COMMON_NAMES.get(normalise_cell_text(text).casefold())
    if common_code == "":
        raise UnknownCrs(
            msg("%(text)s is a shifted map system that can't be turned back exactly; give WGS 84 or CGCS2000", text=text)
        )
    try:
        crs = CRS.from_user_input(common_code or text)
    except CRSError:
        raise UnknownCrs(
            msg("%(text)r is not a known coordinate reference system; write a code such as EPSG:4490", text=text)
        ) from None
    if not (crs.is_geographic or crs.is_projected):
        shown = text if len(text) < 40 else crs.name
        raise UnknownCrs(
            msg("%(shown)r is neither geographic nor projected, so it can't be turned to WGS 84; name another", shown=shown)
        )
    authority = crs.to_authority(min_confidence=90)
    code = ":".join(authority) if authority else crs.to_wkt()
    if code in _WGS84_TOO:
        return WGS84
    try:
        build_wgs84_transformer(code)
    except ProjError:
        raise UnknownCrs(msg("%(crs)r can't be turned to WGS 84; name another coordinate system", crs=crs.name)) from None
    return code


@lru_cache(maxsize=64)
def build_wgs84_transformer(code: str) -> Transformer | None:
    """Return the transformer from a system to WGS 84 (x first), None for WGS 84."""
    return None if code == WGS84 else Transformer.from_crs(code, WGS84, always_xy=True)


@lru_cache(maxsize=64)
def estimate_uncertainty_m(code: str) -> float:
    """Return the least uncertainty in metres from the datum of a system; 0 for modern datums."""
    geodetic = CRS.from_user_input(code).geodetic_crs
    authority = geodetic.to_authority() if geodetic is not None else None
    return DATUM_UNCERTAINTY_M.get(":".join(authority), 0.0) if authority else 0.0


OUTSIDE_DEG = 4.0
"""How far beyond its area a projected system is used; eastings of another zone's prefix lie farther off."""


def is_outside(code: str, lon: float, lat: float) -> bool:
    """Return whether a point in WGS 84 lies far outside the area of a projected system; False if its area is not known."""
    area = _find_area(code)
    if area is None:
        return False
    west, south, east, north = area
    return not (west - OUTSIDE_DEG <= lon <= east + OUTSIDE_DEG and south - OUTSIDE_DEG <= lat <= north + OUTSIDE_DEG)


@lru_cache(maxsize=64)
def _find_area(code: str) -> tuple[float, float, float, float] | None:
    """Return the area of a projected system in degrees, None if it has none or crosses the 180th meridian."""
    system = CRS.from_user_input(code)
    area = system.area_of_use
    if area is None or not system.is_projected or area.west > area.east:
        return None
    return area.bounds


def transform(
    code: str, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return longitudes and latitudes in WGS 84 of points in a system; infinity for points that can't be transformed."""
    transformer = build_wgs84_transformer(code)
    if transformer is None:
        return x, y
    lon, lat = transformer.transform(x, y)
    return np.asarray(lon), np.asarray(lat)

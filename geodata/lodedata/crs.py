"""Coordinate systems: everything inside is WGS 84 longitude and latitude in degrees, in that order.

Legacy Chinese datums have no published precise transformation: PROJ offers only a ballpark one for Xian 1980 and New
Beijing, and for Beijing 1954 some of single regions, so a point given in them is uncertain by about 100 m whatever its
decimals.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from lodedata.cells import normal

WGS84 = "EPSG:4326"

_WGS84_TOO = frozenset({"EPSG:4979", "OGC:CRS84", "OGC:CRS84h"})
"""The same degrees with a height or the other axis order, which x-first reading makes equal."""

DATUM_UNCERTAINTY_M = {"EPSG:4214": 100.0, "EPSG:4555": 100.0, "EPSG:4610": 100.0}
"""Least uncertainty in metres of a position in this geodetic system after it was turned to WGS 84."""

SPOKEN = {
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
"""Names people write for a coordinate system; an empty code is one that can't be turned to WGS 84 (a shifted map)."""


class UnknownCrs(ValueError):
    """A coordinate system that PROJ does not know or that can't be turned to WGS 84."""


@lru_cache(maxsize=64)
def named(text: str) -> str:
    """The authority code (``EPSG:4490``) or WKT of a system named by code, WKT or common name. Raises UnknownCrs."""
    spoken = SPOKEN.get(normal(text).casefold())
    if spoken == "":
        raise UnknownCrs(f"{text} is a shifted map system that can't be turned back exactly; give WGS 84 or CGCS2000")
    try:
        crs = CRS.from_user_input(spoken or text)
    except CRSError:
        raise UnknownCrs(f"{text!r} is no known coordinate system; write a code such as EPSG:4490") from None
    if not (crs.is_geographic or crs.is_projected):
        said = text if len(text) < 40 else crs.name
        raise UnknownCrs(f"{said!r} is neither geographic nor projected, so it can't be turned to WGS 84; name another")
    authority = crs.to_authority(min_confidence=90)
    code = ":".join(authority) if authority else crs.to_wkt()
    if code in _WGS84_TOO:
        return WGS84
    try:
        to_wgs84(code)
    except ProjError:
        raise UnknownCrs(f"{crs.name!r} can't be turned to WGS 84; name another coordinate system") from None
    return code


@lru_cache(maxsize=64)
def to_wgs84(code: str) -> Transformer | None:
    """The transformer from a system to WGS 84 (x first), None where nothing is to be done."""
    return None if code == WGS84 else Transformer.from_crs(code, WGS84, always_xy=True)


@lru_cache(maxsize=64)
def uncertainty_m(code: str) -> float:
    """The least uncertainty in metres that the datum of a system brings into a position; 0 for the modern ones."""
    geodetic = CRS.from_user_input(code).geodetic_crs
    authority = geodetic.to_authority() if geodetic is not None else None
    return DATUM_UNCERTAINTY_M.get(":".join(authority), 0.0) if authority else 0.0


def transform(
    code: str, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Longitudes and latitudes in WGS 84 of points in a system; what has no image there comes back as infinity."""
    transformer = to_wgs84(code)
    if transformer is None:
        return x, y
    lon, lat = transformer.transform(x, y)
    return np.asarray(lon), np.asarray(lat)

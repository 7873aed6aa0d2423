"""The coordinate reference systems of responses and of bounding boxes, by URI (OGC API Features, Part 2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from pyproj import CRS
from pyproj.database import get_codes
from pyproj.enums import PJType

from lodebase.errors import BadQuery
from lodebase.query.parameters.arguments import Arguments, shorten_quoted_value
from lodedata.messages import msg

CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
FREQUENT = (CRS84_URI, *(f"{EPSG}{code}" for code in (4326, 4490, 3857)))
ALL = "#/crs"
"""The entry of a collection's list that refers to the list of all collections (Part 2, /req/crs/fc-md-crs-list-global)."""
GEOGRAPHIC = (4326, 4490)
PROJECTED = (3857, *range(32601, 32661), *range(32701, 32761), *range(4491, 4555))
"""The projected systems: Web Mercator, UTM on WGS 84 north and south, Gauss-Krüger on CGCS2000 (6- and 3-degree zones)."""


@dataclass(frozen=True, slots=True)
class Crs:
    """A coordinate reference system of requests and responses: its EPSG code and whether latitude is the first axis."""

    srid: int = 4326
    latitude_first: bool = False


CRS84 = Crs()


@lru_cache(maxsize=1)
def list_supported_crs() -> Mapping[str, int]:
    """Return the EPSG codes by URI, the default first; of those in the list, the ones that PROJ supports.

    CRS84 is EPSG:4326 with longitude first. The others have the axis order of their authority: latitude first in EPSG:4326
    and EPSG:4490, northing first in the Gauss-Krüger zones.
    """
    there = {*get_codes("EPSG", PJType.GEOGRAPHIC_2D_CRS), *get_codes("EPSG", PJType.PROJECTED_CRS)}
    listed = {f"{EPSG}{code}": code for code in (*GEOGRAPHIC, *PROJECTED) if str(code) in there}
    return MappingProxyType({CRS84_URI: 4326} | listed)


@lru_cache(maxsize=256)
def is_latitude_first(uri: str) -> bool:
    """Return whether the first axis of a supported system points north: latitude, or northing."""
    return uri != CRS84_URI and CRS.from_epsg(list_supported_crs()[uri]).axis_info[0].direction == "north"


def parse_crs_parameter(name: str, arguments: Arguments) -> Crs:
    """Return the coordinate reference system that a parameter names by its URI. Raise BadQuery if it is not supported."""
    uri = arguments.get(name)
    if uri is None:
        return CRS84
    code = list_supported_crs().get(uri)
    if code is None:
        raise BadQuery(
            name,
            shorten_quoted_value(uri),
            msg('"%(value)s" is not a coordinate reference system here. Use one that the collection lists under crs.'),
        )
    return Crs(code, is_latitude_first(uri))

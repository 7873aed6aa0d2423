"""The outline that corner points in a form describe, in one of four reference systems, with its area and its accuracy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shapely import MultiPolygon

from lodedata.cells import normalise_cell_text
from lodedata.geography.crs import WGS84
from lodedata.messages import Label, Message, MessageError, msg
from lodedata.rights.area import measure_area_km2
from lodedata.rights.corner_ring import CornerRing, read_ring
from lodedata.rights.corner_text import RingUnreadable, parse_printed_corners
from lodedata.rights.gauss_kruger import BEIJING54, CGCS2000, XIAN80

SYSTEMS: Mapping[str, Label] = {
    CGCS2000: Label("CGCS2000", "2000国家大地坐标系(CGCS2000)"),
    XIAN80: Label("Xi'an 1980", "1980西安坐标系"),
    BEIJING54: Label("Beijing 1954", "1954年北京坐标系"),
    WGS84: Label("WGS 84", "WGS 84"),
}
"""The reference systems of the form by their EPSG code. Metres are Gauss-Krüger in the Chinese ones and UTM in WGS 84."""
NORTH, SOUTH = 32_600, 32_700
"""EPSG codes before the first UTM zone of each hemisphere, on WGS 84."""
LAST_UTM_ZONE = 60
_UTM_ZONE = re.compile(r"(?P<zone>\d{1,2})\s*(?P<side>[NS北南])", re.IGNORECASE)


class OutlineUnreadable(MessageError, ValueError):
    """Corner points or their system that give no outline; ``field`` is the field of the form that is wrong."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class EnteredOutline:
    """The rings of an outline, its polygons in WGS 84, their area in km² on the ellipsoid, and how accurate they are."""

    ring: CornerRing
    shape: MultiPolygon
    area_km2: float
    accuracy: Message | None
    """The sentence about a transformation that is not exact; None where corners are in WGS 84."""


def read_outline(corners: str, system: str, utm_zone: str = "") -> EnteredOutline:
    """Return the outline of corner points in a system of SYSTEMS. Raises OutlineUnreadable.

    ``utm_zone`` such as 50N says that the corners are metres of a UTM zone of WGS 84.
    """
    stated = resolve_stated_system(system, utm_zone)
    try:
        named = parse_printed_corners(corners).datum
        if named is not None and named != system:
            conflict = msg(
                "The text of the corners names %(named)s, and %(chosen)s is chosen. Choose the system of the document.",
                named=SYSTEMS[named],
                chosen=SYSTEMS[system],
            )
            raise OutlineUnreadable("crs", conflict)
        ring = read_ring(corners, stated)
        shape = ring.polygon()
    except RingUnreadable as error:
        raise OutlineUnreadable("corners", error.message) from None
    return EnteredOutline(ring, shape, measure_area_km2(shape), _describe_accuracy(system, ring))


def resolve_stated_system(system: str, utm_zone: str = "") -> str:
    """Return the EPSG code of a system and a UTM zone, which only WGS 84 has. Raises OutlineUnreadable."""
    if system not in SYSTEMS:
        raise OutlineUnreadable("crs", msg("Choose the reference system of the corner points, as the document states it."))
    zone = normalise_cell_text(utm_zone)
    if not zone:
        return system
    match = _UTM_ZONE.fullmatch(zone)
    if system != WGS84:
        raise OutlineUnreadable("utm_zone", msg("A UTM zone is for corners in WGS 84. Leave it empty, or choose WGS 84."))
    if match is None or not 1 <= int(match["zone"]) <= LAST_UTM_ZONE:
        wrong = msg("%(value)s is not a UTM zone. Write 1 to 60 and N or S, such as 50N or 19S.", value=zone[:20])
        raise OutlineUnreadable("utm_zone", wrong)
    return f"EPSG:{(NORTH if match['side'].upper() in 'N北' else SOUTH) + int(match['zone'])}"


def _describe_accuracy(system: str, ring: CornerRing) -> Message | None:
    if ring.uncertainty_m is not None:
        return msg(
            "No exact transformation from %(system)s to WGS 84 is published: the outline is accurate to about %(metres)s m.",
            system=SYSTEMS[system],
            metres=f"{ring.uncertainty_m:.0f}",
        )
    if system == CGCS2000:
        return msg("CGCS2000 is drawn as WGS 84: both differ by less than 1 m.")
    return None

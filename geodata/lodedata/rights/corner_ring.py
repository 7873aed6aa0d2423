"""Rings of corner points as notices and licences print them, read to WGS 84.

Read are degrees, degrees with minutes and seconds, and Gauss-Krüger metres with the zone in front of the easting; in
CGCS2000, Xian 1980 and Beijing 1954; with either coordinate first. A label that starts again starts another ring.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import shapely
from pyproj import CRS
from shapely import LineString, MultiPolygon, Polygon

from lodedata.cells import Unreadable, number, parse_degrees
from lodedata.geography import crs
from lodedata.messages import Message, msg
from lodedata.rights import gauss_kruger
from lodedata.rights.corner_text import PrintedCorner, PrintedCorners, RingUnreadable, parse_printed_corners
from lodedata.rights.gauss_kruger import CGCS2000

MIN_NORTHING, MAX_NORTHING = 1_000_000, 7_000_000
"""Northings of mainland China lie between 1.9 and 5.95 million metres."""
_SIDES = re.compile(r"[NSEW东西南北]")


@dataclass(frozen=True, slots=True)
class Corner:
    """A corner: its text as printed, and its position in WGS 84 degrees."""

    label: str
    printed: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class CornerRing:
    """Rings of corners with the system in which they are printed; ``uncertainty_m`` is None for a modern datum."""

    rings: tuple[tuple[Corner, ...], ...]
    system: str
    uncertainty_m: float | None
    elevation_top_m: float | None = None
    elevation_bottom_m: float | None = None

    def polygon(self) -> MultiPolygon:
        """Return the rings in WGS 84; a ring within another one is a hole. Raises RingUnreadable if edges cross."""
        polygons = [_build_polygon(ring) for ring in self.rings]
        for (at, first_polygon), (other_at, other) in combinations(enumerate(polygons), 2):
            if shapely.overlaps(first_polygon, other):
                raise RingUnreadable(
                    msg("Ring %(one)s and ring %(other)s overlap. Check their corners.", one=at + 1, other=other_at + 1)
                )
        outer = [polygon for polygon in polygons if not any(polygon is not two and two.contains(polygon) for two in polygons)]
        holes = [polygon for polygon in polygons if not any(polygon is two for two in outer)]
        parts = [Polygon(polygon.exterior, [hole.exterior for hole in holes if polygon.contains(hole)]) for polygon in outer]
        return MultiPolygon([shapely.normalize(part) for part in parts])


def read_ring(text: str, system: str | None = None) -> CornerRing:
    """Return the rings of a text. Raises RingUnreadable.

    ``system`` is a datum such as EPSG:4490 or a projected system; without it the datum that the text names, else CGCS2000.
    """
    printed = parse_printed_corners(text)
    if len(printed.corners) < 3:
        raise RingUnreadable(
            msg(
                "A ring needs three corners at least, the text has %(count)s. Write each corner as number, coordinate, "
                "coordinate.",
                count=len(printed.corners),
            )
        )
    stated = crs.resolve(system) if system else printed.datum or CGCS2000
    in_metres = _is_in_metres(printed.corners)
    _require_unit(stated, in_metres)
    used, pairs = _read_projected(printed.corners, stated) if in_metres else (stated, _read_geographic(printed.corners))
    lons, lats = crs.transform(used, np.array([x for x, _ in pairs]), np.array([y for _, y in pairs]))
    if not (np.isfinite(lons).all() and np.isfinite(lats).all()):
        at = int(np.flatnonzero(~(np.isfinite(lons) & np.isfinite(lats)))[0])
        raise RingUnreadable(_describe_outside(printed.corners[at], used))
    corners = [
        Corner(corner.label, f"{corner.first}, {corner.second}", float(lon), float(lat))
        for corner, lon, lat in zip(printed.corners, lons, lats, strict=True)
    ]
    return _build_ring(corners, used, printed)


def _build_ring(corners: Sequence[Corner], used: str, printed: PrintedCorners) -> CornerRing:
    rings = tuple(_split_rings(corners))
    for ring in rings:
        if len(ring) < 3:
            raise RingUnreadable(
                msg(
                    "The ring that begins at corner %(label)s has only %(count)s corners. Check where the numbers start again.",
                    label=ring[0].label,
                    count=len(ring),
                )
            )
    doubt = gauss_kruger.get_uncertainty_m(used)
    return CornerRing(rings, used, doubt, printed.elevation_top_m, printed.elevation_bottom_m)


def _split_rings(corners: Sequence[Corner]) -> list[tuple[Corner, ...]]:
    """Return the corners by ring: one ends at its first corner, or where the numbers start again."""
    rings: list[list[Corner]] = [[]]
    for corner in corners:
        ring = rings[-1]
        if len(ring) > 2 and (corner.lon, corner.lat) == (ring[0].lon, ring[0].lat):
            rings.append([])
        elif ring and _rank(corner) <= _rank(ring[-1]):
            rings.append([corner])
        else:
            ring.append(corner)
    return [tuple(ring) for ring in rings if ring]


def _rank(corner: Corner) -> int:
    match = re.search(r"\d+", corner.label)
    return int(match[0]) if match else 0


def _is_in_metres(corners: Sequence[PrintedCorner]) -> bool:
    def large(text: str) -> bool:
        try:
            return abs(number(text)) > 1_000
        except Unreadable:
            return False

    metres = [large(corner.first) and large(corner.second) for corner in corners]
    if any(metres) and not all(metres):
        odd = corners[metres.index(not metres[0])]
        raise RingUnreadable(
            msg(
                "Corner %(label)s mixes degrees and metres: %(printed)s. Use one unit.",
                label=odd.label,
                printed=_format_corner(odd),
            )
        )
    return all(metres)


def _require_unit(stated: str, in_metres: bool) -> None:
    """Raise RingUnreadable for metres in a system of degrees that has no zones here, or degrees in a projected system."""
    projected = CRS.from_user_input(stated).is_projected
    if in_metres and not projected and stated not in gauss_kruger.THREE_DEGREE:
        raise RingUnreadable(
            msg(
                "The corners are in metres, and %(system)s has degrees. Name the projected system or its UTM zone.",
                system=stated,
            )
        )
    if projected and not in_metres:
        raise RingUnreadable(
            msg("The corners are in degrees, and %(system)s has metres. Leave out the zone, or enter metres.", system=stated)
        )


def _read_projected(corners: Sequence[PrintedCorner], stated: str) -> tuple[str, list[tuple[float, float]]]:
    """Return the projected system of metres, and each corner as easting and northing."""
    pairs = [(number(corner.first), number(corner.second)) for corner in corners]
    zones = [(gauss_kruger.parse_zone_number(first), gauss_kruger.parse_zone_number(second)) for first, second in pairs]
    if stated not in gauss_kruger.THREE_DEGREE:
        # the mapping names the projected system; the larger number is the northing, unless the easting has a zone
        return stated, [(x, y) if (zone_x or x < y) else (y, x) for (x, y), (zone_x, _) in zip(pairs, zones, strict=True)]
    zone_numbers = {zone for both in zones for zone in both if zone is not None}
    for corner, both in zip(corners, zones, strict=True):
        if both == (None, None):
            raise RingUnreadable(
                msg(
                    "Corner %(label)s has no zone before its easting: %(printed)s. Write the easting with its zone, such as "
                    "39500000, or name the projected system.",
                    label=corner.label,
                    printed=_format_corner(corner),
                )
            )
    if len(zone_numbers) > 1:
        raise RingUnreadable(
            msg("The corners are in several zones: %(zones)s. Give one zone.", zones=sorted(map(str, zone_numbers)))
        )
    turned = [
        (first, second) if both[0] is not None else (second, first) for (first, second), both in zip(pairs, zones, strict=True)
    ]
    for corner, (_, northing) in zip(corners, turned, strict=True):
        if not MIN_NORTHING < northing < MAX_NORTHING:
            raise RingUnreadable(_describe_outside(corner, gauss_kruger.choose_zone_system(stated, zone_numbers.copy().pop())))
    return gauss_kruger.choose_zone_system(stated, zone_numbers.pop()), turned


def _read_geographic(corners: Sequence[PrintedCorner]) -> list[tuple[float, float]]:
    """Return each corner as longitude and latitude: by its letters, else the coordinate beyond 90 is the longitude.

    Without either, longitude is first.
    """
    pairs = [(_parse_corner_degrees(corner, corner.first), _parse_corner_degrees(corner, corner.second)) for corner in corners]
    turned = any(_is_northing(corner) or abs(second) > 90 for corner, (_, second) in zip(corners, pairs, strict=True))
    geographic = [(second, first) if turned else (first, second) for first, second in pairs]
    for corner, (lon, lat) in zip(corners, geographic, strict=True):
        if abs(lon) > 180 or abs(lat) > 90:
            raise RingUnreadable(
                msg(
                    "Corner %(label)s is out of range or turned against the others: %(printed)s. Give all corners in one "
                    "order.",
                    label=corner.label,
                    printed=_format_corner(corner),
                )
            )
    return geographic


def _is_northing(corner: PrintedCorner) -> bool:
    side = _SIDES.search(corner.first)
    return side is not None and side[0] in "NS南北"


def _parse_corner_degrees(corner: PrintedCorner, text: str) -> float:
    try:
        return parse_degrees(text.replace("-", " ") if text.count("-") == 2 else text)
    except Unreadable:
        raise RingUnreadable(
            msg(
                "Corner %(label)s can't be read: %(printed)s. Write degrees such as 103.4250, or 103°25′30″.",
                label=corner.label,
                printed=_format_corner(corner),
            )
        ) from None


def _build_polygon(ring: Sequence[Corner]) -> Polygon:
    """Return the polygon of a ring. Raises RingUnreadable with the edges that cross, or if it encloses no area."""
    polygon = Polygon([(corner.lon, corner.lat) for corner in ring])
    if polygon.is_valid and polygon.area > 0:
        return polygon
    for (at, edge), (other_at, other) in combinations(enumerate(_list_edges(ring)), 2):
        if 1 < other_at - at < len(ring) - 1 and edge.intersects(other):
            raise RingUnreadable(
                msg(
                    "The edges %(one)s and %(other)s cross. Check the order of the corners and their digits.",
                    one=_name_edge(ring, at),
                    other=_name_edge(ring, other_at),
                )
            )
    raise RingUnreadable(msg("The ring that begins at corner %(label)s encloses no area.", label=ring[0].label))


def _list_edges(ring: Sequence[Corner]) -> list[LineString]:
    turned = [*ring[1:], ring[0]]
    return [LineString([(corner.lon, corner.lat), (two.lon, two.lat)]) for corner, two in zip(ring, turned, strict=True)]


def _name_edge(ring: Sequence[Corner], at: int) -> str:
    return f"{ring[at].label}-{ring[(at + 1) % len(ring)].label}"


def _describe_outside(corner: PrintedCorner, system: str) -> Message:
    return msg(
        "Corner %(label)s does not lie in %(system)s: %(printed)s. Check its digits and the coordinate system.",
        label=corner.label,
        system=system,
        printed=_format_corner(corner),
    )


def _format_corner(corner: PrintedCorner) -> str:
    return f"{corner.first}, {corner.second}"

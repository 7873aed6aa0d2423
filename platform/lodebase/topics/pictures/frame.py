"""The frame of a picture of the map: what of the world it shows in Web Mercator (EPSG:3857), and how large."""

import math
from dataclasses import dataclass

from lodebase.query import Bbox
from lodebase.query.morton import EDGE_LATITUDE

RADIUS_M = 6_378_137.0
"""Radius of the sphere of Web Mercator."""
ROUND_WORLD = 2 * math.pi
MIN_SPAN_DEG = 0.02
"""What the frame of one place spans at least."""
WORLD = Bbox(-180.0, -58.0, 180.0, 78.0)
"""What is shown where no record matches."""
MARGIN = 0.06
"""Part of its span by which a frame is wider than its records on each side."""
MIN_WIDTH, MIN_HEIGHT, MAX_SIDE = 320, 200, 4_000
"""The least width of a map in pixels, which the legend needs, its least height, and the most of each."""
MAX_FRAME_RATIO = 1.25
"""The most height of a map, by its width, where it is not given."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A map of ``width`` by ``height`` pixels; ``start`` is the longitude from which records are placed to the east."""

    width: int
    height: int
    pixels: float
    """Pixels of a radian of longitude."""
    left: float
    """Longitude of the western edge in radians; that of the eastern one may be beyond 180 degrees."""
    top: float
    """Northern edge on the unit sphere of Web Mercator."""
    box: Bbox | None
    """The box outside of which records do not match; None if there is no such box."""

    @property
    def start(self) -> float:
        """Return the longitude in degrees, from -180 to 180, from which places are counted to the east."""
        # a frame wider than the world shows each place once, in its middle
        west = self.left + max(0.0, self.width / self.pixels - ROUND_WORLD) / 2
        return (math.degrees(west) + 180) % 360 - 180

    @property
    def offset(self) -> float:
        """Return the pixels west of the start."""
        return max(0.0, self.width - ROUND_WORLD * self.pixels) / 2

    @property
    def zoom(self) -> float:
        """Return the zoom of web maps, of which zoom 0 has the world in 256 pixels."""
        return math.log2(ROUND_WORLD * self.pixels / 256)

    def x(self, lon: float) -> float:
        """Return the pixels from the western edge of a longitude in degrees that is not turned into the frame."""
        return (math.radians(lon) - self.left) * self.pixels

    def y(self, lat: float) -> float:
        """Return the pixels from the northern edge of a latitude in degrees."""
        return (self.top - project_latitude(lat)) * self.pixels

    def list_edges(self) -> tuple[float, float, float, float]:
        """Return west, south, east and north in degrees; east may be beyond 180."""
        south = math.degrees(math.atan(math.sinh(self.top - self.height / self.pixels)))
        north = math.degrees(math.atan(math.sinh(self.top)))
        return math.degrees(self.left), south, math.degrees(self.left + self.width / self.pixels), north

    @property
    def has_outside(self) -> bool:
        """Return whether a part of the map is outside of what records are shown of."""
        left, upper, right, lower = self.list_box_pixels()
        return left >= 1 or upper >= 1 or right <= self.width - 1 or lower <= self.height - 1

    def list_box_pixels(self) -> tuple[float, float, float, float]:
        """Return the left, upper, right and lower edge of what records are shown of: the box, once around the world."""
        left, upper, right, lower = self.offset, 0.0, self.width - self.offset, float(self.height)
        if self.box is not None:
            west, east = self.x(self._turn(self.box.west)), self.x(self._turn(self.box.west) + self.box.width_deg())
            left, right = max(left, west), min(right, east)
            upper, lower = max(upper, self.y(self.box.north)), min(lower, self.y(self.box.south))
        return left, upper, right, lower

    def _turn(self, lon: float) -> float:
        """Return the longitude in degrees at which the frame shows one."""
        return lon + 360 * round((math.degrees(self.left + self.width / self.pixels / 2) - lon - self.box_width / 2) / 360)

    @property
    def box_width(self) -> float:
        """Return the degrees of longitude that the box spans."""
        return 0.0 if self.box is None else self.box.width_deg()


def project_latitude(lat: float) -> float:
    """Return a latitude in degrees on the unit sphere of Web Mercator, that of the grid's edge beyond it."""
    return math.asinh(math.tan(math.radians(max(-EDGE_LATITUDE, min(EDGE_LATITUDE, lat)))))


def build_frame(box: Bbox, width: int, height: int | None, most: float, is_filter: bool) -> Frame:
    """Return the frame of a box in the middle of a map of a width.

    The height follows from the box if it is not given, with ``most`` pixels at most; ``is_filter`` if no record outside of the
    box matches.
    """
    middle = math.radians(box.west + box.width_deg() / 2)
    across = math.radians(max(box.width_deg(), MIN_SPAN_DEG))
    north, south = project_latitude(box.north), project_latitude(box.south)
    upright = max(north - south, math.radians(MIN_SPAN_DEG))
    if height is None:
        height = round(min(max(width * upright / across, MIN_HEIGHT), width * MAX_FRAME_RATIO, most / width))
    pixels = min(width / across, height / upright)
    left, top = middle - width / pixels / 2, (north + south) / 2 + height / pixels / 2
    return Frame(width, height, pixels, left, top, box if is_filter else None)


def widen_box(box: Bbox) -> Bbox:
    """Return a box with a margin, so that the marks of its outermost records are inside."""
    across, upright = (max(span, MIN_SPAN_DEG) * MARGIN for span in (box.width_deg(), box.north - box.south))
    if box.width_deg() + 2 * across >= 360:
        west, east = -180.0, 180.0
    else:
        west, east = ((lon + 180) % 360 - 180 for lon in (box.west - across, box.east + across))
    return Bbox(west, max(box.south - upright, -EDGE_LATITUDE), east, min(box.north + upright, EDGE_LATITUDE))


def write_world_file(frame: Frame, scale: int) -> str:
    """Return a world file: size of a pixel, rotation, and the middle of the pixel in the north-west, in EPSG:3857."""
    metres = RADIUS_M / (frame.pixels * scale)
    x, y = RADIUS_M * frame.left + metres / 2, RADIUS_M * frame.top - metres / 2
    return "".join(f"{value:.8f}\n" for value in (metres, 0.0, 0.0, -metres, x, y))


def choose_scale_bar(frame: Frame, most: float) -> tuple[float, float]:
    """Return a round length in metres and its width in pixels, at most as wide as given, true in the middle of the map."""
    middle = math.atan(math.sinh(frame.top - frame.height / frame.pixels / 2))
    metres = RADIUS_M * math.cos(middle) / frame.pixels
    power = 10.0 ** math.floor(math.log10(metres * most))
    length = next(step * power for step in (5, 2, 1) if step * power <= metres * most)
    return length, length / metres

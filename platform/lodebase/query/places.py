"""Places: the cells of the web-mercator grid along a Morton curve, and a box as a few ranges of them.

A place is the Morton code of a point's cell at zoom 26 (see ``lode.place`` in the store): longitude's bits even,
latitude's odd, rows counted from the north. A tile z/x/y is one range of places.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from lodebase.query.query import Bbox

DEPTH = 26
NOWHERE = 1 << 52
"""The place of a record without a position: behind all others."""
MOST_RANGES = 48
EDGE_LATITUDE = 85.05112877980659

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cover:
    """Ranges of places: those wholly inside a box, and those that its edge runs through. First and last place of each."""

    inside: tuple[Range, ...]
    edge: tuple[Range, ...]

    @property
    def all(self) -> tuple[Range, ...]:
        """All of them in order, neighbours joined."""
        return tuple(_joined(sorted((*self.inside, *self.edge))))


@lru_cache(maxsize=4096)
def cover(box: Bbox, most: int = MOST_RANGES) -> Cover:
    """The cells that cover a box, split until there would be more than ``most`` ranges."""
    inside: list[Range] = []
    edge: list[Range] = []
    for part in box.parts():
        found, cut = _cover(part, most)
        inside += found
        edge += cut
    return Cover(tuple(_joined(sorted(inside))), tuple(_joined(sorted(edge))))


def array(numbers: Iterable[int]) -> str:
    """Numbers as PostgreSQL writes an array of them; a list, driver and server would take apart one by one."""
    return f"{{{','.join(map(str, numbers))}}}"


def tile(z: int, x: int, y: int) -> Range:
    """The first and the last place of a tile."""
    shift = 2 * (DEPTH - z)
    first = morton(x, y) << shift
    return first, first + (1 << shift) - 1


def morton(x: int, y: int) -> int:
    """The bits of two numbers interleaved, the first one's even."""
    return _spread(x) | _spread(y) << 1


def _spread(v: int) -> int:
    v = (v | v << 16) & 0x0000FFFF0000FFFF
    v = (v | v << 8) & 0x00FF00FF00FF00FF
    v = (v | v << 4) & 0x0F0F0F0F0F0F0F0F
    v = (v | v << 2) & 0x3333333333333333
    return (v | v << 1) & 0x5555555555555555


def _cover(box: Bbox, most: int) -> tuple[list[Range], list[Range]]:
    # in cells of the finest grid; a box's edge belongs to it, so its own cell is cut and never inside
    size = 1 << DEPTH
    x0, x1 = _column(box.west, size), _column(box.east, size)
    y0, y1 = _row(box.north, size), _row(box.south, size)
    reach = _Reach(
        -1 if box.west <= -180 else x0,
        size if box.east >= 180 else x1,
        -1 if box.north >= EDGE_LATITUDE and box.north >= 90 else y0,
        size if box.south <= -90 else y1,
    )
    inside: list[tuple[int, int, int]] = []
    # a cell of a zoom level before this one is wider than the box and can't be inside
    shift = max(x1 - x0, y1 - y0).bit_length()
    waiting = [
        (DEPTH - shift, x, y) for x in range(x0 >> shift, (x1 >> shift) + 1) for y in range(y0 >> shift, (y1 >> shift) + 1)
    ]
    while waiting:
        cut: list[tuple[int, int, int]] = []
        for z, x, y in waiting:
            width = 1 << (DEPTH - z)
            left, top = x * width, y * width
            if left > x1 or left + width <= x0 or top > y1 or top + width <= y0:
                continue
            if reach.holds(left, top, width):
                inside.append((z, x, y))
            else:
                cut.append((z, x, y))
        if not cut or cut[0][0] == DEPTH or len(inside) + 2 * len(cut) > most:
            return [tile(*cell) for cell in inside], [tile(*cell) for cell in cut]
        waiting = [(z + 1, 2 * x + i, 2 * y + j) for z, x, y in cut for j in (0, 1) for i in (0, 1)]
    return [tile(*cell) for cell in inside], []


@dataclass(frozen=True, slots=True)
class _Reach:
    """The columns and rows that a box cuts through: what lies strictly between is inside."""

    left: int
    right: int
    top: int
    bottom: int

    def holds(self, left: int, top: int, width: int) -> bool:
        return left > self.left and left + width - 1 < self.right and top > self.top and top + width - 1 < self.bottom


def _column(lon: float, size: int) -> int:
    return min(max(math.floor((lon + 180) / 360 * size), 0), size - 1)


def _row(lat: float, size: int) -> int:
    angle = math.radians(min(max(lat, -EDGE_LATITUDE), EDGE_LATITUDE))
    return min(max(math.floor((1 - math.log(math.tan(angle) + 1 / math.cos(angle)) / math.pi) / 2 * size), 0), size - 1)


def _joined(ranges: list[Range]) -> list[Range]:
    made: list[Range] = []
    for first, last in ranges:
        if made and made[-1][1] + 1 == first:
            made[-1] = (made[-1][0], last)
        else:
            made.append((first, last))
    return made

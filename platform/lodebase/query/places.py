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
MOST_RANGES = 96
MOST_OF_WIDE = 480
"""Of a box that holds many records, of which fewer lie at its edge then and have to be looked at one by one."""
WIDE_DEG = 5.0
EDGE_LATITUDE = 85.05112877980659

Range = tuple[int, int]
Spans = tuple[range, ...]
"""Columns; two spans of them where a box lies across the date line."""
Block = tuple[Spans, range]
"""The cells of some columns and rows of a zoom level."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Ranges of places: those wholly inside a box, and those that its edge runs through. First and last place of each.

    Those inside are made of cells of one zoom level each, which is told with them.
    """

    inside: tuple[tuple[int, Range], ...]
    edge: tuple[Range, ...]

    @property
    def all(self) -> tuple[Range, ...]:
        """All of them in order, neighbours joined."""
        return tuple(_joined(sorted((*(r for _, r in self.inside), *self.edge))))


def cover(box: Bbox) -> Cover:
    """The cells that cover a box, as few as its width asks for."""
    return covered(box, MOST_OF_WIDE if box.width_deg() > WIDE_DEG else MOST_RANGES)


@lru_cache(maxsize=256)
def covered(box: Bbox, most: int) -> Cover:
    """The cells that cover a box, split until there would be more than ``most`` ranges."""
    size = 1 << DEPTH
    # in cells of the finest grid; a box's edge belongs to it, so its own cell is cut and never inside
    x0, x1 = _column(box.west, size), _column(box.east, size)
    y0, y1 = _row(box.north, size), _row(box.south, size)
    across = box.west > box.east
    # the columns and rows that the box cuts through: what lies strictly between is inside
    left = -1 if box.west <= -180 else x0
    right = size if box.east >= 180 else x1
    top = -1 if box.north >= 90 else y0
    bottom = size if box.south <= -90 else y1
    # the bits of a column or row that are within a cell; one before this zoom level is wider than the box and can't be inside
    bits = DEPTH if across else max(x1 - x0, y1 - y0).bit_length()
    inside: list[tuple[int, Range]] = []
    count = 0
    finer: Block = ((), range(0))
    while True:
        if across:
            # both ends of the world; of a box that ends beside its beginning they may share a column
            west, east = x0 >> bits, x1 >> bits
            columns: Spans = (range(east + 1), range(max(west, east + 1), size >> bits))
            within: Spans = (range(east), range(west + 1, size >> bits))
        else:
            columns = (range(x0 >> bits, (x1 >> bits) + 1),)
            within = (range((left >> bits) + 1, right >> bits),)
        touched: Block = (columns, range(y0 >> bits, (y1 >> bits) + 1))
        whole: Block = (within, range((top >> bits) + 1, bottom >> bits))
        count += _number(whole) - _number(finer)
        inside += [(DEPTH - bits, r) for r in _ranges(whole, finer, bits)]
        cut = _number(touched) - _number(whole)
        if not cut or not bits or count + 2 * cut > most:
            return Cover(tuple(inside), tuple(_ranges(touched, whole, bits)))
        finer = (tuple(range(2 * r.start, 2 * r.stop) for r in within), range(2 * whole[1].start, 2 * whole[1].stop))
        bits -= 1


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


def _number(block: Block) -> int:
    columns, rows = block
    return sum(map(len, columns)) * len(rows)


def _ranges(block: Block, without: Block, bits: int) -> list[Range]:
    """The places of a block's cells, of so many bits, in order and without those of another block."""
    columns, rows = block
    out, gap = without
    there = [(x, _spread(x)) for span in columns for x in span]
    every = [code for _, code in there]
    beside = [code for x, code in there if not any(x in span for span in out)]
    codes: list[int] = []
    for y in rows:
        row = _spread(y) << 1
        codes += [row | code for code in (beside if y in gap else every)]
    codes.sort()
    z = 2 * bits
    return _joined([(code << z, (code + 1 << z) - 1) for code in codes])


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

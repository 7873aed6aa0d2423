"""Places: cells of the web-mercator grid in Morton order, and a box as ranges of them.

A place is the Morton code of a point's cell at zoom 26 (see ``lode.place`` in the database): longitude's bits even,
latitude's odd, rows counted from the north. A tile z/x/y is one range of places.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import orjson

from lodebase.query.query import Bbox

DEPTH = 26
NOWHERE = 1 << 52
"""The place of a record without a position: behind all others."""
COUNTED = (5, 7, 9, 11)
"""The zoom levels whose cells the database counts."""
MOST_ACROSS = 128
"""Cells that a box may be wide or high at the finest level used. With more, fewer rows beside it are read, in more ranges."""
ENOUGH_ACROSS = 8
"""Cells across a box at the finest counted level; of a smaller box finer cells are used, so that little beside it is read."""
EDGE_LATITUDE = 85.05112877980659

Range = tuple[int, int]
"""The first and the last place."""


@dataclass(frozen=True, slots=True)
class Cover:
    """The cells that a box touches: by level the runs of those that lie inside, and of those that its edge cuts the places."""

    inside: tuple[tuple[int, int, int], ...]
    """Level, first and last cell; levels are those that the database counts."""
    edge: tuple[Range, ...]

    @property
    def ranges(self) -> tuple[Range, ...]:
        """All of them as ranges of places in order, neighbours joined."""
        return _joined((*(_places(*run) for run in self.inside), *self.edge))


@lru_cache(maxsize=256)
def cover(box: Bbox, most_across: int = MOST_ACROSS) -> Cover:
    """Return the cells of a box; of one that crosses the date line those of both parts."""
    parts = [_Grid.of(part) for part in box.parts()]
    levels = _levels(max(part.across for part in parts), most_across)
    inside: dict[int, set[int]] = {level: set() for level in levels}
    cut: set[int] = set()
    for part in parts:
        known, before = NO_CELLS, levels[0]
        for level in levels:
            within = part.inside(level)
            inside[level].update(_codes(within, _scaled(known, level - before)))
            known, before = within, level
        cut.update(_codes(part.touched(levels[-1]), known))
    counted = [(level, first, last) for level in levels if level <= COUNTED[-1] for first, last in _runs(inside[level])]
    closer = [(level, first, last) for level in levels if level > COUNTED[-1] for first, last in _runs(inside[level])]
    edge = [_places(*run) for run in (*closer, *((levels[-1], *run) for run in _runs(cut)))]
    return Cover(tuple(counted), _joined(edge))


def _levels(across: int, most: int) -> list[int]:
    """The counted levels at which a box that is so many of the finest cells wide has few cells; finer ones for a small box."""
    levels = [level for level in COUNTED if across >> DEPTH - level < most] or [COUNTED[0]]
    while across >> DEPTH - levels[-1] < ENOUGH_ACROSS and levels[-1] + 2 <= DEPTH:
        levels.append(levels[-1] + 2)
    return levels


def array(numbers: Iterable[int]) -> str:
    """Numbers as PostgreSQL writes an array of them; a list, driver and server would take apart one by one."""
    return f"{{{orjson.dumps([*numbers])[1:-1].decode()}}}"


def tile(z: int, x: int, y: int) -> Range:
    """The first and the last place of a tile."""
    return _places(z, morton(x, y), morton(x, y))


def morton(x: int, y: int) -> int:
    """The bits of two numbers interleaved, the first one's even."""
    return _spread(x) | _spread(y) << 1


Block = tuple[range, range]
"""The cells of some columns and rows of a zoom level."""
NO_CELLS: Block = (range(0), range(0))


@dataclass(frozen=True, slots=True)
class _Grid:
    """The columns and rows of the finest level that a box touches, and between which of them it has them whole."""

    columns: Range
    rows: Range
    between_columns: Range
    between_rows: Range

    @classmethod
    def of(cls, box: Bbox) -> "_Grid":
        """The grid of a box that does not cross the date line."""
        size = 1 << DEPTH
        columns = (_column(box.west, size), _column(box.east, size))
        rows = (_row(box.north, size), _row(box.south, size))
        # the cells of its corners are cut, unless they are at the end of the world
        between_columns = (-1 if box.west <= -180 else columns[0], size if box.east >= 180 else columns[1])
        between_rows = (-1 if box.north >= 90 else rows[0], size if box.south <= -90 else rows[1])
        return cls(columns, rows, between_columns, between_rows)

    @property
    def across(self) -> int:
        """How many of the finest cells it is wide or high."""
        return max(self.columns[1] - self.columns[0], self.rows[1] - self.rows[0])

    def touched(self, level: int) -> Block:
        """What the box touches of a zoom level."""
        bits = DEPTH - level
        columns, rows = (range(first >> bits, (last >> bits) + 1) for first, last in (self.columns, self.rows))
        return columns, rows

    def inside(self, level: int) -> Block:
        """What lies wholly inside of a zoom level."""
        bits = DEPTH - level
        columns, rows = (range((a >> bits) + 1, b >> bits) for a, b in (self.between_columns, self.between_rows))
        return (columns, rows) if columns and rows else NO_CELLS


def _scaled(block: Block, levels: int) -> Block:
    """The cells of a finer level that make up a block."""
    columns, rows = (range(r.start << levels, r.stop << levels) for r in block)
    return columns, rows


def _codes(block: Block, without: Block) -> Iterator[int]:
    """The cells of a block but for those of another one."""
    columns, rows = block
    gap_columns, gap_rows = without
    every = [_spread(x) for x in columns]
    beside = [_spread(x) for x in columns if x not in gap_columns]
    for y in rows:
        above = _spread(y) << 1
        yield from [above | x for x in (beside if y in gap_rows else every)]


def _runs(cells: Iterable[int]) -> Iterator[Range]:
    """The first and last of each run of cells."""
    ordered = sorted(cells)
    begins = [n for n, cell in enumerate(ordered) if not n or cell != ordered[n - 1] + 1]
    for begin, end in zip(begins, [*begins[1:], len(ordered)], strict=False):
        yield ordered[begin], ordered[end - 1]


def _places(level: int, first: int, last: int) -> Range:
    """The places of some cells of a zoom level."""
    bits = 2 * (DEPTH - level)
    return first << bits, (last + 1 << bits) - 1


def _joined(ranges: Iterable[Range]) -> tuple[Range, ...]:
    made: list[Range] = []
    for first, last in sorted(ranges):
        if made and made[-1][1] + 1 == first:
            made[-1] = (made[-1][0], last)
        else:
            made.append((first, last))
    return tuple(made)


def _spread(v: int) -> int:
    v = (v | v << 16) & 0x0000FFFF0000FFFF
    v = (v | v << 8) & 0x00FF00FF00FF00FF
    v = (v | v << 4) & 0x0F0F0F0F0F0F0F0F
    v = (v | v << 2) & 0x3333333333333333
    return (v | v << 1) & 0x5555555555555555


def _column(lon: float, size: int) -> int:
    return min(max(math.floor((lon + 180) / 360 * size), 0), size - 1)


def _row(lat: float, size: int) -> int:
    angle = math.radians(min(max(lat, -EDGE_LATITUDE), EDGE_LATITUDE))
    return min(max(math.floor((1 - math.log(math.tan(angle) + 1 / math.cos(angle)) / math.pi) / 2 * size), 0), size - 1)

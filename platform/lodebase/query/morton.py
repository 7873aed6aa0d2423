"""Cells of the Web Mercator grid in Morton order, and a bounding box as ranges of them.

The Morton code of a point is that of its cell at zoom 26 (see ``lode.morton_code`` in the database): longitude's bits even,
latitude's odd, rows counted from the north. A tile z/x/y is one range of codes.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import orjson

from lodebase.query.bbox import Bbox

DEPTH = 26
NOWHERE = 1 << 52
"""The code of a record without a position: after all others."""
COUNTED = (3, 5, 6, 7, 8, 9, 11)
"""The zoom levels whose cells the database counts."""
COVERED = (5, 7, 9, 11)
"""The counted levels that the cells of a box are taken from: more would make more runs of cells, not better ones."""
MAX_ACROSS = 128
"""The maximum width and height of a box in the finest cells used. More cells read fewer rows outside it, in more ranges."""
ENOUGH_ACROSS = 8
"""The minimum width in cells at the finest counted level; a smaller box uses finer cells, so few rows outside it are read."""
EDGE_LATITUDE = 85.05112877980659

Range = tuple[int, int]
"""The first and the last code."""


@dataclass(frozen=True, slots=True)
class Cover:
    """The cells that a box touches: runs of the cells inside, by level, and the codes of the cells that its edge crosses."""

    inside: tuple[tuple[int, int, int], ...]
    """Level, first and last cell; the levels are those that the database counts."""
    edge: tuple[Range, ...]

    @property
    def ranges(self) -> tuple[Range, ...]:
        """Return all of them as ranges of codes in order, adjacent ranges merged."""
        return _join_ranges((*(_compute_code_range(*run) for run in self.inside), *self.edge))


@lru_cache(maxsize=256)
def cover(box: Bbox, most_across: int = MAX_ACROSS) -> Cover:
    """Return the cells of a box; for one that crosses the antimeridian, those of both parts."""
    parts = [_Grid.of(part) for part in box.parts()]
    levels = _choose_levels(max(part.across for part in parts), most_across)
    inside: dict[int, set[int]] = {level: set() for level in levels}
    cut: set[int] = set()
    for part in parts:
        known, before = NO_CELLS, levels[0]
        for level in levels:
            within = part.inside(level)
            inside[level].update(_list_cell_codes(within, _scale_block(known, level - before)))
            known, before = within, level
        cut.update(_list_cell_codes(part.find_touched(levels[-1]), known))
    counted = [(level, first, last) for level in levels if level <= COUNTED[-1] for first, last in _find_runs(inside[level])]
    closer = [(level, first, last) for level in levels if level > COUNTED[-1] for first, last in _find_runs(inside[level])]
    edge = [_compute_code_range(*run) for run in (*closer, *((levels[-1], *run) for run in _find_runs(cut)))]
    return Cover(tuple(counted), _join_ranges(edge))


def _choose_levels(across: int, most: int) -> list[int]:
    """Return the counted levels at which a box of this width in finest cells has few cells; finer levels for a small box."""
    levels = [level for level in COVERED if across >> DEPTH - level < most] or [COVERED[0]]
    while across >> DEPTH - levels[-1] < ENOUGH_ACROSS and levels[-1] + 2 <= DEPTH:
        levels.append(levels[-1] + 2)
    return levels


def write_array_literal(numbers: Iterable[int]) -> str:
    """Return numbers as a PostgreSQL array literal; the driver and the server would process a list element by element."""
    return f"{{{orjson.dumps([*numbers])[1:-1].decode()}}}"


def compute_tile_range(z: int, x: int, y: int) -> Range:
    """Return the first and the last code of a tile."""
    return _compute_code_range(z, compute_morton_code(x, y), compute_morton_code(x, y))


def compute_morton_code(x: int, y: int) -> int:
    """Return the bits of two numbers interleaved, those of the first in the even positions."""
    return _spread_bits(x) | _spread_bits(y) << 1


Block = tuple[range, range]
"""The cells of a range of columns and a range of rows of a zoom level."""
NO_CELLS: Block = (range(0), range(0))


@dataclass(frozen=True, slots=True)
class _Grid:
    """The columns and rows of the finest level that a box touches, and the range of those that it covers completely."""

    columns: Range
    rows: Range
    between_columns: Range
    between_rows: Range

    @classmethod
    def of(cls, box: Bbox) -> "_Grid":
        """Return the grid of a box that does not cross the antimeridian."""
        size = 1 << DEPTH
        columns = (_compute_column(box.west, size), _compute_column(box.east, size))
        rows = (_compute_row(box.north, size), _compute_row(box.south, size))
        # the cells at its corners are partly covered, unless they are at the edge of the grid
        between_columns = (-1 if box.west <= -180 else columns[0], size if box.east >= 180 else columns[1])
        between_rows = (-1 if box.north >= 90 else rows[0], size if box.south <= -90 else rows[1])
        return cls(columns, rows, between_columns, between_rows)

    @property
    def across(self) -> int:
        """Return its width or height in finest cells, whichever is larger."""
        return max(self.columns[1] - self.columns[0], self.rows[1] - self.rows[0])

    def find_touched(self, level: int) -> Block:
        """Return the cells of a zoom level that the box touches."""
        bits = DEPTH - level
        columns, rows = (range(first >> bits, (last >> bits) + 1) for first, last in (self.columns, self.rows))
        return columns, rows

    def inside(self, level: int) -> Block:
        """Return the cells of a zoom level that lie entirely inside."""
        bits = DEPTH - level
        columns, rows = (range((a >> bits) + 1, b >> bits) for a, b in (self.between_columns, self.between_rows))
        return (columns, rows) if columns and rows else NO_CELLS


def _scale_block(block: Block, levels: int) -> Block:
    """Return the cells of a finer level that make up a block."""
    columns, rows = (range(r.start << levels, r.stop << levels) for r in block)
    return columns, rows


def _list_cell_codes(block: Block, without: Block) -> Iterator[int]:
    """Yield the cells of a block except those of another block."""
    columns, rows = block
    gap_columns, gap_rows = without
    every = [_spread_bits(x) for x in columns]
    between_gaps = [_spread_bits(x) for x in columns if x not in gap_columns]
    for y in rows:
        above = _spread_bits(y) << 1
        yield from [above | x for x in (between_gaps if y in gap_rows else every)]


def _find_runs(cells: Iterable[int]) -> Iterator[Range]:
    """Yield the first and last cell of each run."""
    ordered = sorted(cells)
    begins = [n for n, cell in enumerate(ordered) if not n or cell != ordered[n - 1] + 1]
    for begin, end in zip(begins, [*begins[1:], len(ordered)], strict=False):
        yield ordered[begin], ordered[end - 1]


def _compute_code_range(level: int, first: int, last: int) -> Range:
    """Return the codes of some cells of a zoom level."""
    bits = 2 * (DEPTH - level)
    return first << bits, (last + 1 << bits) - 1


def _join_ranges(ranges: Iterable[Range]) -> tuple[Range, ...]:
    made: list[Range] = []
    for first, last in sorted(ranges):
        if made and made[-1][1] + 1 == first:
            made[-1] = (made[-1][0], last)
        else:
            made.append((first, last))
    return tuple(made)


def _spread_bits(v: int) -> int:
    v = (v | v << 16) & 0x0000FFFF0000FFFF
    v = (v | v << 8) & 0x00FF00FF00FF00FF
    v = (v | v << 4) & 0x0F0F0F0F0F0F0F0F
    v = (v | v << 2) & 0x3333333333333333
    return (v | v << 1) & 0x5555555555555555


def _compute_column(lon: float, size: int) -> int:
    return min(max(math.floor((lon + 180) / 360 * size), 0), size - 1)


def _compute_row(lat: float, size: int) -> int:
    angle = math.radians(min(max(lat, -EDGE_LATITUDE), EDGE_LATITUDE))
    return min(max(math.floor((1 - math.log(math.tan(angle) + 1 / math.cos(angle)) / math.pi) / 2 * size), 0), size - 1)

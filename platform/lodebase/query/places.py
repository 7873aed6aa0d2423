"""Places: the cells of the web-mercator grid along a Morton curve, and a box as a few ranges of them.

A place is the Morton code of a point's cell at zoom 26 (see ``lode.place`` in the store): longitude's bits even,
latitude's odd, rows counted from the north. A tile z/x/y is one range of places.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise, product

import orjson

from lodebase.query.query import Bbox

DEPTH = 26
NOWHERE = 1 << 52
"""The place of a record without a position: behind all others."""
COUNTED = (5, 7, 9, 11)
"""The zoom levels whose cells are counted, the last with the positions of what lies in them."""
SIDES = ("west", "east", "north", "south")
FINER = 2
"""Levels by which the cells that a box is looked at by in its corners are finer."""
MOST_RANGES = 96
MOST_OF_WIDE = 480
"""Of a box that holds many records, of which fewer lie beside its edge then and are read to be left out."""
WIDE_DEG = 5.0
EDGE_LATITUDE = 85.05112877980659

Range = tuple[int, int]
"""The first and the last place."""
Spans = tuple[range, ...]
"""Columns; two spans of them where a box lies across the date line."""
Block = tuple[Spans, range]
"""The cells of some columns and rows of a zoom level."""
NOTHING: Block = ((), range(0))
Cells = tuple[int, ...]
"""Cells of one zoom level along the curve, in order."""


@dataclass(frozen=True, slots=True)
class Cover:
    """The cells that a box touches, none of them twice: by zoom level those wholly inside, of the finest one those that one
    side alone goes through, and what is touched of those that several do, in ranges."""

    inside: Mapping[int, Cells]
    sides: Mapping[str, Cells]
    corners: tuple[Range, ...]


def cover(box: Bbox) -> tuple[Range, ...]:
    """The ranges that cover a box, as few as its width asks for."""
    return covered(box, MOST_OF_WIDE if box.width_deg() > WIDE_DEG else MOST_RANGES)


@lru_cache(maxsize=256)
def covered(box: Bbox, most: int) -> tuple[Range, ...]:
    """The ranges that cover a box, in order, neighbours joined; its cells are split until there would be more than ``most``."""
    grid = _grid(box)
    level, count = grid.widest, 0
    while True:
        touched, within = grid.numbers(level)
        cut, count = touched - within, count + within
        if not cut or level == DEPTH or count + 2 * cut > most:
            break
        count -= 4 * within
        level += 1
    # in every other level: the cells of one between are as many more as it saves
    levels = (*range(level - 2, grid.widest - 1, -2)[::-1], level)
    # what a box is counted by is found once for both
    found = counted(box) if level == COUNTED[-1] else _cover(grid, levels)
    finest = sorted(chain(found.inside[level], *found.sides.values()))
    wider = (_runs(at, cells) for at, cells in found.inside.items() if at != level)
    return _joined(sorted([*_runs(level, finest), *found.corners, *chain(*wider)]))


@lru_cache(maxsize=256)
def counted(box: Bbox) -> Cover:
    """The cells that are counted and touch a box: the widest that lie inside, along its sides those of the last level."""
    return _cover(_grid(box), COUNTED)


@dataclass(frozen=True, slots=True)
class _Grid:
    """The columns and rows of the finest cells in which a box begins and ends, and the first ones that it has whole."""

    columns: Range
    rows: Range
    whole_columns: Range
    whole_rows: Range
    across: bool
    """Whether the box lies across the date line."""

    @property
    def widest(self) -> int:
        """A zoom level before which all cells are wider than the box, so that none is inside."""
        if self.across:
            return 0
        return DEPTH - max(self.columns[1] - self.columns[0], self.rows[1] - self.rows[0]).bit_length()

    def numbers(self, level: int) -> tuple[int, int]:
        """How many cells of a zoom level the box touches, and how many of those lie inside."""
        if self.across:
            touched, inner = self.blocks(level)
            return _number(touched), _number(inner)
        bits = DEPTH - level
        (x0, x1), (y0, y1), (left, right), (top, bottom) = self.columns, self.rows, self.whole_columns, self.whole_rows
        columns, rows = (x1 >> bits) - (x0 >> bits) + 1, (y1 >> bits) - (y0 >> bits) + 1
        inner_columns, inner_rows = (right >> bits) - (left >> bits) - 1, (bottom >> bits) - (top >> bits) - 1
        return columns * rows, max(inner_columns, 0) * max(inner_rows, 0)

    def blocks(self, level: int) -> tuple[Block, Block]:
        """What the box touches of a zoom level, and what of that lies inside."""
        bits = DEPTH - level
        (x0, x1), (y0, y1), (left, right), (top, bottom) = self.columns, self.rows, self.whole_columns, self.whole_rows
        rows, inner_rows = range(y0 >> bits, (y1 >> bits) + 1), range((top >> bits) + 1, bottom >> bits)
        if not self.across:
            return ((range(x0 >> bits, (x1 >> bits) + 1),), rows), ((range((left >> bits) + 1, right >> bits),), inner_rows)
        # both ends of the world; of a box that ends beside its beginning they may share a column
        west, east, end = x0 >> bits, x1 >> bits, 1 << level
        return ((range(east + 1), range(max(west, east + 1), end)), rows), ((range(east), range(west + 1, end)), inner_rows)


def _grid(box: Bbox) -> _Grid:
    size = 1 << DEPTH
    x0, x1 = _column(box.west, size), _column(box.east, size)
    y0, y1 = _row(box.north, size), _row(box.south, size)
    # a box's edge belongs to it, so its own cell is cut and never inside: what lies strictly between is
    whole_columns = (-1 if box.west <= -180 else x0, size if box.east >= 180 else x1)
    whole_rows = (-1 if box.north >= 90 else y0, size if box.south <= -90 else y1)
    return _Grid((x0, x1), (y0, y1), whole_columns, whole_rows, box.west > box.east)


def _cover(grid: _Grid, levels: Iterable[int]) -> Cover:
    inside: dict[int, Cells] = {}
    inner, level = NOTHING, 0
    for finer in levels:
        held = _finer(inner, finer - level)
        _, inner = grid.blocks(finer)
        inside[finer], level = _cells(inner, held), finer
    return Cover(inside, *_cut(grid, level, inner))


def _cut(grid: _Grid, level: int, inner: Block) -> tuple[Mapping[str, Cells], tuple[Range, ...]]:
    """The cells around those inside, by the one side that goes through them, and what is touched of those that several do."""
    columns, rows = inner
    (west, east), (north, south) = ([at >> DEPTH - level for at in ends] for ends in (grid.columns, grid.rows))
    # a side at the end of the world goes through none
    cut_columns = {x for x in (west, east) if not any(x in span for span in columns)}
    cut_rows = {north, south}.difference(rows)

    def column(x: int) -> Cells:
        beside = _spread(x)
        return tuple([code << 1 | beside for code in _spreads(rows)]) if x in cut_columns else ()

    def row(y: int) -> Cells:
        above = _spread(y) << 1
        return tuple([above | code for span in columns for code in _spreads(span)]) if y in cut_rows else ()

    sides = {"west": column(west), "east": column(east), "north": row(north), "south": row(south)}
    found = _corners(grid, level, cut_columns, cut_rows)
    for one, other, both in (("west", "east", west == east), ("north", "south", north == south)):
        if both:
            found += _runs(level, sides[one])
            sides[one] = sides[other] = ()
    return sides, _joined(sorted(found))


def _corners(grid: _Grid, level: int, columns: Iterable[int], rows: Iterable[int]) -> list[Range]:
    """What a box touches of the cells in some columns and rows, by finer cells: few of a dense one are looked at then."""
    finer = min(level + FINER, DEPTH)
    (spans, rows_touched), _ = grid.blocks(finer)
    levels, bits = finer - level, 2 * (DEPTH - finer)
    found: list[Range] = []
    for x, y in product(columns, rows):
        begin = morton(x, y) << 2 * levels
        below = _part(rows_touched, y, levels)
        for span in spans:
            inside = _pieces(*_part(span, x, levels), *below)
            found += [(begin + first << bits, (begin + last + 1 << bits) - 1) for first, last in inside]
    return found


def _part(touched: range, cell: int, levels: int) -> tuple[int, int]:
    """Where in a cell, by columns or rows so many levels finer, a range of them begins and ends."""
    begin = cell << levels
    return max(touched.start - begin, 0), min(touched.stop - begin, 1 << levels)


@lru_cache(maxsize=256)
def _pieces(west: int, east: int, north: int, south: int) -> tuple[Range, ...]:
    """The runs of the cells of a rectangle within a cell."""
    return tuple(_runs(DEPTH, _cells(((range(west, east),), range(north, south)), NOTHING)))


def array(numbers: Sequence[int]) -> str:
    """Numbers as PostgreSQL writes an array of them; a list, driver and server would take apart one by one."""
    return f"{{{orjson.dumps(numbers)[1:-1].decode()}}}"


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


def _finer(block: Block, levels: int) -> Block:
    """The cells of a finer level that make up a block."""
    columns, rows = block
    return tuple(range(r.start << levels, r.stop << levels) for r in columns), range(rows.start << levels, rows.stop << levels)


def _cells(block: Block, without: Block) -> Cells:
    """The cells of a block in order, without those of another one."""
    columns, rows = block
    if not rows or not any(columns):
        return ()
    out, gap = without
    every, hidden = [*chain(*map(_spreads, columns))], {*chain(*map(_spreads, out))}
    beside = [column for column in every if column not in hidden]
    codes: list[int] = []
    for row, code in zip(rows, _spreads(rows), strict=True):
        above = code << 1
        codes += [above | column for column in (beside if row in gap else every)]
    codes.sort()
    return tuple(codes)


def _spreads(numbers: range) -> Sequence[int]:
    """The bits of numbers spread."""
    known = _first_spreads()
    return known[numbers.start : numbers.stop] if numbers.stop <= len(known) else [_spread(number) for number in numbers]


@lru_cache(maxsize=1)
def _first_spreads() -> tuple[int, ...]:
    """The bits of all columns spread of the cells that boxes are counted by."""
    return tuple(_spread(number) for number in range(1 << COUNTED[-1]))


def _runs(level: int, cells: Sequence[int]) -> Iterator[Range]:
    """The ranges of the runs of a zoom level's cells."""
    if not cells:
        return
    bits, begin = 2 * (DEPTH - level), cells[0]
    for one, following in pairwise(cells):
        if following != one + 1:
            yield begin << bits, (one + 1 << bits) - 1
            begin = following
    yield begin << bits, (cells[-1] + 1 << bits) - 1


def _joined(ranges: Iterable[Range]) -> tuple[Range, ...]:
    made: list[Range] = []
    for first, last in ranges:
        if made and made[-1][1] + 1 == first:
            made[-1] = (made[-1][0], last)
        else:
            made.append((first, last))
    return tuple(made)


def _column(lon: float, size: int) -> int:
    return min(max(math.floor((lon + 180) / 360 * size), 0), size - 1)


def _row(lat: float, size: int) -> int:
    angle = math.radians(min(max(lat, -EDGE_LATITUDE), EDGE_LATITUDE))
    return min(max(math.floor((1 - math.log(math.tan(angle) + 1 / math.cos(angle)) / math.pi) / 2 * size), 0), size - 1)

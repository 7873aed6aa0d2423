"""Tables and indexes of a SQLite file filled with finished pages (sqlite.org/fileformat2.html, 1.6).

SQLite takes rows one by one, each through its whole machine; of a million rows that is most of what a GeoPackage costs. The
file is SQLite's own: what is empty in it is filled here, in the order of keys, and SQLite goes on with it after that.
"""

import struct
from collections.abc import Generator, Iterable, Iterator
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import IO

import numpy as np

from lodedata.write.pieces import Array
from lodedata.write.sqliterecords import Cells, varints

TABLE, INDEX = (0x0D, 0x05), (0x0A, 0x02)
"""The kinds of pages of a table and of an index: leaves, and what leads to them."""
LEAF_HEAD, INNER_HEAD, POINTER = 8, 12, 2
KEY_BYTES = 5
LOCKED_AT = 1 << 30
"""The byte that SQLite locks; the page that holds it stays empty (1.4)."""
Leaf = tuple[bytes, bytes]
Child = tuple[int, bytes]
"""A page, by its number where it is written, and what leads past it: its last key as a varint, or the index's entry behind."""


class Book:
    """A SQLite file to which pages are added. No connection may be open meanwhile."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("r+b")
        head = self._file.read(100)
        self.size: int = struct.unpack_from(">H", head, 16)[0]
        self._changes: int
        self._pages: int
        self._changes, self._pages = struct.unpack_from(">II", head, 24)
        self._file.seek(0, 2)

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self._file.seek(24)
            self._file.write(struct.pack(">II", self._changes + 1, self._pages))
            self._file.seek(92)
            self._file.write(struct.pack(">I", self._changes + 1))
        self._file.close()

    @property
    def most(self) -> int:
        """The bytes of the longest record of a table that stands in a page whole."""
        return self.size - 35

    @property
    def most_of_index(self) -> int:
        """The bytes of the longest entry of an index that does."""
        return (self.size - 12) * 64 // 255 - 23

    def fill_table(self, root: int, leaves: Iterator[Leaf]) -> None:
        """Put leaves into an empty table that begins at a page."""
        self._fill(root, TABLE, leaves)

    def fill_index(self, root: int, leaves: Iterator[Leaf]) -> None:
        """Put leaves into an empty index that begins at a page."""
        self._fill(root, INDEX, leaves)

    def of_table(self, batches: Iterable[Cells]) -> Generator[Leaf, None, None]:
        """The leaves of a table: rows in the order of their numbers."""
        for cells in batches:
            taken, ends = _taken(cells), [0]
            while ends[-1] < len(cells.keys):
                ends.append(self._end(taken, ends[-1]))
            past = varints(cells.keys[np.array(ends[1:], "i8") - 1], KEY_BYTES)
            for first, end, key in zip(ends, ends[1:], past, strict=False):
                yield self._leaf(TABLE[0], cells, first, end), key.tobytes()

    def of_index(self, cells: Cells) -> Iterator[Leaf]:
        """The leaves of an index: entries in their order."""
        taken = _taken(cells)
        first, last = 0, len(cells.keys)
        while first < last:
            end = self._end(taken, first)
            # the entry behind a leaf leads past it, and something has to stand behind that
            end = end if end >= last else min(end, last - 2)
            behind = cells.content[cells.offsets[end] : cells.offsets[end + 1]] if end < last else b""
            yield self._leaf(INDEX[0], cells, first, end), bytes(behind)
            first = end + 1

    def aside(self, leaves: Iterable[Leaf], kept: IO[bytes]) -> Iterator[Leaf]:
        """Leaves that are made now and kept in a file of their own, to be put into a table or index later."""
        past = []
        for page, key in leaves:
            kept.write(page)
            past.append(key)
        kept.seek(0)
        return ((kept.read(self.size), key) for key in past)

    def _end(self, taken: Array, first: int) -> int:
        """The record after the last that has room in a leaf that begins with one."""
        return int(taken.searchsorted(taken[first] + self.size - LEAF_HEAD, "right")) - 1

    def _leaf(self, kind: int, cells: Cells, first: int, end: int) -> bytes:
        """Head, pointers, nothing, records."""
        begin, close = int(cells.offsets[first]), int(cells.offsets[end])
        start = self.size - (close - begin)
        pointers = (cells.offsets[first:end] - begin + start).astype(">u2").tobytes()
        head = struct.pack(">BHHHB", kind, 0, end - first, start, 0)
        gap = bytes(start - len(head) - len(pointers))
        return b"".join((head, pointers, gap, cells.content[begin:close]))

    def _fill(self, root: int, kinds: tuple[int, int], leaves: Iterator[Leaf]) -> None:
        """Write the leaves, then what leads to them, level by level, up to the page at the root."""
        first, second = next(leaves, None), next(leaves, None)
        if first is None:
            return
        if second is None:
            self._put(root, first[0])
            return
        children = [(self._add(page), past) for page, past in chain((first, second), leaves)]
        while len(groups := list(self._groups(children))) > 1:
            children = [(self._add(self._inner(kinds[1], group)), group[-1][1]) for group in groups]
        self._put(root, self._inner(kinds[1], groups[0]))

    def _groups(self, children: list[Child]) -> Iterator[list[Child]]:
        """The pages that one page leads to, none of them alone."""
        group: list[Child] = []
        taken = INNER_HEAD
        for child in children:
            needed = 4 + len(child[1]) + POINTER
            if taken + needed > self.size:
                # one that would be alone at the end takes its neighbour along
                along = [group.pop()] if child is children[-1] else []
                yield group
                group = along
                taken = INNER_HEAD + sum(4 + len(past) + POINTER for _, past in group)
            group.append(child)
            taken += needed
        yield group

    def _inner(self, kind: int, group: list[Child]) -> bytes:
        cells = [struct.pack(">I", page) + key for page, key in group[:-1]]
        content = b"".join(cells)
        start = self.size - len(content)
        sizes = np.array([0, *map(len, cells)])
        pointers = (np.cumsum(sizes)[:-1] + start).astype(">u2").tobytes()
        head = struct.pack(">BHHHBI", kind, 0, len(cells), start, 0, group[-1][0])
        return b"".join((head, pointers, bytes(start - len(head) - len(pointers)), content))

    def _add(self, page: bytes) -> int:
        self._pages += 1
        if self._pages == LOCKED_AT // self.size + 1:
            self._file.write(bytes(self.size))
            self._pages += 1
        self._file.write(page)
        return self._pages

    def _put(self, number: int, page: bytes) -> None:
        self._file.seek((number - 1) * self.size)
        self._file.write(page)
        self._file.seek(0, 2)


def _taken(cells: Cells) -> Array:
    """The bytes that all records before each take in leaves, each with its pointer."""
    made: Array = cells.offsets + POINTER * np.arange(len(cells.offsets))
    return made

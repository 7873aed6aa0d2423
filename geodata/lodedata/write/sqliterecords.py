"""Rows as the records of a SQLite table or index, made from whole columns (sqlite.org/fileformat2.html, 2.1).

All varints of a column are written in the width that its largest value needs, which SQLite reads like the shortest form.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lodedata.write.pieces import Array, data, fixed, joined, lengths

ROWID_BYTES = 4
"""Of a row's number as a varint: enough for 268 million."""
WIDTHS = (1, 2, 3, 4)
FLOAT, INTEGER, BLOB, TEXT, FALSE = 7, 4, 12, 13, 8
"""Serial types: a double, an integer of four bytes, bytes and texts of no length, and 0 as nothing but its type."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Records one after the other: their bytes, where each begins and the last one ends, and the key of each."""

    content: memoryview
    offsets: Array
    keys: Array


@dataclass(frozen=True, slots=True)
class Values:
    """A column as records hold it: the serial type of each value, and its bytes where it has any."""

    types: Array
    body: pa.Array | None = None


class TooLong(Exception):
    """A record does not fit into a page."""


def encoded(values: pa.Array) -> Values:
    """A column of texts, bytes, numbers, whole numbers, days or booleans."""
    if values.null_count == len(values):
        return Values(np.zeros(len(values), "u4"))
    there = values.is_valid().to_numpy(zero_copy_only=False)
    if values.type == pa.bool_():
        return Values(np.where(there, FALSE + pc.fill_null(values, False).to_numpy(zero_copy_only=False), 0).astype("u4"))
    if values.type in (pa.float64(), pa.int32()):
        kind, form = (FLOAT, ">f8") if values.type == pa.float64() else (INTEGER, ">i4")
        numbers = pc.fill_null(values, 0).to_numpy(zero_copy_only=False).astype(form)
        return Values(np.where(there, kind, 0).astype("u4"), fixed(numbers, values))
    kind = BLOB if values.type == pa.binary() else TEXT
    body = values.cast(pa.string()) if values.type == pa.date32() else values
    return Values(np.where(there, kind + 2 * lengths(body), 0).astype("u4"), body.cast(pa.binary()))


def of_table(rowids: Array, columns: Sequence[Values], most: int) -> Cells:
    """Records of a table, whose first column is its key and so stands for the row's number. Raises TooLong."""
    key = Values(np.zeros(len(rowids), "u4"))
    return _cells([key, *columns], most, rowids, [varints(rowids, ROWID_BYTES)])


def of_index(values: pa.Array, rowids: Array, most: int) -> Cells:
    """Entries of an index of one column: the value, then the row's number. Raises TooLong."""
    number = Values(np.full(len(rowids), INTEGER, "u4"), fixed(rowids.astype(">i4")))
    return _cells([encoded(values), number], most, rowids, [])


def _cells(columns: Sequence[Values], most: int, keys: Array, more: list[Array]) -> Cells:
    types = [varints(column.types) for column in columns]
    head = sum(part.shape[1] for part in types)
    head += 1 if head < 127 else 2
    bodies = [column.body for column in columns if column.body is not None]
    sizes = head + sum((lengths(body) for body in bodies), np.zeros(len(keys), "i8"))
    if sizes.max(initial=0) > most:
        raise TooLong
    told = np.full(len(keys), head, "u4")
    made = joined([fixed(np.hstack([varints(sizes), *more, varints(told), *types])), *bodies])
    return Cells(data(made), np.concatenate([[0], np.cumsum(lengths(made))]), keys)


def varints(values: Array, width: int | None = None) -> Array:
    """Numbers as varints of one width, a row each: seven bits a byte, all but the last with the highest bit set."""
    highest = int(values.max(initial=0))
    width = width or next(width for width in WIDTHS if highest < 1 << 7 * width)
    made = np.empty((len(values), width), "u1")
    for n in range(width):
        made[:, n] = (values >> 7 * (width - 1 - n)) & 0x7F | (0x80 if n < width - 1 else 0)
    return made

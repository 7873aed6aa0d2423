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
    """A column as records hold it: the serial type of each value, its bytes where it has any, and how many they are."""

    types: Array
    body: pa.Array | None = None
    size: Array | int = 0


class TooLong(Exception):
    """A record does not fit into a page."""


def encoded(values: pa.Array) -> Values:
    """A column of texts, bytes, numbers, whole numbers, days or booleans."""
    if values.null_count == len(values):
        return Values(np.zeros(len(values), "u1"))
    if values.type == pa.bool_():
        told: Array = FALSE + pc.fill_null(values, False).to_numpy(zero_copy_only=False)
        return Values(_known(told, values))
    if values.type in (pa.float64(), pa.int32()):
        kind, form = (FLOAT, ">f8") if values.type == pa.float64() else (INTEGER, ">i4")
        numbers = pc.fill_null(values, 0).to_numpy(zero_copy_only=False).astype(form)
        types = _known(np.full(len(values), kind, "u1"), values)
        return Values(types, fixed(numbers, values), numbers.itemsize * (types > 0))
    kind = BLOB if values.type == pa.binary() else TEXT
    body = values.cast(pa.string()) if values.type == pa.date32() else values
    size = lengths(body)
    return Values(_known(kind + 2 * size, values), body.cast(pa.binary()), size)


def _known(types: Array, values: pa.Array) -> Array:
    """The types of values, NULL's where there is none."""
    if values.null_count:
        return np.where(values.is_valid().to_numpy(zero_copy_only=False), types, 0)
    return types


def of_table(rowids: Array, columns: Sequence[Values], most: int) -> Cells:
    """Records of a table, whose first column is its key and so stands for the row's number. Raises TooLong."""
    key = Values(np.zeros(len(rowids), "u1"))
    return _cells([key, *columns], most, rowids, [(rowids, ROWID_BYTES)])


def of_index(values: pa.Array, rowids: Array, most: int) -> Cells:
    """Entries of an index of one column: the value, then the row's number. Raises TooLong."""
    numbers = rowids.astype(">i4")
    number = Values(np.full(len(rowids), INTEGER, "u1"), fixed(numbers), numbers.itemsize)
    return _cells([encoded(values), number], most, rowids, [])


def _cells(columns: Sequence[Values], most: int, keys: Array, more: list[tuple[Array, int]]) -> Cells:
    types = [(column.types, _width(column.types)) for column in columns]
    head = sum(width for _, width in types)
    head += 1 if head < 127 else 2
    told = np.full(len(keys), head, "i8")
    sizes: Array = sum((np.asarray(column.size) for column in columns), told)
    if sizes.max(initial=0) > most:
        raise TooLong
    parts = [(sizes, _width(sizes)), *more, (told, _width(told)), *types]
    made = np.empty((len(keys), sum(width for _, width in parts)), "u1")
    at = 0
    for values, width in parts:
        _write_varints(made[:, at : at + width], values)
        at += width
    records = joined([fixed(made), *(column.body for column in columns if column.body is not None)])
    return Cells(data(records), np.concatenate([[0], np.cumsum(lengths(records))]), keys)


def varints(values: Array, width: int) -> Array:
    """Numbers as varints of one width, a row each."""
    made = np.empty((len(values), width), "u1")
    _write_varints(made, values)
    return made


def _width(values: Array) -> int:
    """The bytes that the largest of some numbers needs as a varint."""
    highest = int(values.max(initial=0))
    return next(width for width in WIDTHS if highest < 1 << 7 * width)


def _write_varints(made: Array, values: Array) -> None:
    """Seven bits a byte, all but the last with the highest bit set."""
    last = made.shape[1] - 1
    for n in range(last):
        made[:, n] = (values >> 7 * (last - n)) & 0x7F | 0x80
    made[:, last] = values & 0x7F

"""Check of the parts of a shapefile: what their headers declare, what is there, and whether the parts agree.

GDAL reads a table or an index that is cut short up to the cut, and a damaged shape as none, without an error in Arrow.
"""

import glob
import struct
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from lodedata.errors import FileRefused
from lodedata.messages import msg

SHAPE_HEADER = 100
NULL_SHAPE_UNITS = 2
RECORD_HEAD_UNITS = 4
CHUNK_BYTES = 1 << 22
EXISTS, DELETED = 0x20, 0x2A


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a shapefile: its suffix, its size, and a function that opens it."""

    suffix: str
    size: int
    open: Callable[[], AbstractContextManager[IO[bytes]]]


Parts = dict[str, Part]


def find_sibling_parts(path: Path) -> Parts:
    """Return the parts of an unpacked shapefile or table by suffix."""
    files = (file for file in path.parent.glob(f"{glob.escape(path.stem)}.*") if file.suffix.casefold() in _SUFFIXES)
    return {file.suffix.casefold(): Part(file.suffix, file.stat().st_size, _build_opener(file)) for file in files}


def _build_opener(file: Path) -> Callable[[], IO[bytes]]:
    return lambda: file.open("rb")


def find_parts_in_zip(archive: zipfile.ZipFile, shape: str) -> Parts:
    """Return the parts of a shapefile in a zip, by the name of its .shp."""
    stem = shape[:-4].casefold()
    entries = {entry.filename[-4:].casefold(): entry for entry in archive.infolist() if entry.filename[:-4].casefold() == stem}
    return {
        suffix: Part(suffix, entry.file_size, partial(archive.open, entry))
        for suffix, entry in entries.items()
        if suffix in _SUFFIXES
    }


def detect_expected_shapes(file: str, parts: Parts) -> NDArray[np.bool_]:
    """Return for each row whether it has a shape. Raises FileRefused for a part that is cut short, or disagrees.

    A table without shapes has none for every row; deleted rows are left out.
    """
    shapes = _detect_indexed_shapes(file, parts) if ".shx" in parts and ".shp" in parts else None
    present = _detect_present_records(file, parts[".dbf"]) if ".dbf" in parts else None
    if present is None:
        return np.zeros(0, bool) if shapes is None else shapes
    if shapes is None:
        return np.zeros(int(present.sum()), bool)
    if len(shapes) != len(present):
        raise FileRefused(
            msg(
                "%(file)s: the .shx lists %(shapes)s shapes and the .dbf %(records)s records; a part is damaged or of another "
                "file, get all parts again",
                file=file,
                shapes=f"{len(shapes):,}",
                records=f"{len(present):,}",
            )
        )
    return shapes[present]


def refuse_count(file: str, declared: int, row_count: int) -> FileRefused:
    """Return the error of a file that declares other rows than could be read."""
    return FileRefused(
        msg(
            "%(file)s: declares %(declared)s rows, and %(found)s could be read; the file is cut short or damaged, get it again",
            file=file,
            declared=f"{declared:,}",
            found=f"{row_count:,}",
        )
    )


def _detect_indexed_shapes(file: str, parts: Parts) -> NDArray[np.bool_]:
    """Return whether each shape of the index is one; null shapes have no more than their type."""
    index, shapes = parts[".shx"], parts[".shp"]
    with index.open() as stream:
        head = stream.read(SHAPE_HEADER)
        content = stream.read()
    _require_size(file, index, _read_declared_bytes(head), exact=True)
    with shapes.open() as stream:
        _require_size(file, shapes, _read_declared_bytes(stream.read(SHAPE_HEADER)))
    entries = np.frombuffer(content, ">i4").reshape(-1, 2).astype(np.int64)
    order = np.argsort(entries[:, 0], kind="stable")
    begins, ends = entries[order, 0], entries[order].sum(axis=1) + RECORD_HEAD_UNITS
    wrong = (begins * 2 < SHAPE_HEADER) | (ends * 2 > shapes.size) | (entries[order, 1] < NULL_SHAPE_UNITS)
    wrong[1:] |= begins[1:] < ends[:-1]
    if wrong.any():
        raise describe_damaged_shape(file, int(order[wrong.argmax()]) + 1)
    return entries[:, 1] > NULL_SHAPE_UNITS


def describe_damaged_shape(file: str, number: int) -> FileRefused:
    """Return the error of a shape, by its number from 1, that the index has and that can't be read."""
    return FileRefused(
        msg(
            "%(file)s: the shape of row %(number)s is damaged or not where the .shx has it; get all parts again",
            file=file,
            number=number,
        )
    )


def _read_declared_bytes(head: bytes) -> int:
    return int(struct.unpack(">i", head[24:28])[0]) * 2 if len(head) == SHAPE_HEADER else SHAPE_HEADER


def _detect_present_records(file: str, table: Part) -> NDArray[np.bool_]:
    """Return whether each record of the table is there, and not deleted."""
    with table.open() as stream:
        head = stream.read(12)
        if len(head) < 12:
            raise _cut(file, table, 12)
        records, header_bytes, record_bytes = struct.unpack("<IHH", head[4:12])
        _require_size(file, table, header_bytes + records * record_bytes)
        if not record_bytes:
            return np.zeros(0, bool)
        stream.read(header_bytes - 12)
        marks: list[NDArray[np.uint8]] = []
        left = records
        while left:
            many = min(left, max(CHUNK_BYTES // record_bytes, 1))
            marks.append(np.frombuffer(stream.read(many * record_bytes), np.uint8)[::record_bytes].copy())
            left -= many
    record_marks = np.concatenate(marks) if marks else np.zeros(0, np.uint8)
    wrong = (record_marks != EXISTS) & (record_marks != DELETED)
    if wrong.any():
        raise FileRefused(
            msg(
                "%(file)s: record %(number)s of the %(suffix)s does not begin as a record does; it is damaged, get it again",
                file=file,
                number=int(wrong.argmax()) + 1,
                suffix=table.suffix,
            )
        )
    present: NDArray[np.bool_] = record_marks == EXISTS
    return present


def _require_size(file: str, part: Part, declared: int, exact: bool = False) -> None:
    if part.size < declared or (exact and part.size != declared):
        raise _cut(file, part, declared)


def _cut(file: str, part: Part, declared: int) -> FileRefused:
    return FileRefused(
        msg(
            "%(file)s: the %(suffix)s declares %(declared)s bytes and has %(found)s; it is cut short or damaged, get it again",
            file=file,
            suffix=part.suffix,
            declared=f"{declared:,}",
            found=f"{part.size:,}",
        )
    )


_SUFFIXES = frozenset({".shp", ".shx", ".dbf", ".cpg"})

"""The task of reading tables: open a file by the parser of its kind and send its rows in frames."""

import base64
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import IO, Any

import shapely

from lodedata.errors import FileRefused
from lodedata.messages import msg
from lodedata.read.guard import frames
from lodedata.read.guard.confinement import Confinement, pause, restart_time_limit
from lodedata.read.parsers import PARSERS
from lodedata.read.table import LIMITS, Hints, InputRow, InputTable

ROWS = 1_000
BYTES = 4 * 2**20
"""Limits of one frame in rows and bytes."""
SentRow = tuple[int, list[Any], str | None, str | None, str | None]
"""Number, cells, WKB in base 64, defect and unread geometry of a row."""
NESTING = 4
"""Depth of nested collections that a geometry may have."""


def send_tables(stream: IO[bytes], bounds: Confinement, job: dict[str, Any]) -> None:
    """Send a description of the tables of a file, then the rows of each from the first requested one."""
    path = Path(job["path"])
    tables = import_module(PARSERS[job["kind"]]).tables
    try:
        input_tables: list[InputTable] = tables(path, job["kind"], Hints(**job["hints"]))
        frames.write(stream, "tables", [(table.part, table.columns, table.crs, table.has_geometry) for table in input_tables])
        for table in input_tables[job["first"] :]:
            try:
                for part in _divide_rows(table):
                    pause(bounds)
                    frames.write(stream, "rows", part)
                    restart_time_limit(bounds)
                frames.write(stream, "end", None)
            except FileRefused as error:
                frames.write(stream, "table-refused", error.message.as_data())
    except FileRefused as error:
        frames.write(stream, "refused", error.message.as_data())


def _divide_rows(table: InputTable) -> Iterator[list[SentRow]]:
    part: list[SentRow] = []
    size = 0
    for row in table.rows:
        size += require_small(table, row)
        geometry = None if row.geometry is None else base64.b64encode(row.geometry).decode("ascii")
        part.append((row.number, list(row.cells), geometry, row.defect, row.unread_geometry))
        if len(part) == ROWS or size > BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part


def require_small(table: InputTable, row: InputRow) -> int:
    """Return the approximate bytes of a row. Raises FileRefused for a cell that is too long or a deeply nested geometry."""
    longest = size = 0
    for cell in row.cells:
        if isinstance(cell, str):
            longest = max(longest, len(cell))
            size += len(cell)
    if longest > LIMITS.cell_characters:
        raise FileRefused(
            msg(
                "%(table)s, row %(number)s: a cell is longer than %(cell_characters)s characters",
                table=table.name,
                number=row.number,
                cell_characters=LIMITS.cell_characters,
            )
        )
    if row.geometry is not None:
        size += len(row.geometry)
        require_flat(row.geometry, f"{table.name}, row {row.number}")
    return size


def require_flat(wkb: bytes, where: str) -> None:
    """Raise FileRefused for a geometry whose parts are nested so deep that a parser could run out of stack.

    A geometry that is no valid WKB is left to the mapping, which reports it for its row.
    """
    number = int.from_bytes(wkb[1:5], "little" if wkb[:1] == b"\x01" else "big")
    # the same in OGC, ISO and extended WKB: points, lines and polygons have no parts of their own
    if (number & 0x0FFFFFFF) % 1000 <= 3:
        return
    try:
        level = [shapely.from_wkb(wkb, on_invalid="ignore")]
    # a curve, which the mapping refuses
    except NotImplementedError:
        return
    for _ in range(NESTING + 1):
        level = [part for shape in level if shape is not None for part in getattr(shape, "geoms", ())]
        if not level:
            return
    raise FileRefused(
        msg(
            "%(where)s: the geometry has collections within collections, more than %(nesting)s deep",
            where=where,
            nesting=NESTING,
        )
    )

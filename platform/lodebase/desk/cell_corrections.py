"""Cells that people correct before an import: each with its old and new text, who entered it and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from lodebase.db.schema.desk_tables import import_correction
from lodebase.errors import BadQuery
from lodedata.mapping import Source
from lodedata.mapping.model import CellCorrection
from lodedata.messages import msg

MAX_CELL_CHARACTERS = 10_000
"""Characters of a corrected cell."""
MAX_CORRECTIONS = 10_000
"""Corrections of one import; a file with more is corrected in its own program."""


@dataclass(frozen=True, slots=True)
class EnteredCorrection:
    """A correction as it was entered."""

    row: int
    column: str
    reported: str
    corrected: str
    account: str
    at: datetime


def add(connection: Connection, request: int, account: str, corrections: Sequence[CellCorrection]) -> None:
    """Store corrections of the cells of a request's file. Raise BadQuery for a text or a number of them that is too long."""
    for correction in corrections:
        if len(correction.corrected) > MAX_CELL_CHARACTERS:
            raise BadQuery(
                "corrected",
                correction.corrected[:20],
                msg("A cell has at most %(most)s characters.", most=f"{MAX_CELL_CHARACTERS:,}"),
            )
    if len(read_cell_corrections(connection, request)) + len(corrections) > MAX_CORRECTIONS:
        raise BadQuery(
            "corrected", "", msg("An import has at most %(most)s corrections. Correct the file itself.", most="10,000")
        )
    rows = [{"request": request, "account": account, **correction.model_dump()} for correction in corrections]
    if rows:
        connection.execute(insert(import_correction), rows)


def read_cell_corrections(connection: Connection, request: int) -> list[EnteredCorrection]:
    """Return the corrections of a request, the first first."""
    columns = [import_correction.c[name] for name in EnteredCorrection.__slots__]
    statement = select(*columns).where(import_correction.c.request == request).order_by(import_correction.c.number)
    return [EnteredCorrection(*row) for row in connection.execute(statement)]


def choose_valid_corrections(corrections: Sequence[EnteredCorrection]) -> tuple[CellCorrection, ...]:
    """Return the corrections that hold: the last of each cell, from the text of the file to the last text."""
    first: dict[tuple[int, str], str] = {}
    last: dict[tuple[int, str], str] = {}
    for correction in corrections:
        first.setdefault((correction.row, correction.column), correction.reported)
        last[correction.row, correction.column] = correction.corrected
    return tuple(
        CellCorrection(row=row, column=column, reported=first[row, column], corrected=corrected)
        for (row, column), corrected in last.items()
        if corrected != first[row, column]
    )


def apply_cell_corrections(source: Source, corrections: Sequence[CellCorrection]) -> Source:
    """Return a source whose first table has the corrections and those of its mapping."""
    if not corrections or not source.tables:
        return source
    table, *others = source.tables
    corrected = table.model_copy(update={"corrections": (*table.corrections, *corrections)})
    return source.model_copy(update={"tables": (corrected, *others)})

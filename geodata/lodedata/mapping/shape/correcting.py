"""Rows with the cells that a person corrected."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from lodedata.cells import convert_cell_to_text
from lodedata.errors import FileRefused
from lodedata.mapping.model import CellCorrection
from lodedata.messages import msg
from lodedata.read import InputRow, InputTable
from lodedata.read.table import describe_missing_column
from lodedata.rights.natural_persons import MASK

FORMULA = "formula-cell"


def format_stored_cell(stored: Any) -> str:
    """Return the text of a cell as a row stores it (a value of JSON), empty for missing data."""
    return "" if stored is None else convert_cell_to_text(stored)


def correct_table(table: InputTable, corrections: Sequence[CellCorrection]) -> InputTable:
    """Return a table whose corrected cells have their corrected texts; one that is emptied is missing data.

    Raises FileRefused for a column that the table lacks, and while its rows are read for a cell whose text is another one.
    """
    places = {name: place for place, name in enumerate(table.columns)}
    by_row: dict[int, list[CellCorrection]] = {}
    for correction in corrections:
        if correction.column not in places:
            raise describe_missing_column(table.name, correction.column, table.columns)
        by_row.setdefault(correction.row, []).append(correction)

    def rows(of: Iterator[InputRow]) -> Iterator[InputRow]:
        for row in of:
            yield _correct_row(table, row, by_row[row.number], places) if row.number in by_row else row

    again = table.again
    return replace(table, rows=rows(table.rows), again=None if again is None else lambda: rows(again()))


def _correct_row(
    table: InputTable, row: InputRow, corrections: Sequence[CellCorrection], places: Mapping[str, int]
) -> InputRow:
    cells = [*row.cells, *[None] * (len(table.columns) - len(row.cells))]
    for correction in corrections:
        cell = cells[places[correction.column]]
        text = format_stored_cell(orjson.loads(orjson.dumps(cell, default=str)))
        # the name of a person leaves what was corrected, and stays in the file
        if text != correction.reported and MASK not in correction.reported:
            raise FileRefused(
                msg(
                    "%(table)s, row %(row)s: the cell %(column)r holds %(value)r and not %(reported)r, which was corrected; "
                    "correct it anew",
                    table=table.name,
                    row=correction.row,
                    column=correction.column,
                    value=text,
                    reported=correction.reported,
                )
            )
        cells[places[correction.column]] = correction.corrected or None
    is_repaired = row.defect == FORMULA and not any(isinstance(cell, str) and cell.startswith("=") for cell in cells)
    return replace(row, cells=cells, defect=None if is_repaired else row.defect)

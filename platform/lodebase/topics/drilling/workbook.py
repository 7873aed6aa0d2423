"""The workbook of a log: composites, grades, rock and trace, a sheet each."""

import io
from collections.abc import Sequence
from typing import Any

from lodebase.operations.formats import format_table_cells, list_table_columns
from lodebase.topics.drilling.grades import GradedInterval
from lodebase.topics.drilling.log import DrillLog, Intercept, RockInterval, TracePoint
from lodedata.messages import Message, in_language, msg

NOTES = msg("Notes")


def write_log(log: DrillLog, language: str) -> bytes:
    """Return the workbook of a log, with its notes in a language."""
    sheets: Sequence[tuple[Message, type[Any], Sequence[Any]]] = (
        (msg("Composites"), Intercept, log.intercepts),
        (msg("Grades"), GradedInterval, log.intervals),
        (msg("Rock"), RockInterval, log.rock),
        (msg("Trace"), TracePoint, log.trace),
    )
    import openpyxl  # noqa: PLC0415 - commands that write no workbook do not load it

    book = openpyxl.Workbook(write_only=True)
    for title, row, rows in sheets:
        sheet = book.create_sheet(title.in_language(language))
        sheet.append(list_table_columns(row))
        for cells in format_table_cells(row, rows):
            sheet.append(cells)
    notes = book.create_sheet(NOTES.in_language(language))
    notes.append([f"{log.hole_id} {log.analyte or ''} {log.unit or ''}".strip()])
    for note in log.notes:
        notes.append([in_language(note, language)])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()

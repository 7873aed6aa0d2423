"""Tables of results as workbooks: one sheet with a filter in its head, frozen, no text a formula or a link."""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import xlsxwriter

from lodebase.operations.formats import XLSX, format_table_cells, list_table_columns

MAX_WIDTH = 40
"""The widest column, in characters."""


def write_workbook(row: type[Any], rows: Sequence[Any]) -> bytes:
    """Return rows as a workbook with the columns that their CSV has; texts have both languages."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    head, lines = list_table_columns(row), list(format_table_cells(row, rows))
    with xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, head, book.add_format({"bold": True}))
        for number, line in enumerate(lines, 1):
            sheet.write_row(number, 0, line)
        sheet.autofilter(0, 0, len(lines), max(len(head) - 1, 0))
        sheet.autofit(max_width=MAX_WIDTH * 7)
    return stream.getvalue()


WORKBOOK = replace(XLSX, write_rows=write_workbook)
"""XLSX of an operation whose result has rows."""

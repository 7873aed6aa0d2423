"""Reports as workbooks: a sheet for the inputs, and one for each table."""

import io

import xlsxwriter

from lodebase.layout.reports.report import LayoutReport
from lodebase.layout.reports.report_inputs import list_input_rows
from lodebase.layout.reports.report_labels import COLUMNS, TITLES
from lodebase.layout.reports.report_tables import build_report_tables
from lodebase.layout.reports.report_text import choose_localized_field

MAX_COLUMN_WIDTH = 60


def write(report: LayoutReport, language: str, _issuing_body: str | None = None) -> bytes:
    """Return the workbook as bytes; text is never written as a formula."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    first = book.add_worksheet(_name_sheet("inputs", language))
    first.set_column(0, 1, MAX_COLUMN_WIDTH / 2)
    for number, (title, value) in enumerate(list_input_rows(report, language)):
        first.write_string(number, 0, title, bold)
        first.write_string(number, 1, value, wrapped)
    first.write_string(
        len(list_input_rows(report, language)) + 1, 0, choose_localized_field(report.summary, "disclaimer", language), bold
    )
    for part, columns, rows in build_report_tables(report, language):
        sheet = book.add_worksheet(_name_sheet(part, language))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(columns) - 1, min(MAX_COLUMN_WIDTH, 120 / len(columns)))
        sheet.write_row(0, 0, [COLUMNS[column].in_language(language) for column in columns], bold)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, row, wrapped)
    book.close()
    return stream.getvalue()


def _name_sheet(part: str, language: str) -> str:
    """Return the name of a sheet: Excel allows 31 characters and excludes some."""
    return TITLES[part].in_language(language).translate(str.maketrans("[]:*?/\\", "       "))[:31].strip()

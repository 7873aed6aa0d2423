"""An empty workbook for condition lists, with the columns that the ministry's annexes have and a row as an example."""

import io

import xlsxwriter

from lodedata.messages import Message, msg
from lodedata.topics.lists.workbook import SHEETS

TITLE = msg("Notes")
NOTES: tuple[Message, ...] = (
    msg("Fill in the sheets and import the workbook: lode import condition-list-workbook FILE. The rows here are an example."),
    msg("Collect all batches, entries and events in one workbook; a deleted row is no longer served after the import."),
    msg("An annex may be pasted as published into a sheet named after list and batch, such as battery-recycling 5."),
    msg("The number of rows of a batch must be the number that its act states. A consultation lists nobody."),
    msg("Complete up to: the day up to which all batches and withdrawals are here. After it every result is not known."),
    msg("Column titles may be Chinese or English; dates are written as 2024-06-30."),
)


def write_template(language: str) -> bytes:
    """Return the workbook as bytes."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bottom": 1})
    notes = book.add_worksheet(TITLE.in_language(language))
    notes.set_column(0, 0, 120)
    for number, text in enumerate(NOTES):
        notes.write_string(number, 0, text.in_language(language))
    for sheet in SHEETS:
        worksheet = book.add_worksheet(sheet.name.in_language(language))
        worksheet.freeze_panes(1, 0)
        worksheet.set_column(0, len(sheet.columns) - 1, 18)
        worksheet.write_row(0, 0, [column.name.in_language(language) for column in sheet.columns], bold)
        worksheet.write_row(1, 0, [column.example for column in sheet.columns])
    book.close()
    return stream.getvalue()

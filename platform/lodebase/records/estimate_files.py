"""Files of estimates over time: CSV and XLSX, written from the same rows."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter

from lodebase.errors import BadQuery
from lodebase.records.estimate_history import FIELDS
from lodedata.messages import msg
from lodedata.write.formula import guard_cell
from lodedata.write.xlsx import MAX_SHEET_ROWS

Row = Mapping[str, Any]
BYTE_ORDER_MARK = "\ufeff"
CHUNK_ROWS = 1_000


def write_estimate_csv(rows: Iterable[Row]) -> Iterator[str]:
    """Yield CSV in pieces, with a byte order mark first; texts that a spreadsheet would take for a formula are guarded."""
    text = io.StringIO(newline="")
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(FIELDS)
    for number, row in enumerate(rows, 1):
        writer.writerow([guard_cell(value) if isinstance(value, str) else value for value in _list_cells(row)])
        if number % CHUNK_ROWS == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def write_xlsx(rows: Iterable[Row]) -> bytes:
    """Return a workbook of one sheet, no text as a formula or a link. Raises BadQuery for more rows than a sheet has."""
    stream = io.BytesIO()
    with TemporaryDirectory() as folder:
        # a row that is written leaves the memory
        options = {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(stream, options) as book:
            sheet = book.add_worksheet("estimates")
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, FIELDS, book.add_format({"bold": True}))
            for number, row in enumerate(rows, 1):
                if number >= MAX_SHEET_ROWS:
                    raise BadQuery("f", "xlsx", msg("A sheet has no place for all rows. Use f=csv, or narrower filters."))
                sheet.write_row(number, 0, _list_cells(row))
    return stream.getvalue()


def _list_cells(row: Row) -> list[Any]:
    return [", ".join(value) if isinstance(value := row[name], list) else value for name in FIELDS]

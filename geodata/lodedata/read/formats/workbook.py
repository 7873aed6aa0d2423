"""Workbooks other than XLSX by calamine: the old .xls, .xlsb and OpenDocument; values, never formulas."""

import zipfile
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from lodedata.errors import FileRefused
from lodedata.messages import msg
from lodedata.read.sheet import build_sheet_table, build_sheet_tables
from lodedata.read.table import Hints, InputTable

MAX_SHEET_CELLS = 20_000_000
"""Cells of a sheet, which is held in memory."""


def tables(path: Path, kind: str, hints: Hints) -> list[InputTable]:
    """Return the sheet named by the hints, or every sheet with a header and rows. Raises FileRefused."""
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            return build_sheet_tables(path.name, book.sheet_names, hints, lambda title: _build_table(path, book, title, hints))
    except PasswordError:
        raise FileRefused(
            msg("%(name)s: the workbook is protected by a password; save it without one", name=path.name)
        ) from None
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError) as error:
        if isinstance(error, FileRefused):
            raise
        raise FileRefused(
            msg("%(file)s: the workbook is damaged (%(reason)s)", file=path.name, reason=type(error).__name__)
        ) from None


def _build_table(path: Path, book: CalamineWorkbook, title: str, hints: Hints) -> InputTable | None:
    sheet = book.get_sheet_by_name(title)
    if sheet.total_height * sheet.total_width > MAX_SHEET_CELLS:
        raise FileRefused(
            msg(
                "%(file)s, sheet %(title)r: has %(rows)s rows of %(columns)s columns, too many to read; save it as CSV",
                file=path.name,
                title=title,
                rows=sheet.total_height,
                columns=sheet.total_width,
            )
        )
    merged = [(left + 1, top + 1, right + 1, bottom + 1) for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()]
    lines = sheet.to_python(skip_empty_area=False)
    return build_sheet_table(path.name, title, lambda: iter(lines), hints, merged)

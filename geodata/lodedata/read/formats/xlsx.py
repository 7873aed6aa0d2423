"""Workbooks of the XLSX format: one table per sheet, with values and never formulas."""

import re
import warnings
import weakref
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import coordinate_to_tuple, range_boundaries
from openpyxl.xml.functions import iterparse

from lodedata.errors import FileRefused
from lodedata.messages import msg
from lodedata.read.header import Range
from lodedata.read.sheet import build_sheet_table, build_sheet_tables
from lodedata.read.table import Hints, InputTable

SHEET_ROWS = 1_048_576
"""Most rows of a sheet; a larger row number would be read as that many empty rows."""
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]+\d+:[A-Z]+\d+)"')
_NUMBERED = re.compile(rb'<(?:\w+:)?(?:row|c)(?: [^>]*?)? r="([A-Z]{0,3})(\d{1,9})"')
"""Rows and cells with their references; a cell has letters."""
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")


def tables(path: Path, kind: str, hints: Hints) -> list[InputTable]:
    """Return the sheet named by the hints, or every sheet with a header and rows. Raises FileRefused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book, parts = _open_workbook(path)
    # openpyxl raises whatever its parsers raise on a damaged part
    except Exception as error:
        raise FileRefused(
            msg("%(file)s: the workbook is damaged (%(reason)s)", file=path.name, reason=type(error).__name__)
        ) from None
    return build_sheet_tables(path.name, list(parts), hints, lambda title: _build_table(path, book, title, parts[title], hints))


def _open_workbook(path: Path) -> tuple[Workbook, dict[str, str]]:
    """Return the workbook, and the part of the file that each of its sheets with cells is in; their order may differ.

    The file is closed with the last reference to the workbook.
    """
    stream = path.open("rb")
    try:
        reader = ExcelReader(stream, read_only=True, data_only=True)
        reader.read()
        parts = {sheet.name: str(relation.target) for sheet, relation in reader.parser.find_sheets()}
    except BaseException:
        stream.close()
        raise
    weakref.finalize(reader.wb, stream.close)
    return reader.wb, {sheet.title: parts[sheet.title] for sheet in reader.wb.worksheets}


def _build_table(path: Path, book: Workbook, title: str, part: str, hints: Hints) -> InputTable | None:
    merged, formulas = _find_merged_and_formulas(path, title, part)
    unsaved = _find_unsaved_formulas(path, title, part) if formulas else {}
    return build_sheet_table(path.name, title, lambda: _read_cells(path, book, title), hints, merged, unsaved)


def _read_cells(path: Path, book: Workbook, title: str) -> Iterator[Sequence[Any]]:
    try:
        sheet = book[title]
        # the extent that it declares may be wrong
        sheet.reset_dimensions()
        rows = enumerate(sheet.iter_rows(values_only=True), 1)
        while True:
            with warnings.catch_warnings():
                # warnings about print areas, validations and colours
                warnings.simplefilter("ignore")
                batch = list(islice(rows, 1000))
            if not batch:
                return
            if batch[-1][0] > SHEET_ROWS:
                raise FileRefused(
                    msg(
                        "%(file)s, sheet %(title)r: has more rows than the %(sheet_rows)s that a sheet can have",
                        file=path.name,
                        title=title,
                        sheet_rows=SHEET_ROWS,
                    )
                )
            yield from (cells for _, cells in batch)
    except FileRefused:
        raise
    # openpyxl raises whatever its parsers raise on a damaged part
    except Exception as error:
        raise FileRefused(
            msg(
                "%(file)s, sheet %(title)r: the sheet is damaged (%(reason)s)",
                file=path.name,
                title=title,
                reason=type(error).__name__,
            )
        ) from None


def _find_merged_and_formulas(path: Path, title: str, part: str) -> tuple[list[Range], bool]:
    """Return the merged ranges of a sheet, and whether it holds formulas."""
    merged: set[str] = set()
    formulas = False
    tail = b""
    order = _Order(path, title)
    with _open_part(path, title, part) as stream:
        while chunk := stream.read(1 << 20):
            window = tail + chunk
            order.follow(chunk)
            formulas = formulas or _FORMULA.search(window) is not None
            merged.update(part.decode() for part in _MERGED.findall(window))
            tail = window[-200:]
    ranges = [tuple(edge or 0 for edge in range_boundaries(reference)) for reference in sorted(merged)]
    return [(left, top, right, bottom) for left, top, right, bottom in ranges], formulas


class _Order:
    """The order of rows and cells in a sheet: openpyxl skips what comes after its place, so it is refused."""

    def __init__(self, path: Path, title: str) -> None:
        self._where = path.name, title
        self._row, self._column, self._rest = 0, b"", b""

    def follow(self, chunk: bytes) -> None:
        """Compare each reference of the sheet's next bytes with the one before it. Raises FileRefused."""
        window = self._rest + chunk
        end = window.rfind(b"<")
        window, self._rest = window[:end], window[end:]
        row, column = self._row, self._column
        for letters, digits in _NUMBERED.findall(window):
            number = int(digits)
            # rows may have no number of their own
            if number > row:
                row, column = number, letters
            elif number < row or (len(letters), letters) <= (len(column), column):
                raise self._describe_refusal(letters + digits, column + b"%d" % row)
            else:
                column = letters
        self._row, self._column = row, column

    def _describe_refusal(self, reference: bytes, before: bytes) -> FileRefused:
        return FileRefused(
            msg(
                "%(file)s, sheet %(title)r: %(found)s comes after %(before)s; the rows are not in order, open the workbook and "
                "save it anew",
                file=self._where[0],
                title=self._where[1],
                found=reference.decode(),
                before=before.decode(),
            )
        )


def _find_unsaved_formulas(path: Path, title: str, part: str) -> dict[int, dict[int, str]]:
    """Return formulas that were saved without a value, by row (from 1) and column (from 0).

    An empty text is a value: ``=IF(A2="","",A2)``.
    """
    unsaved_formulas: dict[int, dict[int, str]] = {}
    number = 0
    with _open_part(path, title, part) as stream:
        for _, row in iterparse(stream):
            if row.tag.rpartition("}")[2] != "row":
                continue
            number, column = int(row.get("r", number + 1)), 0
            for cell in row:
                place = cell.get("r")
                column = coordinate_to_tuple(place)[1] if place else column + 1
                inside = {child.tag.rpartition("}")[2]: child for child in reversed(cell)}
                formula, value = inside.get("f"), inside.get("v")
                if formula is not None and (value is None or not (value.text or cell.get("t") == "str")):
                    unsaved_formulas.setdefault(number, {})[column - 1] = f"={formula.text or ''}"
            row.clear()
    return unsaved_formulas


@contextmanager
def _open_part(path: Path, title: str, part: str) -> Iterator[IO[bytes]]:
    """Open a sheet's part of the file. Raises FileRefused for any error in it."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
            yield stream
    except FileRefused:
        raise
    # the parsers of zip and XML raise whatever they raise on a damaged part
    except Exception as error:
        raise FileRefused(
            msg(
                "%(file)s, sheet %(title)r: the sheet is damaged (%(reason)s)",
                file=path.name,
                title=title,
                reason=type(error).__name__,
            )
        ) from None

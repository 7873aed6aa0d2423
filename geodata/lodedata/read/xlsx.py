"""Workbooks: one table per sheet, with values and never formulas; merged cells are refused."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.utils import coordinate_to_tuple, range_boundaries
from openpyxl.xml.functions import iterparse

from lodedata.errors import FileRefused
from lodedata.messages import msg
from lodedata.read.sniff import header_among
from lodedata.read.table import Hints, InputRow, InputTable, checked_header

MOST_SHEETS = 40
SHEET_ROWS = 1_048_576
"""Most rows of a sheet; a larger row number would be read as that many empty rows."""
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*ref="([A-Z]+\d+:[A-Z]+\d+)"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")


def tables(path: Path, kind: str, hints: Hints) -> list[InputTable]:
    """Return the sheet named by the hints, or every sheet with a header and rows. Raises FileRefused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with path.open("rb") as stream, closing(load_workbook(stream, read_only=True, data_only=True)) as book:
                # openpyxl has no other attribute for the part of the file that a sheet is in; their order may differ
                parts = {sheet.title: str(vars(sheet)["_worksheet_path"]) for sheet in book.worksheets}
    # openpyxl raises whatever its parsers raise on a damaged part
    except Exception as error:
        raise FileRefused(
            msg("%(file)s: the workbook is damaged (%(reason)s)", file=path.name, reason=type(error).__name__)
        ) from None
    titles = list(parts)
    if hints.part is not None and hints.part not in titles:
        raise FileRefused(
            msg(
                "%(file)s: there is no sheet %(part)r; there are %(choices)s",
                file=path.name,
                part=hints.part,
                choices=", ".join(map(repr, titles)),
            )
        )
    if hints.part is None and len(titles) > MOST_SHEETS:
        raise FileRefused(
            msg(
                "%(file)s: has %(number)s sheets, more than the %(most_sheets)s that are looked through; name "
                "one of them as `part` in the mapping, or save the sheet as a workbook of its own",
                file=path.name,
                number=len(titles),
                most_sheets=MOST_SHEETS,
            )
        )
    found = []
    for title, part in parts.items():
        if hints.part not in (None, title):
            continue
        try:
            table = _table(path, title, part, hints)
        except FileRefused as error:
            if hints.part is not None or len(parts) == 1:
                raise
            # a sheet that is not a table, such as a page of notes, does not prevent reading the others
            table = InputTable(path.name, title, (), _refusing(error))
        if table is not None:
            found.append(table)
    if not found:
        raise FileRefused(msg("%(file)s: no sheet has a header and rows", file=path.name))
    return found


def _table(path: Path, title: str, part: str, hints: Hints) -> InputTable | None:
    first = [list(cells) for cells in islice(_cells(path, title), 40)]
    if not any(_filled(row) for row in first):
        return None
    header_at = hints.header_row or header_among([["" if c is None else str(c) for c in row] for row in first])
    merged, formulas = _merged_and_formulas(path, title, part)
    for reference in merged:
        _, top, _, bottom = (edge or 0 for edge in range_boundaries(reference))
        if bottom >= header_at:
            where = "the header" if top <= header_at else "the rows"
            raise FileRefused(
                msg(
                    "%(file)s, sheet %(title)r: cells of %(where)s are merged (%(reference)s); unmerge them "
                    "and fill every cell",
                    file=path.name,
                    title=title,
                    where=where,
                    reference=reference,
                )
            )
    if header_at > len(first):
        raise FileRefused(
            msg(
                "%(file)s, sheet %(title)r: there is no header in row %(header_at)s",
                file=path.name,
                title=title,
                header_at=header_at,
            )
        )
    unsaved = _unsaved_formulas(path, title, part) if formulas else {}
    if header_at in unsaved:
        raise FileRefused(
            msg(
                "%(file)s, sheet %(title)r, row %(header_at)s: the header holds formulas and no values",
                file=path.name,
                title=title,
                header_at=header_at,
            )
        )
    header = checked_header(f"{path.name}, sheet {title!r}", first[header_at - 1])
    return InputTable(path.name, title, header, _rows(path, title, header_at, len(header), unsaved))


def _refusing(error: FileRefused) -> Iterator[InputRow]:
    raise error
    yield


def _rows(path: Path, title: str, header_at: int, width: int, unsaved: Mapping[int, Mapping[int, str]]) -> Iterator[InputRow]:
    for number, cells in enumerate(_cells(path, title), 1):
        formulas = {at: formula for at, formula in unsaved.get(number, {}).items() if at < width}
        if number <= header_at or not (_filled(cells) or formulas):
            continue
        row = [_plain(cell) for cell in cells[:width]]
        row += [None] * (width - len(row))
        for at, formula in formulas.items():
            row[at] = formula
        if _filled(cells[width:]):
            # cells without a header are stored in the raw row only
            row += [_plain(cell) for cell in cells[width:]]
        yield InputRow(number, row, defect="formula-cell" if formulas else None)


def _cells(path: Path, title: str) -> Iterator[Sequence[Any]]:
    try:
        with path.open("rb") as stream, closing(load_workbook(stream, read_only=True, data_only=True)) as book:
            sheet = book[title]
            # the declared extent of a sheet may be too small, or the maximum
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


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime):
        midnight = cell.hour == cell.minute == cell.second == 0
        return cell.date().isoformat() if midnight else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return cell if cell is None or isinstance(cell, str | int | float | bool) else str(cell)


def _filled(cells: Sequence[Any]) -> bool:
    return any(cell is not None and str(cell).strip() for cell in cells)


def _merged_and_formulas(path: Path, title: str, part: str) -> tuple[list[str], bool]:
    """Return the merged ranges of a sheet, and whether it holds formulas."""
    merged: set[str] = set()
    formulas = False
    tail = b""
    with _part(path, title, part) as stream:
        while chunk := stream.read(1 << 20):
            window = tail + chunk
            formulas = formulas or _FORMULA.search(window) is not None
            merged.update(found.decode() for found in _MERGED.findall(window))
            tail = window[-200:]
    return sorted(merged), formulas


def _unsaved_formulas(path: Path, title: str, part: str) -> dict[int, dict[int, str]]:
    """Return formulas that were saved without a value, by row (from 1) and column (from 0).

    An empty text is a value: ``=IF(A2="","",A2)``.
    """
    found: dict[int, dict[int, str]] = {}
    row = column = 0
    with _part(path, title, part) as stream:
        for event, element in iterparse(stream, events=("start", "end")):
            tag = element.tag.rpartition("}")[2]
            if event == "start" and tag == "row":
                row, column = int(element.get("r", row + 1)), 0
            elif event == "start" and tag == "c":
                place = element.get("r")
                column = coordinate_to_tuple(place)[1] if place else column + 1
            elif event == "end" and tag == "c":
                formula, value = element.find("{*}f"), element.find("{*}v")
                if formula is not None and (value is None or not (value.text or element.get("t") == "str")):
                    found.setdefault(row, {})[column - 1] = f"={formula.text or ''}"
            elif event == "end" and tag == "row":
                element.clear()
    return found


@contextmanager
def _part(path: Path, title: str, part: str) -> Iterator[IO[bytes]]:
    """Open a sheet's part of the file. Raises FileRefused for any error in it."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
            yield stream
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

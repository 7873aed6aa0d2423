"""Workbooks: one table per sheet asked for, values and never formulas, no merged cells taken for single ones."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from lodedata.read.sniff import header_among
from lodedata.read.table import FileRefused, Hints, Row, Table, checked_header

_MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z]+\d+:[A-Z]+\d+)"')
_FORMULA = re.compile(rb"<f[ >]")


def tables(path: Path, hints: Hints) -> list[Table]:
    """The sheet named by the hints, or every sheet that has a header and rows. Raises FileRefused."""
    try:
        book = load_workbook(path, read_only=True, data_only=True)
        sheets = book.worksheets
    # openpyxl raises whatever its parsers raise on a damaged part
    except Exception as error:
        raise FileRefused(f"{path.name}: the workbook is damaged ({type(error).__name__})") from None
    titles = [sheet.title for sheet in sheets]
    if hints.part is not None and hints.part not in titles:
        raise FileRefused(f"{path.name}: there is no sheet {hints.part!r}; there are {', '.join(map(repr, titles))}")
    found = []
    for index, title in enumerate(titles):
        if hints.part in (None, title):
            table = _table(path, title, index, hints)
            if table is not None:
                found.append(table)
    if not found:
        raise FileRefused(f"{path.name}: no sheet has a header and rows")
    return found


def _table(path: Path, title: str, index: int, hints: Hints) -> Table | None:
    first = [list(cells) for _, cells in zip(range(40), _cells(path, title, data_only=True), strict=False)]
    if not any(_filled(row) for row in first):
        return None
    header_at = hints.header_row or header_among([["" if c is None else str(c) for c in row] for row in first])
    merged, formulas = _merged_and_formulas(path, index)
    for reference in merged:
        _, top, _, bottom = (edge or 0 for edge in range_boundaries(reference))
        if bottom >= header_at:
            where = "the header" if top <= header_at else "the rows"
            raise FileRefused(
                f"{path.name}, sheet {title!r}: {where} has merged cells ({reference}); unmerge them and fill every cell"
            )
    if header_at > len(first):
        raise FileRefused(f"{path.name}, sheet {title!r}: there is no header in row {header_at}")
    header = checked_header(f"{path.name}, sheet {title!r}", first[header_at - 1])
    return Table(path.name, title, header, _rows(path, title, header_at, len(header), formulas))


def _rows(path: Path, title: str, header_at: int, width: int, formulas: bool) -> Iterator[Row]:
    values = _cells(path, title, data_only=True)
    written = _cells(path, title, data_only=False) if formulas else None
    for number, cells in enumerate(values, 1):
        formula_row = next(written) if written is not None else None
        if number <= header_at or not _filled(cells):
            continue
        row = [_plain(cell) for cell in cells[:width]]
        row += [None] * (width - len(row))
        trouble = None
        if formula_row is not None:
            for at, cell in enumerate(formula_row[:width]):
                if row[at] is None and isinstance(cell, str) and cell.startswith("="):
                    row[at], trouble = cell, "formula-cell"
        yield Row(number, row, trouble=trouble)


def _cells(path: Path, title: str, data_only: bool) -> Iterator[Sequence[Any]]:
    try:
        book = load_workbook(path, read_only=True, data_only=data_only)
        yield from book[title].iter_rows(values_only=True)
        book.close()
    except FileRefused:
        raise
    # openpyxl raises whatever its parsers raise on a damaged part
    except Exception as error:
        raise FileRefused(f"{path.name}, sheet {title!r}: the sheet is damaged ({type(error).__name__})") from None


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime):
        midnight = cell.hour == cell.minute == cell.second == 0
        return cell.date().isoformat() if midnight else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return cell if cell is None or isinstance(cell, str | int | float | bool) else str(cell)


def _filled(cells: Sequence[Any]) -> bool:
    return any(cell is not None and str(cell).strip() for cell in cells)


def _merged_and_formulas(path: Path, index: int) -> tuple[list[str], bool]:
    """The merged ranges of the sheet at a place in the workbook, and whether it holds formulas."""
    with zipfile.ZipFile(path) as archive:
        names = sorted(
            (n for n in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", n)),
            key=lambda n: int(re.findall(r"\d+", n)[-1]),
        )
        if index >= len(names):
            return [], True
        merged: list[str] = []
        formulas = False
        tail = b""
        with archive.open(names[index]) as stream:
            while chunk := stream.read(1 << 20):
                window = tail + chunk
                formulas = formulas or _FORMULA.search(window) is not None
                merged += [m.decode() for m in _MERGED.findall(window)]
                tail = window[-200:]
    return sorted(set(merged)), formulas

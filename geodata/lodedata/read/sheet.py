"""The table of a sheet of any workbook: its header, its rows, and the cells that are merged in it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from lodedata.errors import FileRefused
from lodedata.messages import msg
from lodedata.read.header import SAMPLE_LINES, Range, find_header
from lodedata.read.table import Hints, InputRow, InputTable, check_header

MAX_SHEETS = 40
Cells = Sequence[Any]
Formulas = Mapping[int, Mapping[int, str]]
"""Formulas that were saved without a value, by row (from 1) and column (from 0)."""


def choose_sheets(file: str, titles: Sequence[str], part: str | None) -> list[str]:
    """Return the sheet that hints name by its title or its number from 1, or all. Raises FileRefused."""
    if part is None:
        if len(titles) > MAX_SHEETS:
            raise FileRefused(
                msg(
                    "%(file)s: has %(number)s sheets, more than the %(most_sheets)s that are looked through; name "
                    "one of them as `part` in the mapping, or save the sheet as a workbook of its own",
                    file=file,
                    number=len(titles),
                    most_sheets=MAX_SHEETS,
                )
            )
        return list(titles)
    if part in titles:
        return [part]
    if part.isdecimal() and len(part) <= 9 and 1 <= int(part) <= len(titles):
        return [titles[int(part) - 1]]
    raise FileRefused(
        msg(
            "%(file)s: there is no sheet %(part)r; there are %(choices)s",
            file=file,
            part=part,
            choices=", ".join(map(repr, titles)),
        )
    )


def build_sheet_tables(
    file: str, titles: Sequence[str], hints: Hints, table_builder: Callable[[str], InputTable | None]
) -> list[InputTable]:
    """Return the tables of the chosen sheets; a sheet that is no table refuses its rows alone. Raises FileRefused."""
    sheet_tables = []
    for title in choose_sheets(file, titles, hints.part):
        try:
            table = table_builder(title)
        except FileRefused as error:
            if hints.part is not None or len(titles) == 1:
                raise
            # a sheet that is not a table, such as a page of notes, does not prevent reading the others
            table = InputTable(file, title, (), _raise_refusal(error))
        if table is not None:
            sheet_tables.append(table)
    if not sheet_tables:
        raise FileRefused(msg("%(file)s: no sheet has a header and rows", file=file))
    return sheet_tables


def build_sheet_table(
    file: str,
    title: str,
    lines: Callable[[], Iterator[Cells]],
    hints: Hints,
    merged: Sequence[Range] = (),
    formulas: Formulas | None = None,
) -> InputTable | None:
    """Return the table of a sheet from its lines, None for an empty sheet. Raises FileRefused."""
    first = list(islice(lines(), SAMPLE_LINES))
    if not any(is_filled(line) for line in first):
        return None
    header = find_header(first, merged, hints.header_row - 1 if hints.header_row else None, hints.header_lines)
    if header is None:
        raise FileRefused(
            msg(
                "%(file)s, sheet %(title)r: there is no header in row %(header_at)s",
                file=file,
                title=title,
                header_at=hints.header_row or 1,
            )
        )
    formulas = formulas or {}
    last = header.first + header.lines
    if any(number in formulas for number in range(header.first + 1, last + 1)):
        raise FileRefused(
            msg(
                "%(file)s, sheet %(title)r, row %(header_at)s: the header holds formulas and no values",
                file=file,
                title=title,
                header_at=header.first + 1,
            )
        )
    names = check_header(f"{file}, sheet {title!r}", header.names)
    below = sorted((r for r in merged if r[3] > max(r[1], last)), key=lambda merged_range: merged_range[1])
    return InputTable(file, title, names, _build_rows(lines(), last, len(names), below, formulas))


def is_filled(cells: Cells) -> bool:
    """Return whether any cell holds more than blanks."""
    return any(cell is not None and str(cell).strip() for cell in cells)


def _raise_refusal(error: FileRefused) -> Iterator[InputRow]:
    raise error
    yield


def _build_rows(
    lines: Iterator[Cells], last: int, width: int, merged: Sequence[Range], formulas: Formulas
) -> Iterator[InputRow]:
    down = _MergedDown(merged)
    for number, cells in enumerate(lines, 1):
        if number <= last:
            continue
        unsaved = {at: formula for at, formula in formulas.get(number, {}).items() if at < width}
        if not (is_filled(cells) or unsaved):
            continue
        row = [_convert_cell(cell) for cell in cells[:width]]
        row += [None] * (width - len(row))
        down.fill(number, row)
        for at, formula in unsaved.items():
            row[at] = formula
        if is_filled(cells[width:]):
            # cells without a header are stored in the raw row only
            row += [_convert_cell(cell) for cell in cells[width:]]
        yield InputRow(number, row, defect="formula-cell" if unsaved else None)


class _MergedDown:
    """Texts of cells that are merged over several rows, for each of these rows.

    A number stays in its first row, as a tonnage over three rows is their sum and not that of each.
    """

    def __init__(self, merged: Sequence[Range]) -> None:
        self._coming = list(reversed(merged))
        self._open: list[tuple[Range, Any]] = []

    def fill(self, number: int, row: list[Any]) -> None:
        """Fill the blank cells of a row that belong to a merged cell begun above it."""
        self._open = [(open_range, text) for open_range, text in self._open if number <= open_range[3]]
        for (left, _, _, _), text in self._open:
            if left <= len(row) and row[left - 1] is None:
                row[left - 1] = text
        while self._coming and self._coming[-1][1] <= number:
            merged_range = self._coming.pop()
            if merged_range[1] == number and merged_range[0] <= len(row) and isinstance(row[merged_range[0] - 1], str):
                self._open.append((merged_range, row[merged_range[0] - 1]))


def _convert_cell(cell: Any) -> Any:
    if cell is None or cell == "":
        return None
    if isinstance(cell, datetime):
        midnight = cell.hour == cell.minute == cell.second == 0
        return cell.date().isoformat() if midnight else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return int(cell)
    return cell if isinstance(cell, str | int | float | bool) else str(cell)

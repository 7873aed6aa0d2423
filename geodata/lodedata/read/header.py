"""Headers of tables: their line, further lines of groups and units below it, and one name for each column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from lodedata.figures.units import parse_unit

SAMPLE_LINES = 60
"""Lines of a sheet among which the header is searched."""
MAX_LINES = 5
"""Lines that a header is assumed to have at most, unless the mapping names more."""
Range = tuple[int, int, int, int]
"""A merged range: first column, first row, last column, last row, all from 1."""
_YEARS = range(1900, 2101)
_BRACKETS = re.compile(r"^[(\[（【]\s*(.+?)\s*[)\]）】]$")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header of a table is: the index of its first line among the sample, its number of lines, and the names."""

    first: int
    lines: int
    names: tuple[str, ...]


def find_header(
    sample: Sequence[Sequence[Any]], merged: Sequence[Range] = (), first: int | None = None, lines: int | None = None
) -> Header | None:
    """Return the header among the first lines of a sheet; ``first`` is its index and ``lines`` their number, if known.

    Merged ranges are counted in lines of the sample from 1. None if the line ``first`` is not there. A single line is
    found as the first that is as wide as most lines and holds no number other than years. Lines above and below it
    belong to it if merged cells connect them, if they fill the blanks of the group names above them, or if they hold
    nothing but units.
    """
    rows = [[_format_cell(cell) for cell in row] for row in sample]
    begin = first if first is not None else find_header_row(rows) - 1
    if not 0 <= begin < len(rows):
        return None
    if first is None and lines is None:
        while begin > 0 and _is_group_line(rows, begin - 1, merged):
            begin -= 1
    count = lines if lines is not None else _count_header_lines(rows, begin, merged)
    return Header(begin, count, _names(rows[begin : begin + count], begin, merged))


def find_header_row(rows: Sequence[Sequence[str]]) -> int:
    """Return the number (from 1) of the header among the first rows of a sheet, 1 if none looks like a header."""
    filled = [sum(1 for cell in row if str(cell).strip()) for row in rows]
    if not filled:
        return 1
    usual = sorted(filled)[len(filled) // 2]
    for index, row in enumerate(rows[:30]):
        texts = [str(cell).strip() for cell in row if str(cell).strip()]
        if len(texts) >= max(2, 0.6 * usual) and not any(map(_is_number, _exclude_years(texts))):
            return index + 1
    return 1


def _exclude_years(texts: Sequence[str]) -> list[str]:
    """Return the texts without years, if they name columns: next to other texts, each once and in order."""
    years = [text for text in texts if text.isdecimal() and len(text) == 4 and int(text) in _YEARS]
    ordered = all(a < b for a, b in pairwise(years)) or all(a > b for a, b in pairwise(years))
    if len(years) < 2 or not ordered or len(years) == len(texts):
        return list(texts)
    return [text for text in texts if text not in years]


def _count_header_lines(rows: Sequence[Sequence[str]], begin: int, merged: Sequence[Range]) -> int:
    count = 1
    while count < MAX_LINES and begin + count + 1 < len(rows):
        at = begin + count
        if not (_is_continued(rows, at, begin, merged) or _is_units(rows[at])):
            break
        count += 1
    return count


def _is_continued(rows: Sequence[Sequence[str]], at: int, begin: int, merged: Sequence[Range]) -> bool:
    """Return whether the line ``at`` continues the header whose lines so far begin at ``begin``."""
    texts = [cell for cell in rows[at] if cell]
    if not texts or any(map(_is_number, _exclude_years(texts))):
        return False
    # a cell of the header that reaches down to this line, or a group above it
    for left, top, right, bottom in merged:
        if begin < top <= at < bottom or (begin < top == at and right > left and at <= bottom):
            return True
    return _is_group_line(rows, at - 1, merged)


def _is_group_line(rows: Sequence[Sequence[str]], at: int, merged: Sequence[Range]) -> bool:
    """Return whether a line holds names of groups of the columns that the next line names."""
    above, below = rows[at], rows[at + 1]
    groups = [cell for cell in above if cell]
    if len(groups) < 2 or any(map(_is_number, groups)) or any(map(_is_number, _exclude_years([c for c in below if c]))):
        return False
    if any(top <= at + 1 <= bottom and right > left for left, top, right, bottom in merged):
        return True
    blanks = [i for i, cell in enumerate(below) if cell and not _get_cell_text(above, i)]
    numbers = [i for i in blanks if at + 2 < len(rows) and _is_number(_get_cell_text(rows[at + 2], i))]
    return len(blanks) >= 2 and 2 * len(numbers) >= len(blanks)


def _is_units(row: Sequence[str]) -> bool:
    texts = [cell for cell in row if cell]
    return len(texts) > 0 and all(_parse_unit(text) is not None for text in texts)


def _parse_unit(text: str) -> str | None:
    """Return the unit that a cell of a header holds and nothing else, without its brackets."""
    match = _BRACKETS.match(text)
    bare = match[1] if match else text
    return bare if any(parse_unit(bare, dimension) for dimension in ("mass", "rate", "grade")) else None


def _names(lines: Sequence[Sequence[str]], begin: int, merged: Sequence[Range]) -> tuple[str, ...]:
    """Return one name for each column: its texts from top to bottom, a unit in brackets at the end."""
    width = max((len(line) for line in lines), default=0)
    spread = [_spread_groups(line, begin + i + 1, width, merged, i < len(lines) - 1) for i, line in enumerate(lines)]
    names = []
    for column in range(width):
        parts: list[str] = []
        for line in spread:
            if line[column] and line[column] not in parts[-1:]:
                parts.append(line[column])
        name = " ".join(parts)
        if len(parts) > 1 and (unit_text := _parse_unit(parts[-1])) is not None:
            name = f"{' '.join(parts[:-1])} ({unit_text})"
        names.append(re.sub(r"\s+", " ", name).strip())
    return tuple(names)


def _spread_groups(line: Sequence[str], number: int, width: int, merged: Sequence[Range], group: bool) -> list[str]:
    """Return a header line with each group's name over all of its columns."""
    cells = [_get_cell_text(line, i) for i in range(width)]
    across = [(left, right) for left, top, right, bottom in merged if top <= number <= bottom and right > left]
    for left, right in across:
        for column in range(left - 1, min(right, width)):
            cells[column] = _get_cell_text(line, left - 1)
    if group and not merged:
        for column in range(1, width):
            cells[column] = cells[column] or cells[column - 1]
    return cells


def _get_cell_text(row: Sequence[str], index: int) -> str:
    return row[index] if index < len(row) else ""


def _format_cell(cell: Any) -> str:
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

"""Suggestion of a table's shape: cells that repeat the cell above, and a second table with rows of the same records."""

from lodedata.mapping.suggestion.assignment import ColumnAssignment
from lodedata.mapping.suggestion.columns import SampledColumn
from lodedata.mapping.suggestion.draft import quote_yaml
from lodedata.read import InputTable

_GROUPING = ("key", "name_en", "name_zh")
"""Fields that every row has: blank cells below a value repeat it."""
_PLACES = ("country", "division")
"""Fields that may be written once above the rows of a group, too."""
_MIN_BLANK = 3
_MOSTLY_BLANK = 0.3
"""The share of blank cells from which a grouping column is written once for a group."""
_SHARED = 0.8
"""The share of another table's distinct keys that this table must have."""
_MIN_SHARED = 3
Sampled = tuple[InputTable, list[SampledColumn]]


def fill_down_columns(assigned: ColumnAssignment) -> list[SampledColumn]:
    """Return the columns whose blank cells repeat the cell above: of keys and names, and of places written once for them."""
    names = [column for column in _choose_columns(assigned, _GROUPING) if _is_grouped(column)]
    if not names:
        return []
    starts = [cell is not None for cell in names[0].cells]
    return names + [
        column for column in _choose_columns(assigned, _PLACES) if _is_grouped(column) and _is_only_at(starts, column)
    ]


def _is_only_at(starts: list[bool], column: SampledColumn) -> bool:
    """Return whether a column has values only in rows that begin a group."""
    return all(start or cell is None for start, cell in zip(starts, column.cells, strict=True))


def _choose_columns(assigned: ColumnAssignment, fields: tuple[str, ...]) -> list[SampledColumn]:
    return [assigned.by_field[name] for name in fields if name in assigned.by_field]


def _is_grouped(column: SampledColumn) -> bool:
    """Return whether a column has its first cell, many blank ones, and no value that follows itself."""
    blank = len(column.cells) - len(column.values)
    changes = all(a != b for a, b in zip(column.values, column.values[1:], strict=False))
    return (
        bool(column.cells)
        and column.cells[0] is not None
        and blank >= max(_MIN_BLANK, _MOSTLY_BLANK * len(column.cells))
        and len(column.values) > 1
        and changes
    )


def fill_down(columns: list[SampledColumn]) -> None:
    """Fill the blank cells of samples from the cell above."""
    for column in columns:
        above: str | None = None
        for row, cell in enumerate(column.cells):
            above = column.cells[row] = cell if cell is not None else above
        column.values = [cell for cell in column.cells if cell is not None]


def fill_down_lines(columns: list[SampledColumn]) -> list[str]:
    """Return the line of the columns whose blank cells repeat the cell above."""
    if not columns:
        return []
    names = ", ".join(quote_yaml(column.name) for column in columns)
    return [f"    fill_down: [{names}]          # a blank cell repeats the cell above; delete the line if it means no data"]


def join_lines(columns: list[SampledColumn], others: list[Sampled]) -> list[str]:
    """Return a comment for each other table whose key has the values of a column of this one: how to join it."""
    lines = []
    for other, further in others:
        shared_key = _find_shared_key(columns, further)
        if shared_key is not None and other.part:
            own, key = shared_key
            on = "" if own.name == key.name else f", on: {quote_yaml('{' + own.name + '}')}"
            part, joined = quote_yaml(other.part), next((c.name for c in further if c is not key), key.name)
            lines += [
                f"    # the rows of {part} have the values of {quote_yaml(own.name)}; its columns can be used as",
                f"    # {quote_yaml(f'{other.part}.{joined}')} with this line:",
                f"    # join: [{{part: {part}, key: {quote_yaml('{' + key.name + '}')}{on}}}]",
            ]
    return lines


def _find_shared_key(columns: list[SampledColumn], further: list[SampledColumn]) -> tuple[SampledColumn, SampledColumn] | None:
    """Return the column with distinct values of this table and that of another that has them; None if no two are alike."""
    best: tuple[float, SampledColumn, SampledColumn] | None = None
    for own in (column for column in columns if column.unique):
        values = set(own.values)
        for key in (column for column in further if column.filled):
            distinct = set(key.values)
            share = len(distinct & values) / len(distinct)
            alike = own.plain == key.plain
            if share >= _SHARED and len(distinct & values) >= _MIN_SHARED and (alike or not key.numeric):
                score = share + alike
                if best is None or score > best[0]:
                    best = score, own, key
    return None if best is None else best[1:]

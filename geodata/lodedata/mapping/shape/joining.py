"""Tables whose rows belong to the rows of another table by a key."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lodedata.errors import FileRefused
from lodedata.mapping.model import JoinSpec
from lodedata.mapping.values.keys import build_template_key_filler
from lodedata.messages import msg
from lodedata.read import Hints, InputRow, InputTable, open_table
from lodedata.read.table import RowOrigin, describe_missing_column

MAX_JOINED_ROWS = 500_000
"""Rows of a joined table, which is held in memory."""


def join_tables(
    table: InputTable, specs: tuple[JoinSpec, ...], key: str, nulls: frozenset[str], find: Callable[[str], Path]
) -> InputTable:
    """Return a table in which each row is followed by the rows of other tables that have its key. Raises FileRefused.

    A following row has the cells of the row that it belongs to and its own, in columns named ``TABLE.COLUMN``. Rows of the
    other tables that belong to none have the defect ``no-parent-row``.
    """
    others = [_Joined(spec, nulls, find) for spec in specs]
    columns = (*table.columns, *(name for other in others for name in other.columns))
    own_keys = [_build_key_getter(spec.on or key, table.name, table.columns, nulls) for spec in specs]
    width = len(table.columns)

    def rows() -> Iterator[InputRow]:
        for row in table.rows:
            if row.defect is not None:
                yield row
                continue
            own = [*row.cells[:width]]
            parent = row.origin or RowOrigin(table.name, table.columns, row.cells)
            yield replace(row, cells=[*own, *[None] * (len(columns) - width)], origin=parent)
            begin = width
            for other, own_key in zip(others, own_keys, strict=True):
                for member in other.of(own_key(own)):
                    cells: list[Any] = [*own, *[None] * (len(columns) - width)]
                    cells[begin : begin + len(other.columns)] = member.cells
                    origin = RowOrigin(other.table.name, other.table.columns, member.cells)
                    yield InputRow(member.number, cells, origin=origin, repeated=begin)
                begin += len(other.columns)
        begin = width
        for other in others:
            for member in other.left():
                cells = [None] * len(columns)
                cells[begin : begin + len(other.columns)] = member.cells
                origin = RowOrigin(other.table.name, other.table.columns, member.cells)
                yield InputRow(member.number, cells, defect=member.defect or "no-parent-row", origin=origin)
            begin += len(other.columns)

    origins = {name: (name.removeprefix(f"{other.name}."),) for other in others for name in other.columns}
    return replace(table, columns=columns, rows=rows(), origins={**table.origins, **origins})


class _Joined:
    """The rows of one joined table by their key."""

    def __init__(self, spec: JoinSpec, nulls: frozenset[str], find: Callable[[str], Path]) -> None:
        path = find(spec.file)
        self.table = open_table(path, Hints(spec.part, spec.encoding, None, spec.header_row, spec.header_lines))
        self.name = spec.name or spec.part or path.stem
        self.columns = tuple(f"{self.name}.{column}" if column else "" for column in self.table.columns)
        key = _build_key_getter(spec.key, self.table.name, self.table.columns, nulls)
        self._rows: dict[str | None, list[InputRow]] = {}
        self._used: set[str] = set()
        width = len(self.columns)
        for number, row in enumerate(self.table.rows, 1):
            if number > MAX_JOINED_ROWS:
                raise FileRefused(
                    msg(
                        "%(table)s: has more than the %(rows)s rows that can be joined",
                        table=self.table.name,
                        rows=f"{MAX_JOINED_ROWS:,}",
                    )
                )
            cells = [*row.cells[:width], *[None] * (width - len(row.cells))]
            self._rows.setdefault(None if row.defect else key(cells), []).append(replace(row, cells=cells))

    def of(self, key: str | None) -> list[InputRow]:
        """Return the rows of a key, for the first row with it."""
        if key is None or key in self._used:
            return []
        self._used.add(key)
        return self._rows.get(key, [])

    def left(self) -> Iterator[InputRow]:
        """Yield the rows that belong to no row of the other table."""
        for key, rows in self._rows.items():
            if key not in self._used:
                yield from rows


def _build_key_getter(
    template: str, table: str, columns: Sequence[str], nulls: frozenset[str]
) -> Callable[[Sequence[Any]], str | None]:
    """Return a function that gives the key of a row's cells, None if a column of it is empty. Raises FileRefused."""

    def place_of(name: str) -> int:
        if name.strip() not in columns:
            raise describe_missing_column(table, name.strip(), columns)
        return columns.index(name.strip())

    key = build_template_key_filler(template, table, place_of, nulls | {""})
    return lambda cells: key(cells, 0)

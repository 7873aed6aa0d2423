"""Masks of natural persons: their names leave a row before anything else reads it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from lodedata.kinds import Kind
from lodedata.mapping.fields import Columns
from lodedata.mapping.model import TableSpec
from lodedata.read import InputRow
from lodedata.rights import natural_persons
from lodedata.rights.natural_persons import MASK, MASKED

LEAST_LETTERS = 2
"""A withheld name of fewer letters is not searched in other cells."""


class PersonMask:
    """The fields of a kind that may name persons, bound to the columns of an open table.

    A name that the mapping's ``map`` has is one that an expert decided to be that of a body.
    """

    def __init__(self, kind: Kind, spec: TableSpec, columns: Columns) -> None:
        found = {field.name: spec.cell(field.name) for field in kind.fields if field.personal}
        cells = {name: cell for name, cell in found.items() if cell is not None}
        self._places = {name: columns.places(cell) for name, cell in cells.items()}
        self._kinds = {name: f"{name}_kind" for name in cells if kind.field(f"{name}_kind") is not None}
        self._bodies = {
            name: frozenset((*(cell.map or {}), *map(str, (cell.map or {}).values()))) for name, cell in cells.items()
        }
        self._nulls = columns.nulls

    def masked(self, row: InputRow) -> tuple[InputRow, list[tuple[str, str]]]:
        """Return the row without names of persons, and each name with its field."""
        withheld: list[tuple[str, str]] = []
        cells: Sequence[Any] = row.cells
        for name, places in self._places.items():
            for place in places:
                text = cells[place] if place < len(cells) else None
                if not isinstance(text, str) or text.strip() in self._nulls:
                    continue
                found = natural_persons.holders(text, self._bodies[name])
                if found.withheld:
                    withheld += [(name, one) for one in found.withheld if one.casefold() not in MASKED]
                    cells = [*cells[:place], found.masked, *cells[place + 1 :]]
        if withheld:
            names = sorted({name for _, name in withheld if len(name) >= LEAST_LETTERS}, key=len, reverse=True)
            cells = [_without(cell, names) if isinstance(cell, str) else cell for cell in cells]
        return (row if cells is row.cells else replace(row, cells=cells)), withheld

    def settle(self, values: dict[str, Any]) -> None:
        """Leave only names of bodies in the values of a row, and fill in the kind of holder."""
        for name in self._places:
            text = values.get(name)
            if text is not None:
                found = natural_persons.holders(text, self._bodies[name])
                values[name] = found.public
                if name in self._kinds:
                    values[self._kinds[name]] = found.kind


def _without(cell: str, names: Sequence[str]) -> str:
    for name in names:
        cell = cell.replace(name, MASK)
    return cell

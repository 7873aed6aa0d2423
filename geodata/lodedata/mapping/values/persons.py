"""Masks of natural persons: their names leave a row before anything else reads it."""

from dataclasses import dataclass, replace
from typing import Any

from lodedata.kinds import Kind
from lodedata.mapping.cell_spec import Cell
from lodedata.mapping.model import TableSpec
from lodedata.mapping.values.fields import Columns
from lodedata.organisations import uscc
from lodedata.read import InputRow
from lodedata.rights import natural_persons
from lodedata.rights.natural_persons import MASK, MASKED, NameDecisions, name_pattern


@dataclass(frozen=True, slots=True)
class _Party:
    """The columns of one field of names and of its codes, the names of bodies, and the values for missing data."""

    places: tuple[int, ...]
    codes: tuple[int, ...]
    bodies: frozenset[str]
    nulls: frozenset[str]


class PersonMask:
    """The fields of a kind that may name persons, bound to the columns of an open table.

    A name to which the mapping's ``map`` gives a value is that of a body, unless an expert decided otherwise at the desk.
    """

    def __init__(self, kind: Kind, spec: TableSpec, columns: Columns, decided: NameDecisions) -> None:
        self._decided = decided
        cell_by_name = {field.name: spec.cell(field.name) for field in kind.fields if field.personal}
        self._parties = {
            name: _Party(
                columns.places(cell),
                columns.places(spec.cell(f"{name}_uscc")),
                _list_bodies(cell),
                columns.nulls | frozenset(cell.nulls),
            )
            for name, cell in cell_by_name.items()
            if cell is not None
        }
        self._kinds = {name: f"{name}_kind" for name in self._parties if kind.field(f"{name}_kind") is not None}

    def masked(self, row: InputRow) -> tuple[InputRow, list[tuple[str, str]]]:
        """Return the row without names of persons and their codes, and each name with its field.

        A row with too few or too many cells loses all of them: a name may be in any column.
        """
        if self._parties and row.defect == "wrong-cell-count":
            return replace(row, cells=[None] * len(row.cells)), []
        withheld: list[tuple[str, str]] = []
        cells = list(row.cells)
        for name, party in self._parties.items():
            for place in party.places:
                text = cells[place]
                if not isinstance(text, str) or text.strip() in party.nulls:
                    continue
                if any(str(cells[code] or "").strip() in self._decided.codes for code in party.codes):
                    withheld.append((name, text))
                    cells[place] = MASK
                    continue
                holders = natural_persons.parse_holders(text, party.bodies, self._decided)
                if holders.withheld:
                    withheld += [
                        (name, holder_name) for holder_name in holders.withheld if holder_name.casefold() not in MASKED
                    ]
                    cells[place] = holders.masked
                    for code in party.codes:
                        # the code of a person is the number of the identity card
                        if holders.public is None or not uscc.is_valid(str(cells[code])):
                            cells[code] = None
        if names := name_pattern({name for _, name in withheld}):
            cells = [names.sub(MASK, cell) if isinstance(cell, str) else cell for cell in cells]
        return replace(row, cells=cells), withheld

    def settle(self, values: dict[str, Any]) -> None:
        """Leave only names of bodies in the values of a row, and fill in the kind of holder."""
        for name, party in self._parties.items():
            text = values.get(name)
            if text is not None:
                holders = natural_persons.parse_holders(text, party.bodies, self._decided)
                values[name] = holders.public
                if name in self._kinds:
                    values[self._kinds[name]] = holders.kind


def _list_bodies(cell: Cell) -> frozenset[str]:
    """Return the names of bodies of a map: those that have a value, and the values."""
    value_by_name = {name: str(value) for name, value in (cell.map or {}).items() if value is not None}
    return frozenset(text for pair in value_by_name.items() if pair[1].casefold() not in MASKED for text in pair)

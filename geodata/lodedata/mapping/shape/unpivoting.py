"""Columns of a series, such as years or classes, as rows; and blank cells that repeat the cell above."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lodedata.cells import convert_cell_to_text
from lodedata.errors import MappingRefused
from lodedata.mapping.model import UnpivotSpec
from lodedata.messages import msg
from lodedata.read import InputRow, InputTable
from lodedata.read.table import RowOrigin, describe_missing_column, format_column_names


def fill_table_down(table: InputTable, names: Sequence[str], nulls: frozenset[str]) -> InputTable:
    """Return a table in which blank cells of some columns have the value of the row above. Raises FileRefused."""
    if missing := [name for name in names if name.strip() not in table.columns]:
        raise describe_missing_column(table.name, missing[0], table.columns)
    places = [table.columns.index(name.strip()) for name in names]

    def rows() -> Iterator[InputRow]:
        above: dict[int, Any] = {}
        for row in table.rows:
            if row.defect is not None:
                yield row
                continue
            cells = list(row.cells)
            for place in places:
                if cells[place] is None or convert_cell_to_text(cells[place]) in nulls:
                    cells[place] = above.get(place)
                else:
                    above[place] = cells[place]
            yield replace(row, cells=cells)

    return replace(table, rows=rows())


def unpivot_table(table: InputTable, spec: UnpivotSpec, nulls: frozenset[str]) -> InputTable:
    """Return a table with one row for each member of a series that each row has in columns. Raises MappingRefused.

    The named groups of the pattern become columns, and so does ``value``, in which ``{group}`` is the text of a group. A
    row without any value of its series remains one row.
    """
    pattern = re.compile(spec.pattern)
    matched = {place: match for place, name in enumerate(table.columns) if (match := pattern.fullmatch(name))}
    if not matched:
        raise MappingRefused(
            msg(
                "%(table)s: no column matches the pattern %(pattern)r of `unpivot`; there are %(choices)s",
                table=table.name,
                pattern=spec.pattern,
                choices=format_column_names(table.columns),
            )
        )
    members = [name for name in pattern.groupindex if f"{{{name}}}" not in spec.value]
    values = list(dict.fromkeys(_build_value_name(spec, match) for match in matched.values()))
    series: dict[tuple[str | None, ...], dict[str, int]] = {}
    for place, match in matched.items():
        series.setdefault(tuple(match[name] for name in members), {})[_build_value_name(spec, match)] = place
    rest = [place for place in range(len(table.columns)) if place not in matched]
    columns = (*(table.columns[place] for place in rest), *members, *values)

    def rows() -> Iterator[InputRow]:
        for row in table.rows:
            if row.defect is not None:
                yield row
                continue
            origin = row.origin or RowOrigin(table.name, table.columns, row.cells)
            base = [row.cells[place] for place in rest]
            has_values = False
            for member, places in series.items():
                member_values = _collect_values(row.cells, places, values)
                if any(value is not None and convert_cell_to_text(value) not in nulls for value in member_values):
                    yield replace(
                        row, cells=[*base, *member, *member_values], origin=origin, repeated=len(base) if has_values else 0
                    )
                    has_values = True
            if not has_values:
                yield replace(row, cells=[*base, *[None] * (len(members) + len(values))], origin=origin)

    series_columns = tuple(table.columns[place] for place in matched)
    return replace(
        table, columns=columns, rows=rows(), origins={**table.origins, **dict.fromkeys((*members, *values), series_columns)}
    )


def _build_value_name(spec: UnpivotSpec, match: re.Match[str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda group: match[group[1]] or "", spec.value)


def _collect_values(cells: Sequence[Any], places: Mapping[str, int], names: Sequence[str]) -> list[Any]:
    return [cells[places[name]] if name in places else None for name in names]

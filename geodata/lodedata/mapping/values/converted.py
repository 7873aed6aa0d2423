"""Readers of figures that are converted to the unit of their field."""

from collections.abc import Callable, Mapping

from lodedata.cells import Unreadable, number, text_of
from lodedata.figures.field_units import convert, factor_to_field, units_of_field
from lodedata.kinds import Field
from lodedata.mapping.model import Amount, Cell
from lodedata.mapping.values.fields import Cells, Columns, Problems, TextGetter, decimal_mark, figure, text
from lodedata.problems import Problem


def converted_figure(field: Field, spec: Amount, columns: Columns) -> Callable[[Cells, Problems], float | None]:
    """Return a reader of a figure in the unit of its field; without a unit in the mapping the figure is in that one.

    A row whose unit is missing or does not convert is refused.
    """
    read = figure(spec, columns)
    unit = _unit(spec, columns)
    if unit is None:
        return read
    choices = ", ".join(units_of_field(field))

    def value(cells: Cells, problems: Problems) -> float | None:
        reported = read(cells, problems)
        if reported is None:
            columns.usage.leave(_unit_places(spec, columns), "no-figure")
            return None
        if (named := unit(cells)) is None:
            problems.append(Problem("unit-missing", text_of(reported), spec.unit_column, {"choices": choices}))
            return None
        if factor_to_field(field, named) is None:
            columns.tally.miss("unit", named)
            about = {"own": field.unit or "", "field": field.title, "choices": choices}
            problems.append(Problem("unit-not-convertible", named, spec.unit_column, about))
            return None
        return convert(field, named, reported)

    return value


def reported_figures(
    specs: Mapping[Field, Amount], columns: Columns
) -> Callable[[Cells, Problems], tuple[str, ...] | None] | None:
    """Return a reader of the figures that a row has in another unit than their fields: ``mass_t: 12.5 Mt`` for each.

    None if the mapping names no unit.
    """
    readers = [
        (field, text(spec, columns), decimal_mark(spec, spec.decimal, columns), unit)
        for field, spec in specs.items()
        if field.convertible and (unit := _unit(spec, columns)) is not None
    ]

    def reported(cells: Cells, problems: Problems) -> tuple[str, ...] | None:
        lines = []
        for field, written, mark, unit in readers:
            figure_text = written(cells)
            if figure_text is None or not _is_number(figure_text, mark(cells)):
                continue
            named = unit(cells)
            if named is not None and factor_to_field(field, named) not in (None, 1):
                lines.append(f"{field.name}: {figure_text} {named}")
        return tuple(lines) or None

    return reported if readers else None


def _unit(spec: Amount, columns: Columns) -> TextGetter | None:
    """Return a reader of the unit of a figure: of its column, else the constant; None if the mapping names neither."""
    if spec.unit_column is None:
        return None if spec.unit is None else lambda cells: spec.unit
    written = text(Cell(column=spec.unit_column), columns)

    def unit(cells: Cells) -> str | None:
        named = written(cells)
        return spec.unit if named is None else spec.units.get(named, named)

    return unit


def _unit_places(spec: Amount, columns: Columns) -> tuple[int, ...]:
    return columns.places(Cell(column=spec.unit_column)) if spec.unit_column is not None else ()


def _is_number(written: str, mark: str) -> bool:
    try:
        number(written, mark)
    except Unreadable:
        return False
    return True

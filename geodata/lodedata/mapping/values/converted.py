"""Readers of figures that are converted to the unit of their field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lodedata.cells import Unreadable, text_of
from lodedata.figures.field_units import convert, factor_to_field, units_of_field
from lodedata.figures.possible_range import possible_range
from lodedata.figures.qualified_number import qualified_number
from lodedata.kinds import Field
from lodedata.mapping.model import Amount, Cell
from lodedata.mapping.values.fields import Cells, Columns, Problems, TextGetter, decimal_mark, exact_figure, figure, text
from lodedata.problems import Problem


def converted_figure(field: Field, spec: Amount, columns: Columns) -> Callable[[Cells, Problems], float | None]:
    """Return a reader of a figure in the unit of its field; without a unit in mapping and cell the figure is in that one.

    A figure that is a bound or a range has no value. A row whose unit is missing or does not convert is refused.
    """
    if not field.convertible:
        return exact_figure(spec, columns)
    read = figure(spec, columns)
    unit = _unit(spec, columns)
    choices, possible = ", ".join(units_of_field(field)), possible_range(field)

    def value(cells: Cells, problems: Problems) -> float | None:
        reported = read(cells, problems)
        if reported is None:
            columns.usage.leave(_unit_places(spec, columns), "no-figure")
            return None
        named = reported.unit or (unit(cells) if unit is not None else field.unit)
        if named is None:
            problems.append(Problem("unit-missing", text_of(reported.value), spec.unit_column, {"choices": choices}))
            return None
        if factor_to_field(field, named) is None:
            columns.tally.miss("unit", named)
            about = {"own": field.unit or "", "field": field.title, "choices": choices}
            problems.append(Problem("unit-not-convertible", named, spec.unit_column, about))
            return None
        ends = [convert(field, named, end) for end in (reported.value, reported.upper) if end is not None]
        if possible is not None and not all(possible[0] <= end <= possible[1] for end in ends):
            least, most = (f"{bound:,.0f}" for bound in possible)
            about = {"field": field.title, "unit": field.unit or "", "least": least, "most": most}
            problems.append(Problem("figure-impossible", f"{ends[-1]:g}", spec.column, about))
            return None
        return None if reported.single is None else ends[0]

    return value


def reported_figures(
    specs: Mapping[Field, Amount], columns: Columns
) -> Callable[[Cells, Problems], tuple[str, ...] | None] | None:
    """Return a reader of the figures that a row has with a sign or in another unit than their fields: ``mass_t: 12.5 Mt``.

    None if the mapping has no figure that may be converted.
    """
    readers = [
        (field, text(spec, columns), decimal_mark(spec, spec.decimal, columns), _unit(spec, columns))
        for field, spec in specs.items()
        if field.convertible
    ]

    def reported(cells: Cells, problems: Problems) -> tuple[str, ...] | None:
        lines = [
            f"{field.name}: {line}"
            for field, written, mark, unit in readers
            if (figure_text := written(cells)) is not None
            and (line := _reported(field, figure_text, mark(cells), unit(cells) if unit is not None else None)) is not None
        ]
        return tuple(lines) or None

    return reported if readers else None


@dataclass(frozen=True, slots=True)
class FigureSign:
    """The sign of a figure, the bound that it states in the unit of its field, and the unit in which it is reported."""

    qualifier: str | None
    bound: float | None
    unit: str | None


def figure_sign(field: Field, spec: Amount, columns: Columns) -> Callable[[Cells], FigureSign]:
    """Return a reader of the sign and the unit of a figure that may be a bound, such as a grade below the detection limit."""
    written, mark, unit = text(spec, columns), decimal_mark(spec, spec.decimal, columns), _unit(spec, columns)
    nothing = FigureSign(None, None, None)

    def sign(cells: Cells) -> FigureSign:
        figure_text = written(cells)
        if figure_text is None:
            return nothing
        try:
            found = qualified_number(figure_text, mark(cells))
        except Unreadable:
            return nothing
        named = found.unit or (unit(cells) if unit is not None else field.unit)
        if named is None or factor_to_field(field, named) is None:
            return nothing
        exact = found.qualifier is None or found.single is not None
        return FigureSign(found.qualifier, None if exact else convert(field, named, found.value), named)

    return sign


def _reported(field: Field, written: str, mark: str, named: str | None) -> str | None:
    """Return a figure as reported with its unit, None if it is exact and in the unit of its field, or unreadable."""
    try:
        found = qualified_number(written, mark)
    except Unreadable:
        return None
    unit = found.unit or named
    factor = 1 if unit is None else factor_to_field(field, unit)
    if factor is None or (factor == 1 and found.qualifier is None):
        return None
    return written if named is None or found.unit is not None else f"{written} {named}"


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

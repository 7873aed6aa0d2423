"""Readers of figures that are converted to the unit of their field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lodedata.cells import Unreadable, convert_cell_to_text
from lodedata.figures.field_units import compute_factor_to_field, convert, list_field_units
from lodedata.figures.possible_range import find_possible_range
from lodedata.figures.qualified_number import parse_qualified_number
from lodedata.kinds import Field
from lodedata.mapping.cell_spec import Amount, Cell
from lodedata.mapping.values.amounts import build_decimal_mark_reader, build_exact_figure_reader, build_figure_reader
from lodedata.mapping.values.fields import Cells, Columns, Problems, TextGetter, build_text_reader
from lodedata.problems import Problem


def build_converted_reader(field: Field, spec: Amount, columns: Columns) -> Callable[[Cells, Problems], float | None]:
    """Return a reader of a figure in the unit of its field; without a unit in mapping and cell the figure is in that one.

    A figure that is a bound or a range has no value. A row whose unit is missing or does not convert is refused.
    """
    if not field.convertible:
        return build_exact_figure_reader(spec, columns)
    read = build_figure_reader(spec, columns)
    unit = _build_unit_reader(spec, columns)
    choices, possible = ", ".join(list_field_units(field)), find_possible_range(field)

    def value(cells: Cells, problems: Problems) -> float | None:
        reported = read(cells, problems)
        if reported is None:
            columns.usage.leave(_find_unit_places(spec, columns), "no-figure")
            return None
        named = reported.unit or (unit(cells) if unit is not None else field.unit)
        if named is None:
            problems.append(
                Problem("unit-missing", convert_cell_to_text(reported.value), spec.unit_column, {"choices": choices})
            )
            return None
        if compute_factor_to_field(field, named) is None:
            columns.tally.miss("unit", named)
            detail = {"own": field.unit or "", "field": field.title, "choices": choices}
            problems.append(Problem("unit-not-convertible", named, spec.unit_column, detail))
            return None
        ends = [convert(field, named, end) for end in (reported.value, reported.upper) if end is not None]
        if possible is not None and not all(possible[0] <= end <= possible[1] for end in ends):
            least, most = (f"{bound:,.0f}" for bound in possible)
            detail = {"field": field.title, "unit": field.unit or "", "least": least, "most": most}
            problems.append(Problem("figure-impossible", f"{ends[-1]:g}", spec.column, detail))
            return None
        return None if reported.single is None else ends[0]

    return value


def build_reported_reader(
    specs: Mapping[Field, Amount], columns: Columns
) -> Callable[[Cells, Problems], tuple[str, ...] | None] | None:
    """Return a reader of the figures that a row has with a sign or in another unit than their fields: ``mass_t: 12.5 Mt``.

    None if the mapping has no figure that may be converted.
    """
    readers = [
        (
            field,
            build_text_reader(spec, columns),
            build_decimal_mark_reader(spec, spec.decimal, columns),
            _build_unit_reader(spec, columns),
        )
        for field, spec in specs.items()
        if field.convertible
    ]

    def reported(cells: Cells, problems: Problems) -> tuple[str, ...] | None:
        lines = [
            f"{field.name}: {line}"
            for field, written, mark, unit in readers
            if (figure_text := written(cells)) is not None
            and (line := _format_reported(field, figure_text, mark(cells), unit(cells) if unit is not None else None))
            is not None
        ]
        return tuple(lines) or None

    return reported if readers else None


@dataclass(frozen=True, slots=True)
class FigureSign:
    """The sign of a figure, the bound that it states in the unit of its field, and the unit in which it is reported."""

    qualifier: str | None
    bound: float | None
    unit: str | None


def build_sign_reader(field: Field, spec: Amount, columns: Columns) -> Callable[[Cells], FigureSign]:
    """Return a reader of the sign and the unit of a figure that may be a bound, such as a grade below the detection limit."""
    written, mark, unit = (
        build_text_reader(spec, columns),
        build_decimal_mark_reader(spec, spec.decimal, columns),
        _build_unit_reader(spec, columns),
    )
    nothing = FigureSign(None, None, None)

    def sign(cells: Cells) -> FigureSign:
        figure_text = written(cells)
        if figure_text is None:
            return nothing
        try:
            qualified_number = parse_qualified_number(figure_text, mark(cells))
        except Unreadable:
            return nothing
        named = qualified_number.unit or (unit(cells) if unit is not None else field.unit)
        if named is None or compute_factor_to_field(field, named) is None:
            return nothing
        exact = qualified_number.qualifier is None or qualified_number.single is not None
        return FigureSign(qualified_number.qualifier, None if exact else convert(field, named, qualified_number.value), named)

    return sign


def _format_reported(field: Field, written: str, mark: str, named: str | None) -> str | None:
    """Return a figure as reported with its unit, None if it is exact and in the unit of its field, or unreadable."""
    try:
        qualified_number = parse_qualified_number(written, mark)
    except Unreadable:
        return None
    unit = qualified_number.unit or named
    factor = 1 if unit is None else compute_factor_to_field(field, unit)
    if factor is None or (factor == 1 and qualified_number.qualifier is None):
        return None
    return written if named is None or qualified_number.unit is not None else f"{written} {named}"


def _build_unit_reader(spec: Amount, columns: Columns) -> TextGetter | None:
    """Return a reader of the unit of a figure: of its column, else the constant; None if the mapping names neither."""
    if spec.unit_column is None:
        return None if spec.unit is None else lambda cells: spec.unit
    written = build_text_reader(Cell(column=spec.unit_column), columns)

    def unit(cells: Cells) -> str | None:
        named = written(cells)
        return spec.unit if named is None else spec.units.get(named, named)

    return unit


def _find_unit_places(spec: Amount, columns: Columns) -> tuple[int, ...]:
    return columns.places(Cell(column=spec.unit_column)) if spec.unit_column is not None else ()

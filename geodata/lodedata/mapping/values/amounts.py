"""Readers of numbers: figures with their signs, and amounts with unit, basis and factor to the base unit."""

from collections.abc import Callable
from typing import TypeVar

from lodedata.cells import Unreadable, convert_cell_to_text, number
from lodedata.figures.compounds import NamedCommodity
from lodedata.figures.possible_range import find_max_amount
from lodedata.figures.qualified_number import QualifiedNumber, parse_qualified_number
from lodedata.figures.units import Dimension, find_basis_factor, parse_unit
from lodedata.mapping.cell_spec import Amount, Cell
from lodedata.mapping.values.fields import Cells, Columns, Problems, build_text_reader
from lodedata.messages import msg
from lodedata.problems import Problem
from lodedata.records import Quantity

NO_DATA = (-9999, -1111, -999, -99, -1)
"""Negative numbers that often stand for no data."""

Figure = TypeVar("Figure")


def build_decimal_mark_reader(cell: Cell, mark: str, columns: Columns) -> Callable[[Cells], str]:
    """Return a reader of the decimal mark of a cell's text: a point if the file stores the cell as a number."""
    place = columns.at(cell.column, cell.optional) if cell.column is not None else None
    if mark == "." or place is None:
        return lambda cells: mark
    return lambda cells: "." if isinstance(cells[place], int | float) else mark


def build_exact_figure_reader(spec: Amount, columns: Columns) -> Callable[[Cells, Problems], float | None]:
    """Return a reader of a cell's number, None for missing data; a number with a sign or a unit is unreadable."""
    return _build_number_reader(spec, columns, lambda written, mark, problems: number(written, mark))


def build_figure_reader(spec: Amount, columns: Columns) -> Callable[[Cells, Problems], QualifiedNumber | None]:
    """Return a reader of a cell's number with its sign, None for missing data; one that is not exact is flagged."""

    def read(written: str, mark: str, problems: Problems) -> QualifiedNumber:
        qualified_number = parse_qualified_number(written, mark)
        if qualified_number.qualifier is not None:
            problems.append(Problem("figure-not-exact", written, spec.column))
        return qualified_number

    return _build_number_reader(spec, columns, read)


def _build_number_reader(
    spec: Amount, columns: Columns, read: Callable[[str, str, Problems], Figure]
) -> Callable[[Cells, Problems], Figure | None]:
    """Return a reader of a cell's number by the function that reads its text with a decimal mark."""
    taken = build_text_reader(spec, columns)
    mark = build_decimal_mark_reader(spec, spec.decimal, columns)
    rule = "not-a-number" if spec.unreadable == "refuse" else "figure-unreadable"
    places = columns.places(spec)
    columns.usage.figures.update(places)

    def value(cells: Cells, problems: Problems) -> Figure | None:
        written = taken(cells)
        if written is None:
            return None
        try:
            return read(written, mark(cells), problems)
        except Unreadable as hint:
            problems.append(Problem(rule, written, spec.column, {"hint": hint.message}))
            columns.usage.drop(places, "unreadable")
            return None

    return value


def build_amount_reader(
    spec: Amount, dimension: Dimension, columns: Columns
) -> Callable[[Cells, Problems, NamedCommodity | None], Quantity | None]:
    """Return a reader of a reported figure with its unit, basis and factor to the base unit.

    Its third argument is the commodity for which a basis such as Li2O is converted to metal; the basis and the unit of its
    name hold where the mapping states none. A unit in the cell itself goes before that of the mapping. A negative figure
    refuses the row.
    """
    reported = build_figure_reader(spec, columns)
    unit_of = (
        build_text_reader(Cell(column=spec.unit_column), columns) if spec.unit_column is not None else (lambda cells: spec.unit)
    )
    unit_names = spec.units
    basis_of = (
        build_text_reader(Cell(column=spec.basis_column), columns)
        if spec.basis_column is not None
        else (lambda cells: spec.basis)
    )
    units = columns.places(*(Cell(column=name) for name in (spec.unit_column, spec.basis_column) if name is not None))

    def quantity(cells: Cells, problems: Problems, of: NamedCommodity | None = None) -> Quantity | None:
        amount = reported(cells, problems)
        if amount is None:
            columns.usage.leave(units, "no-figure")
            return None
        value, most = amount.value, amount.upper or amount.value
        if value < 0:
            hint = msg("; if it means no data, list it under `nulls`") if value in NO_DATA else ""
            problems.append(Problem("negative-amount", convert_cell_to_text(value), spec.column, {"hint": hint}))
            return None
        named, basis = amount.unit or unit_of(cells), basis_of(cells)
        if of is not None:
            basis = of.basis if basis is None else basis
            named = of.unit if named is None and dimension == "grade" else named
        if named is None:
            problems.append(Problem("unit-unstated", convert_cell_to_text(value), spec.column))
            return Quantity(value, "", basis, qualifier=amount.qualifier, upper=amount.upper)
        known_unit = parse_unit(unit_names.get(named, named), dimension)
        if known_unit is None:
            columns.tally.miss("unit", named)
            problems.append(Problem("unknown-unit", named, spec.unit_column or spec.column))
            return Quantity(value, named, basis, qualifier=amount.qualifier, upper=amount.upper)
        factor = known_unit.factor
        if factor is not None and basis is not None and of is not None and dimension == "mass":
            share = find_basis_factor(of.code, basis)
            factor = None if share is None else factor * share
        bound = find_max_amount(dimension, of.code if of is not None else None)
        if factor is not None and bound is not None and most * factor > bound:
            detail = {"most": f"{bound:,.0f}", "unit": "t/a" if dimension == "rate" else "t"}
            problems.append(Problem("amount-impossible", f"{convert_cell_to_text(value)} {named}", spec.column, detail))
        elif dimension == "grade" and factor is not None and most * factor > 100:
            problems.append(Problem("grade-over-100", f"{convert_cell_to_text(value)} {named}", spec.column))
        return Quantity(
            value, named, basis, None if amount.single is None else factor, qualifier=amount.qualifier, upper=amount.upper
        )

    return quantity

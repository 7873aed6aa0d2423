"""Readers of the fields that record kinds declare: from a field and a cell of a mapping to a value of a row."""

from collections.abc import Callable, Mapping
from typing import Any

from lodedata.cells import convert_cell_to_text
from lodedata.kinds import Field, Format, Kind
from lodedata.kinds.shared import FIGURES_REPORTED
from lodedata.mapping.cell_spec import Amount, Cell
from lodedata.mapping.model import TableSpec
from lodedata.mapping.values import fields
from lodedata.mapping.values.converted import FigureSign, build_converted_reader, build_reported_reader, build_sign_reader
from lodedata.mapping.values.fields import Cells, Columns, Problems
from lodedata.organisations import lei, uscc
from lodedata.problems import Problem

FieldReader = Callable[[Cells, Problems], Any]
TRUE = frozenset({"true", "yes", "y", "1", "是"})
FALSE = frozenset({"false", "no", "n", "0", "否"})


def build_field_readers(
    kind: Kind, spec: TableSpec, columns: Columns, left_out: frozenset[str] = frozenset()
) -> Mapping[str, FieldReader]:
    """Return the readers of the kind's fields that a table fills, by name, without those that are ``left_out``.

    Figures in another unit than their field's are converted, and listed as they are reported.
    """
    stated = {field: spec.cell(field.name) for field in kind.fields if field.imported and field.name not in left_out}
    cells = {field: cell for field, cell in stated.items() if cell is not None}
    readers = {field.name: build_field_reader(field, cell, columns) for field, cell in cells.items()}
    amounts = {field: cell for field, cell in cells.items() if isinstance(cell, Amount)}
    for field, amount in amounts.items():
        readers |= _sign_readers(kind, field, amount, columns)
    reported = build_reported_reader(amounts, columns)
    return readers if reported is None else {**readers, FIGURES_REPORTED.name: reported}


def _sign_readers(kind: Kind, field: Field, amount: Amount, columns: Columns) -> Mapping[str, FieldReader]:
    """Return the readers of the sign, the bound and the unit of a figure, where the kind has fields for them."""
    parts = {part: f"{field.name}_{part}" for part in ("qualifier", "bound", "unit")}
    if any(kind.field(name) is None for name in parts.values()):
        return {}
    sign = build_sign_reader(field, amount, columns)
    return {name: _build_part_reader(sign, part) for part, name in parts.items()}


def _build_part_reader(sign: Callable[[Cells], FigureSign], part: str) -> FieldReader:
    return lambda cells, problems: getattr(sign(cells), part)


def build_field_reader(field: Field, cell: Cell, columns: Columns) -> FieldReader:
    """Return a function that gives the value of a field in a row; what can't be read becomes a problem of the row."""
    if field.vocabulary is not None:
        return (fields.bind_terms if field.type == "array" else fields.bind_term)(cell, field.vocabulary, columns)
    if field.type in ("number", "integer"):
        return _number(field, cell, columns)
    if field.partial_date or field.type == "date":
        return _build_date_reader(field, cell, columns)
    if field.type == "boolean":
        return _build_boolean_reader(cell, columns)
    if field.format is not None:
        return build_code_reader(field.format, cell, columns)
    taken = fields.read_parts_of(cell, columns) if field.type == "array" else fields.build_text_reader(cell, columns)
    return lambda cells, problems: taken(cells)


def build_code_reader(form: Format, cell: Cell, columns: Columns) -> FieldReader:
    """Return a reader of codes with check characters; a wrong code becomes a flag and is not used."""
    taken = fields.build_text_reader(cell, columns)
    problem, normalised = {
        "uscc": (uscc.find_uscc_problem, uscc.normalise_uscc),
        "lei": (lei.find_lei_problem, lei.normalise_lei),
    }[form]

    def checked(cells: Cells, problems: Problems) -> str | None:
        text = taken(cells)
        if text is None:
            return None
        reason = problem(text)
        if reason is None:
            return normalised(text)
        problems.append(Problem("code-wrong", text, cell.column, {"reason": reason}))
        return None

    return checked


def _number(field: Field, cell: Cell, columns: Columns) -> FieldReader:
    spec = cell if isinstance(cell, Amount) else Amount(**cell.model_dump())
    value = build_converted_reader(field, spec, columns)
    if field.type == "number":
        return value

    def integer(cells: Cells, problems: Problems) -> int | None:
        number = value(cells, problems)
        if number is not None and not number.is_integer():
            problems.append(Problem("not-a-number", convert_cell_to_text(number), cell.column))
            return None
        return None if number is None else int(number)

    return integer


def _build_date_reader(field: Field, cell: Cell, columns: Columns) -> FieldReader:
    """Return a reader of dates; the type ``date`` requires a day."""
    value = fields.build_cell_date_reader(cell, columns)

    def day(cells: Cells, problems: Problems) -> Any:
        partial_date = value(cells, problems)
        if partial_date is not None and partial_date.precision != "day":
            problems.append(Problem("not-a-date", str(partial_date), cell.column))
            return None
        return None if partial_date is None else partial_date.first

    return value if field.partial_date else day


def _build_boolean_reader(cell: Cell, columns: Columns) -> FieldReader:
    taken = fields.build_text_reader(cell, columns)
    places = columns.places(cell)

    def truth(cells: Cells, problems: Problems) -> bool | None:
        value = taken(cells)
        if value is None:
            return None
        if value.lower() not in TRUE | FALSE:
            problems.append(Problem("unknown-term", value, cell.column, {"vocabulary": "yes, no"}))
            columns.usage.drop(places, "unknown-term")
            return None
        return value.lower() in TRUE

    return truth

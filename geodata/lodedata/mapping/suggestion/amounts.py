"""Lines of amounts: the column of a figure with its unit, basis and decimal mark."""

from statistics import median

from lodedata.figures.units import Dimension, parse_unit
from lodedata.mapping.model import PLACEHOLDER
from lodedata.mapping.suggestion.columns import SampledColumn, parse_column_numbers
from lodedata.mapping.suggestion.draft import quote_yaml
from lodedata.mapping.suggestion.figures import is_grade, write_basis_entry

_EXAMPLES: dict[Dimension, str] = {"mass": "t, kt, Mt, 万吨", "rate": "t/a, kt/a, 万吨/年", "grade": "%, g/t, ppm"}
_MT_LIMITS = {"ore": (2e4, 2e5), "contained": (1e2, 1e3)}
"""Medians up to which figures in mt are million tonnes of ore or metal, and from which they are metric tons."""


def write_amount_entry(
    column: SampledColumn, dimension: Dimension, unit_column: SampledColumn | None = None, metal: str | None = None
) -> str:
    """Return the entry of a figure, with a comment where its unit is inferred or missing.

    ``metal`` is the commodity of the figure, empty if its column names none, None for a figure of ore or capacity.
    """
    basis = write_basis_entry(column, dimension == "grade") if metal is not None else ""
    decimal = f", decimal: {quote_yaml(column.decimal)}" if column.decimal != "." else ""
    if unit_column is not None and column.unit is None:
        units, note = _write_unit_map(unit_column, dimension)
        named = f"column: {quote_yaml(column.name)}, unit_column: {quote_yaml(unit_column.name)}"
        return f"{{{named}{units}{basis}{decimal}}}{note}"
    unit_text, note = _find_unit_of(column, dimension, "ore" if metal is None else "contained")
    comment = f"          # {note}" if note else ""
    return f"{{column: {quote_yaml(column.name)}, unit: {quote_yaml(unit_text)}{basis}{decimal}}}{comment}"


def _find_unit_of(column: SampledColumn, dimension: Dimension, figure: str) -> tuple[str, str]:
    """Return the unit of a column's figures and a note on it."""
    if column.unit is not None and parse_unit(column.unit, dimension):
        return column.unit, ""
    if column.unit is not None and dimension == "rate":
        for time in ("/年", "/a", " per year"):
            if parse_unit(column.unit + time, "rate"):
                return column.unit + time, f"the column says {column.unit}; a capacity is per year"
    if column.ambiguous_unit is not None and column.ambiguous_unit.casefold() == "mt" and dimension == "mass":
        million, metric = _MT_LIMITS[figure]
        column_numbers = parse_column_numbers(column)
        middle = median(column_numbers) if column_numbers else 0.0
        if column_numbers and (middle <= million or middle >= metric):
            text = "Mt" if middle <= million else "t"
            return text, f"mt may be a million tonnes or a metric ton; the median of {middle:g} fits {text}"
    return PLACEHOLDER, f"the unit, such as {_EXAMPLES[dimension]}"


def _write_unit_map(column: SampledColumn, dimension: Dimension) -> tuple[str, str]:
    """Return the entry that maps the texts of a column of units which are no unit, and a comment on unknown ones."""
    unit_by_text, unknown = {}, []
    for text in column.distinct:
        if parse_unit(text, dimension):
            continue
        part = next((part for part in text.replace("%", "% ").split() if parse_unit(part, dimension)), None)
        if part is None:
            unknown.append(text)
        else:
            unit_by_text[text] = part
    units = ", ".join(f"{quote_yaml(text)}: {quote_yaml(to)}" for text, to in unit_by_text.items())
    note = f"          # no unit of a {dimension}: {', '.join(map(quote_yaml, unknown[:4]))}; see `units:`" if unknown else ""
    return (f", units: {{{units}}}" if units else ""), note


def measure_lines(
    columns: list[SampledColumn],
    metal: str,
    grade_unit: SampledColumn | None = None,
    contained_unit: SampledColumn | None = None,
) -> list[str]:
    """Return the lines of the first grade and the first contained amount among the columns of one metal."""
    lines: dict[str, str] = {}
    for column in columns:
        grade = is_grade(column)
        entry = write_amount_entry(column, "grade" if grade else "mass", grade_unit if grade else contained_unit, metal)
        lines.setdefault("grade" if grade else "contained", entry)
    return [f"            {quantity}: {entry}" for quantity, entry in lines.items()]

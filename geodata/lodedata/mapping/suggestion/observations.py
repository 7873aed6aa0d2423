"""Suggestion for a table of statistics: years as columns, or a row for each value; None for any other table."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from lodedata.mapping.model import PLACEHOLDER
from lodedata.mapping.suggestion.columns import SampledColumn
from lodedata.mapping.suggestion.content import find_divided_country
from lodedata.mapping.suggestion.draft import quote_yaml
from lodedata.statistics.series import find_term
from lodedata.vocab import load_vocabulary

YEAR = re.compile(r"(?P<before>\D{0,8})(?:19|20)\d\d(?P<after>\D{0,8})")
PERIOD = re.compile(r"(?:19|20)\d\d(?:[-.]?Q[1-4]|[-./](?:0?[1-9]|1[0-2])|年.*)?")
PERIODS = frozenset(
    ("year", "period", "time period", "time", "date", "month", "年", "年份", "年度", "时期", "月份")
    + ("reference year", "ano base", "ano referencia", "ano de referencia", "отчетный год", "统计年份")
    + ("ano", "mes", "periodo", "fecha", "annee", "mois", "год", "месяц", "период", "tahun", "bulan")
)
VALUES = frozenset(
    ("value", "obs value", "amount", "quantity", "output", "production", "值", "数值", "产量", "数量")
    + ("valor", "produccion", "producao", "valeur", "значение", "производство", "добыча", "объем", "nilai", "produksi")
)
CONTAINED = re.compile(r"conten|contid|contain|金属量|содерж")
"""Folded names of columns whose values are of the metal that a mass contains."""
STATED = re.compile(r"[^\W\d_]+")
"""A word of the name of a file, a sheet or a column, which may state a dimension of all rows."""
OF_OBJECTS = frozenset({"capacity", "reserves", "resources"})
"""Indicators that tables of plants and deposits have for each of them."""
MIN_YEARS = 3
KNOWN = 0.6
"""Share of values that a dimension knows, from which a column gives it."""
DEFAULTS = {
    "indicator": "such as production, imports, reserves or price",
    "commodity": "a term of commodity",
    "stage": "such as mine, smelter or refinery",
    "basis": "gross or content",
    "area": "a country by its ISO 3166-1 code",
    "unit": "such as t, kt or USD/t",
}


def write_observation_lines(path: Path, part: str, columns: Sequence[SampledColumn]) -> list[str] | None:
    """Return the part ``observations`` of a mapping, None for a table that has another form or names of its own.

    A dimension without a column is that which the name of the file, of the sheet or of the values states.
    """
    column_by_dimension, others = _assign_dimensions(columns)
    shape = (
        _recognise_wide_shape(others)
        or _recognise_long_shape(others, _is_value)
        or _recognise_long_with_units(columns)
        or _recognise_long_shape(others, _states_indicator)
    )
    if shape is None or not {"area", "commodity"} & column_by_dimension.keys():
        return None
    used = shape.used
    column_by_dimension = {dimension: column for dimension, column in column_by_dimension.items() if column.name not in used}
    taken = used | {column.name for column in column_by_dimension.values()}
    left = [column for column in columns if column.name not in taken]
    if any(_names(column) for column in left):
        return None
    lines = [
        "observations:",
        f"  - file: {quote_yaml(path.name)}",
        *([f"    part: {quote_yaml(part)}"] if part else []),
    ]
    if any(column.decimal == "," for column in columns if column.name in used):
        lines.append('    decimal: ","')
    lines += shape.lines
    stating = (column for column in columns if column.name in used)
    values = [column for column in stating if _is_value(column) or shape.gives or _states_indicator(column)]
    names = [path.stem, part, *(value.name for value in values)]
    for dimension, hint in DEFAULTS.items():
        if dimension in shape.gives:
            continue
        column = column_by_dimension.get(dimension)
        stated = _find_stated_code(dimension, names, values)
        if column is not None:
            country = find_divided_country(column) if dimension == "area" else None
            filled = quote_yaml(column.name) if country is None else _write_division_cell(column, country)
        elif stated is not None:
            filled = f"{{const: {stated[0]}}}          # as {quote_yaml(stated[1])} states"
        else:
            filled = f'{{const: "{PLACEHOLDER}"}}          # {hint}'
        lines.append(f"    {dimension}: {filled}")
    if left:
        lines += ["    ignored:", *(f'      {quote_yaml(column.name)}: "not mapped"' for column in left)]
    return lines


def _find_stated_code(dimension: str, names: Sequence[str], values: Sequence[SampledColumn]) -> tuple[str, str] | None:
    """Return the only code of a dimension that names state, with the name; None for none or several."""
    if dimension == "unit":
        stated_codes = {(value.unit, value.name) for value in values if value.unit is not None}
        in_brackets = ((text, name) for name in names for text in re.findall(r"\(([^)]+)\)", name))
        stated_codes = stated_codes or {(text, name) for text, name in in_brackets if find_term("unit", text) is not None}
    elif dimension in ("indicator", "commodity", "stage"):
        parts = ((word, name) for name in names for word in STATED.findall(name))
        terms = ((find_term(dimension, word), name) for word, name in parts if len(word) > 2 or not word.isascii())
        stated_codes = {(term.code, name) for term, name in terms if term is not None}
    else:
        return None
    return min(stated_codes, key=lambda pair: names.index(pair[1])) if len({code for code, _ in stated_codes}) == 1 else None


def _assign_dimensions(columns: Sequence[SampledColumn]) -> tuple[dict[str, SampledColumn], list[SampledColumn]]:
    """Return the column of each dimension, and the columns that give none."""
    column_by_dimension: dict[str, SampledColumn] = {}
    others = []
    for column in columns:
        dimension = None if column.numeric or not column.distinct else _find_dimension(column, column_by_dimension)
        if dimension is None:
            others.append(column)
        else:
            column_by_dimension[dimension] = column
    return column_by_dimension, others


def _find_dimension(column: SampledColumn, column_by_dimension: dict[str, SampledColumn]) -> str | None:
    for dimension in ("area", "commodity", "indicator", "stage", "unit", "basis"):
        term_count = sum(find_term(dimension, value) is not None for value in column.distinct)
        if dimension == "area" and term_count < KNOWN * len(column.distinct) and find_divided_country(column) is not None:
            term_count = len(column.distinct)
        if dimension not in column_by_dimension and term_count >= KNOWN * len(column.distinct):
            return dimension
    return None


@dataclass(frozen=True, slots=True)
class ColumnShape:
    """Lines that state periods and values, the names of their columns, and the dimensions that the lines give."""

    lines: list[str]
    used: set[str]
    gives: frozenset[str] = frozenset()


def _write_division_cell(column: SampledColumn, country: str) -> str:
    """Return the cell of an area from names or codes of divisions of a country, as areas are divisions by their codes."""
    alpha2, divisions = load_vocabulary("country")[country].extra["alpha2"], load_vocabulary("division")
    if all(f"{alpha2}-{value.upper()}" in divisions for value in column.distinct):
        return f'{{template: "{alpha2}-{{{column.name}}}"}}          # the divisions of {country}'
    codes = {value: term.code for value in column.distinct if (term := divisions.find(value, country)) is not None}
    entries = ", ".join(f"{quote_yaml(value)}: {code}" for value, code in codes.items())
    return f"{{column: {quote_yaml(column.name)}, map: {{{entries}}}}}          # the divisions of {country}"


def _recognise_wide_shape(columns: Sequence[SampledColumn]) -> ColumnShape | None:
    """Return the pattern of columns that are years, and their names."""
    series: dict[tuple[str, str], list[str]] = defaultdict(list)
    for column in columns:
        if match := YEAR.fullmatch(column.name.strip()):
            series[match["before"], match["after"]].append(column.name)
    if not series:
        return None
    (before, after), names = max(series.items(), key=lambda pair: len(pair[1]))
    if len(names) < MIN_YEARS:
        return None
    pattern = f"{re.escape(before)}(?P<period>[0-9]{{4}}){re.escape(after)}"
    return ColumnShape(
        [f"    columns: {quote_yaml(pattern)}          # {quote_yaml(names[0])} to {quote_yaml(names[-1])}"],
        set(names),
    )


def _find_periods(columns: Sequence[SampledColumn]) -> list[SampledColumn]:
    return [
        column
        for column in columns
        if column.plain in PERIODS and column.distinct and all(map(PERIOD.fullmatch, column.distinct))
    ]


def _recognise_long_shape(
    columns: Sequence[SampledColumn], holds_values: Callable[[SampledColumn], bool]
) -> ColumnShape | None:
    """Return the lines of the columns of periods and of values, and their names."""
    periods = _find_periods(columns)
    values = [column for column in columns if holds_values(column) and column not in periods]
    if len(periods) != 1 or len(values) != 1:
        return None
    period, value = periods[0].name, values[0].name
    return ColumnShape([f"    period: {quote_yaml(period)}", f"    values: [{{value: {quote_yaml(value)}}}]"], {period, value})


def _recognise_long_with_units(columns: Sequence[SampledColumn]) -> ColumnShape | None:
    """Return the lines of values that are each followed by a column with their units: of output, gross and contained.

    Other values of such a table, such as those of sales, are left out.
    """
    periods = _find_periods(columns)
    pairs = [(value, unit) for value, unit in pairwise(columns) if value.numeric and _holds_units(unit)]
    gross = [pair for pair in pairs if _states_production(pair[0]) and not CONTAINED.search(pair[0].plain)]
    contained = [pair for pair in pairs if CONTAINED.search(pair[0].plain)]
    if len(periods) != 1 or len(gross) != 1 or len(contained) > 1:
        return None
    lines = [f"    period: {quote_yaml(periods[0].name)}", "    values:"]
    for basis, basis_pairs in (("gross", gross), ("content", contained)):
        for value, unit in basis_pairs:
            lines.append(
                f"      - {{value: {quote_yaml(value.name)}, unit: {quote_yaml(unit.name)}, basis: {{const: {basis}}}}}"
            )
    used = {periods[0].name, *(column.name for pair in (*gross, *contained) for column in pair)}
    return ColumnShape(lines, used, frozenset({"unit", "basis"}))


def _holds_units(column: SampledColumn) -> bool:
    unit_count = sum(find_term("unit", value) is not None for value in column.distinct)
    return not column.numeric and bool(column.distinct) and unit_count >= KNOWN * len(column.distinct)


def _states_production(column: SampledColumn) -> bool:
    terms = (find_term("indicator", word) for word in STATED.findall(column.name))
    return any(term is not None and term.code == "production" for term in terms)


def _is_value(column: SampledColumn) -> bool:
    return column.plain in VALUES


def _states_indicator(column: SampledColumn) -> bool:
    """Return whether a column of numbers has the name of an indicator over time in its own, such as production or exports."""
    if not column.numeric:
        return False
    terms = (find_term("indicator", word) for word in STATED.findall(column.name))
    return any(term is not None and term.code not in OF_OBJECTS for term in terms)


def _names(column: SampledColumn) -> bool:
    """Return whether a column has a text of its own in nearly every row, as a table of sites has."""
    return not column.numeric and len(column.values) > MIN_YEARS and len(set(column.values)) > 0.8 * len(column.cells)

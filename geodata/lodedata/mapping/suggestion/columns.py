"""Columns of an unknown table: their names, units and a sample of their cells."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from lodedata.cells import Unreadable, convert_cell_to_text, normalise_cell_text, number
from lodedata.figures.qualified_number import is_qualified_number
from lodedata.figures.units import Dimension, parse_unit
from lodedata.mapping.model import DEFAULT_NULLS, PLACEHOLDER
from lodedata.messages import msg
from lodedata.read import FileRefused, InputTable
from lodedata.vocab import fold, load_vocabulary

SAMPLE_ROWS = 2_000
MAX_TABLES = 12
"""Tables of a file among which the one with records is searched."""
MAX_COMPARED_CELLS = 200
"""Distinct cells of a column that are compared with vocabularies and patterns."""
MOSTLY = 0.8
"""The share of numbers from which a column is one of numbers."""
SENTINELS = frozenset({"-9999", "-999", "-99", "-1111", "-9999.0", "-999.0"})
DIMENSIONS: Sequence[Dimension] = ("mass", "rate", "grade")
AMBIGUOUS_UNITS = frozenset({"mt", "mtpa", "mt/a", "mt/y", "oz", "ton", "tons"})
"""Texts that mean different units in different tables; resolved by case or by the figures, or left to the user."""
SUFFIXES = {"gt": "g/t", "ktpy": "ktpa"}
"""Suffixes of column names that are no usual form of a unit."""
_BRACKETS = re.compile(r"[(\[（【]\s*([^)\]）】]+?)\s*[)\]）】]")
_MAX_UNIT_PARTS = 4
_MIN_NUMBERS = 5
"""Different numbers from which the only text of a column is missing data."""


@dataclass(slots=True)
class SampledColumn:
    """A column with its name, its unit and a sample of its cells.

    ``plain`` is the folded name without its unit, ``tokens`` its parts as written, ``cells`` the texts of the sampled rows,
    None for missing data, ``numeric`` whether they are numbers.
    """

    name: str
    plain: str
    tokens: tuple[str, ...]
    unit: str | None
    ambiguous_unit: str | None = None
    cells: list[str | None] = field(default_factory=list)
    nulls: set[str] = field(default_factory=set)
    decimal: str = "."
    values: list[str] = field(default_factory=list)
    distinct: list[str] = field(default_factory=list)
    numeric: bool = False

    @property
    def filled(self) -> bool:
        """Whether every sampled row has a value."""
        return bool(self.cells) and len(self.values) == len(self.cells)

    @property
    def unique(self) -> bool:
        """Whether every sampled row has a value of its own."""
        return self.filled and len(set(self.values)) == len(self.values)

    def measures(self, dimension: Dimension) -> bool:
        """Return whether the column's name has a unit of the dimension."""
        return self.unit is not None and parse_unit(self.unit, dimension) is not None


def sample_tables(tables: list[InputTable]) -> list[tuple[InputTable, list[SampledColumn], list[bytes]]]:
    """Return each table that has rows with a sample of its columns and its first geometries. Raises FileRefused."""
    samples = []
    refused: FileRefused | None = None
    for table in tables[:MAX_TABLES]:
        try:
            rows = list(islice(table.rows, SAMPLE_ROWS))
        except FileRefused as error:
            refused = refused or error
            continue
        if rows:
            columns = [
                sample_column(name, [row.cells[i] if i < len(row.cells) else None for row in rows])
                for i, name in enumerate(table.columns)
                if name
            ]
            detect_decimal_marks(columns)
            samples.append((table, columns, [row.geometry for row in rows if row.geometry][:MAX_COMPARED_CELLS]))
    if not samples:
        raise refused or FileRefused(msg("%(tables)s: has a header and no rows", tables=tables[0].file))
    return samples


def sample_column(name: str, cells: Sequence[object]) -> SampledColumn:
    """Return a column of a name and the cells of its rows."""
    rest, unit_text, ambiguous = split_unit(name)
    sampled_column = SampledColumn(name, fold(rest), name_tokens(rest), unit_text, ambiguous)
    for cell in cells:
        text: str | None = "" if cell is None else convert_cell_to_text(cell)
        if text in SENTINELS or text in DEFAULT_NULLS:
            if text:
                sampled_column.nulls.add(text)
            text = None
        sampled_column.cells.append(text)
    _drop_text_among_numbers(sampled_column)
    sampled_column.values = [cell for cell in sampled_column.cells if cell is not None]
    sampled_column.distinct = list(dict.fromkeys(sampled_column.values))[:MAX_COMPARED_CELLS]
    sample = sampled_column.values[:MAX_COMPARED_CELLS]
    sampled_column.numeric = _is_numeric(sample, unit_text is not None)
    return sampled_column


def _is_numeric(sample: Sequence[str], has_unit: bool) -> bool:
    """Return whether most texts are numbers; those with a sign or a unit count if a unit heads them or most have neither."""
    plain = sum(is_number(v) or is_number(v, ",") for v in sample)
    if not sample or plain > MOSTLY * len(sample):
        return bool(sample)
    signed = sum(is_qualified_number(v) or is_qualified_number(v, ",") for v in sample)
    return signed > MOSTLY * len(sample) and (has_unit or 2 * plain > len(sample))


def _drop_text_among_numbers(column: SampledColumn) -> None:
    """Take the only text of a column of numbers as missing data, such as W for withheld."""
    counts = Counter(cell for cell in column.cells if cell is not None)
    texts = [text for text in counts if not is_qualified_number(text) and not is_qualified_number(text, ",")]
    if len(texts) == 1 and counts[texts[0]] > 1 and len(counts) > _MIN_NUMBERS:
        column.nulls.add(texts[0])
        column.cells = [None if cell == texts[0] else cell for cell in column.cells]


def split_unit(name: str) -> tuple[str, str | None, str | None]:
    """Return a column's name without its unit, the unit, and a unit that can mean two; symbols differ by case.

    The unit is in brackets, after a slash, before or after the name, or all of the name: ``Ore [kt]``, ``产能/万吨``,
    ``%Ni``, ``Cu_pct``, ``capacity_t_per_year``, ``Mt``.
    """
    written = normalise_cell_text(name)
    for match in reversed(list(_BRACKETS.finditer(written))):
        if unit_text := _parse_unit_text(match[1]):
            return (written[: match.start()] + written[match.end() :]).strip(), *unit_text
    for text, rest in _list_unit_candidates(written):
        if unit_text := _parse_unit_text(text):
            return rest, *unit_text
    return written, None, None


def _list_unit_candidates(written: str) -> list[tuple[str, str]]:
    """Return pairs of a text that may be a unit and the rest of a column's name, the surest first."""
    unit_candidates = [(written, "")]
    head, slash, tail = written.partition("/")
    if slash and not head.isascii():
        unit_candidates.append((tail.strip(), head.strip()))
    if match := re.match(r"(%|‰|g/t|ppm|ppb)\s*(?=\w)", written):
        unit_candidates.append((match[1], written[match.end() :]))
    if match := re.search(r"(?<=\w)\s*(%|‰)\s*$", written):
        unit_candidates.append((match[1], written[: match.start()]))
    if match := re.search(r"(?<=[a-z])(Mt|Kt|Pct|Ppm)$", written):
        unit_candidates.append((match[1], written[: match.start()]))
    parts = [part for part in re.split(r"[_\s,]+", written) if part]
    for count in range(min(_MAX_UNIT_PARTS, len(parts) - 1), 0, -1):
        tail_parts, rest = parts[-count:], " ".join(parts[:-count])
        unit_candidates += [(" ".join(tail_parts), rest), ("/".join(tail_parts), rest)]
    return unit_candidates


def _parse_unit_text(text: str) -> tuple[str | None, str | None] | None:
    """Return the unit of a text and None, or None and a text that can mean two units; None if it is neither."""
    for form in dict.fromkeys((text, text.casefold(), SUFFIXES.get(text.casefold(), text))):
        if form not in AMBIGUOUS_UNITS and (named_unit := next(filter(None, (parse_unit(form, d) for d in DIMENSIONS)), None)):
            return _choose_usual_form(form, named_unit.code), None
        if form == text and text.casefold() in AMBIGUOUS_UNITS:
            return None, text
    return None


def _choose_usual_form(text: str, code: str) -> str:
    """Return the symbol of a unit for an abbreviation such as ``pct``; a text with a symbol or of another script stays."""
    symbols = load_vocabulary("unit")[code].extra["symbol"].split("|")
    return text if not text.isascii() or text in symbols or not symbols[0] else symbols[0]


def name_tokens(text: str) -> tuple[str, ...]:
    """Return the parts of a name, divided at separators, capitals within a part and digits after long parts."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z][a-z]{2})", " ", normalise_cell_text(text))
    spaced = re.sub(r"(?<=[A-Za-z]{4})(?=\d+\b)", " ", spaced)
    return tuple(part for part in re.split(r"[\W_]+", spaced) if part)


def detect_decimal_marks(columns: list[SampledColumn]) -> None:
    """Set the decimal mark of each column; a placeholder if ``1,234`` is ambiguous and no other column decides."""
    possible: dict[str, set[str]] = {}
    for column in columns:
        marked = [v for v in column.values[:200] if "," in v or "." in v]
        if marked and column.numeric:
            possible[column.name] = {mark for mark in ".," if all(is_number(v, mark) for v in marked)}
    comma = any(marks == {","} for marks in possible.values()) and not any(marks == {"."} for marks in possible.values())
    for column in columns:
        marks = possible.get(column.name, {"."})
        if marks == {","} or (comma and "," in marks):
            column.decimal = ","
        elif len(marks) == 2 and any("," in v for v in column.values[:200]):
            column.decimal = PLACEHOLDER


def is_number(value: str, mark: str = ".") -> bool:
    """Return whether a text is a number with a decimal mark."""
    try:
        number(value, mark)
    except Unreadable:
        return False
    return True


def parse_column_numbers(column: SampledColumn) -> list[float]:
    """Return the numbers among a column's distinct values."""
    mark = "," if column.decimal == "," else "."
    return [number(v, mark) for v in column.distinct if is_number(v, mark)]


def share_chinese(column: SampledColumn) -> float:
    """Return the share (0 to 1) of a column's distinct values with a Chinese character."""
    return sum(bool(re.search(r"[\u4e00-\u9fff]", v)) for v in column.distinct) / max(len(column.distinct), 1)

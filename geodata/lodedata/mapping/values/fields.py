"""Readers of fields: functions that return a value of a row, built once per table and called for each row."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lodedata import dates
from lodedata.cells import Unreadable, convert_cell_to_text
from lodedata.dates import DateOrder
from lodedata.figures.compounds import NamedCommodity, find_stored_commodity, parse_commodity
from lodedata.mapping.cell_spec import Cell
from lodedata.mapping.column_usage import ColumnUsage
from lodedata.mapping.reading import Tally
from lodedata.mapping.record_spec import CommoditySpec, StatusSpec
from lodedata.mapping.values.date_order import determine_column_order, require_years
from lodedata.problems import Problem
from lodedata.read.table import InputRow, describe_missing_column
from lodedata.records import Commodity, PartialDate, Status
from lodedata.vocab import load_vocabulary

Cells = Sequence[Any]
Problems = list[Problem]
TextGetter = Callable[[Cells], str | None]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of an open table by name, and its values for missing data."""

    table: str
    index: dict[str, int]
    nulls: frozenset[str]
    tally: Tally
    usage: ColumnUsage
    all_rows: Callable[[], Iterator[InputRow]] | None = None
    """Reads the rows of the table from the first; None where they can't be read twice."""

    def at(self, name: str, optional: bool = False) -> int | None:
        """Return the index of a column, None for a missing optional one. Raises FileRefused for a missing one."""
        place = self.index.get(name.strip())
        if place is None and not optional:
            raise describe_missing_column(self.table, name.strip(), self.index)
        return place

    def named(self, name: str, nulls: frozenset[str], optional: bool = False) -> int | None:
        """Return the index of a column like :meth:`at`; its cells are counted as those of a column that is named."""
        place = self.at(name, optional)
        if place is not None:
            self.usage.name_column(place, nulls)
        return place

    def places(self, *cells: Cell | None) -> tuple[int, ...]:
        """Return the indexes of the columns that cells are taken from."""
        names = [name.strip() for cell in cells if cell is not None for name in list_cell_columns(cell)]
        return tuple(self.index[name] for name in names if name in self.index)


def list_cell_columns(cell: Cell) -> list[str]:
    """Return the names of the columns that a cell is taken from."""
    return [cell.column] if cell.column is not None else re.findall(r"\{([^}]+)\}", cell.template or "")


def build_text_reader(cell: Cell, columns: Columns) -> TextGetter:
    """Return a reader of the cell's text after nulls, map and pattern; it returns None for missing data."""
    if cell.const is not None:
        constant = convert_cell_to_text(cell.const)
        return lambda cells: constant
    plain = _build_template_reader(cell, columns) if cell.template is not None else _build_plain_reader(cell, columns)
    taken = _build_map_reader(plain, cell, columns) if cell.map is not None else plain
    return _build_pattern_reader(taken, cell, columns) if cell.pattern is not None else taken


def _build_plain_reader(cell: Cell, columns: Columns) -> TextGetter:
    assert cell.column is not None
    nulls = columns.nulls | frozenset(cell.nulls)
    place = columns.named(cell.column, nulls, cell.optional)
    if place is None:
        return lambda cells: None
    reads = columns.usage.taken

    def plain(cells: Cells) -> str | None:
        value = cells[place]
        if value is None:
            return None
        value = value.strip() if type(value) is str else convert_cell_to_text(value)
        if value in nulls:
            return None
        reads[place] += 1
        return value

    return plain


def _build_template_reader(cell: Cell, columns: Columns) -> TextGetter:
    assert cell.template is not None
    parts = re.split(r"\{([^}]+)\}", cell.template)
    takers = [_build_plain_reader(Cell(column=name, nulls=cell.nulls), columns) for name in parts[1::2]]

    usage = columns.usage

    def filled(cells: Cells) -> str | None:
        text = parts[0]
        before = usage.taken[:]
        for take, literal in zip(takers, parts[2::2], strict=True):
            value = take(cells)
            if value is None:
                usage.undo(before, "template")
                return None
            text += value + literal
        return text

    return filled


def _build_pattern_reader(taken: TextGetter, cell: Cell, columns: Columns) -> TextGetter:
    """Return a reader of the part of the text that matches the pattern; values of the map are not matched."""
    assert cell.pattern is not None
    pattern = re.compile(cell.pattern)
    mapped = frozenset(convert_cell_to_text(to) for to in (cell.map or {}).values() if to is not None)
    places = columns.places(cell)

    def matched(cells: Cells) -> str | None:
        value = taken(cells)
        if value is None or value in mapped:
            return value
        match = pattern.search(value)
        part = ((match[1] if pattern.groups else match[0]) or None) if match else None
        if part is None:
            columns.usage.drop(places, "pattern")
        return part

    return matched


def _build_map_reader(taken: TextGetter, cell: Cell, columns: Columns) -> TextGetter:
    mapping = {word: None if to is None else convert_cell_to_text(to) for word, to in (cell.map or {}).items()}
    keep = cell.unmapped == "keep"
    places = columns.places(cell)

    def mapped(cells: Cells) -> str | None:
        value = taken(cells)
        if value is None:
            return None
        mapped_text = mapping.get(value, value if keep else None) or None
        if mapped_text is None:
            columns.usage.drop(places, "unmapped")
        return mapped_text

    return mapped


def read_parts_of(cell: Cell, columns: Columns) -> Callable[[Cells], tuple[str, ...]]:
    """Return a reader of the parts of a cell divided at ``split``, each mapped; a cell without split is one part.

    A cell that ``map`` has as it is takes that value, whose parts are not mapped again.
    """
    if cell.split is None:
        taken = build_text_reader(cell, columns)
        return lambda cells: (value,) if (value := taken(cells)) else ()
    undivided = _build_undivided_reader(cell, columns)
    taken = _build_pattern_reader(undivided, cell, columns) if cell.pattern is not None else undivided
    separators = (re.escape(s) for s in cell.split)
    divide = re.compile("|".join(separators))
    mapping = cell.map or {}
    places = columns.places(cell)
    seen: dict[tuple[str, bool], tuple[str, ...]] = {}

    def divided(value: str) -> tuple[str, ...]:
        stripped = (part.strip() for part in divide.split(value))
        if isinstance(value, _Mapped):
            return tuple(dict.fromkeys(filter(None, stripped)))
        mapped = (mapping.get(part, part if cell.unmapped == "keep" else None) for part in stripped if part)
        return tuple(dict.fromkeys(convert_cell_to_text(part) for part in mapped if part))

    def split_parts(cells: Cells) -> tuple[str, ...]:
        value = taken(cells)
        if value is None:
            return ()
        key = (value, isinstance(value, _Mapped))
        value_parts = seen.get(key)
        if value_parts is None:
            value_parts = divided(value)
            if len(seen) <= 50_000:
                seen[key] = value_parts
        if not value_parts:
            columns.usage.drop(places, "unmapped")
        return value_parts

    return split_parts


class _Mapped(str):
    """The text that ``map`` gives for an undivided cell."""

    __slots__ = ()


def _build_undivided_reader(cell: Cell, columns: Columns) -> TextGetter:
    """Return a reader of a cell's text, or of what ``map`` gives for it as it is."""
    plain = build_text_reader(cell.model_copy(update={"map": None, "pattern": None}), columns)
    mapping = {word: None if to is None else _Mapped(convert_cell_to_text(to)) for word, to in (cell.map or {}).items()}
    places = columns.places(cell)

    def undivided(cells: Cells) -> str | None:
        value = plain(cells)
        if value is None or value not in mapping:
            return value
        mapped_text = mapping[value] or None
        if mapped_text is None:
            columns.usage.drop(places, "unmapped")
        return mapped_text

    return undivided


def bind_term(cell: Cell, name: str, columns: Columns, soft: bool = False) -> Callable[[Cells, Problems], str | None]:
    """Return a reader of the code of a cell's term; an unknown term is counted, and flagged unless ``soft``."""
    taken = build_text_reader(cell, columns)
    vocabulary_terms = load_vocabulary(name)
    places = columns.places(cell)

    def code(cells: Cells, problems: Problems) -> str | None:
        word = taken(cells)
        if word is None:
            return None
        named_term = vocabulary_terms.find(word)
        if named_term is None:
            columns.tally.miss(name, word)
            columns.usage.drop(places, "unknown-term")
            if not soft:
                problems.append(Problem("unknown-term", word, cell.column, {"vocabulary": name}))
            return None
        return _find_stored_code(name, named_term.code)

    return code


def bind_terms(cell: Cell, name: str, columns: Columns) -> Callable[[Cells, Problems], tuple[str, ...]]:
    """Return a reader like that of :func:`term` for a cell of several terms."""
    taken = read_parts_of(cell, columns)
    vocabulary_terms = load_vocabulary(name)
    places = columns.places(cell)

    def codes(cells: Cells, problems: Problems) -> tuple[str, ...]:
        stored_codes = []
        terms = taken(cells)
        for word in terms:
            term = vocabulary_terms.find(word)
            if term is None:
                columns.tally.miss(name, word)
                problems.append(Problem("unknown-term", word, cell.column, {"vocabulary": name}))
            else:
                stored_codes.append(_find_stored_code(name, term.code))
        if terms and not stored_codes:
            columns.usage.drop(places, "unknown-term")
        return tuple(dict.fromkeys(stored_codes))

    return codes


def _find_stored_code(vocabulary_name: str, code: str) -> str:
    return find_stored_commodity(code) if vocabulary_name == "commodity" else code


def bind_commodity(cell: Cell, columns: Columns) -> Callable[[Cells, Problems], NamedCommodity | None]:
    """Return a reader of the commodity that a cell names, with the basis and unit of its text; an unknown one is flagged."""
    taken = build_text_reader(cell, columns)
    places = columns.places(cell)

    def named(cells: Cells, problems: Problems) -> NamedCommodity | None:
        word = taken(cells)
        if word is None:
            return None
        named_commodity = parse_commodity(word)
        if named_commodity is None:
            columns.tally.miss("commodity", word)
            columns.usage.drop(places, "unknown-term")
            problems.append(Problem("unknown-term", word, cell.column, {"vocabulary": "commodity"}))
        return named_commodity

    return named


def build_commodities_reader(
    specs: Sequence[CommoditySpec], columns: Columns
) -> Callable[[Cells, Problems], tuple[Commodity, ...]]:
    """Return a reader of a row's distinct commodities in order of rank; unknown terms are flagged.

    Of several in one cell none is the main one: a list has no order of importance. A compound such as Li2O is its metal.
    """
    takers = [(read_parts_of(spec, columns), spec) for spec in specs]
    places = [columns.places(spec) for spec in specs]
    # rows repeat the same few combinations of terms, so each is looked up once
    seen: dict[tuple[tuple[str, ...], ...], tuple[tuple[Commodity, ...], tuple[Problem, ...], tuple[int, ...]]] = {}

    def look_up(
        taken: tuple[tuple[str, ...], ...],
    ) -> tuple[tuple[Commodity, ...], tuple[Problem, ...], tuple[int, ...]]:
        commodity_by_code: dict[str, Commodity] = {}
        wrong = []
        for parts, (_, spec) in zip(taken, takers, strict=True):
            rank = "co-product" if spec.rank == "main" and (commodity_by_code or len(parts) > 1) else spec.rank
            for word in parts:
                named = parse_commodity(word)
                if named is None:
                    wrong.append(Problem("unknown-term", word, spec.column, {"vocabulary": "commodity"}))
                elif named.code not in commodity_by_code:
                    commodity_by_code[named.code] = Commodity(named.code, rank)
        unknown = {problem.value for problem in wrong}
        unused = [
            place for terms, where in zip(taken, places, strict=True) if terms and unknown.issuperset(terms) for place in where
        ]
        return tuple(commodity_by_code.values()), tuple(wrong), tuple(unused)

    def listed(cells: Cells, problems: Problems) -> tuple[Commodity, ...]:
        taken = tuple(taker(cells) for taker, _ in takers)
        result = seen.get(taken)
        if result is None:
            result = look_up(taken)
            if len(seen) < 50_000:
                seen[taken] = result
        for problem in result[1]:
            columns.tally.miss("commodity", problem.value)
            problems.append(problem)
        columns.usage.drop(result[2], "unknown-term")
        return result[0]

    return listed


def build_cell_date_reader(cell: Cell, columns: Columns) -> Callable[[Cells, Problems], PartialDate | None]:
    """Return a reader of a cell's date, known to the year, the month or the day.

    The order of day and month is that of the mapping, else of the other dates of the column. Raises FileRefused at the first
    date whose order is open.
    """
    taken = build_text_reader(cell, columns)
    seen: dict[str, PartialDate] = {}
    orders: list[DateOrder] = [cell.date_order] if cell.date_order is not None else []
    unsettled: list[bool] = []

    def read_date(cells: Cells, problems: Problems) -> PartialDate | None:
        value = taken(cells)
        if value is None:
            return None
        date = seen.get(value)
        if date is not None:
            return date
        try:
            date = dates.read_date(value, orders[0] if orders else None, cell.first_year)
        except dates.OrderOpen:
            orders.append(
                determine_column_order(_read_column_dates(cell, columns), columns.table, cell.column or cell.template, value)
            )
            date = dates.read_date(value, orders[0], cell.first_year)
        except Unreadable as hint:
            if isinstance(hint, dates.YearOpen) and not unsettled:
                unsettled.append(True)
                require_years(_read_column_dates(cell, columns), columns.table, cell.column or cell.template, value)
            problems.append(Problem("not-a-date", value, cell.column, {"hint": hint.message}))
            return None
        if len(seen) < 50_000:
            seen[value] = date
        return date

    return read_date


def _read_column_dates(cell: Cell, columns: Columns) -> Iterator[str]:
    """Yield the texts of a cell in all rows of the table, which counts none as used; nothing if they can't be read twice."""
    if columns.all_rows is not None:
        taken = build_text_reader(
            cell, replace(columns, usage=ColumnUsage([str(at) for at in range(len(columns.usage.taken))]))
        )
        yield from (written for row in columns.all_rows() if row.defect is None and (written := taken(row.cells)) is not None)


def bind_status(spec: StatusSpec, columns: Columns) -> Callable[[Cells, Problems, PartialDate | None], Status | None]:
    """Return a reader of a status with its date, if any: that of its own column, else of the row (third argument).

    The date of the source is not one of the status: a status of a row may be older.
    """
    taken = build_text_reader(spec, columns)
    reported_text = build_text_reader(spec.model_copy(update={"map": None}), columns)
    on = build_cell_date_reader(spec.date, columns) if spec.date is not None else None
    statuses = load_vocabulary("status")
    inferred = frozenset(spec.inferred)
    places, dates = columns.places(spec), columns.places(spec.date)

    def read_status(cells: Cells, problems: Problems, row_date: PartialDate | None = None) -> Status | None:
        word = taken(cells)
        if word is None:
            columns.usage.leave(dates, "no-status")
            return None
        status_term = statuses.find(word)
        if status_term is None:
            columns.tally.miss("status", word)
            columns.usage.leave(dates, "no-status")
            columns.usage.drop(places, "unknown-term")
            problems.append(Problem("unknown-term", word, spec.column, {"vocabulary": "status"}))
            return None
        when = (on(cells, problems) if on is not None else None) or row_date
        reported = reported_text(cells) or word
        return Status(status_term.code, reported, when, reported in inferred)

    return read_status

"""Reading of statistical tables by their mapping: one row in, its observations and problems out."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from lodedata.cells import Unreadable
from lodedata.errors import FileRefused
from lodedata.mapping import Tally
from lodedata.mapping.cell_spec import Cell
from lodedata.mapping.column_usage import ColumnUsage
from lodedata.mapping.columns import find_columns_within
from lodedata.mapping.shape import fill_table_down
from lodedata.mapping.tables import find_only_file
from lodedata.mapping.values import fields
from lodedata.mapping.values.fields import Cells, Columns, TextGetter
from lodedata.messages import Label, Message, msg
from lodedata.problems import Problem
from lodedata.read import Hints, InputRow, InputTable, open_table
from lodedata.records import SourceRow
from lodedata.statistics.periods import Period, parse_period
from lodedata.statistics.printed_values import FLAGS, PrintedValue, parse_printed_value
from lodedata.statistics.series import (
    Observation,
    SeriesKey,
    find_term,
    has_stage,
    label,
    may_be_negative,
    measures,
    split_unit_multiplier,
)
from lodedata.statistics.table_spec import DIMENSION_CELLS, ObservationTable, StatisticsSource, ValueSpec
from lodedata.statistics.totals import TotalsCheck
from lodedata.vocab import load_vocabulary

DIMENSION_TITLES: Mapping[str, Message] = {
    "indicator": msg("an indicator"),
    "commodity": msg("a commodity"),
    "stage": msg("a stage of processing"),
    "basis": msg("a basis of quantities"),
    "area": msg("an area"),
    "transformation": msg("a transformation"),
    "unit": msg("a unit"),
}
DEFAULTS: Mapping[str, str] = {"stage": "all", "basis": "none", "transformation": "level"}
"""The terms of dimensions that a mapping may leave out."""


@dataclass(frozen=True, slots=True)
class StatisticsReading:
    """One row of a file with its observations; a problem sends the row to quarantine.

    A row without observations and problems is out of scope, or holds no value.
    """

    row: SourceRow
    observations: tuple[tuple[SeriesKey, Observation], ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Dimension:
    """The series of a combination of texts: its key, or the problems of the texts; neither if it is out of scope."""

    key: SeriesKey | None
    problems: tuple[Problem, ...] = ()


def read_statistics(source: StatisticsSource, path: Path, tally: Tally) -> Iterator[StatisticsReading]:
    """Yield a reading for each row of a source's tables. Raises FileRefused and MappingRefused."""
    for spec in _choose_tables(source, path):
        file = find_only_file(path, spec.file) if path.is_dir() else path
        hints = Hints(spec.part, spec.encoding, spec.delimiter, spec.header_row, spec.header_lines)
        table = open_table(file, hints)
        if spec.fill_down:
            table = fill_table_down(table, spec.fill_down, frozenset(spec.nulls))
        yield from StatisticsReader(source.series_source, spec, table, tally).read_rows()


def _choose_tables(source: StatisticsSource, path: Path) -> tuple[ObservationTable, ...]:
    if path.is_dir() or len(source.observations) == 1:
        return source.observations
    tables = tuple(spec for spec in source.observations if path.match(spec.file))
    if not tables:
        patterns = ", ".join(repr(spec.file) for spec in source.observations)
        raise FileRefused(
            msg(
                "%(file)s: is not one of the files of %(source)s, which are named %(patterns)s; name its folder",
                file=path.name,
                source=source.name,
                patterns=patterns,
            )
        )
    return tables


class StatisticsReader:
    """A mapping of statistics bound to the columns of one open table."""

    def __init__(self, source: str, spec: ObservationTable, table: InputTable, tally: Tally) -> None:
        self.source, self.spec, self.table, self.tally = source, spec, table, tally
        self._usage = tally.usage.setdefault(table.name, ColumnUsage(table.columns))
        index = {c: i for i, c in enumerate(table.columns) if c}
        bound = Columns(table.name, index, frozenset(spec.nulls), tally, self._usage)
        self._values = [_BoundValue(spec, value, bound) for value in _list_value_specs(spec, table)]
        self._usage.finish(find_columns_within(spec.model_dump(exclude={"ignored", "nulls"})), spec.ignored, bound.nulls)
        self._totals = TotalsCheck()
        self._dimensions = lru_cache(maxsize=200_000)(self._resolve_dimensions)

    def read_rows(self) -> Iterator[StatisticsReading]:
        """Yield the reading of every row; those with a world total come last, as they are compared with their parts."""
        later = []
        count = 0
        for row in self.table.rows:
            count += 1
            reading = self._reading(row)
            if self._totals.is_total(reading.observations):
                later.append((row, reading))
                continue
            self._totals.add(reading.observations)
            yield reading
        self.tally.rows[self.table.name] = count
        if self.spec.rows_at_least is not None and count < self.spec.rows_at_least:
            raise FileRefused(
                msg(
                    "%(table)s: has %(number)s rows, fewer than the %(least)s that it is known to have; is the file complete?",
                    table=self.table.name,
                    number=count,
                    least=self.spec.rows_at_least,
                )
            )
        for row, reading in later:
            wrong = self._totals.problems(reading.observations)
            yield reading if not wrong else self._build_refusal(row, reading.row, wrong)

    def _reading(self, row: InputRow) -> StatisticsReading:
        locator = f"{self.table.name}, row {row.number}"
        if row.defect is not None:
            detail = {"expected": str(len(self.table.columns))} if row.defect == "wrong-cell-count" else {}
            return self._build_refusal(
                row, SourceRow("", b"", locator), (Problem(row.defect, str(len(row.cells)), None, detail),)
            )
        observations: list[tuple[SeriesKey, Observation]] = []
        problems: list[Problem] = []
        for value in self._values:
            observation = self._read_observation(value, row.cells, locator, problems)
            if observation is not None:
                observations.append(observation)
        if problems:
            return self._build_refusal(row, SourceRow("", b"", locator), tuple(problems))
        self._usage.close(row.cells, row.number, "used" if observations else "row-out-of-scope")
        return StatisticsReading(SourceRow(f"#{row.number}", b"", locator), tuple(observations))

    def _build_refusal(self, row: InputRow, source_row: SourceRow, problems: tuple[Problem, ...]) -> StatisticsReading:
        raw = orjson.dumps({k: _convert_value(v) for k, v in zip(self.table.columns, row.cells, strict=False)})
        self._usage.close(row.cells, row.number, "row-refused")
        return StatisticsReading(replace(source_row, key=f"#{row.number}", raw=raw), (), problems)

    def _read_observation(
        self, value: "_BoundValue", cells: Cells, locator: str, problems: list[Problem]
    ) -> tuple[SeriesKey, Observation] | None:
        """Return the observation of one value of a row; None without one, with its problems added."""
        commodity = value.dimensions["commodity"](cells)
        if commodity is None or not _is_in_scope(commodity):
            return None
        raw = value.value(cells)
        flag = value.flag(cells) if raw is None and value.flag is not None else None
        if raw is None and flag not in FLAGS:
            return None
        printed = flag if raw is None else raw
        assert printed is not None
        when = self._read_period(value, cells, problems)
        if when is None:
            return None
        texts = tuple(commodity if name == "commodity" else value.dimensions[name](cells) for name in DIMENSION_CELLS)
        series = self._dimensions(when.freq, texts)
        problems += (replace(problem, column=value.column(str(problem.detail.get("key", "")))) for problem in series.problems)
        if series.key is None:
            return None
        printed_value = self._read_printed_value(value, printed, series.key, problems)
        if printed_value is None:
            return None
        own = printed_value.obs_status if printed_value.obs_status != "A" else None
        obs_status = own or value.status(cells, problems) or when.obs_status or "A"
        note = value.note(cells) or ""
        return series.key, Observation(
            when.begin, printed_value.value, printed, printed_value.bound, obs_status, printed_value.conf_status, note, locator
        )

    def _read_period(self, value: "_BoundValue", cells: Cells, problems: list[Problem]) -> Period | None:
        text = value.period(cells)
        if text is None:
            problems.append(Problem("period-missing", "", value.column("period")))
            return None
        try:
            return _parse_cached_period(text)
        except Unreadable as hint:
            rule = "period-of-several-years" if str(hint) else "period-unreadable"
            problems.append(Problem(rule, text, value.column("period")))
            return None

    def _read_printed_value(
        self, value: "_BoundValue", text: str, key: SeriesKey, problems: list[Problem]
    ) -> PrintedValue | None:
        try:
            printed_value = parse_printed_value(text, self.spec.decimal)
        except Unreadable as hint:
            problems.append(Problem("not-a-number", text, value.column("value"), {"hint": str(hint)}))
            return None
        if (
            printed_value.value is not None
            and printed_value.value < 0
            and not may_be_negative(key.indicator, key.transformation)
        ):
            problems.append(Problem("negative-amount", text, value.column("value"), {"hint": ""}))
        if printed_value.value is not None and key.transformation == "share" and not 0 <= printed_value.value <= 100:
            problems.append(Problem("share-over-100", text, value.column("value")))
        return printed_value

    def _resolve_dimensions(self, freq: str, texts: tuple[str | None, ...]) -> Dimension:
        """Return the series of the texts of a row, with a problem for each text that is no term."""
        codes: dict[str, str] = {}
        problems: list[Problem] = []
        for name, text in zip(DIMENSION_CELLS, texts, strict=True):
            dimension_text = text or DEFAULTS.get(name)
            if dimension_text is None:
                problems.append(Problem("dimension-missing", "", None, _name_dimension(name)))
                continue
            term = find_term(name, dimension_text)
            if term is None:
                problems.append(
                    Problem(
                        "unknown-area" if name == "area" else "unknown-dimension", dimension_text, None, _name_dimension(name)
                    )
                )
            else:
                codes[name] = term.code
        if not problems:
            problems += _find_contradictions(codes)
        if problems:
            return Dimension(None, tuple(problems))
        unit, multiplier = split_unit_multiplier(codes.pop("unit"))
        return Dimension(SeriesKey(self.source, freq=freq, unit=unit, unit_mult=multiplier, **codes))


class _BoundValue:
    """The readers of one value of a row and of its dimensions."""

    def __init__(self, table: ObservationTable, spec: ValueSpec, bound: Columns) -> None:
        self._table, self._spec = table, spec
        self.dimensions = {name: _build_reader(table.cell(spec, name), bound) for name in DIMENSION_CELLS}
        self.value = fields.build_text_reader(spec.value, bound)
        self.flag = fields.build_text_reader(spec.flag, bound) if spec.flag is not None else None
        self.period = _build_reader(table.cell(spec, "period"), bound)
        self._statuses = [fields.build_text_reader(cell, bound) for cell in table.status_cells(spec)]
        self.note = _build_reader(table.cell(spec, "note"), bound)

    def status(self, cells: Cells, problems: list[Problem]) -> str | None:
        """Return the status that a row states for the value."""
        for take in self._statuses:
            if (text := take(cells)) is not None:
                term = load_vocabulary("observation-status").find(text)
                if term is None:
                    detail = {"dimension": msg("an observation status")}
                    problems.append(Problem("unknown-dimension", text, None, detail))
                return term.code if term is not None else None
        return None

    def column(self, name: str) -> str | None:
        """Return the column that a part of the value is taken from."""
        if not name:
            return None
        cell = self._spec.value if name == "value" else self._table.cell(self._spec, name)
        return cell.column if cell is not None else None


def _list_value_specs(spec: ObservationTable, table: InputTable) -> tuple[ValueSpec, ...]:
    """Return the values of each row: those of the mapping, or one for each column that its pattern matches."""
    if spec.columns is None:
        return spec.values
    matches = [match for name in table.columns if (match := re.fullmatch(spec.columns, name))]
    if not matches:
        raise FileRefused(
            msg(
                "%(table)s: no column matches the pattern %(pattern)r; there are %(choices)s",
                table=table.name,
                pattern=spec.columns,
                choices=", ".join(map(repr, filter(None, table.columns))),
            )
        )
    return tuple(ValueSpec(value=Cell(column=m.string), period=Cell(const=m["period"])) for m in matches)


def _build_reader(cell: Cell | None, bound: Columns) -> TextGetter:
    return (lambda cells: None) if cell is None else fields.build_text_reader(cell, bound)


@lru_cache(maxsize=8192)
def _parse_cached_period(text: str) -> Period:
    return parse_period(text)


@lru_cache(maxsize=8192)
def _is_in_scope(commodity: str) -> bool:
    """Return whether a text is no known commodity outside the scope; an unknown one is reported, not left out."""
    term = load_vocabulary("commodity").find(commodity)
    return term is None or term.extra["scope"] == "in"


def _name_dimension(dimension: str) -> dict[str, object]:
    return {"dimension": DIMENSION_TITLES[dimension], "key": dimension}


def _label(dimension: str, code: str) -> Label:
    return Label(label(dimension, code, "en"), label(dimension, code, "zh"))


def _find_contradictions(codes: Mapping[str, str]) -> Iterator[Problem]:
    """Yield the problems of terms that exclude each other."""
    commodity, stage, indicator = codes["commodity"], codes["stage"], codes["indicator"]
    if not has_stage(commodity, stage):
        yield Problem("stage-absent", stage, None, {"key": "stage", "commodity": _label("commodity", commodity)})
    if not measures(indicator, codes["transformation"], codes["unit"]):
        detail = {"key": "unit", "indicator": _label("indicator", indicator)}
        yield Problem("unit-of-another-kind", codes["unit"], None, detail)


def _convert_value(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)

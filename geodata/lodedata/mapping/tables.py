"""Reading of files by their mapping: one row in, one Reading out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import orjson

from lodedata.cells import parse_partial_date
from lodedata.errors import FileRefused, MappingRefused
from lodedata.figures.main_commodity import set_main_commodity
from lodedata.kinds import KINDS
from lodedata.mapping import generic
from lodedata.mapping.builder import RecordBuilder
from lodedata.mapping.column_usage import OTHERS, ColumnUsage, Outcome
from lodedata.mapping.columns import list_mentioned_columns
from lodedata.mapping.drill_checks import DRILL_KINDS, DrillChecks
from lodedata.mapping.model import Source, TableSpec
from lodedata.mapping.public_columns import GEOMETRY
from lodedata.mapping.reading import Reading, ReadingExtension, Tally, describe_defect, extend_reading
from lodedata.mapping.shape import (
    correct_table,
    fill_table_down,
    group_rows_by_key,
    join_tables,
    merge_commodities,
    merge_row_records,
    unpivot_table,
)
from lodedata.mapping.summary_rows import find_summary_row_problem
from lodedata.mapping.values import fields
from lodedata.mapping.values.fields import Columns, Problems
from lodedata.mapping.values.internal import build_internal_reader
from lodedata.mapping.values.keys import build_key_maker
from lodedata.messages import msg
from lodedata.problems import Problem
from lodedata.read import Hints, InputRow, InputTable, open_table
from lodedata.records import (
    Commodity,
    Deposit,
    Discovery,
    MineralRecord,
    PartialDate,
    Project,
    SourceRow,
)
from lodedata.vocab import load_vocabulary

MAX_KEY_LENGTH = 500
_REPLACEMENT = "\ufffd".encode()
_KINDS = frozenset(name for name, kind in KINDS.items() if kind.merged)


def read_mapped(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Yield the reading of every row of a source's tables by its mapping. Raises FileRefused and MappingRefused."""
    specs = choose_table_specs(source, path)
    checks = _drill_checks(source, specs, path, tally)
    for spec in specs:
        readings = read_table(source, spec, find_table_file(spec, path), tally)
        yield from readings if checks is None else map(checks.checked, readings)


def _drill_checks(source: Source, specs: Sequence[TableSpec], path: Path, tally: Tally) -> DrillChecks | None:
    """Return the checks among the tables of drill holes, which are read for them once more; None without such tables."""
    drilled = [spec for spec in specs if spec.kind.const in DRILL_KINDS]
    if not drilled:
        return None
    checks = DrillChecks()
    for spec in drilled:
        for reading in read_table(source, spec, find_table_file(spec, path), Tally(decided=tally.decided)):
            checks.note(reading)
    return checks


def choose_table_specs(source: Source, path: Path) -> tuple[TableSpec, ...]:
    """Return the tables to read at a path: all of them for a folder, those whose pattern matches for a file."""
    if path.is_dir() or len(source.tables) == 1:
        return source.tables
    table_specs = tuple(spec for spec in source.tables if path.match(spec.file))
    if not table_specs:
        patterns = ", ".join(repr(spec.file) for spec in source.tables)
        raise FileRefused(
            msg(
                "%(file)s: is not one of the files of %(source)s, which are named %(patterns)s; name its folder",
                file=path.name,
                source=source.name,
                patterns=patterns,
            )
        )
    return table_specs


def find_table_file(spec: TableSpec, path: Path) -> Path:
    """Return the file of a table: the path itself, or the only file in the folder that matches the table's pattern."""
    return find_only_file(path, spec.file) if path.is_dir() else path


def find_workbook(path: Path) -> Path:
    """Return the path itself, or the only workbook in the folder, less the lock files (~$) of open ones."""
    return find_only_file(path, "[!~]*.xlsx") if path.is_dir() else path


def find_only_file(folder: Path, name: str) -> Path:
    """Return the only file of a folder that matches a pattern. Raises FileRefused."""
    paths = sorted(folder.glob(name))
    if len(paths) != 1:
        what = f"there are {len(paths)}: {', '.join(f.name for f in paths[:5])}" if paths else "there is none"
        raise FileRefused(msg("%(path)s: one file named %(file)r is expected, %(what)s", path=folder, file=name, what=what))
    return paths[0]


def read_table(
    source: Source, spec: TableSpec, path: Path, tally: Tally, extension: ReadingExtension | None = None
) -> Iterator[Reading]:
    """Yield the readings of one table. Raises FileRefused and MappingRefused."""
    hints = Hints(spec.part, spec.encoding, spec.delimiter, spec.header_row, spec.header_lines)
    table = shape_table(spec, path, open_table(path, hints))
    table = replace(table, again=lambda: shape_table(spec, path, open_table(path, hints)).rows)
    tally.origins.update(table.origins)
    kind = generic.find_generic_kind(spec)
    if kind is not None:
        yield from generic.read_generic(kind, spec, table, tally, extension, _get_source_date(source))
        return
    if spec.position is not None and spec.position.geometry and not table.has_geometry:
        raise MappingRefused(
            msg("%(table)s: has no geometry; name the columns of the position as `lon` and `lat`", table=table.name)
        )
    reader = TableReader(source, spec, table, tally, extension)
    if spec.merges:
        yield from reader.merged(table.rows)
        return
    for row in table.rows:
        yield reader.reading(row)


def shape_table(spec: TableSpec, path: Path, table: InputTable) -> InputTable:
    """Return a table with its blanks filled down, its series as rows and its joined tables, as a mapping states them."""
    nulls = frozenset(spec.nulls)
    if spec.corrections:
        table = correct_table(table, spec.corrections)
    if spec.fill_down:
        table = fill_table_down(table, spec.fill_down, nulls)
    if spec.unpivot is not None:
        table = unpivot_table(table, spec.unpivot, nulls)
    if spec.join:
        table = join_tables(table, spec.join, spec.key, nulls, lambda name: _find_file_next_to(path, name))
    return table


def _find_file_next_to(path: Path, name: str) -> Path:
    """Return the file of a joined table: the same file for ``*``, else the only one of its name in the file's folder."""
    return path if name == "*" else find_only_file(path.parent, name)


def build_row_reader(source: Source, spec: TableSpec, table: InputTable, tally: Tally) -> Callable[[InputRow], Reading]:
    """Return the reader of one row of a table. Raises FileRefused and MappingRefused."""
    kind = generic.find_generic_kind(spec)
    return (
        TableReader(source, spec, table, tally).reading
        if kind is None
        else generic.build_generic_row_reader(kind, spec, table, tally, None, _get_source_date(source))
    )


def _get_source_date(source: Source) -> PartialDate | None:
    return parse_partial_date(source.as_of) if source.as_of else None


class TableReader:
    """A mapping bound to the columns of one open table."""

    def __init__(
        self, source: Source, spec: TableSpec, table: InputTable, tally: Tally, extension: ReadingExtension | None = None
    ) -> None:
        self.spec = spec
        self._extension = extension
        self.columns = table.columns
        self.file = table.name
        self.tally = tally
        self._rows = 0
        self._keys: dict[str, int] = {}
        self._seen: set[str] = set()
        self._numbers = spec.merges or spec.repeated_keys == "number"
        self._filled = tally.filled.setdefault(table.name, dict.fromkeys(spec.fill, 0))
        self._usage = tally.usage.setdefault(table.name, ColumnUsage(table.columns))
        index = {c: i for i, c in enumerate(table.columns) if c}
        bound = Columns(table.name, index, frozenset(spec.nulls), tally, self._usage, table.again)
        self._key = build_key_maker(spec.key, bound)
        self._kind = fields.build_text_reader(spec.kind, bound)
        self._internal = build_internal_reader(spec, bound)
        self._build = RecordBuilder(spec, bound, table.crs, _get_source_date(source))
        self._scope = frozenset(t.code for t in load_vocabulary("commodity") if t.extra["scope"] == "in")
        further = extension.columns if extension is not None else ()
        self._usage.finish((*list_mentioned_columns(spec), *further), (*spec.ignored, *spec.public_columns), bound.nulls)

    def merged(self, rows: Iterable[InputRow]) -> Iterator[Reading]:
        """Yield one reading for the rows of each key; a refused row has a reading of its own. Raises FileRefused."""
        for members in group_rows_by_key(self.file, rows, lambda row: self._key(row.cells, 0)):
            if len(members) == 1:
                yield self.reading(members[0])
                continue
            commodities = merge_commodities(self._build.commodities(row.cells, []) for row in members)
            self._usage.forget()
            readings = [self.reading(row, commodities) for row in members]
            yield from (reading for reading in readings if reading.refused)
            if taken := [reading for reading in readings if not reading.refused]:
                yield _merge_readings(taken)

    def reading(self, row: InputRow, commodities: tuple[Commodity, ...] | None = None) -> Reading:
        """Return the reading of one row, whose cells are counted by column; ``commodities`` are those of its record."""
        internal = row.defect is None and self._internal(row.cells)
        reading = self._build_reading(row, commodities)
        alone = False
        if self._extension is not None:
            reading, alone = extend_reading(reading, row, self._usage, self._extension)
        repeated = self._repeats_earlier_key(reading.rows[0].key) and not reading.refused
        used = reading.records or alone
        outcome: Outcome = "row-refused" if reading.refused or repeated else "used" if used else "row-out-of-scope"
        own = [*[None] * row.repeated, *row.cells[row.repeated :]] if row.repeated else row.cells
        dropped = self._usage.close(own, row.number, outcome)
        if dropped or internal:
            return replace(reading, problems=(*reading.problems, *dropped), internal=internal)
        return reading

    def _repeats_earlier_key(self, key: str) -> bool:
        """Return whether an earlier row has the key, refused or not, so that this one is refused."""
        if self._numbers or key not in self._seen:
            self._seen.add(key)
            return False
        return True

    def _build_reading(self, row: InputRow, shared: tuple[Commodity, ...] | None) -> Reading:
        self._rows += 1
        self.tally.rows[self.file] = self._rows
        locator = f"{self.file if row.origin is None else row.origin.table}, row {row.number}"
        raw = self._dump_raw(row)
        summary = find_summary_row_problem(row.cells, len(self.columns))
        if summary is not None:
            return Reading((SourceRow(f"#{self._rows}", raw, locator),), (), (summary,))
        if row.defect is not None:
            key = self._get_key_or_number(row)
            return Reading((SourceRow(key, raw, locator),), (), (describe_defect(row, self.columns),))
        problems: Problems = []
        key = self._key(row.cells, self._rows) or ""
        if not key:
            problems.append(Problem("missing-key", "", self.spec.key))
        elif len(key) > MAX_KEY_LENGTH:
            detail = {"length": f"{len(key):,}", "longest": str(MAX_KEY_LENGTH)}
            problems.append(Problem("long-key", key, self.spec.key, detail))
            key = ""
        elif self._numbers:
            key = self._number_key(key)
        if b"\\u0000" in raw:
            problems.append(Problem("nul-byte", "", self._find_column_with(row, "\0")))
        if _REPLACEMENT in raw:
            column = self._find_column_with(row, "\ufffd")
            problems.append(Problem("damaged-text", self._get_public_cell(row, column), column))
        rows = (SourceRow(key or f"#{self._rows}", raw, locator),)
        kind = self._kind(row.cells)
        if kind not in _KINDS:
            problems.append(Problem("unknown-kind", kind or "", self.spec.kind.column))
            return Reading(rows, (), tuple(problems))
        commodities = self._build.commodities(row.cells, problems)
        commodities = commodities if shared is None else shared
        if not commodities:
            return Reading(rows, (), (*_drop_vocabulary_problems(problems, "commodity"), self._report_no_commodity(row)))
        if not self.spec.everything and not any(c.code in self._scope for c in commodities):
            # other problems of a row out of scope don't matter
            refusing = tuple(p for p in problems if p.refuses)
            return Reading(rows, (), refusing or (Problem("other-mineral", ""),))
        record = self._build.record(kind, row, commodities, problems)
        record = set_main_commodity(record) if shared is None else record
        self._count_filled(record)
        if any(p.refuses for p in problems):
            return Reading(rows, (), tuple(problems))
        return Reading(rows, (record,), tuple(problems))

    def _report_no_commodity(self, row: InputRow) -> Problem:
        terms = self._build.commodity_terms(row.cells)
        column = self.spec.commodities[0].column if self.spec.commodities else None
        return Problem("no-known-commodity", "; ".join(terms), column)

    def _dump_raw(self, row: InputRow) -> bytes:
        columns, own = (self.columns, row.cells) if row.origin is None else (row.origin.columns, row.origin.cells)
        cells = dict(zip(columns, own, strict=False))
        if len(own) > len(columns):
            cells["…"] = list(own[len(columns) :])
        if row.geometry is not None and self.spec.position is not None and self.spec.position.geometry:
            cells[GEOMETRY] = row.geometry.hex() if len(row.geometry) < 10_000 else f"{len(row.geometry)} bytes"
        try:
            return orjson.dumps(cells)
        except orjson.JSONEncodeError:
            return orjson.dumps({k: str(v).encode("utf-8", "replace").decode() for k, v in cells.items()})

    def _get_key_or_number(self, row: InputRow) -> str:
        if len(row.cells) == len(self.columns):
            key = self._key(row.cells, self._rows)
            if key and len(key) <= MAX_KEY_LENGTH:
                return self._number_key(key) if self._numbers else key
        return f"#{self._rows}"

    def _number_key(self, key: str) -> str:
        count = self._keys.get(key, 0) + 1
        self._keys[key] = count
        return key if count == 1 else f"{key}#{count}"

    def _find_column_with(self, row: InputRow, character: str) -> str | None:
        for column, cell in zip(self.columns, row.cells, strict=False):
            if isinstance(cell, str) and character in cell:
                return column
        return None

    def _get_public_cell(self, row: InputRow, column: str | None) -> str:
        """Return the text of a cell for a flag; that of a column that is not public is left out."""
        closed = column is None or (column in self._usage.unread and not {column, OTHERS} & set(self.spec.public_columns))
        return "…" if closed else str(row.cells[self.columns.index(str(column))])

    def _count_filled(self, record: Deposit | Discovery | Project) -> None:
        self.tally.built[self.file] = self.tally.built.get(self.file, 0) + 1
        for name in self._filled:
            if getattr(record, name, None) not in (None, (), ""):
                self._filled[name] += 1


def _merge_readings(readings: Sequence[Reading]) -> Reading:
    """Return one reading of the rows of one record; rows that were made from one row of the file are one."""
    rows = {row.locator: row for reading in reversed(readings) for row in reading.rows}
    problems: Problems = []
    for problem in (problem for reading in readings for problem in reading.problems):
        if problem not in problems:
            problems.append(problem)
    records = [record for reading in readings for record in reading.records]
    merged = merge_row_records(records, problems) if records else None
    decided = set_main_commodity(merged) if isinstance(merged, MineralRecord) else merged
    return Reading(
        tuple(reversed(rows.values())),
        (decided,) if decided is not None else (),
        tuple(problems),
        internal=any(reading.internal for reading in readings),
    )


def _drop_vocabulary_problems(problems: Problems, name: str) -> Problems:
    """Return the problems without unknown terms of one vocabulary, which a more serious problem covers."""
    return [p for p in problems if p.detail.get("vocabulary") != name]

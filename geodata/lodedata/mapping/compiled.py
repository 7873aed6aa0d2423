"""A table's mapping made into functions: one row in, one Reading out."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from lodedata.cells import Unreadable, number, partial_date
from lodedata.mapping import fields
from lodedata.mapping.fields import Cells, Columns, Problems
from lodedata.mapping.model import (
    EstimateSpec,
    MappingRefused,
    MeasureSpec,
    OwnerSpec,
    PhaseSpec,
    Source,
    TableSpec,
)
from lodedata.mapping.place import placer
from lodedata.mapping.reading import Reading, Tally
from lodedata.problems import Problem
from lodedata.read import FileRefused, Hints, Row, Table, open_tables
from lodedata.records import (
    Commodity,
    CommodityMeasure,
    Deposit,
    Discovery,
    Estimate,
    Owner,
    PartialDate,
    Phase,
    Project,
    SourceRow,
)
from lodedata.vocab import vocabulary

UNDIVIDED = "endowment"
"""The category of a tonnage that its source does not divide into classes (EarthResourceML Endowment)."""

_REPLACEMENT = "\ufffd".encode()
_KINDS = ("deposit", "discovery", "project")


def read_mapped(source: Source, path: Path, tally: Tally) -> Iterator[Reading]:
    """Every row of every table of a source, as its mapping says. Raises FileRefused and MappingRefused."""
    for spec in tables_of(source, path):
        yield from read_table(source, spec, file_of(spec, path), tally)


def tables_of(source: Source, path: Path) -> tuple[TableSpec, ...]:
    """The tables to read at a path: all of a folder's, and of a single file the one whose pattern names it."""
    if path.is_dir() or len(source.tables) == 1:
        return source.tables
    found = tuple(spec for spec in source.tables if path.match(spec.file))
    if not found:
        patterns = ", ".join(repr(spec.file) for spec in source.tables)
        raise FileRefused(f"{path.name}: is none of the files of {source.name}, which are named {patterns}; name its folder")
    return found


def file_of(spec: TableSpec, path: Path) -> Path:
    """The file of a table: the path itself, or the one file in the folder that the table's pattern names."""
    if not path.is_dir():
        return path
    found = sorted(path.glob(spec.file))
    if len(found) != 1:
        what = f"there are {len(found)}: {', '.join(f.name for f in found[:5])}" if found else "there is none"
        raise FileRefused(f"{path}: one file named {spec.file!r} is expected, {what}")
    return found[0]


def read_table(source: Source, spec: TableSpec, path: Path, tally: Tally) -> Iterator[Reading]:
    """The rows of one table. Raises FileRefused and MappingRefused."""
    table = open_one(spec, path)
    if spec.position is not None and spec.position.geometry and not table.has_geometry:
        raise MappingRefused(f"{table.name}: has no geometry; name the columns of the position as `lon` and `lat`")
    compiled = TableReader(source, spec, table, tally)
    for row in table.rows:
        yield compiled.reading(row)


def open_one(spec: TableSpec, path: Path) -> Table:
    """The one table that a mapping means in a file; refuses where the file has several and none is named."""
    hints = Hints(spec.part, spec.encoding, spec.delimiter, spec.header_row)
    tables = open_tables(path, hints)
    if len(tables) > 1:
        parts = ", ".join(repr(table.part) for table in tables)
        raise FileRefused(f"{path.name}: holds {len(tables)} tables ({parts}); name one as `part`")
    return tables[0]


class TableReader:
    """A mapping bound to the columns of one open table."""

    def __init__(self, source: Source, spec: TableSpec, table: Table, tally: Tally) -> None:
        self.spec = spec
        self.columns = table.columns
        self.file = table.name
        self.tally = tally
        self._rows = 0
        self._keys: dict[str, int] = {}
        self._filled = tally.filled.setdefault(table.name, dict.fromkeys(spec.fill, 0))
        bound = Columns(table.name, {c: i for i, c in enumerate(table.columns) if c}, frozenset(spec.nulls), tally)
        self._note_unmapped(table)
        self._key = _key_maker(spec.key, bound)
        self._kind = fields.text(spec.kind, bound)
        as_of = partial_date(source.as_of) if source.as_of else None
        self._build = RecordBuilder(spec, bound, table.crs, as_of)
        self._scope = frozenset(t.code for t in vocabulary("commodity") if t.extra["scope"] == "in")

    def reading(self, row: Row) -> Reading:
        """What one row becomes."""
        self._rows += 1
        self.tally.rows[self.file] = self._rows
        locator = f"{self.file}, row {row.number}"
        raw = self._raw(row)
        if row.trouble is not None:
            key = self._key_or_number(row)
            return Reading((SourceRow(key, raw, locator),), (), (self._trouble(row),))
        problems: Problems = []
        key = self._key(row.cells, self._rows) or ""
        if not key:
            problems.append(Problem("missing-key", "", self.spec.key))
        elif self.spec.repeated_keys == "number":
            key = self._numbered(key)
        if b"\\u0000" in raw:
            problems.append(Problem("nul-byte", "", self._column_with(row, "\0")))
        if _REPLACEMENT in raw:
            column = self._column_with(row, "\ufffd")
            problems.append(Problem("damaged-text", self._cell(row, column), column))
        rows = (SourceRow(key or f"#{self._rows}", raw, locator),)
        kind = self._kind(row.cells)
        if kind not in _KINDS:
            problems.append(Problem("unknown-kind", kind or "", self.spec.kind.column))
            return Reading(rows, (), tuple(problems))
        commodities = self._build.commodities(row.cells, problems)
        if not commodities:
            return Reading(rows, (), (*_without(problems, "commodity"), self._no_commodity(row)))
        if not self.spec.everything and not any(c.code in self._scope for c in commodities):
            # the rest of such a row is nobody's business here
            return Reading(rows, (), tuple(p for p in problems if p.refuses))
        record = self._build.record(kind, row, commodities, problems)
        self._count_filled(record)
        if any(p.refuses for p in problems):
            return Reading(rows, (), tuple(problems))
        return Reading(rows, (record,), tuple(problems))

    def _no_commodity(self, row: Row) -> Problem:
        words = self._build.commodity_words(row.cells)
        column = self.spec.commodities[0].column if self.spec.commodities else None
        return Problem("no-known-commodity", "; ".join(words), column)

    def _raw(self, row: Row) -> bytes:
        cells = dict(zip(self.columns, row.cells, strict=False))
        if len(row.cells) > len(self.columns):
            cells["…"] = list(row.cells[len(self.columns) :])
        if row.geometry is not None and self.spec.position is not None and self.spec.position.geometry:
            cells["geometry (WKB)"] = row.geometry.hex() if len(row.geometry) < 10_000 else f"{len(row.geometry)} bytes"
        try:
            return orjson.dumps(cells)
        except orjson.JSONEncodeError:
            return orjson.dumps({k: str(v).encode("utf-8", "replace").decode() for k, v in cells.items()})

    def _trouble(self, row: Row) -> Problem:
        if row.trouble == "wrong-cell-count":
            return Problem("wrong-cell-count", str(len(row.cells)), None, {"expected": str(len(self.columns))})
        assert row.trouble is not None
        for column, cell in zip(self.columns, row.cells, strict=False):
            if isinstance(cell, str) and cell.startswith("="):
                return Problem(row.trouble, cell, column)
        return Problem(row.trouble, "")

    def _key_or_number(self, row: Row) -> str:
        if len(row.cells) == len(self.columns):
            return self._key(row.cells, self._rows) or f"#{self._rows}"
        return f"#{self._rows}"

    def _numbered(self, key: str) -> str:
        count = self._keys.get(key, 0) + 1
        self._keys[key] = count
        return key if count == 1 else f"{key}#{count}"

    def _column_with(self, row: Row, character: str) -> str | None:
        for column, cell in zip(self.columns, row.cells, strict=False):
            if isinstance(cell, str) and character in cell:
                return column
        return None

    def _cell(self, row: Row, column: str | None) -> str:
        return str(row.cells[self.columns.index(column)]) if column is not None else ""

    def _count_filled(self, record: Deposit | Discovery | Project) -> None:
        self.tally.built[self.file] = self.tally.built.get(self.file, 0) + 1
        for name in self._filled:
            if getattr(record, name, None) not in (None, (), ""):
                self._filled[name] += 1

    def _note_unmapped(self, table: Table) -> None:
        named = set(mentioned_columns(self.spec)) | {name.strip() for name in self.spec.ignored}
        unmapped = [column for column in table.columns if column and column not in named]
        if unmapped:
            self.tally.unmapped_columns[table.name] = unmapped


class RecordBuilder:
    """Builds the record of a row from the functions of a table's fields."""

    def __init__(self, spec: TableSpec, bound: Columns, file_crs: str | None, as_of: PartialDate | None) -> None:
        self._as_of = as_of
        self._spec = spec
        none: Callable[[Cells], None] = lambda cells: None  # noqa: E731
        text = {
            name: fields.text(getattr(spec, name), bound) if getattr(spec, name) is not None else none
            for name in ("name_en", "name_zh", "country", "division", "note_en", "note_zh")
        }
        self._text = text
        self._aliases = [fields.words(cell, bound) for cell in spec.aliases]
        self.commodities = fields.commodities(spec.commodities, bound)
        self._commodity_words = [fields.words(cell, bound) for cell in spec.commodities]
        self._place = placer(spec.position, bound, file_crs) if spec.position is not None else None
        self._date = fields.date(spec.as_of, bound) if spec.as_of is not None else None
        self._countries, self._divisions = vocabulary("country"), vocabulary("division")
        self._bound = bound
        self._estimates = [_estimate(e, bound) for e in spec.estimates]
        self._phases = [_phase(p, bound, as_of) for p in spec.phases]
        self._owners = [_owner(o, bound) for o in spec.owners]
        self._own = {
            "deposit": self._deposit_fields(spec, bound, as_of),
            "discovery": self._discovery_fields(spec, bound),
            "project": self._project_fields(spec, bound),
        }

    def commodity_words(self, cells: Cells) -> list[str]:
        """The words of a row's commodity columns, for a message."""
        return [word for taker in self._commodity_words for word in taker(cells)]

    def record(
        self, kind: str, row: Row, commodities: tuple[Commodity, ...], problems: Problems
    ) -> Deposit | Discovery | Project:
        """The record of a row with its commodities; what is wrong with it is added to ``problems``."""
        cells = row.cells
        common = self._common(row, problems) | {"commodities": commodities}
        main = commodities[0].code
        own: dict[str, Any] = {name: take(cells, problems) for name, take in self._own[kind].items()}
        if kind == "project":
            phases = (make(cells, problems, common["as_of"]) for make in self._phases)
            own["phases"] = tuple(phase for phase in phases if phase is not None)
            own["owners"] = tuple(owner for make in self._owners if (owner := make(cells, problems)) is not None)
            return Project(**common, **own)
        own["estimates"] = tuple(e for make in self._estimates if (e := make(cells, problems, main)) is not None)
        return Deposit(**common, **own) if kind == "deposit" else Discovery(**common, **own)

    def _common(self, row: Row, problems: Problems) -> dict[str, Any]:
        cells, text = row.cells, self._text
        country = self._code(text["country"](cells), "", self._countries, problems, soft=False)
        division = text["division"](cells)
        name_en, name_zh = text["name_en"](cells), text["name_zh"](cells)
        aliases = dict.fromkeys(alias for taker in self._aliases for alias in taker(cells))
        as_of = self._date(cells, problems) if self._date is not None else None
        return {
            "name_en": name_en,
            "name_zh": name_zh,
            "aliases": tuple(alias for alias in aliases if alias not in (name_en, name_zh)),
            "position": self._place(cells, row.geometry, problems) if self._place is not None else None,
            "country": country,
            "country_reported": text["country"](cells),
            "division": self._code(division, country, self._divisions, problems, soft=True) if country else None,
            "division_reported": division,
            "as_of": as_of or self._as_of,
            "note_en": text["note_en"](cells),
            "note_zh": text["note_zh"](cells),
        }

    def _code(self, word: str | None, scope: str, known: Any, problems: Problems, soft: bool) -> str | None:
        if word is None:
            return None
        found = known.find(word, scope)
        if found is None:
            self._bound.tally.miss(known.name, word)
            if not soft:
                column = self._spec.country.column if self._spec.country is not None else None
                problems.append(Problem("unknown-term", word, column, {"vocabulary": known.name}))
            return None
        code: str = found.code
        return code

    @staticmethod
    def _deposit_fields(spec: TableSpec, bound: Columns, as_of: PartialDate | None) -> dict[str, Any]:
        taken: dict[str, Any] = {
            **_plain_texts(spec, ("host_unit", "age"), bound),
            **_plain_terms(
                spec,
                {
                    "occurrence_type": "mineral-occurrence-type",
                    "deposit_form": "deposit-form",
                    "exploration_stage": "exploration-stage",
                },
                bound,
            ),
            **_model_fields(spec, bound),
        }
        if spec.discovery_year is not None:
            year = fields.date(spec.discovery_year, bound)
            taken["discovery_year"] = lambda cells, problems: (
                found.first.year if (found := year(cells, problems)) is not None else None
            )
        if spec.mine_status is not None:
            taken["mine_status"] = fields.status(spec.mine_status, bound, as_of)
        return taken

    @staticmethod
    def _discovery_fields(spec: TableSpec, bound: Columns) -> dict[str, Any]:
        taken: dict[str, Any] = {
            **_plain_texts(spec, ("announced_by",), bound),
            **_plain_terms(
                spec,
                {
                    "activity_type": "exploration-activity-type",
                    "result": "exploration-result",
                    "deposit_form": "deposit-form",
                },
                bound,
            ),
            **_model_fields(spec, bound),
        }
        if spec.exploration_stage is not None:
            said = fields.text(spec.exploration_stage, bound)
            taken["exploration_stage"] = fields.term(spec.exploration_stage, "exploration-stage", bound, soft=True)
            taken["stage_reported"] = lambda cells, problems: said(cells)
        if spec.discovery_date is not None:
            taken["discovery_date"] = fields.date(spec.discovery_date, bound)
        return taken

    @staticmethod
    def _project_fields(spec: TableSpec, bound: Columns) -> dict[str, Any]:
        if spec.facility_types is None:
            return {}
        said = fields.text(spec.facility_types.model_copy(update={"map": None}), bound)
        return {
            "facility_types": fields.terms(spec.facility_types, "facility-type", bound),
            "facility_reported": lambda cells, problems: said(cells),
        }


def _without(problems: Problems, name: str) -> Problems:
    """The problems but for unknown words of one vocabulary, which a weightier problem tells as well."""
    return [p for p in problems if p.detail.get("vocabulary") != name]


def _plain_texts(spec: TableSpec, names: Sequence[str], bound: Columns) -> dict[str, Any]:
    def taker(name: str) -> Callable[[Cells, Problems], str | None]:
        taken = fields.text(getattr(spec, name), bound)
        return lambda cells, problems: taken(cells)

    return {name: taker(name) for name in names if getattr(spec, name) is not None}


def _plain_terms(spec: TableSpec, names: dict[str, str], bound: Columns) -> dict[str, Any]:
    return {
        name: fields.term(getattr(spec, name), vocabulary_name, bound)
        for name, vocabulary_name in names.items()
        if getattr(spec, name) is not None
    }


def _model_fields(spec: TableSpec, bound: Columns) -> dict[str, Any]:
    """The deposit model by the first of several columns whose word is known, and all their words as reported."""
    if not spec.deposit_model:
        return {}
    takers = [fields.text(cell, bound) for cell in spec.deposit_model]
    said = [fields.text(cell.model_copy(update={"map": None}), bound) for cell in spec.deposit_model]
    known = vocabulary("deposit-model")

    def code(cells: Cells, problems: Problems) -> str | None:
        words = [word for take in takers if (word := take(cells)) is not None]
        for word in words:
            if (found := known.find(word)) is not None:
                return found.code
        for word in words:
            bound.tally.miss("deposit-model", word)
        return None

    def reported(cells: Cells, problems: Problems) -> str | None:
        return "; ".join(dict.fromkeys(word for take in said if (word := take(cells)) is not None)) or None

    return {"deposit_model": code, "deposit_model_reported": reported}


def estimate_category(word: str) -> str | None:
    """The code of a resource or reserve category, combined ones included, or ``endowment``; None for an unknown word."""
    if word == UNDIVIDED:
        return word
    found = vocabulary("resource-category").find(word) or vocabulary("reserve-category").find(word)
    return found.code if found is not None else None


def _estimate(spec: EstimateSpec, bound: Columns) -> Callable[[Cells, Problems, str | None], Estimate | None]:
    category = fields.text(spec.category, bound)
    code = fields.term(spec.code, "classification-code", bound) if spec.code is not None else None
    on = fields.date(spec.date, bound) if spec.date is not None else None
    ore = fields.amount(spec.ore, "mass", bound) if spec.ore is not None else None
    texts = {
        name: fields.text(cell, bound)
        for name in ("cut_off", "competent_person", "zone")
        if (cell := getattr(spec, name)) is not None
    }
    measures = [_measure(m, bound) for m in spec.measures]

    def made(cells: Cells, problems: Problems, main: str | None) -> Estimate | None:
        ore_mass = ore(cells, problems, None) if ore is not None else None
        found = tuple(m for make in measures if (m := make(cells, problems)) is not None)
        word = category(cells)
        if (ore_mass is None and not found) or word is None:
            return None
        known = estimate_category(word)
        if known is None:
            problems.append(Problem("unknown-category", word, spec.category.column))
            return None
        return Estimate(
            category=known,
            category_reported=word,
            code=code(cells, problems) if code is not None else None,
            on=on(cells, problems) if on is not None else None,
            ore=ore_mass,
            includes_reserves=spec.includes_reserves,
            measures=found,
            **{name: take(cells) for name, take in texts.items()},
        )

    return made


def _measure(spec: MeasureSpec, bound: Columns) -> Callable[[Cells, Problems], CommodityMeasure | None]:
    commodity = fields.term(spec.commodity, "commodity", bound)
    grade = fields.amount(spec.grade, "grade", bound) if spec.grade is not None else None
    contained = fields.amount(spec.contained, "mass", bound) if spec.contained is not None else None

    def made(cells: Cells, problems: Problems) -> CommodityMeasure | None:
        code = commodity(cells, problems)
        if code is None:
            return None
        grade_found = grade(cells, problems, code) if grade is not None else None
        amount_found = contained(cells, problems, code) if contained is not None else None
        if grade_found is None and amount_found is None:
            return None
        return CommodityMeasure(code, grade_found, amount_found)

    return made


def _phase(
    spec: PhaseSpec, bound: Columns, as_of: PartialDate | None
) -> Callable[[Cells, Problems, PartialDate | None], Phase | None]:
    texts: dict[str, Any] = {
        name: fields.text(cell, bound) for name in ("name", "technology", "note") if (cell := getattr(spec, name)) is not None
    }
    dates: dict[str, Any] = {
        name: fields.date(cell, bound) for name in ("start", "end") if (cell := getattr(spec, name)) is not None
    }
    product = fields.term(spec.product, "product", bound, soft=True) if spec.product is not None else None
    said = fields.text(spec.product.model_copy(update={"map": None}), bound) if spec.product is not None else None
    phase_type = fields.term(spec.phase_type, "phase-type", bound) if spec.phase_type is not None else None
    capacity = fields.amount(spec.capacity, "rate", bound) if spec.capacity is not None else None
    status = fields.status(spec.status, bound, as_of) if spec.status is not None else None

    def made(cells: Cells, problems: Problems, row_date: PartialDate | None) -> Phase | None:
        phase = Phase(
            phase_type=phase_type(cells, problems) if phase_type is not None else None,
            product=product(cells, problems) if product is not None else None,
            product_reported=said(cells) if said is not None else None,
            capacity=capacity(cells, problems, None) if capacity is not None else None,
            status=status(cells, problems, row_date) if status is not None else None,
            **{name: take(cells) for name, take in texts.items()},
            **{name: take(cells, problems) for name, take in dates.items()},
        )
        return None if phase == Phase() else phase

    return made


def _owner(spec: OwnerSpec, bound: Columns) -> Callable[[Cells, Problems], Owner | None]:
    taken = fields.text(spec.name.model_copy(update={"pattern": None}), bound)
    pattern = re.compile(spec.name.pattern) if spec.name.pattern is not None else None
    share = fields.figure(spec.share, bound) if spec.share is not None else None

    def made(cells: Cells, problems: Problems) -> Owner | None:
        name = taken(cells)
        percent = share(cells, problems) if share is not None else None
        if name is None:
            return None
        if pattern is not None and (match := pattern.fullmatch(name)):
            name = match["name"]
            try:
                percent = number(match["share"])
            except Unreadable as hint:
                problems.append(Problem("not-a-number", match["share"], spec.name.column, {"hint": str(hint)}))
                return None
        if percent is not None and not 0 <= percent <= 100:
            problems.append(Problem("share-over-100", fields.text_of(percent), spec.name.column))
            return None
        return Owner(name, share_pct=percent, role=spec.role)

    return made


def _key_maker(template: str, bound: Columns) -> Callable[[Cells, int], str | None]:
    """The key of a row: columns in braces, ``{#}`` the row's number; None where a column of it is empty."""
    parts = re.split(r"\{([^}]+)\}", template)
    literals, names = parts[::2], parts[1::2]
    places = [None if name == "#" else bound.at(name) for name in names]
    if not names:
        raise MappingRefused(f"{bound.table}: the key {template!r} names no column; write it as {{column}}")

    def key(cells: Cells, count: int) -> str | None:
        made = literals[0]
        for place, literal in zip(places, literals[1:], strict=True):
            value = count if place is None else cells[place]
            if value is None:
                return None
            written = fields.text_of(value)
            if written in bound.nulls:
                return None
            made += written + literal
        return made

    return key


def mentioned_columns(spec: TableSpec) -> Iterator[str]:
    """The columns that a table's mapping reads."""
    yield from (name.strip() for name in re.findall(r"\{([^}#]+)\}", spec.key))
    yield from _columns_within(spec.model_dump(exclude={"ignored", "fill", "nulls"}))


def _columns_within(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name in ("column", "unit_column", "basis_column") and isinstance(value, str):
                yield value.strip()
            elif name == "template" and isinstance(value, str):
                yield from (column.strip() for column in re.findall(r"\{([^}]+)\}", value))
            elif name != "map":
                yield from _columns_within(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _columns_within(value)

"""Generic records: one for each row of a kind that has only declared fields, with the polygon or position that its kind has."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
import shapely

from lodedata.cells import convert_cell_to_text
from lodedata.errors import MappingRefused
from lodedata.kinds import KINDS, Kind
from lodedata.mapping import declared
from lodedata.mapping.cell_spec import Cell
from lodedata.mapping.column_usage import ColumnUsage
from lodedata.mapping.columns import list_mentioned_columns
from lodedata.mapping.model import TableSpec
from lodedata.mapping.reading import Reading, ReadingExtension, Tally, describe_defect, extend_reading
from lodedata.mapping.shape.grouping import group_rows_by_key
from lodedata.mapping.values import fields
from lodedata.mapping.values.fields import Columns, Problems
from lodedata.mapping.values.internal import build_internal_reader
from lodedata.mapping.values.keys import build_key_maker, build_template_key_filler
from lodedata.mapping.values.persons import PersonMask
from lodedata.mapping.values.place import build_placer
from lodedata.mapping.values.polygons import build_polygon_reader
from lodedata.messages import msg
from lodedata.problems import Problem
from lodedata.read import InputRow, InputTable
from lodedata.records import GenericRecord, PartialDate, Position, SourceRow, UnreadPosition
from lodedata.rights.area import measure_area_km2
from lodedata.rights.checks import Completion, build_right_completion, build_sale_completion, find_validity_problem
from lodedata.topics.drilling.row_checks import build_direction_completion, build_interval_completion
from lodedata.topics.recovery.balance import build_recovery_completion
from lodedata.topics.recycling.balance import stream_completion
from lodedata.vocab import load_vocabulary

NAMES = ("name_en", "name_zh")
COMPLETIONS: Mapping[str, Callable[[], Completion]] = {
    "mining_right": build_right_completion,
    "right_sale": build_sale_completion,
    "recovery_record": build_recovery_completion,
    "plant_stream": stream_completion,
    "drill_interval": build_interval_completion,
}
"""Makes the checks of a kind for one table."""


def find_generic_kind(spec: TableSpec) -> Kind | None:
    """Return the kind of a table's generic records, None if its records are merged across sources."""
    if spec.zone is not None:
        return KINDS["zone"]
    kind = KINDS.get(str(spec.kind.const))
    return None if kind is None or kind.merged else kind


def read_generic(
    kind: Kind,
    spec: TableSpec,
    table: InputTable,
    tally: Tally,
    extension: ReadingExtension | None = None,
    as_of: PartialDate | None = None,
) -> Iterator[Reading]:
    """Yield the reading of each row, or of the rows of each key that the mapping merges.

    ``as_of`` is the date of the source, which dates records whose status depends on the day. Raises MappingRefused if a kind
    of polygons has no geometry.
    """
    read = build_generic_row_reader(kind, spec, table, tally, extension, as_of)
    if spec.repeated_keys != "merge" or spec.zone is not None:
        yield from map(read, table.rows)
        return
    nulls = frozenset(spec.nulls)
    key_of = build_template_key_filler(spec.key, table.name, {name: at for at, name in enumerate(table.columns)}.get, nulls)
    for members in group_rows_by_key(table.name, table.rows, lambda row: key_of(row.cells, 0)):
        readings = [read(row) for row in members]
        yield from (reading for reading in readings if reading.refused)
        if taken := [reading for reading in readings if not reading.refused]:
            yield _merge_readings(taken) if len(taken) > 1 else taken[0]


def _merge_readings(readings: Sequence[Reading]) -> Reading:
    """Return one reading of the rows of one record: lists have the values of all, other fields the first one."""
    problems: Problems = []
    for problem in (problem for reading in readings for problem in reading.problems):
        if problem not in problems:
            problems.append(problem)
    records = [record for reading in readings for record in reading.records if isinstance(record, GenericRecord)]
    values: dict[str, Any] = {}
    for name, value in (item for record in records for item in record.values.items()):
        if values.get(name) in (None, (), ""):
            values[name] = value
        elif isinstance(value, tuple):
            values[name] = tuple(dict.fromkeys((*values[name], *value)))
        elif value not in (None, "", values[name]):
            detail = {"field": name, "first": convert_cell_to_text(values[name])[:80]}
            problems.append(Problem("rows-disagree", convert_cell_to_text(value)[:80], None, detail))
    shapes = [shapely.from_wkb(record.wkb) for record in records if record.wkb is not None]
    joined = shapely.union_all(shapes) if shapes else None
    parts = [part for part in shapely.get_parts(joined).tolist() if part.geom_type == "Polygon"] if joined is not None else []
    if len(shapes) > 1 and "area_km2_computed" in values:
        values["area_km2_computed"] = round(measure_area_km2(shapely.multipolygons(parts)), 6)
    wkb = bytes(shapely.to_wkb(shapely.multipolygons(parts), include_srid=False)) if parts else None
    first = next((record for record in records if record.position is not None), records[0])
    rows = {row.locator: row for reading in readings for row in reading.rows}
    merged_record = replace(first, values=values, wkb=wkb)
    return Reading(tuple(rows.values()), (merged_record,), tuple(problems))


def build_generic_row_reader(
    kind: Kind,
    spec: TableSpec,
    table: InputTable,
    tally: Tally,
    extension: ReadingExtension | None = None,
    as_of: PartialDate | None = None,
) -> Callable[[InputRow], Reading]:
    """Return the reader of one row. Raises MappingRefused if a kind of polygons has no geometry."""
    where = spec.position
    in_cells = where is not None and (where.ring is not None or where.wkt is not None)
    if kind.geometry == "polygon" and kind.needs_polygon and not table.has_geometry and not in_cells:
        raise MappingRefused(
            msg("%(table)s: has no geometry; %(kind)s are polygons", table=table.name, kind=kind.title_en.lower())
        )
    return _GenericReader(kind, spec if spec.zone is None else _convert_zone_spec(spec), table, tally, extension, as_of).reading


def _convert_zone_spec(spec: TableSpec) -> TableSpec:
    """Return the mapping of a table of zones as that of a generic kind."""
    assert spec.zone is not None
    own = {"zone_kind": spec.zone.kind, "code": spec.zone.code, "valid_from": spec.zone.valid_from}
    accuracy = None if spec.zone.accuracy_m is None else Cell(const=spec.zone.accuracy_m)
    cells = {**own, "valid_to": spec.zone.valid_to, "accuracy_m": accuracy}
    return spec.model_copy(update={"fields": {name: cell for name, cell in cells.items() if cell is not None}})


def _choose_completion(kind: Kind, spec: TableSpec) -> Completion | None:
    """Return the checks of a kind for one table, None for a kind without any."""
    if kind.name in ("drill_hole", "drill_survey"):
        return build_direction_completion(spec.dip_sign, is_station=kind.name == "drill_survey")
    completion = COMPLETIONS.get(kind.name)
    return completion() if completion is not None else None


class _GenericReader:
    """A mapping bound to the columns of one open table."""

    def __init__(
        self,
        kind: Kind,
        spec: TableSpec,
        table: InputTable,
        tally: Tally,
        extension: ReadingExtension | None,
        as_of: PartialDate | None,
    ) -> None:
        self.kind, self.table, self.tally, self._extension = kind, table, tally, extension
        self._usage = tally.usage.setdefault(table.name, ColumnUsage(table.columns))
        index = {c: i for i, c in enumerate(table.columns) if c}
        bound = Columns(table.name, index, frozenset(spec.nulls), tally, self._usage, table.again)
        if unknown := sorted(name for name in spec.fields if kind.field(name) is None):
            field_names = ", ".join(field.name for field in kind.fields if field.imported)
            raise MappingRefused(
                msg(
                    "%(table)s: a %(singular_en)s has no field %(unknown)r; there are %(known)s",
                    table=table.name,
                    singular_en=kind.singular_en,
                    unknown=unknown[0],
                    known=field_names,
                )
            )
        self._key = build_key_maker(spec.key, bound) if spec.zone is None else None
        self._read = declared.build_field_readers(kind, spec, bound, frozenset({"country", "division"}))
        places = {name: cell for name in ("country", "division") if (cell := spec.cell(name))}
        self._places = {name: (fields.build_text_reader(cell, bound), cell.column) for name, cell in places.items()}
        self._required = [f.name for f in kind.fields if f.required and f.imported and f.default is None]
        stated = {f.name: f for f in kind.fields if f.imported and f.default is not None}
        self._defaults = {name: () if f.type == "array" else f.default for name, f in stated.items()}
        self._filled = tally.filled.setdefault(table.name, dict.fromkeys(spec.fill, 0))
        of_polygons = kind.geometry == "polygon"
        self._polygon = build_polygon_reader(spec.position, bound, table.crs) if of_polygons else None
        of_points = kind.geometry == "point" and spec.position is not None
        self._place = build_placer(spec.position, bound, table.crs) if spec.position is not None and of_points else None
        mineral = bool(spec.commodities) and kind.field("commodities") is not None
        self._commodities = fields.build_commodities_reader(spec.commodities, bound) if mineral else None
        self._internal = build_internal_reader(spec, bound)
        self._persons = PersonMask(kind, spec, bound, tally.decided)
        self._complete = _choose_completion(kind, spec)
        self._as_of = as_of if kind.dated_status and kind.field("information_date") is not None else None
        self._numbered: dict[str, int] | None = {} if spec.repeated_keys != "refuse" else None
        self._rows = 0
        further = extension.columns if extension is not None else ()
        self._usage.finish((*list_mentioned_columns(spec), *further), (*spec.ignored, *spec.public_columns), bound.nulls)

    def reading(self, row: InputRow) -> Reading:
        """Return the reading of one row, whose cells are counted by column."""
        row, withheld = self._persons.masked(row)
        self._rows += 1
        self.tally.rows[self.table.name] = self._rows
        reading = self._build_reading(row) if row.defect is None else self._refuse_defective(row)
        self.tally.withheld += [(reading.rows[0].key, *named) for named in withheld]
        if row.defect is None and self._internal(row.cells):
            reading = replace(reading, internal=True)
        if self._extension is not None:
            reading, _ = extend_reading(reading, row, self._usage, self._extension)
        self._usage.close(row.cells, row.number, "row-refused" if reading.refused else "used")
        return reading

    def _refuse_defective(self, row: InputRow) -> Reading:
        """Return the refusal of a row whose cells can't be read."""
        in_place = self._key is not None and len(row.cells) == len(self.table.columns)
        key = self._build_key(row, {}) if in_place else None
        return Reading((self._build_source_row(row, key),), (), (describe_defect(row, self.table.columns),))

    def _build_source_row(self, row: InputRow, key: str | None) -> SourceRow:
        raw = orjson.dumps(dict(zip(self.table.columns, map(_convert_to_plain, row.cells), strict=False)))
        return SourceRow(key or f"#{self._rows}", raw, f"{self.table.name}, row {row.number}")

    def _build_reading(self, row: InputRow) -> Reading:
        problems: Problems = []
        values = {name: read(row.cells, problems) for name, read in self._read.items()}
        self._find_places(row, values, problems)
        self._find_commodities(row, values, problems)
        self._persons.settle(values)
        key = self._build_key(row, values)
        if not key:
            problems.append(Problem("missing-key", "", "key" if self._key is not None else "zone.code"))
        self._name(values)
        rows = (self._build_source_row(row, key),)
        ground = self._polygon(row, problems) if self._polygon is not None else None
        values |= {n: value for n, value in (ground.values if ground else {}).items() if values.get(n) is None}
        place = self._place(row, problems) if self._place is not None else None
        position = place if isinstance(place, Position) else None
        if self._complete is not None:
            self._complete(values, ground.shape if ground else None, key or "", problems)
        if (reversed_ := find_validity_problem(self.kind, values)) is not None:
            problems.append(reversed_)
        problems += [Problem("missing-value", "", None, {"field": n}) for n in self._required if key and values.get(n) is None]
        if any(problem.refuses for problem in problems):
            return Reading(rows, (), tuple(problems))
        self._count_filled(values if position is None else {**values, "position": position})
        values |= {name: value for name, value in self._defaults.items() if values.get(name) is None}
        if self._as_of is not None and values.get("information_date") is None:
            values["information_date"] = self._as_of
        record = GenericRecord(
            kind=self.kind.name,
            values=values,
            wkb=ground.wkb if ground else None,
            position=position,
            unread_position=place if isinstance(place, UnreadPosition) else None,
        )
        return Reading(rows, (record,), tuple(problems))

    def _count_filled(self, values: dict[str, Any]) -> None:
        self.tally.built[self.table.name] = self.tally.built.get(self.table.name, 0) + 1
        for name in self._filled:
            if values.get(name) not in (None, (), ""):
                self._filled[name] += 1

    def _build_key(self, row: InputRow, values: dict[str, Any]) -> str | None:
        if self._key is not None:
            key = self._key(row.cells, self._rows)
            if key is None or self._numbered is None:
                return key
            self._numbered[key] = count = self._numbered.get(key, 0) + 1
            return key if count == 1 else f"{key}#{count}"
        zone_kind, code = values.get("zone_kind"), values.get("code")
        return f"{zone_kind}/{code}" if zone_kind and code else None

    def _find_places(self, row: InputRow, values: dict[str, Any], problems: Problems) -> None:
        """Add the codes of country and division, which is looked up within the country."""
        scope = ""
        for name, (take, column) in self._places.items():
            text = take(row.cells)
            term = load_vocabulary(name).find(text, scope) if text is not None else None
            values[name] = term.code if term is not None else None
            if text is not None and term is None:
                self.tally.miss(name, text)
                problems.append(Problem("unknown-term", text, column, {"vocabulary": name}))
            scope = values[name] or ""

    def _find_commodities(self, row: InputRow, values: dict[str, Any], problems: Problems) -> None:
        """Add the codes of the minerals, and the main one if the source names one only or calls it so.

        Of several in one cell none is the main one: the order of a list means nothing.
        """
        if self._commodities is not None:
            listed = self._commodities(row.cells, problems)
            values["commodities"] = codes = tuple(commodity.code for commodity in listed)
            if self.kind.field("main_commodity") is not None:
                main = next((commodity.code for commodity in listed if commodity.rank == "main"), None)
                values["main_commodity"] = codes[0] if len(codes) == 1 else main

    def _name(self, values: dict[str, Any]) -> None:
        """Fill the English name of a kind that requires one from the Chinese name, else from the code."""
        field = self.kind.field("name_en")
        if field is not None and field.required and not values.get("name_en"):
            values["name_en"] = values.get("name_zh") or values.get("code")


def _convert_to_plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)

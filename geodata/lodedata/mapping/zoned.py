"""Polygons with a meaning for planning, read from a file that has geometry: protected areas, red lines, parks, regions."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import orjson
import shapely

from lodedata import crs
from lodedata.errors import MappingRefused
from lodedata.mapping import fields
from lodedata.mapping.fields import Cells, Columns, Problems
from lodedata.mapping.model import CellSpec, TableSpec
from lodedata.mapping.place import UNREADABLE
from lodedata.mapping.reading import Reading, Tally
from lodedata.problems import Problem
from lodedata.read import Row, Table
from lodedata.records import SourceRow, Zone


def read_zones(spec: TableSpec, table: Table, tally: Tally) -> Iterator[Reading]:
    """The zones of a table, one for each row with a polygon. Raises MappingRefused for a file without geometry."""
    if not table.has_geometry:
        raise MappingRefused(f"{table.name}: has no geometry; zones are polygons")
    reader = _ZoneReader(spec, table, tally)
    for row in table.rows:
        yield reader.reading(row)


class _ZoneReader:
    """The mapping of zones bound to the columns of one open table."""

    def __init__(self, spec: TableSpec, table: Table, tally: Tally) -> None:
        assert spec.zone is not None
        self.table, self.tally, self.zone = table, tally, spec.zone
        bound = Columns(table.name, {c: i for i, c in enumerate(table.columns) if c}, frozenset(spec.nulls), tally)
        self._texts = {
            name: _text(cell, bound)
            for name, cell in {
                **{name: getattr(spec, name) for name in ("name_en", "name_zh", "country", "note_en", "note_zh")},
                "kind": spec.zone.kind,
                "code": spec.zone.code,
            }.items()
        }
        self._dates = {
            name: fields.date(cell, bound) if (cell := getattr(spec.zone, name)) is not None else None
            for name in ("valid_from", "valid_to")
        }
        self._system = crs.named(spec.position.crs if spec.position and spec.position.crs else table.crs or crs.WGS84)
        self._rows = 0

    def reading(self, row: Row) -> Reading:
        """What one row becomes."""
        self._rows += 1
        self.tally.rows[self.table.name] = self._rows
        cells = row.cells
        told = {name: take(cells) for name, take in self._texts.items()}
        code = told["code"] or ""
        raw = orjson.dumps(dict(zip(self.table.columns, map(_plain, cells), strict=False)))
        rows = (SourceRow(f"{told['kind']}/{code}" if code else f"#{self._rows}", raw, f"{self.table.name}, row {row.number}"),)
        problems: Problems = []
        if not code or not told["kind"]:
            problems.append(Problem("missing-key", "", "zone.code" if told["kind"] else "zone.kind"))
        wkb = self._polygon(row, problems)
        dates = {name: take(cells, problems) if take is not None else None for name, take in self._dates.items()}
        if wkb is None or any(problem.refuses for problem in problems):
            return Reading(rows, (), tuple(problems))
        made = Zone(
            zone_kind=told["kind"] or "",
            code=code,
            name_en=told["name_en"] or told["name_zh"] or code,
            name_zh=told["name_zh"],
            country=told["country"],
            wkb=wkb,
            accuracy_m=self.zone.accuracy_m,
            note_en=told["note_en"],
            note_zh=told["note_zh"],
            valid_from=dates["valid_from"],
            valid_to=dates["valid_to"],
        )
        return Reading(rows, (made,), tuple(problems))

    def _polygon(self, row: Row, problems: Problems) -> bytes | None:
        """The row's polygons in WGS 84."""
        try:
            with np.errstate(all="ignore"):
                shape = shapely.force_2d(shapely.from_wkb(row.geometry)) if row.geometry is not None else None
                if shape is not None and self._system != crs.WGS84:
                    shape = shapely.transform(shape, self._turned)
                shape = None if shape is None else shapely.make_valid(shape)
        except UNREADABLE as error:
            problems.append(Problem("geometry-unreadable", str(error)))
            return None
        whole = [] if shape is None else shapely.get_parts(shape).tolist()
        parts = [part for one in whole for part in shapely.get_parts(one) if part.geom_type == "Polygon"]
        if not parts:
            problems.append(Problem("geometry-unreadable", "no polygon"))
            return None
        made = shapely.multipolygons(parts)
        if not (np.abs(made.bounds) <= (180, 90, 180, 90)).all():
            problems.append(Problem("coordinate-off-globe", str(made.bounds), None, {"hint": "", "hint_zh": ""}))
            return None
        return bytes(shapely.to_wkb(made, include_srid=False))

    def _turned(self, corners: Any) -> Any:
        return np.column_stack(crs.transform(self._system, corners[:, 0], corners[:, 1]))


def _text(cell: CellSpec | None, bound: Columns) -> Callable[[Cells], str | None]:
    return fields.text(cell, bound) if cell is not None else lambda _cells: None


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)

"""Reported records: records of single sources that are served as one record."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import shapely

from lodedata.choice.ranks import rank


@dataclass(frozen=True, eq=False)
class ReportedRecord:
    """The record of one source: its columns as in the served tables, and its child rows by table.

    The position is in ``geom`` as hexadecimal EWKB, dates are ISO 8601.
    """

    record_id: str
    source: str
    key: str
    row: Mapping[str, Any]
    parts: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    source_date: str | None = None
    """Date of the source, on or before which all that it states was true; never the date of a value."""
    expert_values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Expert values by field, each with value, cited, reason, at and number; they take precedence over sources."""

    @cached_property
    def point(self) -> tuple[float, float] | None:
        """Longitude and latitude in WGS 84, None without a position."""
        if self.row.get("geom") is None:
            return None
        coordinates = shapely.get_coordinates(shapely.from_wkb(bytes.fromhex(self.row["geom"])))[0]
        return float(coordinates[0]), float(coordinates[1])

    @cached_property
    def rules(self) -> frozenset[str]:
        """Rules of the record's flags."""
        return frozenset(self.row.get("flags") or ())

    def part(self, table: str) -> Sequence[Mapping[str, Any]]:
        """Return its rows of a child table."""
        return self.parts.get(table) or ()

    def sort_key(self) -> tuple[int, str, str, str]:
        """Return the order of reported records: rank of the source, its name, the key, the id."""
        return rank(self.source), self.source, self.key, self.record_id


def choose_lead_record(reported_records: Iterable[ReportedRecord]) -> ReportedRecord:
    """Return the reported record whose id the served record has: of the source with the first rank, then the least key."""
    return min(reported_records, key=ReportedRecord.sort_key)


def find_site_units(reported_records: Iterable[ReportedRecord]) -> Iterator[dict[str, Any]]:
    """Yield the distinct phases of rows of one source that are units of one site; a phase without a name has its row's.

    Of phases that differ in the date of their status only, the newest is yielded.
    """
    units: dict[Any, dict[str, Any]] = {}
    for t in reported_records:
        for phase in t.part("phase"):
            content = tuple(phase.get(name) for name in ("product", "product_reported", "capacity_reported", "status"))
            named = {**phase, "name": phase.get("name") or t.row.get("name_en") or t.row.get("name_zh")}
            unit = units.setdefault((named["name"], content), named)
            if (unit.get("status_date") or "") < (named.get("status_date") or ""):
                units[named["name"], content] = named
    yield from units.values()

"""What one source tells of a thing that others tell of too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import shapely

from lodedata.choice.ranks import rank


@dataclass(frozen=True, eq=False)
class Testimony:
    """One source's own record: its columns as the served tables have them, and the rows of its children by table.

    A position stands in ``geom`` as hexadecimal EWKB, dates as ISO 8601.
    """

    record_id: str
    source: str
    key: str
    row: Mapping[str, Any]
    parts: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    given: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """By field what people gave for it, each with value, cited, reason, at and number; it goes before what sources tell."""

    @cached_property
    def point(self) -> tuple[float, float] | None:
        """Longitude and latitude in WGS 84."""
        if self.row.get("geom") is None:
            return None
        found = shapely.get_coordinates(shapely.from_wkb(bytes.fromhex(self.row["geom"])))[0]
        return float(found[0]), float(found[1])

    @cached_property
    def rules(self) -> frozenset[str]:
        """The rules by which its record is flagged."""
        return frozenset(self.row.get("flags") or ())

    def part(self, table: str) -> Sequence[Mapping[str, Any]]:
        """The rows of its children in a table."""
        return self.parts.get(table) or ()

    def standing(self) -> tuple[int, str, str, str]:
        """What settles every tie: rank of the source, its name, the key there, the id."""
        return rank(self.source), self.source, self.key, self.record_id


def leader(testimonies: Iterable[Testimony]) -> Testimony:
    """The testimony whose id the served record has: that of the source that ranks first, then of the least key."""
    return min(testimonies, key=Testimony.standing)


def units(testimonies: Iterable[Testimony]) -> Iterator[dict[str, Any]]:
    """The phases of rows of one source that are units of one site, each once; one without a name has its row's."""
    seen = set()
    for t in testimonies:
        for phase in t.part("phase"):
            told = tuple(phase.get(name) for name in ("product", "product_reported", "capacity_reported", "status"))
            named = {**phase, "name": phase.get("name") or t.row.get("name_en") or t.row.get("name_zh")}
            if (named["name"], told) not in seen:
                seen.add((named["name"], told))
                yield named

"""Regions that instruments define by their cities, for use where the store has no polygons of them."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from lodedata.messages import Label


@dataclass(frozen=True, slots=True)
class Region:
    """A named region: its cities in each division, None for the entire division."""

    zone_kind: str
    instrument: str
    document: str
    """Short citation of the instrument."""
    valid_from: date
    code: str
    name_en: str
    name_zh: str
    divisions: tuple[tuple[str, tuple[str, ...] | None], ...]

    @property
    def name(self) -> Label:
        """Return the name as an argument of a message."""
        return Label(self.name_en, self.name_zh)

    def list_cities(self, division: str) -> tuple[str, ...] | None:
        """Return the cities named in a division: empty for a division outside the region, None for an entire division."""
        return dict(self.divisions).get(division, ())

    def includes(self, division: str, prefecture: str) -> bool:
        """Return whether a prefecture of a division is included, by its Chinese name with or without suffix (济南市, 济南).

        County-level units that are named next to prefectures lie in one that is named, or are units of their own.
        """
        cities = self.list_cities(division)
        return cities is None or prefecture.removesuffix("市") in cities


def list_regions(on: date) -> tuple[Region, ...]:
    """Return the regions that are defined on a day."""
    return tuple(region for region in _load_regions() if region.valid_from <= on)


@lru_cache(maxsize=1)
def _load_regions() -> tuple[Region, ...]:
    lists: list[dict[str, Any]] = yaml.safe_load((files(__package__) / "regions.yml").read_text(encoding="utf-8"))
    return tuple(
        Region(
            list_["zone_kind"],
            list_["instrument"],
            list_["document"],
            list_["valid_from"],
            part["code"],
            part["name_en"],
            part["name_zh"],
            tuple((code, None if named == "all" else tuple(named)) for code, named in part["divisions"].items()),
        )
        for list_ in lists
        for part in list_["parts"]
    )

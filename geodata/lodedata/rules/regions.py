"""Regions that instruments name by their cities: where no polygons are, the division tells as much as it can."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Region:
    """A named region: the cities of it in each division; None for the whole division."""

    zone_kind: str
    instrument: str
    document: str
    """How the instrument is cited in a sentence."""
    valid_from: date
    code: str
    name_en: str
    name_zh: str
    divisions: tuple[tuple[str, tuple[str, ...] | None], ...]

    def cities(self, division: str) -> tuple[str, ...] | None:
        """The cities named in a division: none for a division outside, None where all of it is named."""
        return dict(self.divisions).get(division, ())

    def names(self, division: str, prefecture: str) -> bool:
        """Whether a prefecture of a division is named, by its Chinese name with or without what it is (济南市, 济南).

        County-level places that are named beside prefectures all lie in one that is named, or are units of their own.
        """
        cities = self.cities(division)
        return cities is None or prefecture.removesuffix("市") in cities


def regions(on: date) -> tuple[Region, ...]:
    """The regions that are named on a day."""
    return tuple(region for region in _all() if region.valid_from <= on)


@lru_cache(maxsize=1)
def _all() -> tuple[Region, ...]:
    lists: list[dict[str, Any]] = yaml.safe_load((files(__package__) / "regions.yml").read_text(encoding="utf-8"))
    return tuple(
        Region(
            one["zone_kind"],
            one["instrument"],
            one["document"],
            one["valid_from"],
            part["code"],
            part["name_en"],
            part["name_zh"],
            tuple((code, None if named == "whole" else tuple(named)) for code, named in part["divisions"].items()),
        )
        for one in lists
        for part in one["parts"]
    )

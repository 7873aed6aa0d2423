"""Figures that are possible on Earth: the range of a field, and the greatest amounts of ore, of a metal and of a year.

The table ``amount-limit`` has the resources of the world by commodity, each with its source: no deposit holds more than all
deposits together.
"""

from collections.abc import Mapping
from functools import lru_cache

from lodedata.figures.units import Dimension
from lodedata.kinds import Field
from lodedata.vocab import load_vocabulary_rows

MAX_POSSIBLE_TONNES = 1e12
"""More ore than any place has: the largest deposits of metals have some 10 thousand million tonnes."""
MAX_TONNES_A_YEAR = 1e11
"""About all raw materials that the world extracts in a year (UNEP, Global Resources Outlook 2024: 106.6 thousand million t)."""
MAX_AREA_KM2 = 17.1e6
"""Area of the largest country (Russia; United Nations, Demographic Yearbook): no right reaches beyond a country."""
POSSIBLE_BY_UNIT: Mapping[str, tuple[float, float]] = {
    "t": (0, MAX_POSSIBLE_TONNES),
    "t/a": (0, MAX_TONNES_A_YEAR),
    "km2": (0, MAX_AREA_KM2),
    "%": (0, 100),
    "a": (0, 1000),
}
"""Least and greatest value of a field by its unit, unless the field declares its own."""


def find_possible_range(field: Field) -> tuple[float, float] | None:
    """Return the least and the greatest value of a field in its unit, None for one without bounds."""
    return field.possible or POSSIBLE_BY_UNIT.get(field.unit or "")


def find_max_amount(dimension: Dimension, commodity: str | None = None) -> float | None:
    """Return the greatest amount in tonnes, or tonnes a year, of ore or of the metal of a commodity; None without one."""
    if dimension == "rate":
        return MAX_TONNES_A_YEAR
    if dimension != "mass":
        return None
    return MAX_POSSIBLE_TONNES if commodity is None else _load_resources().get(commodity, MAX_POSSIBLE_TONNES)


@lru_cache(maxsize=1)
def _load_resources() -> Mapping[str, float]:
    return {row["commodity"]: float(row["world_t"]) for row in load_vocabulary_rows("amount-limit")}

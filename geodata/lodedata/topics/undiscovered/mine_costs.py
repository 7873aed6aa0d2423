"""Costs of mines and mills by their daily capacity, in US dollars of the report that they are from.

Camm (1991), Simplified cost models for prefeasibility mineral evaluations, U.S. Bureau of Mines Information Circular 9298: a
cost is a power of the capacity in short tons a day, capital in dollars, operation in dollars a short ton. Dilution, recovery,
depth of the works and tailings are those of the program RAEF (Shapiro and Robinson 2019, U.S. Geological Survey Techniques and
Methods 7-C23, https://doi.org/10.3133/tm7C23), which has the filter of Robinson and Menzie (2012), Scientific Investigations
Report 2010-5090-H.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
MineName = Literal["open-pit", "block-caving", "room-and-pillar", "vertical-crater-retreat"]
MillName = Literal["flotation-1", "flotation-2", "flotation-3", "sx-ew"]
OreBody = Literal["massive", "flat", "vein"]
Tailings = Literal["lined", "unlined", "none"]

YARDS_IN_METRE = 1.0936
LARGE_PIT_ST_DAY = 20_000
"""Short tons a day from which the costs of a large open pit hold."""
ACRES_BY_LIFE = ((7.5, 17.0), (15.0, 32.0), (np.inf, 62.0))
"""Acres of a tailings pond for 1,000 short tons a day, for a life of up to so many years."""
SQUARE_FEET_IN_ACRE = 43_560


@dataclass(frozen=True, slots=True)
class PowerCost:
    """Capital ``capital * x**capital_power`` and operating cost ``operating * x**operating_power`` of a capacity ``x``."""

    capital: float
    capital_power: float
    operating: float
    operating_power: float

    def of_capital(self, capacity_st_day: Array) -> Array:
        """Return the capital cost in dollars."""
        return self.capital * capacity_st_day**self.capital_power

    def of_operation(self, capacity_st_day: Array) -> Array:
        """Return the operating cost in dollars a short ton."""
        return self.operating * capacity_st_day**self.operating_power


@dataclass(frozen=True, slots=True)
class MineModel:
    """A mining method: waste that comes with the ore, the part of the ore that is mined, its depth and its costs."""

    dilution: float
    recovery: float
    depth_yd: float
    """Depth of the works below the top of the ore, in yards for the cube root of a short ton."""
    cost: PowerCost


SMALL_PIT = PowerCost(160_000, 0.515, 71.0, -0.414)
LARGE_PIT = PowerCost(2_670, 0.917, 5.14, -0.148)
MINES: Mapping[MineName, MineModel] = {
    # the radius of a half sphere of 2.225 short tons a cubic yard
    "open-pit": MineModel(0.05, 0.90, 0.5987, SMALL_PIT),
    "block-caving": MineModel(0.15, 0.95, 0.3772, PowerCost(64_800, 0.759, 48.4, -0.217)),
    "room-and-pillar": MineModel(0.05, 0.85, 0.0243, PowerCost(97_600, 0.644, 35.5, -0.171)),
    "vertical-crater-retreat": MineModel(0.10, 0.90, 0.6853, PowerCost(45_200, 0.747, 51.0, -0.206)),
}
UNDERGROUND: Mapping[OreBody, MineName] = {
    "massive": "block-caving",
    "flat": "room-and-pillar",
    "vein": "vertical-crater-retreat",
}
"""The method below the depth of open pits; veins are mined underground at any depth."""
MILLS: Mapping[MillName, PowerCost] = {
    "flotation-1": PowerCost(92_600, 0.667, 121, -0.335),
    "flotation-2": PowerCost(82_500, 0.702, 149, -0.356),
    "flotation-3": PowerCost(83_600, 0.708, 153, -0.344),
    "sx-ew": PowerCost(14_600, 0.596, 3.0, -0.145),
}
_FLOTATION = {"copper": 91.0, "lead": 90.0, "zinc": 90.0, "nickel": 75.0, "platinum": 91.0, "palladium": 83.0}
RECOVERIES_PCT: Mapping[MillName, Mapping[str, float]] = {
    "flotation-1": _FLOTATION | {"molybdenum": 90.0},
    "flotation-2": _FLOTATION | {"molybdenum": 63.0, "cobalt": 65.0},
    "flotation-3": _FLOTATION | {"molybdenum": 63.0, "cobalt": 65.0},
    "sx-ew": {"copper": 45.0},
}
"""Metal that a mill recovers, in per cent, as far as RAEF has it."""


def compute_stripping_ratio(ore_st: Array, depth_m: Array) -> Array:
    """Return tons of waste for a ton of ore of a conical pit to the bottom of a half sphere of ore; zero at least."""
    depth_yd = MINES["open-pit"].depth_yd * np.cbrt(ore_st) + YARDS_IN_METRE * depth_m
    return np.asarray(np.maximum(2.225 * 4.1 * depth_yd**3 / ore_st - 1, 0.0))


def compute_depth_costs(mine: MineModel, ore_st: Array, depth_m: Array, capacity_st_day: Array) -> tuple[Array, Array]:
    """Return capital in dollars and operating cost in dollars a short ton that follow from the depth of an underground mine."""
    feet = 3 * np.maximum(mine.depth_yd * np.cbrt(ore_st) + YARDS_IN_METRE * depth_m, 6.0)
    capital = 371 * capacity_st_day + 180 * feet * capacity_st_day**0.404
    return capital, 2343 / capacity_st_day + 0.44 * feet / capacity_st_day + 0.00163 * feet


def compute_tailings_cost(kind: Tailings, capacity_st_day: Array, life_years: Array) -> Array:
    """Return the capital cost in dollars of a tailings pond and its dam, with or without a liner."""
    if kind == "none":
        return np.zeros_like(capacity_st_day)
    acres_for_1000 = np.select([life_years <= years for years, _ in ACRES_BY_LIFE], [acres for _, acres in ACRES_BY_LIFE])
    acres = acres_for_1000 * capacity_st_day / 1000
    dam_ft = 4 * np.sqrt(SQUARE_FEET_IN_ACRE * acres)
    liner = 5 * dam_ft + 35_790 * acres if kind == "lined" else 0.0
    return np.asarray(146_000 + 1_783 * acres + 161 * dam_ft + liner)

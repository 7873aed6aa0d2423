"""The economic filter of a tract: which simulated deposits would pay for mine and mill at prices and costs that are entered.

Life and capacity follow from the ore by Taylor's rule (1986) as Camm (1991) has it. A deposit passes if its net present value
is above zero: metal that mine and mill recover, sold over the life in equal parts, less operating and capital costs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
import numpy.typing as npt

from lodedata.topics.undiscovered.mine_costs import (
    LARGE_PIT,
    LARGE_PIT_ST_DAY,
    MILLS,
    MINES,
    SMALL_PIT,
    UNDERGROUND,
    Array,
    MillName,
    MineName,
    OreBody,
    Tailings,
    compute_depth_costs,
    compute_stripping_ratio,
    compute_tailings_cost,
)

TONNES_IN_SHORT_TON = 0.90718474
OPEN_PIT_DEPTH_M = 61.0
"""The depth to the top of the ore from which RAEF takes an underground method."""
DISCOUNT_PCT = 15.0
DAYS_PER_YEAR = 350
CAPACITY_DIVISORS = {350: 70, 260: 52}
"""By the days of a year: divides the ore in short tons to the power of 3/4, which gives the capacity a day."""
COPPER_SMELTING_USD_T = 573.2
"""Smelting and refining of copper as RAEF has it: 0.26 dollars a pound."""
METHODS: tuple[MineName, ...] = get_args(MineName)


@dataclass(frozen=True, slots=True)
class DepthInterval:
    """Metres to the top of the ore, from and to, and the share of deposits in per cent; even within the interval."""

    top_m: float
    bottom_m: float
    share_pct: float


@dataclass(frozen=True, slots=True)
class EconomicFilter:
    """The parameters of the filter; money in US dollars, of tonnes of metal or of ore."""

    price_usd_t: float
    depths: tuple[DepthInterval, ...]
    cost_factor: float
    """Multiplies the costs of Camm (1991), for inflation and place."""
    ore_body: OreBody
    mill: MillName
    recovery_pct: float
    smelting_usd_t: float
    byproduct_usd_t: float
    """What other metals of a tonne of ore bring, after their recovery."""
    discount_pct: float
    days_per_year: int
    open_pit_depth_m: float
    tailings: Tailings


@dataclass(frozen=True, slots=True)
class DepositValues:
    """Of each deposit: the mining method by its place in METHODS, net present value in dollars, metal recovered in tonnes."""

    method: npt.NDArray[np.int64]
    value_usd: Array
    recovered_t: Array
    life_years: Array
    capacity_st_day: Array
    """Short tons of ore that the mill takes a day."""


def draw_depths(intervals: Sequence[DepthInterval], number: int, random: np.random.Generator) -> Array:
    """Return the depth in metres to the top of each of some deposits."""
    shares = np.array([interval.share_pct for interval in intervals])
    which = random.choice(len(intervals), size=number, p=shares / shares.sum())
    top = np.array([interval.top_m for interval in intervals])[which]
    bottom = np.array([interval.bottom_m for interval in intervals])[which]
    return np.asarray(top + (bottom - top) * random.random(number))


def value_deposits(ore_t: Array, grade_pct: Array, depth_m: Array, by: EconomicFilter) -> DepositValues:
    """Return the method, net present value and recovered metal of deposits by their ore, grade and depth."""
    underground = METHODS.index(UNDERGROUND[by.ore_body])
    in_pit = (depth_m < by.open_pit_depth_m) & (by.ore_body != "vein")
    method = np.where(in_pit, METHODS.index("open-pit"), underground)
    value, recovered, life, capacity = (np.zeros(len(ore_t)) for _ in range(4))
    for number, name in enumerate(METHODS):
        some = method == number
        if some.any():
            values = _compute_values(ore_t[some], grade_pct[some], depth_m[some], name, by)
            value[some], recovered[some], life[some], capacity[some] = values
    return DepositValues(method, value, recovered, life, capacity)


def _compute_values(ore_t: Array, grade_pct: Array, depth_m: Array, name: MineName, by: EconomicFilter) -> tuple[Array, ...]:
    """Return net present value, metal recovered, life and capacity of the mill, of deposits mined by one method."""
    mine = MINES[name]
    ore_st = ore_t / TONNES_IN_SHORT_TON
    life = 0.2 * ore_st**0.25
    milled_st = (1 + mine.dilution) * mine.recovery * ore_st
    capacity = milled_st**0.75 / CAPACITY_DIVISORS[by.days_per_year]
    mined = capacity
    if name == "open-pit":
        moved_st = (compute_stripping_ratio(ore_st, depth_m) + 1) * milled_st
        mined = moved_st**0.75 / CAPACITY_DIVISORS[by.days_per_year]
        is_large = mined >= LARGE_PIT_ST_DAY
        capital = np.where(is_large, LARGE_PIT.of_capital(mined), SMALL_PIT.of_capital(mined))
        a_ton = np.where(is_large, LARGE_PIT.of_operation(mined), SMALL_PIT.of_operation(mined))
    else:
        more_capital, more_a_ton = compute_depth_costs(mine, ore_st, depth_m, mined)
        capital, a_ton = mine.cost.of_capital(mined) + more_capital, mine.cost.of_operation(mined) + more_a_ton
    mill = MILLS[by.mill]
    capital = by.cost_factor * (capital + mill.of_capital(capacity) + compute_tailings_cost(by.tailings, capacity, life))
    yearly = by.cost_factor * by.days_per_year * (mined * a_ton + capacity * mill.of_operation(capacity))
    recovered = ore_t * mine.recovery * grade_pct / 100 * by.recovery_pct / 100
    sold = recovered * (by.price_usd_t - by.smelting_usd_t) + ore_t * mine.recovery * by.byproduct_usd_t
    return _compute_present_value(sold / life - yearly, life, by.discount_pct) - capital, recovered, life, capacity


def _compute_present_value(yearly: Array, years: Array, discount_pct: float) -> Array:
    rate = discount_pct / 100
    return np.asarray(yearly * (years if rate == 0 else (1 - (1 + rate) ** -years) / rate))

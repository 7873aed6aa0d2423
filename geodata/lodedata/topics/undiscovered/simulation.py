"""Undiscovered resources of a tract: how many deposits there may be, and by simulation how much ore and metal they hold.

The three-part form of assessment: Singer (1993), Nonrenewable Resources 2(2), 69-81. The distribution of the number is that of
Root, Menzie and Scott (1992), Nonrenewable Resources 1(2), 125-138, as the program Mark3 has it. Each deposit of a simulated
tract has ore and grade of the lognormal model with their correlation, within the range of the deposits of the model; or those
of a deposit of the model that is drawn by chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lodedata.topics.grade_tonnage.model import DepositFigures, GradeTonnageModel
from lodedata.topics.undiscovered.economics import METHODS, TONNES_IN_SHORT_TON, EconomicFilter, draw_depths, value_deposits
from lodedata.topics.undiscovered.mine_costs import MineName

CHANCES = (0.9, 0.5, 0.1)
"""The chances of at least the numbers of deposits that are given."""
SIMULATED_TRACTS = 20_000
MAX_DEPOSITS = 200
MAX_REDRAWN = 200
AMOUNT_CHANCES = (0.95, 0.5, 0.05)

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Amounts:
    """An amount in tonnes that is reached with a chance of 95, 50 and 5 per cent, and its mean."""

    reached_by_95_pct: float
    reached_by_50_pct: float
    reached_by_5_pct: float
    mean: float


@dataclass(frozen=True, slots=True)
class CutOff:
    """The least ore in tonnes and the least grade in per cent of a deposit that counts; no model of its cost."""

    min_ore_t: float
    min_grade_pct: float


@dataclass(frozen=True, slots=True)
class AboveCutOff:
    """Ore and metal of the simulated deposits that reach a cut-off."""

    cutoff: CutOff
    share_of_deposits: float
    """The share of simulated deposits that reach it; zero if none is simulated."""
    chance_of_none: float
    """The share of simulated tracts without a deposit that reaches it."""
    ore_t: Amounts
    metal_t: Amounts


@dataclass(frozen=True, slots=True)
class MethodShare:
    """The share of simulated deposits that a mining method is taken for, and the share of all that pass by it."""

    method: MineName
    share_of_deposits: float
    share_passing: float


@dataclass(frozen=True, slots=True)
class AboveFilter:
    """Ore and metal of the simulated deposits that pass an economic filter."""

    filter: EconomicFilter
    share_of_deposits: float
    """The share of simulated deposits that pass; zero if none is simulated."""
    chance_of_none: float
    """The share of simulated tracts without a deposit that passes."""
    ore_t: Amounts
    metal_t: Amounts
    """Metal in the ground."""
    recovered_t: Amounts
    """Metal that mine and mill recover."""
    methods: tuple[MethodShare, ...]
    median_life_years: float | None
    """Of the deposits that pass; None without any."""
    median_capacity_t_day: float | None
    """Tonnes of ore that the mill takes a day."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """Ore and metal of the undiscovered deposits of a tract, in tonnes."""

    number_probabilities: tuple[float, ...]
    """The chance of each number of deposits, from none."""
    mean_number: float
    chance_of_none: float
    ore_t: Amounts
    metal_t: Amounts
    tracts: int
    seed: int
    above_cutoff: AboveCutOff | None = None
    above_filter: AboveFilter | None = None


def number_probabilities(numbers: Sequence[int]) -> Array:
    """Return the chance of each number of deposits from 0, by the numbers of which there are at least with 90, 50, 10 %.

    Of the chance between two of the numbers each end has half the share of a number between them; above the last one there is
    none. The numbers must not decrease.
    """
    knots = (0, *numbers)
    chances = np.zeros(knots[-1] + 1)
    first = knots[1]
    weights = np.full(first + 1, 2.0)
    weights[first] = 1.0
    chances[: first + 1] += (1 - CHANCES[0]) * weights / weights.sum()
    for low, high, mass in zip(knots[1:-1], knots[2:], -np.diff(CHANCES), strict=True):
        weights = np.full(high - low + 1, 2.0)
        weights[0] = weights[-1] = 1.0
        chances[low : high + 1] += mass * weights / weights.sum()
    chances[-1] += CHANCES[-1]
    return chances


def simulate_tract(
    numbers: Sequence[int],
    model: GradeTonnageModel,
    seed: int,
    cutoff: CutOff | None = None,
    economic: EconomicFilter | None = None,
    observed: Sequence[DepositFigures] = (),
) -> Simulation:
    """Return the ore and metal of a tract by simulating it 20,000 times; the same seed gives the same result.

    Ore and grade are those of the ``observed`` deposits if there are any, each as likely as the others; else of the model.
    """
    return simulate_numbers(number_probabilities(numbers), model, seed, cutoff, economic, observed)


def simulate_numbers(
    chances: Array,
    model: GradeTonnageModel,
    seed: int,
    cutoff: CutOff | None = None,
    economic: EconomicFilter | None = None,
    observed: Sequence[DepositFigures] = (),
) -> Simulation:
    """Return the ore and metal of a tract by the chance of each number of deposits, from none."""
    random = np.random.default_rng(seed)
    counts = random.choice(len(chances), size=SIMULATED_TRACTS, p=chances / chances.sum())
    number = int(counts.sum())
    ore, grade = (
        _draw_observed(number, observed, model.commodity, random) if observed else _draw_deposits(number, model, random)
    )
    of_tract = np.repeat(np.arange(SIMULATED_TRACTS), counts)
    every = np.ones(len(ore), dtype=np.bool_)
    return Simulation(
        tuple(float(chance) for chance in chances),
        float((np.arange(len(chances)) * chances).sum()),
        float(chances[0]),
        _sum_tracts(of_tract, ore, every),
        _sum_tracts(of_tract, ore * grade / 100, every),
        SIMULATED_TRACTS,
        seed,
        None if cutoff is None else _measure_above(cutoff, of_tract, ore, grade),
        None if economic is None else _pass_filter(economic, of_tract, ore, grade, seed),
    )


def _pass_filter(economic: EconomicFilter, of_tract: npt.NDArray[np.int64], ore: Array, grade: Array, seed: int) -> AboveFilter:
    # numbers of their own, so that ore and grade are those of a simulation without the filter
    depth = draw_depths(economic.depths, len(ore), np.random.default_rng([seed, 1]))
    deposit_values = value_deposits(ore, grade, depth, economic)
    passed = deposit_values.value_usd > 0
    number = max(len(ore), 1)
    methods = [
        MethodShare(
            name,
            float((deposit_values.method == n).sum() / number),
            float((passed & (deposit_values.method == n)).sum() / number),
        )
        for n, name in enumerate(METHODS)
        if (deposit_values.method == n).any()
    ]
    return AboveFilter(
        economic,
        float(passed.sum() / number),
        1 - len(np.unique(of_tract[passed])) / SIMULATED_TRACTS,
        _sum_tracts(of_tract, ore, passed),
        _sum_tracts(of_tract, ore * grade / 100, passed),
        _sum_tracts(of_tract, deposit_values.recovered_t, passed),
        tuple(methods),
        float(np.median(deposit_values.life_years[passed])) if passed.any() else None,
        float(np.median(deposit_values.capacity_st_day[passed]) * TONNES_IN_SHORT_TON) if passed.any() else None,
    )


def _measure_above(cutoff: CutOff, of_tract: npt.NDArray[np.int64], ore: Array, grade: Array) -> AboveCutOff:
    reached = (ore >= cutoff.min_ore_t) & (grade >= cutoff.min_grade_pct)
    return AboveCutOff(
        cutoff,
        float(reached.mean()) if len(reached) else 0.0,
        1 - len(np.unique(of_tract[reached])) / SIMULATED_TRACTS,
        _sum_tracts(of_tract, ore, reached),
        _sum_tracts(of_tract, ore * grade / 100, reached),
    )


def _sum_tracts(of_tract: npt.NDArray[np.int64], amounts: Array, some: npt.NDArray[np.bool_]) -> Amounts:
    """Return the amounts of tracts: the sums of some of their deposits."""
    return _summarise_amounts(np.bincount(of_tract[some], amounts[some], SIMULATED_TRACTS).astype(np.float64))


def _draw_observed(
    number: int, observed: Sequence[DepositFigures], commodity: str, random: np.random.Generator
) -> tuple[Array, Array]:
    """Return ore in tonnes and grade in per cent of deposits that are drawn by chance, any number of times each."""
    both = [
        (deposit_figures.ore_t, deposit_figures.grades_pct[commodity])
        for deposit_figures in observed
        if deposit_figures.ore_t > 0 and deposit_figures.grades_pct.get(commodity, 0) > 0
    ]
    values = np.array(both)[random.integers(0, len(both), number)]
    return values[:, 0], values[:, 1]


def _draw_deposits(number: int, model: GradeTonnageModel, random: np.random.Generator) -> tuple[Array, Array]:
    """Return ore in tonnes and grade in per cent of simulated deposits; those out of the model's range are drawn again."""
    ore, grade = model.ore_t, model.grade_pct
    covariance = model.correlation * ore.deviation_log10 * grade.deviation_log10
    matrix = [[ore.deviation_log10**2, covariance], [covariance, grade.deviation_log10**2]]
    lowest = np.log10([ore.least, grade.least])
    highest = np.log10([ore.greatest, grade.greatest])
    drawn = random.multivariate_normal([ore.mean_log10, grade.mean_log10], matrix, number)
    for _ in range(MAX_REDRAWN):
        outside = ((drawn < lowest) | (drawn > highest)).any(axis=1)
        if not outside.any():
            break
        drawn[outside] = random.multivariate_normal([ore.mean_log10, grade.mean_log10], matrix, int(outside.sum()))
    values = 10 ** np.clip(drawn, lowest, highest)
    return values[:, 0], values[:, 1]


def _summarise_amounts(values: Array) -> Amounts:
    most, half, least = (float(np.quantile(values, 1 - chance)) for chance in AMOUNT_CHANCES)
    return Amounts(most, half, least, float(values.mean()))

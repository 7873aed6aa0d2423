"""Grade and tonnage models: lognormal distributions of ore and grade of the deposits of a type, and their correlation.

After Cox and Singer (1986), Mineral deposit models, U.S. Geological Survey Bulletin 1693, and Singer and Menzie (2010),
Quantitative mineral resource assessments. Percentiles are those of deposits: the value that 90, 50 or 10 per cent reach.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from lodedata.errors import ModelRefused
from lodedata.messages import msg

MIN_DEPOSITS = 10
"""Fewer deposits give no model."""
FEW_DEPOSITS = 20
"""With fewer the model is marked: Singer and Menzie advise at least 20."""
SHARES = (0.9, 0.5, 0.1)
NORMAL_AT = {0.9: -1.2815515655446004, 0.5: 0.0, 0.1: 1.2815515655446004}
"""The deviate of the normal distribution that a share of values reaches."""
SIGNIFICANCE = 0.01
SIMULATED_SAMPLES = 2_000
SEED = 1
MAX_TESTED = 2_000
"""Values above which the test simulates samples of this size; its critical value goes with one over the root of the number."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DepositFigures:
    """A deposit as a model uses it: its ore in tonnes and its grades of metal in per cent."""

    id: str
    name_en: str | None
    name_zh: str | None
    country: str | None
    source: str
    ore_t: float
    grades_pct: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Percentiles:
    """The values that 90, 50 and 10 per cent of deposits reach."""

    reached_by_90_pct: float
    reached_by_50_pct: float
    reached_by_10_pct: float


@dataclass(frozen=True, slots=True)
class Lognormal:
    """A lognormal distribution of a figure, by its decimal logarithms, and a test of its fit.

    ``statistic`` is the greatest distance between both cumulative distributions (Lilliefors 1967, Journal of the American
    Statistical Association 62), ``p_value`` the share of simulated lognormal samples with a greater one.
    """

    deposits: int
    mean_log10: float
    deviation_log10: float
    observed: Percentiles
    fitted: Percentiles
    least: float
    greatest: float
    statistic: float
    p_value: float
    is_lognormal: bool
    """Whether the test does not reject the distribution at one per cent."""


@dataclass(frozen=True, slots=True)
class ByProduct:
    """The grade of a further metal in per cent, of the deposits that report one."""

    commodity: str
    deposits: int
    share: float
    observed: Percentiles


@dataclass(frozen=True, slots=True)
class GradeTonnageModel:
    """The model of a type for a metal: ore in tonnes, grade in per cent, and the correlation of their logarithms."""

    commodity: str
    deposits: int
    ore_t: Lognormal
    grade_pct: Lognormal
    metal_t: Percentiles
    """Of the deposits as they are, not fitted."""
    correlation: float
    correlation_p_value: float
    is_correlated: bool
    by_products: tuple[ByProduct, ...]
    few_deposits: bool


def fit_model(figures: Sequence[DepositFigures], commodity: str) -> GradeTonnageModel:
    """Return the model of deposits for a metal. Raise ModelRefused for fewer than ten with both figures, or equal ones."""
    used = [figure for figure in figures if figure.ore_t > 0 and figure.grades_pct.get(commodity, 0) > 0]
    if len(used) < MIN_DEPOSITS:
        raise ModelRefused(
            msg(
                "A model needs at least %(least)s deposits with ore and grade; there are %(number)s. Choose a broader type, "
                "another metal, or leave out the source.",
                least=MIN_DEPOSITS,
                number=len(used),
            )
        )
    ore = np.array([figure.ore_t for figure in used])
    grade = np.array([figure.grades_pct[commodity] for figure in used])
    if min(np.ptp(np.log10(ore)), np.ptp(np.log10(grade))) < 1e-9:
        raise ModelRefused(
            msg("All deposits have the same ore or grade, so there is no distribution. Choose a broader type or another metal.")
        )
    correlation = float(np.corrcoef(np.log10(ore), np.log10(grade))[0, 1])
    p_value = compute_correlation_p_value(correlation, len(used))
    return GradeTonnageModel(
        commodity,
        len(used),
        fit_lognormal(ore),
        fit_lognormal(grade),
        compute_percentiles(ore * grade / 100),
        correlation,
        p_value,
        p_value < SIGNIFICANCE,
        tuple(_list_by_products(used, commodity)),
        len(used) < FEW_DEPOSITS,
    )


def _list_by_products(used: Sequence[DepositFigures], commodity: str) -> list[ByProduct]:
    metals: dict[str, list[float]] = {}
    for deposit_figures in used:
        for metal, grade in deposit_figures.grades_pct.items():
            if metal != commodity and grade > 0:
                metals.setdefault(metal, []).append(grade)
    side_products = [
        ByProduct(metal, len(grades), len(grades) / len(used), compute_percentiles(np.array(grades)))
        for metal, grades in metals.items()
        if len(grades) >= MIN_DEPOSITS
    ]
    return sorted(side_products, key=lambda side_product: (-side_product.deposits, side_product.commodity))


def compute_percentiles(values: Array) -> Percentiles:
    """Return the percentiles of values, interpolated linearly between neighbours."""
    return Percentiles(*(float(np.quantile(values, 1 - share)) for share in SHARES))


def fit_lognormal(values: Array) -> Lognormal:
    """Return the lognormal distribution of positive values that are not all equal."""
    logs = np.log10(values)
    mean, deviation = float(logs.mean()), float(logs.std(ddof=1))
    fitted = Percentiles(*(10 ** (mean + NORMAL_AT[share] * deviation) for share in SHARES))
    statistic = compute_lilliefors_statistic(logs)
    p_value = estimate_lilliefors_p_value(statistic, len(values))
    return Lognormal(
        len(values),
        mean,
        deviation,
        compute_percentiles(values),
        fitted,
        float(values.min()),
        float(values.max()),
        statistic,
        p_value,
        p_value >= SIGNIFICANCE,
    )


def compute_lilliefors_statistic(values: Array) -> float:
    """Return the greatest distance between the distribution of values and the normal one of their mean and deviation."""
    ordered = np.sort(values)
    return float(_compute_distances(((ordered - ordered.mean()) / ordered.std(ddof=1))[np.newaxis, :])[0])


def estimate_lilliefors_p_value(statistic: float, number: int) -> float:
    """Return the share of simulated normal samples of a number of values whose statistic is at least as great."""
    size = min(number, MAX_TESTED)
    return float((_simulate_statistics(size) * math.sqrt(size / number) >= statistic).mean())


@lru_cache(maxsize=64)
def _simulate_statistics(size: int) -> Array:
    samples = np.sort(np.random.default_rng(SEED).standard_normal((SIMULATED_SAMPLES, size)), axis=1)
    return _compute_distances((samples - samples.mean(axis=1, keepdims=True)) / samples.std(axis=1, ddof=1, keepdims=True))


def _compute_distances(ordered: Array) -> Array:
    """Return the statistic of each row of ordered, standardised values."""
    size = ordered.shape[1]
    expected = _compute_normal_cdf(ordered)
    above = np.arange(1, size + 1) / size - expected
    below = expected - np.arange(size) / size
    return np.asarray(np.maximum(above.max(axis=1), below.max(axis=1)))


def _compute_normal_cdf(values: Array) -> Array:
    # Abramowitz and Stegun (1964), 26.2.17: the error is below 7.5e-8
    t = 1 / (1 + 0.2316419 * np.abs(values))
    series = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    tail = np.exp(-(values**2) / 2) / math.sqrt(2 * math.pi) * series
    return np.asarray(np.where(values > 0, 1 - tail, tail))


def compute_correlation_p_value(correlation: float, number: int) -> float:
    """Return the two-sided p value of a correlation by Fisher's transformation, for at least four pairs."""
    if abs(correlation) >= 1:
        return 0.0
    return math.erfc(abs(math.atanh(correlation)) * math.sqrt(number - 3) / math.sqrt(2))

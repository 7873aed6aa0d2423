"""The size class of a deposit by DZ/T 0400-2022, from a single estimate and never from a sum."""

from dataclasses import dataclass
from functools import lru_cache

from lodedata.figures.units import basis_factor
from lodedata.records import Deposit, Estimate
from lodedata.vocab import table

ROUNDING = 1e-9
"""Relative tolerance below a limit: 500 kt converted to metal and back is slightly less than 500,000 t."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """The limits of one commodity in one form of deposit, empty for any; ``metal_factor`` is metal per basis."""

    commodity: str
    form: str
    basis: str
    large_t: float
    medium_t: float
    metal_factor: float | None
    standard: str


@dataclass(frozen=True, slots=True)
class Size:
    """A size class with its figure, basis and estimate (by its index in the deposit)."""

    size_class: str
    standard: str
    commodity: str
    basis: str
    value_t: float
    estimate: int


@lru_cache(maxsize=1)
def thresholds() -> dict[tuple[str, str], Threshold]:
    """Return the limits by commodity and deposit form."""
    return {
        (row["commodity"], row["form"]): Threshold(
            row["commodity"],
            row["form"],
            row["basis"],
            float(row["large_t"]),
            float(row["medium_t"]),
            None if row["basis"] == "ore" else basis_factor(row["commodity"], row["basis"]),
            row["standard"],
        )
        for row in table("size-threshold")
    }


def size_of(deposit: Deposit) -> Size | None:
    """Return the size class by the main commodity's largest single figure, None without a figure or a limit.

    The standard counts all identified resources; as classes may not be added up, a deposit is at least of this class.
    Lithium needs the deposit's form: a brine is measured as LiCl, a mineral as Li2O.
    """
    in_table = [c.code for c in deposit.commodities if c.rank != "by-product"] or [c.code for c in deposit.commodities]
    for commodity in in_table:
        limits = thresholds().get((commodity, "")) or thresholds().get((commodity, deposit.deposit_form or ""))
        if limits is None:
            continue
        figures = [
            (figure, place)
            for place, estimate in enumerate(deposit.estimates)
            if (figure := _figure(estimate, limits)) is not None
        ]
        if figures:
            value, place = max(figures, key=lambda pair: pair[0])
            at_least = value * (1 + ROUNDING)
            size = "large" if at_least >= limits.large_t else "medium" if at_least >= limits.medium_t else "small"
            return Size(size, limits.standard, commodity, limits.basis, value, place)
    return None


def _figure(estimate: Estimate, limits: Threshold) -> float | None:
    if limits.basis == "ore":
        return estimate.ore.value if estimate.ore is not None else None
    for measure in estimate.measures:
        if measure.commodity == limits.commodity and measure.contained is not None and limits.metal_factor:
            metal = measure.contained.value
            return None if metal is None else metal / limits.metal_factor
    return None

"""The size class of a deposit by DZ/T 0400-2022, from a single estimate and never from a sum."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lodedata.figures.amounts import EstimateAmounts
from lodedata.figures.units import find_basis_factor
from lodedata.kinds.deposit import SIZE
from lodedata.records import Commodity
from lodedata.vocab import load_vocabulary_rows

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
    """A size class with its figure, its basis and the id of its estimate; ``is_derived`` if the figure is derived."""

    size_class: str
    standard: str
    commodity: str
    basis: str
    value_t: float
    estimate: str
    is_derived: bool


@lru_cache(maxsize=1)
def load_size_thresholds() -> dict[tuple[str, str], Threshold]:
    """Return the limits by commodity and deposit form."""
    return {
        (row["commodity"], row["form"]): Threshold(
            row["commodity"],
            row["form"],
            row["basis"],
            float(row["large_t"]),
            float(row["medium_t"]),
            None if row["basis"] == "ore" else find_basis_factor(row["commodity"], row["basis"]),
            row["standard"],
        )
        for row in load_vocabulary_rows("size-threshold")
    }


def choose_sized_commodities(commodities: Iterable[Commodity]) -> Sequence[str]:
    """Return the commodities that may give the size, the main one first: by-products only if there are no others."""
    listed = list(commodities)
    return [commodity.code for commodity in listed if commodity.rank != "by-product"] or [
        commodity.code for commodity in listed
    ]


def classify_size(commodities: Iterable[str], form: str | None, estimates: Sequence[EstimateAmounts]) -> Size | None:
    """Return the size class by the first commodity with a figure and a limit, from its largest single figure.

    The standard counts all identified resources; as classes may not be added up, a deposit is at least of this class.
    Lithium needs the deposit's form: a brine is measured as LiCl, a mineral as Li2O.
    """
    for commodity in commodities:
        limits = load_size_thresholds().get((commodity, "")) or load_size_thresholds().get((commodity, form or ""))
        figures = [
            figure for estimate in estimates if limits is not None and (figure := _compute_figure(estimate, limits)) is not None
        ]
        if limits is not None and figures:
            value, is_derived, estimate = max(figures, key=lambda figure: (figure[0], not figure[1]))
            return Size(_choose_class(value, limits), limits.standard, commodity, limits.basis, value, estimate, is_derived)
    return None


def build_size_columns(size: Size | None, source: str) -> Mapping[str, Any]:
    """Return the columns of a size class from a source's estimate, all None without one."""
    if size is None:
        return dict.fromkeys(SIZE)
    return {
        "size_class": size.size_class,
        "size_standard": size.standard,
        "size_commodity": size.commodity,
        "size_basis": size.basis,
        "size_basis_value_t": size.value_t,
        "size_derived": size.is_derived,
        "size_source": source,
        "size_estimate_id": size.estimate,
    }


def _choose_class(value: float, limits: Threshold) -> str:
    at_least = value * (1 + ROUNDING)
    return "large" if at_least >= limits.large_t else "medium" if at_least >= limits.medium_t else "small"


def _compute_figure(estimate: EstimateAmounts, limits: Threshold) -> tuple[float, bool, str] | None:
    """Return an estimate's figure in the basis of the limits, whether it is derived, and the estimate's id."""
    if limits.basis == "ore":
        return None if estimate.ore_t is None else (estimate.ore_t, False, estimate.id)
    metal = estimate.metals.get(limits.commodity)
    if metal is None or metal.contained_t is None or not limits.metal_factor:
        return None
    return metal.contained_t / limits.metal_factor, metal.is_derived, estimate.id

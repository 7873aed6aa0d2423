"""The figures that a record is known by: one estimate of a deposit, the capacity for one product of a project.

They are those of a single class, or of a single product: classes and products are never added up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from lodedata.figures.amounts import EstimateAmounts
from lodedata.figures.estimate_classes import TOTALS, UNDIVIDED, adds_ore, list_single_classes
from lodedata.kinds.estimates import LEADING_NAMES
from lodedata.vocab import load_vocabulary

CONTRADICTION = 2
"""Factor by which the figure of another source contradicts the leading one; smaller ones are of other years and cut-offs."""
GROSS = ("ore", "concentrate")
"""Bases of capacities that are no metal and no product; one on another basis leads."""


@dataclass(frozen=True, slots=True)
class PhaseCapacity:
    """The capacity of a phase in t/a with what it counts; None for a total that another facility has."""

    product: str | None
    basis: str | None
    tpa: float | None
    status: str | None


@cache
def list_statuses_counted_as(*kinds: str) -> tuple[str, ...]:
    """Return the statuses of phases whose capacity counts as one of the kinds (``counts_as`` of the vocabulary status)."""
    return tuple(term.code for term in load_vocabulary("status") if term.extra["counts_as"] in kinds)


def list_coming_statuses() -> tuple[str, ...]:
    """Return the statuses of phases that are not built yet."""
    return list_statuses_counted_as("shadow", "pipeline")


def list_gone_statuses() -> tuple[str, ...]:
    """Return the statuses of phases that never will be capacity or no longer are."""
    return list_statuses_counted_as("none")


def estimate_figures(estimates: Sequence[EstimateAmounts], commodity: str) -> Mapping[str, Any]:
    """Return ore, grade and contained metal of the leading estimate for the main commodity, with its class and its own date.

    They are figures of the main commodity, or of ore that is not said to be of another; empty if no estimate has either.
    """
    leading = choose_leading(estimates, commodity)
    if leading is None:
        return dict.fromkeys(LEADING_NAMES)
    metal = leading.metals.get(commodity)
    return {
        "figure_ore_t": leading.ore_t,
        "figure_grade_pct": metal.grade_pct if metal is not None else None,
        "figure_grade_basis": metal.grade_basis if metal is not None else None,
        "figure_contained_t": metal.contained_t if metal is not None else None,
        "figure_contained_derived": metal.is_derived if metal is not None and metal.contained_t is not None else None,
        "figure_commodity": commodity if metal is not None else None,
        "figure_class": leading.category,
        "figure_date": leading.on,
        "figure_covers": leading.covers,
        "figure_one_of_several": _is_one_of_several(leading, estimates, commodity),
    }


def find_contradicting_metal(
    estimates: Sequence[EstimateAmounts], elsewhere: Iterable[Sequence[EstimateAmounts]], commodity: str
) -> float | None:
    """Return the metal in the leading estimate of the source that differs most; None if none differs by ``CONTRADICTION``.

    Less metal in a part does not contradict a total.
    """
    headline = choose_leading(estimates, commodity)
    leading_t = get_contained_t(headline, commodity)
    if headline is None or not leading_t:
        return None
    stated = [
        tonnes
        for other in (choose_leading(of_source, commodity) for of_source in elsewhere)
        if (tonnes := get_contained_t(other, commodity)) and (is_total(other) or not is_total(headline) or tonnes > leading_t)
    ]

    def factor(tonnes: float) -> float:
        return max(tonnes / leading_t, leading_t / tonnes)

    farthest = max(stated, key=factor, default=None)
    return farthest if farthest is not None and factor(farthest) > CONTRADICTION else None


def choose_leading(estimates: Sequence[EstimateAmounts], commodity: str) -> EstimateAmounts | None:
    """Return the estimate of a commodity with the most of it, else with a grade of it, else with the most ore; None without.

    One of an earlier year does not lead if its source later states its classes, or any class where it was undivided.
    """

    def amounts(estimate_amounts: EstimateAmounts) -> tuple[bool, float, float]:
        contained_t = get_contained_t(estimate_amounts, commodity)
        return commodity in estimate_amounts.metals, contained_t or 0.0, estimate_amounts.ore_t or 0.0

    return max(_list_current(estimates, commodity), key=amounts, default=None)


def is_total(estimate: EstimateAmounts | None) -> bool:
    """Return whether an estimate is of a whole deposit: not of a zone, nor of a class that leaves out some of the resource."""
    return estimate is not None and estimate.zone is None and estimate.category in TOTALS


def get_contained_t(estimate: EstimateAmounts | None, commodity: str) -> float | None:
    """Return the metal of a commodity in an estimate, in tonnes; None without."""
    metal = None if estimate is None else estimate.metals.get(commodity)
    return None if metal is None else metal.contained_t


def _list_current(estimates: Sequence[EstimateAmounts], commodity: str) -> list[EstimateAmounts]:
    """Return the estimates of a commodity that no later one replaces."""
    about = [estimate for estimate in estimates if is_about(estimate, commodity)]
    stated = [estimate for estimate in about if get_contained_t(estimate, commodity)]
    return [estimate for estimate in about if not any(_replaces(other, estimate) for other in stated)]


def _replaces(later: EstimateAmounts, earlier: EstimateAmounts) -> bool:
    """Return whether an estimate is of a later year and has the classes of an earlier one, or any where that was undivided."""
    return (
        later.on is not None
        and earlier.on is not None
        and later.on[:4] > earlier.on[:4]
        and later.category != UNDIVIDED
        and (earlier.category == UNDIVIDED or list_single_classes(earlier.category) <= list_single_classes(later.category))
        and later.zone == earlier.zone
    )


def _is_one_of_several(leading: EstimateAmounts, estimates: Sequence[EstimateAmounts], commodity: str) -> bool:
    """Return whether a source states more of a commodity, in classes or zones that the leading estimate leaves out."""
    return any(
        get_contained_t(other, commodity)
        and (adds_ore(other.category, leading.category) or (other.zone and leading.zone and other.zone != leading.zone))
        for other in _list_current(estimates, commodity)
    )


def is_about(estimate: EstimateAmounts, commodity: str) -> bool:
    """Return whether an estimate is of a commodity: it has a measure of it, or ore with measures of its parts only or of none.

    An estimate of tin in a pegmatite says nothing of the ore of lithium; one of platinum and palladium is of the group.
    """
    if commodity in estimate.metals:
        return True
    return estimate.ore_t is not None and load_vocabulary("commodity").within(commodity).issuperset(estimate.metals)


def compute_capacity_figures(phases: Iterable[PhaseCapacity], main_commodity: str | None) -> Mapping[str, Any]:
    """Return the largest built capacity for one product on one basis, and what is not built yet of the same.

    A product of the main commodity leads before another one. One of which nothing is built leads only where nothing is.
    """
    built: dict[tuple[str, str | None], float] = {}
    coming: dict[tuple[str, str | None], float] = {}
    for phase in phases:
        if phase.product is not None and phase.tpa is not None and phase.status not in list_gone_statuses():
            sums = coming if phase.status in list_coming_statuses() else built
            key = (phase.product, phase.basis)
            sums[key] = sums.get(key, 0.0) + phase.tpa
    among = built or coming
    leading = max(among, key=lambda key: (key[1] not in GROSS, _is_of(key[0], main_commodity), among[key]), default=None)
    product, basis = leading or (None, None)
    return {
        "figure_product": product,
        "figure_capacity_basis": basis,
        "figure_capacity_tpa": None if leading is None else built.get(leading),
        "figure_coming_tpa": None if leading is None else coming.get(leading),
    }


def _is_of(product: str, commodity: str | None) -> bool:
    term = load_vocabulary("product").terms.get(product)
    return term is not None and commodity in term.extra["commodity"].split("|")


def list_current_owner_names(owners: Iterable[Mapping[str, Any]]) -> Sequence[str]:
    """Return the names in rows of owners and operators, without those that are no longer."""
    rows = [owner for owner in owners if not str(owner["role"]).startswith("former-")]
    return list_owner_names((owner.get("name_en"), owner.get("name_zh")) for owner in rows)


def list_owner_names(owners: Iterable[tuple[str | None, str | None]]) -> Sequence[str]:
    """Return the names of owners and operators once, of each the English and the Chinese one."""
    return list(dict.fromkeys(name for both in owners for name in both if name))

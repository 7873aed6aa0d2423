"""The figures that a record is known by: one estimate of a deposit, the capacity for one product of a project.

They are those of a single class, or of a single product: classes and products are never added up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from lodedata.figures.grade_basis import METAL
from lodedata.figures.size import Size
from lodedata.records import Deposit, Discovery, Estimate
from lodedata.starter.references import cited_reference
from lodedata.vocab import vocabulary

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
def statuses_counted_as(*kinds: str) -> tuple[str, ...]:
    """Return the statuses of phases whose capacity counts as one of the kinds (``counts_as`` of the vocabulary status)."""
    return tuple(term.code for term in vocabulary("status") if term.extra["counts_as"] in kinds)


def coming_statuses() -> tuple[str, ...]:
    """Return the statuses of phases that are not built yet."""
    return statuses_counted_as("shadow", "pipeline")


def gone_statuses() -> tuple[str, ...]:
    """Return the statuses of phases that never will be capacity or no longer are."""
    return statuses_counted_as("none")


def estimate_figures(record: Deposit | Discovery, size: Size | None) -> Mapping[str, Any]:
    """Return ore, grade and contained metal of the leading estimate, with its class and date; nothing without estimates.

    The leading one gives the ``size`` of the deposit, else has the most of the main commodity, else the most ore.
    """
    if not record.estimates:
        return {}
    commodity = size.commodity if size is not None else record.commodities[0].code
    most = max(record.estimates, key=lambda one: _amounts(one, commodity))
    leading = most if size is None else record.estimates[size.estimate]
    measured = next((m for m in leading.measures if m.commodity == commodity), next(iter(leading.measures), None))
    grade, contained = (measured.grade, measured.contained) if measured is not None else (None, None)
    return {
        "figure_ore_t": leading.ore.value if leading.ore is not None else None,
        "figure_grade_pct": grade.value if grade is not None else None,
        "figure_grade_basis": grade.basis or METAL if grade is not None else None,
        "figure_contained_t": contained.value if contained is not None else None,
        "figure_commodity": measured.commodity if measured is not None else None,
        "figure_class": leading.category,
        "figure_date": _date(leading, record),
    }


def _date(estimate: Estimate, record: Deposit | Discovery) -> str | None:
    """Return the date of an estimate, else that of the reference cited for it, else of the record."""
    cited = cited_reference(estimate.citation)
    dates = (estimate.on, cited.year if cited is not None else None, record.information_date)
    return next((str(one) for one in dates if one is not None), None)


def _amounts(estimate: Estimate, commodity: str) -> tuple[float, float]:
    of_metal = (m.contained.value or 0.0 for m in estimate.measures if m.commodity == commodity and m.contained is not None)
    return next(of_metal, 0.0), (estimate.ore.value or 0.0) if estimate.ore is not None else 0.0


def capacity_figures(phases: Iterable[PhaseCapacity], main_commodity: str | None) -> Mapping[str, Any]:
    """Return the largest built capacity for one product on one basis, and what is not built yet of the same.

    A product of the main commodity leads before another one. One of which nothing is built leads only where nothing is.
    """
    built: dict[tuple[str, str | None], float] = {}
    coming: dict[tuple[str, str | None], float] = {}
    for phase in phases:
        if phase.product is not None and phase.tpa is not None and phase.status not in gone_statuses():
            sums = coming if phase.status in coming_statuses() else built
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
    term = vocabulary("product").terms.get(product)
    return term is not None and commodity in term.extra["commodity"].split("|")


def owner_names(owners: Iterable[tuple[str | None, str | None]]) -> Sequence[str]:
    """Return the names of owners and operators once, of each the English and the Chinese one."""
    return list(dict.fromkeys(name for both in owners for name in both if name))

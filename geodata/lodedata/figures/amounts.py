"""The amounts of an estimate: its ore, and grade and contained metal of each commodity, reported or derived."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lodedata.figures.grade_basis import METAL
from lodedata.figures.units import determine_basis, find_basis_factor
from lodedata.records import CommodityMeasure, Estimate


@dataclass(frozen=True, slots=True)
class MetalAmount:
    """Grade in per cent of its basis, and tonnes of metal; ``is_derived`` if the tonnes follow from ore and grade."""

    grade_pct: float | None
    grade_basis: str | None
    contained_t: float | None
    is_derived: bool = False


@dataclass(frozen=True, slots=True)
class EstimateAmounts:
    """An estimate by its id, with its class, its own date, its ore in tonnes, its metals by commodity, and what it is of."""

    id: str
    category: str
    on: str | None
    ore_t: float | None
    metals: Mapping[str, MetalAmount]
    zone: str | None = None
    covers: str | None = None


def derive_contained_t(commodity: str, ore_t: float | None, grade_pct: float | None, basis: str | None) -> float | None:
    """Return the tonnes of metal in ore of a grade, None if a figure is missing or the grade's basis is not known."""
    basis = determine_basis(commodity, basis)
    factor = None if basis is None else find_basis_factor(commodity, basis)
    return None if ore_t is None or grade_pct is None or factor is None else ore_t * grade_pct / 100 * factor


def compute_estimate_amounts(estimates: Sequence[Estimate], identity: str) -> list[EstimateAmounts]:
    """Return the amounts of a record's estimates, with the ids that their rows have."""
    estimate_amounts = []
    for number, estimate in enumerate(estimates):
        ore_t = estimate.ore.value if estimate.ore is not None else None
        exact_t = None if estimate.ore is None or estimate.ore.qualifier is not None else ore_t
        metals = {measure.commodity: _compute_metal(measure, exact_t) for measure in estimate.measures}
        on = None if estimate.on is None else str(estimate.on)
        own_id = estimate_id(identity, number)
        estimate_amounts.append(EstimateAmounts(own_id, estimate.category, on, ore_t, metals, estimate.zone, estimate.covers))
    return estimate_amounts


def estimate_id(identity: str, number: int) -> str:
    """Return the id of a record's estimate by its number, from 0."""
    return f"{identity}.e{number}"


def compute_row_amounts(estimates: Iterable[Mapping[str, Any]], measures: Iterable[Mapping[str, Any]]) -> list[EstimateAmounts]:
    """Return the amounts of rows of the tables of estimates and of their measures."""
    metals: dict[str, dict[str, MetalAmount]] = {}
    for row in measures:
        amount = MetalAmount(
            row.get("grade_pct"), row.get("grade_basis"), row.get("contained_t"), bool(row.get("contained_derived"))
        )
        metals.setdefault(row["estimate_id"], {})[row["commodity"]] = amount
    return [
        EstimateAmounts(
            row["id"],
            row["category"],
            row.get("effective_date"),
            row.get("ore_t"),
            metals.get(row["id"], {}),
            row.get("zone"),
            row.get("covers"),
        )
        for row in estimates
    ]


def _compute_metal(measure: CommodityMeasure, ore_t: float | None) -> MetalAmount:
    """Return the metal of a measure; none is derived from a figure with a sign, which would lose it."""
    percent, basis = (None, None) if measure.grade is None else (measure.grade.value, measure.grade.basis)
    shown_basis = None if measure.grade is None else basis or METAL
    if measure.contained is not None:
        return MetalAmount(percent, shown_basis, measure.contained.value)
    is_exact = measure.grade is None or measure.grade.qualifier is None
    derived = derive_contained_t(measure.commodity, ore_t, percent, basis) if is_exact else None
    return MetalAmount(percent, shown_basis, derived, derived is not None)

"""Gates of figures: a grade that no ore has, and a capacity of one site above the output of the world, are held.

A held figure stays as reported, with its reason and without a value in base units, so that no headline, sum, check or filter
uses it, until a person judges it (see :mod:`lodedata.choice.figure_judgements`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from lodedata.figures.national_output import WORLD, OutputStage, find_output, find_stage
from lodedata.figures.units import find_basis_factor
from lodedata.messages import Label
from lodedata.records import CommodityMeasure, Deposit, Discovery, Estimate, Phase, Project, Quantity, Record
from lodedata.vocab import load_vocabulary_rows

ROUNDING = 1e-9
"""Relative tolerance above a limit, as converted figures are rounded."""
HeldRecord = TypeVar("HeldRecord", bound=Record)


@dataclass(frozen=True, slots=True)
class GradeLimit:
    """The content of a commodity's richest ore mineral, and a grade that no ore of a deposit has, in per cent of a basis."""

    mineral: Label
    mineral_pct: float
    ore_pct: float
    basis: str


@dataclass(frozen=True, slots=True)
class SiteCapacity:
    """A capacity of a site in tonnes a year: its product and what it counts."""

    product: str | None
    basis: str | None
    tonnes: float | None


@lru_cache(maxsize=1)
def load_grade_limits() -> dict[str, GradeLimit]:
    """Return the limits by commodity."""
    return {
        row["commodity"]: GradeLimit(
            Label(row["mineral"], row["mineral_zh"]), float(row["mineral_pct"]), float(row["ore_pct"]), row["basis"]
        )
        for row in load_vocabulary_rows("grade-limit")
    }


def find_grade_doubt(commodity: str, grade: Quantity | None) -> str | None:
    """Return the reason for which a grade is held, None for a possible one."""
    limit = load_grade_limits().get(commodity)
    if limit is None or grade is None or grade.converted is None:
        return None
    basis = grade.basis or "metal"
    share = 1.0 if basis == limit.basis else find_basis_factor(commodity, basis)
    if share is None:
        return None
    percent = grade.converted * share
    if percent > limit.mineral_pct * (1 + ROUNDING):
        return "grade-above-mineral"
    return "grade-above-ore" if percent > limit.ore_pct * (1 + ROUNDING) else None


def find_capacity_doubts(capacities: Sequence[SiteCapacity]) -> list[str | None]:
    """Return the reason for which each capacity of one site is held, None for a possible one.

    A single capacity above the output of the world is held; so are all of a stage if together they are above it.
    """
    sums: dict[OutputStage, float] = {}
    for capacity in capacities:
        stage = find_comparable_stage(capacity.product, capacity.basis)
        if stage is not None and capacity.tonnes is not None and not _exceeds_world(stage, capacity.tonnes):
            sums[stage] = sums.get(stage, 0.0) + capacity.tonnes
    doubts: list[str | None] = []
    for capacity in capacities:
        stage = find_comparable_stage(capacity.product, capacity.basis)
        above = (
            stage is not None
            and capacity.tonnes is not None
            and _exceeds_world(stage, max(capacity.tonnes, sums.get(stage, 0.0)))
        )
        doubts.append("capacity-above-world" if above else None)
    return doubts


def find_comparable_stage(product: str | None, basis: str | None) -> OutputStage | None:
    """Return the stage whose output a capacity is comparable with, None without one."""
    stage = find_stage(product)
    return stage if stage is not None and stage.compares(basis) else None


def _exceeds_world(stage: OutputStage, tonnes: float) -> bool:
    output = find_output(stage.commodity, stage.stage, WORLD)
    return output is not None and tonnes > output.tonnes * (1 + ROUNDING)


def hold_impossible(record: HeldRecord) -> HeldRecord:
    """Return the record with its impossible figures held; the same object if there are none."""
    if isinstance(record, Deposit | Discovery):
        estimates = tuple(map(_hold_estimate, record.estimates))
        return record if estimates == record.estimates else replace(record, estimates=estimates)
    if isinstance(record, Project):
        phases = _hold_phases(record.phases)
        return record if phases == record.phases else replace(record, phases=phases)
    return record


def _hold_estimate(estimate: Estimate) -> Estimate:
    measures = tuple(map(_hold_measure, estimate.measures))
    return estimate if measures == estimate.measures else replace(estimate, measures=measures)


def _hold_measure(measure: CommodityMeasure) -> CommodityMeasure:
    doubt = find_grade_doubt(measure.commodity, measure.grade)
    if doubt is None or measure.grade is None:
        return measure
    return replace(measure, grade=replace(measure.grade, held=doubt))


def _hold_phases(phases: tuple[Phase, ...]) -> tuple[Phase, ...]:
    doubts = find_capacity_doubts([_build_site_capacity(phase) for phase in phases])
    return tuple(
        phase if doubt is None or phase.capacity is None else replace(phase, capacity=replace(phase.capacity, held=doubt))
        for phase, doubt in zip(phases, doubts, strict=True)
    )


def _build_site_capacity(phase: Phase) -> SiteCapacity:
    if phase.capacity is None:
        return SiteCapacity(phase.product, None, None)
    return SiteCapacity(phase.product, phase.capacity.basis, phase.capacity.converted)

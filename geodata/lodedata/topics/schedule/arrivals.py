"""Capacity by the quarter in which it arrives, per product: done, on time, late, and without a date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from lodedata.records import PartialDate
from lodedata.topics.schedule.milestones import Milestone, count_days_late, group_by_phase

ARRIVAL = "first-output"
Split = Literal["done", "on-time", "late", "no-date"]
SPLITS: tuple[Split, ...] = ("done", "on-time", "late", "no-date")


@dataclass(frozen=True, slots=True)
class Arrival:
    """The capacity in t/a of some phases, None if that of none is known.

    ``period`` is a quarter, a year if no month is known, empty without a date.
    """

    product: str
    period: str
    split: Split
    phases: int
    capacity_tpa: float | None
    without_capacity: int
    """Phases of them whose capacity is not known here; they add nothing."""


def name_period(when: PartialDate | None) -> str:
    """Return a date's quarter such as 2026-Q1; its year if no month is known; an empty text without a date."""
    if when is None:
        return ""
    year = str(when.first.year)
    return year if when.precision == "year" else f"{year}-Q{(when.first.month + 2) // 3}"


def count_arrivals(milestones: Iterable[Milestone], today: date) -> list[Arrival]:
    """Return the capacity that arrives by product and period, in order; each phase counts once."""
    milestones_by_group: dict[tuple[str, str, Split], list[Milestone]] = {}
    for of_phase in group_by_phase(milestone for milestone in milestones if milestone.milestone_type == ARRIVAL).values():
        latest_milestone = max(
            of_phase, key=lambda m: (m.information_date.first if m.information_date is not None else date.min, m.id)
        )
        if latest_milestone.milestone_status not in ("withdrawn", "not-applicable"):
            milestones_by_group.setdefault(
                (latest_milestone.product or "", name_period(latest_milestone.next_date), split(latest_milestone, today)), []
            ).append(latest_milestone)
    return [
        Arrival(
            product,
            when,
            state,
            len(of),
            sum(capacities) if capacities else None,
            len(of) - len(capacities),
        )
        for (product, when, state), of in sorted(milestones_by_group.items())
        for capacities in [[m.capacity_tpa for m in of if m.capacity_tpa is not None]]
    ]


def split(milestone: Milestone, today: date) -> Split:
    """Return how the capacity of a milestone counts."""
    if not milestone.open:
        return "done"
    if milestone.next_date is None:
        return "no-date"
    return "late" if count_days_late(milestone, today) else "on-time"

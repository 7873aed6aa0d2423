"""Days between milestones of the same phase, from dates known to the month or the day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles

from lodedata.records import PartialDate
from lodedata.topics.schedule.milestones import Milestone, group_by_phase

MIN_PHASES = 10
"""Fewer pairs than this say nothing of the next project."""


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Quartiles of the days from one milestone to another, for a facility type in a division."""

    since: str
    until: str
    facility_type: str
    division: str
    n: int
    quartile_1: float
    median: float
    quartile_3: float


def lead_times(milestones: Iterable[Milestone], fewest: int = MIN_PHASES) -> list[LeadTime]:
    """Return the lead times of successive milestones for which at least ``fewest`` phases have both dates, in order."""
    days: dict[tuple[str, str, str, str], list[int]] = {}
    for of_phase in group_by_phase(milestones).values():
        for earlier, later in _list_pairs(of_phase):
            assert earlier.actual_date is not None and later.actual_date is not None
            place = (later.facility_type or earlier.facility_type or "", later.division or earlier.division or "")
            key = (earlier.milestone_type, later.milestone_type, *place)
            days.setdefault(key, []).append((later.actual_date.first - earlier.actual_date.first).days)
    return [
        LeadTime(*key, len(day_counts), *quantiles(day_counts, n=4, method="inclusive"))
        for key, day_counts in sorted(days.items())
        if len(day_counts) >= fewest
    ]


def _list_pairs(of_phase: Sequence[Milestone]) -> Iterable[tuple[Milestone, Milestone]]:
    """Yield each pair of different milestones whose dates are known well enough, the earlier type first."""
    dated = [milestone for milestone in of_phase if _is_precise(milestone.actual_date)]
    for number, earlier in enumerate(dated):
        for later in dated[number + 1 :]:
            if later.milestone_type != earlier.milestone_type:
                yield earlier, later


def _is_precise(when: PartialDate | None) -> bool:
    return when is not None and when.precision != "year"

"""A milestone as a value, and how its dates compare: what is late, and by how many days."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lodedata.records import GenericRecord, PartialDate, Project
from lodedata.vocab import load_vocabulary

CLOSED = frozenset({"done", "not-applicable", "withdrawn"})
"""Statuses of milestones that nobody waits for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A milestone of a phase; ``served_project`` is the id of the project as it is served, None for an unknown project."""

    id: str
    milestone_type: str
    project_source: str = ""
    project: str = ""
    phase: int | None = None
    name_en: str | None = None
    name_zh: str | None = None
    served_project: str | None = None
    milestone_status: str | None = None
    baseline_no: int | None = None
    baseline_date: PartialDate | None = None
    baseline_reason: str | None = None
    agreed_by: str | None = None
    expected_date: PartialDate | None = None
    actual_date: PartialDate | None = None
    expires_on: PartialDate | None = None
    planned_progress_pct: float | None = None
    progress_pct: float | None = None
    dates_reported: str | None = None
    """The dates as the source prints them, each with the date of its page."""
    grade: str | None = None
    page: str | None = None
    act: str | None = None
    authority: str | None = None
    reason_code: str | None = None
    facility_type: str | None = None
    product: str | None = None
    capacity_tpa: float | None = None
    country: str | None = None
    division: str | None = None
    information_date: PartialDate | None = None
    sources: tuple[str, ...] = ()

    @property
    def phase_key(self) -> tuple[str, str, int]:
        """The project and phase that it belongs to: the served project if it is known, so that sources meet there."""
        source, project = ("", self.served_project) if self.served_project else (self.project_source, self.project)
        return source, project, self.phase or 0

    @property
    def open(self) -> bool:
        """Whether it is still to come."""
        return self.actual_date is None and self.milestone_status not in CLOSED

    @property
    def planned(self) -> PartialDate | None:
        """The date that it is measured against: its baseline, else the expected date while it is open."""
        return self.baseline_date or (self.expected_date if self.actual_date is None else None)

    @property
    def next_date(self) -> PartialDate | None:
        """The date at which it happened or is expected to: actual, else expected, else baseline."""
        return self.actual_date or self.expected_date or self.baseline_date


def build_milestone_record(project: Project, source: str, key: str, **values: Any) -> GenericRecord:
    """Return a milestone of a source's project as a record: names, place, facility and date are those of the project."""
    of_project = {
        "name_en": project.name_en,
        "name_zh": project.name_zh,
        "project_source": source,
        "project": key,
        "facility_type": project.facility_types[0] if project.facility_types else None,
        "country": project.country,
        "division": project.division,
        "information_date": project.information_date,
    }
    return GenericRecord(kind="milestone", values=of_project | values)


def count_days_late(milestone: Milestone, today: date) -> int | None:
    """Return the least number of days by which a milestone is late, 0 if it is not, None without a planned date.

    An open one is late since the end of its planned date, or from there to its expected date if that is later.
    """
    planned = milestone.planned
    if planned is None or milestone.milestone_status in CLOSED - {"done"}:
        return None
    due = planned.last
    if milestone.actual_date is not None:
        return max(0, (milestone.actual_date.first - due).days)
    if not milestone.open:
        return None
    expected = milestone.expected_date.first if milestone.expected_date is not None else due
    return max(0, (max(today, expected) - due).days)


def count_months_over(planned: PartialDate, today: date) -> int:
    """Return how many months in a row are over since a planned date, with the one that it ended in.

    June is over from 1 July: planned in June and open on 1 July is 1, on 1 September 3.
    """
    due = planned.last
    return max(0, (today.year - due.year) * 12 + today.month - due.month)


def group_by_phase(milestones: Iterable[Milestone]) -> Mapping[tuple[str, str, int], tuple[Milestone, ...]]:
    """Return the milestones of each phase in the usual order of their types."""
    milestones_by_phase: dict[tuple[str, str, int], list[Milestone]] = {}
    for milestone in milestones:
        milestones_by_phase.setdefault(milestone.phase_key, []).append(milestone)
    order = {term.code: number for number, term in enumerate(load_vocabulary("milestone-type"))}
    return {key: tuple(sorted(of, key=lambda m: (order[m.milestone_type], m.id))) for key, of in milestones_by_phase.items()}


def find_next_milestone(of_phase: Iterable[Milestone]) -> Milestone | None:
    """Return the open milestone that comes first: by date, those without a date last, then by the usual order."""
    milestones = [milestone for milestone in of_phase if milestone.open]
    return min(milestones, key=lambda m: m.next_date.first if m.next_date is not None else date.max, default=None)

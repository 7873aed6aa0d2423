"""The operation of the schedule of projects: a ledger with lights, capacity that arrives, delays and lead times."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, ClassVar

from lodebase.field_types import Day, Description
from lodebase.operations.formats import ATOM, CSV, HTML, ICALENDAR, JSON, NOT_IN_DATA, XLSX, ResultLink
from lodebase.operations.operation import Operation, OperationServices
from lodebase.operations.row_parameters import RowParameters
from lodebase.topics.schedule.store import Delay, Schedule, ScheduledPhase, ScheduleSummary, load_rules, read_schedule
from lodedata.messages import msg
from lodedata.records import PartialDate
from lodedata.topics.schedule.arrivals import Arrival
from lodedata.topics.schedule.lead_times import LeadTime
from lodedata.topics.schedule.milestones import Milestone, count_days_late


class ScheduleParameters(RowParameters):
    """The filters of milestones, and the day."""

    collection: ClassVar[str] = "milestones"
    date: Annotated[Day | None, Description(msg("The day from which the schedule is seen; today if left out."))] = None


@dataclass(frozen=True, slots=True)
class RuleSetReport:
    """The rules that give the lights."""

    name: str
    title_en: str
    title_zh: str
    in_force_from: str
    citation: str


@dataclass(frozen=True, slots=True)
class MilestoneReport:
    """A milestone with its dates, each to the day, month or year, and the days by which it is late."""

    id: str
    milestone_type: str
    milestone_status: str | None
    baseline_no: int | None
    baseline_reason: str | None
    agreed_by: str | None
    authority: str | None
    act: str | None
    reason_code: str | None
    planned_progress_pct: float | None
    progress_pct: float | None
    baseline_date: str | None
    expected_date: str | None
    actual_date: str | None
    expires_on: str | None
    dates_reported: str | None
    grade: str | None
    page: str | None
    information_date: str | None
    days_late: int | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlertReport:
    """A rule that applies to a milestone, with its sentence in both languages."""

    milestone: str
    rule: str
    mark: str
    light: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class PhaseReport:
    """A phase with its light, its delay in days, its next milestone and all milestones."""

    project_source: str
    project: str
    phase: int | None
    name_en: str | None
    name_zh: str | None
    facility_type: str | None
    product: str | None
    capacity_tpa: float | None
    country: str | None
    division: str | None
    record_id: str | None
    light: str
    days_late: int | None
    next: str | None
    milestones: tuple[MilestoneReport, ...]
    alerts: tuple[AlertReport, ...]


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A milestone as a row of a table, with the light of its phase."""

    project_source: str
    project: str
    phase: int | None
    name_en: str | None
    name_zh: str | None
    facility_type: str | None
    product: str | None
    capacity_tpa: float | None
    country: str | None
    division: str | None
    milestone_type: str
    milestone_status: str | None
    baseline_no: int | None
    baseline_date: str | None
    expected_date: str | None
    actual_date: str | None
    authority: str | None
    act: str | None
    reason_code: str | None
    days_late: int | None
    light: str
    alerts_en: str
    alerts_zh: str
    information_date: str | None
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScheduleReport:
    """The schedule of the phases with a milestone that matches, on a day."""

    schedule: Schedule = field(metadata=NOT_IN_DATA)
    date: date
    dataset_version: int
    rules: RuleSetReport
    numberMatched: int
    summary: ScheduleSummary
    phases: tuple[PhaseReport, ...]
    arrivals: tuple[Arrival, ...]
    delays: tuple[Delay, ...]
    lead_times: tuple[LeadTime, ...]
    links: tuple[ResultLink, ...]


def report_schedule(services: OperationServices, parameters: ScheduleParameters) -> ScheduleReport:
    """Return the schedule on a day, by default today. Raises BadSetting if the operator's rules can't be read."""
    version = None if parameters.as_of is None else services.find_version(parameters.as_of)
    rules = load_rules(services.settings.schedule_rules)
    day = parameters.date or services.today
    schedule = read_schedule(services.engine, parameters.query_at(version), rules, day)
    return ScheduleReport(
        schedule=schedule,
        date=schedule.day,
        dataset_version=schedule.dataset_version,
        rules=RuleSetReport(rules.name, rules.title_en, rules.title_zh, rules.in_force_from, rules.citation),
        numberMatched=len(schedule.phases),
        summary=schedule.summary,
        phases=tuple(_report_phase(phase, schedule.day) for phase in schedule.phases),
        arrivals=schedule.arrivals,
        delays=schedule.delays,
        lead_times=schedule.lead_times,
        links=(ResultLink("/api/collections/milestones/items", "items", "application/geo+json"),),
    )


def _report_phase(phase: ScheduledPhase, day: date) -> PhaseReport:
    first = phase.first
    return PhaseReport(
        project_source=first.project_source,
        project=first.project,
        phase=first.phase,
        name_en=first.name_en,
        name_zh=first.name_zh,
        facility_type=first.facility_type,
        product=first.product,
        capacity_tpa=first.capacity_tpa,
        country=first.country,
        division=first.division,
        record_id=first.served_project,
        light=phase.light,
        days_late=phase.late,
        next=None if phase.next is None else phase.next.id,
        milestones=tuple(_report_milestone(milestone, day) for milestone in phase.milestones),
        alerts=tuple(
            AlertReport(milestone.id, alert.rule, alert.mark, alert.light, alert.en, alert.zh)
            for milestone, alert in phase.alerts
        ),
    )


def _report_milestone(milestone: Milestone, day: date) -> MilestoneReport:
    return MilestoneReport(
        id=milestone.id,
        milestone_type=milestone.milestone_type,
        milestone_status=milestone.milestone_status,
        baseline_no=milestone.baseline_no,
        baseline_reason=milestone.baseline_reason,
        agreed_by=milestone.agreed_by,
        authority=milestone.authority,
        act=milestone.act,
        reason_code=milestone.reason_code,
        planned_progress_pct=milestone.planned_progress_pct,
        progress_pct=milestone.progress_pct,
        baseline_date=_write_date(milestone.baseline_date),
        expected_date=_write_date(milestone.expected_date),
        actual_date=_write_date(milestone.actual_date),
        expires_on=_write_date(milestone.expires_on),
        dates_reported=milestone.dates_reported,
        grade=milestone.grade,
        page=milestone.page,
        information_date=_write_date(milestone.information_date),
        days_late=count_days_late(milestone, day),
        sources=milestone.sources,
    )


def list_milestones(report: ScheduleReport) -> list[MilestoneRow]:
    """Return the milestones of the ledger, one in each row."""
    return [
        _build_milestone_row(phase, milestone, report.date)
        for phase in report.schedule.phases
        for milestone in phase.milestones
    ]


def _build_milestone_row(phase: ScheduledPhase, milestone: Milestone, day: date) -> MilestoneRow:
    alerts = [alert for of, alert in phase.alerts if of.id == milestone.id]
    return MilestoneRow(
        project_source=milestone.project_source,
        project=milestone.project,
        phase=milestone.phase,
        name_en=milestone.name_en,
        name_zh=milestone.name_zh,
        facility_type=milestone.facility_type,
        product=milestone.product,
        capacity_tpa=milestone.capacity_tpa,
        country=milestone.country,
        division=milestone.division,
        milestone_type=milestone.milestone_type,
        milestone_status=milestone.milestone_status,
        baseline_no=milestone.baseline_no,
        baseline_date=_write_date(milestone.baseline_date),
        expected_date=_write_date(milestone.expected_date),
        actual_date=_write_date(milestone.actual_date),
        authority=milestone.authority,
        act=milestone.act,
        reason_code=milestone.reason_code,
        days_late=count_days_late(milestone, day),
        light=phase.light,
        alerts_en="; ".join(alert.en for alert in alerts),
        alerts_zh="；".join(alert.zh for alert in alerts),
        information_date=_write_date(milestone.information_date),
        sources=milestone.sources,
    )


def _write_date(when: PartialDate | None) -> str | None:
    return None if when is None else str(when)


SCHEDULE = Operation(
    "schedule.schedule",
    "/api/schedule",
    msg("Schedule of projects"),
    msg("The schedule of projects: milestones by phase with lights, capacity that arrives, delays and lead times"),
    ScheduleParameters,
    run=report_schedule,
    result=ScheduleReport,
    formats=(JSON, HTML, CSV, XLSX, ICALENDAR, ATOM),
    rows=list_milestones,
    row=MilestoneRow,
    page="/schedule",
    file_name="lode-schedule",
)
OPERATIONS = (SCHEDULE,)

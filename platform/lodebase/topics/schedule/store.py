"""The schedule of projects from the stored milestones: a ledger by phase with lights, arrivals, delays and lead times."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine, select, text

from lodebase.db.schema import tables
from lodebase.errors import BadSetting
from lodebase.query import expression, version_views
from lodebase.query.query import Query, Shape
from lodebase.query.reading import PreparedStatement, compile_for_psycopg, open_reading, read_dataset_version
from lodedata.cells import parse_partial_date
from lodedata.errors import MappingRefused
from lodedata.kinds import KINDS
from lodedata.messages import msg
from lodedata.records import PartialDate
from lodedata.topics.schedule import rule_set
from lodedata.topics.schedule.alerts import Alert, LightState, choose_light, raise_alerts
from lodedata.topics.schedule.arrivals import Arrival, count_arrivals
from lodedata.topics.schedule.lead_times import LeadTime, lead_times
from lodedata.topics.schedule.milestones import Milestone, count_days_late, find_next_milestone, group_by_phase
from lodedata.topics.schedule.rule_set import AlertRuleSet

WORST: Mapping[LightState, int] = {"red": 0, "yellow": 1, "green": 2, "grey": 3}
"""The order in which phases are listed."""
# the project of a milestone as it is served, by the key that its source gives it
_SERVED = """
SELECT m.*, p.id AS served_project, p.name_en AS project_name_en, p.name_zh AS project_name_zh
FROM lode.milestone m
LEFT JOIN lode.keyed_record served ON served.source = m.project_source AND served.key = m.project AND served.kind = 'project'
LEFT JOIN lode.project p ON p.id = served.id
"""
MILESTONES = f"{_SERVED} ORDER BY m.id"
MILESTONES_OF_PROJECT = f"""{_SERVED}
WHERE served.id = :project ORDER BY m.id
"""
PLACES = text(
    "SELECT id, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM lode.project WHERE geom IS NOT NULL AND id = ANY (:projects)"
)
_DATES = frozenset(field.name for field in KINDS["milestone"].fields if field.partial_date)
_TAKEN = tuple(field.name for field in fields(Milestone))


@dataclass(frozen=True, slots=True)
class ScheduledPhase:
    """A row of the ledger: a phase with its milestones, the next one, its delay and its light."""

    milestones: tuple[Milestone, ...]
    next: Milestone | None
    late: int | None
    """Days by which the phase is late: those of its latest open milestone, else of the last one that is done."""
    light: LightState
    alerts: tuple[tuple[Milestone, Alert], ...]

    @property
    def first(self) -> Milestone:
        """The milestone that names the phase."""
        return self.milestones[0]

    @property
    def last_report(self) -> PartialDate | None:
        """The newest day on which something was known of its milestones, None if none is stated."""
        information_days = [
            milestone.information_date for milestone in self.milestones if milestone.information_date is not None
        ]
        return max(information_days, key=attrgetter("last"), default=None)

    @property
    def is_planned(self) -> bool:
        """Whether a milestone has a date that it is measured against."""
        return any(milestone.planned is not None for milestone in self.milestones)

    def name(self, language: str) -> str:
        """Return the name of the project in a language, else in the other, else its key."""
        first = self.first
        names = (first.name_zh, first.name_en) if language == "zh" else (first.name_en, first.name_zh)
        return next((name for name in names if name), first.project)


@dataclass(frozen=True, slots=True)
class ScheduleSummary:
    """How many phases are late, how many are on time, and of how many no planned date is known.

    ``unknown_from`` and ``unknown_to`` are the oldest and the newest of the last reports on phases without a planned date, None
    if none of them states a day; ``undated`` are those without any report.
    """

    phases: int
    late: int
    on_time: int
    unknown: int
    unknown_from: date | None
    unknown_to: date | None
    undated: int


@dataclass(frozen=True, slots=True)
class Delay:
    """Delays of the milestones of one type in a division: how many are measured and late, and the median of days."""

    country: str
    division: str
    milestone_type: str
    measured: int
    late: int
    median_days: float


@dataclass(frozen=True, slots=True)
class Schedule:
    """The schedule of a query's milestones on a day, by the rules of a set."""

    dataset_version: int
    day: date
    rules: AlertRuleSet
    phases: tuple[ScheduledPhase, ...]
    arrivals: tuple[Arrival, ...]
    delays: tuple[Delay, ...]
    lead_times: tuple[LeadTime, ...]

    @property
    def summary(self) -> ScheduleSummary:
        """The phases that are late, on time and not measured; a phase is late by its open milestones, else by its last one."""
        late = sum(bool(phase.late) for phase in self.phases)
        unknown = [phase for phase in self.phases if phase.late is None]
        reports = [report.last for phase in unknown if (report := phase.last_report) is not None]
        return ScheduleSummary(
            len(self.phases),
            late,
            len(self.phases) - late - len(unknown),
            len(unknown),
            min(reports, default=None),
            max(reports, default=None),
            len(unknown) - len(reports),
        )


def load_rules(path: Path | None) -> AlertRuleSet:
    """Return the rule set of an operator's file, else the shipped one. Raise BadSetting for a file that is none."""
    if path is None:
        return rule_set.load_shipped_rule_set()
    try:
        return rule_set.load(path)
    except MappingRefused as refused:
        raise BadSetting(msg("LODE_SCHEDULE_RULES=%(path)s: %(reason)s", path=path, reason=refused.message)) from None


def read_schedule(engine: Engine, query: Query, of: AlertRuleSet, day: date) -> Schedule:
    """Return the schedule of the phases with a milestone that matches a query; alerts consider all their milestones."""
    with open_reading(engine) as connection:
        version, every, chosen = (
            read_dataset_version(connection),
            _read_milestones(connection),
            _find_matching(connection, query),
        )
    keys = {milestone.phase_key for milestone in every if milestone.id in chosen}
    phase_milestones = [milestone for milestone in every if milestone.phase_key in keys]
    matching = [milestone for milestone in phase_milestones if milestone.id in chosen]
    warned = raise_alerts(phase_milestones, of, day)
    phases = [_build_phase(of_phase, warned, day) for of_phase in group_by_phase(phase_milestones).values()]
    phases.sort(key=lambda phase: (WORST[phase.light], not phase.is_planned, -(phase.late or 0), phase.first.phase_key))
    return Schedule(
        version,
        day,
        of,
        tuple(phases),
        tuple(count_arrivals(matching, day)),
        tuple(_find_delays(matching, day)),
        tuple(lead_times(matching)),
    )


def read_positions(connection: Connection, projects: Collection[str]) -> dict[str, tuple[float, float]]:
    """Return longitude and latitude of served projects that have a position, by id."""
    rows = connection.execute(PLACES, {"projects": list(projects)})
    return {row.id: (row.lon, row.lat) for row in rows}


def read_phases_of_project(connection: Connection, project: str, of: AlertRuleSet, day: date) -> list[ScheduledPhase]:
    """Return the phases of a served project that have milestones, in order."""
    own = _read_milestones(connection, MILESTONES_OF_PROJECT, project=project)
    warned = raise_alerts(own, of, day)
    return [_build_phase(of_phase, warned, day) for _, of_phase in sorted(group_by_phase(own).items())]


def _read_milestones(connection: Connection, statement: str = MILESTONES, **values: str) -> list[Milestone]:
    return [_build_milestone(dict(row)) for row in connection.execute(text(statement), values).mappings()]


def _build_milestone(row: dict[str, Any]) -> Milestone:
    names = {f"name_{lang}": row[f"project_name_{lang}"] or row[f"name_{lang}"] for lang in ("en", "zh")}
    read = {name: parse_partial_date(row[name]) for name in _DATES if row[name] is not None}
    values = row | names | read | {"sources": tuple(row["sources"])}
    return Milestone(**{name: values[name] for name in _TAKEN})


def _find_matching(connection: Connection, query: Query) -> frozenset[str]:
    settled, earlier = version_views.settle_query_version(connection, query.same_rows())
    statement = _prepare_ids(settled.shape(earlier))
    values = expression.bind_query(connection, settled, earlier)
    return frozenset(row[0] for row in connection.exec_driver_sql(statement.sql, {**statement.constants, **values}))


@lru_cache(maxsize=64)
def _prepare_ids(shape: Shape) -> PreparedStatement:
    table = tables.SERVED["milestone"]
    return compile_for_psycopg(select(table.c.id).where(expression.build_where_condition(shape, table)), shape.earlier)


def _build_phase(of_phase: Sequence[Milestone], warned: Mapping[str, tuple[Alert, ...]], day: date) -> ScheduledPhase:
    lights = [choose_light(milestone, warned[milestone.id]) for milestone in of_phase]
    # a phase is as bad as its worst milestone; it is green if any of them can be measured
    worst = min(lights, key=lambda colour: WORST[colour])
    late = [days for milestone in of_phase if milestone.open and (days := count_days_late(milestone, day)) is not None]
    done = [days for milestone in of_phase if not milestone.open and (days := count_days_late(milestone, day)) is not None]
    return ScheduledPhase(
        tuple(of_phase),
        find_next_milestone(of_phase),
        max(late) if late else done[-1] if done else None,
        worst,
        tuple((milestone, alert) for milestone in of_phase for alert in warned[milestone.id]),
    )


def _find_delays(milestones: Sequence[Milestone], day: date) -> Iterator[Delay]:
    delays: dict[tuple[str, str, str], list[int]] = {}
    for milestone in milestones:
        days = count_days_late(milestone, day)
        if days is not None:
            delays.setdefault((milestone.country or "", milestone.division or "", milestone.milestone_type), []).append(days)
    for key, days_of in sorted(delays.items()):
        yield Delay(*key, len(days_of), sum(1 for days in days_of if days > 0), median(days_of))

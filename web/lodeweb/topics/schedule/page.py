"""The page of the schedule: what is late, what arrives in which quarter, where the delays are."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from flask import request

from lodebase.operations.formats import ATOM, ICALENDAR, XLSX
from lodebase.query.collections_ import find_collection
from lodebase.query.reading import open_reading
from lodebase.topics.schedule.operations import SCHEDULE, ScheduleReport
from lodebase.topics.schedule.store import Delay, Schedule, ScheduledPhase, read_positions
from lodedata.topics.schedule.alerts import LightState
from lodedata.topics.schedule.arrivals import SPLITS
from lodeweb.adapter.responses import Presentation
from lodeweb.http.database import get_site
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language, gettext, translate_message
from lodeweb.i18n.numbers import number
from lodeweb.pages import chart_data
from lodeweb.pages.map import points_map
from lodeweb.pages.map.points_map import MapPoint
from lodeweb.pages.records.schedule_parts import describe_phase, label_term, list_light_names
from lodeweb.topics.schedule.files import write_calendar, write_feed, write_workbook

FILTERS = (("country", "country"), ("division", "division"), ("product", "product"), ("facility_type", "facility-type"))
"""The filters of the form, each with its vocabulary."""
MAX_SCHEDULE_BARS = 40
FILLS: Mapping[LightState, str] = {
    "red": "--chart-accent",
    "yellow": "--chart-yellow",
    "green": "--chart-resource",
    "grey": "--chart-quiet",
}
"""The CSS variable of the colour of each light on the map."""


def describe_page(report: ScheduleReport) -> Mapping[str, Any]:
    """Return what the page of the schedule shows: the ledger, its filters, charts and map."""
    schedule = report.schedule
    charts = list(_build_charts(schedule))
    parameters = [(name, value) for name, value in request.args.items(multi=True) if name not in ("f", "lang") and value]
    return {
        "found": schedule,
        "summary": schedule.summary,
        "rows": [describe_phase(phase) for phase in schedule.phases],
        "counts": {
            light: sum(phase.light == light for phase in schedule.phases) for light in ("red", "yellow", "green", "grey")
        },
        "rules_title": translate_message(schedule.rules.title),
        "filters": [_filter(name, terms, schedule) for name, terms in FILTERS],
        "lead_times": [_describe_lead_time(time) for time in schedule.lead_times],
        "own": urlencode(parameters),
        "charts": charts,
        "drawing": chart_data.write_chart_settings(charts),
        "map_settings": points_map.write_points_settings(_list_points(schedule)),
        "legend": [(fill, list_light_names()[light]) for light, fill in FILLS.items()],
    }


def _list_points(schedule: Schedule) -> Iterator[MapPoint]:
    """Yield the phases of projects whose place is known; the worst of a place is drawn last, above the others."""
    with open_reading(get_site().engine) as connection:
        places = read_positions(
            connection, [phase.first.served_project for phase in schedule.phases if phase.first.served_project]
        )
    for phase in reversed(schedule.phases):
        if (place := places.get(phase.first.served_project or "")) is not None:
            shown = describe_phase(phase)
            number_of_phase = "" if shown["phase"] is None else f" · {shown['phase']}"
            title = f"{shown['name']}{number_of_phase}{gettext(': ')}{list_light_names()[phase.light]}, {shown['milestone']}"
            yield MapPoint(*place, title, FILLS[phase.light], shown["href"])


def _filter(name: str, terms: str, schedule: Schedule) -> dict[str, Any]:
    """Return a filter of the form with the values that the schedule has, and the chosen one."""
    values = {getattr(milestone, name) for phase in schedule.phases for milestone in phase.milestones} - {None}
    chosen = request.args.get(name, "")
    options = sorted((label_term(terms, code), code) for code in values | ({chosen} if chosen else set()))
    field = find_collection("milestones").field(name)
    assert field is not None
    return {"name": name, "title": labels.title_field(field, get_language()), "chosen": chosen, "options": options}


def _describe_lead_time(lead_time: Any) -> dict[str, Any]:
    return {
        "since": label_term("milestone-type", lead_time.since),
        "until": label_term("milestone-type", lead_time.until),
        "facility_type": label_term("facility-type", lead_time.facility_type),
        "division": label_term("division", lead_time.division),
        "n": lead_time.n,
        "days": [number(figure) for figure in (lead_time.quartile_1, lead_time.median, lead_time.quartile_3)],
    }


def _build_charts(schedule: Schedule) -> Iterator[Mapping[str, Any]]:
    texts = _list_texts()
    bars = list(islice((bar for phase in schedule.phases if (bar := _build_bar(phase)) is not None), MAX_SCHEDULE_BARS))
    if bars:
        yield {
            "id": "gantt",
            "kind": "gantt",
            "title": gettext("Baseline and actual dates"),
            "today": schedule.day.isoformat(),
            "bars": bars,
            "texts": texts,
        }
    if schedule.arrivals:
        yield {
            "id": "arrivals",
            "kind": "arrivals",
            "title": gettext("Capacity arriving by quarter and product, in tonnes a year"),
            "splits": {split: texts[split] for split in SPLITS},
            "rows": [
                {"product": label_term("product", arrival.product) or gettext("product not stated"), "period": arrival.period}
                | {
                    "split": arrival.split,
                    "tpa": arrival.capacity_tpa,
                    "phases": arrival.phases,
                    "unknown": arrival.without_capacity,
                }
                for arrival in schedule.arrivals
            ],
            "texts": texts,
        }
    if schedule.delays:
        yield {
            "id": "delays",
            "kind": "delays",
            "title": gettext("Days late by division and milestone"),
            "rows": [_describe_delay(delay) for delay in schedule.delays],
            "texts": texts,
        }


def _build_bar(phase: ScheduledPhase) -> dict[str, Any] | None:
    """Return the bars of a phase: from its first to its last date, as planned and as it is; None without any date."""
    planned = _find_span([milestone.baseline_date for milestone in phase.milestones])
    real = _find_span(
        [milestone.actual_date or (milestone.expected_date if milestone.open else None) for milestone in phase.milestones]
    )
    if planned is None and real is None:
        return None
    name, number_of_phase = phase.name(get_language()), phase.first.phase
    label = name if number_of_phase is None else f"{name} · {number_of_phase}"
    marks = [
        {
            "title": label_term("milestone-type", milestone.milestone_type),
            "date": str(when),
            "done": milestone.actual_date is not None,
        }
        for milestone in phase.milestones
        if (when := milestone.next_date) is not None
    ]
    return {"label": label, "light": phase.light, "planned": planned, "real": real, "marks": marks}


def _find_span(dates: Sequence[Any]) -> list[str] | None:
    date_s = [when for when in dates if when is not None]
    if not date_s:
        return None
    return [min(when.first for when in date_s).isoformat(), max(when.last for when in date_s).isoformat()]


def _describe_delay(delay: Delay) -> dict[str, Any]:
    place = label_term("division", delay.division) or label_term("country", delay.country) or gettext("place not stated")
    milestone = label_term("milestone-type", delay.milestone_type)
    return {"place": place, "milestone": milestone, "measured": delay.measured, "late": delay.late, "days": delay.median_days}


def _list_texts() -> dict[str, str]:
    return {
        "done": gettext("done"),
        "on-time": gettext("on time"),
        "late": gettext("late"),
        "no-date": gettext("no date known here"),
        "product": gettext("Product"),
        "period": gettext("Period"),
        "split": gettext("State"),
        "capacity": gettext("Capacity in t/a"),
        "phases": gettext("Phases"),
        "unknown": gettext("Phases without a capacity"),
        "phase": gettext("Phase"),
        "planned": gettext("Baseline"),
        "real": gettext("Actual or expected"),
        "today": gettext("Today"),
        "milestone": gettext("Milestone"),
        "place": gettext("Division"),
        "measured": gettext("Milestones with a planned date"),
        "days": gettext("Median of days late"),
        "noDate": gettext("no date"),
    }


PRESENTATIONS = {
    SCHEDULE: Presentation(describe_page, {ICALENDAR: write_calendar, ATOM: write_feed, XLSX: write_workbook}),
}

"""The page of the schedule: what is late, what arrives in which quarter, where the delays are."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext
from sqlalchemy import Connection

from lodebase.query.collections_ import find_collection
from lodebase.query.reading import reading
from lodebase.schedule import phases
from lodebase.schedule.phases import Delay, Schedule, ScheduledPhase
from lodebase.schedule.phases import of_project as phases_of_project
from lodebase.schedule.phases import rules as rule_set_of
from lodedata.schedule.alerts import LightState
from lodedata.schedule.arrivals import SPLITS
from lodedata.schedule.milestones import Milestone
from lodedata.vocab import vocabulary
from lodeweb.api import schedule
from lodeweb.http.database import site
from lodeweb.http.representation.conditional_requests import today
from lodeweb.http.representation.negotiation import HTML
from lodeweb.i18n import labels
from lodeweb.i18n.language import language, locale_tag, translated
from lodeweb.i18n.numbers import number
from lodeweb.pages import chart_data
from lodeweb.pages.map import points_map
from lodeweb.pages.map.points_map import MapPoint

blueprint = Blueprint("schedule_page", __name__)
FILTERS = (("country", "country"), ("division", "division"), ("product", "product"), ("facility_type", "facility-type"))
"""The filters of the form, each with its vocabulary."""
MOST_BARS = 40
FILLS: Mapping[LightState, str] = {
    "red": "--chart-accent",
    "yellow": "--mark",
    "green": "--chart-resource",
    "grey": "--chart-quiet",
}
"""The CSS variable of the colour of each light on the map."""


@blueprint.get("/schedule")
def page() -> Response:
    """Return the page of the schedule; its parameters are those of ``/api/schedule``."""
    found = schedule.requested(("f", "lang"))
    charts = list(_charts(found))
    given = [(name, value) for name, value in request.args.items(multi=True) if name not in ("f", "lang") and value]
    html = render_template(
        "schedule/schedule.html",
        found=found,
        rows=[row(phase) for phase in found.phases],
        counts={light: sum(phase.light == light for phase in found.phases) for light in ("red", "yellow", "green", "grey")},
        rules_title=translated(found.rules.title),
        filters=[_filter(name, terms, found) for name, terms in FILTERS],
        lead_times=[_lead_time(one) for one in found.lead_times],
        own=urlencode(given),
        charts=charts,
        drawing=chart_data.settings(charts),
        map_settings=points_map.settings(_points(found)),
        legend=[(fill, light_names()[light]) for light, fill in FILLS.items()],
    )
    response = Response(html, mimetype=HTML)
    response.headers["Content-Language"] = locale_tag()
    return response


def light_names() -> dict[LightState, str]:
    """Return the name of each light in the page's language."""
    return {"red": gettext("red"), "yellow": gettext("yellow"), "green": gettext("green"), "grey": gettext("not known")}


def _points(found: Schedule) -> Iterator[MapPoint]:
    """Yield the phases of projects whose place is known; the worst of a place is drawn last, above the others."""
    with reading(site().engine) as connection:
        places = phases.places(connection, [one.first.served_project for one in found.phases if one.first.served_project])
    for phase in reversed(found.phases):
        if (place := places.get(phase.first.served_project or "")) is not None:
            shown = row(phase)
            number_of_phase = "" if shown["phase"] is None else f" · {shown['phase']}"
            title = f"{shown['name']}{number_of_phase}{gettext(': ')}{light_names()[phase.light]}, {shown['milestone']}"
            yield MapPoint(*place, title, FILLS[phase.light], shown["href"])


def row(phase: ScheduledPhase) -> dict[str, Any]:
    """Return a row of the ledger as texts in the page's language."""
    first, following = phase.first, phase.next
    shown = following or phase.milestones[-1]
    return {
        "href": f"/records/{first.served_project}" if first.served_project else None,
        "name": phase.name(language()),
        "phase": first.phase,
        "product": _term("product", _first(phase, "product")),
        "capacity": number(capacity) if (capacity := _first(phase, "capacity_tpa")) is not None else "",
        "place": " · ".join(part for part in (_term("country", first.country), _term("division", first.division)) if part),
        "next": _term("milestone-type", following.milestone_type) if following is not None else "",
        "milestone": _term("milestone-type", shown.milestone_type),
        "milestone_id": shown.id,
        "status": _term("milestone-status", shown.milestone_status),
        "baseline": shown.baseline_date or "",
        "baseline_no": shown.baseline_no,
        "expected": shown.expected_date or "",
        "actual": shown.actual_date or "",
        "late": phase.late,
        "light": phase.light,
        "authority": shown.authority or "",
        "reported": max(
            (m.information_date for m in phase.milestones if m.information_date), key=attrgetter("last"), default=""
        ),
        "alerts": [(_term("milestone-type", one.milestone_type), getattr(a, language()), a.light) for one, a in phase.alerts],
    }


def _first(phase: ScheduledPhase, name: str) -> Any:
    return next((value for one in phase.milestones if (value := getattr(one, name)) is not None), None)


def _term(name: str, code: str | None) -> str:
    terms = vocabulary(name)
    return terms[code].label(language()) if code and code in terms else code or ""


def _filter(name: str, terms: str, found: Schedule) -> dict[str, Any]:
    """Return a filter of the form with the values that the schedule has, and the chosen one."""
    values = {getattr(one, name) for phase in found.phases for one in phase.milestones} - {None}
    chosen = request.args.get(name, "")
    options = sorted((_term(terms, code), code) for code in values | ({chosen} if chosen else set()))
    field = find_collection("milestones").field(name)
    assert field is not None
    return {"name": name, "title": labels.title(field, language()), "chosen": chosen, "options": options}


def _lead_time(one: Any) -> dict[str, Any]:
    return {
        "since": _term("milestone-type", one.since),
        "until": _term("milestone-type", one.until),
        "facility_type": _term("facility-type", one.facility_type),
        "division": _term("division", one.division),
        "n": one.n,
        "days": [number(figure) for figure in (one.quartile_1, one.median, one.quartile_3)],
    }


def _charts(found: Schedule) -> Iterator[Mapping[str, Any]]:
    texts = _texts()
    bars = list(islice((bar for phase in found.phases if (bar := _bar(phase)) is not None), MOST_BARS))
    if bars:
        yield {
            "id": "gantt",
            "kind": "gantt",
            "title": gettext("Baseline and actual dates"),
            "today": found.day.isoformat(),
            "bars": bars,
            "texts": texts,
        }
    if found.arrivals:
        yield {
            "id": "arrivals",
            "kind": "arrivals",
            "title": gettext("Capacity arriving by quarter and product, in tonnes a year"),
            "splits": {split: texts[split] for split in SPLITS},
            "rows": [
                {"product": _term("product", one.product) or gettext("product not stated"), "period": one.period}
                | {"split": one.split, "tpa": one.capacity_tpa, "phases": one.phases, "unknown": one.without_capacity}
                for one in found.arrivals
            ],
            "texts": texts,
        }
    if found.delays:
        yield {
            "id": "delays",
            "kind": "delays",
            "title": gettext("Days late by division and milestone"),
            "rows": [_delay(one) for one in found.delays],
            "texts": texts,
        }


def _bar(phase: ScheduledPhase) -> dict[str, Any] | None:
    """Return the bars of a phase: from its first to its last date, as planned and as it is; None without any date."""
    planned = _span([one.baseline_date for one in phase.milestones])
    real = _span([one.actual_date or (one.expected_date if one.open else None) for one in phase.milestones])
    if planned is None and real is None:
        return None
    name, number_of_phase = phase.name(language()), phase.first.phase
    label = name if number_of_phase is None else f"{name} · {number_of_phase}"
    marks = [
        {"title": _term("milestone-type", one.milestone_type), "date": str(when), "done": one.actual_date is not None}
        for one in phase.milestones
        if (when := one.next_date) is not None
    ]
    return {"label": label, "light": phase.light, "planned": planned, "real": real, "marks": marks}


def _span(dates: Sequence[Any]) -> list[str] | None:
    known = [when for when in dates if when is not None]
    if not known:
        return None
    return [min(when.first for when in known).isoformat(), max(when.last for when in known).isoformat()]


def _delay(one: Delay) -> dict[str, Any]:
    place = _term("division", one.division) or _term("country", one.country) or gettext("place not stated")
    milestone = _term("milestone-type", one.milestone_type)
    return {"place": place, "milestone": milestone, "measured": one.measured, "late": one.late, "days": one.median_days}


def _texts() -> dict[str, str]:
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


def of_project(connection: Connection, identity: str) -> list[dict[str, Any]]:
    """Return the phases of a project that have milestones, with these as texts, for its page."""
    rules = rule_set_of(site().settings.schedule_rules)
    return [
        {**row(phase), "milestones": [_shown(one) for one in phase.milestones]}
        for phase in phases_of_project(connection, identity, rules, today())
    ]


def _shown(one: Milestone) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": _term("milestone-type", one.milestone_type),
        "status": _term("milestone-status", one.milestone_status),
        "baseline": one.baseline_date or "",
        "baseline_no": one.baseline_no,
        "expected": one.expected_date or "",
        "actual": one.actual_date or "",
        "act": one.act or "",
    }

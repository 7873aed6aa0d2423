"""The schedule of projects as data: the ledger with lights, capacity that arrives, delays and lead times; JSON and CSV."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery
from lodebase.query.collections_ import find_collection
from lodebase.query.parameters.declarations import OF_ROWS
from lodebase.query.reading import reading
from lodebase.schedule import ledger_rows, phases
from lodebase.schedule.phases import Schedule, ScheduledPhase
from lodedata.messages import msg
from lodedata.schedule import ledger
from lodedata.schedule.milestones import Milestone, days_late
from lodedata.write.formula import guarded_cell
from lodeweb.api import schedule_feeds
from lodeweb.api.features import query_parameters
from lodeweb.http.database import site
from lodeweb.http.representation.conditional_requests import today
from lodeweb.http.representation.links import link, own_links
from lodeweb.http.representation.negotiation import GEOJSON, XLSX
from lodeweb.http.representation.responses import document_response
from lodeweb.i18n.language import language

blueprint = Blueprint("schedule", __name__)
DAY = "date"
"""Parameter for the day that the schedule is seen from."""
DATES = ("baseline_date", "expected_date", "actual_date")
OF_PHASE = ("project_source", "project", "phase", "name_en", "name_zh", "facility_type", "product", "capacity_tpa")
PLACE = ("country", "division")
OF_MILESTONE = ("milestone_type", "milestone_status", "baseline_no", *DATES, "authority", "act", "reason_code")
COLUMNS = (*OF_PHASE, *PLACE, *OF_MILESTONE, "days_late", "light", "alerts_en", "alerts_zh", "information_date", "sources")
CSV = "text/csv"


@blueprint.get("/api/schedule")
def data() -> Response:
    """Return the schedule of the phases with a milestone that matches; the filters are those of milestones."""
    found = requested(("f",))
    made = FORMATS.get(request.args.get("f", ""))
    if made is not None:
        return made(found)
    # the rules are an operator's file, so the response is not cached by the version of the data
    return document_response(as_data(found), "api/document.html", title=gettext("Schedule of projects"))


def requested(more: tuple[str, ...] = ()) -> Schedule:
    """Return the schedule that a request names. Raises BadQuery and BadSetting."""
    given = MultiDict([(name, value) for name, value in request.args.items(multi=True) if name not in more])
    query = query_parameters.query(find_collection("milestones"), given, OF_ROWS, (DAY,))
    rules = phases.rules(site().settings.schedule_rules)
    return phases.schedule(site().engine, query, rules, _day(given.get(DAY)))


def _day(text: str | None) -> date:
    if text is None:
        return today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuery(DAY, text[:20], msg('%(parameter)s must be a day such as 2026-03-31, not "%(value)s".')) from None


def as_data(found: Schedule) -> dict[str, Any]:
    """Return the JSON of a schedule."""
    return {
        "date": found.day.isoformat(),
        "dataset_version": found.dataset_version,
        "rules": {name: getattr(found.rules, name) for name in ("name", "title_en", "title_zh", "in_force_from", "citation")},
        "numberMatched": len(found.phases),
        "phases": [phase_data(phase, found.day) for phase in found.phases],
        "arrivals": [asdict(one) for one in found.arrivals],
        "delays": [asdict(one) for one in found.delays],
        "lead_times": [asdict(one) for one in found.lead_times],
        "links": [*own_links(), link("/api/collections/milestones/items", "items", GEOJSON)],
    }


def phase_data(phase: ScheduledPhase, day: date) -> dict[str, Any]:
    """Return the JSON of a phase with its milestones."""
    first = phase.first
    return {
        **{name: getattr(first, name) for name in (*OF_PHASE, *PLACE)},
        "record_id": first.served_project,
        "light": phase.light,
        "days_late": phase.late,
        "next": phase.next.id if phase.next is not None else None,
        "milestones": [_milestone(one, day) for one in phase.milestones],
        "alerts": [{"milestone": one.id, **asdict(alert)} for one, alert in phase.alerts],
    }


def _milestone(one: Milestone, day: date) -> dict[str, Any]:
    dates = {name: _text(getattr(one, name)) for name in (*DATES, "expires_on", "information_date")}
    plain = ("id", "milestone_type", "milestone_status", "baseline_no", "baseline_reason", "agreed_by", "authority", "act")
    return {
        **{name: getattr(one, name) for name in (*plain, "reason_code", "planned_progress_pct", "progress_pct")},
        **dates,
        "days_late": days_late(one, day),
        "sources": list(one.sources),
    }


def _text(when: object) -> str | None:
    return None if when is None else str(when)


def _csv(found: Schedule) -> Response:
    """Return the milestones of the ledger, one in each row, with the light of its phase."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS)
    writer.writeheader()
    for phase in found.phases:
        for one in phase.milestones:
            row = _row(phase, one, found.day)
            writer.writerow({name: guarded_cell(value) if isinstance(value, str) else value for name, value in row.items()})
    # a byte order mark, so that spreadsheets read Chinese
    response = Response("\ufeff" + stream.getvalue(), mimetype=CSV)
    response.headers["Content-Disposition"] = "attachment; filename=lode-schedule.csv"
    return response


def _row(phase: ScheduledPhase, one: Milestone, day: date) -> Mapping[str, Any]:
    of_one = [alert for milestone, alert in phase.alerts if milestone.id == one.id]
    plain = {name: getattr(one, name) for name in (*OF_PHASE, *PLACE, *OF_MILESTONE)}
    return {
        **{name: _text(value) if name in DATES else value for name, value in plain.items()},
        "days_late": days_late(one, day),
        "light": phase.light,
        "alerts_en": "; ".join(alert.en for alert in of_one),
        "alerts_zh": "；".join(alert.zh for alert in of_one),
        "information_date": _text(one.information_date),
        "sources": " ".join(one.sources),
    }


def _xlsx(found: Schedule) -> Response:
    """Return the sheet of milestones as the ledger's workbook has it."""
    ids = [one.id for phase in found.phases for one in phase.milestones]
    with reading(site().engine) as connection:
        rows = {"milestone": ledger_rows.milestones(connection, ids)}
    return workbook_response(rows, "lode-schedule.xlsx")


def workbook_response(rows: Mapping[str, ledger_rows.Rows], name: str) -> Response:
    """Return the ledger's workbook with the sheets of the kinds that are given."""
    stream = io.BytesIO()
    ledger.write(stream, rows, language(), rows.keys())
    response = Response(stream.getvalue(), mimetype=XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


FORMATS: Mapping[str, Callable[[Schedule], Response]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "ics": schedule_feeds.calendar,
    "atom": schedule_feeds.atom,
}
"""The formats besides JSON and the page, by the value of ``f``."""

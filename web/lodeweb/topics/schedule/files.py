"""The schedule as files: dates to come as iCalendar (RFC 5545), alerts as Atom (RFC 4287), the ledger as a workbook."""

import io
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from flask import Response, render_template, request

from lodebase.query.reading import open_reading
from lodebase.topics.schedule import ledger_rows
from lodebase.topics.schedule.operations import ScheduleReport
from lodebase.topics.schedule.store import Schedule, ScheduledPhase
from lodedata.topics.schedule import ledger
from lodedata.topics.schedule.milestones import Milestone
from lodedata.vocab import load_vocabulary
from lodeweb.http.database import get_site
from lodeweb.http.representation.negotiation import XLSX
from lodeweb.i18n.language import get_language, gettext

OCTETS = 75
"""The longest line of a calendar, in octets (RFC 5545, 3.1)."""


def write_calendar(report: ScheduleReport) -> str:
    """Return the open milestones with a date, each as an event on the last day of its date."""
    schedule = report.schedule
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Lode//schedule//EN"]
    for phase in schedule.phases:
        for milestone in phase.milestones:
            if milestone.open and milestone.next_date is not None:
                lines += _write_event(phase, milestone, schedule)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _fold_line(line))


def write_feed(report: ScheduleReport) -> str:
    """Return the alerts that change a light, the worst phases first."""
    schedule = report.schedule
    entries = [
        {
            "id": f"{milestone.id}/{alert.rule}",
            "milestone": milestone.id,
            "title": _format_title(phase, milestone),
            "light": alert.light,
        }
        | {"text": getattr(alert, get_language())}
        for phase in schedule.phases
        for milestone, alert in phase.alerts
        if alert.light != "note"
    ]
    served_record = datetime.combine(schedule.day, datetime.min.time(), UTC)
    return render_template("schedule/alerts.xml", entries=entries, updated=served_record, root=request.host_url.rstrip("/"))


def write_workbook(report: ScheduleReport) -> bytes:
    """Return the sheet of milestones as the ledger's workbook has it."""
    ids = [milestone.id for phase in report.schedule.phases for milestone in phase.milestones]
    with open_reading(get_site().engine) as connection:
        rows = {"milestone": ledger_rows.read_milestone_rows(connection, ids)}
    return _write_ledger(rows)


def build_workbook_response(rows: Mapping[str, ledger_rows.Rows], name: str) -> Response:
    """Return the ledger's workbook with the sheets of the kinds that are given."""
    response = Response(_write_ledger(rows), mimetype=XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _write_ledger(rows: Mapping[str, ledger_rows.Rows]) -> bytes:
    stream = io.BytesIO()
    ledger.write(stream, rows, get_language(), rows.keys())
    return stream.getvalue()


def _write_event(phase: ScheduledPhase, milestone: Milestone, schedule: Schedule) -> list[str]:
    assert milestone.next_date is not None
    day = milestone.next_date.last
    notes = [getattr(alert, get_language()) for of, alert in phase.alerts if of is milestone]
    return [
        "BEGIN:VEVENT",
        f"UID:{milestone.id}@{request.host.split(':')[0]}",
        f"DTSTAMP:{schedule.day:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escape_text(_format_title(phase, milestone))}",
        *([f"DESCRIPTION:{_escape_text('; '.join(notes))}"] if notes else []),
        f"URL:{request.host_url}records/{milestone.id}",
        "END:VEVENT",
    ]


def _format_title(phase: ScheduledPhase, phase_milestone: Milestone) -> str:
    number = "" if phase.first.phase is None else f" {phase.first.phase}"
    milestone = load_vocabulary("milestone-type")[phase_milestone.milestone_type].label(get_language())
    return f"{phase.name(get_language())}{number}{gettext(': ')}{milestone}"


def _escape_text(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return "\\n".join(text.splitlines())


def _fold_line(line: str) -> Iterator[str]:
    """Yield the lines of a content line; those that follow begin with a space, and no character is divided."""
    part = ""
    for character in line:
        if len((part + character).encode()) > OCTETS:
            yield part
            part = " "
        part += character
    yield part

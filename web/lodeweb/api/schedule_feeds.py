"""The schedule as feeds for other programs: dates to come as iCalendar (RFC 5545), alerts as Atom (RFC 4287)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from flask import Response, render_template, request
from flask_babel import gettext

from lodebase.schedule.phases import Schedule, ScheduledPhase
from lodedata.schedule.milestones import Milestone
from lodedata.vocab import vocabulary
from lodeweb.http.representation.negotiation import ATOM
from lodeweb.i18n.language import language

CALENDAR = "text/calendar"
OCTETS = 75
"""The longest line of a calendar, in octets (RFC 5545, 3.1)."""


def calendar(found: Schedule) -> Response:
    """Return the open milestones with a date, each as an event on the last day of its date."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Lode//schedule//EN"]
    for phase in found.phases:
        for one in phase.milestones:
            if one.open and one.next_date is not None:
                lines += _event(phase, one, found)
    lines.append("END:VCALENDAR")
    text = "".join(f"{part}\r\n" for line in lines for part in _folded(line))
    return Response(text, content_type=f"{CALENDAR}; charset=utf-8")


def atom(found: Schedule) -> Response:
    """Return the alerts that change a light, the worst phases first."""
    entries = [
        {"id": f"{one.id}/{alert.rule}", "milestone": one.id, "title": _title(phase, one), "light": alert.light}
        | {"text": getattr(alert, language())}
        for phase in found.phases
        for one, alert in phase.alerts
        if alert.light != "note"
    ]
    made = datetime.combine(found.day, datetime.min.time(), UTC)
    xml = render_template("schedule/alerts.xml", entries=entries, updated=made, root=request.host_url.rstrip("/"))
    return Response(xml, content_type=f"{ATOM}; charset=utf-8")


def _event(phase: ScheduledPhase, one: Milestone, found: Schedule) -> list[str]:
    assert one.next_date is not None
    day = one.next_date.last
    notes = [getattr(alert, language()) for of, alert in phase.alerts if of is one]
    return [
        "BEGIN:VEVENT",
        f"UID:{one.id}@{request.host.split(':')[0]}",
        f"DTSTAMP:{found.day:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(_title(phase, one))}",
        *([f"DESCRIPTION:{_escaped('; '.join(notes))}"] if notes else []),
        f"URL:{request.host_url}records/{one.id}",
        "END:VEVENT",
    ]


def _title(phase: ScheduledPhase, one: Milestone) -> str:
    number = "" if phase.first.phase is None else f" {phase.first.phase}"
    milestone = vocabulary("milestone-type")[one.milestone_type].label(language())
    return f"{phase.name(language())}{number}{gettext(': ')}{milestone}"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> Iterator[str]:
    """Yield the lines of a content line; those that follow begin with a space, and no character is divided."""
    part = ""
    for character in line:
        if len((part + character).encode()) > OCTETS:
            yield part
            part = " "
        part += character
    yield part

"""Phases and milestones of the schedule as texts in the page's language, for the ledger and the pages of projects."""

from typing import Any

from sqlalchemy import Connection

from lodebase.topics.schedule.store import ScheduledPhase, load_rules, read_phases_of_project
from lodedata.topics.schedule.alerts import LightState
from lodedata.topics.schedule.milestones import Milestone
from lodedata.vocab import load_vocabulary
from lodeweb.http.database import get_site
from lodeweb.http.representation.conditional_requests import today
from lodeweb.i18n.language import get_language, gettext
from lodeweb.i18n.numbers import number


def list_light_names() -> dict[LightState, str]:
    """Return the name of each light in the page's language."""
    return {"red": gettext("red"), "yellow": gettext("yellow"), "green": gettext("green"), "grey": gettext("not known")}


def describe_phase(phase: ScheduledPhase) -> dict[str, Any]:
    """Return a row of the ledger as texts in the page's language: the next milestone, else the last with a baseline."""
    first, following = phase.first, phase.next
    measured = [milestone for milestone in phase.milestones if milestone.baseline_date is not None]
    shown = following or (measured or phase.milestones)[-1]
    return {
        "href": f"/records/{first.served_project}" if first.served_project else None,
        "name": phase.name(get_language()),
        "phase": first.phase,
        "product": label_term("product", find_first(phase, "product")),
        "capacity": number(capacity) if (capacity := find_first(phase, "capacity_tpa")) is not None else "",
        "place": " · ".join(
            part for part in (label_term("country", first.country), label_term("division", first.division)) if part
        ),
        "next": label_term("milestone-type", following.milestone_type) if following is not None else "",
        "milestone": label_term("milestone-type", shown.milestone_type),
        "milestone_id": shown.id,
        "status": label_term("milestone-status", shown.milestone_status),
        "baseline": shown.baseline_date or "",
        "baseline_no": shown.baseline_no,
        "expected": shown.expected_date or "",
        "actual": shown.actual_date or "",
        "late": phase.late,
        "light": phase.light,
        "authority": shown.authority or "",
        "reported": phase.last_report or "",
        # two dates of one milestone have the same sentence
        "alerts": list(
            dict.fromkeys(
                (label_term("milestone-type", milestone.milestone_type), getattr(a, get_language()), a.light)
                for milestone, a in phase.alerts
            )
        ),
    }


def find_first(phase: ScheduledPhase, name: str) -> Any:
    """Return the first value of a field of the milestones, None if all lack it."""
    return next((value for milestone in phase.milestones if (value := getattr(milestone, name)) is not None), None)


def label_term(name: str, code: str | None) -> str:
    """Return the label of a code, the code itself if its vocabulary does not have it."""
    terms = load_vocabulary(name)
    return terms[code].label(get_language()) if code and code in terms else code or ""


def describe_project(connection: Connection, identity: str) -> list[dict[str, Any]]:
    """Return the phases of a project that have milestones, with these as texts, for its page."""
    rules = load_rules(get_site().settings.schedule_rules)
    return [
        {**describe_phase(phase), "milestones": [_describe_milestone(milestone) for milestone in phase.milestones]}
        for phase in read_phases_of_project(connection, identity, rules, today())
    ]


def _describe_milestone(milestone: Milestone) -> dict[str, Any]:
    return {
        "id": milestone.id,
        "title": label_term("milestone-type", milestone.milestone_type),
        "status": label_term("milestone-status", milestone.milestone_status),
        "baseline": milestone.baseline_date or "",
        "baseline_no": milestone.baseline_no,
        "expected": milestone.expected_date or "",
        "actual": milestone.actual_date or "",
        "act": milestone.act or "",
        "reported": milestone.dates_reported or "",
        "grade": label_term("source-grade", milestone.grade),
        "pages": (milestone.page or "").split(),
    }

"""Alerts of milestones by the rules of a set, and the light that follows from them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from lodedata.messages import Label
from lodedata.records import PartialDate
from lodedata.topics.schedule.milestones import Milestone, count_months_over, group_by_phase
from lodedata.topics.schedule.rule_set import (
    AlertRule,
    AlertRuleSet,
    DatePassed,
    ExpiresBefore,
    MonthsAfter,
    MonthsOver,
    Order,
    ProgressBehind,
    Stale,
)
from lodedata.vocab import load_vocabulary

LightState = Literal["red", "yellow", "green", "grey"]
"""Grey: no date is known here that the milestone could be measured by."""
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that applies to a milestone, with its sentence in both languages."""

    rule: str
    mark: str
    light: str
    en: str
    zh: str


def raise_alerts(milestones: Iterable[Milestone], rules: AlertRuleSet, today: date) -> Mapping[str, tuple[Alert, ...]]:
    """Return the alerts of each milestone by its id. The milestones are all those of their phases."""
    alerts_by_id: dict[str, tuple[Alert, ...]] = {}
    for of_phase in group_by_phase(milestones).values():
        for milestone in of_phase:
            alerts_by_id[milestone.id] = tuple(
                _build_alert(rule, facts)
                for rule in rules.rules
                if (facts := _collect_facts(rule, milestone, of_phase, today)) is not None
            )
    return alerts_by_id


def choose_light(milestone: Milestone, of_milestone: Sequence[Alert]) -> LightState:
    """Return the light of a milestone: the worst of its alerts; green if it is done, closed or has a date, else grey.

    That a project was made known is grey, as nothing is done by it that could be late.
    """
    lights = {alert.light for alert in of_milestone}
    if "red" in lights:
        return "red"
    if "yellow" in lights:
        return "yellow"
    if milestone.milestone_type == "announced":
        return "grey"
    return "green" if not milestone.open or milestone.planned is not None else "grey"


def _build_alert(rule: AlertRule, facts: Facts) -> Alert:
    def filled(text: str, language: str) -> str:
        shown = {k: v.in_language(language) if isinstance(v, Label) else v for k, v in facts.items()}
        return text.format(**shown)

    return Alert(rule.id, rule.mark, rule.light, filled(rule.en, "en"), filled(rule.zh, "zh"))


def _collect_facts(rule: AlertRule, milestone: Milestone, of_phase: Sequence[Milestone], today: date) -> Facts | None:
    """Return the facts for a rule's sentence, None if the rule does not apply."""
    check = rule.check
    match check:
        case MonthsOver():
            return _check_months_over(check, milestone, today)
        case ProgressBehind():
            return _check_progress(check, milestone)
        case MonthsAfter():
            return _check_months_after(check, milestone, of_phase, today)
        case DatePassed():
            return _check_passed(check, milestone, today)
        case ExpiresBefore():
            return _check_expiry(check, milestone, of_phase)
        case Stale():
            return _check_staleness(check, milestone, today)
        case Order():
            return _order(check, milestone, of_phase)
        case _:
            return _check_disagreement(milestone, of_phase)


def _check_months_over(check: MonthsOver, milestone: Milestone, today: date) -> Facts | None:
    if not milestone.open or milestone.planned is None or milestone.milestone_type not in check.milestones:
        return None
    months = count_months_over(milestone.planned, today)
    return {"planned": milestone.planned, "months": months} if months and check.contains(months) else None


def _check_progress(check: ProgressBehind, milestone: Milestone) -> Facts | None:
    if not milestone.open or milestone.progress_pct is None or milestone.planned_progress_pct is None:
        return None
    points = round(milestone.planned_progress_pct - milestone.progress_pct, 6)
    return {"points": f"{points:g}"} if points > 0 and check.contains(points) else None


def _check_months_after(check: MonthsAfter, milestone: Milestone, of_phase: Sequence[Milestone], today: date) -> Facts | None:
    if not milestone.open or milestone.milestone_type not in check.milestones:
        return None
    since = next((m.actual_date for m in of_phase if m.milestone_type == check.after and m.actual_date is not None), None)
    if since is None:
        return None
    day = since.last
    months = (today.year - day.year) * 12 + today.month - day.month - (today.day < min(day.day, 28))
    return {"since": since, "months": months} if months > 0 and check.contains(months) else None


def _check_passed(check: DatePassed, milestone: Milestone, today: date) -> Facts | None:
    if not milestone.open or milestone.act or milestone.planned is None or milestone.milestone_type in check.left_out:
        return None
    days = (today - milestone.planned.last).days
    return {"planned": milestone.planned, "days": days} if days > 0 else None


def _check_expiry(check: ExpiresBefore, milestone: Milestone, of_phase: Sequence[Milestone]) -> Facts | None:
    if milestone.expires_on is None:
        return None
    last = milestone.expires_on.last
    for other in of_phase:
        planned = other.next_date if other.open and other.milestone_type in check.milestones else None
        if planned is not None and last < planned.first:
            return {"expires": milestone.expires_on, "milestone": _label(other.milestone_type), "planned": planned}
    return None


def _check_staleness(check: Stale, milestone: Milestone, today: date) -> Facts | None:
    if not milestone.open or milestone.information_date is None:
        return None
    return (
        {"since": milestone.information_date} if count_months_over(milestone.information_date, today) >= check.months else None
    )


def _order(check: Order, milestone: Milestone, of_phase: Sequence[Milestone]) -> Facts | None:
    if milestone.actual_date is None or milestone.milestone_type not in check.milestones:
        return None
    latest = milestone.actual_date.last
    for needed in check.requires:
        needed_milestones = (m for m in of_phase if m.milestone_type == needed)
        if not any(_is_done_by(m, latest) for m in needed_milestones):
            return {"since": milestone.actual_date, "milestone": _label(needed)}
    return None


def _is_done_by(milestone: Milestone, day: date) -> bool:
    """Return whether a milestone is done or not needed, and not after a day."""
    if milestone.milestone_status == "not-applicable":
        return True
    if milestone.actual_date is None:
        return milestone.milestone_status == "done"
    return milestone.actual_date.first <= day


def _check_disagreement(milestone: Milestone, of_phase: Sequence[Milestone]) -> Facts | None:
    if milestone.actual_date is None:
        return None
    dates = [m.actual_date for m in of_phase if m.milestone_type == milestone.milestone_type and m.actual_date is not None]
    if all(_overlap(milestone.actual_date, other) for other in dates):
        return None
    return {"dates": ", ".join(sorted(set(map(str, dates))))}


def _overlap(a: PartialDate, b: PartialDate) -> bool:
    return a.first <= b.last and b.first <= a.last


def _label(code: str) -> Label:
    term = load_vocabulary("milestone-type")[code]
    return Label(term.label_en[0].lower() + term.label_en[1:], term.label_zh)

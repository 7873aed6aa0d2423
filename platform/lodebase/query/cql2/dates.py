"""Instants and intervals of a filter, and their temporal relations (OWL-Time).

Fields are exact to the day at best, so the time of a timestamp counts only between two literals. A partial date such as
2019-05 is the interval from its first to its last day; an instant is an interval of one day.
"""

import operator
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from lodebase.query.cql2.bounds import Malformed
from lodebase.query.cql2.field_terms import quote_shown_value
from lodedata.messages import msg

EARLIEST, LATEST = "-infinity", "infinity"
"""The open ends of an interval, in PostgreSQL's notation."""
BEFORE_ALL, AFTER_ALL = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
"""The open ends of an interval between literals."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PARTIAL = re.compile(r"\d{4}(-\d\d){0,2}", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(:\d\d(\.\d{1,9})?)?)([Zz]|[+-]\d\d:\d\d)?", re.ASCII)

Moment = tuple[datetime, datetime]
"""The first and the last moment of an instant."""

Relation = Callable[[Any, Any, Any, Any], tuple[Any, ...]]

RELATIONS: dict[str, Relation] = {
    "t_after": lambda s1, e1, s2, e2: (s1 > e2,),
    "t_before": lambda s1, e1, s2, e2: (e1 < s2,),
    "t_contains": lambda s1, e1, s2, e2: (s1 < s2, e1 > e2),
    "t_during": lambda s1, e1, s2, e2: (s1 > s2, e1 < e2),
    "t_equals": lambda s1, e1, s2, e2: (s1 == s2, e1 == e2),
    "t_finishedby": lambda s1, e1, s2, e2: (s1 < s2, e1 == e2),
    "t_finishes": lambda s1, e1, s2, e2: (s1 > s2, e1 == e2),
    "t_intersects": lambda s1, e1, s2, e2: (s1 <= e2, e1 >= s2),
    "t_meets": lambda s1, e1, s2, e2: (e1 == s2,),
    "t_metby": lambda s1, e1, s2, e2: (s1 == e2,),
    "t_overlappedby": lambda s1, e1, s2, e2: (s1 > s2, s1 < e2, e1 > e2),
    "t_overlaps": lambda s1, e1, s2, e2: (s1 < s2, e1 > s2, e1 < e2),
    "t_startedby": lambda s1, e1, s2, e2: (s1 == s2, e1 > e2),
    "t_starts": lambda s1, e1, s2, e2: (s1 == s2, e1 < e2),
}
"""The condition on the start and end of two intervals for each relation; t_disjoint is the negation of t_intersects."""

COMPARED = {"=": ("t_equals", True), "<>": ("t_equals", False), "<": ("t_before", True), ">": ("t_after", True)} | {
    "<=": ("t_after", False),
    ">=": ("t_before", False),
}
"""How partial dates are compared with instants: the relation, and whether it must hold."""

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def parse_moment_bounds(text: str) -> Moment:
    """Return the first and last moment of a day or timestamp. Raise Malformed if it is neither."""
    try:
        if _DAY.fullmatch(text):
            day = date.fromisoformat(text)
            return datetime.combine(day, time.min, UTC), datetime.combine(day, time.max, UTC)
        if match := _MOMENT.fullmatch(text):
            zone = "+00:00" if match[5] in (None, "Z", "z") else match[5]
            clock = match[2] if match[4] is None else f"{match[2].partition('.')[0]}.{match[4][1:7]:0<6}"
            moment = datetime.fromisoformat(f"{match[1]}T{clock}{zone}").astimezone(UTC)
            return moment, moment
    except (ValueError, OverflowError):
        pass
    raise Malformed(
        msg("%(text)s is not a date. Write a date as 2019-05-31 or 2019-05-31T08:00:00Z.", text=quote_shown_value(text))
    )


def day(text: str) -> str:
    """Return the day of a day or timestamp, in UTC. Raise Malformed if it is neither."""
    return parse_moment_bounds(text)[0].date().isoformat()


def parse_whole_day(text: str) -> str:
    """Return the day of a text that must be a day without a time. Raise Malformed if it is not."""
    if not _DAY.fullmatch(text):
        raise Malformed(
            msg("The filter compares a date with %(text)s. Write it as DATE('2019-05-31').", text=quote_shown_value(text))
        )
    return day(text)


def parse_first_day(text: str) -> str:
    """Return the first day of a partial date, or the day of a timestamp. Raise Malformed if it is neither."""
    return day(f"{text}-01-01"[:10]) if _PARTIAL.fullmatch(text) else day(text)


def parse_last_day(text: str) -> str:
    """Return the last day of a partial date, or the day of a timestamp. Raise Malformed if it is neither."""
    if not _PARTIAL.fullmatch(text) or len(text) == 10:
        return day(text)
    if len(text) == 4:
        return day(f"{text}-12-31")
    within_next_month = date.fromisoformat(day(f"{text}-28")) + timedelta(days=4) if text != "9999-12" else None
    if within_next_month is None:
        return "9999-12-31"
    return (within_next_month - timedelta(days=within_next_month.day)).isoformat()


def holds_between_literals(relation: str, first: Moment, second: Moment) -> bool:
    """Return whether a relation holds between two literals."""
    if relation == "t_disjoint":
        return not holds_between_literals("t_intersects", first, second)
    return all(RELATIONS[relation](*first, *second))

"""Announced and actual dates of a step of a project, joined to milestones: the first plan is the baseline."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from lodedata.cells import Unreadable, parse_partial_date
from lodedata.records import PartialDate

_YEAR = r"((?:19|20)\d{2})"
_MONTH = r"(0[1-9]|1[0-2])"
_END = r"(?=$|[ (,])"
_ISO = re.compile(rf"{_YEAR}(?:-{_MONTH}(?:-([0-3]\d))?)?{_END}")
_QUARTER = re.compile(rf"{_YEAR}-Q([1-4])")
_HALF = re.compile(rf"{_YEAR}-H([12])")
_MONTHS = re.compile(rf"{_YEAR}-{_MONTH}(?:/{_MONTH}| to (?:\1-)?{_MONTH})")
_YEARS = re.compile(rf"{_YEAR}-{_YEAR}")
_SEASON = re.compile(rf"{_YEAR} (?:spring|summer|autumn|winter){_END}")
_DAY_ONLY = re.compile(rf"{_MONTH}-([0-3]\d) \((.*)\)$")
_ONE_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_BEFORE = re.compile(r"\(before (\w+)\)")
_MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@dataclass(frozen=True, slots=True)
class DateSpan:
    """The first and the last part of a span that a text states: a day, month or year twice, or the ends of a range.

    ``inferred`` is whether the text states day and month, and the year outside them.
    """

    first: PartialDate
    last: PartialDate
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Announcement:
    """A row: a step of a project, its date as printed, whether it is a plan, and when the page was published."""

    key: str
    milestone_type: str
    printed: str
    plan: bool
    published: str
    grade: str
    page: str
    note: str = ""
    again: bool = False
    """Whether it is about a restart, which is apart from the first output."""


@dataclass(frozen=True, slots=True)
class DatedStep:
    """A milestone of announcements: baseline, expected and actual date, with the announcements that state them."""

    milestone_type: str
    plans: tuple[Announcement, ...]
    facts: tuple[Announcement, ...]

    @property
    def announcements(self) -> tuple[Announcement, ...]:
        """All of them, the plans first."""
        return self.plans + self.facts

    @property
    def baseline(self) -> PartialDate | None:
        """The latest day of the first announced date, so that a delay is the least that the text allows."""
        span = read_span(self.plans[0].printed) if self.plans else None
        return span.last if span is not None else None

    @property
    def expected(self) -> PartialDate | None:
        """The earliest part of the date that was announced last, None if there was one announcement only."""
        span = read_span(self.plans[-1].printed) if len(self.plans) > 1 else None
        return span.first if span is not None else None

    @property
    def actual(self) -> PartialDate | None:
        """The earliest part of the date that is stated as a fact."""
        span = read_span(self.facts[0].printed) if self.facts else None
        return span.first if span is not None else None

    @property
    def reported(self) -> str:
        """The dates as printed, each with the day of its page, which is that of the announcement."""
        return "; ".join(f"{announcement.printed} [{announcement.published}]" for announcement in self.announcements)

    @property
    def information(self) -> PartialDate | None:
        """The date of the latest page."""
        return max(
            (day for announcement in self.announcements if (day := read_day(announcement.published))),
            key=lambda d: d.last,
            default=None,
        )


def read_span(text: str) -> DateSpan | None:
    """Return the span of a date as printed, such as ``2021-Q4``, ``2020-08 to 2020-09`` or ``2026-01``; None without a year.

    Of ``07-15 (year 2025 inferred)`` the year is the only one in the brackets; two years in them are none.
    """
    if match := _QUARTER.match(text):
        return _build_month_span(match[1], 3 * int(match[2]) - 2, 3 * int(match[2]))
    if match := _HALF.match(text):
        return _build_month_span(match[1], 6 * int(match[2]) - 5, 6 * int(match[2]))
    if match := _MONTHS.match(text):
        return _build_month_span(match[1], int(match[2]), int(match[3] or match[4]))
    if match := _YEARS.match(text):
        return DateSpan(parse_partial_date(match[1]), parse_partial_date(match[2]))
    if match := _SEASON.match(text):
        return _parse_date_span(match[1])
    if match := _ISO.match(text):
        return _parse_date_span(match[0])
    if match := _DAY_ONLY.match(text):
        years = set(_ONE_YEAR.findall(match[3]))
        return _parse_date_span(f"{years.pop()}-{match[1]}-{match[2]}", inferred=True) if len(years) == 1 else None
    return None


def read_day(text: str) -> PartialDate | None:
    """Return the date of a page: ``2020 (before June)`` is May 2020, None for an undated page."""
    span = read_span(text)
    if span is None:
        return None
    if match := _BEFORE.search(text):
        month = _MONTH_NAMES.index(match[1])
        return PartialDate(date(span.first.first.year, month, 1), "month") if month else span.first
    return span.last


def join_announcements(rows: Iterable[Announcement]) -> Iterator[DatedStep]:
    """Yield the steps of one phase by type, a restart apart from the first output.

    Plans are joined in the order of their pages, where a page dated to the year comes after those of its months. A fact ends
    the plans that were published before it; facts of other dates are steps of their own, so that sources stand side by side.
    """
    groups: dict[tuple[str, bool], list[Announcement]] = {}
    for row in rows:
        groups.setdefault((row.milestone_type, row.again), []).append(row)
    for (milestone_type, _), members in groups.items():
        yield from _build_steps(milestone_type, members)


def _build_steps(milestone_type: str, members: Sequence[Announcement]) -> Iterator[DatedStep]:
    facts = sorted((member for member in members if not member.plan), key=lambda member: _order(member.printed, first=True))
    plans = sorted((member for member in members if member.plan), key=lambda member: _order(member.published))
    for fact in facts:
        earlier = [plan for plan in plans if _order(plan.published) <= _order(fact.printed)]
        plans = [plan for plan in plans if plan not in earlier]
        yield DatedStep(milestone_type, tuple(earlier), (fact,))
    if plans:
        yield DatedStep(milestone_type, tuple(plans), ())


def _order(text: str, first: bool = False) -> date:
    if first:
        span = read_span(text)
        return span.first.first if span is not None else date.max
    day = read_day(text)
    return day.last if day is not None else date.max


def _build_month_span(year: str, first: int, last: int) -> DateSpan:
    return DateSpan(parse_partial_date(f"{year}-{first:02}"), parse_partial_date(f"{year}-{last:02}"))


def _parse_date_span(text: str, inferred: bool = False) -> DateSpan | None:
    try:
        partial_date = parse_partial_date(text)
    except Unreadable:
        return None
    return DateSpan(partial_date, partial_date, inferred)

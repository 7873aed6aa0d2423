"""Instants and intervals of requests (RFC 3339, ISO 8601; OGC API Features, Part 1, 7.15.4)."""

import re
from datetime import UTC, date, datetime, time

from dateutil.relativedelta import relativedelta

from lodebase.errors import BadQuery
from lodedata.messages import msg

RIGHT = msg("Write an instant or an interval, such as 2018-02-12, 2018-02-12T00:00:00Z, 2018/2020, ../2020 or 2018-02-12/P2D.")
_DURATION = re.compile(
    r"P(?=.)(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})(?:\.\d+)?S)?)?"
)
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?")
_DAY_OR_PERIOD = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", re.ASCII)


def parse_day_span(text: str) -> tuple[str | None, str | None]:
    """Return the first and the last day of an instant or interval, None for an open end. Raise BadQuery if it is invalid."""
    parts = text.split("/")
    if len(parts) > 2:
        raise BadQuery(
            "datetime", text[:200], msg('"%(value)s" has %(count)s parts. %(advice)s', count=len(parts), advice=RIGHT)
        )
    if len(parts) == 1:
        return _find_first_day(text, text), _find_final_day(text, text)
    start, end = (None if part in ("", "..") else part for part in parts)
    if start is None and end is None:
        if text in ("/",):
            raise BadQuery("datetime", text, RIGHT)
        return None, None
    if end is not None and end.startswith("P") and start is not None and not start.startswith("P"):
        return _find_first_day(start, text), _move_day(_find_first_day(start, text), end, 1, text)
    if start is not None and start.startswith("P") and end is not None:
        return _move_day(_find_final_day(end, text), start, -1, text), _find_final_day(end, text)
    first = None if start is None else _find_first_day(start, text)
    last = None if end is None else _find_final_day(end, text)
    if first is not None and last is not None and first > last:
        raise BadQuery("datetime", text[:200], msg('"%(value)s" ends before it begins. %(advice)s', advice=RIGHT))
    return first, last


def parse_utc_moment(name: str, text: str) -> datetime:
    """Return a date or time as a moment in UTC; a date is its beginning. Raise BadQuery if it is invalid."""
    try:
        # the + of an offset that was not escaped arrives as a space
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise BadQuery(
            name, text[:200], msg('"%(value)s" is not a date or time. Write it as 2026-01-31 or 2026-01-31T08:00:00Z.')
        ) from None
    try:
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise BadQuery(name, text[:200], msg('"%(value)s" is beyond the dates that can be stored.')) from None


def parse_last_moment(name: str, text: str) -> datetime:
    """Return the last moment in UTC of a year, month or day, and a time as it is. Raise BadQuery if it is invalid."""
    last = _find_last_day(text)
    if last is None:
        return parse_utc_moment(name, text)
    return datetime.combine(last, time.max, UTC)


def parse_last_day(name: str, text: str) -> date:
    """Return a day, or the last day of a year or month. Raise BadQuery if it is invalid."""
    last = _find_last_day(text)
    return day(name, text) if last is None else last


def _find_last_day(text: str) -> date | None:
    """Return the last day of a text that is a valid year, month or day, else None."""
    if not _DAY_OR_PERIOD.fullmatch(text):
        return None
    try:
        return date.fromisoformat(_find_final_day(text, text))
    except BadQuery:
        return None


def day(name: str, text: str) -> date:
    """Return a day. Raise BadQuery if it is invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuery(name, text[:200], msg('"%(value)s" is not a day. Write it as 2026-01-31.')) from None


def _find_first_day(text: str, whole: str) -> str:
    if match := _PARTIAL.fullmatch(text):
        return _validate_day(f"{match[1]}-{match[2] or '01'}-01", whole).isoformat()
    return _parse_day_text(text, whole).isoformat()


def _find_final_day(text: str, whole: str) -> str:
    if match := _PARTIAL.fullmatch(text):
        begun = _validate_day(f"{match[1]}-{match[2] or '12'}-01", whole)
        last: date = begun + relativedelta(day=31)
        return last.isoformat()
    return _parse_day_text(text, whole).isoformat()


def _validate_day(text: str, whole: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuery("datetime", whole[:200], msg('"%(value)s" is not a date. %(advice)s', advice=RIGHT)) from None


def _parse_day_text(text: str, whole: str) -> date:
    try:
        return datetime.fromisoformat(text.replace(" ", "+")).date()
    except ValueError:
        raise BadQuery("datetime", whole[:200], msg('"%(value)s" is not a date. %(advice)s', advice=RIGHT)) from None


def _move_day(day: str, duration: str, direction: int, whole: str) -> str:
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise BadQuery(
            "datetime",
            whole[:200],
            msg('The duration %(duration)r of "%(value)s" can\'t be read. %(advice)s', duration=duration[:40], advice=RIGHT),
        )
    parts = {name: direction * int(value) for name, value in match.groupdict().items() if value is not None}
    try:
        moved: datetime = datetime.fromisoformat(day) + relativedelta(**parts)  # type: ignore[arg-type]
    except (OverflowError, ValueError):
        raise BadQuery("datetime", whole[:200], msg('"%(value)s" reaches beyond the dates that can be stored.')) from None
    return moved.date().isoformat()

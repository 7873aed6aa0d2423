"""The state of an entry on a day, from its batch, its validity and its events."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from lodedata.lists.register import EntryHistory

WITHDRAWN = frozenset({"withdrawn", "self-withdrawn"})
CHANGES = frozenset({"listed", "under-rectification", "suspended"}) | WITHDRAWN
"""Events that change the state; the others change a name or a place, or note something."""
EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class EntryState:
    """The state of an entry with the day from which it holds, the act and the reason.

    ``undated`` is a state that the entry has at some time, of which the day is not known.
    """

    state: str
    since: date | None
    act: str | None = None
    reason: str | None = None
    undated: bool = False


def first_day(history: EntryHistory) -> tuple[date, date] | None:
    """Return the earliest and the latest day on which an entry can have been listed first, None if no date is known."""
    entry, batch = history.entry, history.batch
    if entry.valid_from is not None:
        return entry.valid_from, entry.valid_from
    if batch is None or batch.published is None:
        return None
    return batch.published, batch.published_last or batch.published


def state_on(history: EntryHistory, day: date) -> EntryState | None:
    """Return the state of an entry on a day, None before it is listed."""
    begin = first_day(history)
    if history.batch is not None and history.batch.consultation_only:
        return None
    act = history.batch.act if history.batch is not None else None
    if begin is None:
        return EntryState("listed", None, act, undated=True)
    if day < begin[0]:
        return None
    if day < begin[1]:
        return EntryState("listed", begin[0], act, undated=True)
    found = EntryState("listed", begin[1], act)
    for changed in changes(history):
        if changed.since is not None and changed.since <= day:
            found = changed
    if found.state == "listed" and history.entry.state != "listed" and not _dated(history):
        return EntryState(history.entry.state, None, undated=True)
    return found


def known_through(history: EntryHistory) -> date | None:
    """Return the last day for which the entry's own acts give its state; None if no date is known."""
    begin = first_day(history)
    days = [changed.since for changed in changes(history) if changed.since is not None]
    return max([*([begin[1]] if begin is not None else []), *days], default=None)


def reports_missed(history: EntryHistory, day: date) -> list[date]:
    """Return the days up to a day on which a yearly report was found missing."""
    return [event.on for event in history.events if event.event == "report-missed" and event.on <= day]


def name_on(history: EntryHistory, day: date) -> str:
    """Return the name of an entry on a day."""
    renamed = [event.new_name for event in history.events if event.new_name and event.on <= day]
    return renamed[-1] if renamed else history.entry.name


def changes(history: EntryHistory) -> Iterator[EntryState]:
    """Yield the changes of state in order; the end of the validity is one of them."""
    changed = [EntryState(one.event, one.on, one.act, one.reason) for one in history.events if one.event in CHANGES]
    entry = history.entry
    if entry.valid_to is not None:
        ending = entry.state if entry.state in WITHDRAWN else EXPIRED
        changed.append(EntryState(ending, entry.valid_to + timedelta(days=1)))
    # an event on the day of the end of a validity says more than the end
    yield from sorted(changed, key=lambda one: (one.since or date.min, one.state != EXPIRED))


def _dated(history: EntryHistory) -> bool:
    """Return whether the entry's present state has a date."""
    return history.entry.valid_to is not None or any(one.event == history.entry.state for one in history.events)

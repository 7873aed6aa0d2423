"""The state of an entry on a day, from its batch, its validity and its events."""

from dataclasses import dataclass
from datetime import date, timedelta

from lodedata.records import PartialDate
from lodedata.topics.lists.register import EntryHistory

WITHDRAWN = frozenset({"withdrawn", "self-withdrawn"})
CHANGES = frozenset({"listed", "under-rectification", "suspended"}) | WITHDRAWN
"""Events that change the state; the others change a name or a place, or note something."""
EXPIRED = "expired"
PROPOSED = frozenset({"proposed", "change-proposed"})
"""States of entries of a public notice, which lists nobody."""


@dataclass(frozen=True, slots=True)
class EntryState:
    """The state of an entry with the date from which it holds, as far as it is known, the act and the reason.

    ``undated`` is a state that the entry has at some time, of which the day is not known.
    """

    state: str
    since: PartialDate | None
    act: str | None = None
    reason: str | None = None
    undated: bool = False


def find_first_listing_date(history: EntryHistory) -> PartialDate | None:
    """Return the date on which an entry was listed first, None if no date is known."""
    if history.entry.state in PROPOSED:
        return None
    if history.entry.valid_from is not None:
        return PartialDate(history.entry.valid_from, "day")
    return history.batch.published if history.batch is not None else None


def state_on(history: EntryHistory, day: date) -> EntryState | None:
    """Return the state of an entry on a day, None before it is listed."""
    begin = find_first_listing_date(history)
    if history.entry.state in PROPOSED or (history.batch is not None and history.batch.consultation_only):
        return None
    act = history.batch.act if history.batch is not None else None
    if begin is None:
        return EntryState("listed", None, act, undated=True)
    if day < begin.first:
        return None
    if day < begin.last:
        return EntryState("listed", begin, act, undated=True)
    entry_state = EntryState("listed", begin, act)
    for since, changed in list_state_changes(history):
        if since <= day:
            entry_state = changed
    if entry_state.state == "listed" and history.entry.state != "listed" and not _has_date(history):
        return EntryState(history.entry.state, None, undated=True)
    return entry_state


def find_last_certain_day(history: EntryHistory) -> date | None:
    """Return the last day for which the entry's own acts give its state; None if no date is known."""
    begin = find_first_listing_date(history)
    days = [since for since, _ in list_state_changes(history)]
    return max([*([begin.last] if begin is not None else []), *days], default=None)


def list_missed_reports(history: EntryHistory, day: date) -> list[date]:
    """Return the days up to a day on which a yearly report was found missing."""
    return [event.on for event in history.events if event.event == "report-missed" and event.on <= day]


def name_on(history: EntryHistory, day: date) -> str:
    """Return the name of an entry on a day."""
    renamed = [event.new_name for event in history.events if event.new_name and event.on <= day]
    return renamed[-1] if renamed else history.entry.name


def list_state_changes(history: EntryHistory) -> list[tuple[date, EntryState]]:
    """Return the changes of state in order, each with its day; the end of the validity is one of them."""
    changes = [(event.on, event.event, event.act, event.reason) for event in history.events if event.event in CHANGES]
    entry = history.entry
    if entry.valid_to is not None:
        ending = entry.state if entry.state in WITHDRAWN else EXPIRED
        changes.append((entry.valid_to + timedelta(days=1), ending, None, None))
    # an event on the day of the end of a validity says more than the end
    changes.sort(key=lambda change: (change[0], change[1] != EXPIRED))
    return [(day, EntryState(state, PartialDate(day, "day"), act, reason)) for day, state, act, reason in changes]


def _has_date(history: EntryHistory) -> bool:
    """Return whether the entry's present state has a date."""
    return history.entry.valid_to is not None or any(event.event == history.entry.state for event in history.events)

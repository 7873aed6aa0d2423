"""An entry of a list over time: proposed, listed, renamed, withdrawn, each step with its act."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from lodedata.records import PartialDate
from lodedata.topics.lists.register import EntryHistory
from lodedata.topics.lists.states import EXPIRED, PROPOSED, find_first_listing_date


@dataclass(frozen=True, slots=True)
class EntryStep:
    """A step of an entry: its day as far as it is known, the event, the name from then on, and the act with its address.

    The event is a term of list-event-type, ``proposed``, ``change-proposed`` or ``expired``.
    """

    on: PartialDate | None
    event: str
    name: str
    act: str | None = None
    url: str | None = None
    reason: str | None = None


def list_entry_steps(history: EntryHistory) -> list[EntryStep]:
    """Return the steps of an entry in order of their days; a step without a day comes first."""
    steps = [*_begin(history), *_list_events(history)]
    entry = history.entry
    if entry.valid_to is not None and not any(event.on == entry.valid_to + timedelta(days=1) for event in history.events):
        ended = PartialDate(entry.valid_to + timedelta(days=1), "day")
        steps.append(EntryStep(ended, EXPIRED, steps[-1].name))
    return sorted(steps, key=lambda step: (step.on is not None, step.on.first.isoformat() if step.on is not None else ""))


def _begin(history: EntryHistory) -> Iterator[EntryStep]:
    entry, batch = history.entry, history.batch
    if entry.state in PROPOSED:
        yield EntryStep(None, entry.state, entry.name, batch.consultation_act if batch is not None else None)
    elif batch is not None and batch.consultation_only:
        yield EntryStep(None, "proposed", entry.name, batch.consultation_act, batch.url)
    else:
        act, url = (batch.act, batch.url) if batch is not None else (None, None)
        yield EntryStep(find_first_listing_date(history), "listed", entry.name, act, url)


def _list_events(history: EntryHistory) -> Iterator[EntryStep]:
    name = history.entry.name
    for event in history.events:
        name = event.new_name or name
        yield EntryStep(PartialDate(event.on, "day"), event.event, name, event.act, event.url, event.reason)

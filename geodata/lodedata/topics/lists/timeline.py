"""Members of a list over time: who joins and leaves on which day, and the difference between two days."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from lodedata.topics.lists.register import EntryHistory
from lodedata.topics.lists.states import EXPIRED, WITHDRAWN, find_first_listing_date, list_state_changes, state_on

ENDED = WITHDRAWN | {EXPIRED}


@dataclass(frozen=True, slots=True)
class MemberCount:
    """The entries that join and leave on a day, and the number of entries on the list after it."""

    on: date
    joined: int
    left: int
    members: int


def count_by_day(histories: Iterable[EntryHistory]) -> list[MemberCount]:
    """Return the number of entries after each day on which it changes."""
    joined: Counter[date] = Counter()
    left: Counter[date] = Counter()
    for history in histories:
        for day, there in _list_presence_days(history):
            (joined if there else left)[day] += 1
    counts, members = [], 0
    for day in sorted(joined.keys() | left.keys()):
        members += joined[day] - left[day]
        counts.append(MemberCount(day, joined[day], left[day], members))
    return counts


def compare_days(histories: Sequence[EntryHistory], before: date, after: date) -> list[tuple[EntryHistory, str, str]]:
    """Return the entries whose state differs between two days, each with both states; ``absent`` before it is listed."""
    pairs = [(history, _state(history, before), _state(history, after)) for history in histories]
    return [(history, first, second) for history, first, second in pairs if first != second]


def _list_presence_days(history: EntryHistory) -> list[tuple[date, bool]]:
    """Return the days on which an entry joins or leaves."""
    begin = find_first_listing_date(history)
    if begin is None or (history.batch is not None and history.batch.consultation_only):
        return []
    days, there = [(begin.last, True)], True
    for since, changed in list_state_changes(history):
        now = changed.state not in ENDED
        if now != there:
            days.append((since, now))
            there = now
    return days


def _state(history: EntryHistory, day: date) -> str:
    entry_state = state_on(history, day)
    return "absent" if entry_state is None else entry_state.state

"""The records of condition lists, joined: coverages and batches by list, and each entry with its batch and its events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from lodedata.messages import Label
from lodedata.organisations.names import derive_comparable_name
from lodedata.records import PartialDate


@dataclass(frozen=True, slots=True)
class Coverage:
    """A list with the day up to which it is complete here; ``provinces`` is empty if it covers all of its country."""

    code: str
    name: Label
    list_type: str = "standard-conditions"
    provinces: frozenset[str] = frozenset()
    exists_from: date | None = None
    complete_up_to: date | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """A publication of a list; a consultation alone lists nobody."""

    list: str
    number: int | None
    act: str | None = None
    consultation_act: str | None = None
    published: PartialDate | None = None
    count_stated: int | None = None
    number_last: int | None = None
    url: str | None = None

    @property
    def consultation_only(self) -> bool:
        """Whether only the consultation (公示) is known, which lists nobody."""
        return self.consultation_act is not None and self.act is None and self.published is None


@dataclass(frozen=True, slots=True)
class ListEntry:
    """An organisation on a list, as printed."""

    id: str
    list: str
    batch: int | None
    name: str
    uscc: str | None = None
    province: str | None = None
    division: str | None = None
    kinds: tuple[str, ...] = ()
    scope: str | None = None
    project: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    state: str = "listed"
    grade: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A change of an entry, which it names by name or code, and by batch and kinds if it concerns only some entries."""

    list: str
    name: str
    event: str
    on: date
    act: str | None = None
    reason: str | None = None
    uscc: str | None = None
    batch: int | None = None
    kinds: tuple[str, ...] = ()
    new_name: str | None = None
    new_division: str | None = None
    url: str | None = None
    """The address of the act."""


@dataclass(slots=True)
class EntryHistory:
    """An entry with its batch, its events in order of their dates, and the names and divisions that it has had."""

    entry: ListEntry
    batch: Batch | None
    events: list[Event] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    divisions: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Begin the names and divisions with those of the entry."""
        self.names = [self.entry.name]
        self.divisions = {self.entry.division} if self.entry.division else set()

    def concerns(self, event: Event) -> bool:
        """Return whether an event names this entry, by code or by any name that it has had."""
        if event.batch is not None and event.batch != self.entry.batch:
            return False
        if event.kinds and self.entry.kinds and not set(event.kinds) & set(self.entry.kinds):
            return False
        if event.uscc is not None and self.entry.uscc is not None:
            return event.uscc == self.entry.uscc
        wanted = derive_comparable_name(event.name)
        return any(derive_comparable_name(name) == wanted for name in self.names)

    def add(self, event: Event) -> None:
        """Add the next event."""
        self.events.append(event)
        if event.new_name:
            self.names.append(event.new_name)
        if event.new_division:
            self.divisions.add(event.new_division)


class Register:
    """All lists: coverages, batches and entries with their events, each by list."""

    def __init__(
        self, coverages: Iterable[Coverage], batches: Iterable[Batch], entries: Iterable[ListEntry], events: Iterable[Event]
    ) -> None:
        self.coverages: dict[str, list[Coverage]] = {}
        for coverage in coverages:
            self.coverages.setdefault(coverage.code, []).append(coverage)
        self.batches: dict[str, list[Batch]] = {}
        for batch in batches:
            self.batches.setdefault(batch.list, []).append(batch)
        self.histories: dict[str, list[EntryHistory]] = {}
        for entry in entries:
            self.histories.setdefault(entry.list, []).append(EntryHistory(entry, self._build_batch(entry)))
        self.unmatched_events: list[Event] = []
        self._add_events(events)

    def _build_batch(self, entry: ListEntry) -> Batch | None:
        for batch in self.batches.get(entry.list, ()):
            last = batch.number if batch.number_last is None else batch.number_last
            if entry.batch is not None and batch.number is not None and batch.number <= entry.batch <= (last or 0):
                return batch
        return None

    def _add_events(self, events: Iterable[Event]) -> None:
        """Give each event to the entries that it concerns; those of a code or name are looked up, not searched."""
        lookup_by_list = {code: _Lookup(histories) for code, histories in self.histories.items()}
        for event in sorted(events, key=lambda event: event.on):
            event_histories = lookup_by_list[event.list].find_concerned(event) if event.list in lookup_by_list else []
            for history in event_histories:
                history.add(event)
            if event.new_name and event.list in lookup_by_list:
                lookup_by_list[event.list].rename(event.new_name, event_histories)
            if not event_histories:
                self.unmatched_events.append(event)


class _Lookup:
    """Entries of one list by code and by comparable name."""

    def __init__(self, histories: Iterable[EntryHistory]) -> None:
        self._named: dict[str, list[EntryHistory]] = {}
        self._coded: dict[str, list[EntryHistory]] = {}
        for history in histories:
            self._named.setdefault(derive_comparable_name(history.entry.name), []).append(history)
            if history.entry.uscc:
                self._coded.setdefault(history.entry.uscc, []).append(history)

    def find_concerned(self, event: Event) -> list[EntryHistory]:
        """Return the entries that an event concerns."""
        coded = self._coded.get(event.uscc, ()) if event.uscc is not None else ()
        named = self._named.get(derive_comparable_name(event.name), ())
        history_by_id: Mapping[int, EntryHistory] = {id(history): history for history in (*coded, *named)}
        return [history for history in history_by_id.values() if history.concerns(event)]

    def rename(self, name: str, histories: Iterable[EntryHistory]) -> None:
        """Let later events find the entries by their new name."""
        self._named.setdefault(derive_comparable_name(name), []).extend(histories)

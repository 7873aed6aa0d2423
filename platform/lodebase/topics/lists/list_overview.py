"""Lists over time: their batches with stated and known counts, members, and the difference between two days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine

from lodebase.errors import NotFound
from lodebase.layout.state import state
from lodebase.operations.formats import named
from lodebase.statistics.figures import Known
from lodebase.topics.lists.store import read_list_checker
from lodedata.messages import Label, msg
from lodedata.topics.lists import Batch, Checker, EntryHistory, ListEntry
from lodedata.topics.lists.states import name_on, state_on
from lodedata.topics.lists.timeline import compare_days, count_by_day

PLACES = "SELECT id, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM project WHERE geom IS NOT NULL AND id = ANY (%(ids)s)"
WITHOUT_ORGANISATION = """
SELECT e.list, count(*) AS n FROM list_entry e WHERE NOT EXISTS (
  SELECT FROM lode.organisation_mention m
  WHERE m.record_kind = 'list_entry' AND m.record_id = e.id AND m.organisation_id IS NOT NULL) GROUP BY e.list
"""
ABOUT = """
SELECT DISTINCT ON (code) code, basis, publisher, kinds_covered, scope, country, url, note_en, note_zh FROM condition_list
ORDER BY code, cardinality(provinces_covered), id
"""


@dataclass(frozen=True, slots=True)
class ListedSite:
    """An entry with the position of its project in degrees, WGS 84."""

    entry: ListEntry
    state: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class ListName:
    """A list by its code and name."""

    code: str
    name: Label


@dataclass(frozen=True, slots=True)
class ListNames:
    """The lists of a version of the data."""

    dataset_version: int
    lists: tuple[ListName, ...]


@dataclass(frozen=True, slots=True)
class ListCoverage:
    """The day up to which a list is complete here for some provinces, or for its country if none is named."""

    provinces: tuple[str, ...]
    exists_from: date | None
    complete_up_to: date | None


@dataclass(frozen=True, slots=True)
class ListBatch:
    """A batch with the number of entries that its act states, and that known here."""

    number: int | None
    number_last: int | None
    act: str | None
    consultation_act: str | None
    published: str | None
    stated: int | None
    known: int
    url: str | None


@dataclass(frozen=True, slots=True)
class ListSummary:
    """A list with its batches and its counts on a day."""

    code: str
    name_en: str
    name_zh: str
    list_type: str
    basis: str | None
    publisher: str | None
    scope: str | None
    country: str | None
    url: str | None
    note_en: str | None
    note_zh: str | None
    kinds_covered: tuple[str, ...]
    coverage: tuple[ListCoverage, ...]
    stated: int | None
    known: int
    states: Mapping[str, int]
    batches: tuple[ListBatch, ...]


@dataclass(frozen=True, slots=True)
class ListsOverview:
    """Every list on a day."""

    date: date
    dataset_version: int = field(metadata=named("data_version"))
    lists: tuple[ListSummary, ...]


@dataclass(frozen=True, slots=True)
class ListMembers:
    """The entries that join and leave on a day, and the number of members after it."""

    date: date
    joined: int
    left: int
    members: int


@dataclass(frozen=True, slots=True)
class EntryDifference:
    """An entry whose state differs between two days."""

    id: str
    name: str
    province: str | None
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class UnmatchedEvent:
    """An event of a list that names no entry known here."""

    name: str
    event: str
    date: date
    act: str | None


@dataclass(frozen=True, slots=True)
class ListHistory(ListSummary):
    """A list with its members over time, and the difference between two days."""

    dataset_version: int = field(metadata=named("data_version"))
    timeline: tuple[ListMembers, ...]
    first: date = field(metadata=named("from"))
    last: date = field(metadata=named("to"))
    complete: bool
    """Whether the list is complete here up to the last day, so that no further change is unknown."""
    difference: tuple[EntryDifference, ...]
    unmatched_events: tuple[UnmatchedEvent, ...]


@dataclass(frozen=True, slots=True)
class ListChanges:
    """What a day changed in a list: the entries whose state differs from the day before."""

    date: date
    changed: tuple[EntryDifference, ...]


@dataclass(frozen=True, slots=True)
class ListQuality:
    """What does not agree in a list: counts, entries without batch or code, events without an entry."""

    list: str
    name_en: str
    name_zh: str
    entries: int
    without_batch: int
    without_organisation: int
    without_project: int
    without_code: int
    counts_differ: int
    events_without_entry: int


def summarise_lists(engine: Engine, figures: Known, on: date) -> ListsOverview:
    """Return every list with its counts on a day."""
    with state(engine) as seen:
        lists = read_list_checker(seen, figures)
        list_rows = {row["code"]: row for row in seen.rows(ABOUT, {})}
    summaries = tuple(_summarise(lists, code, list_rows[code], on) for code in lists.codes)
    return ListsOverview(on, seen.version, summaries)


def read_names(engine: Engine, figures: Known) -> ListNames:
    """Return the code and the name of every list."""
    with state(engine) as seen:
        lists = read_list_checker(seen, figures)
    return ListNames(seen.version, tuple(ListName(code, lists.register.coverages[code][0].name) for code in lists.codes))


def find_sites(engine: Engine, figures: Known, on: date) -> list[ListedSite]:
    """Return the entries whose project has a position, with their state on a day."""
    with state(engine) as seen:
        lists = read_list_checker(seen, figures)
        histories = [history for of_list in lists.register.histories.values() for history in of_list if history.entry.project]
        places = {
            row["id"]: row for row in seen.rows(PLACES, {"ids": sorted({str(history.entry.project) for history in histories})})
        }
    return [
        ListedSite(history.entry, entry_state.state, places[history.entry.project]["lon"], places[history.entry.project]["lat"])
        for history in histories
        if history.entry.project in places and (entry_state := state_on(history, on)) is not None
    ]


def describe_list(engine: Engine, figures: Known, code: str, days: tuple[date, date]) -> ListHistory:
    """Return a list with its batches, members over time and the difference between two days. Raises NotFound."""
    with state(engine) as seen:
        lists = read_list_checker(seen, figures)
        list_rows = {row["code"]: row for row in seen.rows(ABOUT, {})}
    if code not in list_rows:
        raise NotFound(msg("There is no list %(code)r. Choose one of %(choices)s.", code=code, choices=list(lists.codes)))
    histories = lists.register.histories.get(code, [])
    summary = _summarise(lists, code, list_rows[code], days[1])
    return ListHistory(
        **{summary_field.name: getattr(summary, summary_field.name) for summary_field in fields(summary)},
        dataset_version=seen.version,
        timeline=tuple(
            ListMembers(member_count.on, member_count.joined, member_count.left, member_count.members)
            for member_count in count_by_day(histories)
        ),
        first=days[0],
        last=days[1],
        complete=bool(histories) and all(_is_complete(coverage, days[1]) for coverage in summary.coverage),
        difference=tuple(_describe_difference(*changed_entry, days[1]) for changed_entry in compare_days(histories, *days)),
        unmatched_events=tuple(
            UnmatchedEvent(event.name, event.event, event.on, event.act)
            for event in lists.register.unmatched_events
            if event.list == code
        ),
    )


def _is_complete(coverage: ListCoverage, on: date) -> bool:
    return coverage.complete_up_to is not None and coverage.complete_up_to >= on


def find_changes(engine: Engine, figures: Known, code: str, days: Sequence[date]) -> list[ListChanges]:
    """Return what each of some days changed in a list."""
    with state(engine) as seen:
        histories = read_list_checker(seen, figures).register.histories.get(code, [])
    return [
        ListChanges(
            day,
            tuple(
                _describe_difference(*changed_entry, day)
                for changed_entry in compare_days(histories, day - timedelta(days=1), day)
            ),
        )
        for day in days
    ]


def measure_quality(engine: Engine, figures: Known) -> list[ListQuality]:
    """Return what does not agree in each list."""
    with state(engine) as seen:
        lists = read_list_checker(seen, figures)
        without = {row["list"]: row["n"] for row in seen.rows(WITHOUT_ORGANISATION, {})}
    return [_measure(lists, code, without.get(code, 0)) for code in lists.codes]


def _measure(lists: Checker, code: str, without_organisation: int) -> ListQuality:
    register = lists.register
    histories = register.histories.get(code, [])
    batches = [_describe_batch(batch, histories) for batch in register.batches.get(code, [])]
    name = register.coverages[code][0].name
    return ListQuality(
        list=code,
        name_en=name.in_language("en"),
        name_zh=name.in_language("zh"),
        entries=len(histories),
        without_batch=sum(history.batch is None for history in histories),
        without_organisation=without_organisation,
        without_project=sum(history.entry.project is None for history in histories),
        without_code=sum(history.entry.uscc is None for history in histories),
        counts_differ=sum(batch.known not in (0, batch.stated) for batch in batches if batch.stated is not None),
        events_without_entry=sum(event.list == code for event in register.unmatched_events),
    )


def _summarise(lists: Checker, code: str, list_row: Mapping[str, Any], on: date) -> ListSummary:
    register = lists.register
    coverages, histories = register.coverages[code], register.histories.get(code, [])
    batches = tuple(_describe_batch(batch, histories) for batch in register.batches.get(code, []))
    stated = [batch.stated for batch in batches if batch.stated is not None]
    states = [
        entry_state.state
        for history in histories
        if (entry_state := state_on(history, on)) is not None and not entry_state.undated
    ]
    return ListSummary(
        code=code,
        name_en=coverages[0].name.in_language("en"),
        name_zh=coverages[0].name.in_language("zh"),
        list_type=coverages[0].list_type,
        basis=list_row["basis"],
        publisher=list_row["publisher"],
        scope=list_row["scope"],
        country=list_row["country"],
        url=list_row["url"],
        note_en=list_row["note_en"],
        note_zh=list_row["note_zh"],
        kinds_covered=tuple(list_row["kinds_covered"]),
        coverage=tuple(
            ListCoverage(tuple(sorted(coverage.provinces)), coverage.exists_from, coverage.complete_up_to)
            for coverage in coverages
        ),
        stated=sum(stated) if stated else None,
        known=len(histories),
        states={name: states.count(name) for name in sorted(set(states))},
        batches=batches,
    )


def _describe_batch(batch: Batch, histories: list[EntryHistory]) -> ListBatch:
    return ListBatch(
        number=batch.number,
        number_last=batch.number_last,
        act=batch.act,
        consultation_act=batch.consultation_act,
        published=str(batch.published) if batch.published is not None else None,
        stated=batch.count_stated,
        known=sum(history.batch is batch for history in histories),
        url=batch.url,
    )


def _describe_difference(history: EntryHistory, before: str, after: str, on: date) -> EntryDifference:
    return EntryDifference(history.entry.id, name_on(history, on), history.entry.province, before, after)

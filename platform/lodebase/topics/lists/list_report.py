"""The result of a check of condition lists: for each list whether the firm is on it on the day, why, and by which entry."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date

from sqlalchemy import Engine

from lodebase.layout.reports.report import checksum
from lodebase.layout.state import SiteState, state
from lodebase.operations.formats import convert_result_to_data, named
from lodebase.statistics.figures import Known
from lodebase.topics.lists.list_query import ListQuery, make_subject, require_lists
from lodebase.topics.lists.store import (
    ListsState,
    compute_lists_state,
    find_organisation_entries,
    names_of_codes,
    read_list_checker,
    read_owned_projects,
)
from lodedata.messages import Label, msg
from lodedata.records import PartialDate
from lodedata.topics.lists import Coverage, EntryHistory, EntryMatch, EntryStep, ListResult, Subject, list_entry_steps
from lodedata.topics.lists.states import list_missed_reports, name_on

DISCLAIMER = msg(
    "A public list on a day, no credit opinion. Lode does not issue these lists; the acts of the authority decide."
)
FIRM_NOT_PLANT = msg("An entry names a firm. It covers a plant only if the entry says so.")


@dataclass(frozen=True, slots=True)
class CheckedInputs:
    """What was checked: the firm as given, the names that it was looked for by, and the lists, all if there are none."""

    uscc: str | None
    name: str | None
    project: str | None
    province: str | None
    names: tuple[str, ...]
    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckedData:
    """The version of the data that a check read, with the digest of its lists."""

    version: int
    committed_at: str | None
    lists_sha256: str


@dataclass(frozen=True, slots=True)
class LastKnownState:
    """The state on the last day for which it is known."""

    date: date
    state: str
    act: str | None


@dataclass(frozen=True, slots=True)
class EntryReport:
    """An entry as printed, with the name that it has on the day."""

    id: str
    name: str
    name_on_date: str
    uscc: str | None
    province: str | None
    grade: str | None
    division: str | None
    kinds: tuple[str, ...]
    scope: str | None
    project: str | None
    reports_missed: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class BatchReport:
    """The batch of an entry."""

    number: int | None
    act: str | None
    published: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class MatchReport:
    """How an entry was found, and how sure that is, from 0 to 1."""

    method: str
    score: float


@dataclass(frozen=True, slots=True)
class EntryStatus:
    """One of several entries of a firm, with the status by it."""

    id: str
    kinds: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True)
class CandidateReport:
    """Another entry that may be meant."""

    id: str
    name: str
    uscc: str | None
    province: str | None
    batch: int | None
    method: str
    score: float


@dataclass(frozen=True, slots=True)
class StepReport:
    """A step of an entry: listed, renamed, withdrawn, with its act."""

    date: str | None
    event: str
    name: str
    act: str | None
    url: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class ListReport:
    """The result for one list."""

    list: str
    list_name_en: str
    list_name_zh: str
    list_type: str
    on_list: str
    status: str
    reason: str
    reason_en: str
    reason_zh: str
    complete_up_to: date | None
    exists_from: date | None
    state: str | None
    since: str | None
    act: str | None
    act_url: str | None
    act_reason: str | None
    last_known: LastKnownState | None
    entry: EntryReport | None
    batch: BatchReport | None
    match: MatchReport | None
    entries: tuple[EntryStatus, ...]
    candidates: tuple[CandidateReport, ...]
    history: tuple[StepReport, ...]
    site: str | None
    firm_status: str | None


@dataclass(frozen=True, slots=True)
class ListsReport:
    """The results for a firm on a day, one for each list; the checksum is the SHA-256 of all else as JSON with sorted keys."""

    date: date
    inputs: CheckedInputs
    dataset_version: int = field(metadata=named("data_version"))
    data: CheckedData
    results: tuple[ListReport, ...]
    note_en: str
    note_zh: str
    disclaimer_en: str
    disclaimer_zh: str
    checksum: str = ""


def check_lists(engine: Engine, figures: Known, query: ListQuery, version: int | None = None) -> ListsReport:
    """Return the result for each list at a version of the data. Raises BadQuery and NotFound."""
    with state(engine, version) as seen:
        lists = read_list_checker(seen, figures)
        codes = require_lists(query, lists)
        subject, read = _read_subject(seen, query), compute_lists_state(seen, figures)
    report = ListsReport(
        date=query.on,
        inputs=CheckedInputs(query.uscc, query.name, query.project, query.division, subject.names, query.lists),
        dataset_version=seen.version,
        data=describe_data(read),
        results=tuple(describe_result(lists.check(code, subject, query.on)) for code in codes),
        note_en=FIRM_NOT_PLANT.in_language("en"),
        note_zh=FIRM_NOT_PLANT.in_language("zh"),
        disclaimer_en=DISCLAIMER.in_language("en"),
        disclaimer_zh=DISCLAIMER.in_language("zh"),
    )
    return replace(
        report, checksum=checksum({name: value for name, value in convert_result_to_data(report).items() if name != "checksum"})
    )


@dataclass(frozen=True, slots=True)
class ListedOver:
    """What a list holds of an organisation over time: the steps of each of its entries."""

    code: str
    name: Label
    lines: tuple[tuple[str, list[EntryStep]], ...]
    """Each entry by its id."""


@dataclass(frozen=True, slots=True)
class OrganisationLists:
    """The lists with entries of an organisation, those that hold other entries only, and those of which none is collected."""

    with_entries: tuple[ListedOver, ...]
    without: tuple[Coverage, ...]
    not_collected: tuple[Coverage, ...]


def read_organisation_lists(engine: Engine, figures: Known, organisation: str) -> OrganisationLists:
    """Return the entries that name an organisation, list by list."""
    with state(engine) as seen:
        register, ids = read_list_checker(seen, figures).register, find_organisation_entries(seen, organisation)
    listed_overs = [
        ListedOver(
            code,
            coverages[0].name,
            tuple(
                (history.entry.id, list_entry_steps(history))
                for history in register.histories.get(code, ())
                if history.entry.id in ids
            ),
        )
        for code, coverages in register.coverages.items()
    ]
    bare = [register.coverages[listed_over.code][0] for listed_over in listed_overs if not listed_over.lines]
    collected = [coverage for coverage in bare if register.histories.get(coverage.code)]
    return OrganisationLists(
        tuple(listed_over for listed_over in listed_overs if listed_over.lines),
        tuple(collected),
        tuple(coverage for coverage in bare if coverage not in collected),
    )


def read_entry_steps(engine: Engine, figures: Known, code: str, entry: str) -> list[EntryStep]:
    """Return the steps of an entry of a list, none for an entry that the list does not have."""
    with state(engine) as seen:
        histories = read_list_checker(seen, figures).register.histories.get(code, ())
    return next((list_entry_steps(history) for history in histories if history.entry.id == entry), [])


def _read_subject(seen: SiteState, query: ListQuery) -> Subject:
    owned = read_owned_projects(seen, [query.project] if query.project else [])
    return make_subject(query, owned, names_of_codes(seen, [query.uscc] if query.uscc else []))


def describe_data(read: ListsState) -> CheckedData:
    """Return the version of the data that a check read, with the digest of its lists."""
    committed = None if read.committed_at is None else read.committed_at.astimezone(UTC).isoformat(timespec="seconds")
    return CheckedData(read.version, committed, read.lists_sha256)


def describe_result(result: ListResult) -> ListReport:
    """Return the result for one list with its texts in both languages."""
    match, last, entry_state = result.match, result.last_known, result.state
    history = [] if match is None else list_entry_steps(match.history)
    batch = None if match is None else match.history.batch
    name, reason = result.coverage.name, result.message
    return ListReport(
        list=result.list,
        list_name_en=name.in_language("en"),
        list_name_zh=name.in_language("zh"),
        list_type=result.coverage.list_type,
        on_list=result.on_list,
        status=result.status,
        reason=result.reason,
        reason_en=reason.in_language("en"),
        reason_zh=reason.in_language("zh"),
        complete_up_to=result.coverage.complete_up_to,
        exists_from=result.coverage.exists_from,
        state=None if entry_state is None else entry_state.state,
        since=None if entry_state is None else _format_date(entry_state.since),
        act=None if entry_state is None else entry_state.act,
        act_url=None if entry_state is None else find_act_address(history, entry_state.act),
        act_reason=None if entry_state is None else entry_state.reason,
        last_known=None if last is None else LastKnownState(last[0], last[1].state, last[1].act),
        entry=None if match is None else describe_entry(match.history, result),
        batch=None if batch is None else BatchReport(batch.number, batch.act, _format_date(batch.published), batch.url),
        match=None if match is None else MatchReport(match.method, match.score),
        entries=tuple(
            EntryStatus(entry_match.history.entry.id, tuple(entry_match.history.entry.kinds), status)
            for entry_match, status in result.entries
        ),
        candidates=tuple(map(_describe_candidate, result.candidates)),
        history=tuple(map(describe_step, history)),
        site=result.site,
        firm_status=result.firm_status,
    )


def find_act_address(steps: Sequence[EntryStep], act: str | None) -> str | None:
    """Return the address of an act of an entry, None if it is not known."""
    return next((step.url for step in steps if act is not None and step.act == act and step.url), None)


def describe_step(step: EntryStep) -> StepReport:
    """Return a step of an entry: listed, renamed, withdrawn, with its act."""
    return StepReport(_format_date(step.on), step.event, step.name, step.act, step.url, step.reason)


def describe_entry(history: EntryHistory, result: ListResult) -> EntryReport:
    """Return an entry as printed, with the name that it has on the day."""
    entry = history.entry
    return EntryReport(
        id=entry.id,
        name=entry.name,
        name_on_date=name_on(history, result.on),
        uscc=entry.uscc,
        province=entry.province,
        grade=entry.grade,
        division=entry.division,
        kinds=tuple(entry.kinds),
        scope=entry.scope,
        project=entry.project,
        reports_missed=tuple(list_missed_reports(history, result.on)),
    )


def _describe_candidate(match: EntryMatch) -> CandidateReport:
    entry = match.history.entry
    return CandidateReport(
        entry.id, entry.name, entry.uscc, entry.province, entry.batch, method=match.method, score=match.score
    )


def _format_date(when: date | PartialDate | None) -> str | None:
    return None if when is None else str(when)

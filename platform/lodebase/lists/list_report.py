"""The result of a check of condition lists as data, in both languages, with a checksum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from sqlalchemy import Engine

from lodebase.layout.reports.report import checksum
from lodebase.layout.state import SiteState, state
from lodebase.lists.list_query import ListQuery, require_lists, subject
from lodebase.lists.stored_lists import (
    ListsState,
    checker,
    entries_of_organisation,
    lists_state,
    names_of_codes,
    projects,
)
from lodebase.statistics.figures import Known
from lodedata.lists import Coverage, EntryHistory, EntryMatch, EntryStep, ListResult, Subject, entry_line
from lodedata.lists.states import name_on, reports_missed
from lodedata.messages import Label, in_each_language, msg
from lodedata.records import PartialDate

DISCLAIMER = msg(
    "A public list on a day, no credit opinion. Lode does not issue these lists; the acts of the authority decide."
)
FIRM_NOT_PLANT = msg("An entry names a firm. It covers a plant only if the entry says so.")


def list_report(engine: Engine, figures: Known, query: ListQuery, version: int | None = None) -> dict[str, Any]:
    """Return the result for each list at a version of the data. Raises BadQuery and NoSuchThing."""
    with state(engine, version) as seen:
        lists = checker(seen, figures)
        codes = require_lists(query, lists)
        wanted, read = _subject(seen, query), lists_state(seen, figures)
    results = [result_data(lists.check(code, wanted, query.on)) for code in codes]
    body = {
        "date": query.on.isoformat(),
        "inputs": {
            "uscc": query.uscc,
            "name": query.name,
            "project": query.project,
            "province": query.division,
            "names": list(wanted.names),
            "lists": list(query.lists),
        },
        "data_version": seen.version,
        "data": state_data(read),
        "results": results,
        **in_each_language("note", FIRM_NOT_PLANT),
        **in_each_language("disclaimer", DISCLAIMER),
    }
    return {**body, "checksum": checksum(body)}


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


def organisation_lists(engine: Engine, figures: Known, organisation: str) -> OrganisationLists:
    """Return the entries that name an organisation, list by list."""
    with state(engine) as seen:
        register, ids = checker(seen, figures).register, entries_of_organisation(seen, organisation)
    found = [
        ListedOver(
            code,
            coverages[0].name,
            tuple((one.entry.id, entry_line(one)) for one in register.histories.get(code, ()) if one.entry.id in ids),
        )
        for code, coverages in register.coverages.items()
    ]
    bare = [register.coverages[one.code][0] for one in found if not one.lines]
    collected = [one for one in bare if register.histories.get(one.code)]
    return OrganisationLists(
        tuple(one for one in found if one.lines),
        tuple(collected),
        tuple(one for one in bare if one not in collected),
    )


def line_of_entry(engine: Engine, figures: Known, code: str, entry: str) -> list[EntryStep]:
    """Return the steps of an entry of a list, none for an entry that the list does not have."""
    with state(engine) as seen:
        histories = checker(seen, figures).register.histories.get(code, ())
    return next((entry_line(one) for one in histories if one.entry.id == entry), [])


def _subject(seen: SiteState, query: ListQuery) -> Subject:
    found = projects(seen, [query.project] if query.project else [])
    return subject(query, found, names_of_codes(seen, [query.uscc] if query.uscc else []))


def state_data(read: ListsState) -> dict[str, Any]:
    """Return the version of the data that a check read, with the digest of its lists."""
    committed = None if read.committed_at is None else read.committed_at.astimezone(UTC).isoformat(timespec="seconds")
    return {"version": read.version, "committed_at": committed, "lists_sha256": read.lists_sha256}


def result_data(result: ListResult) -> dict[str, Any]:
    """Return the result for one list."""
    history = [] if result.match is None else entry_line(result.match.history)
    match, batch = result.match, result.match.history.batch if result.match is not None else None
    last = result.last_known
    return {
        "list": result.list,
        **in_each_language("list_name", result.coverage.name),
        "list_type": result.coverage.list_type,
        "on_list": result.on_list,
        "status": result.status,
        "reason": result.reason,
        **in_each_language("reason", result.message),
        "complete_up_to": _text(result.coverage.complete_up_to),
        "exists_from": _text(result.coverage.exists_from),
        "state": result.state.state if result.state is not None else None,
        "since": _text(result.state.since) if result.state is not None else None,
        "act": result.state.act if result.state is not None else None,
        "act_url": None if result.state is None else act_address(history, result.state.act),
        "act_reason": result.state.reason if result.state is not None else None,
        "last_known": None if last is None else {"date": last[0].isoformat(), "state": last[1].state, "act": last[1].act},
        "entry": None if match is None else entry_data(match.history, result),
        "batch": None
        if batch is None
        else {"number": batch.number, "act": batch.act, "published": _text(batch.published), "url": batch.url},
        "match": None if match is None else {"method": match.method, "score": match.score},
        "entries": [
            {"id": one.history.entry.id, "kinds": list(one.history.entry.kinds), "status": own} for one, own in result.entries
        ],
        "candidates": [_candidate(one) for one in result.candidates],
        "history": [step_data(one) for one in history],
        "site": result.site,
        "firm_status": result.firm_status,
    }


def act_address(steps: Sequence[EntryStep], act: str | None) -> str | None:
    """Return the address of an act of an entry, None if it is not known."""
    return next((one.url for one in steps if act is not None and one.act == act and one.url), None)


def step_data(step: EntryStep) -> dict[str, Any]:
    """Return a step of an entry: listed, renamed, withdrawn, with its act."""
    return {
        "date": _text(step.on),
        "event": step.event,
        "name": step.name,
        "act": step.act,
        "url": step.url,
        "reason": step.reason,
    }


def entry_data(history: EntryHistory, result: ListResult) -> dict[str, Any]:
    """Return an entry as printed, with the name that it has on the day."""
    entry = history.entry
    return {
        "id": entry.id,
        "name": entry.name,
        "name_on_date": name_on(history, result.on),
        "uscc": entry.uscc,
        "province": entry.province,
        "grade": entry.grade,
        "division": entry.division,
        "kinds": list(entry.kinds),
        "scope": entry.scope,
        "project": entry.project,
        "reports_missed": [day.isoformat() for day in reports_missed(history, result.on)],
    }


def _candidate(match: EntryMatch) -> Mapping[str, Any]:
    entry = match.history.entry
    return {
        "id": entry.id,
        "name": entry.name,
        "uscc": entry.uscc,
        "province": entry.province,
        "batch": entry.batch,
        "method": match.method,
        "score": match.score,
    }


def _text(when: date | PartialDate | None) -> str | None:
    return None if when is None else str(when)

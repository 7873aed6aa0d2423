"""The result of a check of condition lists as data, in both languages, with a checksum."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Engine

from lodebase.layout.reports.report import checksum
from lodebase.layout.state import SiteState, state
from lodebase.lists.list_query import ListQuery, require_lists, subject
from lodebase.lists.stored_lists import checker, names_of_codes, projects
from lodebase.statistics.figures import Known
from lodedata.lists import Checker, EntryHistory, EntryMatch, ListResult, Subject
from lodedata.lists.states import name_on, reports_missed
from lodedata.messages import in_each_language, msg
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
        wanted = _subject(seen, query)
    results = [result_data(lists, lists.check(code, wanted, query.on)) for code in codes]
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
        "results": results,
        **in_each_language("note", FIRM_NOT_PLANT),
        **in_each_language("disclaimer", DISCLAIMER),
    }
    return {**body, "checksum": checksum(body)}


def _subject(seen: SiteState, query: ListQuery) -> Subject:
    found = projects(seen, [query.project] if query.project else [])
    return subject(query, found, names_of_codes(seen, [query.uscc] if query.uscc else []))


def result_data(lists: Checker, result: ListResult) -> dict[str, Any]:
    """Return the result for one list."""
    match, batch = result.match, result.match.history.batch if result.match is not None else None
    last = result.last_known
    return {
        "list": result.list,
        **in_each_language("list_name", result.coverage.name),
        "list_type": result.coverage.list_type,
        "status": result.status,
        "reason": result.reason,
        **in_each_language("reason", result.message),
        "complete_up_to": _text(result.coverage.complete_up_to),
        "exists_from": _text(result.coverage.exists_from),
        "state": result.state.state if result.state is not None else None,
        "since": _text(result.state.since) if result.state is not None else None,
        "act": result.state.act if result.state is not None else None,
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
        "site": result.site,
        "firm_status": result.firm_status,
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

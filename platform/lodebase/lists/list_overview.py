"""Lists as data: their batches with stated and known counts, members over time, and the difference between two days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine

from lodebase.errors import NoSuchThing
from lodebase.layout.state import state
from lodebase.lists.stored_lists import checker
from lodebase.statistics.figures import Known
from lodedata.lists import Batch, Checker, EntryHistory, ListEntry
from lodedata.lists.states import name_on, state_on
from lodedata.lists.timeline import difference, timeline
from lodedata.messages import in_each_language, msg

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


def overview(engine: Engine, figures: Known, on: date) -> dict[str, Any]:
    """Return every list with its counts on a day."""
    with state(engine) as seen:
        lists = checker(seen, figures)
        about = {row["code"]: row for row in seen.rows(ABOUT, {})}
    return {
        "date": on.isoformat(),
        "data_version": seen.version,
        "lists": [_summary(lists, code, about[code], on) for code in lists.codes],
    }


def names(engine: Engine, figures: Known) -> dict[str, Any]:
    """Return the code and the names of every list."""
    with state(engine) as seen:
        lists = checker(seen, figures)
    named = [{"code": code, **in_each_language("name", lists.register.coverages[code][0].name)} for code in lists.codes]
    return {"data_version": seen.version, "lists": named}


def sites(engine: Engine, figures: Known, on: date) -> list[ListedSite]:
    """Return the entries whose project has a position, with their state on a day."""
    with state(engine) as seen:
        lists = checker(seen, figures)
        known = [one for of_list in lists.register.histories.values() for one in of_list if one.entry.project]
        places = {row["id"]: row for row in seen.rows(PLACES, {"ids": sorted({str(one.entry.project) for one in known})})}
    return [
        ListedSite(history.entry, found.state, places[history.entry.project]["lon"], places[history.entry.project]["lat"])
        for history in known
        if history.entry.project in places and (found := state_on(history, on)) is not None
    ]


def one_list(engine: Engine, figures: Known, code: str, days: tuple[date, date]) -> dict[str, Any]:
    """Return a list with its batches, members over time and the difference between two days. Raises NoSuchThing."""
    with state(engine) as seen:
        lists = checker(seen, figures)
        about = {row["code"]: row for row in seen.rows(ABOUT, {})}
    if code not in about:
        raise NoSuchThing(msg("There is no list %(code)r. Choose one of %(choices)s.", code=code, choices=list(lists.codes)))
    histories = lists.register.histories.get(code, [])
    changed = difference(histories, *days)
    return {
        **_summary(lists, code, about[code], days[1]),
        "data_version": seen.version,
        "timeline": [
            {"date": one.on.isoformat(), "joined": one.joined, "left": one.left, "members": one.members}
            for one in timeline(histories)
        ],
        "from": days[0].isoformat(),
        "to": days[1].isoformat(),
        "difference": [_difference(*one, days[1]) for one in changed],
        "unmatched_events": [
            {"name": event.name, "event": event.event, "date": event.on.isoformat(), "act": event.act}
            for event in lists.register.unmatched_events
            if event.list == code
        ],
    }


def changes(engine: Engine, figures: Known, code: str, days: Sequence[date]) -> list[dict[str, Any]]:
    """Return what each of some days changed in a list: the entries whose state differs from the day before."""
    with state(engine) as seen:
        histories = checker(seen, figures).register.histories.get(code, [])
    found = []
    for day in days:
        changed = difference(histories, day - timedelta(days=1), day)
        found.append({"date": day.isoformat(), "changed": [_difference(*one, day) for one in changed]})
    return found


def findings(engine: Engine, figures: Known) -> list[dict[str, Any]]:
    """Return what does not agree in each list: counts, entries without batch or code, events without entry."""
    with state(engine) as seen:
        lists = checker(seen, figures)
        without = {row["list"]: row["n"] for row in seen.rows(WITHOUT_ORGANISATION, {})}
    found = []
    for code in lists.codes:
        histories = lists.register.histories.get(code, [])
        batches = [_batch(batch, histories) for batch in lists.register.batches.get(code, [])]
        found.append(
            {
                "list": code,
                **in_each_language("name", lists.register.coverages[code][0].name),
                "entries": len(histories),
                "without_batch": sum(history.batch is None for history in histories),
                "without_organisation": without.get(code, 0),
                "without_project": sum(history.entry.project is None for history in histories),
                "without_code": sum(history.entry.uscc is None for history in histories),
                "counts_differ": sum(one["known"] not in (0, one["stated"]) for one in batches if one["stated"] is not None),
                "events_without_entry": sum(event.list == code for event in lists.register.unmatched_events),
            }
        )
    return found


def _summary(lists: Checker, code: str, about: dict[str, Any], on: date) -> dict[str, Any]:
    register = lists.register
    coverages, histories = register.coverages[code], register.histories.get(code, [])
    batches = [_batch(batch, histories) for batch in register.batches.get(code, [])]
    stated = [one["stated"] for one in batches if one["stated"] is not None]
    states = [found.state for history in histories if (found := state_on(history, on)) is not None and not found.undated]
    return {
        "code": code,
        **in_each_language("name", coverages[0].name),
        "list_type": coverages[0].list_type,
        **{name: about[name] for name in ("basis", "publisher", "scope", "country", "url", "note_en", "note_zh")},
        "kinds_covered": list(about["kinds_covered"]),
        "coverage": [
            {
                "provinces": sorted(one.provinces),
                "exists_from": one.exists_from.isoformat() if one.exists_from else None,
                "complete_up_to": one.complete_up_to.isoformat() if one.complete_up_to else None,
            }
            for one in coverages
        ],
        "stated": sum(stated) if stated else None,
        "known": len(histories),
        "states": {name: states.count(name) for name in sorted(set(states))},
        "batches": batches,
    }


def _batch(batch: Batch, histories: list[EntryHistory]) -> dict[str, Any]:
    known = [history for history in histories if history.batch is batch]
    return {
        "number": batch.number,
        "number_last": batch.number_last,
        "act": batch.act,
        "consultation_act": batch.consultation_act,
        "published": str(batch.published) if batch.published is not None else None,
        "stated": batch.count_stated,
        "known": len(known),
        "url": batch.url,
    }


def _difference(history: EntryHistory, before: str, after: str, on: date) -> dict[str, Any]:
    return {
        "id": history.entry.id,
        "name": name_on(history, on),
        "province": history.entry.province,
        "before": before,
        "after": after,
    }

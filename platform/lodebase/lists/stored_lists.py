"""The condition lists of a version of the data, and the organisations and projects that are checked against them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from lodebase.layout.state import SiteState
from lodebase.statistics.figures import Known
from lodedata.cells import partial_date
from lodedata.lists import Batch, Checker, Coverage, Event, ListEntry, Register
from lodedata.messages import Label

COVERAGES = """
SELECT code, name_en, name_zh, list_type, provinces_covered, exists_from, complete_up_to FROM condition_list
ORDER BY code, complete_up_to DESC NULLS LAST, id
"""
BATCHES = """
SELECT DISTINCT ON (list, number, number_last)
  list, number, number_last, act, consultation_act, published, count_stated, url FROM list_batch
ORDER BY list, number, number_last NULLS FIRST, num_nonnulls(act, published, count_stated, url) DESC, id
"""
ENTRIES = """
SELECT id, list, batch, name_as_printed, name_as_printed_uscc, province_as_printed, division, entry_kind, scope_as_printed,
  project, valid_from, valid_to, state FROM list_entry ORDER BY list, batch, serial, id
"""
EVENTS = """
SELECT list, batch, name_as_printed, name_as_printed_uscc, event, date, act, reason, entry_kind, new_name, new_province
FROM list_event ORDER BY date, id
"""


def checker(seen: SiteState, figures: Known) -> Checker:
    """Return the lists of a version, read once for each version."""
    found: Checker = figures.at(seen.version, ("lists",), lambda: Checker(_register(seen)))
    return found


def _register(seen: SiteState) -> Register:
    return Register(
        [_coverage(row) for row in seen.rows(COVERAGES, {})],
        _without_ranges([_batch(row) for row in seen.rows(BATCHES, {})]),
        [_entry(row) for row in seen.rows(ENTRIES, {})],
        [_event(row) for row in seen.rows(EVENTS, {})],
    )


def _coverage(row: dict[str, Any]) -> Coverage:
    return Coverage(
        row["code"],
        Label(row["name_en"], row["name_zh"]),
        row["list_type"],
        frozenset(row["provinces_covered"]),
        row["exists_from"],
        row["complete_up_to"],
    )


def _batch(row: dict[str, Any]) -> Batch:
    published = partial_date(row["published"]) if row["published"] else None
    return Batch(
        row["list"],
        row["number"],
        row["act"],
        row["consultation_act"],
        published.first if published is not None else None,
        _last_day(published.first, published.precision) if published is not None else None,
        row["count_stated"],
        row["number_last"],
        row["url"],
    )


def _without_ranges(batches: list[Batch]) -> list[Batch]:
    """Return the batches without those of several numbers of which each is there by itself."""
    single = {(one.list, one.number) for one in batches if one.number_last is None}

    def is_there(batch: Batch) -> bool:
        numbers = range(batch.number or 0, (batch.number_last or 0) + 1)
        return batch.number_last is not None and all((batch.list, number) in single for number in numbers)

    return [batch for batch in batches if not is_there(batch)]


def _last_day(first: date, precision: str) -> date:
    """Return the last day of a year or a month."""
    if precision == "year":
        return date(first.year, 12, 31)
    if precision == "month":
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        return date.fromordinal(following.toordinal() - 1)
    return first


def _entry(row: dict[str, Any]) -> ListEntry:
    return ListEntry(
        id=row["id"],
        list=row["list"],
        batch=row["batch"],
        name=row["name_as_printed"],
        uscc=row["name_as_printed_uscc"],
        province=row["province_as_printed"],
        division=row["division"],
        kinds=tuple(row["entry_kind"]),
        scope=row["scope_as_printed"],
        project=row["project"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        state=row["state"],
    )


def _event(row: dict[str, Any]) -> Event:
    return Event(
        list=row["list"],
        name=row["name_as_printed"],
        event=row["event"],
        on=row["date"],
        act=row["act"],
        reason=row["reason"],
        uscc=row["name_as_printed_uscc"],
        batch=row["batch"],
        kinds=tuple(row["entry_kind"]),
        new_name=row["new_name"],
        new_division=row["new_province"],
    )


PROJECTS = """
SELECT p.id, p.division, array_remove(array_agg(DISTINCT o.name_zh) || array_agg(DISTINCT o.name_en), NULL) AS names,
  array_remove(array_agg(DISTINCT o.uscc), NULL) AS codes
FROM project p LEFT JOIN owner o ON o.project_id = p.id WHERE p.id = ANY (%(ids)s) GROUP BY p.id, p.division
"""
NAMES_OF_CODES = """
SELECT o.uscc, array_agg(DISTINCT n.name) AS names FROM organisation o JOIN organisation_name n ON n.organisation_id = o.id
WHERE o.uscc = ANY (%(codes)s) GROUP BY o.uscc
"""


def projects(seen: SiteState, identities: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return division, names and codes of the owners of projects, by id."""
    return {row["id"]: row for row in seen.rows(PROJECTS, {"ids": list(identities)})} if identities else {}


def names_of_codes(seen: SiteState, codes: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the names of organisations by their unified social credit codes."""
    return {row["uscc"]: tuple(row["names"]) for row in seen.rows(NAMES_OF_CODES, {"codes": list(codes)})} if codes else {}

"""The condition lists of a version of the data, and the organisations and projects that are checked against them."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from lodebase.layout.state import SiteState, SqlRow
from lodebase.statistics.figures import Known
from lodedata.cells import parse_partial_date
from lodedata.messages import Label
from lodedata.topics.lists import Batch, Checker, Coverage, Event, ListEntry, Register

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
SELECT id, list, batch, name_as_printed AS name, name_as_printed_uscc AS uscc, province_as_printed AS province, division,
  entry_kind AS kinds, scope_as_printed AS scope, project, valid_from, valid_to, state, grade
FROM list_entry ORDER BY list, batch, serial, id
"""
EVENTS = """
SELECT list, batch, name_as_printed AS name, name_as_printed_uscc AS uscc, event, date AS "on", act, reason,
  entry_kind AS kinds, new_name, new_province AS new_division
FROM list_event ORDER BY date, id
"""
ACT_ADDRESSES = """
SELECT DISTINCT ON (number) number, url FROM official_act WHERE number = ANY (%(numbers)s) AND url IS NOT NULL
ORDER BY number, issued_on DESC NULLS LAST, id
"""
COMMITTED = "SELECT committed_at FROM lode.dataset_version WHERE version = %(version)s"
LISTED_ENTRIES = """
SELECT record_id AS id FROM lode.organisation_mention
WHERE record_kind = 'list_entry' AND organisation_id = %(organisation)s
"""


@dataclass(frozen=True, slots=True)
class ListsState:
    """The version of the data that a check read, when it was committed (UTC), and the SHA-256 of the lists in it.

    The digest is of the rows of lists, batches, entries and events as JSON, in the order of their statements in this module.
    """

    version: int
    committed_at: datetime | None
    lists_sha256: str


def read_list_checker(seen: SiteState, figures: Known) -> Checker:
    """Return the lists of a version, read once for each version."""
    checker: Checker = figures.at(seen.version, ("lists",), lambda: Checker(_register(seen)))
    return checker


def compute_lists_state(seen: SiteState, figures: Known) -> ListsState:
    """Return the version with the digest of its lists, computed once for each version."""
    lists_state: ListsState = figures.at(seen.version, ("lists-state",), lambda: _state(seen))
    return lists_state


def find_organisation_entries(seen: SiteState, organisation: str) -> frozenset[str]:
    """Return the ids of the list entries that name an organisation."""
    return frozenset(row["id"] for row in seen.rows(LISTED_ENTRIES, {"organisation": organisation}))


def _state(seen: SiteState) -> ListsState:
    rows = [seen.rows(statement, {}) for statement in (COVERAGES, BATCHES, ENTRIES, EVENTS)]
    digest = hashlib.sha256(orjson.dumps(rows, default=str)).hexdigest()
    committed = [row["committed_at"] for row in seen.rows(COMMITTED, {"version": seen.version})]
    return ListsState(seen.version, committed[0] if committed else None, digest)


def _register(seen: SiteState) -> Register:
    batches, events = seen.rows(BATCHES, {}), seen.rows(EVENTS, {})
    numbers = sorted({row["act"] for row in (*batches, *events) if row["act"]})
    addresses = {row["number"]: row["url"] for row in seen.rows(ACT_ADDRESSES, {"numbers": numbers})} if numbers else {}
    return Register(
        [_build_coverage(row) for row in seen.rows(COVERAGES, {})],
        _drop_ranges([_build_batch(row, addresses) for row in batches]),
        [ListEntry(**{**row, "kinds": tuple(row["kinds"])}) for row in seen.rows(ENTRIES, {})],
        [Event(**{**row, "kinds": tuple(row["kinds"]), "url": addresses.get(row["act"])}) for row in events],
    )


def _build_coverage(row: SqlRow) -> Coverage:
    return Coverage(
        row["code"],
        Label(row["name_en"], row["name_zh"]),
        row["list_type"],
        frozenset(row["provinces_covered"]),
        row["exists_from"],
        row["complete_up_to"],
    )


def _build_batch(row: SqlRow, addresses: Mapping[str, str]) -> Batch:
    published = parse_partial_date(row["published"]) if row["published"] else None
    return Batch(**{**row, "published": published, "url": row["url"] or addresses.get(row["act"])})


def _drop_ranges(batches: list[Batch]) -> list[Batch]:
    """Return the batches without those of several numbers of which each is there by itself."""
    single = {(batch.list, batch.number) for batch in batches if batch.number_last is None}

    def is_there(batch: Batch) -> bool:
        numbers = range(batch.number or 0, (batch.number_last or 0) + 1)
        return batch.number_last is not None and all((batch.list, number) in single for number in numbers)

    return [batch for batch in batches if not is_there(batch)]


PROJECTS = """
SELECT p.id, p.division, array_remove(array_agg(DISTINCT o.name_zh) || array_agg(DISTINCT o.name_en), NULL) AS names,
  array_remove(array_agg(DISTINCT o.uscc), NULL) AS codes
FROM project p LEFT JOIN owner o ON o.project_id = p.id WHERE p.id = ANY (%(ids)s) GROUP BY p.id, p.division
"""
NAMES_OF_CODES = """
SELECT o.uscc, array_agg(DISTINCT n.name) AS names FROM organisation o JOIN organisation_name n ON n.organisation_id = o.id
WHERE o.uscc = ANY (%(codes)s) GROUP BY o.uscc
"""


def read_owned_projects(seen: SiteState, identities: Sequence[str]) -> dict[str, SqlRow]:
    """Return division, names and codes of the owners of projects, by id."""
    return {row["id"]: row for row in seen.rows(PROJECTS, {"ids": list(identities)})} if identities else {}


def names_of_codes(seen: SiteState, codes: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the names of organisations by their unified social credit codes."""
    return {row["uscc"]: tuple(row["names"]) for row in seen.rows(NAMES_OF_CODES, {"codes": list(codes)})} if codes else {}

"""The condition lists of a version of the data, and the organisations and projects that are checked against them."""

from collections.abc import Sequence
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
SELECT id, list, batch, name_as_printed AS name, name_as_printed_uscc AS uscc, province_as_printed AS province, division,
  entry_kind AS kinds, scope_as_printed AS scope, project, valid_from, valid_to, state, grade
FROM list_entry ORDER BY list, batch, serial, id
"""
EVENTS = """
SELECT list, batch, name_as_printed AS name, name_as_printed_uscc AS uscc, event, date AS "on", act, reason,
  entry_kind AS kinds, new_name, new_province AS new_division
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
        [ListEntry(**row | {"kinds": tuple(row["kinds"])}) for row in seen.rows(ENTRIES, {})],
        [Event(**row | {"kinds": tuple(row["kinds"])}) for row in seen.rows(EVENTS, {})],
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
    return Batch(**row | {"published": partial_date(row["published"]) if row["published"] else None})


def _without_ranges(batches: list[Batch]) -> list[Batch]:
    """Return the batches without those of several numbers of which each is there by itself."""
    single = {(one.list, one.number) for one in batches if one.number_last is None}

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


def projects(seen: SiteState, identities: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return division, names and codes of the owners of projects, by id."""
    return {row["id"]: row for row in seen.rows(PROJECTS, {"ids": list(identities)})} if identities else {}


def names_of_codes(seen: SiteState, codes: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the names of organisations by their unified social credit codes."""
    return {row["uscc"]: tuple(row["names"]) for row in seen.rows(NAMES_OF_CODES, {"codes": list(codes)})} if codes else {}

"""Values of source rows that a reviewer found to be wrong: they are reported on the record and never used.

The table holds readings of the rows against other sources and maps, with the reason of each. A person who disagrees gives a
value at the desk, which takes precedence.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any, TypeVar

from lodedata.problems import Problem
from lodedata.records import MineralRecord

FIELDS = frozenset({"position", "country", "name_en"})
"""Fields of which a value may be refuted."""
_Mineral = TypeVar("_Mineral", bound=MineralRecord)


@dataclass(frozen=True, slots=True)
class RefutedValue:
    """A field of a source row whose value is wrong, what to use instead (empty: nothing), and why."""

    field: str
    instead: str
    reason: str


@lru_cache(maxsize=1)
def load_refuted_values() -> Mapping[tuple[str, str], tuple[RefutedValue, ...]]:
    """Return the refuted values by source and key of the row."""
    text = files("lodedata").joinpath("refuted-values.csv").read_text(encoding="utf-8")
    refuted_values: dict[tuple[str, str], tuple[RefutedValue, ...]] = {}
    for row in csv.DictReader(text.splitlines()):
        key = row["source"], row["key"]
        refuted_values[key] = (*refuted_values.get(key, ()), RefutedValue(row["field"], row["instead"], row["reason"]))
    return refuted_values


def withdraw_refuted(record: _Mineral, source: str, key: str) -> tuple[_Mineral, list[Problem]]:
    """Return a record without the values of its row that were refuted, and a problem for each with what was reported."""
    problems = []
    for refuted in load_refuted_values().get((source, key), ()):
        reported = _get_reported_value(record, refuted.field)
        if reported is None:
            continue
        record = replace(record, **_build_replacement(refuted))
        detail = {"reason": refuted.reason}
        problems.append(Problem(f"{_TITLES[refuted.field]}-refuted", reported, refuted.field, detail))
    return record, problems


_TITLES = {"position": "position", "country": "country", "name_en": "name"}


def _get_reported_value(record: MineralRecord, field: str) -> str | None:
    if field == "position":
        return record.position.original if record.position is not None else None
    if field == "country":
        return record.country_reported or record.country
    return record.name_en


def _build_replacement(refuted: RefutedValue) -> dict[str, Any]:
    if refuted.field == "country":
        return {"country": None, "division": None}
    return {refuted.field: refuted.instead or None}

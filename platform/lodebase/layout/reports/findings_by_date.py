"""Findings on a planned plant under the rules of several days: each rule that counts on one of them, with its results."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Engine

from lodebase.layout.findings import RESULTS, findings
from lodebase.layout.measures.zones import zones
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.state import state
from lodedata.rules import RuleSet

USUAL_DATES = (date(2006, 12, 31), date(2014, 12, 31), date(2019, 12, 31), date(2026, 12, 31))
"""Days under the access conditions of 2006, those of 2014 and of 2019, and the plans of 2025."""


def dates_to_compare(requested: date) -> tuple[date, ...]:
    """Return the usual days and the requested day, which replaces the usual day of its year."""
    return tuple(sorted({requested, *(one for one in USUAL_DATES if one.year != requested.year)}))


def findings_by_date(
    engine: Engine, candidate: Candidate, rules: RuleSet, body: Mapping[str, Any], on: Iterable[date]
) -> dict[str, Any]:
    """Return the findings of rules for a report on each day; only the rules and zones in force differ, not the data."""
    with state(engine, body["data_version"]) as seen:
        found = {}
        for day in on:
            then = replace(candidate, on=day)
            judged = findings(then, rules, {**body, "zones": zones(seen, then)})
            found[day.isoformat()] = {one["id"]: one for one in judged if one["kind"] != "measure"}
    return {
        "days": list(found),
        "counted": {day: _tally(judged.values()) for day, judged in found.items()},
        "rules": [_row(name, found) for name in _counting(found)],
    }


def _counting(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the ids of the rules that count on any of the days, those of the earliest day first."""
    return list(dict.fromkeys(name for judged in found.values() for name, one in judged.items() if one["counts"]))


def _tally(judged: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    counted = [one["result"] for one in judged if one["counts"]]
    return {result: counted.count(result) for result in RESULTS}


def _row(name: str, found: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    of_days = {day: judged[name] for day, judged in found.items()}
    any_day = next(iter(of_days.values()))
    about = ("id", "clause_en", "clause_zh", "citation", "instrument_en", "instrument_zh")
    fields = ("standing", "counts", "result", "reason_en", "reason_zh", "figure", "threshold", "unit")
    return {
        **{one: any_day[one] for one in about},
        "on": {day: {one: finding[one] for one in fields} for day, finding in of_days.items()},
    }

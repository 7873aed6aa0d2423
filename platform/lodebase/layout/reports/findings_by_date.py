"""Findings on a planned plant under the rules of several days: each rule that counts on one of them, with its results."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from sqlalchemy import Engine

from lodebase.layout.findings import RESULTS, judge_rules
from lodebase.layout.measures.zones import locate_plant
from lodebase.layout.parts.rules import RuleFinding
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.state import state
from lodedata.rules import LegalStatus, RuleSet
from lodedata.rules.evaluation import Result

USUAL_DATES = (date(2006, 12, 31), date(2014, 12, 31), date(2019, 12, 31), date(2026, 12, 31))
"""Days under the access conditions of 2006, those of 2014 and of 2019, and the plans of 2025."""


def choose_dates_to_compare(requested: date) -> tuple[date, ...]:
    """Return the usual days and the requested day, which replaces the usual day of its year."""
    return tuple(sorted({requested, *(date_ for date_ in USUAL_DATES if date_.year != requested.year)}))


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedResult:
    """The result of a rule on a day."""

    standing: LegalStatus
    counts: bool
    result: Result
    reason_en: str
    reason_zh: str
    figure: float | None
    threshold: float | None
    unit: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleByDate:
    """A rule that counts on one of the days, with its result on each."""

    id: str
    clause_en: str
    clause_zh: str
    citation: str
    instrument_en: str | None
    instrument_zh: str | None
    on: Mapping[str, DatedResult]


@dataclass(frozen=True, slots=True)
class FindingsByDate:
    """The days, the number of rules that count by result on each, and the rules that count on any, the earliest day first."""

    days: tuple[str, ...]
    counted: Mapping[str, Mapping[str, int]]
    rules: tuple[RuleByDate, ...]


def compare_dates(engine: Engine, candidate: Candidate, rules: RuleSet, version: int, on: Iterable[date]) -> FindingsByDate:
    """Return the findings of rules at a version of the data on each day; only the rules and zones in force differ."""
    judged: dict[str, list[RuleFinding]] = {}
    with state(engine, version) as seen:
        for day in on:
            dated = replace(candidate, on=day)
            judged[day.isoformat()] = judge_rules(dated, rules, locate_plant(seen, dated))
    counting = dict.fromkeys(finding.id for findings in judged.values() for finding in findings if finding.counts)
    return FindingsByDate(
        tuple(judged),
        {day: _count_results(findings) for day, findings in judged.items()},
        tuple(_describe_rule(name, judged) for name in counting),
    )


def _count_results(findings: Iterable[RuleFinding]) -> dict[str, int]:
    counted = [finding.result for finding in findings if finding.counts]
    return {result: sum(finding_result == result for finding_result in counted) for result in RESULTS}


def _describe_rule(name: str, judged: Mapping[str, Sequence[RuleFinding]]) -> RuleByDate:
    of_days = {day: next(finding for finding in findings if finding.id == name) for day, findings in judged.items()}
    any_day = next(iter(of_days.values()))
    results = {
        day: DatedResult(**{field.name: getattr(finding, field.name) for field in fields(DatedResult)})
        for day, finding in of_days.items()
    }
    return RuleByDate(
        id=name,
        clause_en=any_day.clause_en,
        clause_zh=any_day.clause_zh,
        citation=any_day.citation,
        instrument_en=any_day.instrument_en,
        instrument_zh=any_day.instrument_zh,
        on=results,
    )

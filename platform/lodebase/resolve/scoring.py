"""Scoring of pairs of records, in this process or in worker processes."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any

import orjson

from lodebase.process.process_pool import create_process_pool
from lodebase.resolve.facts import parse_facts_json
from lodedata.matching import MatchResult, concordance, get_model_version, match_records

MANY = 20_000
"""From this number of records on, workers are started, which takes a second."""
MIN_PROBABILITY = 0.2
"""Pairs with a lower probability are not stored, except reviewed ones."""
PairRow = tuple[str, str, str, float, str, str]
"""A row of match_pair: both ids, relation, probability, reasons, version of the model."""


@contextmanager
def open_score_executor(records: int) -> Iterator[Executor]:
    """Yield an executor for the pairs of a number of records."""
    with create_process_pool(os.cpu_count() or 1, __name__) if records > MANY else _InlineExecutor() as executor:
        yield executor


class _InlineExecutor(Executor):
    """An executor that runs each task immediately in this process."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        done.set_result(work(*args, **kwargs))
        return done


def score_pairs(pairs: Iterable[tuple[str, str]], facts: Iterable[str]) -> list[PairRow]:
    """Return the rows to store of pairs, whose records are given as facts in JSON."""
    records = {record.id: record for record in map(parse_facts_json, facts)}
    made_by = compute_model_version()
    rows: list[PairRow] = []
    for first, second in pairs:
        record_match = match_records(records[first], records[second])
        if record_match.reviewed or record_match.probability >= MIN_PROBABILITY:
            a, b = (second, first) if record_match.inverse else (first, second)
            rows.append((a, b, record_match.relation, record_match.probability, write_reasons_json(record_match), made_by))
    return rows


def compute_model_version() -> str:
    """Return the version of the model and the concordance."""
    return f"{get_model_version()}-{concordance.get_concordance_version()}"


def write_reasons_json(match_result: MatchResult) -> str:
    """Return the comparisons with a reason as JSON: name, reason in both languages, and features."""
    comparisons = [
        {
            "comparison": comparison.name,
            "en": comparison.reason.in_language("en"),
            "zh": comparison.reason.in_language("zh"),
            "features": {k: round(v, 3) for k, v in comparison.features.items() if v},
        }
        for comparison in match_result.comparisons
        if comparison.reason is not None
    ]
    return orjson.dumps(comparisons).decode()

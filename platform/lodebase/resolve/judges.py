"""Who judges pairs of records: this process, or others beside it where there are many."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any

import orjson

from lodebase.process.process_pool import pool
from lodebase.resolve.sides import loaded
from lodedata.matching import MatchResult, concordance, match_records, model_version

MANY = 20_000
"""So many records are worth the second that it takes to begin processes."""
LEAST = 0.2
"""Pairs less likely than this are not kept, but for those that somebody read."""
Row = tuple[str, str, str, float, str, str]
"""Of match_pair: both ids, relation, probability, reasons, version of the model."""


@contextmanager
def judges(records: int) -> Iterator[Executor]:
    """Who judges the pairs of so many records."""
    with pool(os.cpu_count() or 1, __name__) if records > MANY else _Here() as made:
        yield made


class _Here(Executor):
    """This process, which does what it is given at once."""

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        done.set_result(work(*given, **named))
        return done


def judged(pairs: Iterable[tuple[str, str]], facts: Iterable[str]) -> list[Row]:
    """The rows that are kept of pairs, whose sides are told by their facts as JSON."""
    sides = {side.id: side for side in map(loaded, facts)}
    made_by = version()
    kept: list[Row] = []
    for first, second in pairs:
        found = match_records(sides[first], sides[second])
        if found.reviewed or found.probability >= LEAST:
            a, b = (second, first) if found.inverse else (first, second)
            kept.append((a, b, found.relation, found.probability, reasons(found), made_by))
    return kept


def version() -> str:
    """What pairs are told by: the weights and the concordance in use."""
    return f"{model_version()}-{concordance.version()}"


def reasons(found: MatchResult) -> str:
    """What each comparison had to say, as JSON: its name, the words in both languages and its features."""
    said = [
        {"comparison": one.name, "en": one.en, "zh": one.zh, "features": {k: round(v, 3) for k, v in one.features.items() if v}}
        for one in found.comparisons
        if one.en
    ]
    return orjson.dumps(said).decode()

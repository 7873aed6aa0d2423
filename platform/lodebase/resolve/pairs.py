"""Which records may be one thing: every pair worth a thought with its relation, probability and reasons."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import orjson
from psycopg import Connection

from lodebase.resolve.candidates import candidates
from lodebase.resolve.sides import BATCH, EVERY, load, prepare
from lodedata.matching import Judgement, Side, concordance, judge, model_version

LEAST = 0.2
"""Pairs less likely than this are not kept, but for those that somebody read."""
COPY = "COPY match_pair (a_id, b_id, relation, probability, reasons, model_version) FROM STDIN"
# along the space-filling curve, so that neighbours are compared in one batch
IN_ORDER = "SELECT id FROM match_side WHERE %(ids)s::text[] IS NULL OR id = ANY(%(ids)s) ORDER BY geom, id"


def find(connection: Connection[Any], ids: Collection[str] | None) -> int:
    """Compare the records of these ids with all others, and of None all with all; how many pairs are kept.

    What was kept of these records before is replaced. An id that no record has any more takes its pairs with it. Works in
    the caller's transaction, on the tables of its search path.
    """
    wanted = None if ids is None else list(dict.fromkeys(ids))
    _forget(connection, wanted)
    every = [row[0] for row in connection.execute(EVERY)] if wanted is None else wanted
    for start in range(0, len(every), BATCH):
        prepare(connection, every[start : start + BATCH])
    connection.execute("SELECT lode.analyze_matches()")
    order = [row[0] for row in connection.execute(IN_ORDER, {"ids": wanted})]
    return _compare(connection, order)


def _forget(connection: Connection[Any], ids: list[str] | None) -> None:
    if ids is None:
        connection.execute("TRUNCATE match_side, match_key, match_pair")
    else:
        connection.execute("DELETE FROM match_pair WHERE a_id = ANY(%(ids)s) OR b_id = ANY(%(ids)s)", {"ids": ids})


def _compare(connection: Connection[Any], order: list[str]) -> int:
    at = {identity: n for n, identity in enumerate(order)}
    kept = 0
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        # a pair of two batches is compared with the later one
        pairs = sorted(
            pair for pair in candidates(connection, batch) if max(at.get(pair[0], -1), at.get(pair[1], -1)) < start + BATCH
        )
        sides = load(connection, {identity for pair in pairs for identity in pair})
        kept += _write(connection, _judged(pairs, sides))
    return kept


def _judged(pairs: Iterable[tuple[str, str]], sides: dict[str, Side]) -> Iterator[tuple[str, str, Judgement]]:
    for first, second in pairs:
        found = judge(sides[first], sides[second])
        if found.read or found.probability >= LEAST:
            yield (second, first, found) if found.turned else (first, second, found)


def _write(connection: Connection[Any], judged: Iterable[tuple[str, str, Judgement]]) -> int:
    made_by, count = version(), 0
    with connection.cursor().copy(COPY) as copy:
        for first, second, found in judged:
            copy.write_row((first, second, found.relation, found.probability, reasons(found), made_by))
            count += 1
    return count


def version() -> str:
    """What pairs are told by: the weights and the concordance in use."""
    return f"{model_version()}-{concordance.version()}"


def reasons(found: Judgement) -> str:
    """What each comparison had to say, as JSON: its name, the words in both languages and its features."""
    said = [
        {"comparison": one.name, "en": one.en, "zh": one.zh, "features": {k: round(v, 3) for k, v in one.features.items() if v}}
        for one in found.comparisons
        if one.en
    ]
    return orjson.dumps(said).decode()

"""Matching of records: candidate pairs with relation, probability and reasons."""

from collections import deque
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, TypeAlias

from psycopg import Connection

from lodebase.resolve.candidates import find_candidate_pairs
from lodebase.resolve.facts import BATCH, EVERY, prepare, read_prepared_facts
from lodebase.resolve.scoring import PairRow, open_score_executor, score_pairs
from lodedata.messages import Message, msg

Reading: TypeAlias = Callable[[Connection[Any], list[str]], AbstractContextManager[None]]
"""A context in which the served tables have the compared values of the records of these ids."""
AHEAD = 4
"""Batches that wait to be scored or written: enough that workers don't wait for the database."""
READ_AT_ONCE = 20_000
COPY = "COPY match_pair (a_id, b_id, relation, probability, reasons, model_version) FROM STDIN"
ANALYZE = "SELECT lode.analyze_matches() WHERE %(changed)s * 10 >= (SELECT count(*) FROM match_side)"
# along the space-filling curve, so that neighbours are compared in one batch
IN_ORDER = "SELECT id FROM match_side WHERE %(ids)s::text[] IS NULL OR id = ANY(%(ids)s) ORDER BY geom, id"


@dataclass(slots=True)
class ResolutionProgress:
    """Progress of a comparison, for display."""

    records: int = 0
    prepared: int = 0
    compared: int = 0

    def line(self) -> Message:
        """Return a line of text."""
        records = f"{self.records:,}"
        if self.records and self.compared >= self.records:
            return msg("%(records)s records compared; grouping", records=records)
        return msg(
            "%(prepared)s of %(records)s records prepared, %(compared)s compared",
            prepared=f"{self.prepared:,}",
            records=records,
            compared=f"{self.compared:,}",
        )


def find_pairs(
    connection: Connection[Any],
    ids: Collection[str] | None,
    progress: ResolutionProgress | None = None,
    reading: Reading = lambda connection, ids: nullcontext(),
) -> int:
    """Compare the records of these ids with all others, or all records for None; return the number of stored pairs.

    Earlier pairs of these records are replaced, those of missing records deleted. Runs in the caller's transaction, on the
    tables of its search path.
    """
    progress = progress or ResolutionProgress()
    wanted = None if ids is None else list(dict.fromkeys(ids))
    every = [row[0] for row in connection.execute(EVERY)] if wanted is None else wanted
    progress.records = len(every)
    _delete_pairs(connection, wanted)
    for start in range(0, len(every), READ_AT_ONCE):
        several = every[start : start + READ_AT_ONCE]
        with reading(connection, several):
            for first in range(0, len(several), BATCH):
                prepare(connection, several[first : first + BATCH])
        progress.prepared += len(several)
    refresh_statistics(connection, len(every))
    stored = _compare(connection, [row[0] for row in connection.execute(IN_ORDER, {"ids": wanted})], progress)
    refresh_statistics(connection, len(every))
    return stored


def refresh_statistics(connection: Connection[Any], changed: int) -> None:
    """Refresh the planner's statistics of pairs if at least one in ten compared records changed.

    Fewer are left to autovacuum: statistics of a hundred large sources take longer than an import of a few rows.
    """
    connection.execute(ANALYZE, {"changed": changed})


def _delete_pairs(connection: Connection[Any], ids: list[str] | None) -> None:
    if ids is None:
        connection.execute("TRUNCATE match_side, match_key, match_pair")
    else:
        connection.execute("DELETE FROM match_pair WHERE a_id = ANY(%(ids)s) OR b_id = ANY(%(ids)s)", {"ids": ids})


def _compare(connection: Connection[Any], order: list[str], progress: ResolutionProgress) -> int:
    at = {identity: n for n, identity in enumerate(order)}
    stored = 0
    waiting: deque[tuple[int, Future[list[PairRow]]]] = deque()
    with open_score_executor(len(order)) as executor:
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            # a pair of two batches is compared with the later one
            pairs = sorted(
                pair
                for pair in find_candidate_pairs(connection, batch)
                if max(at.get(pair[0], -1), at.get(pair[1], -1)) < start + BATCH
            )
            batch_facts = read_prepared_facts(connection, {identity for pair in pairs for identity in pair})
            waiting.append((len(batch), executor.submit(score_pairs, pairs, batch_facts)))
            last = start + BATCH >= len(order)
            while waiting and (last or len(waiting) > AHEAD or waiting[0][1].done()):
                count, rows = waiting.popleft()
                stored += _write(connection, rows.result())
                progress.compared += count
    return stored


def _write(connection: Connection[Any], rows: Iterable[PairRow]) -> int:
    count = 0
    with connection.cursor().copy(COPY) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count

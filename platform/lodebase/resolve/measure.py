"""Precision and recall of pairs, measured on labelled pairs."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from psycopg import Connection

from lodebase.resolve.facts import parse_facts_json
from lodedata.kinds import KINDS
from lodedata.matching import MatchRecord, estimate_probability
from lodedata.matching.record import Reference
from lodedata.matching.result import compute_pair_features

LOTS = {
    "first": "labelled.csv",
    "second": "labelled-second-lot.csv",
    "third": "labelled-third-lot.csv",
    "fourth": "labelled-fourth-lot.csv",
    "fifth": "labelled-fifth-lot.csv",
}
"""The file of each lot of pairs. All pairs from the third lot on are for measuring: no weight was fitted to them. Errors in
the third and fifth lot led to rules; those in the fourth were not inspected."""

THRESHOLDS = (0.3, 0.5, 0.7, 0.8, 0.9)

_MERGED = ", ".join(f"'{name}'" for name, kind in KINDS.items() if kind.merged)
SERVED = f"""
SELECT DISTINCT ON (s.source, s.key) s.source, s.key, coalesce(t.served_id, m.record_id)
FROM source_record s JOIN member m ON m.source_record_id = s.id AND m.kind IN ({_MERGED})
LEFT JOIN reported_record t ON t.record_id = m.record_id
ORDER BY s.source, s.key, m.leads DESC, m.record_id
"""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A pair of source rows with its label and reason; the half is decided by a hash of the keys."""

    lot: str
    half: str
    a: Reference
    b: Reference
    relation: str
    reason: str

    @property
    def is_related(self) -> bool:
        """Whether the two are the same, or linked across kinds or sizes."""
        return self.relation != "different"


@dataclass(frozen=True, slots=True)
class PairCounts:
    """Numbers of correctly and wrongly matched pairs, and of pairs that were missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of matched pairs that are related."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """The share of related pairs that were matched."""
        return self.right / max(1, self.right + self.missed)


@lru_cache(maxsize=1)
def read_labelled_pairs() -> tuple[Labelled, ...]:
    """Return every labelled pair of all lots."""
    return tuple(pair for lot in LOTS for pair in _read(lot))


def _read(lot: str) -> Iterator[Labelled]:
    text = files("lodedata.matching").joinpath(LOTS[lot]).read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        a, b = (row["a_source"], row["a_key"]), (row["b_source"], row["b_key"])
        yield Labelled(lot, row["half"], a, b, row["relation"], row["reason"])


def read_facts_by_row(connection: Connection[Any]) -> Mapping[Reference, MatchRecord]:
    """Return the facts of each record of the store by each of its source rows."""
    sides = (parse_facts_json(row[0]) for row in connection.execute("SELECT facts::text FROM match_side"))
    return {reference: side for side in sides for reference in side.own}


def measure(pairs: Iterable[Labelled], matched: Iterable[bool]) -> PairCounts:
    """Return the counts of labelled pairs by whether each was matched."""
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for pair, is_matched in zip(pairs, matched, strict=True):
        counts[pair.is_related, is_matched] += 1
    return PairCounts(counts[True, True], counts[False, True], counts[True, False])


def measure_model(
    sides: Mapping[Reference, MatchRecord], half: str, thresholds: Iterable[float], lot: str = "first"
) -> dict[float, PairCounts]:
    """Return the counts of the model alone for one half of a lot by threshold. Raises KeyError for missing rows."""
    pairs = [pair for pair in read_labelled_pairs() if (pair.lot, pair.half) == (lot, half)]
    scores = [estimate_probability(compute_pair_features(sides[pair.a], sides[pair.b])) for pair in pairs]
    return {threshold: measure(pairs, [score >= threshold for score in scores]) for threshold in thresholds}


def measure_served(connection: Connection[Any], half: str, lot: str = "first") -> PairCounts:
    """Return the counts of one half of a lot in served records: rows of one record, or of two linked ones, are matched.

    Raises KeyError for missing rows.
    """
    served = {(source, key): identity for source, key, identity in connection.execute(SERVED)}
    linked = {frozenset(ends) for ends in connection.execute("SELECT from_id, to_id FROM link")}
    pairs = [pair for pair in read_labelled_pairs() if (pair.lot, pair.half) == (lot, half)]
    ends = [frozenset((served[pair.a], served[pair.b])) for pair in pairs]
    return measure(pairs, [len(two) == 1 or two in linked for two in ends])

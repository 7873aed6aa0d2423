"""How well pairs are found, measured on pairs that people labelled."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from psycopg import Connection

from lodebase.resolve.sides import loaded
from lodedata.matching import MatchRecord, probability
from lodedata.matching.record import Reference
from lodedata.matching.result import pair_features

LOTS = {"first": "labelled.csv", "second": "labelled-second-lot.csv"}
"""The file of each lot of pairs; nobody read figures of the second lot's half for measuring while a model was made."""

THRESHOLDS = (0.3, 0.5, 0.7, 0.8, 0.9)

SERVED = """
SELECT DISTINCT ON (s.source, s.key) s.source, s.key, coalesce(t.served_id, m.record_id)
FROM source_record s JOIN member m ON m.source_record_id = s.id LEFT JOIN testimony t ON t.record_id = m.record_id
ORDER BY s.source, s.key, m.leads DESC, m.record_id
"""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A pair of source rows that somebody judged, with the reason; the half is decided by a hash of the keys."""

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
class Measured:
    """Pairs taken together rightly and wrongly, and pairs that belong together and were not taken."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of pairs taken that belong together."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """The share of pairs that belong together that were taken."""
        return self.right / max(1, self.right + self.missed)


@lru_cache(maxsize=1)
def labelled() -> tuple[Labelled, ...]:
    """Every labelled pair of both lots."""
    return tuple(pair for lot in LOTS for pair in _read(lot))


def _read(lot: str) -> Iterator[Labelled]:
    text = files("lodedata.matching").joinpath(LOTS[lot]).read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        a, b = (row["a_source"], row["a_key"]), (row["b_source"], row["b_key"])
        yield Labelled(lot, row["half"], a, b, row["relation"], row["reason"])


def sides_of(connection: Connection[Any]) -> Mapping[Reference, MatchRecord]:
    """What is compared of each record of the store, by each source row that it is made of."""
    sides = (loaded(row[0]) for row in connection.execute("SELECT facts::text FROM match_side"))
    return {reference: side for side in sides for reference in side.own}


def measure(pairs: Iterable[Labelled], taken: Iterable[bool]) -> Measured:
    """What became of the labelled pairs, of each of which it is told whether it was taken together."""
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for pair, together in zip(pairs, taken, strict=True):
        counts[pair.is_related, together] += 1
    return Measured(counts[True, True], counts[False, True], counts[True, False])


def measured(
    sides: Mapping[Reference, MatchRecord], half: str, thresholds: Iterable[float], lot: str = "first"
) -> dict[float, Measured]:
    """What the model alone makes of one half of a lot by threshold. Raises KeyError for a pair whose rows are not there."""
    pairs = [pair for pair in labelled() if (pair.lot, pair.half) == (lot, half)]
    found = [probability(pair_features(sides[pair.a], sides[pair.b])) for pair in pairs]
    return {threshold: measure(pairs, [one >= threshold for one in found]) for threshold in thresholds}


def measured_as_served(connection: Connection[Any], half: str, lot: str = "first") -> Measured:
    """What becomes of one half of a lot in what is served: rows of one record, or of two that are linked, are taken together.

    Raises KeyError for a pair whose rows are not there.
    """
    served = {(source, key): identity for source, key, identity in connection.execute(SERVED)}
    linked = {frozenset(ends) for ends in connection.execute("SELECT from_id, to_id FROM link")}
    pairs = [pair for pair in labelled() if (pair.lot, pair.half) == (lot, half)]
    ends = [frozenset((served[pair.a], served[pair.b])) for pair in pairs]
    return measure(pairs, [len(two) == 1 or two in linked for two in ends])

"""The concordance: pairs of source rows reviewed by Lode's maintainers. A review overrides the model."""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import cast

from lodedata.matching.comparison import Comparison
from lodedata.matching.record import MatchRecord, Reference
from lodedata.matching.relation import Relation
from lodedata.messages import msg


@dataclass(frozen=True, slots=True)
class ConcordanceEntry:
    """The relation of two source rows and the reason; ``inverse`` if it leads from the second row to the first."""

    relation: Relation
    inverse: bool
    reason: str

    @property
    def is_related(self) -> bool:
        """Whether the two rows describe one site or deposit, or two that are linked."""
        return self.relation != "different"

    def comparison(self) -> Comparison:
        """Return the entry as a comparison with a reason and no features."""
        reason = (
            msg("both rows were reviewed and are related: %(reason)s", reason=self.reason)
            if self.is_related
            else msg("both rows were reviewed and are different: %(reason)s", reason=self.reason)
        )
        return Comparison("concordance", {}, reason)


def find_concordance_entry(a: MatchRecord, b: MatchRecord) -> ConcordanceEntry | None:
    """Return the entry of any two source rows of two records, None if no such rows were reviewed."""
    entries = _load_table()[0]
    return next((entries[rows] for rows in _list_row_pairs(a, b) if rows in entries), None)


def load_concordance_entries() -> Mapping[tuple[Reference, Reference], ConcordanceEntry]:
    """Return every entry by its two rows, and its inverse by the rows in reverse order."""
    return _load_table()[0]


def find_reviewed_partners(row: Reference) -> tuple[Reference, ...]:
    """Return the rows that a source row was reviewed with."""
    return _index_partners().get(row, ())


def get_concordance_version() -> str:
    """Return a hash of the concordance."""
    return _load_table()[1]


def _list_row_pairs(a: MatchRecord, b: MatchRecord) -> Iterator[tuple[Reference, Reference]]:
    yield from ((first, second) for first in sorted(a.own) for second in sorted(b.own))


@lru_cache(maxsize=1)
def _index_partners() -> Mapping[Reference, tuple[Reference, ...]]:
    partners: dict[Reference, list[Reference]] = {}
    for a, b in load_concordance_entries():
        partners.setdefault(a, []).append(b)
    return {row: tuple(rows) for row, rows in partners.items()}


@lru_cache(maxsize=1)
def _load_table() -> tuple[Mapping[tuple[Reference, Reference], ConcordanceEntry], str]:
    text = files(__package__).joinpath("concordance.csv").read_text(encoding="utf-8")
    entries = {}
    for row in csv.DictReader(text.splitlines()):
        a, b = (row["a_source"], row["a_key"]), (row["b_source"], row["b_key"])
        relation = cast(Relation, row["relation"])
        entries[a, b] = ConcordanceEntry(relation, False, row["reason"])
        entries[b, a] = ConcordanceEntry(relation, True, row["reason"])
    return entries, hashlib.blake2b(text.encode(), digest_size=4).hexdigest()

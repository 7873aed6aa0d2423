"""The concordance: pairs of source rows that Lode's maintainers read. What they found goes before what the model makes."""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import cast

from lodedata.matching.comparison import Comparison
from lodedata.matching.relation import Relation
from lodedata.matching.side import Reference, Side


@dataclass(frozen=True, slots=True)
class Entry:
    """What the first of two rows is to the second, and why; ``turned`` where the second is that to the first."""

    relation: Relation
    turned: bool
    reason: str

    @property
    def belongs(self) -> bool:
        """Whether the two are one thing or belong together as two."""
        return self.relation != "different"

    def told(self) -> Comparison:
        """The entry as a reason among the others."""
        zh = f"维护者查阅两行原文后判定{'相关' if self.belongs else '不同'}，理由：{self.reason}"
        return Comparison("concordance", {}, f"both rows were read: {self.reason}", zh)


def entry(a: Side, b: Side) -> Entry | None:
    """What was found of two records by reading rows that they are made of; None where nobody did."""
    found = _table()[0]
    return next((found[rows] for rows in _rows(a, b) if rows in found), None)


def entries() -> Mapping[tuple[Reference, Reference], Entry]:
    """Every entry by its two rows, and turned by them the other way round."""
    return _table()[0]


def version() -> str:
    """A name of the concordance; it changes with it."""
    return _table()[1]


def _rows(a: Side, b: Side) -> Iterator[tuple[Reference, Reference]]:
    yield from ((first, second) for first in sorted(a.own) for second in sorted(b.own))


@lru_cache(maxsize=1)
def _table() -> tuple[Mapping[tuple[Reference, Reference], Entry], str]:
    text = files(__package__).joinpath("concordance.csv").read_text(encoding="utf-8")
    found = {}
    for row in csv.DictReader(text.splitlines()):
        a, b = (row["a_source"], row["a_key"]), (row["b_source"], row["b_key"])
        relation = cast(Relation, row["relation"])
        found[a, b], found[b, a] = Entry(relation, False, row["reason"]), Entry(relation, True, row["reason"])
    return found, hashlib.blake2b(text.encode(), digest_size=4).hexdigest()

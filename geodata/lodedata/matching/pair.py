"""A pair of records with the similarity of their names, which several comparisons use."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lodedata.matching.names.name_parts import Name, list_all_names
from lodedata.matching.record import MatchRecord
from lodedata.matching.similarity import NameSimilarity, name_similarity

MAX_COMPARED_NAMES = 24
"""Greatest number of names of one record that are compared; some records have the aliases of a district."""
ALIAS_WEIGHT = 0.97
MARK_PENALTY = 0.06
SEVERAL = 2
MIN_AGREEMENT = 0.9


@dataclass(frozen=True, slots=True)
class RecordPair:
    """Two records and their most similar names with the weight of these; ``similarity`` is None if a record has no name."""

    a: MatchRecord
    b: MatchRecord
    similarity: NameSimilarity | None
    weight: float
    aliases: int = 0
    """Number of aliases among the two names."""
    own_similarity: float = 0.0
    """Similarity of the primary names, without aliases."""
    name_agreement: float = 0.0
    """Share of the names of the record with fewer names that the other has too; 0 unless both have several."""

    @property
    def projects(self) -> bool:
        """Whether both records are projects."""
        return self.a.kind == self.b.kind == "project"

    @property
    def are_deposits(self) -> bool:
        """Whether both records are deposits."""
        return self.a.kind == self.b.kind == "deposit"

    def facility_terms(self) -> tuple[frozenset[str], frozenset[str]]:
        """Return the facility terms in either name."""
        if self.similarity is None:
            return frozenset(), frozenset()
        return self.similarity.first.facility_terms, self.similarity.second.facility_terms


def record_pair(a: MatchRecord, b: MatchRecord) -> RecordPair:
    """Return the pair of two records after comparing all their names."""
    compared = list(_name_pairs(a, b))
    if not compared:
        return RecordPair(a, b, None, 0.0)
    own = max((similarity.overall * weight for similarity, weight, aliases in compared if not aliases), default=0.0)
    return RecordPair(a, b, *max(compared, key=_compute_score), own, _compute_agreement(compared))


def _compute_agreement(compared: list[tuple[NameSimilarity, float, int]]) -> float:
    """Return the share of distinct names of the record with fewer names that agree; 0 if a record has a single name."""
    first, second = ({getattr(similarity, end).joined for similarity, _, _ in compared} for end in ("first", "second"))
    if min(len(first), len(second)) < SEVERAL:
        return 0.0
    agreeing = [similarity for similarity, _, _ in compared if similarity.overall >= MIN_AGREEMENT]
    agree = min(
        len({similarity.first.joined for similarity in agreeing}), len({similarity.second.joined for similarity in agreeing})
    )
    return max(0, agree - 1) / (min(len(first), len(second)) - 1)


def _compute_score(compared: tuple[NameSimilarity, float, int]) -> float:
    """Return the order of a pair of names: `Escondida` precedes `Escondida, 2 plants` if the other name has no number."""
    similarity, weight, _ = compared
    marked = [bool(name.directions or name.numbers) for name in (similarity.first, similarity.second)]
    return similarity.overall * weight - MARK_PENALTY * (marked[0] != marked[1])


def _name_pairs(a: MatchRecord, b: MatchRecord) -> Iterator[tuple[NameSimilarity, float, int]]:
    for first, first_own in _names(a.names, a.aliases):
        for second, second_own in _names(b.names, b.aliases):
            aliases = (not first_own) + (not second_own)
            yield name_similarity(first, second), first.weight * second.weight * ALIAS_WEIGHT**aliases, aliases


@lru_cache(maxsize=50_000)
def _names(names: tuple[str, ...], aliases: tuple[str, ...]) -> tuple[tuple[Name, bool], ...]:
    return list_all_names(names, aliases)[:MAX_COMPARED_NAMES]

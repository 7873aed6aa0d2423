"""Two records that are compared, with what several comparisons ask of both."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lodedata.matching.names import Name, all_names
from lodedata.matching.side import Side
from lodedata.matching.similarity import Likeness, likeness

MOST_NAMES = 24
"""Names compared of each record; some have a whole district's aliases."""
OF_ALIAS = 0.97
MARKED = 0.06


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records and their two names that are most alike, with how much these weigh; none where one has no name."""

    a: Side
    b: Side
    like: Likeness | None
    weight: float
    aliases: int = 0
    """How many of the two names are aliases."""

    @property
    def projects(self) -> bool:
        """Whether both are projects."""
        return self.a.kind == self.b.kind == "project"

    def work(self) -> tuple[frozenset[str], frozenset[str]]:
        """The kinds of work that the two names speak of."""
        nothing: frozenset[str] = frozenset()
        return (self.like.first.work, self.like.second.work) if self.like else (nothing, nothing)


def paired(a: Side, b: Side) -> Pair:
    """Two records, their names compared."""
    found = max(_likenesses(a, b), key=_standing, default=None)
    return Pair(a, b, None, 0.0) if found is None else Pair(a, b, *found)


def _standing(one: tuple[Likeness, float, int]) -> float:
    """How well two names stand for two records: `Escondida` before `Escondida, 2 plants`, where the other has no number."""
    like, weight, _ = one
    marked = [bool(name.directions or name.numbers) for name in (like.first, like.second)]
    return like.whole * weight - MARKED * (marked[0] != marked[1])


def _likenesses(a: Side, b: Side) -> Iterator[tuple[Likeness, float, int]]:
    for first, own in _names(a.names, a.aliases):
        for second, owned in _names(b.names, b.aliases):
            weight = first.weight * second.weight * (1.0 if own else OF_ALIAS) * (1.0 if owned else OF_ALIAS)
            yield likeness(first, second), weight, (not own) + (not owned)


@lru_cache(maxsize=50_000)
def _names(names: tuple[str, ...], aliases: tuple[str, ...]) -> tuple[tuple[Name, bool], ...]:
    return all_names(names, aliases)[:MOST_NAMES]

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
SEVERAL = 2
AGREES = 0.9


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records and their two names that are most alike, with how much these weigh; none where one has no name."""

    a: Side
    b: Side
    like: Likeness | None
    weight: float
    aliases: int = 0
    """How many of the two names are aliases."""
    own_alike: float = 0.0
    """How alike their own names are, whatever their aliases."""
    agreeing: float = 0.0
    """The share of the names of the one with fewer that the other has too, where both have several."""

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
    every = list(_likenesses(a, b))
    if not every:
        return Pair(a, b, None, 0.0)
    own = max((like.whole * weight for like, weight, aliases in every if not aliases), default=0.0)
    return Pair(a, b, *max(every, key=_standing), own, _agreeing(every))


def _agreeing(every: list[tuple[Likeness, float, int]]) -> float:
    """The share of the fewer names that agree, of those that are written differently; 0 where one has a single name."""
    first, second = ({getattr(like, end).joined for like, _, _ in every} for end in ("first", "second"))
    if min(len(first), len(second)) < SEVERAL:
        return 0.0
    alike = [like for like, _, _ in every if like.whole >= AGREES]
    agree = min(len({like.first.joined for like in alike}), len({like.second.joined for like in alike}))
    return max(0, agree - 1) / (min(len(first), len(second)) - 1)


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

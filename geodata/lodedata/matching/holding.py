"""The comparison of who holds or runs two projects."""

from collections.abc import Iterator
from functools import lru_cache

from rapidfuzz import fuzz

from lodedata.matching.comparison import Comparison
from lodedata.matching.names import parsed
from lodedata.matching.pair import Pair
from lodedata.matching.side import Side

ALIKE = 85.0
LONG = 4


@lru_cache(maxsize=50_000)
def company_words(name: str) -> tuple[str, ...]:
    """The words of a company's name that tell it from others; its legal form and its metal don't."""
    return tuple(word for word in parsed(name).core if len(word) >= LONG)


def compare_owners(pair: Pair) -> Comparison:
    """Whether an owner or operator is the same, or one record is named for the other's owner."""
    a, b = pair.a, pair.b
    if a.owners and b.owners:
        score, first, second = max(_scored(a.owners, b.owners))
        if score >= ALIKE:
            return _said("same_owner", f"the same owner: {first}, {second}", f"持有人相同：{first}，{second}")
        return _said("other_owner", f"other owners: {first}, {second}", f"持有人不同：{first}，{second}")
    for owners, side in ((a.owners, b), (b.owners, a)):
        for owner, name in _named_for(owners, side):
            return _said("named_for_owner", f"named for its owner: {name}, {owner}", f"以持有人命名：{name}，{owner}")
    return Comparison("owner", {})


def _said(feature: str, en: str, zh: str) -> Comparison:
    return Comparison("owner", {feature: 1.0}, en, zh)


def _named_for(owners: tuple[str, ...], side: Side) -> Iterator[tuple[str, str]]:
    for owner in owners:
        words = set(company_words(owner))
        yield from ((owner, name) for name in (*side.names, *side.aliases) if words & set(parsed(name).core))


def _scored(first: tuple[str, ...], second: tuple[str, ...]) -> list[tuple[float, str, str]]:
    return [(_alike(company_words(a), company_words(b)), a, b) for a in first for b in second]


def _alike(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    if not a or not b:
        return 0.0
    score: float = fuzz.token_set_ratio(" ".join(a), " ".join(b))
    return score

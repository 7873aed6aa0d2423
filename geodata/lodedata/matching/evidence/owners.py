"""The comparison of the owners and operators of two projects."""

from collections.abc import Iterator
from functools import lru_cache

from rapidfuzz import fuzz

from lodedata.matching.comparison import Comparison
from lodedata.matching.names.name_parts import parse_name
from lodedata.matching.pair import RecordPair
from lodedata.matching.record import MatchRecord
from lodedata.messages import msg

MIN_SCORE = 85.0
"""From this score (0 to 100) on, two company names count as one company."""
MIN_LETTERS = 4


@lru_cache(maxsize=50_000)
def extract_company_tokens(name: str) -> tuple[str, ...]:
    """Return the distinctive tokens of a company's name, without its legal form and its metal."""
    return tuple(token for token in parse_name(name).core if len(token) >= MIN_LETTERS)


def compare_owners(pair: RecordPair) -> Comparison:
    """Compare owners and operators, or a name with the other record's owners."""
    a, b = pair.a, pair.b
    if a.owners and b.owners:
        score, first, second = max(_compute_similarities(a.owners, b.owners))
        if score >= MIN_SCORE:
            same = msg("the same owner: %(first)s, %(second)s", first=first, second=second)
            return Comparison("owner", {"same_owner": 1.0}, same)
        other = msg("other owners: %(first)s, %(second)s", first=first, second=second)
        return Comparison("owner", {"other_owner": 1.0}, other)
    for owners, record in ((a.owners, b), (b.owners, a)):
        for owner, name in _find_named_after(owners, record):
            named = msg("named for its owner: %(name)s, %(owner)s", name=name, owner=owner)
            return Comparison("owner", {"named_for_owner": 1.0}, named)
    return Comparison("owner", {})


def _find_named_after(owners: tuple[str, ...], record: MatchRecord) -> Iterator[tuple[str, str]]:
    for owner in owners:
        tokens = set(extract_company_tokens(owner))
        yield from ((owner, name) for name in (*record.names, *record.aliases) if tokens & set(parse_name(name).core))


def _compute_similarities(first: tuple[str, ...], second: tuple[str, ...]) -> list[tuple[float, str, str]]:
    return [(_compute_similarity(extract_company_tokens(a), extract_company_tokens(b)), a, b) for a in first for b in second]


def _compute_similarity(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    if not a or not b:
        return 0.0
    score: float = fuzz.token_set_ratio(" ".join(a), " ".join(b))
    return score

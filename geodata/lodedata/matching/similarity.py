"""How alike two names are."""

from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from lodedata.matching.names import Name
from lodedata.matching.sounds import skeleton

ALIKE = 0.9
"""From here on two words are taken for spellings of one."""
SHORT = 4
LEAST_SOUNDS = 3
SOUNDED = 0.85
"""How well a word stands for one that sounds like it and is spelt otherwise."""
JOINED = 84.0
WEAK = 0.15
"""What a landform counts beside a naming word."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two names are: of both together, of the shorter one, and how rare the words are that they share."""

    whole: float
    shorter: float
    rare: float
    first: Name
    second: Name
    both_more: float = 0.0
    """How rare the words are that each has and the other lacks, of the one that has less of them."""

    @property
    def exact(self) -> bool:
        """Whether both have the same naming words, in any order or run together."""
        return self.first.joined == self.second.joined or set(self.first.core) == set(self.second.core)


def likeness(a: Name, b: Name) -> Likeness:
    """How alike two names are, between 0 and 1, whatever the order of their words and where they are parted."""
    if a.joined == b.joined:
        return Likeness(1.0, 1.0, min(max(a.rarity, b.rarity), 2.0) / 2, a, b)
    lesser = min(a.rarity, b.rarity)
    shared = _shared(a, b)
    if shared < lesser and min(len(a.joined), len(b.joined)) > SHORT:
        together = fuzz.ratio(a.joined, b.joined, score_cutoff=JOINED)
        shared = max(shared, lesser * (together / 100) ** 2)
    if not shared:
        return Likeness(0.0, 0.0, 0.0, a, b)
    extra = WEAK * len(set(a.weak) & set(b.weak)) if a.weak and b.weak else 0.0
    total = a.rarity + b.rarity + WEAK * (len(a.weak) + len(b.weak)) * 0.5
    whole = min(1.0, (2 * shared + extra) / total)
    more = min(max(0.0, lesser - shared), 2.0) / 2
    return Likeness(whole, min(1.0, shared / lesser), min(shared, 2.0) / 2, a, b, more)


def _shared(a: Name, b: Name) -> float:
    """The sum of the rarities of the words that both have, a misspelt one for less."""
    if len(a.core) > len(b.core):
        a, b = b, a
    total = 0.0
    taken: set[int] = set()
    for word, rare in zip(a.core, a.rarities, strict=True):
        best, at = 0.0, -1
        for n, other in enumerate(b.core):
            score = 1.0 if word == other else _spelling(word, other)
            if score > best and n not in taken:
                best, at = score, n
        if at >= 0:
            taken.add(at)
            total += best * min(rare, b.rarities[at])
    return total


def _spelling(a: str, b: str) -> float:
    """How alike two words are that may be spelt differently; two that begin differently are not."""
    if a[0] != b[0] or min(len(a), len(b)) < SHORT:
        return 0.0
    score: float = JaroWinkler.similarity(a, b, score_cutoff=ALIKE)
    sound = skeleton(a)
    if score**2 < SOUNDED and len(sound) >= LEAST_SOUNDS and sound == skeleton(b):
        return SOUNDED
    return score**2

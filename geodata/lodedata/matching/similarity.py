"""The similarity of two names."""

from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from lodedata.matching.names.name_parts import Name
from lodedata.matching.names.phonetics import derive_consonant_skeleton

MIN_SIMILARITY = 0.9
"""From this similarity on, two tokens count as spellings of one."""
SHORT = 4
MIN_SKELETON = 3
SOUND_SCORE = 0.85
"""Score of two tokens that sound alike but are spelt differently."""
MIN_JOINED_SCORE = 84.0
WEAK_WEIGHT = 0.15
"""Weight of a landform relative to a distinctive token."""


@dataclass(frozen=True, slots=True)
class NameSimilarity:
    """Similarity of two names (0 to 1): overall and relative to the shorter one, and rarity of their shared tokens."""

    overall: float
    shorter: float
    rarity: float
    first: Name
    second: Name
    both_more: float = 0.0
    """Rarity of the tokens that the other name lacks, of the name for which it is less."""

    @property
    def exact(self) -> bool:
        """Whether both have the same distinctive tokens, in any order or joined."""
        return self.first.joined == self.second.joined or set(self.first.core) == set(self.second.core)

    @property
    def sounds_alike(self) -> bool:
        """Whether both are nearly the same and have the same consonants by sound, as two spellings of one name have."""
        first, second = derive_consonant_skeleton(self.first.joined), derive_consonant_skeleton(self.second.joined)
        return self.overall >= MIN_SIMILARITY and first == second and len(first) >= MIN_SKELETON


def name_similarity(a: Name, b: Name) -> NameSimilarity:
    """Return the similarity of two names, regardless of the order and the spacing of their tokens."""
    if a.joined == b.joined:
        return NameSimilarity(1.0, 1.0, min(max(a.rarity, b.rarity), 2.0) / 2, a, b)
    lesser = min(a.rarity, b.rarity)
    shared = _sum_shared_rarities(a, b)
    if shared < lesser and min(len(a.joined), len(b.joined)) > SHORT:
        together = fuzz.ratio(a.joined, b.joined, score_cutoff=MIN_JOINED_SCORE)
        shared = max(shared, lesser * (together / 100) ** 2)
    if not shared:
        return NameSimilarity(0.0, 0.0, 0.0, a, b)
    extra = WEAK_WEIGHT * len(set(a.weak) & set(b.weak)) if a.weak and b.weak else 0.0
    total = a.rarity + b.rarity + WEAK_WEIGHT * (len(a.weak) + len(b.weak)) * 0.5
    overall = min(1.0, (2 * shared + extra) / total)
    more = min(max(0.0, lesser - shared), 2.0) / 2
    return NameSimilarity(overall, min(1.0, shared / lesser), min(shared, 2.0) / 2, a, b, more)


def _sum_shared_rarities(a: Name, b: Name) -> float:
    """Return the sum of the rarities of shared tokens, less for a misspelt one."""
    if len(a.core) > len(b.core):
        a, b = b, a
    total = 0.0
    taken: set[int] = set()
    for token, rarity in zip(a.core, a.rarities, strict=True):
        best, at = 0.0, -1
        for n, other in enumerate(b.core):
            score = 1.0 if token == other else _compute_token_similarity(token, other)
            if score > best and n not in taken:
                best, at = score, n
        if at >= 0:
            taken.add(at)
            total += best * min(rarity, b.rarities[at])
    return total


def _compute_token_similarity(a: str, b: str) -> float:
    """Return the similarity of two spellings; 0 if they begin with different letters."""
    if a[0] != b[0] or min(len(a), len(b)) < SHORT:
        return 0.0
    score: float = JaroWinkler.similarity(a, b, score_cutoff=MIN_SIMILARITY)
    skeleton = derive_consonant_skeleton(a)
    if score**2 < SOUND_SCORE and len(skeleton) >= MIN_SKELETON and skeleton == derive_consonant_skeleton(b):
        return SOUND_SCORE
    return score**2

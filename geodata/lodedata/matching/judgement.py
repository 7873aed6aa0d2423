"""All comparisons of two records, and what they add up to."""

from collections.abc import Callable
from dataclasses import dataclass

from lodedata.matching.comparison import Comparison
from lodedata.matching.holding import compare_owners
from lodedata.matching.model import probability
from lodedata.matching.naming import compare_names
from lodedata.matching.origin import compare_origins
from lodedata.matching.pair import Pair, paired
from lodedata.matching.place import compare_places
from lodedata.matching.relation import Relation, relation
from lodedata.matching.side import Side
from lodedata.matching.substance import compare_amounts, compare_commodities, compare_facilities

COMPARISONS: tuple[Callable[[Pair], Comparison], ...] = (
    compare_names,
    compare_places,
    compare_commodities,
    compare_facilities,
    compare_amounts,
    compare_owners,
    compare_origins,
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How likely two records belong together, how, and why; ``turned`` where the second is that to the first."""

    probability: float
    relation: Relation
    turned: bool
    comparisons: tuple[Comparison, ...]


def features(comparisons: tuple[Comparison, ...], pair: Pair) -> dict[str, float]:
    """The features of all comparisons together, and those that say how one bears on another."""
    found = {name: value for comparison in comparisons for name, value in comparison.features.items()}
    near, alike, rare = found.get("near", 0.0), found.get("name", 0.0), found.get("name_rare", 0.0)
    found["name_near"] = alike * near
    found["rare_far"] = rare * found.get("far", 0.0)
    found["high_near"] = found.get("name_high", 0.0) * near
    found["kinds_differ"] = float(pair.a.kind != pair.b.kind)
    return found


def judge(a: Side, b: Side) -> Judgement:
    """What all comparisons of two records add up to. The order of the two changes nothing but ``turned``."""
    pair = paired(a, b)
    comparisons = tuple(compare(pair) for compare in COMPARISONS)
    way, turned = relation(pair)
    return Judgement(probability(features(comparisons, pair)), way, turned, comparisons)

"""All comparisons of two records, and what they add up to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lodedata.matching.comparison import Comparison
from lodedata.matching.concordance import entry
from lodedata.matching.holding import compare_owners
from lodedata.matching.model import probability
from lodedata.matching.naming import compare_names
from lodedata.matching.origin import compare_origins
from lodedata.matching.pair import Pair, paired
from lodedata.matching.place import compare_places
from lodedata.matching.relation import Relation, relation
from lodedata.matching.side import Side
from lodedata.matching.substance import compare_amounts, compare_commodities
from lodedata.matching.work import compare_facilities

COMPARISONS: tuple[Callable[[Pair], Comparison], ...] = (
    compare_names,
    compare_places,
    compare_commodities,
    compare_facilities,
    compare_amounts,
    compare_owners,
    compare_origins,
)
KINDS = {
    frozenset({"deposit", "project"}): "works",
    frozenset({"deposit", "discovery"}): "prospect",
    frozenset({"discovery", "project"}): "prospect_mine",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """How likely two records belong together, how, and why; ``turned`` where the second is that to the first.

    Where somebody ``read`` both, the probability is 1 or 0.
    """

    probability: float
    relation: Relation
    turned: bool
    comparisons: tuple[Comparison, ...]
    read: bool = False


def judge(a: Side, b: Side) -> Judgement:
    """What the concordance says of two records, else what all comparisons add up to.

    The order of the two changes nothing but ``turned``.
    """
    pair = paired(a, b)
    comparisons = tuple(compare(pair) for compare in COMPARISONS)
    way, turned = relation(pair)
    found = entry(a, b)
    if found is None:
        return Judgement(probability(_together(comparisons, pair)), way, turned, comparisons)
    if found.relation == "contains":
        way, turned = found.relation, found.turned
    elif a.kind == b.kind:
        way, turned = "same", False
    return Judgement(float(found.belongs), way, turned, (found.told(), *comparisons), read=True)


def features_of(a: Side, b: Side) -> Mapping[str, float]:
    """The features that the model weighs of two records."""
    pair = paired(a, b)
    return _together(tuple(compare(pair) for compare in COMPARISONS), pair)


def _together(comparisons: tuple[Comparison, ...], pair: Pair) -> dict[str, float]:
    """The features of all comparisons, and those that say how one bears on another."""
    found = {name: value for comparison in comparisons for name, value in comparison.features.items()}
    near, far, alike = found.get("near", 0.0), found.get("far", 0.0), found.get("name", 0.0)
    # one rare word is as rare as a name gets
    rare, named = min(1.0, 2 * found.get("name_rare", 0.0)), max(0.0, alike - 0.5) * 2
    found["owner_named"] = found.get("same_owner", 0.0) * found.get("name_exact", 0.0) * near
    for owner in ("same_owner", "other_owner"):
        if owner in found:
            found[owner] *= named
    found |= {
        "name_near": named * near,
        "rare_far": rare * named * far,
        "common_far": (1 - rare) * far,
        "unlike_near": (1 - alike) * near,
        "far_other": found.get("far_from_ore", 0.0) * (1 - found.get("same_main", 0.0)),
        "alias_far": found.get("one_alias", 0.0) * far,
        "ore_near": found.get("far_from_ore", 0.0) * near,
        "works_apart": found.get("other_work", 0.0) * (1 - near),
        "plants_far": float(pair.projects) * far,
        "rare_near": rare * named * near,
    }
    kinds = KINDS.get(frozenset({pair.a.kind, pair.b.kind}))
    return found | {kinds: 1.0} if kinds else found

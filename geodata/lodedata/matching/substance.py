"""The comparisons of what two records hold or make: commodities, kinds of plant, amounts."""

import math
from functools import lru_cache

from lodedata.matching.comparison import Comparison
from lodedata.matching.pair import Pair
from lodedata.vocab import vocabulary

MINING, METAL, AFTER = frozenset({"mine", "mill", "leach"}), frozenset({"smelt", "refine"}), frozenset({"fabricate"})
STAGES = {
    "mine": "mine",
    "quarry": "mine",
    "brine-field": "mine",
    "concentrator": "mill",
    "heap-leach-sxew": "leach",
    "nickel-hpal": "leach",
    "smelter": "smelt",
    "refinery": "refine",
    "alumina-refinery": "alumina",
    "aluminium-smelter": "aluminium",
    "lithium-chemical-plant": "chemical",
    "recycling-base": "secondary",
    "waste-facility": "tailings",
    "iron-steel-plant": "steel",
}
"""A facility type, or the one above it, and the stage of work that it does; others can be any."""
STAGE_OF_WORD = {
    "smelter": "smelt",
    "refinery": "refine",
    "mill": "mill",
    "leach": "leach",
    "tailings": "tailings",
    "rolling": "fabricate",
    "secondary": "secondary",
}
SIDE_BY_SIDE = ({"mine", "mill", "leach"}, {"smelt", "refine"}, {"smelt", "aluminium"}, {"refine", "alumina"})
"""Stages that one site has as often as not, or that sources call by either word."""


def compare_commodities(pair: Pair) -> Comparison:
    """Whether the commodities are the same; alumina, bauxite and aluminium are of one group and not the same."""
    a, b = pair.a, pair.b
    shared = a.commodities & b.commodities
    one = a.main_commodity == b.main_commodity
    features = {
        "same_main": float(one),
        "commodities": len(shared) / max(1, min(len(a.commodities), len(b.commodities))),
        "no_shared": float(not shared),
    }
    if one or a.main_commodity in b.commodities or b.main_commodity in a.commodities:
        return Comparison("commodity", features, "the same commodity", "矿种相同")
    if shared:
        return Comparison("commodity", features, "some commodities in common", "有共同矿种")
    return Comparison("commodity", features, "no commodity in common", "没有共同矿种")


@lru_cache(maxsize=20_000)
def stages(types: frozenset[str], products: frozenset[str], words: frozenset[str]) -> frozenset[str]:
    """The stages of work that facility types and the words of a name speak of; empty where they could be any."""
    found = {STAGE_OF_WORD[word] for word in words if word in STAGE_OF_WORD}
    for code in types:
        stage = _stage(code)
        if stage:
            found.add(stage)
    if products & {"alumina"}:
        found |= {"alumina"}
    return frozenset(found)


def _stage(code: str) -> str | None:
    terms = vocabulary("facility-type")
    at: str | None = code
    while at is not None and at in terms:
        if at in STAGES:
            return STAGES[at]
        at = terms[at].broader
    return None


def stages_of(pair: Pair) -> tuple[frozenset[str], frozenset[str]]:
    """The stages of work at the sites of two projects."""
    return (
        stages(pair.a.facility_types, pair.a.products, pair.work()[0]),
        stages(pair.b.facility_types, pair.b.products, pair.work()[1]),
    )


def compare_facilities(pair: Pair) -> Comparison:
    """Whether two projects do the same work; nothing to say of other kinds."""
    if not pair.projects:
        return Comparison("facility", {})
    first, second = stages_of(pair)
    if not first or not second:
        return Comparison("facility", {})
    if first == second:
        return Comparison("facility", {"same_work": 1.0}, "the same kind of plant", "设施类型相同")
    if first & second:
        return Comparison("facility", {"same_work": 0.6}, "kinds of plant in common", "有共同的设施类型")
    if any(first & pair and second & pair for pair in SIDE_BY_SIDE):
        return Comparison("facility", {"related_work": 1.0}, "kinds of plant that go together", "设施类型相关")
    return Comparison("facility", {"other_work": 1.0}, "different kinds of plant", "设施类型不同")


def compare_amounts(pair: Pair) -> Comparison:
    """How near the amounts of the same commodity or product are; one that differs tells little, as figures age."""
    a, b = pair.a, pair.b
    shared = [key for key in a.amounts_t if b.amounts_t.get(key) and a.amounts_t[key]]
    if not shared or (a.kind == "project") != (b.kind == "project"):
        return Comparison("size", {})
    off = min(abs(math.log10(a.amounts_t[key] / b.amounts_t[key])) for key in shared)
    features = {"same_size": max(0.0, 1 - off / 0.3), "other_size": min(1.0, max(0.0, off - 0.5))}
    if off < 0.1:
        return Comparison("size", features, "amounts agree", "规模一致")
    return Comparison("size", features, f"amounts differ by a factor of {10**off:.1f}", f"规模相差{10**off:.1f}倍")

"""The comparisons of what two records hold or make: commodities and amounts."""

import math
from functools import lru_cache

from lodedata.matching.comparison import Comparison
from lodedata.matching.pair import Pair

FAMILIES = {
    "bauxite": "aluminium",
    "alumina": "aluminium",
    "gallium": "aluminium",
    "ferronickel": "nickel",
    "platinum": "platinum-group",
    "palladium": "platinum-group",
    "rhodium": "platinum-group",
    "iridium": "platinum-group",
    "ruthenium": "platinum-group",
    "lepidolite": "lithium",
    "lithium-salts": "lithium",
    "lithium-carbonate": "lithium",
    "lithium-hydroxide": "lithium",
    "spodumene": "lithium",
    "chromite": "chromium",
}
"""What is counted as one commodity: metal, ore and what is told of the same ore."""
TOGETHER = (
    {"copper", "cobalt", "nickel", "platinum-group", "chromium"},
    {"tin", "tungsten", "tantalum", "niobium", "lithium", "beryllium"},
    {"copper", "molybdenum", "gold", "silver", "lead", "zinc"},
    {"lithium", "boron", "borates", "potash", "bromine", "soda-ash", "magnesium"},
)
"""Metals of one kind of ore: a source may list either."""


def compare_commodities(pair: Pair) -> Comparison:
    """Whether the commodities are the same, or go together in one ore; bauxite, alumina and aluminium are one metal's."""
    a, b = _families(pair.a.commodities), _families(pair.b.commodities)
    shared = a & b
    if of_one_metal(pair):
        return Comparison("commodity", {"same_main": 1.0}, "the same commodity", "矿种相同")
    if shared:
        told = _families(frozenset({pair.a.main_commodity})) <= b or _families(frozenset({pair.b.main_commodity})) <= a
        features = {"shared": len(shared) / min(len(a), len(b)), "main_shared": float(told)}
        return Comparison("commodity", features, "some commodities in common", "有共同矿种")
    if any(a & together and b & together for together in TOGETHER):
        return Comparison("commodity", {"companions": 1.0}, "commodities of one kind of ore", "共伴生矿种")
    return Comparison("commodity", {"no_shared": 1.0}, "no commodity in common", "没有共同矿种")


def of_one_metal(pair: Pair) -> bool:
    """Whether the main commodities are of one metal."""
    return bool(_families(frozenset({pair.a.main_commodity})) & _families(frozenset({pair.b.main_commodity})))


@lru_cache(maxsize=20_000)
def _families(codes: frozenset[str]) -> frozenset[str]:
    return frozenset(FAMILIES.get(code, code) for code in codes)


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

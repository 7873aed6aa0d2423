"""The comparisons of commodities and amounts."""

import math
from functools import lru_cache

from lodedata.matching.comparison import Comparison
from lodedata.matching.pair import RecordPair
from lodedata.messages import msg

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
    "lithium-oxide": "lithium",
    "lithium-chloride": "lithium",
    "lithium-carbonate": "lithium",
    "lithium-hydroxide": "lithium",
    "spodumene": "lithium",
    "petalite": "lithium",
    "tin-oxide": "tin",
    "chromite": "chromium",
}
"""Commodities and products that count as one metal or group."""
ASSOCIATIONS = (
    {"copper", "cobalt", "nickel", "platinum-group", "chromium"},
    {"tin", "tungsten", "tantalum", "niobium", "lithium", "beryllium"},
    {"copper", "molybdenum", "gold", "silver", "lead", "zinc"},
    {"lithium", "boron", "borates", "potash", "bromine", "soda-ash", "magnesium"},
)
"""Metals that occur together in one type of ore, of which a source may list any."""


def compare_commodities(pair: RecordPair) -> Comparison:
    """Compare commodities: the same, shared, or associated in one type of ore."""
    a, b = _find_families(pair.a.commodities), _find_families(pair.b.commodities)
    shared = a & b
    if have_same_metal(pair):
        return Comparison("commodity", {"same_main": 1.0}, msg("the same commodity"))
    if shared:
        main_shared = (
            _find_families(frozenset({pair.a.main_commodity})) <= b or _find_families(frozenset({pair.b.main_commodity})) <= a
        )
        features = {"shared": len(shared) / min(len(a), len(b)), "main_shared": float(main_shared)}
        return Comparison("commodity", features, msg("some commodities in common"))
    if any(a & metals and b & metals for metals in ASSOCIATIONS):
        return Comparison("commodity", {"companions": 1.0}, msg("commodities of one kind of ore"))
    return Comparison("commodity", {"no_shared": 1.0}, msg("no commodity in common"))


def have_same_metal(pair: RecordPair) -> bool:
    """Return whether the main commodities are of one metal."""
    return bool(_find_families(frozenset({pair.a.main_commodity})) & _find_families(frozenset({pair.b.main_commodity})))


@lru_cache(maxsize=20_000)
def _find_families(codes: frozenset[str]) -> frozenset[str]:
    return frozenset(FAMILIES.get(code, code) for code in codes)


def compare_amounts(pair: RecordPair) -> Comparison:
    """Compare amounts of a shared commodity or product by their log_ratio. Differences weigh little, as figures age."""
    a, b = pair.a, pair.b
    shared = [key for key in a.amounts_t if b.amounts_t.get(key) and a.amounts_t[key]]
    if not shared or (a.kind == "project") != (b.kind == "project"):
        return Comparison("size", {})
    log_ratio = min(abs(math.log10(a.amounts_t[key] / b.amounts_t[key])) for key in shared)
    features = {"same_size": max(0.0, 1 - log_ratio / 0.3), "other_size": min(1.0, max(0.0, log_ratio - 0.5))}
    if log_ratio < 0.1:
        return Comparison("size", features, msg("amounts agree"))
    return Comparison("size", features, msg("amounts differ by a factor of %(factor)s", factor=f"{10**log_ratio:.1f}"))

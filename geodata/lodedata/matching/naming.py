"""The comparison of two records' names: own names, aliases, and what sets like names apart."""

from lodedata.matching.comparison import Comparison
from lodedata.matching.names import bracketed
from lodedata.matching.pair import Pair
from lodedata.matching.similarity import Likeness


def compare_names(pair: Pair) -> Comparison:
    """How alike the names are, how rare what they share is, and whether something sets them apart."""
    like, weight = pair.like, pair.weight
    if like is None:
        return Comparison("name", {"unnamed": 1.0}, "one has no name", "一方没有名称")
    alike = like.whole * weight
    features = {
        "name": alike,
        "name_high": max(0.0, alike - 0.8) / 0.2,
        "name_exact": float(like.exact) * weight,
        "name_inside": max(0.0, like.shorter - like.whole),
        "name_rare": like.rare * alike,
        "rare_inside": like.rare * max(0.0, like.shorter - like.whole),
        "own_name": pair.own_alike,
        "own_unlike": max(0.0, alike - pair.own_alike),
        "both_more": like.both_more * float(not like.exact),
        "names_agree": pair.agreeing,
        "brackets_apart": float(_bracketed_apart(pair)),
        "one_alias": float(pair.aliases == 1),
        "both_aliases": float(pair.aliases == 2),
        **set_apart(pair, like),
    }
    return Comparison("name", features, *_words(like, alike, features))


def _bracketed_apart(pair: Pair) -> bool:
    """Whether both have a name with brackets, and nothing that stands in those is in the other's."""
    first, second = (frozenset().union(*map(bracketed, side.names)) for side in (pair.a, pair.b))
    return bool(first and second) and not first & second


def set_apart(pair: Pair, like: Likeness) -> dict[str, float]:
    """Directions and numbers that both names have and that differ, or that only one has.

    The number of a phase, unit or line is no other plant's; of a deposit it is another ore body's. A direction that only
    one has tells most where nothing else differs.
    """
    first, second = like.first, like.second
    phases = (first.phase or second.phase) and pair.projects
    marks = ((first.directions, second.directions), *(() if phases else ((first.numbers, second.numbers),)))
    differ = any(mine - other and other - mine for mine, other in marks)
    one_sided = not differ and any(mine != other for mine, other in marks)
    return {
        "apart": float(differ),
        "apart_one": float(one_sided),
        "apart_only": float(one_sided and like.exact and first.weight * second.weight > 0.9),
        "tailings_one": float(("tailings" in first.work) != ("tailings" in second.work)),
    }


def _words(like: Likeness, alike: float, features: dict[str, float]) -> tuple[str, str]:
    first, second = like.first.text, like.second.text
    if features["apart"]:
        return (
            f"the names differ in number or direction: {first}, {second}",
            f"名称的编号或方位不同：{first}，{second}",
        )
    if alike >= 0.95:
        return f"the same name: {first}, {second}", f"名称相同：{first}，{second}"
    if alike >= 0.7:
        return f"names much alike: {first}, {second}", f"名称相近：{first}，{second}"
    if like.shorter >= 0.9:
        return f"one name holds the other: {first}, {second}", f"名称互相包含：{first}，{second}"
    return f"different names: {first}, {second}", f"名称不同：{first}，{second}"

"""The comparison of where two records come from: one source, or sources that name each other's rows."""

from lodedata.matching.comparison import Comparison
from lodedata.matching.pair import Pair
from lodedata.matching.place import distance_km
from lodedata.matching.references import AFRICA, SAYS_ALL
from lodedata.matching.side import Side

SAME_PLACE_KM = 3.0
NUMBERED = {AFRICA: "facilities:"}
"""Sources that give one number to all rows of a thing, and what the keys of those rows begin with."""
ROW_OF = "#"
"""What parts a source's number of a thing from that of its row, where it gives a thing several rows."""


def compare_origins(pair: Pair) -> Comparison:
    """Whether one's source names the other's row, or another row of its source; and whether one source has both.

    A source names a thing once as a rule: two of its rows are one only where name and place, or name and owner, are the same.
    """
    a, b = pair.a, pair.b
    if a.refers_to & b.own or b.refers_to & a.own:
        return Comparison("origin", {"referred": 1.0}, "one's source names the other as its origin", "一方来源指明引自另一方")
    if a.source == b.source and _numbers(a) & _numbers(b):
        return Comparison("origin", {"one_number": 1.0}, "rows of one number in one source", "同一来源中编号相同的行")
    if a.source != b.source and a.refers_to & b.refers_to:
        return Comparison("origin", {"referred_alike": 1.0}, "both name one row as their origin", "双方指明引自同一行")
    features: dict[str, float] = {}
    if a.source == b.source and _several(a) and _several(b):
        features["other_number"] = 1.0
    if _names_another(a, b) or _names_another(b, a):
        features["refers_elsewhere"] = 1.0
    if a.source == b.source and a.kind == b.kind:
        features["one_source_twice" if _repeated(pair) else "one_source"] = 1.0
        return Comparison("origin", features, "two rows of one source", "同一来源的两行")
    if features:
        return Comparison(
            "origin", features, "one's source names another row of the other's", "一方来源指向另一方来源中的其他行"
        )
    return Comparison("origin", features)


def _several(side: Side) -> bool:
    """Whether the source gives one number to several rows of a thing, so that other numbers are other things."""
    return any(source in NUMBERED and key.startswith(NUMBERED[source]) for source, key in side.own)


def _numbers(side: Side) -> frozenset[str]:
    """The source's own numbers of the thing, without those of its rows."""
    return frozenset(key.partition(ROW_OF)[0] for _, key in side.own)


def _names_another(a: Side, b: Side) -> bool:
    return a.source in SAYS_ALL and any(source == b.source for source, _ in a.refers_to)


def _repeated(pair: Pair) -> bool:
    """Whether both rows of one source have the same whole name at one place."""
    a, b, like = pair.a, pair.b, pair.like
    if like is None or not like.exact or pair.aliases or like.first.weight * like.second.weight < 1:
        return False
    first, second = like.first, like.second
    km = distance_km(a, b)
    same = (first.directions, first.numbers, first.work) == (second.directions, second.numbers, second.work)
    return same and (km is None or km < SAME_PLACE_KM or bool(set(a.owners) & set(b.owners)))

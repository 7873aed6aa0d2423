"""What two records that belong together are to each other."""

from typing import Literal

from lodedata.matching.pair import Pair
from lodedata.matching.work import stages_of

Relation = Literal["same", "works", "became", "contains", "different"]


def relation(pair: Pair) -> tuple[Relation, bool]:
    """The relation of two records that belong together, and whether it leads from the second to the first.

    A project works a deposit; a discovery became a deposit, or the project that came of it.
    """
    a, b = pair.a, pair.b
    if a.kind == b.kind:
        return _of_one_kind(pair)
    kinds = {a.kind, b.kind}
    if kinds == {"project", "deposit"}:
        return "works", a.kind == "deposit"
    return "became", b.kind == "discovery"


def _of_one_kind(pair: Pair) -> tuple[Relation, bool]:
    if not pair.projects:
        return "same", False
    first, second = stages_of(pair)
    if first and second and not first & second and ("smelt" in first | second or "refine" in first | second):
        return "contains", "mine" in second
    return "same", False

"""The relation of two records that are related."""

from typing import Literal

from lodedata.matching.facilities import stages_of
from lodedata.matching.pair import RecordPair

Relation = Literal["same", "works", "became", "contains", "different"]


def pair_relation(pair: RecordPair) -> tuple[Relation, bool]:
    """Return the relation of two related records, and whether it leads from the second to the first.

    A project works a deposit; a discovery became a deposit or a project.
    """
    a, b = pair.a, pair.b
    if a.kind == b.kind:
        return _same_kind_relation(pair)
    kinds = {a.kind, b.kind}
    if kinds == {"project", "deposit"}:
        return "works", a.kind == "deposit"
    return "became", b.kind == "discovery"


def _same_kind_relation(pair: RecordPair) -> tuple[Relation, bool]:
    if not pair.projects:
        return "same", False
    first, second = stages_of(pair)
    if first and second and not first & second and ("smelt" in first | second or "refine" in first | second):
        return "contains", "mine" in second
    return "same", False

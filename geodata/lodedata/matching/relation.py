"""The relation of two records that are related."""

from typing import Literal

from lodedata.matching.evidence.facilities import MINE_SITE_STAGES, find_site_stages
from lodedata.matching.pair import RecordPair

Relation = Literal["same", "works", "processes_ore_of", "became", "contains", "different"]


def determine_pair_relation(pair: RecordPair) -> tuple[Relation, bool]:
    """Return the relation of two related records, and whether it leads from the second to the first.

    A project works a deposit, or processes its ore if it is a plant without a mine; a discovery became a deposit or a project.
    """
    a, b = pair.a, pair.b
    if a.kind == b.kind:
        return _determine_same_kind_relation(pair)
    kinds = {a.kind, b.kind}
    if kinds == {"project", "deposit"}:
        return "processes_ore_of" if _is_plant(pair) else "works", a.kind == "deposit"
    return "became", b.kind == "discovery"


def _is_plant(pair: RecordPair) -> bool:
    """Return whether the project of a pair is a smelter, refinery or other plant that is no part of a mine.

    Its type or name says so; a product alone does not, since mines are listed by the metal of their refinery, too.
    """
    stages = frozenset().union(*find_site_stages(pair))
    stated = pair.a.facility_types or pair.b.facility_types or any(pair.facility_terms())
    return bool(stated) and bool(stages) and not stages & MINE_SITE_STAGES


def _determine_same_kind_relation(pair: RecordPair) -> tuple[Relation, bool]:
    if not pair.projects:
        return "same", False
    first, second = find_site_stages(pair)
    if first and second and not first & second and ("smelt" in first | second or "refine" in first | second):
        return "contains", "mine" in second
    return "same", False

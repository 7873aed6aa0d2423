"""The comparison of what two projects do at their sites, and whether a project's work is done at a deposit."""

import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from lodedata.matching.comparison import Comparison
from lodedata.matching.pair import Pair
from lodedata.matching.side import Side
from lodedata.matching.substance import of_one_metal
from lodedata.vocab import vocabulary

AT_THE_ORE = frozenset({"mine", "mill", "leach", "tailings"})
METAL = frozenset({"smelt", "refine", "aluminium"})
PROCESSED = METAL | {"alumina"}
SIDE_BY_SIDE = (
    frozenset({"mine", "mill", "leach"}),
    frozenset({"smelt", "refine"}),
    frozenset({"smelt", "aluminium"}),
    frozenset({"leach", "refine"}),
    frozenset({"refine", "alumina"}),
    frozenset({"refine", "aluminium"}),
)
"""Stages that one site has as often as not, or that sources call by either word."""


def compare_facilities(pair: Pair) -> Comparison:
    """Whether two projects do the same work, or a project the work that a deposit needs."""
    first, second = stages_of(pair)
    if not pair.projects:
        return _beside_the_ground(first | second)
    if not first or not second:
        return Comparison("facility", {})
    if not (first | second) & AT_THE_ORE and not of_one_metal(pair):
        told = "metals_in_common" if pair.a.commodities & pair.b.commodities else "other_metal"
        return Comparison("facility", {told: 1.0}, "plants of different metals", "冶炼不同金属的工厂")
    if first == second:
        return Comparison("facility", {"same_work": 1.0}, "the same kind of plant", "设施类型相同")
    if first & second:
        return Comparison("facility", {"same_work": 0.6}, "kinds of plant in common", "有共同的设施类型")
    if any(first & both and second & both for both in SIDE_BY_SIDE):
        return Comparison("facility", {"related_work": 1.0}, "kinds of plant that go together", "设施类型相关")
    return Comparison("facility", {"other_work": 1.0}, "different kinds of plant", "设施类型不同")


def stages_of(pair: Pair) -> tuple[frozenset[str], frozenset[str]]:
    """The stages of work at the sites of two projects; empty where they could be any."""
    first, second = pair.work()
    return (
        _stages(pair.a.facility_types, _made(pair.a), first),
        _stages(pair.b.facility_types, _made(pair.b), second),
    )


def _made(side: Side) -> frozenset[str]:
    return side.products | {side.main_commodity} if side.kind == "project" else side.products


def _beside_the_ground(work: frozenset[str]) -> Comparison:
    if not work or work & AT_THE_ORE:
        return Comparison("facility", {})
    return Comparison("facility", {"far_from_ore": 1.0}, "a plant that need not stand at its ore", "不必建在矿床旁的工厂")


@lru_cache(maxsize=20_000)
def _stages(types: frozenset[str], products: frozenset[str], words: frozenset[str]) -> frozenset[str]:
    found = {_table()["word", word] for word in words if ("word", word) in _table()}
    found |= {stage for stage in map(_of_facility, types) if stage}
    if not found:
        found = {_table()["product", product] for product in products if ("product", product) in _table()}
    elif "alumina" in products and found <= PROCESSED:
        found = {"alumina"} | ({"aluminium"} if "smelt" in found else set())
    elif products & {"primary-aluminium", "aluminium-metal"} and found <= METAL:
        found = {"aluminium"}
    elif "aluminium" in products:
        found = {"aluminium" if stage == "smelt" else stage for stage in found}
    return frozenset(found)


def _of_facility(code: str) -> str | None:
    """The stage of a facility type, or of the nearest one above it that has one."""
    terms = vocabulary("facility-type")
    at: str | None = code
    while at is not None and at in terms:
        if ("facility", at) in _table():
            return _table()["facility", at]
        at = terms[at].broader
    return None


@lru_cache(maxsize=1)
def _table() -> Mapping[tuple[str, str], str]:
    """The stage of work that a facility type, a word in a name or a product tells of."""
    text = files("lodedata.matching").joinpath("work-stages.csv").read_text(encoding="utf-8")
    return {(row["of"], row["code"]): row["stage"] for row in csv.DictReader(text.splitlines())}

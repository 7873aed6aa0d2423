"""The comparison of the facilities of two projects, or of a project with a deposit."""

import csv
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from lodedata.matching.comparison import Comparison
from lodedata.matching.evidence.commodities import have_same_metal
from lodedata.matching.pair import RecordPair
from lodedata.matching.record import MatchRecord
from lodedata.messages import msg
from lodedata.vocab import load_vocabulary

MINE_SITE_STAGES = frozenset({"mine", "mill", "leach", "tailings"})
METAL_STAGES = frozenset({"smelt", "refine", "aluminium"})
PROCESSING_STAGES = METAL_STAGES | {"alumina"}
RELATED_STAGES = (
    frozenset({"mine", "mill", "leach"}),
    frozenset({"smelt", "refine"}),
    frozenset({"smelt", "aluminium"}),
    frozenset({"leach", "refine"}),
    frozenset({"refine", "alumina"}),
    frozenset({"refine", "aluminium"}),
)
"""Stages that one site often has together, or that sources name by either term."""


def compare_facilities(pair: RecordPair) -> Comparison:
    """Compare the stages of two projects, or return whether a project's plant may be remote from a deposit."""
    first, second = find_site_stages(pair)
    if not pair.projects:
        return _compare_remote_plant(first | second)
    if not first or not second:
        return Comparison("facility", {})
    if not (first | second) & MINE_SITE_STAGES and not have_same_metal(pair):
        feature = "metals_in_common" if pair.a.commodities & pair.b.commodities else "other_metal"
        return Comparison("facility", {feature: 1.0}, msg("plants of different metals"))
    if first == second:
        return Comparison("facility", {"same_work": 1.0}, msg("the same kind of plant"))
    if first & second:
        return Comparison("facility", {"same_work": 0.6}, msg("kinds of plant in common"))
    if any(first & both and second & both for both in RELATED_STAGES):
        return Comparison("facility", {"related_work": 1.0}, msg("kinds of plant that go together"))
    return Comparison("facility", {"other_work": 1.0}, msg("different kinds of plant"))


def find_site_stages(pair: RecordPair) -> tuple[frozenset[str], frozenset[str]]:
    """Return the stages at either site; empty if they are not known."""
    first, second = pair.facility_terms()
    return (
        _find_stages(pair.a.facility_types, _find_products(pair.a), first),
        _find_stages(pair.b.facility_types, _find_products(pair.b), second),
    )


def _find_products(record: MatchRecord) -> frozenset[str]:
    return record.products | {record.main_commodity} if record.kind == "project" else record.products


def _compare_remote_plant(stages: frozenset[str]) -> Comparison:
    if not stages or stages & MINE_SITE_STAGES:
        return Comparison("facility", {})
    return Comparison("facility", {"far_from_ore": 1.0}, msg("a plant that need not be at its deposit"))


@lru_cache(maxsize=20_000)
def _find_stages(types: frozenset[str], products: frozenset[str], terms: frozenset[str]) -> frozenset[str]:
    stages = {_load_table()["word", term] for term in terms if ("word", term) in _load_table()}
    stages |= {stage for stage in map(_find_facility_stage, types) if stage}
    if not stages:
        stages = {_load_table()["product", product] for product in products if ("product", product) in _load_table()}
    elif "alumina" in products and stages <= PROCESSING_STAGES:
        stages = {"alumina"} | ({"aluminium"} if "smelt" in stages else set())
    elif products & {"primary-aluminium", "aluminium-metal"} and stages <= METAL_STAGES:
        stages = {"aluminium"}
    elif "aluminium" in products:
        stages = {"aluminium" if stage == "smelt" else stage for stage in stages}
    return frozenset(stages)


def _find_facility_stage(code: str) -> str | None:
    """Return the stage of a facility type, or of its nearest broader type that has one."""
    terms = load_vocabulary("facility-type")
    at: str | None = code
    while at is not None and at in terms:
        if ("facility", at) in _load_table():
            return _load_table()["facility", at]
        at = terms[at].broader
    return None


@lru_cache(maxsize=1)
def _load_table() -> Mapping[tuple[str, str], str]:
    """Return the stage of each facility type, term in a name, and product."""
    text = files("lodedata.matching").joinpath("work-stages.csv").read_text(encoding="utf-8")
    return {(row["of"], row["code"]): row["stage"] for row in csv.DictReader(text.splitlines())}

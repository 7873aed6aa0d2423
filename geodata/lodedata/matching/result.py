"""The probability that two records match, from all comparisons or from the concordance."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lodedata.matching.comparison import Comparison
from lodedata.matching.concordance import find_concordance_entry
from lodedata.matching.evidence.commodities import compare_amounts, compare_commodities
from lodedata.matching.evidence.facilities import compare_facilities
from lodedata.matching.evidence.figures import compare_figures
from lodedata.matching.evidence.origin import compare_origins
from lodedata.matching.evidence.owners import compare_owners
from lodedata.matching.evidence.place import compare_places
from lodedata.matching.guards import MAX_GUARDED_PROBABILITY, find_guard
from lodedata.matching.model import estimate_probability
from lodedata.matching.names.name_comparison import compare_names
from lodedata.matching.pair import RecordPair, record_pair
from lodedata.matching.record import MatchRecord
from lodedata.matching.relation import Relation, determine_pair_relation
from lodedata.normal_form import normalise_search_text

COMPARISONS: tuple[Callable[[RecordPair], Comparison], ...] = (
    compare_names,
    compare_places,
    compare_commodities,
    compare_facilities,
    compare_amounts,
    compare_owners,
    compare_origins,
)
FIGURES_PROBABILITY = 0.95
"""Least probability of two deposits that have one name and one figure in common."""
KINDS = {
    frozenset({"deposit", "project"}): "works",
    frozenset({"deposit", "discovery"}): "prospect",
    frozenset({"discovery", "project"}): "prospect_mine",
}


@dataclass(frozen=True, slots=True)
class MatchResult:
    """The probability that two records are related, their relation and the comparisons.

    ``inverse`` is set if the relation leads from the second record to the first. If the rows were ``reviewed``, the
    probability is 1 or 0.
    """

    probability: float
    relation: Relation
    inverse: bool
    comparisons: tuple[Comparison, ...]
    reviewed: bool = False


def match_records(a: MatchRecord, b: MatchRecord) -> MatchResult:
    """Return the result of the concordance for two records, else that of the model.

    The order of the records affects ``inverse`` only.
    """
    pair = record_pair(a, b)
    comparisons = tuple(compare(pair) for compare in COMPARISONS)
    relation, inverse = determine_pair_relation(pair)
    reviewed = find_concordance_entry(a, b)
    if reviewed is None:
        likely = estimate_probability(_combine_features(comparisons, pair))
        figures = compare_figures(pair)
        if figures is not None:
            likely, comparisons = max(likely, FIGURES_PROBABILITY), (figures, *comparisons)
        guard = find_guard(pair, relation)
        if guard is None:
            return MatchResult(likely, relation, inverse, comparisons)
        return MatchResult(min(likely, MAX_GUARDED_PROBABILITY), relation, inverse, (guard, *comparisons))
    if reviewed.relation == "contains" and not _are_namesakes(a, b):
        relation, inverse = reviewed.relation, reviewed.inverse
    elif a.kind == b.kind:
        relation, inverse = "same", False
    return MatchResult(float(reviewed.is_related), relation, inverse, (reviewed.comparison(), *comparisons), reviewed=True)


def _are_namesakes(a: MatchRecord, b: MatchRecord) -> bool:
    """Return whether two deposits have one primary name, so that the whole is listed by the name of its main body.

    In one source Ambatovy is Ambatovy with Analamay, in another the first of the two. Who looks for the name
    expects one record; the other bodies have names of their own and stay apart.
    """
    first, second = ({normalise_search_text(name) for name in record.names} for record in (a, b))
    return a.kind == b.kind == "deposit" and bool(first & second)


def compute_pair_features(a: MatchRecord, b: MatchRecord) -> Mapping[str, float]:
    """Return the features of two records for the model."""
    pair = record_pair(a, b)
    return _combine_features(tuple(compare(pair) for compare in COMPARISONS), pair)


def _combine_features(comparisons: tuple[Comparison, ...], pair: RecordPair) -> dict[str, float]:
    """Return the features of all comparisons and their interactions."""
    features = {name: value for comparison in comparisons for name, value in comparison.features.items()}
    near, far, alike = features.get("near", 0.0), features.get("far", 0.0), features.get("name", 0.0)
    # a single rare token already makes a name as rare as possible
    rare, named = min(1.0, 2 * features.get("name_rare", 0.0)), max(0.0, alike - 0.5) * 2
    features["owner_named"] = features.get("same_owner", 0.0) * features.get("name_exact", 0.0) * near
    for owner in ("same_owner", "other_owner"):
        if owner in features:
            features[owner] *= named
    features |= {
        "name_near": named * near,
        "rare_far": rare * named * far,
        "common_far": (1 - rare) * far,
        "unlike_near": (1 - alike) * near,
        "far_other": features.get("far_from_ore", 0.0) * (1 - features.get("same_main", 0.0)),
        "alias_far": features.get("one_alias", 0.0) * far,
        "ore_near": features.get("far_from_ore", 0.0) * near,
        "works_apart": features.get("other_work", 0.0) * (1 - near),
        "plants_far": float(pair.projects) * far,
        "rare_near": rare * named * near,
    }
    kinds = KINDS.get(frozenset({pair.a.kind, pair.b.kind}))
    return features | {kinds: 1.0} if kinds else features

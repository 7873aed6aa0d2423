"""The comparison of two records' names and aliases."""

from lodedata.matching.comparison import Comparison
from lodedata.matching.names.name_parts import extract_bracketed_tokens
from lodedata.matching.pair import RecordPair
from lodedata.matching.similarity import NameSimilarity
from lodedata.messages import Message, msg
from lodedata.normal_form import normalise_search_text


def compare_names(pair: RecordPair) -> Comparison:
    """Compare the most similar names of two records: similarity, rarity of shared tokens, distinguishing marks."""
    similarity, weight = pair.similarity, pair.weight
    if similarity is None:
        return Comparison("name", {"unnamed": 1.0}, msg("one has no name"))
    score = similarity.overall * weight
    features = {
        "name": score,
        "name_high": max(0.0, score - 0.8) / 0.2,
        "name_exact": float(similarity.exact or similarity.sounds_alike) * weight,
        "name_whole": float(_have_same_full_name(pair)),
        "name_inside": max(0.0, similarity.shorter - similarity.overall),
        "name_rare": similarity.rarity * score,
        "rare_inside": similarity.rarity * max(0.0, similarity.shorter - similarity.overall),
        "own_name": pair.own_similarity,
        "own_unlike": max(0.0, score - pair.own_similarity),
        "both_more": similarity.both_more * float(not similarity.exact),
        "names_agree": pair.name_agreement,
        "brackets_apart": float(_are_bracketed_apart(pair)),
        "one_alias": float(pair.aliases == 1),
        "both_aliases": float(pair.aliases == 2),
        **compare_directions_and_numbers(pair, similarity),
    }
    return Comparison("name", features, _describe_reason(similarity, score, features))


def _have_same_full_name(pair: RecordPair) -> bool:
    """Return whether the primary names are the same to the letter: Cadia East, not Cadia East open pit."""
    first, second = ({normalise_search_text(name) for name in record.names} for record in (pair.a, pair.b))
    return bool(first & second)


def _are_bracketed_apart(pair: RecordPair) -> bool:
    """Return whether both records have names with brackets whose tokens are disjoint."""
    first, second = (frozenset().union(*map(extract_bracketed_tokens, record.names)) for record in (pair.a, pair.b))
    return bool(first and second) and not first & second


def compare_directions_and_numbers(pair: RecordPair, similarity: NameSimilarity) -> dict[str, float]:
    """Return features for directions and numbers that differ, or that only one name has.

    Numbers of phases, units and lines of projects don't distinguish plants; those of deposits distinguish ore bodies. A
    direction that only one name has weighs most if nothing else differs.
    """
    first, second = similarity.first, similarity.second
    phases = (first.phase or second.phase) and pair.projects
    marks = ((first.directions, second.directions), *(() if phases else ((first.numbers, second.numbers),)))
    differ = any(own_marks - other and other - own_marks for own_marks, other in marks)
    one_sided = not differ and any(own_marks != other for own_marks, other in marks)
    return {
        "apart": float(differ),
        "apart_one": float(one_sided),
        "apart_only": float(one_sided and similarity.exact and first.weight * second.weight > 0.9),
        "tailings_one": float(("tailings" in first.facility_terms) != ("tailings" in second.facility_terms)),
    }


def _describe_reason(similarity: NameSimilarity, score: float, features: dict[str, float]) -> Message:
    first, second = similarity.first.text, similarity.second.text
    if features["apart"]:
        return msg("the names differ in number or direction: %(first)s, %(second)s", first=first, second=second)
    if score >= 0.95:
        return msg("the same name: %(first)s, %(second)s", first=first, second=second)
    if score >= 0.7:
        return msg("similar names: %(first)s, %(second)s", first=first, second=second)
    if similarity.shorter >= 0.9:
        return msg("one name contains the other: %(first)s, %(second)s", first=first, second=second)
    return msg("different names: %(first)s, %(second)s", first=first, second=second)

"""Guards: pairs that are never joined or linked without a person or the concordance, whatever the model's probability."""

from collections.abc import Callable

from lodedata.choice.ranks import joins_only_if_sure
from lodedata.matching.comparison import Comparison
from lodedata.matching.evidence.facilities import find_site_stages
from lodedata.matching.evidence.figures import compare_figures
from lodedata.matching.evidence.place import measure_great_circle_km
from lodedata.matching.names.name_comparison import compare_directions_and_numbers
from lodedata.matching.names.name_parts import (
    MAIN,
    OTHER,
    extract_bracket_texts,
    has_distinctive_token,
    is_area,
    is_same_landform,
    unify_height_terms,
)
from lodedata.matching.pair import MIN_AGREEMENT, RecordPair, record_pair
from lodedata.matching.record import MatchRecord
from lodedata.matching.relation import Relation
from lodedata.messages import Message, msg
from lodedata.normal_form import normalise_search_text
from lodedata.vocab import load_vocabulary

MAX_JOIN_KM = 50.0
"""Greatest distance of two positions that are joined automatically."""
MAX_GUARDED_PROBABILITY = 0.5
"""Probability that a guarded pair has at most: enough for review at the desk, too little to be joined."""

MIN_RARITY = 0.2
"""Rarity of shared tokens below which a name alone, without a position, is no evidence: Camp Lake and Pot Lake."""

MAX_SURE_KM = 10.0
"""Greatest distance of a row that is joined only where it is sure."""
NO_NAMES = frozenset({"unnamed", "unknown", "noname"})
"""Tokens of a name that says that there is none, such as Unknown - Lead-Copper."""
SITE_TERMS = frozenset({"mine", "mines", "deposit", "deposits", "prospect", "prospects", "occurrence", "occurrences"})
"""Terms at the end of a name that say what a site is, not which: Aguablanca Mine is Aguablanca."""

Guard = Callable[[RecordPair], Message | None]


def is_too_far(a: MatchRecord, b: MatchRecord) -> bool:
    """Return whether two positions lie too far apart to be joined automatically."""
    km = measure_great_circle_km(a, b)
    return km is not None and km > MAX_JOIN_KM


def _guard_distance(pair: RecordPair) -> Message | None:
    return msg("more than %(km)s km apart", km=f"{MAX_JOIN_KM:.0f}") if is_too_far(pair.a, pair.b) else None


def _guard_country(pair: RecordPair) -> Message | None:
    """Guard a record without a position against one of another country: the name alone is left as evidence."""
    a, b = pair.a, pair.b
    if a.country and b.country and a.country != b.country and measure_great_circle_km(a, b) is None:
        return msg("in different countries, and one has no position")
    return None


def _guard_part_of_whole(pair: RecordPair) -> Message | None:
    """Guard a mine or deposit against a part of it: one name has a direction or number of its own, or lists the other.

    Two names that list the same parts, such as Ambatovy-Analamay and Ambatovy (incl. Analamay), are of one whole.
    """
    names = pair.similarity
    if names is None:
        return None
    is_marked = bool(compare_directions_and_numbers(pair, names)["apart_one"])
    is_listed = (names.first.weight < OTHER) != (names.second.weight < OTHER)
    list_the_same = pair.name_agreement == 1
    if is_marked or is_listed and not list_the_same:
        return msg(
            "one may be a part of the other: %(first)s, %(second)s",
            first=(pair.a.names or (names.first.text,))[0],
            second=(pair.b.names or (names.second.text,))[0],
        )
    return None


def _name_alone(pair: RecordPair) -> Message | None:
    """Guard two deposits, one without a position, unless their names are the same: the name is the only evidence.

    Hart River is not Hart.
    """
    names = pair.similarity
    if names is None or not pair.are_deposits or measure_great_circle_km(pair.a, pair.b) is not None:
        return None
    first, second = names.first, names.second
    if names.overall >= MIN_AGREEMENT and unify_height_terms(first.weak) == unify_height_terms(second.weak):
        return None
    return msg("no position, and the names are not the same: %(first)s, %(second)s", first=first.text, second=second.text)


def _guard_area(pair: RecordPair) -> Message | None:
    """Guard a name with another division of the country in brackets, or that is alike by the name of its country only.

    Red Hills (Texas) is not Red Hills in Nevada, nor is Cerro Colorado (Panama) Cobre Panama.
    """
    names = pair.similarity
    if (
        names is not None
        and pair.are_deposits
        and any(name.weight < MAIN and is_area(name.text, pair.a.country) for name in (names.first, names.second))
    ):
        return msg("alike by an area only: %(first)s, %(second)s", first=names.first.text, second=names.second.text)
    for named, other in ((pair.a, pair.b), (pair.b, pair.a)):
        for text in extract_bracket_texts(named.names):
            area = load_vocabulary("division").find(text, named.country or "")
            if (
                area is not None
                and other.division is not None
                and other.country == named.country
                and area.code != other.division
            ):
                return msg("one name says %(area)s, the other lies in %(division)s", area=text, division=str(other.division))
    return None


def _guard_landform(pair: RecordPair) -> Message | None:
    """Guard a record without a position against one named for another landform, such as Red Hills and Red Mountain."""
    names = pair.similarity
    if names is None or measure_great_circle_km(pair.a, pair.b) is not None:
        return None
    first, second = names.first, names.second
    if not is_same_landform(first, second):
        return msg("named for different landforms: %(first)s, %(second)s", first=first.text, second=second.text)
    return None


def _guard_common_name(pair: RecordPair) -> Message | None:
    """Guard a record without a position against one of another name that shares only common tokens."""
    names = pair.similarity
    if names is None or names.rarity >= MIN_RARITY or measure_great_circle_km(pair.a, pair.b) is not None:
        return None
    if not names.exact or normalise_search_text(names.first.text) == normalise_search_text(names.second.text):
        return None
    first, second = names.first, names.second
    return msg("a common name, and one has no position: %(first)s, %(second)s", first=first.text, second=second.text)


def _guard_find(pair: RecordPair) -> Message | None:
    """Guard a discovery against a deposit without a commodity in common, such as a copper find near a nickel laterite."""
    a, b = pair.a, pair.b
    if {a.kind, b.kind} != {"deposit", "discovery"} or not a.commodities or not b.commodities or a.commodities & b.commodities:
        return None
    return msg("no commodity in common")


def _guard_oxide_and_metal(pair: RecordPair) -> Message | None:
    """Guard an alumina refinery against an aluminium smelter of its name: two plants, often side by side."""
    first, second = find_site_stages(pair)
    if pair.projects and {first, second} == {frozenset({"alumina"}), frozenset({"aluminium"})}:
        return msg("one makes alumina, the other aluminium")
    return None


def _guard_bracket(pair: RecordPair) -> Message | None:
    """Guard two rows of one source whose names have other text in brackets: Honeymoon Well (sulfide) and (laterite)."""
    first, second = (frozenset(map(normalise_search_text, extract_bracket_texts(record.names))) for record in (pair.a, pair.b))
    if pair.a.source == pair.b.source and first and second and not first & second:
        return msg(
            "one source lists both, with other text in brackets: %(first)s, %(second)s",
            first=pair.a.names[0],
            second=pair.b.names[0],
        )
    return None


def _guard_unsure(pair: RecordPair) -> Message | None:
    """Guard a row of a source whose joins have to be sure, unless name, country, a commodity and the place agree."""
    a, b = pair.a, pair.b
    if not (joins_only_if_sure(a.source) or joins_only_if_sure(b.source)):
        return None
    km = measure_great_circle_km(a, b)
    if not _fold_names(a) & _fold_names(b):
        return msg("the names are not the same, which a join with this source needs")
    if a.country is None or a.country != b.country or km is None or km > MAX_SURE_KM:
        return msg("not surely in one country within %(km)s km, which a join with this source needs", km=f"{MAX_SURE_KM:.0f}")
    return None if a.commodities & b.commodities else msg("no commodity in common")


def _fold_names(record: MatchRecord) -> frozenset[str]:
    """Return the distinctive primary names of a record, in lower case, without accents and without what the site is."""
    folded = set()
    for name in record.names:
        tokens = normalise_search_text(name).split()
        while tokens and tokens[-1] in SITE_TERMS:
            tokens.pop()
        if not NO_NAMES.intersection(tokens) and has_distinctive_token(" ".join(tokens)):
            folded.add(" ".join(tokens))
    return frozenset(folded)


LINK_GUARDS: tuple[Guard, ...] = (_guard_distance, _guard_country, _guard_landform, _guard_common_name, _guard_find)
"""Guards of every relation; a part may be linked with its whole, and a mine with its plant."""
GUARDS: tuple[Guard, ...] = (
    *LINK_GUARDS,
    _guard_part_of_whole,
    _name_alone,
    _guard_area,
    _guard_oxide_and_metal,
    _guard_bracket,
)
"""Guards of records that would be served as one."""
SURE_GUARDS: tuple[Guard, ...] = (_guard_distance, _guard_country, _guard_bracket)
"""Guards of records that have one name and one figure in common, or a double in common, whatever else their names say."""
PAIR_GUARDS: tuple[Guard, ...] = (_guard_unsure,)
"""Guards of a pair itself, of any relation, that do not hold between a record and the other members of a group."""


def find_guard(pair: RecordPair, relation: Relation) -> Comparison | None:
    """Return the first guard of a relation that applies to a pair as a comparison without features, None if none does."""
    guards = (*(_select_join_guards(pair) if relation == "same" else LINK_GUARDS), *PAIR_GUARDS)
    reason = next((reason for guard in guards if (reason := guard(pair)) is not None), None)
    return None if reason is None else Comparison("guard", {}, reason)


def _select_join_guards(pair: RecordPair) -> tuple[Guard, ...]:
    return GUARDS if compare_figures(pair) is None else SURE_GUARDS


def may_join(a: MatchRecord, b: MatchRecord, may_be_far: bool = False, whatever_names: bool = False) -> bool:
    """Return whether no guard applies to two records.

    With ``may_be_far`` their distance does not count, as one of the two positions is known to be wrong; with
    ``whatever_names`` their names do not, as something else shows that both are the same.
    """
    pair = record_pair(a, b)
    guards = SURE_GUARDS if whatever_names else _select_join_guards(pair)
    return not any(guard(pair) for guard in guards if not (may_be_far and guard is _guard_distance))

"""The comparison of two records' origins: one source, or sources that refer to each other's rows."""

from lodedata.matching.comparison import Comparison
from lodedata.matching.evidence.place import measure_great_circle_km
from lodedata.matching.evidence.references import AFRICA, COMPLETE_REFERENCES
from lodedata.matching.pair import RecordPair
from lodedata.matching.record import MatchRecord
from lodedata.messages import msg

SAME_PLACE_KM = 3.0
NUMBERED = {AFRICA: "facilities:"}
"""Sources that give one number to all rows of a site or deposit, and the prefix of the keys of those rows."""
ROW_OF = "#"
"""Separates a source's number of a site or deposit from that of its row."""


def compare_origins(pair: RecordPair) -> Comparison:
    """Compare origins: references from one record's source to the other's rows, and rows of one source.

    A source ordinarily lists a site or deposit once: two of its rows match only if name and position, or name and owner,
    are the same.
    """
    a, b = pair.a, pair.b
    if a.refers_to & b.own or b.refers_to & a.own:
        return Comparison("origin", {"referred": 1.0}, msg("the source of one record names the other as its origin"))
    if a.source == b.source and _list_numbers(a) & _list_numbers(b):
        return Comparison("origin", {"one_number": 1.0}, msg("rows of one number in one source"))
    if a.source != b.source and a.refers_to & b.refers_to:
        return Comparison("origin", {"referred_alike": 1.0}, msg("both name one row as their origin"))
    features: dict[str, float] = {}
    if a.source == b.source and _is_numbered(a) and _is_numbered(b):
        features["other_number"] = 1.0
    if _refers_to_other_row(a, b) or _refers_to_other_row(b, a):
        features["refers_elsewhere"] = 1.0
    if a.source == b.source and a.kind == b.kind:
        features["one_source_twice" if _is_duplicate(pair) else "one_source"] = 1.0
        return Comparison("origin", features, msg("two rows of one source"))
    if features:
        return Comparison("origin", features, msg("the source of one record names another row of the other source"))
    return Comparison("origin", features)


def _is_numbered(record: MatchRecord) -> bool:
    """Return whether the source numbers sites, so that different numbers are different sites."""
    return any(source in NUMBERED and key.startswith(NUMBERED[source]) for source, key in record.own)


def _list_numbers(record: MatchRecord) -> frozenset[str]:
    """Return the source's numbers of the site, without those of its rows."""
    return frozenset(key.partition(ROW_OF)[0] for _, key in record.own)


def _refers_to_other_row(a: MatchRecord, b: MatchRecord) -> bool:
    return a.source in COMPLETE_REFERENCES and any(source == b.source for source, _ in a.refers_to)


def _is_duplicate(pair: RecordPair) -> bool:
    """Return whether two rows of one source have the same full name at one position, or the same owner."""
    a, b, names = pair.a, pair.b, pair.similarity
    if names is None or not names.exact or pair.aliases or names.first.weight * names.second.weight < 1:
        return False
    first, second = names.first, names.second
    km = measure_great_circle_km(a, b)
    same = (first.directions, first.numbers, first.facility_terms) == (second.directions, second.numbers, second.facility_terms)
    return same and (km is None or km < SAME_PLACE_KM or bool(set(a.owners) & set(b.owners)))

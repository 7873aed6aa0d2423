"""The comparison of two records' positions."""

import math

from lodedata.matching.comparison import Comparison
from lodedata.matching.pair import RecordPair
from lodedata.matching.record import MatchRecord
from lodedata.messages import msg

EARTH_KM = 6371.0088
"""Mean radius; a sphere errs by half a percent, far less than positions do."""
UNKNOWN_ACCURACY_M = 10_000.0
MAX_ACCURACY_M = 60_000.0
MIN_KM = 2.0
SLIP_DEG = 0.05
GREATEST_SLIP_DEG = 3.5


def measure_great_circle_km(a: MatchRecord, b: MatchRecord) -> float | None:
    """Return the great-circle distance of two positions in kilometres, None if one is not known."""
    if a.lon is None or a.lat is None or b.lon is None or b.lat is None:
        return None
    first, second = math.radians(a.lat), math.radians(b.lat)
    half = math.sin((second - first) / 2) ** 2
    half += math.cos(first) * math.cos(second) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def compute_pair_uncertainty_km(a: MatchRecord, b: MatchRecord) -> float:
    """Return how far apart in kilometres two positions of one site may lie by their accuracies."""
    return position_uncertainty_km(a) + position_uncertainty_km(b) + MIN_KM


def position_uncertainty_km(record: MatchRecord) -> float:
    """Return the uncertainty of a position in kilometres by its accuracy, at most MAX_ACCURACY_M."""
    return min(UNKNOWN_ACCURACY_M if record.accuracy_m is None else record.accuracy_m, MAX_ACCURACY_M) / 1000


def compare_places(pair: RecordPair) -> Comparison:
    """Compare positions by their distance and accuracies, and countries and divisions."""
    a, b = pair.a, pair.b
    km = measure_great_circle_km(a, b)
    features = _compare_areas(a, b)
    if km is None:
        return Comparison("place", features, msg("one has no position"))
    uncertainty = compute_pair_uncertainty_km(a, b)
    features |= {
        "near": math.exp(-km / uncertainty),
        "touching": float(km < 1.0),
        "far": min(1.0, math.log1p(max(0.0, km - uncertainty) / 10) / 5),
        "very_far": float(km > 100 + 2 * uncertainty),
        "slip": float(km > uncertainty and _is_slip(a, b)),
    }
    return Comparison("place", features, msg("%(km)s km apart", km=f"{km:.1f}"))


def _is_slip(a: MatchRecord, b: MatchRecord) -> bool:
    """Return whether two positions differ by whole degrees, a lost sign, or swapped coordinates."""
    assert a.lon is not None and a.lat is not None and b.lon is not None and b.lat is not None
    east, north = abs(a.lon - b.lon), abs(a.lat - b.lat)
    shifted = all(abs(off - round(off)) < SLIP_DEG and off < GREATEST_SLIP_DEG for off in (east, north))
    mirrored = (east < SLIP_DEG and abs(a.lat + b.lat) < SLIP_DEG) or (north < SLIP_DEG and abs(a.lon + b.lon) < SLIP_DEG)
    swapped = abs(a.lon - b.lat) < SLIP_DEG and abs(a.lat - b.lon) < SLIP_DEG
    return shifted or mirrored or swapped


def _compare_areas(a: MatchRecord, b: MatchRecord) -> dict[str, float]:
    features = {}
    if a.country and b.country and a.country != b.country:
        features["other_country"] = 1.0
    elif a.division and b.division:
        features["same_division" if a.division == b.division else "other_division"] = 1.0
    return features

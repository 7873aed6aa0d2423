"""The comparison of where two records lie."""

import math

from lodedata.matching.comparison import Comparison
from lodedata.matching.pair import Pair
from lodedata.matching.side import Side

EARTH_KM = 6371.0088
"""The mean radius; a sphere errs by half a percent, far less than positions do."""
UNKNOWN_ACCURACY_M = 10_000.0
POOREST_M = 60_000.0
LEAST_KM = 2.0
SLIP_DEG = 0.05
MOST_SLIPPED_DEG = 3.5


def distance_km(a: Side, b: Side) -> float | None:
    """The way over the sphere between two positions, None where one is not known."""
    if a.lon is None or a.lat is None or b.lon is None or b.lat is None:
        return None
    first, second = math.radians(a.lat), math.radians(b.lat)
    half = math.sin((second - first) / 2) ** 2
    half += math.cos(first) * math.cos(second) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


def reach_km(a: Side, b: Side) -> float:
    """How far apart two positions of one thing may lie by what their sources say of their accuracy."""
    return reach_of_km(a) + reach_of_km(b) + LEAST_KM


def reach_of_km(side: Side) -> float:
    """How far off a position may be by what its source says; a very poor one is held to be a little better."""
    return min(UNKNOWN_ACCURACY_M if side.accuracy_m is None else side.accuracy_m, POOREST_M) / 1000


def compare_places(pair: Pair) -> Comparison:
    """How far apart the positions are, against their accuracies, and what countries and divisions say."""
    a, b = pair.a, pair.b
    km = distance_km(a, b)
    features = _areas(a, b)
    if km is None:
        return Comparison("place", features, "one has no position", "一方没有位置")
    reach = reach_km(a, b)
    features |= {
        "near": math.exp(-km / reach),
        "touching": float(km < 1.0),
        "far": min(1.0, math.log1p(max(0.0, km - reach) / 10) / 5),
        "very_far": float(km > 100 + 2 * reach),
        "slip": float(km > reach and _slipped(a, b)),
    }
    return Comparison("place", features, f"{km:.1f} km apart", f"相距{km:.1f}千米")


def _slipped(a: Side, b: Side) -> bool:
    """Whether two positions differ by whole degrees, a lost sign, or longitude and latitude changed about."""
    assert a.lon is not None and a.lat is not None and b.lon is not None and b.lat is not None
    east, north = abs(a.lon - b.lon), abs(a.lat - b.lat)
    whole = all(abs(off - round(off)) < SLIP_DEG and off < MOST_SLIPPED_DEG for off in (east, north))
    mirrored = (east < SLIP_DEG and abs(a.lat + b.lat) < SLIP_DEG) or (north < SLIP_DEG and abs(a.lon + b.lon) < SLIP_DEG)
    swapped = abs(a.lon - b.lat) < SLIP_DEG and abs(a.lat - b.lon) < SLIP_DEG
    return whole or mirrored or swapped


def _areas(a: Side, b: Side) -> dict[str, float]:
    features = {}
    if a.country and b.country and a.country != b.country:
        features["other_country"] = 1.0
    elif a.division and b.division:
        features["same_division" if a.division == b.division else "other_division"] = 1.0
    return features

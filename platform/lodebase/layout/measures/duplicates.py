"""Likely duplicates: nearby records of the same plant, and records that may be the planned plant itself."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from lodebase.layout.parts.sites import NeighbourSite, SimilarRecord
from lodebase.layout.planned.candidate import Candidate
from lodedata.layout.arcs import GeodeticPoints, measure_arcs_m
from lodedata.messages import Message, msg

NEAR_KM = 3.0
"""Distance in km within which two records may be the same plant, even if both positions are given as exact."""
FARTHEST_KM = 25.0
REACH_DEG = 0.25
"""Search distance in degrees of latitude; it exceeds FARTHEST_KM."""
ALIKE = 80.0
SAME = 0.6
MIN_SCORE = 0.3
MAX_SIMILAR = 10


def mark_likely_duplicates(sites: Sequence[NeighbourSite]) -> list[NeighbourSite]:
    """Return the sites, each with those of other sources that are near within the accuracy of both positions, and have a
    similar name or are very close.
    """
    likely: dict[str, list[str]] = {site.id: [] for site in sites}
    for i, j, km in _find_near(sites):
        first, second = sites[i], sites[j]
        if km <= NEAR_KM or _compare_names(_names_of(first), _names_of(second)) >= ALIKE:
            likely[first.id].append(second.id)
            likely[second.id].append(first.id)
    return [replace(site, likely_same_as=tuple(likely[site.id])) for site in sites]


def _find_near(sites: Sequence[NeighbourSite]) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs of different sources that are near within the accuracy of both positions, with their distance in km."""
    lon, lat, accuracy_m = (
        np.array([value or 0.0 for value in column], dtype=float)
        for column in ([site.lon for site in sites], [site.lat for site in sites], [site.accuracy_m for site in sites])
    )
    up = np.abs(lat[:, None] - lat)
    across = np.abs((lon[:, None] - lon + 180) % 360 - 180) * np.cos(np.radians(np.maximum(np.abs(lat[:, None]), np.abs(lat))))
    i, j = np.nonzero(np.triu((up <= REACH_DEG) & (across <= REACH_DEG), k=1) & _mask_of_other_sources(sites))
    spots = GeodeticPoints.of(lon, lat)
    km = measure_arcs_m(spots[i], spots[j]) / 1000
    near = km <= np.clip((accuracy_m[i] + accuracy_m[j]) / 1000, NEAR_KM, FARTHEST_KM)
    yield from zip(i[near].tolist(), j[near].tolist(), km[near].tolist(), strict=True)


def _mask_of_other_sources(sites: Sequence[NeighbourSite]) -> npt.NDArray[np.bool_]:
    """Return a mask of the pairs without a common source, computed once for each combination of sources, as these are few."""
    source_sets = [frozenset(site.sources) for site in sites]
    numbers = {source_set: number for number, source_set in enumerate(dict.fromkeys(source_sets))}
    disjoint = np.array([[number.isdisjoint(other) for other in numbers] for number in numbers], dtype=bool).reshape(
        len(numbers), len(numbers)
    )
    of_site = np.array([numbers[source_set] for source_set in source_sets], dtype=np.intp)
    return np.asarray(disjoint[of_site[:, None], of_site], dtype=bool)


def count_distinct(sites: Sequence[NeighbourSite]) -> int:
    """Return the minimum number of different plants, where likely duplicates count once."""
    members = {site.id: site.likely_same_as for site in sites}
    left, count = dict.fromkeys(members), 0
    while left:
        count += 1
        frontier = [left.popitem()[0]]
        while frontier:
            for other in members[frontier.pop()]:
                if other in left:
                    del left[other]
                    frontier.append(other)
    return count


def find_similar_records(candidate: Candidate, sites: Sequence[NeighbourSite]) -> tuple[SimilarRecord, ...]:
    """Return the records that may be the planned plant, the likeliest first, with a score from 0 to 1 and the reasons."""
    likely = [record for record in (_compare(candidate, site) for site in sites) if record.score >= MIN_SCORE]
    return tuple(sorted(likely, key=lambda record: (-record.score, record.distance_km, record.id))[:MAX_SIMILAR])


def _compare(candidate: Candidate, site: NeighbourSite) -> SimilarRecord:
    doubt = max(NEAR_KM, ((site.accuracy_m or 0.0) + candidate.accuracy_m) / 1000)
    reasons: list[tuple[float, Message]] = []
    # a site anywhere in a named area is no sign of the same place
    if candidate.place is None and site.distance_km <= min(doubt, FARTHEST_KM):
        reasons.append((0.4, msg("same place within the accuracy of both positions")))
    if candidate.name and (alike := _compare_names([candidate.name], _names_of(site))) >= ALIKE:
        reasons.append((0.4 * alike / 100, msg("similar names (%(score)s of 100)", score=f"{alike:.0f}")))
    if candidate.owner and _compare_names([candidate.owner], [owner for owner in site.owners if owner]) >= ALIKE:
        reasons.append((0.2, msg("same owner")))
    capacities = [tpa for tpa in site.groups.values() if tpa]
    if any(abs(tpa - candidate.capacity_tpa) <= 0.1 * candidate.capacity_tpa for tpa in capacities):
        reasons.append((0.2, msg("capacity differs by at most 10 %%")))
    score = round(min(sum(weight for weight, _ in reasons), 1.0), 3)
    return SimilarRecord(
        id=site.id,
        name_en=site.name_en,
        name_zh=site.name_zh,
        distance_km=site.distance_km,
        groups=site.groups,
        sources=site.sources,
        score=score,
        likely=score >= SAME,
        reasons_en=tuple(reason.in_language("en") for _, reason in reasons),
        reasons_zh=tuple(reason.in_language("zh") for _, reason in reasons),
    )


def _names_of(site: NeighbourSite) -> list[str]:
    return [name for name in (site.name_en, site.name_zh, *(site.aliases or ())) if name]


def _compare_names(first: list[str], second: list[str]) -> float:
    """Return the similarity of the two most similar names, 0 to 100; 0 if one side has no names."""
    return max((fuzz.token_set_ratio(a.casefold(), b.casefold()) for a in first for b in second), default=0.0)

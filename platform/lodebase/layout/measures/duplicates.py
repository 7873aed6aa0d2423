"""Likely duplicates: nearby records of the same plant, and records that may be the planned plant itself."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from lodebase.layout.planned.candidate import Candidate
from lodedata.layout.arcs import GeodeticPoints, arcs_m
from lodedata.messages import Message, languages, msg

NEAR_KM = 3.0
"""Distance in km within which two records may be the same plant, even if both positions are given as exact."""
FARTHEST_KM = 25.0
REACH_DEG = 0.25
"""Search distance in degrees of latitude; it exceeds FARTHEST_KM."""
ALIKE = 80.0
SAME = 0.6


def likely_duplicates(sites: list[dict[str, Any]]) -> None:
    """Set ``likely_same_as`` of each site: the sites of other sources that are near within the accuracy of both positions, and
    have a similar name or are very close.
    """
    for site in sites:
        site["likely_same_as"] = []
    for i, j, km in _near(sites):
        first, second = sites[i], sites[j]
        if km <= NEAR_KM or _alike(_names(first), _names(second)) >= ALIKE:
            first["likely_same_as"].append(second["id"])
            second["likely_same_as"].append(first["id"])


def _near(sites: list[dict[str, Any]]) -> Iterator[tuple[int, int, float]]:
    """Yield the pairs of different sources that are near within the accuracy of both positions, with their distance in km."""
    lon, lat, accuracy_m = (np.array([one[name] or 0.0 for one in sites], dtype=float) for name in ("lon", "lat", "accuracy_m"))
    up = np.abs(lat[:, None] - lat)
    across = np.abs((lon[:, None] - lon + 180) % 360 - 180) * np.cos(np.radians(np.maximum(np.abs(lat[:, None]), np.abs(lat))))
    i, j = np.nonzero(np.triu((up <= REACH_DEG) & (across <= REACH_DEG), k=1) & _apart(sites))
    spots = GeodeticPoints.of(lon, lat)
    km = arcs_m(spots[i], spots[j]) / 1000
    near = km <= np.clip((accuracy_m[i] + accuracy_m[j]) / 1000, NEAR_KM, FARTHEST_KM)
    yield from zip(i[near].tolist(), j[near].tolist(), km[near].tolist(), strict=True)


def _apart(sites: list[dict[str, Any]]) -> npt.NDArray[np.bool_]:
    """Return a mask of the pairs without a common source, computed once for each combination of sources, as these are few."""
    source_sets = [frozenset(one["sources"]) for one in sites]
    numbers = {one: number for number, one in enumerate(dict.fromkeys(source_sets))}
    disjoint = np.array([[one.isdisjoint(other) for other in numbers] for one in numbers], dtype=bool).reshape(
        len(numbers), len(numbers)
    )
    of_site = np.array([numbers[one] for one in source_sets], dtype=np.intp)
    return np.asarray(disjoint[of_site[:, None], of_site], dtype=bool)


def distinct(sites: list[dict[str, Any]]) -> int:
    """Return the minimum number of different plants, where likely duplicates count once."""
    left, count = {one["id"]: one for one in sites}, 0
    members = {one["id"]: one["likely_same_as"] for one in sites}
    while left:
        count += 1
        frontier = [left.popitem()[0]]
        while frontier:
            for other in members[frontier.pop()]:
                if left.pop(other, None) is not None:
                    frontier.append(other)
    return count


def same_as(candidate: Candidate, sites: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records that may be the planned plant, the likeliest first, with a score from 0 to 1 and the reasons."""
    found = [one for one in (_compared(candidate, site) for site in sites) if one["score"] >= 0.3]
    return sorted(found, key=lambda one: (-one["score"], one["distance_km"], one["id"]))[:10]


def _compared(candidate: Candidate, site: dict[str, Any]) -> dict[str, Any]:
    doubt = max(NEAR_KM, ((site["accuracy_m"] or 0.0) + candidate.accuracy_m) / 1000)
    reasons: list[tuple[float, Message]] = []
    # a site anywhere in a named area is no sign of the same place
    if candidate.place is None and site["distance_km"] <= min(doubt, FARTHEST_KM):
        reasons.append((0.4, msg("same place within the accuracy of both positions")))
    if candidate.name and (alike := _alike([candidate.name], _names(site))) >= ALIKE:
        reasons.append((0.4 * alike / 100, msg("similar names (%(score)s of 100)", score=f"{alike:.0f}")))
    if candidate.owner and _alike([candidate.owner], [owner for owner in site["owners"] if owner]) >= ALIKE:
        reasons.append((0.2, msg("same owner")))
    known = [tpa for tpa in site["groups"].values() if tpa]
    if any(abs(tpa - candidate.capacity_tpa) <= 0.1 * candidate.capacity_tpa for tpa in known):
        reasons.append((0.2, msg("capacity differs by at most 10 %%")))
    score = round(min(sum(weight for weight, _ in reasons), 1.0), 3)
    fields = {name: site[name] for name in ("id", "name_en", "name_zh", "distance_km", "groups", "sources")}
    return {
        **fields,
        "score": score,
        "likely": score >= SAME,
        **{f"reasons_{language}": [one.in_language(language) for _, one in reasons] for language in languages()},
    }


def _names(site: dict[str, Any]) -> list[str]:
    return [name for name in (site["name_en"], site["name_zh"], *(site["aliases"] or [])) if name]


def _alike(first: list[str], second: list[str]) -> float:
    """Return the similarity of the two most similar names, 0 to 100; 0 if one side has no names."""
    return max((fuzz.token_set_ratio(a.casefold(), b.casefold()) for a in first for b in second), default=0.0)

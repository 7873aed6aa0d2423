"""Sites of one product, a unit for each of their groups of statuses, and how many of them lie within each radius.

A metal's steps at one site (smelted, then refined) are the same metal, so the largest step counts and not their sum. A site
that no phase tells of has no figure. A figure by radius is a range: what surely lies inside, what lies inside as placed, and
what may. An accuracy that nobody told is never sure, and adds nothing to what may.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lodebase.layout.asked import GROUPS, WIDEST_M
from lodebase.layout.candidate import Candidate
from lodebase.layout.outputs import FACILITY, PHASE, PRODUCT, Column, Outputs, Sites, measured

CODES = tuple(GROUPS)
UNTOLD = CODES.index("unknown")


@dataclass(frozen=True, slots=True)
class Units:
    """Of each unit its site, its group of statuses and tonnes a year, no number where nobody tells; by site, then group."""

    sites: Sites
    site: Column
    group: Column
    tpa: Column

    @property
    def accuracy_m(self) -> Column:
        """Of each site; none counts as less accurate than WIDEST_M."""
        return np.minimum(self.sites.accuracy_m, WIDEST_M)

    def present(self) -> Column:
        """Which of the sites have a unit."""
        found = np.zeros(len(self.sites.ids), dtype=bool)
        found[self.site] = True
        return found

    def by_site(self, numbers: Sequence[int]) -> list[dict[str, float | None]]:
        """The units of some sites by the codes of their groups; a whole number of tonnes is told as one."""
        first, last = (np.searchsorted(self.site, numbers, side) for side in ("left", "right"))
        return [
            {
                CODES[group]: None if np.isnan(tpa) else int(tpa) if tpa.is_integer() else tpa
                for group, tpa in zip(self.group[start:end].tolist(), self.tpa[start:end].tolist(), strict=True)
            }
            for start, end in zip(first.tolist(), last.tolist(), strict=True)
        ]


def units_of(made: Outputs, values: Mapping[str, Any]) -> Units:
    """The units of a product, whose words the values tell."""
    group = groups(made, values)
    phases = made.of(values["codes"], [PHASE])
    stages = dict(zip(values["codes"], values["stages"], strict=True))
    stage = np.array([stages.get(word, 0) for word in made.words], dtype=np.int64)[made.word[phases]]
    several = len(values["codes"]) + 1
    step, at = np.unique((made.site[phases] * len(CODES) + group[phases]) * several + stage, return_inverse=True)
    unit, of_step = np.unique(step // several, return_inverse=True)
    tpa = np.full(len(unit), np.nan)
    np.fmax.at(tpa, of_step, _sums(at, made.tpa[phases], len(step)))
    named = made.of(values["codes"], [PRODUCT]) | made.of(values["facilities"], [FACILITY])
    bare = np.setdiff1d(made.site[named], unit // len(CODES)) if named.any() else np.empty(0, dtype=np.int64)
    of_site = np.full(len(made.sites.ids), UNTOLD)
    of_site[made.site[named]] = group[named]
    unit = np.concatenate((unit, bare * len(CODES) + of_site[bare]))
    order = np.argsort(unit)
    site, of_group = np.divmod(unit[order], len(CODES))
    return Units(made.sites, site, of_group, np.concatenate((tpa, np.full(len(bare), np.nan)))[order])


def groups(made: Outputs, values: Mapping[str, Any]) -> Column:
    """The group of statuses of each row, as a number in CODES."""
    of_status = [CODES.index(group) for group in values["groups"]]
    # a status that nobody tells is the last of them, as its number is -1
    return np.array([*of_status, UNTOLD], dtype=np.int64)[made.status]


def _sums(at: Column, tpa: Column, count: int) -> Column:
    """Sums of what is told, no number where nothing is."""
    told = ~np.isnan(tpa)
    sums = np.bincount(at, np.where(told, tpa, 0.0), count)
    return np.where(np.bincount(at, told, count) > 0, sums, np.nan)


def at_edges(units: Units, asked: Candidate) -> Units:
    """The units, with the distances measured that lie near to where a radius, narrower or wider by the doubt, decides."""
    doubt = np.nan_to_num(units.accuracy_m) + asked.reach_m
    edges = [metres for km in asked.radii_km for metres in (km * 1000 - doubt, km * 1000, km * 1000 + doubt)]
    return replace(units, sites=measured(units.sites, asked, edges))


def radii(units: Units, asked: Candidate) -> list[dict[str, Any]]:
    """Of each radius what lies within it, altogether and by group of statuses."""
    return [_within(units, km, asked.reach_m) for km in asked.radii_km]


def _within(units: Units, km: float, reach_m: float) -> dict[str, Any]:
    distance_m, accuracy_m = units.sites.distance_m, units.accuracy_m
    inside = {
        "certain": distance_m + accuracy_m + reach_m <= km * 1000,
        "placed": distance_m <= km * 1000,
        "possible": distance_m - np.nan_to_num(accuracy_m) - reach_m <= km * 1000,
    }
    some = {way: np.flatnonzero(held[units.site]) for way, held in inside.items()}
    told = np.nan_to_num(units.tpa)
    bare = some["placed"][np.isnan(units.tpa[some["placed"]])]
    every = {
        **{way: len(np.unique(units.site[of])) for way, of in some.items()},
        **{f"{way}_tpa": float(np.cumsum(told[of])[-1]) if len(of) else 0.0 for way, of in some.items()},
        "without_figure": len(np.unique(units.site[bare])),
    }
    counts = {way: np.bincount(units.group[of], minlength=len(CODES)).tolist() for way, of in some.items()}
    sums = {f"{way}_tpa": np.bincount(units.group[of], told[of], len(CODES)).astype(float).tolist() for way, of in some.items()}
    columns = {**counts, **sums, "without_figure": np.bincount(units.group[bare], minlength=len(CODES)).tolist()}
    return {
        "km": km,
        "all": every,
        "groups": {name: {figure: column[n] for figure, column in columns.items()} for n, name in enumerate(CODES)},
    }

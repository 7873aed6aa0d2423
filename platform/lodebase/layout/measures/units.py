"""Sites of one product, with a unit for each of their groups of statuses, and the count and capacity within each radius.

A metal's steps at one site (smelting, then refining) produce the same metal, so the largest step counts and not their sum. A
site without a phase of the product has no figure. Figures by radius are ranges: certainly inside, inside as placed, and
possibly inside. A site of unknown accuracy is never certainly inside, and does not widen the range of what is possibly inside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lodebase.layout.measures.outputs import FACILITY, PHASE, PRODUCT, Column, Outputs, Sites, measure_exactly
from lodebase.layout.parts.sites import Certainty, RadiusTotals, SitesByStatus, SiteTotals
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.state import SqlValues
from lodebase.layout.statement_parameters import GROUPS, WIDEST_M

CODES = tuple(GROUPS)
UNKNOWN = CODES.index("unknown")


@dataclass(frozen=True, slots=True)
class Units:
    """Site, group of statuses and tonnes a year of each unit (NaN if unknown), ordered by site and group."""

    sites: Sites
    site: Column
    group: Column
    tpa: Column

    @property
    def accuracy_m(self) -> Column:
        """Return the accuracy of each site, limited to WIDEST_M."""
        return np.minimum(self.sites.accuracy_m, WIDEST_M)

    def present(self) -> Column:
        """Return a mask of the sites that have a unit."""
        mask = np.zeros(len(self.sites.ids), dtype=bool)
        mask[self.site] = True
        return mask

    def by_site(self, numbers: Sequence[int]) -> list[dict[str, float | None]]:
        """Return the tonnes a year of some sites by group code; integral values are returned as int."""
        first, last = (np.searchsorted(self.site, numbers, side) for side in ("left", "right"))
        return [
            {
                CODES[group]: None if np.isnan(tpa) else int(tpa) if tpa.is_integer() else tpa
                for group, tpa in zip(self.group[start:end].tolist(), self.tpa[start:end].tolist(), strict=True)
            }
            for start, end in zip(first.tolist(), last.tolist(), strict=True)
        ]


def group_units(outputs: Outputs, values: SqlValues) -> Units:
    """Return the units of a product, whose terms are in the values."""
    group = group_statuses(outputs, values)
    phases = outputs.of(values["codes"], [PHASE])
    stages = dict(zip(values["codes"], values["stages"], strict=True))
    stage = np.array([stages.get(term, 0) for term in outputs.terms], dtype=np.int64)[outputs.term[phases]]
    unit, tpa = take_largest_steps(
        outputs.site[phases] * len(CODES) + group[phases], stage, outputs.tpa[phases], len(values["codes"]) + 1
    )
    named = outputs.of(values["codes"], [PRODUCT]) | outputs.of(values["facilities"], [FACILITY])
    bare = np.setdiff1d(outputs.site[named], unit // len(CODES)) if named.any() else np.empty(0, dtype=np.int64)
    of_site = np.full(len(outputs.sites.ids), UNKNOWN)
    of_site[outputs.site[named]] = group[named]
    unit = np.concatenate((unit, bare * len(CODES) + of_site[bare]))
    order = np.argsort(unit)
    site, of_group = np.divmod(unit[order], len(CODES))
    return Units(outputs.sites, site, of_group, np.concatenate((tpa, np.full(len(bare), np.nan)))[order])


def group_statuses(outputs: Outputs, values: SqlValues) -> Column:
    """Return the group of statuses of each row, as an index of CODES."""
    of_status = [CODES.index(group) for group in values["groups"]]
    # the last item is for an unknown status, whose number is -1
    return np.array([*of_status, UNKNOWN], dtype=np.int64)[outputs.status]


def take_largest_steps(unit: Column, step: Column, tpa: Column, steps: int) -> tuple[Column, Column]:
    """Return the distinct units and the tonnes a year of the largest step of each, NaN where all are unknown.

    The rows of a step are added; ``steps`` is more than any number of a step.
    """
    pairs, at = np.unique(unit * steps + step, return_inverse=True)
    units, of_pair = np.unique(pairs // steps, return_inverse=True)
    largest = np.full(len(units), np.nan)
    np.fmax.at(largest, of_pair, _compute_sums(at, tpa, len(pairs)))
    return units, largest


def _compute_sums(at: Column, tpa: Column, count: int) -> Column:
    """Return the sums of the known figures, NaN where all are unknown."""
    has_figure = ~np.isnan(tpa)
    sums = np.bincount(at, np.where(has_figure, tpa, 0.0), count)
    return np.where(np.bincount(at, has_figure, count) > 0, sums, np.nan)


def refine_edges(units: Units, candidate: Candidate) -> Units:
    """Return the units, with geodesics for sites whose distance is close to a radius plus or minus the uncertainty."""
    doubt = np.nan_to_num(units.accuracy_m) + candidate.accuracy_m
    edges = [metres for km in candidate.radii_km for metres in (km * 1000 - doubt, km * 1000, km * 1000 + doubt)]
    return replace(units, sites=measure_exactly(units.sites, candidate, edges))


def count_by_radius(units: Units, candidate: Candidate) -> tuple[RadiusTotals, ...]:
    """Return the count and capacity within each radius, in total and by group of statuses."""
    counted = ((km, _count_within(units, km * 1000, candidate.accuracy_m)) for km in candidate.radii_km)
    return tuple(RadiusTotals(all=of.all, groups=of.groups, km=km) for km, of in counted)


def _count_within(units: Units, radius_m: float, doubt_m: float) -> SitesByStatus:
    distance_m, accuracy_m = units.sites.distance_m, units.accuracy_m
    return count_sites(
        units,
        {
            "certain": units.sites.most_m + accuracy_m + doubt_m <= radius_m,
            "placed": distance_m <= radius_m,
            "possible": distance_m - np.nan_to_num(accuracy_m) - doubt_m <= radius_m,
        },
    )


def count_sites(units: Units, inside: Mapping[Certainty, Column]) -> SitesByStatus:
    """Return the count and capacity of the sites that are certainly, as placed and possibly inside, by group of statuses."""
    some = {certainty: np.flatnonzero(held[units.site]) for certainty, held in inside.items()}
    tonnes = np.nan_to_num(units.tpa)
    bare = some["placed"][np.isnan(units.tpa[some["placed"]])]
    counts = {certainty: len(np.unique(units.site[of])) for certainty, of in some.items()}
    sums = {certainty: float(np.cumsum(tonnes[of])[-1]) if len(of) else 0.0 for certainty, of in some.items()}
    every = _compute_totals(counts, sums, len(np.unique(units.site[bare])))
    group_counts = {certainty: np.bincount(units.group[of], minlength=len(CODES)).tolist() for certainty, of in some.items()}
    group_sums = {
        certainty: np.bincount(units.group[of], tonnes[of], len(CODES)).astype(float).tolist() for certainty, of in some.items()
    }
    without_figure = np.bincount(units.group[bare], minlength=len(CODES)).tolist()
    groups = {
        name: _compute_totals(
            {certainty: column[n] for certainty, column in group_counts.items()},
            {certainty: column[n] for certainty, column in group_sums.items()},
            without_figure[n],
        )
        for n, name in enumerate(CODES)
    }
    return SitesByStatus(all=every, groups=groups)


def _compute_totals(counts: Mapping[Certainty, int], tpa: Mapping[Certainty, float], without_figure: int) -> SiteTotals:
    return SiteTotals(
        certain=counts["certain"],
        placed=counts["placed"],
        possible=counts["possible"],
        certain_tpa=tpa["certain"],
        placed_tpa=tpa["placed"],
        possible_tpa=tpa["possible"],
        without_figure=without_figure,
    )

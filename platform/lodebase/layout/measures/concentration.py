"""Concentration of a product's capacity within a country, before and after a planned plant."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lodebase.layout.measures.outputs import read_outputs_of_country
from lodebase.layout.measures.units import CODES, Units, group_units
from lodebase.layout.parts.capacity import BeforeAfter, CapacityConcentration, CapacityTotals, GroupCapacity
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.state import SiteState, SqlValues
from lodebase.layout.statement_parameters import LIVE, PIPELINE
from lodebase.layout.statements import HOLDERS, LEFT_OUT, OF_SOURCES_AS_OF, OF_SOURCES_NOW, RECORDS_AS_OF, RECORDS_NOW
from lodedata.layout.measures import compute_hhi, compute_location_quotient


@dataclass(frozen=True, slots=True)
class DivisionGroup:
    """The sites of a division and a group of statuses, those without a figure, and their capacity; None for no division."""

    division: str | None
    group: str
    sites: int
    without_figure: int
    tpa: float


@dataclass(frozen=True, slots=True)
class Nation:
    """A country's sites of a product by division and group, the capacity of its holders, and all its records by division."""

    groups: tuple[DivisionGroup, ...]
    holders: tuple[tuple[str, float], ...]
    records: tuple[tuple[str | None, int], ...]
    sources: tuple[str, ...]
    left_out: int
    """Capacities that are held or doubtful."""


def read_nation(state: SiteState, country: str, values: SqlValues) -> Nation:
    """Return the current state of a country; it is independent of the planned plant and can be cached for a data version."""
    parameters = {**values, "country": country, "mined": []}
    units = group_units(read_outputs_of_country(state, parameters), parameters)
    records, sources = (RECORDS_AS_OF, OF_SOURCES_AS_OF) if state.earlier else (RECORDS_NOW, OF_SOURCES_NOW)
    return Nation(
        tuple(_group_by_division(units)),
        tuple((row["holder"], row["tpa"]) for row in state.rows(HOLDERS, _select_operating(units))),
        tuple((row["division"], row["sites"]) for row in state.rows(records, parameters)),
        tuple(row["name"] for row in state.rows(sources, parameters)),
        state.rows(LEFT_OUT, parameters)[0]["capacities"],
    )


def _group_by_division(units: Units) -> list[DivisionGroup]:
    """Return sites, sites without a figure and tonnes a year by division and group; sites without a division come last."""
    divisions, division = np.unique(units.sites.division, return_inverse=True)
    key, at = np.unique(division[units.site] * len(CODES) + units.group, return_inverse=True)
    without_figure = np.isnan(units.tpa)
    sites, bare = np.bincount(at), np.bincount(at, without_figure).astype(int)
    tpa = np.bincount(at, np.where(without_figure, 0.0, units.tpa))
    rows = [
        DivisionGroup(
            str(divisions[group_key // len(CODES)]) or None,
            CODES[group_key % len(CODES)],
            int(sites[n]),
            int(bare[n]),
            float(tpa[n]),
        )
        for n, group_key in enumerate(key.tolist())
    ]
    return sorted(rows, key=lambda row: (row.division is None, row.division or "", row.group))


def _select_operating(units: Units) -> SqlValues:
    """Return the operating sites that have a figure, as parameters of the statement HOLDERS."""
    some = (units.group == CODES.index("operating")) & (units.tpa > 0)
    return {"ids": [units.sites.ids[site] for site in units.site[some].tolist()], "tpas": units.tpa[some].tolist()}


def measure_concentration(nation: Nation, candidate: Candidate, country: str, division: str | None) -> CapacityConcentration:
    """Return shares, Herfindahl-Hirschman indices, location quotient and pipeline ratio, before and after the planned plant."""
    by_division = _sum_live(nation)
    total, here = sum(by_division.values()), by_division.get(division, 0.0)
    # sites without a division count for the nation, but not as a province
    provinces = {code: tpa for code, tpa in by_division.items() if code is not None}
    after = provinces if division is None else {**provinces, division: here + candidate.capacity_tpa}
    return CapacityConcentration(
        country=country,
        division=division,
        nation=_sum_groups(nation, None),
        province=_sum_groups(nation, division) if division is not None else None,
        share_pct=_compare(
            _compute_percent(here, total), _compute_percent(here + candidate.capacity_tpa, total + candidate.capacity_tpa)
        ),
        hhi_divisions=_compare(compute_hhi(provinces.values()), compute_hhi(after.values())),
        without_division=sum(row.sites for row in nation.groups if row.division is None),
        hhi_holders=_compare(
            compute_hhi(tpa for _, tpa in nation.holders), compute_hhi(_add_to_holders(nation, candidate).values())
        ),
        location_quotient=_compare_quotients(nation, division),
        left_out=nation.left_out,
        sources=nation.sources,
        pipeline_pct=_compare_pipelines(nation, division, candidate),
    )


def _sum_live(nation: Nation) -> dict[str | None, float]:
    sums: dict[str | None, float] = {}
    for row in nation.groups:
        if row.group in LIVE:
            sums[row.division] = sums.get(row.division, 0.0) + row.tpa
    return sums


def _sum_groups(nation: Nation, division: str | None) -> CapacityTotals:
    """Return sites, sites without a figure and capacity by group, of a division or, for None, of the country."""
    groups: dict[str, GroupCapacity] = {}
    for row in nation.groups:
        if division is None or row.division == division:
            before = groups.get(row.group, GroupCapacity(sites=0, without_figure=0, tpa=0.0))
            groups[row.group] = GroupCapacity(
                sites=before.sites + row.sites,
                without_figure=before.without_figure + row.without_figure,
                tpa=before.tpa + row.tpa,
            )
    return CapacityTotals(
        groups=groups,
        live_tpa=sum(totals.tpa for name, totals in groups.items() if name in LIVE),
        sites=sum(totals.sites for totals in groups.values()),
        without_figure=sum(totals.without_figure for totals in groups.values()),
    )


def _compute_percent(part: float, total: float) -> float | None:
    return None if total == 0 else part / total * 100


def _compare(before: float | None, after: float | None) -> BeforeAfter:
    change = None if before is None or after is None else after - before
    return BeforeAfter(before=_round_value(before), after=_round_value(after), change=_round_value(change))


def _round_value(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _add_to_holders(nation: Nation, candidate: Candidate) -> dict[str, float]:
    holders = dict(nation.holders)
    holder = candidate.owner or "the planned plant"
    return {**holders, holder: holders.get(holder, 0.0) + candidate.capacity_tpa}


def _compare_quotients(nation: Nation, division: str | None) -> BeforeAfter:
    """Return the location quotient by numbers of records, as tonnes of different products can't be added up."""
    if division is None:
        return _compare(None, None)
    here = sum(row.sites for row in nation.groups if row.division == division)
    nation_sites = sum(row.sites for row in nation.groups)
    division_records, nation_records = dict(nation.records).get(division, 0), sum(n for _, n in nation.records)
    before = compute_location_quotient(here, division_records, nation_sites, nation_records)
    return _compare(before, compute_location_quotient(here + 1, division_records + 1, nation_sites + 1, nation_records + 1))


def _compare_pipelines(nation: Nation, division: str | None, candidate: Candidate) -> dict[str, BeforeAfter]:
    """Return the capacity under construction or planned as a percentage of the operating capacity."""
    ratios = {}
    for name, of in (("nation", None), ("province", division)):
        if name == "province" and division is None:
            continue
        groups = _sum_groups(nation, of).groups
        operating = _find_tpa(groups, "operating")
        coming = sum(_find_tpa(groups, group) for group in PIPELINE)
        ratios[name] = _compare(
            _compute_percent(coming, operating), _compute_percent(coming + candidate.capacity_tpa, operating)
        )
    return ratios


def _find_tpa(groups: Mapping[str, GroupCapacity], name: str) -> float:
    return groups[name].tpa if name in groups else 0.0

"""Concentration of a product's capacity within a country, before and after a planned plant."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lodebase.layout.measures.outputs import of_country
from lodebase.layout.measures.units import CODES, Units, units_of
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.state import SiteState
from lodebase.layout.statement_parameters import LIVE, PIPELINE
from lodebase.layout.statements import HOLDERS, LEFT_OUT, OF_SOURCES_NOW, OF_SOURCES_THEN, RECORDS_NOW, RECORDS_THEN
from lodedata.layout.measures import hhi, location_quotient


@dataclass(frozen=True, slots=True)
class Nation:
    """A country's sites of a product by division and group, the capacity of its holders, and all its records by division."""

    groups: tuple[dict[str, Any], ...]
    holders: tuple[tuple[str, float], ...]
    records: tuple[tuple[str | None, int], ...]
    sources: tuple[str, ...]
    left_out: int
    """Capacities that are held or doubtful."""


def nation(state: SiteState, country: str, values: dict[str, Any]) -> Nation:
    """Return the current state of a country; it is independent of the planned plant and can be cached for a data version."""
    parameters = values | {"country": country}
    units = units_of(of_country(state, parameters), parameters)
    records, sources = (RECORDS_THEN, OF_SOURCES_THEN) if state.earlier else (RECORDS_NOW, OF_SOURCES_NOW)
    return Nation(
        tuple(_groups(units)),
        tuple((row["holder"], row["tpa"]) for row in state.rows(HOLDERS, _operating(units))),
        tuple((row["division"], row["sites"]) for row in state.rows(records, parameters)),
        tuple(row["name"] for row in state.rows(sources, parameters)),
        state.rows(LEFT_OUT, parameters)[0]["capacities"],
    )


def _groups(units: Units) -> list[dict[str, Any]]:
    """Return sites, sites without a figure and tonnes a year by division and group; sites without a division come last."""
    divisions, division = np.unique(units.sites.division, return_inverse=True)
    key, at = np.unique(division[units.site] * len(CODES) + units.group, return_inverse=True)
    without_figure = np.isnan(units.tpa)
    sites, bare = np.bincount(at), np.bincount(at, without_figure).astype(int)
    tpa = np.bincount(at, np.where(without_figure, 0.0, units.tpa))
    rows = [
        {
            "division": str(divisions[one // len(CODES)]) or None,
            "grp": CODES[one % len(CODES)],
            "sites": int(sites[n]),
            "without_figure": int(bare[n]),
            "tpa": float(tpa[n]),
        }
        for n, one in enumerate(key.tolist())
    ]
    return sorted(rows, key=lambda row: (row["division"] is None, row["division"] or "", row["grp"]))


def _operating(units: Units) -> dict[str, Any]:
    """Return the operating sites that have a figure, as parameters of the statement HOLDERS."""
    some = (units.group == CODES.index("operating")) & (units.tpa > 0)
    return {"ids": [units.sites.ids[site] for site in units.site[some].tolist()], "tpas": units.tpa[some].tolist()}


def concentration(found: Nation, candidate: Candidate, division: str | None) -> dict[str, Any]:
    """Return shares, Herfindahl-Hirschman indices, location quotient and pipeline ratio, before and after the planned plant."""
    by_division = _live_by_division(found)
    total, here = sum(by_division.values()), by_division.get(division, 0.0)
    # sites without a division count for the nation, but not as a province
    known = {code: tpa for code, tpa in by_division.items() if code is not None}
    after = known if division is None else {**known, division: here + candidate.capacity_tpa}
    return {
        "division": division,
        "nation": _totals(found, None),
        "province": _totals(found, division) if division is not None else None,
        "share_pct": _before_after(
            _percent(here, total), _percent(here + candidate.capacity_tpa, total + candidate.capacity_tpa)
        ),
        "hhi_divisions": _before_after(hhi(known.values()), hhi(after.values())),
        "without_division": sum(row["sites"] for row in found.groups if row["division"] is None),
        "hhi_holders": _before_after(hhi(tpa for _, tpa in found.holders), hhi(_holders_after(found, candidate).values())),
        "location_quotient": _quotient(found, division),
        "left_out": found.left_out,
        "sources": list(found.sources),
        "pipeline_pct": _pipeline(found, division, candidate),
    }


def _live_by_division(found: Nation) -> dict[str | None, float]:
    made: dict[str | None, float] = {}
    for row in found.groups:
        if row["grp"] in LIVE:
            made[row["division"]] = made.get(row["division"], 0.0) + row["tpa"]
    return made


def _totals(found: Nation, division: str | None) -> dict[str, Any]:
    """Return sites, sites without a figure and capacity by group, of a division or, for None, of the country."""
    made: dict[str, dict[str, Any]] = {}
    for row in found.groups:
        if division is None or row["division"] == division:
            totals = made.setdefault(row["grp"], {"sites": 0, "without_figure": 0, "tpa": 0.0})
            for name in totals:
                totals[name] += row[name]
    return {
        "groups": made,
        "live_tpa": sum(totals["tpa"] for name, totals in made.items() if name in LIVE),
        "sites": sum(totals["sites"] for totals in made.values()),
        "without_figure": sum(totals["without_figure"] for totals in made.values()),
    }


def _percent(part: float, total: float) -> float | None:
    return None if total == 0 else part / total * 100


def _before_after(before: float | None, after: float | None) -> dict[str, float | None]:
    change = None if before is None or after is None else after - before
    return {
        name: None if value is None else round(value, 4)
        for name, value in (("before", before), ("after", after), ("change", change))
    }


def _holders_after(found: Nation, candidate: Candidate) -> dict[str, float]:
    made = dict(found.holders)
    holder = candidate.owner or "the planned plant"
    return {**made, holder: made.get(holder, 0.0) + candidate.capacity_tpa}


def _quotient(found: Nation, division: str | None) -> dict[str, float | None]:
    """Return the location quotient by numbers of records, as tonnes of different products can't be added up."""
    here = sum(row["sites"] for row in found.groups if row["division"] == division and division is not None)
    nation_sites = sum(row["sites"] for row in found.groups)
    division_records, nation_records = dict(found.records).get(division, 0), sum(n for _, n in found.records)
    if division is None:
        return _before_after(None, None)
    before = location_quotient(here, division_records, nation_sites, nation_records)
    return _before_after(before, location_quotient(here + 1, division_records + 1, nation_sites + 1, nation_records + 1))


def _pipeline(found: Nation, division: str | None, candidate: Candidate) -> dict[str, dict[str, float | None]]:
    """Return the capacity under construction or planned as a percentage of the operating capacity."""
    ratios = {}
    for name, of in (("nation", None), ("province", division)):
        if name == "province" and division is None:
            continue
        groups = _totals(found, of)["groups"]
        operating = groups.get("operating", {}).get("tpa", 0.0)
        coming = sum(groups.get(one, {}).get("tpa", 0.0) for one in PIPELINE)
        ratios[name] = _before_after(_percent(coming, operating), _percent(coming + candidate.capacity_tpa, operating))
    return ratios

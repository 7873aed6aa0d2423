"""Sites of the same product around a planned plant: counts and capacity by radius and status, and the nearest sites.

Figures by radius are ranges: certainly inside, inside as placed, and possibly inside.
"""

from collections.abc import Mapping

import numpy as np
import orjson

from lodebase.layout.measures.duplicates import count_distinct, mark_likely_duplicates
from lodebase.layout.measures.outputs import Outputs, find_nearest
from lodebase.layout.measures.units import Units, count_by_radius, group_units, refine_edges
from lodebase.layout.parts.sites import NeighbourSite, NeighbourSites, SitePhase
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.state import SiteState, SqlRow, SqlValues
from lodebase.layout.statements import LISTED

MAX_LISTED_SITES = 200
"""Sites that a report lists."""


def find_neighbours(state: SiteState, candidate: Candidate, values: SqlValues, outputs: Outputs) -> NeighbourSites:
    """Return the ranges by radius and the nearest MAX_LISTED sites, each with the sites that are likely the same plant."""
    units = refine_edges(group_units(outputs, values), candidate)
    listed = _list_sites(state, candidate, values, units)
    sites = mark_likely_duplicates(listed[:MAX_LISTED_SITES])
    return NeighbourSites(
        radii=count_by_radius(units, candidate),
        nearest=sites[0] if sites else None,
        sites=tuple(sites),
        more=len(listed) > MAX_LISTED_SITES,
        distinct_listed=count_distinct(sites),
    )


def _list_sites(state: SiteState, candidate: Candidate, values: SqlValues, units: Units) -> list[NeighbourSite]:
    """Return the nearest sites that may lie in reach, at most one more than the report lists."""
    metres = units.sites.distance_m - np.nan_to_num(units.accuracy_m) - candidate.accuracy_m
    among = units.present() & (metres <= values["farthest"])
    exact, numbers = find_nearest(units.sites, candidate, among, MAX_LISTED_SITES + 1)
    rows = state.rows(LISTED, {**values, "ids": [exact.ids[number] for number in numbers]})
    capacities = units.by_site(numbers)
    listed = zip(rows, numbers, capacities, strict=True)
    return [
        _read_site(row, (float(exact.distance_m[number]), float(exact.most_m[number])), groups, candidate)
        for row, number, groups in listed
    ]


def read_phases(row: SqlRow) -> tuple[SitePhase, ...]:
    """Return the phases of a row of LISTED."""
    return tuple(SitePhase(**phase) for phase in orjson.loads(row["phases"] or "[]"))


def _read_site(
    row: SqlRow, metres: tuple[float, float], groups: Mapping[str, float | None], candidate: Candidate
) -> NeighbourSite:
    """Return a listed site; ``metres`` are its least and its greatest distance, which differ for a plant in an area."""
    accuracy = row["accuracy_m"]
    uncertain = (km for km in candidate.radii_km if _is_uncertain(metres, accuracy, candidate.accuracy_m, km * 1000))
    return NeighbourSite(
        id=row["id"],
        name_en=row["name_en"],
        name_zh=row["name_zh"],
        aliases=_convert_to_tuple(row["aliases"]),
        country=row["country"],
        division=row["division"],
        information_date=row["information_date"],
        sources=tuple(row["sources"]),
        flags=_convert_to_tuple(row["flags"]),
        facility_types=_convert_to_tuple(row["facility_types"]),
        accuracy_m=accuracy,
        lon=row["lon"],
        lat=row["lat"],
        phases=read_phases(row),
        owners=tuple(orjson.loads(row["owners"] or "[]")),
        distance_km=round(metres[0] / 1000, 3),
        farthest_km=round(metres[1] / 1000, 3) if candidate.is_area else None,
        groups=groups,
        uncertain_radii_km=tuple(uncertain),
    )


def _convert_to_tuple(texts: list[str] | None) -> tuple[str, ...] | None:
    return None if texts is None else tuple(texts)


def _is_uncertain(metres: tuple[float, float], accuracy: float | None, doubt: float, radius: float) -> bool:
    """Return whether the accuracy of the positions, or where in its area the plant is, decides if a site is inside a radius.

    If the accuracy is unknown, this is true for every site placed inside.
    """
    if accuracy is None:
        return metres[0] - doubt <= radius
    return metres[0] - accuracy - doubt <= radius < metres[1] + accuracy + doubt

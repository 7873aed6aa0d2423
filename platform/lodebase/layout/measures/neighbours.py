"""Sites of the same product around a planned plant: counts and capacity by radius and status, and the nearest sites.

Figures by radius are ranges: certainly inside, inside as placed, and possibly inside.
"""

from typing import Any

import numpy as np
import orjson

from lodebase.layout.measures.outputs import Outputs, nearest
from lodebase.layout.measures.units import Units, at_edges, radii, units_of
from lodebase.layout.planned.candidate import Candidate
from lodebase.layout.state import SiteState
from lodebase.layout.statement_parameters import LIVE
from lodebase.layout.statements import LISTED

MOST = 200
"""Upper limit of the sites listed."""


def neighbours(state: SiteState, candidate: Candidate, values: dict[str, Any], made: Outputs) -> dict[str, Any]:
    """Return the ranges by radius and the nearest MOST sites."""
    units = at_edges(units_of(made, values), candidate)
    listed = _listed(state, candidate, values, units)
    return {
        "radii": radii(units, candidate),
        "nearest": listed[0] if listed else None,
        "sites": listed[:MOST],
        "more": len(listed) > MOST,
    }


def _listed(state: SiteState, candidate: Candidate, values: dict[str, Any], units: Units) -> list[dict[str, Any]]:
    """Return the nearest sites that may lie in reach, at most one more than the report lists."""
    metres = units.sites.distance_m - np.nan_to_num(units.accuracy_m) - candidate.reach_m
    among = units.present() & (metres <= values["farthest"])
    exact, numbers = nearest(units.sites, candidate, among, MOST + 1)
    rows = state.rows(LISTED, values | {"ids": [exact.ids[number] for number in numbers]})
    capacities = units.by_site(numbers)
    listed = zip(rows, numbers, capacities, strict=True)
    return [_site(row, float(exact.distance_m[number]), groups, candidate) for row, number, groups in listed]


def live(groups: dict[str, Any], figure: str) -> float:
    """Return the sum of a figure over operating, constructed and planned capacity."""
    return float(sum(groups[name][figure] for name in LIVE))


def _site(row: dict[str, Any], metres: float, groups: dict[str, float | None], candidate: Candidate) -> dict[str, Any]:
    accuracy = row["accuracy_m"]
    return {
        **row,
        "distance_km": round(metres / 1000, 3),
        "groups": groups,
        "phases": orjson.loads(row["phases"] or "[]"),
        "owners": orjson.loads(row["owners"] or "[]"),
        "uncertain_radii_km": [
            km for km in candidate.radii_km if _is_uncertain(metres, accuracy, candidate.reach_m, km * 1000)
        ],
    }


def _is_uncertain(metres: float, accuracy: float | None, reach: float, radius: float) -> bool:
    """Return whether the position accuracy decides if a site lies inside a radius.

    If the accuracy is unknown, this is true for every site placed inside.
    """
    if accuracy is None:
        return metres - reach <= radius
    return metres - accuracy - reach <= radius < metres + accuracy + reach

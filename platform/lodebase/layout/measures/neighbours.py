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
    metres = units.sites.distance_m - np.nan_to_num(units.accuracy_m) - candidate.accuracy_m
    among = units.present() & (metres <= values["farthest"])
    exact, numbers = nearest(units.sites, candidate, among, MOST + 1)
    rows = state.rows(LISTED, values | {"ids": [exact.ids[number] for number in numbers]})
    capacities = units.by_site(numbers)
    listed = zip(rows, numbers, capacities, strict=True)
    return [
        _site(row, (float(exact.distance_m[number]), float(exact.most_m[number])), groups, candidate)
        for row, number, groups in listed
    ]


def live(groups: dict[str, Any], figure: str) -> float:
    """Return the sum of a figure over operating, constructed and planned capacity."""
    return float(sum(groups[name][figure] for name in LIVE))


def _site(
    row: dict[str, Any], metres: tuple[float, float], groups: dict[str, float | None], candidate: Candidate
) -> dict[str, Any]:
    """Return a listed site; ``metres`` are its least and its greatest distance, which differ for a plant in an area."""
    accuracy = row["accuracy_m"]
    return {
        **row,
        "distance_km": round(metres[0] / 1000, 3),
        **({"farthest_km": round(metres[1] / 1000, 3)} if candidate.is_area else {}),
        "groups": groups,
        "phases": orjson.loads(row["phases"] or "[]"),
        "owners": orjson.loads(row["owners"] or "[]"),
        "uncertain_radii_km": [
            km for km in candidate.radii_km if _is_uncertain(metres, accuracy, candidate.accuracy_m, km * 1000)
        ],
    }


def _is_uncertain(metres: tuple[float, float], accuracy: float | None, doubt: float, radius: float) -> bool:
    """Return whether the accuracy of the positions, or where in its area the plant is, decides if a site is inside a radius.

    If the accuracy is unknown, this is true for every site placed inside.
    """
    if accuracy is None:
        return metres[0] - doubt <= radius
    return metres[0] - accuracy - doubt <= radius < metres[1] + accuracy + doubt

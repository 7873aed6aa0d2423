"""Sites of the same product around a planned plant: counts and capacity by radius and status, and the nearest ones.

A figure by radius is a range: what surely lies inside, what lies inside as placed, and what may lie inside.
"""

from typing import Any

from lodebase.layout.asked import GROUPS, LIVE
from lodebase.layout.candidate import Candidate
from lodebase.layout.state import State
from lodebase.layout.statements import COUNTS, LISTED

MOST = 200
"""How many sites are listed."""
FIGURES = ("certain", "placed", "possible", "certain_tpa", "placed_tpa", "possible_tpa", "without_figure")
NOTHING: dict[str, Any] = {name: 0.0 if name.endswith("_tpa") else 0 for name in FIGURES}


def neighbours(state: State, asked: Candidate, values: dict[str, Any]) -> dict[str, Any]:
    """Radii with their ranges, and the nearest MOST sites."""
    listed = [_site(row, asked) for row in state.rows(LISTED, values | {"most": MOST + 1})]
    return {
        "radii": _radii(state.rows(COUNTS, values), asked),
        "nearest": listed[0] if listed else None,
        "sites": listed[:MOST],
        "more": len(listed) > MOST,
    }


def live(groups: dict[str, Any], figure: str) -> float:
    """A figure summed over what is operating, being built or planned."""
    return float(sum(groups[name][figure] for name in LIVE))


def _radii(rows: list[dict[str, Any]], asked: Candidate) -> list[dict[str, Any]]:
    found = []
    for km in asked.radii_km:
        of_radius = {row["grp"]: {name: row[name] for name in FIGURES} for row in rows if row["km"] == km}
        found.append(
            {
                "km": km,
                "all": of_radius.get(None, NOTHING),
                "groups": {name: of_radius.get(name, NOTHING) for name in GROUPS},
            }
        )
    return found


def _site(row: dict[str, Any], asked: Candidate) -> dict[str, Any]:
    metres = row.pop("distance_m")
    accuracy = row["accuracy_m"]
    units = row.pop("units") or {}
    return {
        **row,
        "distance_km": round(metres / 1000, 3),
        "groups": {name: units[name] for name in GROUPS if name in units},
        "phases": row["phases"] or [],
        "owners": row["owners"] or [],
        "hangs_on_km": [km for km in asked.radii_km if _hangs(metres, accuracy, asked.reach_m, km * 1000)],
    }


def _hangs(metres: float, accuracy: float | None, reach: float, radius: float) -> bool:
    """Whether it hangs on the accuracy if a site lies inside a radius; of an unknown accuracy, whenever it is placed inside."""
    if accuracy is None:
        return metres - reach <= radius
    return metres - accuracy - reach <= radius < metres + accuracy + reach

"""Several sites side by side: criteria from their reports, and a rank by weights that a person gives.

A criterion whose input is not known is neither good nor bad: the score of a site is a range, and the order is that of its lower
end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lodebase.layout.reports.report_summary import LIVE, NEAR_KM
from lodedata.ground.manifest import Kind
from lodedata.messages import Message, msg

Report = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SiteCriterion:
    """A criterion of sites: its name, title and unit, the weight at first, and whether more is better instead of less."""

    name: str
    title: Message
    unit: str
    weight: float = 1.0
    more_is_better: bool = False


CRITERIA = (
    SiteCriterion("feed_km", msg("Distance to the nearest ore or feed"), "km"),
    SiteCriterion("nearby_tpa", msg("Capacity of the product within 100 km"), "t/a"),
    SiteCriterion("nearest_km", msg("Distance to the nearest site of the same product"), "km", 0.0, more_is_better=True),
    SiteCriterion("port_km", msg("Distance to the nearest port"), "km"),
    SiteCriterion("railway_km", msg("Distance to the nearest railway"), "km"),
    SiteCriterion("not_met", msg("Clauses not met"), ""),
    SiteCriterion("no_data", msg("Clauses without enough data"), ""),
)


@dataclass(frozen=True, slots=True)
class RankedSite:
    """A site with the value of each criterion, None where it is not known, and its score from 0 to 1 as a range."""

    number: int
    values: Mapping[str, float | None]
    low: float
    high: float


GROUND_CRITERIA: Mapping[str, Kind] = {"port_km": "ports", "railway_km": "railways"}
"""The criteria that are measured on the ground of the map, with the kind of its layers."""


def values(report: Report, on_ground: Mapping[str, float | None]) -> dict[str, float | None]:
    """Return the value of each criterion from a report and the distances on the ground; None for what is not known."""
    places = report["feedstock"]["places"]
    within = next((radius for radius in report["neighbours"]["radii"] if radius["km"] == NEAR_KM), None)
    counted = report["summary"]["counted_rules"]
    return {
        "feed_km": places[0]["distance_km"] if places else None,
        "nearby_tpa": None if within is None else sum(within["groups"][one]["placed_tpa"] for one in LIVE),
        "nearest_km": report["summary"]["nearest_km"],
        **{name: on_ground.get(name) for name in GROUND_CRITERIA},
        "not_met": counted["not_met"],
        "no_data": counted["not_enough_data"],
    }


def ranked(sites: Sequence[Mapping[str, float | None]], weights: Mapping[str, float]) -> list[RankedSite]:
    """Return the sites, the best first; each criterion counts from 0 for the worst of the sites to 1 for the best."""
    total = sum(weights.values())
    made = []
    for number, of in enumerate(sites):
        low = high = 0.0
        for criterion in CRITERIA:
            weight = weights.get(criterion.name, 0.0)
            value = of[criterion.name]
            known = [found for one in sites if (found := one[criterion.name]) is not None]
            share = None if value is None else _share(value, known, criterion.more_is_better)
            low += weight * (0.0 if share is None else share)
            high += weight * (1.0 if share is None else share)
        made.append(RankedSite(number, of, low / total if total else 0.0, high / total if total else 1.0))
    return sorted(made, key=lambda one: (-one.low, -one.high, one.number))


def _share(value: float, known: Sequence[float], more_is_better: bool) -> float:
    """Return 1 for the best of the known values and 0 for the worst; 1 for all where they are equal."""
    best, worst = (max(known), min(known)) if more_is_better else (min(known), max(known))
    return 1.0 if best == worst else (value - worst) / (best - worst)

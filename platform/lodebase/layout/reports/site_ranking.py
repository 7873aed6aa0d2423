"""Several sites side by side: criteria from their reports, and a rank by weights that a person gives.

Only criteria count that are known at every site, since a site must not gain or lose by what nobody knows; the others are named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lodebase.layout.reports.report import LayoutReport
from lodebase.layout.reports.report_summary import LIVE, NEAR_KM
from lodedata.ground.manifest import Kind
from lodedata.messages import Message, msg


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
    """A site with the value of each criterion, None where it is not known, and its score from 0 to 1.

    The score is None where no weighted criterion is known at every site.
    """

    number: int
    values: Mapping[str, float | None]
    score: float | None


GROUND_CRITERIA: Mapping[str, Kind] = {"port_km": "ports", "railway_km": "railways"}
"""The criteria that are measured on the ground of the map, with the kind of its layers."""


def measure_criteria(report: LayoutReport, on_ground: Mapping[str, float | None]) -> dict[str, float | None]:
    """Return the value of each criterion from a report and the distances on the ground; None for what is not known."""
    places = report.feedstock.places
    within = next((radius for radius in report.neighbours.radii if radius.km == NEAR_KM), None)
    counted = report.summary.counted_rules
    return {
        "feed_km": places[0].distance_km if places else None,
        "nearby_tpa": None if within is None else sum(within.groups[group_name].placed_tpa for group_name in LIVE),
        "nearest_km": report.summary.nearest_km,
        **{name: on_ground.get(name) for name in GROUND_CRITERIA},
        "not_met": counted.get("not_met", 0),
        "no_data": counted.get("not_enough_data", 0),
    }


def find_uncounted(sites: Sequence[Mapping[str, float | None]], weights: Mapping[str, float]) -> list[SiteCriterion]:
    """Return the weighted criteria that do not count, as they are not known at every site."""
    return [
        criterion
        for criterion in CRITERIA
        if weights.get(criterion.name, 0.0) and any(of[criterion.name] is None for of in sites)
    ]


def rank_by_criteria(sites: Sequence[Mapping[str, float | None]], weights: Mapping[str, float]) -> list[RankedSite]:
    """Return the sites, the best first; each criterion counts from 0 for the worst of the sites to 1 for the best."""
    left_out = {site_criterion.name for site_criterion in find_uncounted(sites, weights)}
    counting = [criterion for criterion in CRITERIA if weights.get(criterion.name, 0.0) and criterion.name not in left_out]
    total = sum(weights[criterion.name] for criterion in counting)
    ranked = []
    for number, of in enumerate(sites):
        score = 0.0
        for criterion in counting:
            values = [site_value for site in sites if (site_value := site[criterion.name]) is not None]
            score += weights[criterion.name] * _share(of[criterion.name] or 0.0, values, criterion.more_is_better)
        ranked.append(RankedSite(number, of, score / total if total else None))
    return sorted(ranked, key=lambda ranked_site: (-(ranked_site.score or 0.0), ranked_site.number))


def _share(value: float, values: Sequence[float], more_is_better: bool) -> float:
    """Return 1 for the best of the known values and 0 for the worst; 1 for all where they are equal."""
    best, worst = (max(values), min(values)) if more_is_better else (min(values), max(values))
    return 1.0 if best == worst else (value - worst) / (best - worst)

"""Criteria by which one value is preferred to another: each measures a testimony, and the least measure is preferred."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyproj import Geod

from lodedata.choice.ranks import rank
from lodedata.choice.testimony import Testimony
from lodedata.messages import Message, msg
from lodedata.normal_form import normal

NEAR_KM = 10.0
"""Positions that are nearer to each other count as the same place."""
MISPLACED = frozenset(
    {
        "zero-zero",
        "rounded-degree",
        "rounded-tenth",
        "outside-country",
        "outside-division",
        "swapped-coordinates",
        "lost-minus",
        "shifted-degree",
        "in-the-sea",
        "at-the-capital",
        "far-from-namesake",
        "datum-uncertain",
    }
)
"""Rules of checks that cast doubt on a position."""
NO_LONGER_IN_SOURCE = "no-longer-in-source"
_GEOD = Geod(ellps="WGS84")

Measure = Callable[[Testimony, str, Sequence[Testimony]], Any]


@dataclass(frozen=True, slots=True)
class Criterion:
    """A measure of testimonies, and the reason for the value that it selects."""

    measure: Measure
    reason: Message


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the geodesic distance in kilometres of two points in WGS 84, longitude first."""
    return float(_GEOD.inv(*one, *other)[2]) / 1000


def comparable(testimony: Testimony, field: str) -> Any:
    """Return a value in its normal form for comparison: text without case, accents and punctuation."""
    value = testimony.row.get(field)
    return normal(value) if isinstance(value, str) else value


def _agreeing(testimony: Testimony, field: str, among: Sequence[Testimony]) -> int:
    """Return minus the number of sources that agree; positions agree if they lie near each other."""
    if field == "geom":
        here = testimony.point
        near = {o.source for o in among if here and o.point and distance_km(here, o.point) <= NEAR_KM}
        return -len(near | {testimony.source})
    return -len({other.source for other in among if comparable(other, field) == comparable(testimony, field)})


def _doubted(testimony: Testimony, field: str, among: Sequence[Testimony]) -> bool:
    return bool(testimony.rules & MISPLACED)


def _gone(testimony: Testimony, field: str, among: Sequence[Testimony]) -> bool:
    return NO_LONGER_IN_SOURCE in testimony.rules


def _radius(testimony: Testimony, field: str, among: Sequence[Testimony]) -> float:
    accuracy = testimony.row.get("position_accuracy_m")
    return float("inf") if accuracy is None else float(accuracy)


def _unmeasured(testimony: Testimony, field: str, among: Sequence[Testimony]) -> bool:
    return not any(phase.get("capacity_tpa") is not None for phase in testimony.part("phase"))


def _recency(testimony: Testimony, field: str, among: Sequence[Testimony]) -> tuple[int, ...]:
    """Return a measure with the latest date first: that of the value, else of the record; a year counts as its first day."""
    dates = _DATES[field](testimony) if field in _DATES else ()
    latest = max((date for date in dates if date), default=None) or testimony.row.get("information_date") or ""
    parts = [int(part) for part in latest.split("-")] if latest else []
    return tuple(-part for part in (parts + [0, 0, 0])[:3])


_DATES: Mapping[str, Callable[[Testimony], Sequence[str | None]]] = {
    "mine_status": lambda t: (t.row.get("mine_status_date"),),
    "phase": lambda t: [phase.get("status_date") for phase in t.part("phase")],
    "owner": lambda t: [owner.get("information_date") for owner in t.part("owner")],
    "estimate": lambda t: [estimate.get("effective_date") for estimate in t.part("estimate")],
}

CRITERIA: Mapping[str, Criterion] = {
    "present": Criterion(_gone, msg("its source still lists the record")),
    "undoubted": Criterion(_doubted, msg("no check casts doubt on it")),
    "agreement": Criterion(_agreeing, msg("more sources report it than any other value")),
    "measured": Criterion(_unmeasured, msg("it has capacities")),
    "recency": Criterion(_recency, msg("it is the latest")),
    "accuracy": Criterion(_radius, msg("it is the most accurate")),
    "rank": Criterion(lambda t, field, among: rank(t.source), msg("its source ranks first")),
}
"""The criteria by name."""
REASONS: Mapping[str, Message] = {
    "only": msg("no other source reports it"),
    "alike": msg("all sources that report it agree"),
    "together": msg("combined from all sources"),
    "same-source": msg("it comes from the source of the figures"),
    "given": msg("an expert gave it"),
    "key": msg("its key comes first in its source"),
    **{name: criterion.reason for name, criterion in CRITERIA.items()},
}
"""Why a value is served."""

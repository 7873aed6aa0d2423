"""How one value is preferred to another: each criterion gives a testimony a measure, and the least is preferred."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyproj import Geod

from lodedata.choice.ranks import rank
from lodedata.choice.testimony import Testimony
from lodedata.normal_form import normal

NEAR_KM = 10.0
"""Positions that lie nearer to each other tell of the same place."""
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
"""The rules that doubt a position."""
GONE = "no-longer-in-source"
_GEOD = Geod(ellps="WGS84")

Measure = Callable[[Testimony, str, Sequence[Testimony]], Any]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One way to prefer a value, and how that is told of the value that it left."""

    measure: Measure
    en: str
    zh: str


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The geodesic distance of two points in WGS 84, longitude first."""
    return float(_GEOD.inv(*one, *other)[2]) / 1000


def comparable(testimony: Testimony, field: str) -> Any:
    """A value as it is compared with another's: names and words without case, marks and punctuation."""
    value = testimony.row.get(field)
    return normal(value) if isinstance(value, str) else value


def _agreeing(testimony: Testimony, field: str, among: Sequence[Testimony]) -> int:
    """Minus how many sources tell the same; of positions, how many lie near."""
    if field == "geom":
        here = testimony.point
        near = {o.source for o in among if here and o.point and kilometres(here, o.point) <= NEAR_KM}
        return -len(near | {testimony.source})
    return -len({other.source for other in among if comparable(other, field) == comparable(testimony, field)})


def _doubted(testimony: Testimony, field: str, among: Sequence[Testimony]) -> bool:
    return bool(testimony.rules & MISPLACED)


def _gone(testimony: Testimony, field: str, among: Sequence[Testimony]) -> bool:
    return GONE in testimony.rules


def _radius(testimony: Testimony, field: str, among: Sequence[Testimony]) -> float:
    accuracy = testimony.row.get("position_accuracy_m")
    return float("inf") if accuracy is None else float(accuracy)


def _unmeasured(testimony: Testimony, field: str, among: Sequence[Testimony]) -> bool:
    return not any(phase.get("capacity_tpa") is not None for phase in testimony.part("phase"))


def _age(testimony: Testimony, field: str, among: Sequence[Testimony]) -> tuple[int, ...]:
    """The latest date first: that of the value itself, else the record's; a year is taken for its first day."""
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
    "present": Criterion(_gone, "its source still lists the record", "来源中仍有该记录"),
    "undoubted": Criterion(_doubted, "no check casts doubt on it", "未被任何检查存疑"),
    "agreement": Criterion(_agreeing, "more sources tell it than tell another", "与之一致的来源最多"),
    "measured": Criterion(_unmeasured, "it has capacities", "列有产能"),
    "recency": Criterion(_age, "it is the latest", "时间最新"),
    "accuracy": Criterion(_radius, "it is the most accurate", "精度最高"),
    "rank": Criterion(lambda t, f, a: rank(t.source), "its source ranks first", "来源的优先级最高"),
}
"""What decides, by name."""
REASONS: Mapping[str, tuple[str, str]] = {
    "only": ("no other source tells it", "仅此来源记载"),
    "alike": ("all sources that tell it agree", "各来源记载一致"),
    "together": ("what all sources tell, put together", "汇总各来源的记载"),
    "beside": ("it comes from the source of the figures", "与所采用的数值出自同一来源"),
    "given": ("an expert gave it", "由专家给出"),
    "key": ("its key comes first in its source", "在来源中的主键次序在前"),
    **{name: (criterion.en, criterion.zh) for name, criterion in CRITERIA.items()},
}
"""Why a value is served, in English and Chinese."""

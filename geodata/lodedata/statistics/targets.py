"""Targets of plans as data, and the comparison of observations with them: met, on track, behind or no data."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from lodedata.messages import Label, Message, msg

Kind = Literal["level", "growth", "average-growth"]
State = Literal["met", "on-track", "behind", "no-data"]
STATES: Mapping[State, Message] = {
    "met": msg("met"),
    "on-track": msg("on track, not yet met"),
    "behind": msg("behind, not met"),
    "no-data": msg("no data"),
}


@dataclass(frozen=True, slots=True)
class PlanTarget:
    """A target of an instrument: the series that it is about, the kind and value, the base year and the deadline."""

    id: str
    title: Label
    indicator: str
    commodity: str
    stage: str
    area: str
    kind: Kind
    value: float
    unit: str
    unit_mult: int
    base_year: int | None
    deadline: int
    instrument: Label
    clause: str
    mark: str
    note: Label

    @property
    def base_value(self) -> float:
        """The value in the base unit: tonnes for a level, per cent for growth."""
        return self.value * 10.0**self.unit_mult


@dataclass(frozen=True, slots=True)
class Progress:
    """The comparison of the latest observation with a target: its state and the reason in a sentence."""

    target: PlanTarget
    state: State
    reason: Message
    year: int | None = None
    value: float | None = None
    needed: float | None = None
    """The level in the latest year, or at the deadline for a level, that meets the target."""

    @property
    def share(self) -> float | None:
        """The latest value in per cent of the needed level."""
        return None if self.value is None or not self.needed else 100 * self.value / self.needed


@lru_cache(maxsize=1)
def targets() -> tuple[PlanTarget, ...]:
    """Return all targets in the order of the file."""
    text = (files(__package__) / "targets.csv").read_text("utf-8")
    return tuple(_target(row) for row in csv.DictReader(io.StringIO(text, newline="")))


def _target(row: Mapping[str, str]) -> PlanTarget:
    return PlanTarget(
        id=row["id"],
        title=Label(row["title_en"], row["title_zh"]),
        indicator=row["indicator"],
        commodity=row["commodity"],
        stage=row["stage"],
        area=row["area"],
        kind=row["kind"],  # type: ignore[arg-type]
        value=float(row["value"]),
        unit=row["unit"],
        unit_mult=int(row["unit_mult"]),
        base_year=int(row["base_year"]) if row["base_year"] else None,
        deadline=int(row["deadline"]),
        instrument=Label(row["instrument"], row["instrument_zh"]),
        clause=row["clause"],
        mark=row["mark"],
        note=Label(row["note_en"] or None, row["note_zh"] or None),
    )


def progress(target: PlanTarget, levels: Mapping[int, float], growth: Mapping[int, float] | None = None) -> Progress:
    """Return how observations compare with a target.

    Args:
        target: The target.
        levels: The value of each year in the base unit.
        growth: The published growth of each year in per cent, which a target of growth also accepts.
    """
    if target.kind == "level":
        return _of_level(target, levels)
    found = _of_growth(target, levels)
    if found.state == "no-data" and growth:
        return _of_published_growth(target, growth)
    return found


def _of_level(target: PlanTarget, levels: Mapping[int, float]) -> Progress:
    needed = target.base_value
    reached = [year for year, value in sorted(levels.items()) if value >= needed and year <= target.deadline]
    if reached:
        year = reached[-1]
        return Progress(target, "met", msg("The level was reached in %(year)s.", year=year), year, levels[year], needed)
    years = sorted(year for year in levels if year <= target.deadline)
    if not years:
        return Progress(target, "no-data", msg("No observation is stored here; import the series."), needed=needed)
    year, value = years[-1], levels[years[-1]]
    left = target.deadline - year
    before = next((one for one in reversed(years[:-1]) if levels[one] > 0), None)
    # from zero there is no growth in per cent
    if left == 0 or before is None or value <= 0:
        reason = msg("%(year)s is below the target.", year=year)
        return Progress(target, "behind" if left == 0 else "no-data", reason, year, value, needed)
    required = 100 * ((needed / value) ** (1 / left) - 1)
    achieved = 100 * ((value / levels[before]) ** (1 / (year - before)) - 1)
    reason = msg(
        "%(required)s %% a year are needed until %(deadline)s; the last growth was %(achieved)s %% (%(before)s to %(year)s).",
        required=f"{required:.1f}",
        achieved=f"{achieved:.1f}",
        deadline=target.deadline,
        before=before,
        year=year,
    )
    return Progress(target, "on-track" if achieved >= required else "behind", reason, year, value, needed)


def _of_growth(target: PlanTarget, levels: Mapping[int, float]) -> Progress:
    assert target.base_year is not None
    years = sorted(year for year in levels if target.base_year < year <= target.deadline)
    if not levels.get(target.base_year) or not years:
        what = target.base_year if not levels.get(target.base_year) else f"{target.base_year + 1}-{target.deadline}"
        return Progress(target, "no-data", msg("The level of %(what)s is not stored here.", what=what))
    year, base = years[-1], levels[target.base_year]
    span = target.deadline - target.base_year
    total = (1 + target.value / 100) ** span if target.kind == "average-growth" else 1 + target.value / 100
    needed_last = base * total
    needed = base * total ** ((year - target.base_year) / span)
    value = levels[year]
    reason = msg(
        "Level %(year)s: %(growth)s %% above %(base)s; %(needed)s %% are needed by then, %(total)s %% by %(deadline)s.",
        year=year,
        growth=f"{100 * (value / base - 1):.2f}",
        base=target.base_year,
        needed=f"{100 * (needed / base - 1):.2f}",
        total=f"{100 * (total - 1):.2f}",
        deadline=target.deadline,
    )
    state: State = "met" if value >= needed_last else "on-track" if value >= needed else "behind"
    return Progress(target, state, reason, year, value, needed_last)


def _of_published_growth(target: PlanTarget, growth: Mapping[int, float]) -> Progress:
    assert target.base_year is not None
    years = sorted(year for year in growth if target.base_year < year <= target.deadline)
    if not years:
        return Progress(target, "no-data", msg("No growth after %(base)s is stored here.", base=target.base_year))
    average = sum(growth[year] for year in years) / len(years)
    reason = msg(
        "The published growth was %(average)s %% a year on average up to %(year)s; about %(value)s %% are wanted.",
        average=f"{average:.1f}",
        year=years[-1],
        value=f"{target.value:g}",
    )
    reached: State = "met" if years[-1] == target.deadline else "on-track"
    return Progress(target, reached if average >= target.value else "behind", reason, years[-1], average, target.value)

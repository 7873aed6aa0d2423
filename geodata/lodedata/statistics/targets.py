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
State = Literal["met", "on-track", "behind", "no-data", "not-decided"]
STATES: Mapping[State, Message] = {
    "met": msg("met"),
    "on-track": msg("on track, not yet met"),
    "behind": msg("behind, not met"),
    "no-data": msg("no data"),
    "not-decided": msg("not decided"),
}
DOUBTS: Mapping[str, Message] = {
    "V": msg("unverified"),
    "U": msg("unreliable"),
    "I": msg("imputed"),
    "E": msg("estimated"),
    "F": msg("forecast"),
    "P": msg("provisional"),
}
"""The observation statuses that the state of a target names, the gravest first."""


@dataclass(frozen=True, slots=True)
class PlanTarget:
    """A target of an instrument: the series that it is about, the kind and value, the base year and the deadline.

    A target of growth whose text names no base year has none.
    """

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
class TargetFigure:
    """A value of a year in the base unit, with its observation status and the source and release that state it."""

    year: int
    value: float
    status: str = "A"
    source: str = ""
    release: str = ""


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
    figures: tuple[TargetFigure, ...] = ()
    """The figures that the state rests on, by year."""

    @property
    def doubts(self) -> tuple[str, ...]:
        """The statuses of figures that are not confirmed, the gravest first."""
        return tuple(code for code in DOUBTS if any(figure.status == code for figure in self.figures))

    @property
    def label(self) -> Message:
        """The state, with the kind of the figures that it rests on unless all are confirmed."""
        if not self.doubts:
            return STATES[self.state]
        kinds = [DOUBTS[code] for code in self.doubts]
        return msg("%(state)s by %(kinds)s figures", state=STATES[self.state], kinds=kinds)

    @property
    def share(self) -> float | None:
        """The latest value in per cent of the needed level."""
        return None if self.value is None or not self.needed else 100 * self.value / self.needed


@lru_cache(maxsize=1)
def list_plan_targets() -> tuple[PlanTarget, ...]:
    """Return all targets in the order of the file."""
    text = (files(__package__) / "targets.csv").read_text("utf-8")
    return tuple(_build_target(row) for row in csv.DictReader(io.StringIO(text, newline="")))


def _build_target(row: Mapping[str, str]) -> PlanTarget:
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


def evaluate_progress(
    target: PlanTarget, levels: Mapping[int, TargetFigure], growth: Mapping[int, TargetFigure] | None = None
) -> Progress:
    """Return how observations compare with a target.

    Args:
        target: The target.
        levels: The figure of each year in the base unit.
        growth: The published growth of each year in per cent, which a target of growth also accepts.
    """
    if target.kind == "level":
        return _evaluate_level(target, levels)
    if target.base_year is None:
        return _decline_without_base(target, levels)
    compared = _evaluate_growth(target, target.base_year, levels)
    if compared.state == "no-data" and growth:
        return _evaluate_published_growth(target, target.base_year, growth)
    return compared


def _decline_without_base(target: PlanTarget, levels: Mapping[int, TargetFigure]) -> Progress:
    """Return that a growth can't be decided, as no text names the year that it is counted from."""
    missing = msg("The text names no year that the growth is counted from, and none is assumed.")
    years = sorted(year for year in levels if year <= target.deadline)
    if not years:
        missing = msg("%(reason)s No level is stored here either.", reason=missing)
        return Progress(target, "not-decided", missing)
    last = levels[years[-1]]
    return Progress(target, "not-decided", missing, last.year, last.value, None, (last,))


def _evaluate_level(target: PlanTarget, levels: Mapping[int, TargetFigure]) -> Progress:
    needed = target.base_value
    reached = [year for year, figure in sorted(levels.items()) if figure.value >= needed and year <= target.deadline]
    if reached:
        last = levels[reached[-1]]
        reason = msg("The level was reached in %(year)s.", year=last.year)
        return Progress(target, "met", reason, last.year, last.value, needed, (last,))
    years = sorted(year for year in levels if year <= target.deadline)
    if not years:
        return Progress(target, "no-data", msg("No observation is stored here; import the series."), needed=needed)
    last = levels[years[-1]]
    left = target.deadline - last.year
    before = next((levels[year] for year in reversed(years[:-1]) if levels[year].value > 0), None)
    # from zero there is no growth in per cent
    if left == 0 or before is None or last.value <= 0:
        reason = msg("%(year)s is below the target.", year=last.year)
        return Progress(target, "behind" if left == 0 else "no-data", reason, last.year, last.value, needed, (last,))
    required = 100 * ((needed / last.value) ** (1 / left) - 1)
    achieved = 100 * ((last.value / before.value) ** (1 / (last.year - before.year)) - 1)
    reason = msg(
        "%(required)s %% a year are needed until %(deadline)s; the last growth was %(achieved)s %% (%(before)s to %(year)s).",
        required=f"{required:.1f}",
        achieved=f"{achieved:.1f}",
        deadline=target.deadline,
        before=before.year,
        year=last.year,
    )
    state: State = "on-track" if achieved >= required else "behind"
    return Progress(target, state, reason, last.year, last.value, needed, (before, last))


def _evaluate_growth(target: PlanTarget, base_year: int, levels: Mapping[int, TargetFigure]) -> Progress:
    years = sorted(year for year in levels if base_year < year <= target.deadline)
    base = levels.get(base_year)
    if base is None or not base.value or not years:
        what = f"{base_year + 1}-{target.deadline}" if base is not None and base.value else base_year
        return Progress(target, "no-data", msg("The level of %(what)s is not stored here.", what=what))
    last = levels[years[-1]]
    span = target.deadline - base_year
    total = (1 + target.value / 100) ** span if target.kind == "average-growth" else 1 + target.value / 100
    needed_last = base.value * total
    needed = base.value * total ** ((last.year - base_year) / span)
    reason = msg(
        "Level %(year)s: %(growth)s %% above %(base)s; %(needed)s %% are needed by then, %(total)s %% by %(deadline)s.",
        year=last.year,
        growth=f"{100 * (last.value / base.value - 1):.2f}",
        base=base_year,
        needed=f"{100 * (needed / base.value - 1):.2f}",
        total=f"{100 * (total - 1):.2f}",
        deadline=target.deadline,
    )
    state: State = "met" if last.value >= needed_last else "on-track" if last.value >= needed else "behind"
    return Progress(target, state, reason, last.year, last.value, needed_last, (base, last))


def _evaluate_published_growth(target: PlanTarget, base_year: int, growth: Mapping[int, TargetFigure]) -> Progress:
    years = sorted(year for year in growth if base_year < year <= target.deadline)
    if not years:
        return Progress(target, "no-data", msg("No growth after %(base)s is stored here.", base=base_year))
    used = tuple(growth[year] for year in years)
    average = sum(figure.value for figure in used) / len(used)
    reason = msg(
        "The published growth was %(average)s %% a year on average up to %(year)s; about %(value)s %% are wanted.",
        average=f"{average:.1f}",
        year=years[-1],
        value=f"{target.value:g}",
    )
    reached: State = "met" if years[-1] == target.deadline else "on-track"
    state = reached if average >= target.value else "behind"
    return Progress(target, state, reason, years[-1], average, target.value, used)

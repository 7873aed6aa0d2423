"""Comparison of world totals with the sums of their parts in the same table."""

from collections.abc import Iterable
from datetime import date

from lodedata.problems import Problem
from lodedata.statistics.series import WORLD, WORLD_ROUNDED, Observation, SeriesKey

TOTALS = (WORLD, WORLD_ROUNDED)
TOLERANCE = {WORLD: 0.005, WORLD_ROUNDED: 0.05}
"""The share by which a total may be below the sum of its parts: a rounded one has two or three digits."""
Group = tuple[str, str, str, str, str, str, int, date]


class TotalsCheck:
    """Sums of the parts of each total, by all dimensions but the area."""

    def __init__(self) -> None:
        self._sums: dict[Group, float] = {}

    def is_total(self, observations: Iterable[tuple[SeriesKey, Observation]]) -> bool:
        """Return whether a row holds world totals."""
        return any(key.area in TOTALS for key, _ in observations)

    def add(self, observations: Iterable[tuple[SeriesKey, Observation]]) -> None:
        """Add the parts of a row; provinces are parts of their country, not of the world."""
        for key, observation in observations:
            if observation.value is not None and "-" not in key.area and key.transformation == "level":
                group = _group(key, observation)
                self._sums[group] = self._sums.get(group, 0.0) + observation.value

    def problems(self, observations: Iterable[tuple[SeriesKey, Observation]]) -> tuple[Problem, ...]:
        """Return a problem for each total of a row that is smaller than the sum of its parts."""
        return tuple(
            Problem("total-below-parts", observation.value_raw, None, {"parts": f"{parts:,.6g}"})
            for key, observation in observations
            if key.area in TOTALS
            and observation.value is not None
            and observation.bound != ">"
            and key.indicator not in ("price", "price-index")
            if observation.value < (parts := self._sums.get(_group(key, observation), 0.0)) * (1 - TOLERANCE[key.area])
        )


def _group(key: SeriesKey, observation: Observation) -> Group:
    return (
        *(key.indicator, key.commodity, key.stage, key.basis, key.freq, key.unit, key.unit_mult),
        observation.period,
    )

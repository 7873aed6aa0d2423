"""Gain curves: which share of deposits that a model did not know lies in the most favourable share of the area.

After Chung and Fabbri (2003), Natural Hazards 30, 451-472. Cells of equal score have the same rank, the middle of theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lodedata.topics.prospectivity.grid import Array

AREA_PERCENTS = (0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100)
"""The shares of the area at which a curve is given."""
BASELINE = "distance"
"""The method that ranks cells by the distance to known deposits alone."""
RESAMPLES = 2_000
SEED = 1
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class RankSpan:
    """Of each cell the share of the area that is more favourable, and that which is at least as favourable."""

    before: Array
    until: Array

    @property
    def middle(self) -> Array:
        """The rank of each cell: 0 for the most favourable, 1 for the least."""
        return (self.before + self.until) / 2

    def of(self, cells: npt.NDArray[np.bool_]) -> "RankSpan":
        """Return the ranks of some of the cells."""
        return RankSpan(self.before[cells], self.until[cells])


@dataclass(frozen=True, slots=True)
class GainCurve:
    """The share of tested cells with deposits that the most favourable part of the area has."""

    found_pct: tuple[float, ...]
    """At the shares of the area of ``AREA_PERCENTS``."""
    mean_rank_pct: float
    """The mean rank of the cells with deposits: 50 per cent by chance, less if the model is better than that."""


@dataclass(frozen=True, slots=True)
class RankDifference:
    """How much lower a model ranks cells with deposits than the baseline does, in per cent of the area, with its interval.

    The interval of 95 per cent is that of bootstrap samples of the cells with deposits.
    """

    mean_pct: float
    low_pct: float
    high_pct: float

    @property
    def is_better(self) -> bool:
        """Whether the model is better than the baseline beyond chance."""
        return self.low_pct > 0

    @property
    def is_worse(self) -> bool:
        """Whether the model is worse than the baseline beyond chance."""
        return self.high_pct < 0


def rank_cells(scores: Array, area_km2: Array) -> RankSpan:
    """Return the ranks of cells by descending score; cells of equal score share theirs."""
    _, group = np.unique(-scores, return_inverse=True)
    areas = np.bincount(group, area_km2)
    until = np.cumsum(areas) / areas.sum()
    before = until - areas / areas.sum()
    return RankSpan(before[group], until[group])


def join_spans(spans: Sequence[RankSpan]) -> RankSpan:
    """Return the ranks of cells of several regions, each ranked within its own."""
    return RankSpan(np.concatenate([span.before for span in spans]), np.concatenate([span.until for span in spans]))


def draw_gain(rank_span: RankSpan) -> GainCurve:
    """Return the gain curve of cells with deposits by their ranks; of equal scores a part of the area has its part."""
    shares = np.array(AREA_PERCENTS)[:, np.newaxis] / 100
    width = np.maximum(rank_span.until - rank_span.before, 1e-12)
    reached = np.clip((shares - rank_span.before) / width, 0, 1).mean(axis=1)
    return GainCurve(tuple(round(float(share) * 100, 2) for share in reached), round(float(rank_span.middle.mean()) * 100, 2))


def compare_ranks(model: RankSpan, baseline: RankSpan) -> RankDifference:
    """Return how much better a model ranks the same cells with deposits than the baseline; there must be one at least."""
    better = (baseline.middle - model.middle) * 100
    random = np.random.default_rng(SEED)
    means = better[random.integers(0, len(better), (RESAMPLES, len(better)))].mean(axis=1)
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return RankDifference(round(float(better.mean()), 2), round(float(low), 2), round(float(high), 2))

"""Trials of a model on deposits that it did not know: those found later, and those of regions that were withheld.

A trial ranks cells that had no deposit in the training, by each model and by the distance to the nearest deposit of the
training alone, which is the baseline.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lodedata.messages import msg
from lodedata.topics.prospectivity.evidence import (
    Evidence,
    classify_distances,
    label_distance_classes,
    measure_nearest_elsewhere_km,
)
from lodedata.topics.prospectivity.favourability import METHODS, ClassWeights, Mask, TrainingCells, score_cells
from lodedata.topics.prospectivity.gain import (
    BASELINE,
    GainCurve,
    RankDifference,
    RankSpan,
    compare_ranks,
    draw_gain,
    join_spans,
    rank_cells,
)
from lodedata.topics.prospectivity.grid import SPACING_KM, Array, CellGrid, find_parent_cell, find_position_cell

MIN_TRAINED = 20
"""Cells with deposits that a model is fitted to."""
MIN_TESTED = 10
"""Cells with deposits that a trial needs."""
MIN_WITHHELD = 5
"""Cells with deposits of a region that is withheld."""
MAX_WITHHELD_REGIONS = 5
REGION_LEVELS = 3
"""A region is the cell three levels above: 343 cells of the grid."""
KNOWN_DEPOSITS = "known-deposits"


@dataclass(frozen=True, slots=True, eq=False)
class DepositPoints:
    """Deposits of a type: positions in degrees, year of discovery (NaN where it is not known), and their cells."""

    lon: Array
    lat: Array
    year: Array
    cells: tuple[str, ...]
    position: npt.NDArray[np.int64]
    """The position of the cell in the grid, -1 outside of it."""

    @classmethod
    def on_grid(cls, lon: Array, lat: Array, year: Array, grid: CellGrid) -> "DepositPoints":
        """Return deposits with the cells that they are in."""
        cells = tuple(find_position_cell(x, y, grid.resolution) for x, y in zip(lon.tolist(), lat.tolist(), strict=True))
        return cls(lon, lat, year, cells, grid.find_positions(cells))

    def occupied(self, some: Mask, grid: CellGrid) -> Mask:
        """Return which cells have one of some of the deposits."""
        mask = np.zeros(len(grid.cells), dtype=np.bool_)
        mask[self.position[some & (self.position >= 0)]] = True
        return mask


@dataclass(frozen=True, slots=True)
class ModelTrial:
    """The gain of a model or of the baseline; ``difference`` is that of a model to the baseline."""

    method: str
    curve: GainCurve
    difference: RankDifference | None


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial: cells with deposits that the models were fitted to and tested on, and the gain of each."""

    trained: int
    """The least number of cells with deposits that a model of the trial was fitted to."""
    tested: int
    regions: tuple[str, ...]
    """The cells of H3 that were withheld in turn; none of a trial in time."""
    gains: tuple[ModelTrial, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FittedModel:
    """A model of all deposits: the weights of classes, and of each cell its score and rank."""

    weights: ClassWeights
    scores: Array
    ranks: RankSpan


def measure_known(deposits: DepositPoints, some: Mask, grid: CellGrid) -> tuple[Evidence, Array]:
    """Return the distance to the nearest of some deposits in another cell, as evidence and in kilometres."""
    distance = measure_nearest_elsewhere_km(deposits.lon[some], deposits.lat[some], deposits.position[some], grid)
    unit = SPACING_KM[grid.resolution]
    title = msg("Distance to the nearest known deposit of the type in another cell")
    return Evidence(KNOWN_DEPOSITS, title, label_distance_classes(unit), classify_distances(distance, unit)), distance


def fit_all(layers: Sequence[Evidence], deposits: DepositPoints, grid: CellGrid) -> tuple[Evidence, Mapping[str, FittedModel]]:
    """Return the evidence of known deposits, and the models of all of them by their names."""
    everything = np.ones(len(deposits.lon), dtype=np.bool_)
    deposit_evidence, _ = measure_known(deposits, everything, grid)
    evidence = (deposit_evidence, *layers)
    cells = TrainingCells(deposits.occupied(everything, grid), np.ones(len(grid.cells), dtype=np.bool_))
    fitted = {}
    for name, fit in METHODS.items():
        weights = fit(evidence, cells)
        scores = score_cells(evidence, weights)
        fitted[name] = FittedModel(weights, scores, rank_cells(scores, grid.area_km2))
    return deposit_evidence, fitted


def try_in_time(layers: Sequence[Evidence], deposits: DepositPoints, grid: CellGrid, before: int) -> Trial | None:
    """Return the trial on cells whose first deposit was found in a year or later; None with too few cells.

    Cells with a deposit without a year are left out: it is not known whether they are part of the training or the test.
    """
    early, late = deposits.year < before, deposits.year >= before
    had, has_late = deposits.occupied(early, grid), deposits.occupied(late, grid)
    undated = deposits.occupied(np.isnan(deposits.year), grid)
    tested = has_late & ~had & ~undated
    if had.sum() < MIN_TRAINED or tested.sum() < MIN_TESTED:
        return None
    spans = _rank(layers, deposits, early, grid, TrainingCells(had, had | ~undated), ~had & ~undated)
    return Trial(
        int(had.sum()), int(tested.sum()), (), _compare_models({name: [span.of(tested)] for name, span in spans.items()})
    )


def try_in_space(layers: Sequence[Evidence], deposits: DepositPoints, grid: CellGrid) -> Trial | None:
    """Return the trial on the regions with the most deposits, each withheld in turn; None with too few cells."""
    region = np.array([find_parent_cell(cell, REGION_LEVELS) for cell in grid.cells])
    of_deposit = np.array([find_parent_cell(cell, REGION_LEVELS) for cell in deposits.cells])
    occupied = deposits.occupied(np.ones(len(deposits.lon), dtype=np.bool_), grid)
    counts = sorted(Counter(region[occupied].tolist()).items(), key=lambda pair: (-pair[1], pair[0]))
    fitting = [name for name, number in counts if number >= MIN_WITHHELD and occupied.sum() - number >= MIN_TRAINED]
    withheld = fitting[:MAX_WITHHELD_REGIONS]
    number = sum(dict(counts)[name] for name in withheld)
    if number < MIN_TESTED:
        return None
    joined: dict[str, list[RankSpan]] = {}
    for name in withheld:
        inside = region == name
        cells = TrainingCells(occupied & ~inside, ~inside)
        for method, span in _rank(layers, deposits, of_deposit != name, grid, cells, inside).items():
            joined.setdefault(method, []).append(span.of(occupied & inside))
    trained = int(occupied.sum()) - max(dict(counts)[name] for name in withheld)
    return Trial(trained, number, tuple(withheld), _compare_models(joined))


def _rank(
    layers: Sequence[Evidence], deposits: DepositPoints, some: Mask, grid: CellGrid, cells: TrainingCells, tested: Mask
) -> dict[str, RankSpan]:
    """Return the ranks of the tested cells by each model and by the baseline; the other cells have none (NaN)."""
    deposit_evidence, distance = measure_known(deposits, some, grid)
    evidence = (deposit_evidence, *layers)
    scores = {name: score_cells(evidence, fit(evidence, cells)) for name, fit in METHODS.items()}
    return {name: _measure_spread(score, grid, tested) for name, score in {**scores, BASELINE: -distance}.items()}


def _measure_spread(scores: Array, grid: CellGrid, tested: Mask) -> RankSpan:
    of_tested = rank_cells(scores[tested], grid.area_km2[tested])
    spans = RankSpan(np.full(len(scores), np.nan), np.full(len(scores), np.nan))
    spans.before[tested], spans.until[tested] = of_tested.before, of_tested.until
    return spans


def _compare_models(spans: Mapping[str, Sequence[RankSpan]]) -> tuple[ModelTrial, ...]:
    joined = {name: join_spans(some) for name, some in spans.items()}
    return tuple(
        ModelTrial(name, draw_gain(span), None if name == BASELINE else compare_ranks(span, joined[BASELINE]))
        for name, span in joined.items()
    )

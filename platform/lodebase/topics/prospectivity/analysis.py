"""The models of a region and their trials, computed once for each version of the data and state of the ground packs."""

import threading
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
import shapely
from sqlalchemy import Engine

from lodebase.errors import BadQuery
from lodebase.ground.packs import ServedLayer
from lodebase.query.reading import open_reading
from lodebase.topics.prospectivity.ground_layers import read_evidence
from lodebase.topics.prospectivity.result import (
    EvidenceClass,
    EvidenceTable,
    MethodGain,
    ProspectCell,
    TrialResult,
    TypedDeposits,
    UnusedEvidence,
)
from lodebase.topics.prospectivity.shared_results import read_or_compute
from lodebase.topics.prospectivity.store import read_land, read_typed_deposits
from lodedata.errors import ModelRefused
from lodedata.messages import Label, list_languages, msg
from lodedata.topics.prospectivity import trials
from lodedata.topics.prospectivity.evidence import Evidence
from lodedata.topics.prospectivity.favourability import Mask
from lodedata.topics.prospectivity.gain import AREA_PERCENTS, BASELINE
from lodedata.topics.prospectivity.grid import CellGrid, choose_resolution, cover_region
from lodedata.topics.prospectivity.trials import (
    MIN_TRAINED,
    DepositPoints,
    FittedModel,
    Trial,
    fit_all,
    try_in_space,
    try_in_time,
)
from lodedata.topics.undiscovered.tract import measure_area_km2

MAX_ANALYSES = 8
"""Analyses that a process stores, of about two megabytes each."""
MIN_CELLS = 60
SEPARATOR = " · "
BEST_TENTH = AREA_PERCENTS.index(10)
_computing = threading.Lock()


@dataclass(frozen=True, slots=True)
class AnalysisQuery:
    """What an analysis depends on besides the store: types, commodity, region as WKB or None for all land, year, layers."""

    models: tuple[str, ...]
    commodity: str | None
    region: bytes | None
    before: int
    layers: tuple[ServedLayer, ...]
    boundaries: Path
    """A file of countries for all land, if the store has none."""


@dataclass(frozen=True, slots=True, eq=False)
class RegionAnalysis:
    """The grid of a region with its evidence, models and trials."""

    grid: CellGrid
    known: TypedDeposits
    points: DepositPoints
    occupied: Mask
    evidence: tuple[Evidence, ...]
    unused: tuple[UnusedEvidence, ...]
    models: dict[str, FittedModel]
    in_time: Trial | None
    in_space: Trial | None


def analyse_region(engine: Engine, version: int, query: AnalysisQuery, folder: Path) -> RegionAnalysis:
    """Return the analysis of a region at the current version of the data. Raise BadQuery if it has too few cells or deposits.

    One is computed at a time in a process, as each uses a processor for some seconds; the processes of a site share the
    results in ``folder``.
    """
    with _computing:
        return _read_analysis(engine, version, query, folder)


@lru_cache(maxsize=MAX_ANALYSES)
def _read_analysis(engine: Engine, version: int, query: AnalysisQuery, folder: Path) -> RegionAnalysis:
    determined_by = (engine.url.render_as_string(), version, query, _hash_code())
    key = blake2b(repr(determined_by).encode(), digest_size=16).hexdigest()
    return read_or_compute(folder, key, lambda: _analyse(engine, query))


@lru_cache(maxsize=1)
def _hash_code() -> str:
    """Return a hash of the modules that compute an analysis, so that no release reads results of another."""
    folders = (Path(__file__).parent, Path(trials.__file__).parent)
    modules = [path.read_bytes() for folder in folders for path in sorted(folder.glob("*.py"))]
    return blake2b(b"".join(modules), digest_size=8).hexdigest()


def _analyse(engine: Engine, query: AnalysisQuery) -> RegionAnalysis:
    with open_reading(engine) as connection:
        typed_deposits = read_typed_deposits(connection, query.models, query.commodity)
        land = read_land(connection, query.boundaries) if query.region is None else None
    region = land if query.region is None else shapely.from_wkb(query.region)
    if region is None:
        raise BadQuery("place", "", msg("There are no outlines of countries here. Give a region as a polygon (within)."))
    grid = _cover(region)
    points = DepositPoints.on_grid(typed_deposits.lon, typed_deposits.lat, typed_deposits.year, grid)
    occupied = points.occupied(np.ones(len(typed_deposits.lon), dtype=np.bool_), grid)
    if occupied.sum() < MIN_TRAINED:
        raise BadQuery(
            "deposit_model",
            "",
            msg(
                "A model needs deposits of the type in at least %(least)s cells of the region; they are in %(number)s. Choose "
                "a broader type or a larger region, or leave out the metal.",
                least=MIN_TRAINED,
                number=int(occupied.sum()),
            ),
        )
    layers, unused = read_evidence(query.layers, grid)
    evidence, models = fit_all(layers, points, grid)
    return RegionAnalysis(
        grid,
        typed_deposits,
        points,
        occupied,
        (evidence, *layers),
        unused,
        dict(models),
        try_in_time(layers, points, grid, query.before),
        try_in_space(layers, points, grid),
    )


def _cover(region: shapely.Geometry) -> CellGrid:
    try:
        grid = cover_region(region, choose_resolution(measure_area_km2(region)))
    except ModelRefused as refused:
        raise BadQuery("within", "", refused.message) from None
    if len(grid.cells) < MIN_CELLS:
        raise BadQuery(
            "within",
            "",
            msg(
                "The region has %(number)s cells, fewer than %(least)s: the evidence is too coarse for it. "
                "Choose a larger one.",
                number=len(grid.cells),
                least=MIN_CELLS,
            ),
        )
    return grid


def describe_evidence(region_analysis: RegionAnalysis) -> tuple[EvidenceTable, ...]:
    """Return the evidence with the weights of its classes."""
    weights, coefficients = region_analysis.models["weights"].weights, region_analysis.models["logistic"].weights
    return tuple(
        EvidenceTable(
            evidence_layer.code,
            evidence_layer.title,
            None if evidence_layer.origin is None else evidence_layer.origin.attribution,
            None if evidence_layer.origin is None else evidence_layer.origin.licence,
            tuple(
                EvidenceClass(
                    label,
                    int((evidence_layer.of_cell == n).sum()),
                    int((evidence_layer.of_cell[region_analysis.occupied] == n).sum()),
                    round(float(weights[layer][n]), 3),
                    round(float(coefficients[layer][n]), 3),
                )
                for n, label in enumerate(evidence_layer.classes)
                if (evidence_layer.of_cell == n).any()
            ),
        )
        for layer, evidence_layer in enumerate(region_analysis.evidence)
    )


def describe_trial(trial: Trial | None, method: str) -> TrialResult | None:
    """Return a trial as a part of the result; ``method`` is the model that the map shows."""
    if trial is None:
        return None
    gains = [
        MethodGain(gain.method, gain.method == method, gain.curve, gain.curve.found_pct[BEST_TENTH], gain.difference)
        for gain in trial.gains
    ]
    gains.sort(key=lambda gain: (not gain.is_shown, gain.method == BASELINE))
    return TrialResult(trial.trained, trial.tested, trial.regions, tuple(gains))


def list_cells(region_analysis: RegionAnalysis, method: str, top_pct: float) -> tuple[ProspectCell, ...]:
    """Return the cells of the most favourable part of the area, the most favourable first."""
    model, grid = region_analysis.models[method], region_analysis.grid
    deposits = np.bincount(region_analysis.points.position[region_analysis.points.position >= 0], minlength=len(grid.cells))
    parts = _write_reason_parts(region_analysis, model)
    order = np.lexsort((np.arange(len(grid.cells)), model.ranks.until))
    return tuple(
        ProspectCell(
            grid.cells[n],
            round(float(grid.lon[n]), 4),
            round(float(grid.lat[n]), 4),
            round(float(grid.area_km2[n]), 1),
            int(deposits[n]),
            round(float(model.ranks.until[n]) * 100, 3),
            round(float(model.scores[n]), 3),
            _write_reasons(region_analysis, model, parts, n),
        )
        for n in order.tolist()
        if model.ranks.before[n] * 100 < top_pct
    )


def _write_reason_parts(region_analysis: RegionAnalysis, model: FittedModel) -> list[list[dict[str, str]]]:
    """Return the sentence part of each class of each kind of evidence, by language."""
    return [
        [
            {
                language: msg(
                    "%(evidence)s: %(class_)s (%(weight)s)",
                    evidence=evidence_layer.title,
                    class_=label,
                    weight=f"{weight:+.2f}",
                ).in_language(language)
                for language in list_languages()
            }
            for label, weight in zip(evidence_layer.classes, weights.tolist(), strict=True)
        ]
        for evidence_layer, weights in zip(region_analysis.evidence, model.weights, strict=True)
    ]


def _write_reasons(region_analysis: RegionAnalysis, model: FittedModel, parts: list[list[dict[str, str]]], n: int) -> Label:
    classes = [int(evidence_layer.of_cell[n]) for evidence_layer in region_analysis.evidence]
    largest = sorted(range(len(classes)), key=lambda layer: -abs(model.weights[layer][classes[layer]]))
    chosen = [parts[layer][classes[layer]] for layer in largest]
    return Label(*(SEPARATOR.join(part[language] for part in chosen) for language in ("en", "zh")))

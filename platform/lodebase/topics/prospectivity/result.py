"""The result of prospectivity: a verdict on the model, its trials, its evidence with weights, and the cells with reasons."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from lodebase.operations.formats import NOT_IN_DATA, OperationFormat
from lodedata.messages import Label, Message, Translatable, list_languages
from lodedata.topics.prospectivity.gain import BASELINE, GainCurve, RankDifference
from lodedata.topics.prospectivity.grid import Array, draw_cell_outline

METHOD_NAMES = ("logistic", "weights")


@dataclass(frozen=True, slots=True, eq=False)
class TypedDeposits:
    """Deposits of a type in the store: degrees, year of discovery or NaN, and how many have no position."""

    lon: Array
    lat: Array
    year: Array
    without_position: int


@dataclass(frozen=True, slots=True)
class UnusedEvidence:
    """A layer of a ground pack that is no evidence here, and why."""

    title: Translatable
    reason: Message


@dataclass(frozen=True, slots=True)
class EvidenceClass:
    """A class of evidence: its cells, those with a deposit, and its part of a score by each model."""

    label: Translatable
    cells: int
    cells_with_deposits: int
    weight: float
    """The weight of evidence."""
    coefficient: float
    """The coefficient of the logistic regression."""


@dataclass(frozen=True, slots=True)
class EvidenceTable:
    """One kind of evidence with its classes; attribution and licence are None for the deposits of the store."""

    code: str
    title: Message
    attribution: str | None
    licence: str | None
    classes: tuple[EvidenceClass, ...]


@dataclass(frozen=True, slots=True)
class MethodGain:
    """How a model, or the baseline "distance", ranked cells whose deposits it did not know."""

    method: str
    is_shown: bool
    """Whether the map shows this model."""
    curve: GainCurve
    best_tenth_pct: float
    """The share of the cells with deposits in the most favourable tenth of the area."""
    difference: RankDifference | None
    """To the baseline, in per cent of the area; positive if the model is better."""


@dataclass(frozen=True, slots=True)
class TrialResult:
    """A trial: the numbers of cells with deposits, the regions withheld as cells of H3, and the gain of each method."""

    trained: int
    tested: int
    regions: tuple[str, ...]
    gains: tuple[MethodGain, ...]

    @property
    def shown(self) -> MethodGain:
        """The gain of the model that the map shows."""
        return next(gain for gain in self.gains if gain.is_shown)

    @property
    def baseline(self) -> MethodGain:
        """The gain of the distance to known deposits alone."""
        return next(gain for gain in self.gains if gain.method == BASELINE)


@dataclass(frozen=True, slots=True)
class ProspectCell:
    """A cell of H3: its centre in degrees, the rank of its score, and what the score consists of, the largest part first."""

    cell: str
    lon: float
    lat: float
    area_km2: float
    deposits: int
    """Known deposits of the type in the cell."""
    rank_pct: float
    """The share of the region's area that is at least as favourable."""
    score: float
    reasons: Label


@dataclass(frozen=True, slots=True)
class ProspectivityMap:
    """The favourability of the cells of a region for a deposit type, and how far it may be trusted."""

    dataset_version: int = field(metadata=NOT_IN_DATA)
    verdict: Message
    """Whether the model is better than the distance to known deposits alone."""
    is_better: bool
    deposit_model: str
    label: Label
    commodity: str | None
    commodity_label: Label | None
    place: str | None
    place_en: str | None
    place_zh: str | None
    method: str
    before: int
    resolution: int
    cells: int
    area_km2: float
    deposits: int
    """Deposits of the type with a position, in the region or not; all of them count for the distance."""
    with_year: int
    without_position: int
    in_region: int
    cells_with_deposits: int
    in_time: TrialResult | None
    in_space: TrialResult | None
    evidence: tuple[EvidenceTable, ...]
    unused: tuple[UnusedEvidence, ...]
    notes: tuple[Message, ...]
    cell_rows: tuple[ProspectCell, ...] = field(metadata=NOT_IN_DATA)
    """The most favourable cells first; CSV and GeoJSON have them."""


def write_features(_row: type[Any], rows: Sequence[ProspectCell]) -> bytes:
    """Return cells as a GeoJSON FeatureCollection (RFC 7946) of their hexagons."""
    features = [
        {
            "type": "Feature",
            "id": row.cell,
            "geometry": {"type": "Polygon", "coordinates": [draw_cell_outline(row.cell)]},
            "properties": {
                "deposits": row.deposits,
                "rank_pct": row.rank_pct,
                "score": row.score,
                "area_km2": row.area_km2,
                **{f"reasons_{language}": row.reasons.in_language(language) for language in list_languages()},
            },
        }
        for row in rows
    ]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


CELLS = OperationFormat("geojson", "application/geo+json", "file", write_rows=write_features)
"""The cells as GeoJSON."""

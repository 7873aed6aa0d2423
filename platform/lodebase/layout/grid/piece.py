"""Pieces of a what-if run: adjacent places with all the data needed to check them without a database."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lodebase.errors import BadCandidate
from lodebase.layout.findings import RESULTS, select_rules, state_facts
from lodebase.layout.grid.cells import Cells
from lodebase.layout.grid.site_counts import CERTAINTIES, SiteCounts, count_sites
from lodebase.layout.grid.snapshot import Points, ZoneSnapshot
from lodebase.layout.grid.zone_positions import ZonePositions
from lodebase.layout.planned.candidate import Candidate
from lodedata.rules import RuleSet, evaluate
from lodedata.rules.legal_status import COUNTS

Column = npt.NDArray[Any] | list[Any]
SUFFIX = {"placed": "", "certain": "_certain", "possible": "_possible"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some places and their surroundings; the same piece gives the same bytes on any worker."""

    cells: Cells
    plants: tuple[Candidate, ...]
    sites: Mapping[str, Points]
    ore: Mapping[str, tuple[Points, Points]]
    zones: tuple[ZoneSnapshot, ...]
    kinds: tuple[str, ...]
    rules: RuleSet


def build_piece_schema(plants: tuple[Candidate, ...]) -> pa.Schema:
    """Return the columns of the result, which has a row for each place and product."""
    radii = sorted({km for plant in plants for km in plant.radii_km})
    columns = [
        *((name, pa.string()) for name in ("cell", "product")),
        *((name, pa.float64()) for name in ("lon", "lat", "capacity_tpa")),
        *((name, pa.string()) for name in ("country", "division")),
        *((f"rules_{result}", pa.int32()) for result in RESULTS),
        ("rules_not_met_ids", pa.string()),
        ("nearest_km", pa.float64()),
        *((f"sites_{km:g}_km{SUFFIX[certainty]}", pa.int64()) for km in radii for certainty in SUFFIX),
        *((f"coming_{km:g}_km{SUFFIX[certainty]}", pa.int64()) for km in radii for certainty in SUFFIX),
        *((f"live_tpa_{km:g}_km{SUFFIX[certainty]}", pa.float64()) for km in radii for certainty in SUFFIX),
        ("ore_deposits", pa.int64()),
        ("ore_mines", pa.int64()),
    ]
    return pa.schema(columns)


def compute_piece_stream(piece: Piece) -> bytes:
    """Return the rows of a piece as an Arrow stream."""
    form, piece_columns = build_piece_schema(piece.plants), list_columns(piece)
    stream = io.BytesIO()
    with pa.ipc.new_stream(stream, form) as writer:
        writer.write_table(pa.table([_convert_column(piece_columns[field.name], field.type) for field in form], form))
    return stream.getvalue()


def list_columns(piece: Piece) -> dict[str, Column]:
    """Return the rows of a piece by column, ordered by place and then by product; places at sea have no rows."""
    judged = _apply_rules(piece)
    numbers = np.array(sorted(judged), dtype=np.int64)
    cells = Cells(tuple(piece.cells.names[i] for i in numbers), piece.cells.lon[numbers], piece.cells.lat[numbers])
    each = [
        _compute_plant_columns(piece, plant, cells, [judged[i][number] for i in numbers])
        for number, plant in enumerate(piece.plants)
    ]
    nothing = np.full(len(cells), np.nan)
    return {
        name: _interleave_columns([plant_columns.get(name, nothing) for plant_columns in each])
        for name in build_piece_schema(piece.plants).names
    }


def _interleave_columns(of_each: list[Column]) -> Column:
    if all(isinstance(values, np.ndarray) for values in of_each):
        return np.stack(of_each, axis=1).ravel()
    return [value for values in zip(*of_each, strict=True) for value in values]


def _convert_column(values: Column, kind: pa.DataType) -> pa.Array:
    """Return a column as an Arrow array, with nulls for NaN."""
    nothing = np.isnan(values) if isinstance(values, np.ndarray) and values.dtype.kind == "f" else None
    return pa.array(values, mask=nothing).cast(kind) if nothing is not None else pa.array(values, kind)


@dataclass(frozen=True, slots=True)
class _CellResults:
    """Results of the rules for one plant at one place."""

    country: str | None
    division: str | None
    counts: dict[str, int]
    not_met: str


def _apply_rules(piece: Piece) -> dict[int, list[_CellResults]]:
    """Return the results of the rules by place, for each plant; places at sea are left out."""
    around = ZonePositions(piece.zones, piece.kinds, piece.cells)
    counting = [[(i, r) for i, r, worth in select_rules(plant, piece.rules) if worth in COUNTS] for plant in piece.plants]
    found: dict[int, list[_CellResults]] = {}
    for number in range(len(piece.cells)):
        lon, lat = float(piece.cells.lon[number]), float(piece.cells.lat[number])
        placed = [replace(plant, lon=lon, lat=lat) for plant in piece.plants]
        try:
            where = around.locate(number, placed[0])
        except BadCandidate:
            continue
        found[number] = []
        for placed_plant, rules in zip(placed, counting, strict=True):
            facts = state_facts(placed_plant, where)
            results = [(rule.id, evaluate(rule, instrument.country, facts).result) for instrument, rule in rules]
            counts = {outcome: sum(result == outcome for _, result in results) for outcome in RESULTS}
            not_met = ";".join(name for name, result in results if result == "not_met")
            found[number].append(_CellResults(where.country, where.division, counts, not_met))
    return found


def _compute_plant_columns(piece: Piece, candidate: Candidate, some: Cells, judged: list[_CellResults]) -> dict[str, Column]:
    around = count_sites(some, piece.sites[candidate.product], candidate.radii_km)
    deposits, mines = (
        count_sites(some, points, candidate.radii_km[-1:]).sites["placed"][:, 0] for points in piece.ore[candidate.product]
    )
    return {
        "cell": list(some.names),
        "product": [candidate.product] * len(some),
        "lon": some.lon,
        "lat": some.lat,
        "capacity_tpa": np.full(len(some), candidate.capacity_tpa),
        "country": [judgement.country for judgement in judged],
        "division": [judgement.division for judgement in judged],
        **{
            f"rules_{result}": np.array([judgement.counts[result] for judgement in judged], dtype=np.int64)
            for result in RESULTS
        },
        "rules_not_met_ids": [judgement.not_met for judgement in judged],
        "nearest_km": around.nearest_km,
        **_build_radius_columns(around, candidate),
        "ore_deposits": deposits,
        "ore_mines": mines,
    }


def _build_radius_columns(around: SiteCounts, candidate: Candidate) -> dict[str, Column]:
    return {
        f"{name}_{km:g}_km{SUFFIX[certainty]}": values[certainty][:, column]
        for name, values in (("sites", around.sites), ("coming", around.coming), ("live_tpa", around.live_tpa))
        for column, km in enumerate(candidate.radii_km)
        for certainty in CERTAINTIES
    }

"""Suitability grid: a what-if run for one product on H3 cells, as counts of findings, not as a verdict."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Engine

from lodebase.layout.findings import DISCLAIMER, RESULTS
from lodebase.layout.grid.cells import build_cell_ring, place_cells
from lodebase.layout.grid.piece import Column, list_columns
from lodebase.layout.grid.run import PLACES, cut_piece
from lodebase.layout.grid.snapshot import read_grid_snapshot, read_query_area
from lodebase.layout.grid.what_if_query import WhatIfQuery, parse_plant_template
from lodebase.layout.state import SiteState, state
from lodebase.statistics.figures import Known as Figures
from lodedata.rules import InstrumentRule, RuleSet

MAX_SITING_CELLS = 1_500


@dataclass(frozen=True, slots=True)
class SitingQuery:
    """Parameters of a grid query: a plant of a product, placed in every cell of an area, under the rules of a day."""

    product: str
    on: date
    capacity_tpa: float | None = None
    country: str = "CHN"
    wkt: str | None = None
    resolution: int = 3


@dataclass(frozen=True, slots=True)
class CellCount:
    """The number of cells in which a number of rules has a result."""

    rules: int
    cells: int


@dataclass(frozen=True, slots=True)
class RuleCount:
    """A rule that is not met in some cells, with their number."""

    id: str
    text_en: str
    text_zh: str
    cells: int


@dataclass(frozen=True, slots=True)
class SitingGrid:
    """The cells with the number of rules that a plant at their centre meets, does not meet, or lacks data for."""

    product: str
    capacity_tpa: float
    capacity_from: str
    country: str | None
    within: str | None
    resolution: int
    rules_on: str
    rules_sha256: str
    dataset_version: int = field(metadata={"name": "data_version"})
    cells_by_rules_not_met: tuple[CellCount, ...]
    cells_by_rules_without_data: tuple[CellCount, ...]
    rules_not_met: tuple[RuleCount, ...]
    cells: tuple[Mapping[str, object], ...]
    """The columns of the file of a grid, a mapping for each cell."""
    disclaimer_en: str
    disclaimer_zh: str


@dataclass(frozen=True, slots=True)
class _CellCounts:
    """Of a cell the numbers of rules that are not met and that lack data, and the ids of the first."""

    not_met: int
    not_enough_data: int
    not_met_ids: tuple[str, ...]


def compute_siting_grid(
    engine: Engine, figures: Figures, query: SitingQuery, rules: RuleSet, version: int | None = None
) -> SitingGrid:
    """Return the cells with their counts at a version of the data; None is the current version.

    Raises BadQuery for more than MAX_CELLS, BadCandidate for an invalid capacity, and NotFound if the store has no boundary
    of the country.
    """
    with state(engine, version) as seen:
        siting_grid: SitingGrid = figures.at(seen.version, ("siting", query, rules.sha256), lambda: _count(seen, query, rules))
    return siting_grid


def _count(seen: SiteState, query: SitingQuery, rules: RuleSet) -> SitingGrid:
    plant = parse_plant_template({"product": query.product, "capacity_tpa": query.capacity_tpa}, query.on)
    within = None if query.wkt is None else shapely.to_wkb(shapely.from_wkt(query.wkt))
    grid = WhatIfQuery(query.country, within, None, query.resolution, (plant,), query.on)
    where = read_query_area(seen, grid)
    places = place_cells(where, None, query.resolution, MAX_SITING_CELLS)
    read = read_grid_snapshot(seen, grid, where)
    rows: list[dict[str, object]] = []
    counted: list[_CellCounts] = []
    for start in range(0, len(places), PLACES):
        cell_columns = list_columns(cut_piece(places.part(start, start + PLACES), read, rules))
        rows += _convert_to_rows(cell_columns)
        counted += _count_results(cell_columns)
    return SitingGrid(
        product=query.product,
        capacity_tpa=read.plants[0].capacity_tpa,
        capacity_from=read.sized_by[0],
        country=query.country if query.wkt is None else None,
        within=query.wkt,
        resolution=query.resolution,
        rules_on=query.on.isoformat(),
        rules_sha256=rules.sha256,
        dataset_version=seen.version,
        cells_by_rules_not_met=_count_cells(cell.not_met for cell in counted),
        cells_by_rules_without_data=_count_cells(cell.not_enough_data for cell in counted),
        rules_not_met=_count_rules(counted, rules),
        cells=tuple(rows),
        disclaimer_en=DISCLAIMER.in_language("en"),
        disclaimer_zh=DISCLAIMER.in_language("zh"),
    )


def _convert_to_rows(cell_columns: Mapping[str, Column]) -> list[dict[str, object]]:
    """Return the columns as rows, with None for NaN and a list of rule ids. Arrow's conversion would import pandas."""
    listed: dict[str, list[object]] = {
        name: _convert_values(column) for name, column in cell_columns.items() if name not in ("product", "capacity_tpa")
    }
    listed["rules_not_met_ids"] = [list(_split_ids(ids)) for ids in cell_columns["rules_not_met_ids"]]
    listed["nearest_km"] = [None if math.isnan(km) else km for km in _convert_values(cell_columns["nearest_km"])]
    return [dict(zip(listed, row, strict=True)) for row in zip(*listed.values(), strict=True)]


def _convert_values(column: Column) -> list[Any]:
    return column.tolist() if isinstance(column, np.ndarray) else column


def _split_ids(ids: str) -> tuple[str, ...]:
    return tuple(filter(None, ids.split(";")))


def _count_results(cell_columns: Mapping[str, Column]) -> Iterator[_CellCounts]:
    """Yield of each cell the numbers of rules by result, and the rules that are not met."""
    columns_read = (
        _convert_values(cell_columns[name]) for name in ("rules_not_met", "rules_not_enough_data", "rules_not_met_ids")
    )
    for not_met, not_enough_data, ids in zip(*columns_read, strict=True):
        yield _CellCounts(not_met, not_enough_data, _split_ids(ids))


def _count_cells(numbers: Iterable[int]) -> tuple[CellCount, ...]:
    return tuple(CellCount(rules, count) for rules, count in sorted(Counter(numbers).items()))


def _count_rules(counted: Iterable[_CellCounts], rules: RuleSet) -> tuple[RuleCount, ...]:
    """Return the rules that are not met in some cell, with the number of cells."""
    named: dict[str, InstrumentRule] = {rule.id: rule for instrument in rules.instruments for rule in instrument.rules}
    counts_by_rule = Counter(name for cell in counted for name in cell.not_met_ids)
    return tuple(
        RuleCount(name, named[name].text_en, named[name].text_zh, count)
        for name, count in sorted(counts_by_rule.items(), key=lambda entry: (-entry[1], entry[0]))
    )


def draw_layers(siting_grid: SitingGrid) -> dict[str, object]:
    """Return the cells as hexagons, each with its counts."""
    names = (*(f"rules_{result}" for result in RESULTS), "rules_not_met_ids", "nearest_km", "ore_deposits", "ore_mines")
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [build_cell_ring(str(row["cell"]))]},
            "properties": {"layer": "siting", "cell": row["cell"], **{name: row[name] for name in names}},
        }
        for row in siting_grid.cells
    ]
    return {"type": "FeatureCollection", "features": features}

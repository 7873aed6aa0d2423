"""Suitability grid: a what-if run for one product on H3 cells, as counts of findings, not as a verdict."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Engine

from lodebase.layout.findings import DISCLAIMER, RESULTS
from lodebase.layout.grid.cells import cells
from lodebase.layout.grid.file import ring
from lodebase.layout.grid.piece import Column, columns
from lodebase.layout.grid.run import PLACES, piece
from lodebase.layout.grid.snapshot import area, snapshot
from lodebase.layout.grid.what_if_query import WhatIfQuery, template
from lodebase.layout.state import SiteState, state
from lodebase.statistics.figures import Known as Figures
from lodedata.messages import in_each_language
from lodedata.rules import InstrumentRule, RuleSet

MOST_CELLS = 1_500


@dataclass(frozen=True, slots=True)
class SitingQuery:
    """Parameters of a grid query: a plant of a product, placed in every cell of an area, under the rules of a day."""

    product: str
    on: date
    capacity_tpa: float | None = None
    country: str = "CHN"
    wkt: str | None = None
    resolution: int = 3


def siting_grid(
    engine: Engine, figures: Figures, query: SitingQuery, rules: RuleSet, version: int | None = None
) -> dict[str, Any]:
    """Return the cells with their counts at a version of the data; None is the current version.

    Raises BadQuery for more than MOST_CELLS, BadCandidate for an invalid capacity, and NoSuchThing if the store has no boundary
    of the country.
    """
    with state(engine, version) as seen:
        found: dict[str, Any] = figures.at(seen.version, ("siting", query, rules.sha256), lambda: _made(seen, query, rules))
    return found


def _made(seen: SiteState, query: SitingQuery, rules: RuleSet) -> dict[str, Any]:
    plant = template({"product": query.product, "capacity_tpa": query.capacity_tpa}, query.on)
    within = None if query.wkt is None else shapely.to_wkb(shapely.from_wkt(query.wkt))
    grid = WhatIfQuery(query.country, within, None, query.resolution, (plant,), query.on)
    where = area(seen, grid)
    places = cells(where, None, query.resolution, MOST_CELLS)
    read = snapshot(seen, grid, where)
    rows: list[dict[str, Any]] = []
    for start in range(0, len(places), PLACES):
        rows += _rows(columns(piece(places.part(start, start + PLACES), read, rules)))
    return {
        "product": query.product,
        "capacity_tpa": read.plants[0].capacity_tpa,
        "capacity_from": read.sized_by[0],
        "country": query.country if query.wkt is None else None,
        "within": query.wkt,
        "resolution": query.resolution,
        "rules_on": query.on.isoformat(),
        "rules_sha256": rules.sha256,
        "data_version": seen.version,
        "cells_by_rules_not_met": _counted(row["rules_not_met"] for row in rows),
        "cells_by_rules_without_data": _counted(row["rules_not_enough_data"] for row in rows),
        "rules_not_met": _by_rule(rows, rules),
        "cells": rows,
        **in_each_language("disclaimer", DISCLAIMER),
    }


def _rows(found: Mapping[str, Column]) -> list[dict[str, Any]]:
    """Return the columns as rows, with None for NaN and a list of rule ids. Arrow's conversion would import pandas."""
    names = [name for name in found if name not in ("product", "capacity_tpa")]
    values = [column.tolist() if isinstance(column, np.ndarray) else column for column in (found[name] for name in names)]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]
    for row in rows:
        row["rules_not_met_ids"] = [name for name in row["rules_not_met_ids"].split(";") if name]
        row["nearest_km"] = None if math.isnan(row["nearest_km"]) else row["nearest_km"]
    return rows


def _counted(numbers: Any) -> list[dict[str, int]]:
    return [{"rules": rules, "cells": count} for rules, count in sorted(Counter(numbers).items())]


def _by_rule(rows: list[dict[str, Any]], rules: RuleSet) -> list[dict[str, Any]]:
    """Return the rules that are not met in some cell, with the number of cells."""
    named: dict[str, InstrumentRule] = {rule.id: rule for instrument in rules.instruments for rule in instrument.rules}
    found = Counter(name for row in rows for name in row["rules_not_met_ids"])
    return [
        {"id": name, "text_en": named[name].text_en, "text_zh": named[name].text_zh, "cells": count}
        for name, count in sorted(found.items(), key=lambda one: (-one[1], one[0]))
    ]


def layers(body: dict[str, Any]) -> dict[str, Any]:
    """Return the cells as hexagons, each with its counts."""
    fields = (*(f"rules_{result}" for result in RESULTS), "rules_not_met_ids", "nearest_km", "ore_deposits", "ore_mines")
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [ring(row["cell"])]},
            "properties": {"layer": "siting", "cell": row["cell"], **{name: row[name] for name in fields}},
        }
        for row in body["cells"]
    ]
    return {"type": "FeatureCollection", "features": features}

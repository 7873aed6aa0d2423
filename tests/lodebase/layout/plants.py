"""Made-up plants, zones and a planned plant with its report, whose figures are known."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import shapely
import yaml
from sqlalchemy import Engine

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodebase.layout.planned.candidate import parse_candidate
from lodebase.layout.reports.report import write_report
from lodebase.statistics.figures import Known as Figures
from lodedata import rules
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Reading, Source, Tally
from lodedata.mapping.tables import read_mapped
from lodedata.records import SourceRow, Zone

TODAY = date(2026, 11, 25)
MAPPING = """
name: test-plants
title_en: Test plants
title_zh: 测试工厂
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
as_of: "2026-06"
tables:
  - key: "{id}"
    kind: kind
    name_en: name
    position: {lon: lon, lat: lat, accuracy_m: {column: accuracy, map: {"1000": 1000, "5000": 5000}}}
    country: {const: China}
    division: division
    commodities: [{column: metal, split: ","}]
    estimates:
      - category: category
        ore: {column: ore_mt, unit: Mt}
        measures: [{commodity: {const: bauxite}, grade: {column: pct, unit: "%"}}]
    phases:
      - product: product
        capacity: {column: capacity_kt, unit: kt/a}
        status: status
    owners: [{name: owner}]
"""
COLUMNS = (
    *("id", "kind", "name", "lon", "lat", "accuracy", "division", "metal", "category", "ore_mt", "pct"),
    *("product", "capacity_kt", "status", "owner"),
)
USUAL = {"kind": "project", "metal": "alumina", "lat": "25", "accuracy": "1000", "division": "CN-GX", "product": "alumina"}
# along the parallel of 25 degrees a degree of longitude is 100.9 km long
PLANTS: tuple[dict[str, str], ...] = (
    {"id": "near", "name": "Near refinery", "lon": "105.3", "capacity_kt": "1000", "status": "operating", "owner": "A"},
    {"id": "edge", "name": "Edge refinery", "lon": "105.98", "capacity_kt": "500", "status": "construction", "owner": "B"}
    | {"accuracy": "5000"},
    {"id": "far", "name": "Far refinery", "lon": "109", "capacity_kt": "2000", "status": "operating", "owner": "A"},
    {"id": "idle", "name": "Idle refinery", "lon": "105.2", "capacity_kt": "300", "status": "suspended", "owner": "C"},
    {"id": "bare", "name": "Bare refinery", "lon": "105.4", "capacity_kt": "", "status": "announced", "owner": ""},
    {"id": "east", "name": "East refinery", "lon": "112", "capacity_kt": "4000", "status": "operating", "owner": "D"}
    | {"division": "CN-SD"},
    {"id": "mine", "name": "Mine", "lon": "105.5", "product": "bauxite-ore", "metal": "bauxite", "capacity_kt": "3000"}
    | {"status": "operating"},
    {"id": "ore", "kind": "deposit", "name": "Ore", "lon": "105.6", "metal": "bauxite", "category": "measured", "ore_mt": "30"}
    | {"pct": "50", "product": ""},
    {
        "id": "reserve",
        "kind": "deposit",
        "name": "Reserve",
        "lon": "105.7",
        "metal": "bauxite",
        "category": "proved",
        "ore_mt": "10",
    }
    | {"pct": "50", "product": ""},
    {"id": "smelter", "name": "Smelter", "lon": "105.3", "metal": "copper", "product": "blister-copper", "capacity_kt": "100"}
    | {"status": "operating"},
)


def load(store: Store, rows: tuple[Mapping[str, str], ...], folder: Path) -> None:
    """Import rows as a table of one's own."""
    path = folder / "plants.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows({**USUAL, **row} for row in rows)
    described = Source.model_validate(yaml.safe_load(MAPPING))
    run(store.importer, ImportJob(described, path, lambda tally: read_mapped(described, path, tally), Boundaries(())))


def zoned(_tally: Tally) -> Iterator[Reading]:
    """China as a box with two provinces, and a protected area."""
    boxes = {
        ("country", "CHN"): (100, 20, 115, 30),
        ("division", "CN-GX"): (100, 20, 110, 30),
        ("division", "CN-SD"): (110, 20, 115, 30),
        ("protected-area", "park"): (105.0, 25.1, 105.05, 25.2),
    }
    for (kind, code), box in boxes.items():
        wkb = shapely.to_wkb(shapely.multipolygons([shapely.box(*box)]), include_srid=False)
        accuracy = 100.0 if kind == "protected-area" else 5_000.0
        yield Reading((SourceRow(code, b"{}", code),), (Zone(
            zone_kind=kind, code=code, name_en=code, name_zh=None, country="CHN", wkb=wkb, accuracy_m=accuracy
        ),))  # fmt: skip


def feature(lon: float = 105.0, lat: float = 25.0, **more: Any) -> dict[str, Any]:
    """A planned alumina plant of 1 million tonnes."""
    properties = {"product": "alumina", "capacity_tpa": 1_000_000, **more}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": properties}


def check(engine: Engine, version: int | None = None, **properties: Any) -> dict[str, Any]:
    """The report on a planned plant."""
    return write_report(engine, Figures(), parse_candidate(feature(**properties), TODAY), rules.load_rules(), version).as_data()


def finding(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in body["findings"] if one["id"] == name)
    return found

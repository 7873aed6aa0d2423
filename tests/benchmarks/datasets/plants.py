"""A synthetic table of plants of any length around positions of the register, for the benchmark of the layout check."""

import itertools
import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from tests.benchmarks.datasets.million import Batch, make_clusters, write_table

from lodedata.vocab import load_vocabulary

SEED = 20261126
HEADER = ("id", "name", "metal", "country", "lon", "lat", "product", "capacity_kt", "status", "owner")
MAKES = (
    ("alumina", "alumina"),
    ("copper", "refined-copper"),
    ("lithium", "lithium-carbonate"),
    ("nickel", "refined-nickel"),
    ("tin", "refined-tin"),
    ("bauxite", "bauxite-ore"),
)
STATUSES = ("operating", "operating", "operating", "construction", "permitted", "announced", "suspended", "closed")
MAPPING = """
name: made-up-plants
title_en: Made-up plants for benchmarks
title_zh: 基准测试用虚构工厂
publisher: Lode
licence: {id: CC0-1.0, name: CC0}
citation: made up
version: "1"
as_of: "2026"
tables:
  - file: "*.csv"
    encoding: utf-8
    delimiter: ","
    header_row: 1
    key: "{id}"
    kind: {const: project}
    name_en: name
    position: {lon: lon, lat: lat, crs: EPSG:4326, accuracy_m: 1000}
    country: country
    commodities: [metal]
    phases:
      - product: product
        capacity: {column: capacity_kt, unit: kt/a}
        status: status
    owners: [{name: owner}]
"""
ZONES_MAPPING = """
name: made-up-zones
title_en: Made-up zones for benchmarks
title_zh: 基准测试用虚构区域
publisher: Lode
licence: {id: CC0-1.0, name: CC0}
citation: made up
version: "1"
as_of: "2026"
tables:
  - key: "{code}"
    kind: {const: zone}
    name_en: code
    zone: {kind: kind, code: code, accuracy_m: 5000}
"""
COUNTRY = (73.0, 18.0, 135.0, 54.0)
PROVINCES = (6, 6)
EDGES_A_SIDE = 500


def write(path: Path, count: int) -> None:
    """Write a table of ``count`` plants."""
    write_table(path, HEADER, count, SEED, partial(make_clusters, spread_deg=0.6), _plants)


def _plants(batch: Batch) -> Iterator[Sequence[Any]]:
    size = len(batch)
    makes, status = batch.chance.integers(0, len(MAKES), size), batch.chance.integers(0, len(STATUSES), size)
    capacity, owner = batch.chance.lognormal(4, 1, size), batch.chance.integers(0, 2_000, size)
    for i in range(size):
        number, (metal, product) = batch.start + i, MAKES[makes[i]]
        yield (
            *(f"P{number}", f"Plant {number}", metal, batch.countries[i], f"{batch.lon[i]:.5f}", f"{batch.lat[i]:.5f}"),
            *(product, f"{capacity[i]:.1f}", STATUSES[status[i]], f"Owner {owner[i]}"),
        )


def write_zones(path: Path) -> None:
    """Write a country as a box, its provinces and a few protected areas, all with edges as rugged as real ones, as GeoJSON."""
    west, south, east, north = COUNTRY
    across, up = (east - west) / PROVINCES[0], (north - south) / PROVINCES[1]
    boxes = {("country", "CHN"): COUNTRY}
    codes = (term.code for term in load_vocabulary("division").terms.values() if term.extra["country"] == "CHN")
    for (column, row), code in zip(itertools.product(range(PROVINCES[0]), range(PROVINCES[1])), codes, strict=False):
        left, low = west + column * across, south + row * up
        boxes["division", code] = (left, low, left + across, low + up)
        boxes["protected-area", f"park-{code}"] = (left + 1, low + 1, left + 1.5, low + 1.5)
    features = [
        {"type": "Feature", "properties": {"kind": kind, "code": code}, "geometry": shapely.geometry.mapping(_rugged(box))}
        for (kind, code), box in boxes.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def _rugged(box: tuple[float, float, float, float]) -> shapely.Geometry:
    ring = shapely.box(*box).exterior
    corners = shapely.get_coordinates([ring.interpolate(part, normalized=True) for part in np.linspace(0, 1, 4 * EDGES_A_SIDE)])
    corners[1:-1] += np.random.default_rng(SEED).uniform(-0.002, 0.002, (len(corners) - 2, 2))
    return shapely.make_valid(shapely.Polygon(corners))

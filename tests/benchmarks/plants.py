"""A made-up table of plants of any length, around the register's own places: what the layout check is measured on."""

import csv
from pathlib import Path

import numpy as np
from tests.benchmarks.million import register

SEED = 20261126
BATCH = 50_000
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


def write(path: Path, count: int) -> None:
    """Write a table of ``count`` plants; the same count gives the same bytes."""
    rng = np.random.default_rng(SEED)
    places = register()
    weights = rng.pareto(1.2, len(places)) + 0.05
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for start in range(0, count, BATCH):
            size = min(BATCH, count - start)
            at = rng.choice(len(places), size, p=weights / weights.sum())
            lon = np.clip([places[i][1] for i in at] + rng.normal(0, 0.6, size), -179.9, 179.9)
            lat = np.clip([places[i][2] for i in at] + rng.normal(0, 0.6, size), -80, 80)
            makes, status = rng.integers(0, len(MAKES), size), rng.integers(0, len(STATUSES), size)
            capacity, owner = rng.lognormal(4, 1, size), rng.integers(0, 2_000, size)
            writer.writerows(
                (
                    f"P{start + i}",
                    f"Plant {start + i}",
                    MAKES[makes[i]][0],
                    places[at[i]][0],
                    f"{lon[i]:.5f}",
                    f"{lat[i]:.5f}",
                    MAKES[makes[i]][1],
                    f"{capacity[i]:.1f}",
                    STATUSES[status[i]],
                    f"Owner {owner[i]}",
                )
                for i in range(size)
            )

"""A made-up table of any length that clusters like real deposits: points scattered around the register's own places."""

import csv
from pathlib import Path

import numpy as np
import yaml

from lodedata.starter import folder

SEED = 20261125
BATCH = 50_000
HEADER = ("id", "name", "name_zh", "commodity", "country", "lon", "lat", "ore_mt", "cu_pct", "class", "year", "note")
COMMODITIES = ("copper", "Cu; Au", "lithium", "nickel; cobalt", "tin", "bauxite", "铜", "Cu; Mo")
CLASSES = ("Measured", "Indicated", "Inferred")

MAPPING = """
name: made-up-deposits
title_en: Made-up deposits for benchmarks
title_zh: 基准测试用虚构矿床
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
    kind: {const: deposit}
    name_en: name
    name_zh: name_zh
    position: {lon: lon, lat: lat, crs: EPSG:4326, accuracy_m: 1000}
    country: country
    commodities: [{column: commodity, split: ";"}]
    as_of: year
    estimates:
      - category: class
        ore: {column: ore_mt, unit: Mt}
        measures: [{commodity: {const: copper}, grade: {column: cu_pct, unit: "%"}}]
    note_en: note
"""


def write(path: Path, count: int) -> None:
    """Write a table of ``count`` rows; the same count gives the same bytes."""
    rng = np.random.default_rng(SEED)
    places = [
        (entry["country"], entry["position"]["lon"], entry["position"]["lat"])
        for file in sorted(folder().glob("*.yml"))
        for entry in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["records"]
        if entry.get("position")
    ]
    # a few districts hold most of the deposits
    weights = rng.pareto(1.2, len(places)) + 0.05
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for start in range(0, count, BATCH):
            size = min(BATCH, count - start)
            at = rng.choice(len(places), size, p=weights / weights.sum())
            lon = np.array([places[i][1] for i in at]) + rng.normal(0, 0.35, size)
            lat = np.array([places[i][2] for i in at]) + rng.normal(0, 0.35, size)
            ore, grade = rng.lognormal(3, 1.4, size), rng.uniform(0.1, 2.5, size)
            year, which, kind = rng.integers(1950, 2026, size), rng.integers(0, 8, size), rng.integers(0, 3, size)
            writer.writerows(
                (
                    f"B{start + i}",
                    f"Deposit {start + i}",
                    f"矿床{(start + i) % 5000}",
                    COMMODITIES[which[i]],
                    places[at[i]][0],
                    f"{min(max(lon[i], -179.9), 179.9):.5f}",
                    f"{lat[i]:.5f}",
                    f"{ore[i]:.2f}",
                    f"{grade[i]:.3f}",
                    CLASSES[kind[i]],
                    year[i],
                    f"made up, number {start + i}",
                )
                for i in range(size)
            )

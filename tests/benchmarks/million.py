"""A made-up table of any length that clusters like real deposits: points scattered around the register's own places."""

import csv
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from psycopg import Connection

from lodebase.db.tables import deposit
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
    information_date: year
    estimates:
      - category: class
        ore: {column: ore_mt, unit: Mt}
        measures: [{commodity: {const: copper}, grade: {column: cu_pct, unit: "%"}}]
    note_en: note
"""


@lru_cache(maxsize=1)
def register() -> tuple[tuple[str, float, float], ...]:
    """Country, longitude and latitude of each position in the register that ships."""
    return tuple(
        (entry["country"], entry["position"]["lon"], entry["position"]["lat"])
        for file in sorted(folder().glob("*.yml"))
        for entry in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["records"]
        if entry.get("position")
    )


def write(path: Path, count: int) -> None:
    """Write a table of ``count`` rows; the same count gives the same bytes."""
    rng = np.random.default_rng(SEED)
    places = register()
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


# Near each located row nine more like it. Children are left out.
COPY = """
INSERT INTO lode.deposit (id, geom, {columns})
SELECT id || '-' || copy, ST_SetSRID(ST_MakePoint(
    least(greatest(ST_X(geom) + (random() - 0.5) * 0.7, -180), 180),
    least(greatest(ST_Y(geom) + (random() - 0.5) * 0.7, -90), 90)
  ), 4326), {columns}
FROM lode.deposit, generate_series(1, 9) copy WHERE geom IS NOT NULL
"""
OWN = ("id", "geom", "place", "since_version")
"""The columns that no copy shares with its row."""
LOG = 4 * 2**30
"""Bytes that the cluster's log may grow to."""
LEFT_OUT = ("check_size", "write_terms_insert")
"""Triggers of deposits that ask of children and make what is searched: no list is made of either."""


def multiply(admin: Connection[tuple[Any, ...]]) -> None:
    """Make ten deposits of each, in one transaction that refreshes what lists are made of.

    ``admin``, which commits each statement, may switch off triggers. The index of texts goes, as no list is found by it.
    """
    shared = [column.name for column in deposit.columns if column.name not in OWN]
    admin.execute("DROP INDEX IF EXISTS lode.ix_deposit_search")
    for trigger in LEFT_OUT:
        admin.execute(f"ALTER TABLE lode.deposit DISABLE TRIGGER {trigger}".encode())
    admin.execute(COPY.format(columns=", ".join(shared)).encode())
    for trigger in LEFT_OUT:
        admin.execute(f"ALTER TABLE lode.deposit ENABLE TRIGGER {trigger}".encode())
    settle(admin)


def room_needed(admin: Connection[tuple[Any, ...]]) -> int:
    """Bytes that nine more of each row take on the disk, with the log and what is sorted meanwhile."""
    served = admin.execute("SELECT pg_total_relation_size('lode.deposit') + pg_total_relation_size('lode.deposit_feature')")
    row = served.fetchone()
    assert row is not None
    return int(row[0] * 9 * 1.6) + LOG


def settle(admin: Connection[tuple[Any, ...]]) -> None:
    """Do what the server does by itself within minutes of a large change."""
    admin.execute("VACUUM (ANALYZE) lode.deposit, lode.deposit_feature, lode.place_count, lode.facet_count")

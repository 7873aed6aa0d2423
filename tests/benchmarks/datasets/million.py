"""A synthetic table of any length: clustered like real deposits, in wide clusters over the globe, or in one district."""

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml
from psycopg import Connection

from lodebase.db.schema.tables import deposit
from lodedata.starter import get_register_folder

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
    """Return country, longitude and latitude of each position in the bundled register."""
    return tuple(
        (entry["country"], entry["position"]["lon"], entry["position"]["lat"])
        for file in sorted(get_register_folder().glob("*.yml"))
        for entry in yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["records"]
        if entry.get("position")
    )


@dataclass(frozen=True, slots=True)
class Shape:
    """Where rows lie: around weighted places (country or empty, longitude, latitude), by a standard deviation in degrees."""

    places: Sequence[tuple[str, float, float]]
    weights: npt.NDArray[np.float64]
    spread_deg: float


def make_clusters(chance: np.random.Generator, spread_deg: float = 0.35) -> Shape:
    """Return a shape around the places of the register, of which a few hold most rows."""
    return Shape(register(), chance.pareto(1.2, len(register())) + 0.05, spread_deg)


def make_wide_clusters(chance: np.random.Generator) -> Shape:
    """Return a shape of 400 clusters, 5 degrees wide, spread evenly over the latitudes and longitudes of the globe."""
    lon, lat = chance.uniform(-175, 175, 400), np.degrees(np.arcsin(chance.uniform(-0.9, 0.9, 400)))
    return Shape([("", float(x), float(y)) for x, y in zip(lon, lat, strict=True)], chance.uniform(0.5, 2, 400), 5.0)


def make_district(chance: np.random.Generator) -> Shape:
    """Return a shape of one district, a fifth of a degree wide."""
    return Shape([place for place in register() if place[0] == "CHL"][:1], np.ones(1), 0.1)


SHAPES = {"clusters": make_clusters, "400 wide clusters": make_wide_clusters, "one district": make_district}


@dataclass(frozen=True, slots=True)
class Batch:
    """Synthetic places: the number of the first, countries, positions, and random values for other fields."""

    start: int
    countries: list[str]
    lon: npt.NDArray[np.float64]
    lat: npt.NDArray[np.float64]
    chance: np.random.Generator

    def __len__(self) -> int:
        return len(self.countries)


def write_table(
    path: Path,
    header: Sequence[str],
    count: int,
    seed: int,
    make_shape: Callable[[np.random.Generator], Shape],
    rows: Callable[[Batch], Iterable[Sequence[Any]]],
) -> None:
    """Write a table of ``count`` rows of a shape; the same count and seed give the same bytes."""
    chance = np.random.default_rng(seed)
    shape = make_shape(chance)
    places, weights, spread_deg = shape.places, shape.weights, shape.spread_deg
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        for start in range(0, count, BATCH):
            size = min(BATCH, count - start)
            at = chance.choice(len(places), size, p=weights / weights.sum())
            lon = np.clip([places[i][1] for i in at] + chance.normal(0, spread_deg, size), -179.9, 179.9)
            lat = np.clip([places[i][2] for i in at] + chance.normal(0, spread_deg, size), -80, 80)
            writer.writerows(rows(Batch(start, [places[i][0] for i in at], lon, lat, chance)))


def write(path: Path, count: int, shape: str = "clusters") -> None:
    """Write a table of ``count`` deposits of one of the shapes."""
    write_table(path, HEADER, count, SEED, SHAPES[shape], _deposits)


def _deposits(batch: Batch) -> Iterator[Sequence[Any]]:
    size = len(batch)
    ore, grade = batch.chance.lognormal(3, 1.4, size), batch.chance.uniform(0.1, 2.5, size)
    year, which, kind = (batch.chance.integers(*bounds, size) for bounds in ((1950, 2026), (0, 8), (0, 3)))
    for i in range(size):
        number = batch.start + i
        yield (
            *(f"B{number}", f"Deposit {number}", f"矿床{number % 5000}", COMMODITIES[which[i]], batch.countries[i]),
            *(f"{batch.lon[i]:.5f}", f"{batch.lat[i]:.5f}", f"{ore[i]:.2f}", f"{grade[i]:.3f}", CLASSES[kind[i]], year[i]),
            f"made up, number {number}",
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
OWN = ("id", "geom", "morton_code", "since_version")
"""The columns that no copy shares with its row."""
LOG = 4 * 2**30
"""Bytes that the cluster's log may grow to."""
LEFT_OUT = ("check_size", "write_terms_insert")
"""Triggers of deposits that query children and maintain the search index: lists need neither."""


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


def disk_space_needed(admin: Connection[tuple[Any, ...]]) -> int:
    """Return the bytes on disk of nine more copies of each row and a second store, with logs and temporary files of sorts."""
    served = admin.execute("SELECT pg_total_relation_size('lode.deposit') + pg_total_relation_size('lode.deposit_feature')")
    row = served.fetchone()
    assert row is not None
    return int(row[0] * (9 + 1) * 1.6) + 2 * LOG


def settle(admin: Connection[tuple[Any, ...]]) -> None:
    """Do the maintenance that the server would do within minutes of a large change, during the queries."""
    admin.execute("VACUUM (ANALYZE)")
    admin.execute("CHECKPOINT")


def forget(admin: Connection[tuple[Any, ...]]) -> None:
    """Empty the caches of the server and of the system, so that stores of all sizes begin alike."""
    admin.execute("CREATE EXTENSION IF NOT EXISTS pg_buffercache")
    admin.execute("SELECT count(pg_buffercache_evict(bufferid)) FROM pg_buffercache WHERE relfilenode IS NOT NULL")
    row = admin.execute("SHOW data_directory").fetchone()
    assert row is not None
    for file in Path(row[0]).rglob("*"):
        # a file of the server's may go meanwhile
        with suppress(FileNotFoundError):
            if file.is_file():
                _forget_file(file)


def _forget_file(file: Path) -> None:
    with file.open("rb") as opened:
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

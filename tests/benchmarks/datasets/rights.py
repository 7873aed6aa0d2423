"""A synthetic table of mining rights of any length around positions of the register; rights overlap, as discovery claims do."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from tests.benchmarks.datasets.million import Batch, make_clusters, write_table

SEED = 20261129
HEADER = ("id", "corners", "kind", "status", "from", "to", "holder", "metal", "country")
KINDS = ("exploration", "mining", "discovery-claim")
STATUSES = ("granted", "granted", "granted", "in-extension", "expired", "revoked")
METALS = ("copper", "lithium", "nickel", "tin", "bauxite")
MAPPING = """
name: made-up-rights
title_en: Made-up rights for benchmarks
title_zh: 基准测试用虚构矿业权
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
    kind: {const: mining_right}
    position: {ring: corners}
    right_no: id
    right_kind: kind
    status: status
    valid_from: from
    valid_to: to
    holder: holder
    commodities: [metal]
    country: country
"""


def write(path: Path, count: int) -> None:
    """Write a table of ``count`` rights."""
    write_table(path, HEADER, count, SEED, partial(make_clusters, spread_deg=0.6), _rights)


def _rights(batch: Batch) -> Iterator[Sequence[Any]]:
    size = len(batch)
    side = batch.chance.uniform(0.005, 0.04, size)
    kind, status = batch.chance.integers(0, len(KINDS), size), batch.chance.integers(0, len(STATUSES), size)
    begun, years = batch.chance.integers(2000, 2027, size), batch.chance.integers(1, 25, size)
    holder, metal = batch.chance.integers(0, 2_000, size), batch.chance.integers(0, len(METALS), size)
    for i in range(size):
        west, south = batch.lon[i], batch.lat[i]
        east, north = west + side[i], south + side[i]
        corners = ((west, south), (east, south), (east, north), (west, north))
        yield (
            f"T{batch.start + i:07}",
            " ".join(f"{n},{x:.5f},{y:.5f}" for n, (x, y) in enumerate(corners, 1)),
            KINDS[kind[i]],
            STATUSES[status[i]],
            f"{begun[i]}-01-01",
            f"{begun[i] + years[i]}-12-31",
            f"Holder {holder[i]} S.A.",
            METALS[metal[i]],
            batch.countries[i],
        )

"""The time to compare a million records with one another and to merge those of one deposit."""

import csv
import json
import math
import os
import resource
import time
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from tests.benchmarks.conftest import RESOLVING, ROWS, Figures, lode, own_home
from tests.benchmarks.datasets import million

from lodebase.db import engine as engines
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.db.store import write_conninfo

EVERY = 20
"""One of so many records is also in a second source."""
OFF_DEG = 0.005
MAX_S = 3600.0
FOUND = 0.95
SYLLABLES = [consonant + vowel for consonant in "bcdfghjklmnprstvwxyz" for vowel in "aeiou"]


@pytest.mark.timeout(7200)
@pytest.mark.skipif(
    not os.environ.get("LODE_BENCH_RESOLVE"), reason="LODE_BENCH_RESOLVE=1 measures the comparison of all records too"
)
def test_all_records_are_compared(tmp_path: Path, figures: Figures) -> None:
    table, twins_table = tmp_path / "named.csv", tmp_path / "twins.csv"
    million.write(tmp_path / "made-up.csv", ROWS)
    twins = write(tmp_path / "made-up.csv", table, twins_table)
    with own_home() as home:
        for name, path in (("made-up-deposits", table), ("made-up-twins", twins_table)):
            mapping = tmp_path / f"{name}.yml"
            mapping.write_text(million.MAPPING.replace("made-up-deposits", name), encoding="utf-8")
            lode(home, "import", "--mapping", str(mapping), str(path))
        begun = time.monotonic()
        result = json.loads(lode(home, "resolve", "run", "--json").stdout)
        seconds = time.monotonic() - begun
        served = served_of(home)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    records = ROWS + twins
    share = (records - served) / twins
    what = f"{records:,} records compared and joined, {twins:,} of them twins of another source's"
    figures.add(RESOLVING, (what, f"{seconds / 60:.1f} min"), f"{MAX_S / 60:.0f} min", seconds <= MAX_S)
    figures.add(RESOLVING, ("memory of the largest process", f"{memory:.0f} MB"), "reported", True)
    figures.add(RESOLVING, ("twins that were joined", f"{share:.1%}"), f"{FOUND:.0%}", share >= FOUND)
    assert result["looked_at"] == records
    assert share >= FOUND
    assert seconds <= MAX_S


def served_of(home: Path) -> int:
    """Return the number of served deposits."""
    cluster = Cluster(home)
    cluster.ensure()
    addresses = engines.find_cluster_addresses(cluster)
    with psycopg.connect(write_conninfo(addresses.site)) as connection:
        row = connection.execute("SELECT count(*) FROM lode.deposit").fetchone()
    assert row is not None
    return int(row[0])


def write(made_up: Path, table: Path, twins: Path) -> int:
    """Write a synthetic table with names for its numbers, and some of its rows as in another source; return their number."""
    with ExitStack() as stack:
        read, *written = (
            stack.enter_context(path.open(mode, encoding="utf-8", newline=""))
            for path, mode in ((made_up, "r"), (table, "w"), (twins, "w"))
        )
        rows = csv.DictReader(read)
        first, second = (csv.DictWriter(stream, rows.fieldnames or ()) for stream in written)
        first.writeheader()
        second.writeheader()
        count = 0
        for n, row in enumerate(rows):
            named = row | {"name": f"{name_of(n)} deposit", "name_zh": ""}
            first.writerow(named)
            if n % EVERY == 0:
                off = math.copysign(OFF_DEG, -float(row["lat"]))
                second.writerow(named | {"name": f"Mina {name_of(n)}", "lat": f"{float(row['lat']) + off:.5f}"})
                count += 1
        return count


def name_of(number: int) -> str:
    """Return a name for a number below a million, about as similar to others as real names are."""
    return "".join(SYLLABLES[number // 100**n % 100] for n in (2, 0, 1)).title()

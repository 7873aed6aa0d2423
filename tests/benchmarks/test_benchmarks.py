"""The figures that issue after issue must keep: imports, and items at a million rows beside raw SQL."""

import http.client
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import psycopg
import pytest

from lodebase.db import engine as engines
from lodebase.db.cluster import Cluster
from lodebase.db.store import conninfo
from lodebase.query import Bbox, Query, expression
from lodebase.query.run import _page_sql

ROWS = int(os.environ.get("LODE_BENCH_ROWS", "1000000"))
PORT = 8196
REPEATS = 15
ITEMS = {
    "bbox 2x2 degrees, limit 100": (Query("deposits", Bbox(-70, -25, -68, -23)), "bbox=-70,-25,-68,-23"),
    "bbox 20x20 degrees, limit 1,000": (
        Query("deposits", Bbox(100, 20, 120, 40), limit=1000),
        "bbox=100,20,120,40&limit=1000",
    ),
    "commodity, limit 1,000": (Query("deposits", commodities=("tin",), limit=1000), "commodity=tin&limit=1000"),
    "bbox and commodity, limit 1,000": (
        Query("deposits", Bbox(100, 20, 120, 40), ("tin",), limit=1000),
        "bbox=100,20,120,40&commodity=tin&limit=1000",
    ),
    "all, limit 100": (Query("deposits"), ""),
    "all, limit 1,000": (Query("deposits", limit=1000), "limit=1000"),
}


def _neighbour(name: str) -> ModuleType:
    """A module of this folder; the tests are no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.timeout(600)
def test_all_eight_sources(home: Path, figures, real_data: Path) -> None:  # type: ignore[no-untyped-def]
    begun = time.monotonic()
    told = _lode(home, "import", "--all", str(real_data), "--json")
    seconds = time.monotonic() - begun
    runs = json.loads(told.stdout)
    rows = sum(run["read"] for run in runs)
    figures.add(f"all eight sources and boundaries, {rows:,} rows", f"{seconds:.1f} s", "60 s", seconds <= 60)
    assert seconds <= 60


@pytest.mark.timeout(1800)
def test_a_table_of_a_million_rows(home: Path, figures, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    million = _neighbour("million")
    table, mapping = tmp_path / "made-up.csv", tmp_path / "mapping.yml"
    million.write(table, ROWS)
    mapping.write_text(million.MAPPING)
    begun = time.monotonic()
    told = _lode(home, "import", "--mapping", str(mapping), str(table), "--json")
    seconds = time.monotonic() - begun
    assert json.loads(told.stdout)[0]["loaded"] == ROWS, told.stderr
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    size = table.stat().st_size / 1e6
    what = f"{ROWS:,} rows ({size:.0f} MB) of a user's own CSV with an estimate each, mapped, checked, loaded"
    figures.add(what, f"{seconds:.0f} s, {ROWS / seconds:,.0f} rows/s", "120 s", seconds <= 120)
    figures.add("memory of that import", f"{memory:.0f} MB", "600 MB", memory <= 600)
    assert seconds <= 120 * ROWS / 1e6 + 10
    assert memory <= 600


@pytest.fixture
def site(home: Path) -> Iterator[http.client.HTTPConnection]:
    command = [str(Path(sys.executable).parent / "lode"), "serve", "--no-starter"]
    server = subprocess.Popen(command, env={**os.environ, "LODE_HOME": str(home), "PORT": str(PORT)}, stderr=subprocess.DEVNULL)
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    for _ in range(300):
        try:
            connection.connect()
            break
        except OSError:
            time.sleep(0.1)
    yield connection
    connection.close()
    server.terminate()
    server.wait(30)


@pytest.mark.timeout(900)
def test_items_beside_raw_sql(home: Path, figures, site: http.client.HTTPConnection) -> None:  # type: ignore[no-untyped-def]
    address = conninfo(engines.of_cluster(Cluster(home)).site)
    with psycopg.connect(address, autocommit=True) as raw:
        slow = [what for what, (query, path) in ITEMS.items() if not _is_quick(figures, site, raw, what, query, path)]
    assert not slow


def _is_quick(figures, site, raw, what: str, query: Query, path: str) -> bool:  # type: ignore[no-untyped-def]
    sql, values = _page_sql(query.shape()), expression.values(query)
    _get(site, path)
    of_sql, of_http = [], []
    for _ in range(REPEATS):
        of_sql.append(_seconds(lambda: raw.execute(sql, values).fetchall()))
        of_http.append(_seconds(lambda: _get(site, path)))
    both = statistics.median(of_sql), statistics.median(of_http)
    ratio = both[1] / both[0]
    measured = f"{ratio:.2f} x raw SQL ({both[1] * 1000:.1f} ms over HTTP, {both[0] * 1000:.1f} ms raw)"
    figures.add(f"items at {ROWS:,} rows: {what}", measured, "2.0 x raw SQL", ratio <= 2)
    return ratio <= 2


def _get(site: http.client.HTTPConnection, path: str) -> bytes:
    site.request("GET", f"/api/collections/deposits/items?{path}")
    response = site.getresponse()
    body = response.read()
    assert response.status == 200, body[:500]
    return body


def _seconds(work) -> float:  # type: ignore[no-untyped-def]
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _lode(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lode"), *arguments]
    environment = {**os.environ, "LODE_HOME": str(home)}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment)

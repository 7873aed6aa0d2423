"""Times of files of a million rows, compared with COPY and ogr2ogr of the same rows from the same database."""

import shutil
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.benchmarks.conftest import DOWNLOADS, ROWS, Figures
from tests.benchmarks.sides import Http

from lodebase.db import engine as engines
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.download import tables_
from lodebase.query.collections_ import COLLECTIONS

TIMES = 3
COLLECTION = COLLECTIONS["deposits"]
COLUMNS = ", ".join(("id", *COLLECTION.field_names))
RECORDS = f"SELECT {COLUMNS}, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM lode.deposit"
PLAIN = ", ".join(f"array_to_string({f.name}, '; ') AS {f.name}" if f.type == "array" else f.name for f in COLLECTION.fields)
LAYER = f"SELECT id, {PLAIN}, geom FROM lode.deposit"
"""With lists as text: ogr2ogr cannot write lists to these formats."""
SUFFIXES = {"GPKG": ".gpkg", "FlatGeobuf": ".fgb"}
WORKER_MB = 200.0


def relations() -> dict[str, str]:
    """Return the statements of the tables that a GeoPackage holds in addition to the records."""
    made = {
        d.name: f"SELECT {', '.join(c.name for c in tables_.build_relation_table(COLLECTION, d).columns)} FROM lode.{d.stored}"
        for d in tables_.RELATIONS["deposits"]
    }
    made["record_sources"] = "SELECT id AS record_id, unnest(sources) AS source FROM lode.deposit"
    return made | {"sources": f"SELECT {', '.join(c.name for c in tables_.SOURCES.columns)} FROM lode.source"}


def copied(home: Path, folder: Path) -> float:
    """Return the seconds of COPY to a file by psql."""
    url = engines.find_cluster_addresses(Cluster(home)).site
    command = ["psql", "-qX", "-h", str(url.query["host"]), "-U", str(url.username), str(url.database)]
    statement = f"COPY ({RECORDS}) TO STDOUT WITH (FORMAT csv, HEADER)"
    begun = time.perf_counter()
    with (folder / "copy.csv").open("wb") as target:
        subprocess.run([*command, "-c", "SET jit = off", "-c", statement], stdout=target, check=True)
    return time.perf_counter() - begun


def translated(home: Path, folder: Path, driver: str, tables: dict[str, str]) -> float:
    """Return the seconds of ogr2ogr to one file, one layer after another."""
    url = engines.find_cluster_addresses(Cluster(home)).site
    source = f"PG:host={url.query['host']} user={url.username} dbname={url.database}"
    path = folder / f"ogr{SUFFIXES[driver]}"
    path.unlink(missing_ok=True)
    begun = time.perf_counter()
    for n, (name, statement) in enumerate(tables.items()):
        more = ["-update", "-append"] if n else []
        subprocess.run(["ogr2ogr", "-q", *more, "-f", driver, str(path), source, "-sql", statement, "-nln", name], check=True)
    return time.perf_counter() - begun


def fetched(home: Path, site: Http, form: str) -> tuple[float, float, int]:
    """Return the seconds to the first and to the last byte of a new file, and its size."""
    shutil.rmtree(home / "spool" / "ready", ignore_errors=True)
    begun, size = time.perf_counter(), 0
    address = f"http://127.0.0.1:{site.port}/api/collections/deposits/download/{form}"
    with urllib.request.urlopen(address, timeout=600) as response:
        first = 0.0
        while block := response.read(1 << 18):
            first = first or time.perf_counter() - begun
            size += len(block)
    return first, time.perf_counter() - begun, size


def worker_mb(home: Path) -> float:
    """Return the proportional set size of the largest process of the site in MB."""
    found = [0.0]
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            command, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
            if b"lodeweb.http.service.server" in command and f"LODE_HOME={home}\0".encode() in environment:
                usage = (folder / "smaps_rollup").read_text()
                found.append(next(int(line.split()[1]) for line in usage.splitlines() if line.startswith("Pss:")) / 1024)
        except OSError:
            continue
    return max(found)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("form", "reference", "most"),
    [
        ("csv", "COPY", 1.5),
        ("geoparquet", "COPY", 1.5),
        ("gpkg", "ogr2ogr", 0.7),
        ("fgb", "ogr2ogr", 0.7),
        ("geojson", "COPY", None),
        ("ndjson", "COPY", None),
        ("kml", "COPY", None),
        ("shp", "COPY", None),
        ("xlsx", "COPY", None),
    ],
)
def test_a_file_of_a_million_rows(
    form: str, reference: str, most: float | None, home: Path, site: Http, admin: object, tmp_path: Path, figures: Figures
) -> None:
    others: dict[str, Callable[[], float]] = {
        "csv": lambda: copied(home, tmp_path),
        "gpkg": lambda: translated(home, tmp_path, "GPKG", {"deposits": LAYER, **relations()}),
        "fgb": lambda: translated(home, tmp_path, "FlatGeobuf", {"deposits": LAYER}),
    }
    other = others.get(form, others["csv"])
    ours, theirs, firsts = [], [], []
    for _ in range(TIMES if most is not None else 1):
        theirs.append(other())
        first, seconds, size = fetched(home, site, form)
        firsts.append(first)
        ours.append(seconds)
    ratio = statistics.median(ours) / statistics.median(theirs)
    must = f"{most:.2f} x {reference}" if most is not None else "reported"
    row = (
        *(form, f"{statistics.median(theirs):.1f} s ({reference})", f"{statistics.median(ours):.1f} s"),
        *(f"{statistics.median(firsts):.2f} s", f"{size / 1e6:,.0f} MB", f"{ratio:.2f}"),
    )
    figures.add(DOWNLOADS, row, must, most is None or ratio <= most)
    if ROWS >= 1_000_000 and most is not None:
        assert ratio <= most * 1.5, "far from the bound; the report has the ratio"


@pytest.mark.timeout(600)
def test_the_sites_processes_stay_small(home: Path, site: Http, admin: object, figures: Figures) -> None:
    fetched(home, site, "geojson")
    fetched(home, site, "geoparquet")
    largest = worker_mb(home)
    figures.add(
        DOWNLOADS,
        ("memory of the largest process of the site, after these", "-", f"{largest:.0f} MB", "-", "-", "-"),
        f"{WORKER_MB:.0f} MB",
        largest <= WORKER_MB,
    )
    assert largest <= WORKER_MB

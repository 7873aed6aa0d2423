"""Figures are measured on a cluster with its usual durability and written with the machine to docs/measurements/benchmarks.md.

LODE_BENCH_ROWS is the number of made-up rows; LODE_BENCH_SECONDS how long clients ask at once; LODE_BENCH_TEN=1 measures
lists at ten times the rows too, which takes half an hour and some 40 GB of disk, and LODE_BENCH_RESOLVE=1 the comparison of all
records with one another, which takes as long.
"""

import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest
from tests.benchmarks import peers
from tests.benchmarks.datasets import million
from tests.benchmarks.queries import World
from tests.benchmarks.sides import Http, Raw, Side
from tests.many_requests import MANY_REQUESTS

from lodebase.db import engine as engines
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.db.store import write_conninfo

REPORT = Path(__file__).parents[2] / "docs" / "measurements" / "benchmarks.md"
ENOUGH = 1_000_000
"""Reports of fewer rows are written to the folder of temporary files instead of the documentation."""
ROWS = int(os.environ.get("LODE_BENCH_ROWS") or ENOUGH)
LODE = str(Path(sys.executable).with_name("lode"))
WORKERS = "2"
IMPORTS, RESOLVING, MAP, QUERIES, SHAPES, DOWNLOADS, HISTORY, LAYOUT, WHAT_IF, RIGHTS, RATES, TEN = (
    "Imports",
    f"Matching of {ROWS:,} records",
    f"The map in a browser at {ROWS:,} rows",
    f"Queries at {ROWS:,} rows",
    f"Queries at {ROWS:,} rows of other shapes",
    f"Downloads at {ROWS:,} rows",
    f"History at {ROWS:,} rows",
    f"The layout check at {ROWS:,} plants",
    f"A national what-if at {ROWS:,} plants",
    "Queries at 100,000 mining rights",
    "Clients at once",
    f"Lists at {10 * ROWS:,} rows",
)
FIRST = """\
# Benchmarks

Written by `make bench`; the code is in tests/benchmarks. Both sides of a ratio are measured in one run."""
COLUMNS = {
    IMPORTS: ("what", "measured"),
    RESOLVING: ("what", "measured"),
    MAP: ("zoom level", "first marks", "full page", "pan, median", "pan, worst", "filter by group", "filter by country"),
    QUERIES: ("what", "raw SQL", "tipg", "pygeoapi", "Lode", "ratio"),
    SHAPES: ("rows", "what", "raw SQL", "Lode", "ratio"),
    DOWNLOADS: ("format", "reference", "Lode", "first byte", "size", "ratio"),
    HISTORY: ("what", "one version", "ten more", "ratio"),
    RIGHTS: ("what", "raw SQL", "Lode", "ratio"),
    LAYOUT: ("what", "its SQL sent directly", "Lode", "Lode at p95", "ratio"),
    WHAT_IF: ("what", "one worker", "two workers", "times as fast", "largest process"),
    RATES: ("what", "tipg", "pygeoapi", "Lode", "ratio"),
    TEN: ("what", "Lode at first", "raw SQL", "Lode", "ratio to raw SQL", f"ratio to {ROWS:,} rows"),
}
NOTES = {
    IMPORTS: "",
    RESOLVING: """\
The made-up rows and, for one in twenty, a row of a second source: `lode resolve run` from start to end, with as many
worker processes as there are cores.""",
    MAP: """\
Debian's Chromium without a window or a graphics card, 1280 by 800 pixels, on the machine of the site. First marks and full
page count from the navigation, with an empty cache. Each of eight pans moves the map by half a view or more and ends when
the records of the new view are on the screen. A filter ends when counts, map and table show it.""",
    QUERIES: """\
A time is the median / the 95th percentile. Each query is sent to raw SQL and to Lode in turn, then with the same values to
the peers in turn; which of two is first changes. The values change every time (boxes of another place, never the same twice),
so that no count comes from a cache. The four metals of the queries by commodity alone, queries for all records and tiles of
low zoom do repeat. A ratio is that of two medians. A limit in ms applies to the median unless it names p95. The lists of all
sides were checked to hold the same number of features.

Raw SQL is ST_AsGeoJSON of the row with the served columns alone, the same condition and LIMIT, without an order and without a
count; all rows are fetched over one warm connection on the Unix socket and planned for its values. A tile is ST_AsMVT of all
its rows; tipg draws 10,000 at most. The nearest 20 are the nearest on the ellipsoid among 40 neighbours on the plane, with
their distance, as in Lode. tipg and pygeoapi serve a view of the same columns as the role that only reads. All servers have
two workers; times are those of complete uncompressed HTTP responses over one persistent connection. 100,000 features are ten
pages of 10,000 there.""",
    SHAPES: """\
The rows above lie in clusters as real deposits do. These lie in 400 clusters, 5 degrees wide, all over the globe, or all in one
district a fifth of a degree wide; each shape has a store of its own. Queries and limits are those above, around rows of the
store.""",
    DOWNLOADS: """\
Complete HTTP responses with all deposits, each generated for the run and not read from the spool, in order of place. COPY is
psql writing CSV of the same columns to a file, without an order. ogr2ogr writes the same columns, and for a GeoPackage also the
tables of estimates, amounts, history, flags and sources that Lode's file holds. A time is the median of three; formats
without a limit are measured once. The first byte is late for a file that is finished before it is sent.""",
    HISTORY: """\
Two stores of the same rows, one with ten more versions, each of which changes one record in a hundred and its estimate.
Space is that of all tables and indexes of present and history after VACUUM. Times are medians of requests to the two sites in
turn, whose values change every time.""",
    RIGHTS: """\
Squares of 0.5 to 4 km around the register's places, many of them over one another, on a separate store. A query is a first
page of 100 rights with the number of all, without HTTP and without cached counts; the SQL has the same condition and counts as
well. Candidates are all deposits and prospects of the register with what is known of rights over them, zones and plants.""",
    LAYOUT: """\
A report of the layout check as data, without HTTP, around the register's places in China, compared with the statements for
neighbours, ore, mines and zones sent directly in one snapshot of the store. National figures are cached for the latest
version of the data, as on the site.""",
    WHAT_IF: """\
All products at places 46 km apart in the box of a country, from the reading of the store to the finished file. The files of
one and two workers were checked to be the same.""",
    RATES: """\
The list of 100 features in boxes of 2x2 degrees, none sent twice, over 32 connections from two processes, each sending its next
request when it has the response. The clients share the machine with the server; /healthz shows the most that they could
send.""",
    TEN: """\
The rows above and nine more near each, generated by SQL and served by the same refresh as an import. Peers are not measured. A
tenth is a second store on the same machine, measured in the same minutes, in turns of a quarter of the repetitions. At first
is each list's first hundred after a start with an empty buffer cache; then each list was requested a thousand times with other
values as a warm-up, and then measured.""",
}


@dataclass(slots=True)
class Figures:
    """The measurements: for each table of the report its rows, each with its bound and whether it is met."""

    tables: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def add(self, table: str, cells: Sequence[str], must: str, met: bool | None) -> None:
        """Add a row with a bound that is met or not, None if it could not be measured, and print it to show the progress."""
        assert len(cells) == len(COLUMNS[table])
        word = {True: "yes", False: "no", None: "not measured"}[met]
        self.tables.setdefault(table, []).append((*cells, must, word))
        print(f"\n{' | '.join((*cells, must, word))}")


@dataclass(frozen=True, slots=True)
class Import:
    """An import of synthetic rows: seconds, the memory of its largest process, the size of its file."""

    seconds: float
    memory_mb: float
    file_mb: float


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """Yield a separate LODE_HOME for the benchmarks."""
    with own_home() as made:
        yield made


@contextmanager
def own_home() -> Iterator[Path]:
    """Yield a new LODE_HOME, which is removed with its cluster."""
    made = Path(tempfile.mkdtemp(prefix="lode-bench-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        Cluster(made).stop()
        shutil.rmtree((made / "cluster").resolve(), ignore_errors=True)
        shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def figures() -> Iterator[Figures]:
    made = Figures()
    yield made
    if made.tables:
        place = REPORT if ROWS >= ENOUGH else Path(tempfile.gettempdir()) / REPORT.name
        before = place.read_text(encoding="utf-8") if place.exists() else ""
        place.write_text(_report(made, before), encoding="utf-8")
        print(f"\n{place}")


@pytest.fixture(scope="session")
def imported(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Import:
    """Import the synthetic rows like a table of a user."""
    return load(home, tmp_path_factory.mktemp("made-up"))


def load(home: Path, folder: Path, made: ModuleType = million, **options: str) -> Import:
    """Import synthetic rows into a home, written with the options of their data set."""
    table, mapping = folder / "made-up.csv", folder / "mapping.yml"
    made.write(table, ROWS, **options)
    mapping.write_text(made.MAPPING, encoding="utf-8")
    begun = time.monotonic()
    result = lode(home, "import", "--mapping", str(mapping), str(table), "--json")
    seconds = time.monotonic() - begun
    assert json.loads(result.stdout)[0]["loaded"] == ROWS, result.stderr
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Import(seconds, memory, table.stat().st_size / 1e6)


@pytest.fixture(scope="session")
def site(home: Path, imported: Import) -> Iterator[Http]:
    """Yield the site of Lode with those rows and earlier imports."""
    with serving(home) as made:
        yield made


def log_of(home: Path, port: int) -> Path:
    """Return the output and log of a site."""
    return home / f"serve-{port}.log"


@contextmanager
def serving(home: Path) -> Iterator[Http]:
    """Yield the site of a home."""
    port = peers.free_port()
    environment = {**os.environ, **MANY_REQUESTS, "LODE_HOME": str(home), "PORT": str(port), "LODE_WORKERS": WORKERS}
    # what is measured is not measured during the comparison of a million new records
    environment["LODE_MATCH_IN_BACKGROUND"] = "false"
    command = [LODE, "serve", "--no-starter"]
    with log_of(home, port).open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=log)
    http = Http("lode", port)
    try:
        peers.wait_for(server, port, "/healthz")
        yield http
    finally:
        http.close()
        server.terminate()
        server.wait(60)


@pytest.fixture(scope="session")
def admin(home: Path, site: Http) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Yield a connection of the owner of the store in autocommit mode."""
    with administered(home) as made:
        yield made


@contextmanager
def administered(home: Path) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """Yield a connection of the owner of a store, after maintenance and with a view for peers and raw SQL."""
    cluster = Cluster(home)
    cluster.ensure()
    addresses = engines.find_cluster_addresses(cluster)
    assert addresses.admin is not None
    with psycopg.connect(write_conninfo(addresses.admin), autocommit=True) as made:
        million.settle(made)
        peers.show(made)
        yield made


@pytest.fixture(scope="session")
def raw(home: Path, admin: psycopg.Connection[tuple[Any, ...]]) -> Iterator[Raw]:
    """Yield raw SQL by the read-only role."""
    with raw_sql(home) as made:
        yield made


@contextmanager
def raw_sql(home: Path) -> Iterator[Raw]:
    """Yield raw SQL to the store of a home by the read-only role."""
    address = write_conninfo(engines.find_cluster_addresses(Cluster(home)).site)
    with psycopg.connect(address, autocommit=True) as made:
        made.execute("SET plan_cache_mode = force_custom_plan")
        yield Raw(made)


@pytest.fixture(scope="session")
def others(home: Path, admin: psycopg.Connection[tuple[Any, ...]], figures: Figures) -> Iterator[list[Http]]:
    """Yield the available peers; the report states why one is missing."""
    with peers.served(home) as found:
        figures.remarks += [f"{name} {why}." for name, why in found.missing.items()]
        https = [Http(name, port) for name, port in found.ports.items()]
        yield https
        for http in https:
            http.close()


@pytest.fixture(scope="session")
def sides(raw: Raw, others: list[Http], site: Http) -> list[Side]:
    """Return all systems."""
    return [raw, *others, site]


@pytest.fixture(scope="session")
def world(admin: psycopg.Connection[tuple[Any, ...]]) -> World:
    """Return the positions of queries."""
    return World([(lon, lat) for _, lon, lat in million.register()], sample_positions(admin))


def sample_positions(admin: psycopg.Connection[tuple[Any, ...]]) -> list[tuple[float, float]]:
    """Return the longitudes and latitudes of some 5,000 deposits of a store."""
    sample = "SELECT ST_X(geom), ST_Y(geom) FROM lode.deposit WHERE geom IS NOT NULL AND hashtext(id) %% (%s / 5000 + 1) = 0"
    return [(row[0], row[1]) for row in admin.execute(sample, (ROWS,))]


def lode(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Return the result of a command of Lode."""
    environment = {**os.environ, "LODE_HOME": str(home)}
    result = subprocess.run([LODE, *arguments], capture_output=True, text=True, check=False, env=environment)
    assert result.returncode == 0, result.stderr
    return result


def _report(figures: Figures, before: str = "") -> str:
    """Return the report; tables and rows that were not measured, and the introduction, stay as they were ``before``."""
    measured = f"Measured on {date.today().isoformat()}: {_machine()}."
    first, *sections = re.split(r"(?m)^## ", before)
    old = {section.split("\n", 1)[0]: f"## {section.strip()}" for section in sections}
    new = {title: "\n".join(_section(title, rows, measured, old.get(title, ""))) for title, rows in figures.tables.items()}
    if not old or set(COLUMNS) <= {*new, TEN, RESOLVING}:
        first = FIRST
    every = old | new
    order = sorted(every, key=lambda title: [*COLUMNS, title].index(title))
    return "\n\n".join([first.strip(), *figures.remarks, *(every[title] for title in order)]) + "\n"


def _section(title: str, rows: list[tuple[str, ...]], measured: str, before: str) -> Iterator[str]:
    """Yield the lines of a table; rows that were not measured stay as they were, with the line of their measurement."""
    columns = (*COLUMNS[title], "must be", "met")
    texts = [f"| {' | '.join(row)} |" for row in rows]
    earlier = before.splitlines()
    listed = [line for line in earlier if line.startswith("| ")][1:]
    whats = {line.split(" | ")[0] for line in texts}
    if len({line.split(" | ")[0] for line in listed}) < len(listed) or whats >= {line.split(" | ")[0] for line in listed}:
        listed = []
    yield from (f"## {title}", "")
    if listed:
        yield from (line for line in earlier if line.startswith("Measured on"))
        yield f"{measured.removesuffix('.')}: {', '.join(line.removeprefix('| ') for line in sorted(whats))}."
    else:
        yield measured
    yield ""
    if NOTES[title]:
        yield from (NOTES[title], "")
    yield from (f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}")
    again = {line.split(" | ")[0]: line for line in texts}
    yield from (again.pop(line.split(" | ")[0], line) for line in listed)
    yield from again.values()


def _machine() -> str:
    model = next(
        (line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor() or "unknown processor",
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = platform.python_version()
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, Python {python}, psycopg {psycopg.__version__}"

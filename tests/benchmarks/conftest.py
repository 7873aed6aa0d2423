"""Figures are measured on a cluster with its usual durability, told with the machine, and written to docs/benchmarks.md.

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
from tests.benchmarks import million, peers
from tests.benchmarks.questions import World
from tests.benchmarks.sides import Http, Raw, Side
from tests.many_requests import MANY_REQUESTS

from lodebase.db import engine as engines
from lodebase.db.cluster import Cluster
from lodebase.db.store import conninfo

REPORT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
ENOUGH = 1_000_000
"""Figures of fewer rows are no figures of Lode's: they are written to the folder of temporary files."""
ROWS = int(os.environ.get("LODE_BENCH_ROWS") or ENOUGH)
LODE = str(Path(sys.executable).with_name("lode"))
WORKERS = "2"
IMPORTS, RESOLVING, MAP, QUESTIONS, DOWNLOADS, HISTORY, LAYOUT, WHAT_IF, RATES, TEN = (
    "Imports",
    f"Records of one thing among {ROWS:,}",
    f"The map in a browser at {ROWS:,} rows",
    f"Questions at {ROWS:,} rows",
    f"Downloads at {ROWS:,} rows",
    f"History at {ROWS:,} rows",
    f"The layout check at {ROWS:,} plants",
    f"A national what-if at {ROWS:,} plants",
    "Clients at once",
    f"Lists at {10 * ROWS:,} rows",
)
FIRST = """\
# Benchmarks

Written by `make bench`; the code is in tests/benchmarks. Both sides of a ratio are measured in one run."""
COLUMNS = {
    IMPORTS: ("what", "measured"),
    RESOLVING: ("what", "measured"),
    MAP: ("zoom level", "first marks", "whole page", "pan, median", "pan, worst", "filter by group", "filter by country"),
    QUESTIONS: ("what", "raw SQL", "tipg", "pygeoapi", "Lode", "ratio"),
    DOWNLOADS: ("format", "beside", "Lode", "first byte", "size", "ratio"),
    HISTORY: ("what", "one version", "ten more", "ratio"),
    LAYOUT: ("what", "its SQL by hand", "Lode", "Lode at p95", "ratio"),
    WHAT_IF: ("what", "one worker", "two workers", "times as fast", "largest process"),
    RATES: ("what", "tipg", "pygeoapi", "Lode", "ratio"),
    TEN: ("what", "Lode at first", "raw SQL", "Lode", "beside raw SQL", f"beside {ROWS:,} rows"),
}
NOTES = {
    IMPORTS: "",
    RESOLVING: """\
The made-up rows and, of one in twenty, a second source's row: `lode resolve run` from its beginning to its end, with as many
processes beside it as there are cores.""",
    MAP: """\
Debian's Chromium without a window or a graphics card, 1280 by 800 pixels, on the machine of the site. First marks and whole
page count from the navigation, with an empty cache; each of eight pans goes on by half a view or more, and is over when
the records of the new view are on the screen; a filter is over when counts, map and table tell it.""",
    QUESTIONS: """\
A time is the median / the 95th percentile. Each question is put to raw SQL and to Lode by turns, then with the same values
to the peers by turns, which of two is first changing from time to time; the values change every time: boxes of another place
and never twice the same, so that no count of them comes from a cache; the four metals of the questions by commodity alone,
what asks of everything and tiles of low zoom do repeat. A ratio is that of two medians; a limit in ms is one of the median
unless it says p95. Lists of all sides were found to hold the same number of features.

Raw SQL is ST_AsGeoJSON of the row, the served columns alone, with the same condition and LIMIT, without an order and
without a count, all rows fetched over one warm connection on the Unix socket and planned for its values (of a tile:
ST_AsMVT of all its rows; tipg draws 10,000 at most; the nearest 20 are the nearest on the ellipsoid among 40 neighbours on the
plane, with their distance, as Lode's are). tipg and pygeoapi serve a view of the same columns as the role that
only reads. All servers have two workers; theirs and Lode's answers are whole HTTP answers over one connection that is kept,
uncompressed. 100,000 features are ten pages of 10,000 there.""",
    DOWNLOADS: """\
Whole HTTP answers of all deposits, each made for this and not taken from the spool, in the order of places. COPY is psql
writing CSV of the same columns to a file, without an order; ogr2ogr writes the same columns, of a GeoPackage also the tables
of estimates, amounts, history, flags and sources that Lode's holds. A time is the median of three, of those that are only
told one. A file that has to be written whole first has its first byte late.""",
    HISTORY: """\
Two stores of the same rows, one with ten more versions, each of which changes one record in a hundred and its estimate.
Space is that of all tables and indexes of present and history after VACUUM; times are medians of questions to the two
sites in turn, whose values change every time.""",
    LAYOUT: """\
A report of the layout check as data, without HTTP, around the register's places in China; beside it the statements for
neighbours, ore, mines and zones sent by hand in one state of the store. What is told of a whole country is kept as long as the
version of the data is the last, as on the site.""",
    WHAT_IF: """\
All products at places 46 km apart in the box that stands for a country, from the reading of the store to the whole file; the
files of one and two workers were found to be the same.""",
    RATES: """\
The list of 100 features in boxes of 2x2 degrees, none asked twice, by 32 connections from two processes, each asking again
as soon as it has its answer. The clients share the machine with the server, and /healthz tells what they could ask at
least.""",
    TEN: """\
The rows above and nine more near each, made by SQL and served by the same refresh as an import. Peers are not asked. A tenth
is a second store on the same machine, asked in the same minutes: a quarter of the times one store, then the other. At first
is each list's first hundred after a start with an empty buffer cache; then each was
put a thousand times to either side, with other values, as to stores that have answered for some minutes, and then measured.""",
}


@dataclass(slots=True)
class Figures:
    """What was measured: for each table of the report its rows, each ending with what it must be and whether it is."""

    tables: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def add(self, table: str, told: Sequence[str], must: str, met: bool | None) -> None:
        """A row, met or not, or None where that could not be measured. It is printed too: one sees how far a run is."""
        assert len(told) == len(COLUMNS[table])
        word = {True: "yes", False: "no", None: "not measured"}[met]
        self.tables.setdefault(table, []).append((*told, must, word))
        print(f"\n{' | '.join((*told, must, word))}")


@dataclass(frozen=True, slots=True)
class Import:
    """What an import of made-up rows took: seconds, the memory of its largest process, the size of its file."""

    seconds: float
    memory_mb: float
    file_mb: float


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A LODE_HOME of the benchmarks' own."""
    with own_home() as made:
        yield made


@contextmanager
def own_home() -> Iterator[Path]:
    """A new LODE_HOME, which goes with its cluster."""
    made = Path(tempfile.mkdtemp(prefix="lode-bench-"))
    made.chmod(0o755)
    yield made
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
    """The made-up rows in the store, mapped, checked and loaded as a user's own."""
    return load(home, tmp_path_factory.mktemp("made-up"))


def load(home: Path, folder: Path, made: ModuleType = million) -> Import:
    """Import made-up rows into a home."""
    table, mapping = folder / "made-up.csv", folder / "mapping.yml"
    made.write(table, ROWS)
    mapping.write_text(made.MAPPING, encoding="utf-8")
    begun = time.monotonic()
    told = lode(home, "import", "--mapping", str(mapping), str(table), "--json")
    seconds = time.monotonic() - begun
    assert json.loads(told.stdout)[0]["loaded"] == ROWS, told.stderr
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Import(seconds, memory, table.stat().st_size / 1e6)


@pytest.fixture(scope="session")
def site(home: Path, imported: Import) -> Iterator[Http]:
    """Lode's own site over those rows, and over what else was imported before."""
    with serving(home) as made:
        yield made


def log_of(home: Path, port: int) -> Path:
    """What a site says and logs."""
    return home / f"serve-{port}.log"


@contextmanager
def serving(home: Path) -> Iterator[Http]:
    """The site of a home."""
    port = peers.free_port()
    environment = {**os.environ, **MANY_REQUESTS, "LODE_HOME": str(home), "PORT": str(port), "LODE_WORKERS": WORKERS}
    command = [LODE, "serve", "--no-starter"]
    with log_of(home, port).open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=log)
    made = Http("lode", port)
    peers.wait_for(server, port, "/healthz")
    yield made
    made.close()
    server.terminate()
    server.wait(60)


@pytest.fixture(scope="session")
def admin(home: Path, site: Http) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection that may do anything to the store, each statement committed by itself."""
    with administered(home) as made:
        yield made


@contextmanager
def administered(home: Path) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection that may do anything to a home's store, once it has settled and its rows are shown to peers and raw SQL."""
    cluster = Cluster(home)
    cluster.ensure()
    addresses = engines.of_cluster(cluster)
    assert addresses.admin is not None
    with psycopg.connect(conninfo(addresses.admin), autocommit=True) as made:
        million.settle(made)
        peers.show(made)
        yield made


@pytest.fixture(scope="session")
def raw(home: Path, admin: psycopg.Connection[tuple[Any, ...]]) -> Iterator[Raw]:
    """Raw SQL as the role that only reads."""
    with raw_sql(home) as made:
        yield made


@contextmanager
def raw_sql(home: Path) -> Iterator[Raw]:
    """Raw SQL to a home's store as the role that only reads."""
    address = conninfo(engines.of_cluster(Cluster(home)).site)
    with psycopg.connect(address, autocommit=True) as made:
        made.execute("SET plan_cache_mode = force_custom_plan")
        yield Raw(made)


@pytest.fixture(scope="session")
def others(home: Path, admin: psycopg.Connection[tuple[Any, ...]], figures: Figures) -> Iterator[list[Http]]:
    """The peers that can be had; the report tells why one can't."""
    with peers.served(home) as found:
        figures.remarks += [f"{name} {why}." for name, why in found.missing.items()]
        made = [Http(name, port) for name, port in found.ports.items()]
        yield made
        for one in made:
            one.close()


@pytest.fixture(scope="session")
def sides(raw: Raw, others: list[Http], site: Http) -> list[Side]:
    """All sides."""
    return [raw, *others, site]


@pytest.fixture(scope="session")
def world(admin: psycopg.Connection[tuple[Any, ...]]) -> World:
    """Where questions ask."""
    sample = "SELECT ST_X(geom), ST_Y(geom) FROM lode.deposit WHERE geom IS NOT NULL AND hashtext(id) %% (%s / 5000 + 1) = 0"
    rows = [(row[0], row[1]) for row in admin.execute(sample, (ROWS,))]
    return World([(lon, lat) for _, lon, lat in million.register()], rows)


def lode(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a command of Lode's says."""
    environment = {**os.environ, "LODE_HOME": str(home)}
    told = subprocess.run([LODE, *arguments], capture_output=True, text=True, check=False, env=environment)
    assert told.returncode == 0, told.stderr
    return told


def _report(figures: Figures, before: str = "") -> str:
    """The report; after a run of some tables the others stay as they were ``before``, and so does what is said first."""
    measured = f"Measured on {date.today().isoformat()}: {_machine()}."
    told = {title: "\n".join(_section(title, rows, measured)) for title, rows in figures.tables.items()}
    first, *sections = re.split(r"(?m)^## ", before)
    kept = {section.split("\n", 1)[0]: f"## {section.strip()}" for section in sections}
    if not kept or set(COLUMNS) <= {*told, TEN, RESOLVING}:
        first = FIRST
    every = kept | told
    order = sorted(every, key=lambda title: [*COLUMNS, title].index(title))
    return "\n\n".join([first.strip(), *figures.remarks, *(every[title] for title in order)]) + "\n"


def _section(title: str, rows: list[tuple[str, ...]], measured: str) -> Iterator[str]:
    columns = (*COLUMNS[title], "must be", "met")
    yield from (f"## {title}", "", measured, "")
    if NOTES[title]:
        yield from (NOTES[title], "")
    yield from (f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}")
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _machine() -> str:
    model = next(
        (line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor() or "unknown processor",
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = platform.python_version()
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, Python {python}, psycopg {psycopg.__version__}"

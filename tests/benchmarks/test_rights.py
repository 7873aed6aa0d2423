"""Times of queries among 100,000 synthetic mining rights compared with raw SQL, and of candidates against them."""

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from sqlalchemy import Engine
from tests.benchmarks.conftest import RIGHTS, Figures, lode, own_home
from tests.benchmarks.datasets import rights

from lodebase.db import engine as engines
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.query.pages import Counts, read_page
from lodebase.query.parameters import query_parser
from lodebase.query.parameters.arguments import Arguments
from lodebase.topics.rights.candidates import MAX_RIGHTS, CandidateQuery, find_right_candidates
from lodebase.topics.rights.register import RIGHTS as COLLECTION

ROWS = int(os.environ.get("LODE_BENCH_RIGHTS") or 100_000)
TIMES = 15
MAX_MS = 150.0
MAX_RATIO = 2.0
"""A page reads rows and counts them in two scans; the SQL does both in one."""
MAX_S = 10.0
DAY = "2026-11-29"
SHOWN = "SELECT *, ST_AsGeoJSON(geom, 7), count(*) OVER () FROM lode.mining_right"
STATUS = "lode.right_status_on(status, valid_from, valid_to, information_date, right_no, %(on)s)"
QUERIES: dict[str, tuple[dict[str, str], str]] = {
    "a box": ({"bbox": "100,20,110,30"}, "ST_Intersects(geom, ST_MakeEnvelope(100, 20, 110, 30, 4326))"),
    "in force on a day": ({"on": DAY, "status": "granted"}, f"{STATUS} = 'granted'"),
    "of a holder": ({"holder": "Holder 7 S.A."}, "holder = 'Holder 7 S.A.'"),
    "that end within a year": (
        {"on": DAY, "status": "granted", "expires_before": "2027-11-29"},
        f"{STATUS} = 'granted' AND valid_to < '2027-11-29'",
    ),
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, figures: Figures) -> Iterator[Engine]:
    """Yield the engine of the site for a store of the starter register and synthetic rights."""
    folder = tmp_path_factory.mktemp("rights")
    table, mapping = folder / "made-up.csv", folder / "mapping.yml"
    rights.write(table, ROWS)
    mapping.write_text(rights.MAPPING, encoding="utf-8")
    with own_home() as home:
        lode(home, "import", "lode-starter")
        begun = time.monotonic()
        result = lode(home, "import", "--mapping", str(mapping), str(table), "--json")
        seconds = time.monotonic() - begun
        assert json.loads(result.stdout)[0]["loaded"] == ROWS, result.stderr
        figures.add(RIGHTS, ("import with relations", "", f"{seconds:.0f} s", ""), "", True)
        cluster = Cluster(home)
        cluster.hold()
        cluster.ensure()
        made = engines.create_checked_engine(engines.find_cluster_addresses(cluster).site, "rights benchmark", alone=True)
        yield made
        made.dispose()
        cluster.let_go()


def median_ms(run: Callable[[], object]) -> float:
    """Return the median time of a call after the first one, in milliseconds."""
    run()
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        run()
        taken.append(1000 * (time.perf_counter() - begun))
    return statistics.median(taken)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("what", list(QUERIES))
def test_a_query(engine: Engine, figures: Figures, what: str) -> None:
    parameters, condition = QUERIES[what]
    query = query_parser.parse_query_arguments(COLLECTION, Arguments(parameters.items()))

    def plain() -> int:
        with engine.connect() as connection:
            sql = f"{SHOWN} WHERE {condition} ORDER BY id LIMIT {query.limit}"
            return len(connection.exec_driver_sql(sql, {"on": DAY}).fetchall())

    # the count of matches is computed each time, as in the SQL
    assert read_page(engine, query, Counts()).returned == plain() > 0
    ours, raw = median_ms(lambda: read_page(engine, query, Counts())), median_ms(plain)
    met = ours <= max(MAX_MS, MAX_RATIO * raw)
    must = f"<= {MAX_MS:.0f} ms or {MAX_RATIO:g} x SQL"
    figures.add(RIGHTS, (f"rights {what}", f"{raw:.0f} ms", f"{ours:.0f} ms", f"{ours / raw:.2f}"), must, met)
    assert met


@pytest.mark.timeout(3600)
def test_candidates_of_all_deposits(engine: Engine, figures: Figures) -> None:
    begun = time.perf_counter()
    with engine.connect() as connection:
        right_candidates = find_right_candidates(connection, CandidateQuery(date.fromisoformat(DAY), limit=MAX_RIGHTS))
    seconds = time.perf_counter() - begun
    assert right_candidates.matched > 300
    met = seconds <= MAX_S
    figures.add(
        RIGHTS,
        (f"candidates: {right_candidates.matched:,} deposits and prospects", "", f"{seconds:.1f} s", ""),
        f"<= {MAX_S:.0f} s",
        met,
    )
    assert met

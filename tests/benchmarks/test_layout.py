"""What a check of a planned plant costs beside its own SQL sent by hand, on a store of its own with made-up plants."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine
from tests.benchmarks import million, plants
from tests.benchmarks.conftest import LAYOUT, ROWS, Figures, lode

from lodebase.db import engine as engines
from lodebase.db.cluster import Cluster
from lodebase.figures import Known as Kept
from lodebase.layout.asked import of_candidate
from lodebase.layout.candidate import Candidate, candidate
from lodebase.layout.neighbours import MOST
from lodebase.layout.report import report
from lodebase.layout.state import state
from lodebase.layout.statements import CLASSES, COUNTS, LISTED, MINED, ORE
from lodedata import rules

TIMES = 100
MOST_MS = 150.0
MOST_RATIO = 1.5
TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory(prefix="lode-layout-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        cluster = Cluster(home)
        cluster.hold()
        try:
            cluster.ensure()
            plants.write(home / "plants.csv", ROWS)
            (home / "plants.yml").write_text(plants.MAPPING, encoding="utf-8")
            told = lode(home, "import", "--mapping", str(home / "plants.yml"), str(home / "plants.csv"), "--json")
            assert told.returncode == 0, told.stderr
            made = engines.engine(engines.of_cluster(cluster).site, "layout benchmark", alone=True)
            yield made
            made.dispose()
        finally:
            cluster.let_go()


def asked(chance: Random) -> Candidate:
    """A planned plant near one of the register's places in China."""
    _, lon, lat = chance.choice([place for place in million.register() if place[0] == "CHN"])
    product = chance.choice(("alumina", "copper", "lithium-carbonate"))
    at = [min(max(lon + chance.uniform(-1, 1), -180), 180), min(max(lat + chance.uniform(-1, 1), -85), 85)]
    told = {"product": product, "capacity_tpa": 100_000}
    return candidate({"type": "Feature", "geometry": {"type": "Point", "coordinates": at}, "properties": told}, TODAY)


def by_hand(engine: Engine, one: Candidate) -> None:
    """The same questions as SQL in one state of the store, and nothing made of the answers."""
    values = of_candidate(one) | {"most": MOST + 1}
    with state(engine) as seen:
        for statement in (COUNTS, LISTED, ORE, CLASSES, MINED):
            seen.connection.exec_driver_sql(statement, values).fetchall()


@pytest.mark.timeout(5400)
def test_a_check(engine: Engine, figures: Figures) -> None:
    chance, kept, known = Random(1), Kept(), rules.known()
    warm = [asked(chance) for _ in range(10)]
    for one in warm:
        report(engine, kept, one, known)
    ours: list[float] = []
    raw: list[float] = []
    for one in (asked(chance) for _ in range(TIMES)):
        for times, ask in ((raw, by_hand), (ours, lambda _, each: report(engine, kept, each, known).told())):
            began = time.perf_counter()
            ask(engine, one)
            times.append(time.perf_counter() - began)
    p95 = statistics.quantiles(ours, n=20)[-1] * 1000
    ratio = statistics.median(ours) / statistics.median(raw)
    told = [f"{statistics.median(times) * 1000:.0f} ms" for times in (raw, ours)]
    met = p95 <= MOST_MS and ratio <= MOST_RATIO
    must = f"<= {MOST_MS:.0f} ms at p95, <= {MOST_RATIO:g} x SQL"
    figures.add(LAYOUT, ("one check", *told, f"{p95:.0f} ms", f"{ratio:.2f}"), must, met)
    assert met

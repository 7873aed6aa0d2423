"""Times of statistics: an import of a million observations, and queries among ten million."""

import json
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from tests.benchmarks.conftest import IMPORTS, Figures, lode

from lodebase.db import engine as engines
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.db.store import write_conninfo
from lodebase.query import Query, read_page
from lodebase.query.filters.field_values import SelectionCondition
from lodebase.query.pages import Counts
from lodebase.series.series_query import SeriesQuery, find_observations

ROWS = 1_000_000
OBSERVATIONS = 10_000_000
RECOVERY_ROWS = 1_000_000
MAPPING = """
name: made-up-output
title_en: Output
title_zh: 产量
publisher: Lode
licence: {id: internal, name: Internal}
citation: Lode, made up
version: "2025"
as_of: 2025-01-31
observations:
  - indicator: {const: production}
    commodity: {const: copper}
    stage: {const: mine}
    basis: {const: content}
    unit: {const: t}
    area: area
    period: month
    values: [{value: output}]
"""
RECOVERY = """
name: made-up-rates
title_en: Rates of recovery
title_zh: 回收率
publisher: Lode
licence: {id: internal, name: Internal}
citation: Lode, made up
version: "2025"
tables:
  - key: "{mine}/{year}"
    kind: {const: recovery_record}
    name_en: mine
    recovery_stage: {const: processing}
    recovery_basis: {const: actual}
    year: year
    commodity: metal
    country: country
    rate_reported_pct: rate
    ore_treated_t: ore
    head_grade_pct: grade
"""
METALS, COUNTRIES = ("copper", "nickel", "cobalt", "tin"), ("CHL", "PER", "AUS", "IDN", "CHN", "ZMB", "COD", "CAN")
AREAS = "SELECT code FROM lode.term WHERE vocabulary IN ('country', 'division') ORDER BY code"
FILL = """
INSERT INTO lode.series (source, indicator, commodity, stage, basis, area, freq, transformation, unit, unit_mult)
SELECT 'filled-' || n % 10, 'production', (ARRAY['copper', 'tin', 'nickel', 'cobalt', 'lithium'])[1 + n % 5], 'mine', 'content',
  'A' || n, 'M', 'level', 't', 0 FROM generate_series(1, 20000) n;
INSERT INTO lode.source (name, title_en, title_zh, publisher, licence, licence_name, citation, version)
VALUES ('filled', 'Filled', '填充', 'Lode', 'internal', 'Internal', 'Lode', '1');
INSERT INTO lode.vintage (source, release, released_on) VALUES ('filled', '1', '2025-01-01'), ('filled', '2', '2026-01-01');
INSERT INTO lode.observation (series, period, vintage, value, value_raw, obs_status, conf_status, note, source_row)
SELECT s.id, make_date(2000 + m / 12, 1 + m % 12, 1), v.id, m, m::text, 'A', 'F', '', 'row ' || m
FROM lode.series s, generate_series(0, 249) m, lode.vintage v WHERE s.source LIKE 'filled-%' AND v.source = 'filled';
ANALYZE lode.series, lode.vintage, lode.observation;
"""


def median_ms(run: Callable[[], object], times: int = 15) -> float:
    """Return the median time of a call after the first one, in milliseconds."""
    run()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        run()
        taken.append(1000 * (time.perf_counter() - begun))
    return statistics.median(taken)


@pytest.fixture
def addresses(home: Path) -> Iterator[engines.Addresses]:
    """Yield the addresses of an upgraded store whose cluster runs on when a command ends."""
    cluster = Cluster(home)
    cluster.hold()
    assert lode(home, "db", "upgrade").returncode == 0
    cluster.ensure()
    yield engines.find_cluster_addresses(cluster)
    cluster.let_go()


@pytest.mark.timeout(1800)
def test_a_million_observations(home: Path, addresses: engines.Addresses, figures: Figures, tmp_path: Path) -> None:
    with psycopg.connect(write_conninfo(addresses.owner)) as connection:
        areas = [code for (code,) in connection.execute(AREAS)][:1250]
    (tmp_path / "output.yml").write_text(MAPPING, "utf-8")
    months = [f"{year}-{month:02}" for year in range(1950, 2025) for month in range(1, 13)][: ROWS // len(areas)]
    with (tmp_path / "output.csv").open("w", encoding="utf-8") as stream:
        stream.write("area,month,output\n")
        stream.writelines(f"{area},{month},{n}\n" for n, area in enumerate(areas, 1) for month in months)
    result = lode(home, "import", "--mapping", str(tmp_path / "output.yml"), str(tmp_path / "output.csv"), "--json")
    (run,) = json.loads(result.stdout)
    what = f"{run['read']:,} observations of a user's own CSV, mapped, checked, loaded"
    figures.add(IMPORTS, (what, f"{run['seconds']:.0f} s"), "60 s", run["seconds"] <= 60)
    assert run["read"] == run["loaded"]
    assert run["seconds"] <= 60 * run["read"] / ROWS


@pytest.mark.timeout(3600)
def test_a_million_recovery_rows(home: Path, addresses: engines.Addresses, figures: Figures, tmp_path: Path) -> None:
    (tmp_path / "rates.yml").write_text(RECOVERY, "utf-8")
    mines = RECOVERY_ROWS // 50
    with (tmp_path / "rates.csv").open("w", encoding="utf-8") as stream:
        stream.write("mine,year,metal,country,rate,ore,grade\n")
        stream.writelines(
            f"Mine {n:x},{year},{METALS[n % 4]},{COUNTRIES[n % 8]},{60 + (n + year) % 36},{n}000,{0.2 + n % 20 / 10:.1f}\n"
            for n in range(1, mines + 1)
            for year in range(1975, 2025)
        )
    result = lode(home, "import", "--mapping", str(tmp_path / "rates.yml"), str(tmp_path / "rates.csv"), "--json")
    (run,) = json.loads(result.stdout)
    assert run["read"] == run["loaded"] == 50 * mines
    figures.add(IMPORTS, (f"{run['read']:,} recovery rows of {mines:,} mines", f"{run['seconds']:.0f} s"), "reported", True)
    engine = engines.create_checked_engine(addresses.site, "benchmark")
    query = Query(
        "recovery-records", (SelectionCondition("commodity", ("copper",)), SelectionCondition("country", ("CHL",))), limit=100
    )
    measured = median_ms(lambda: read_page(engine, query, Counts()))
    what = f"100 records by metal and country with their number, among {run['read']:,} recovery rows"
    figures.add(IMPORTS, (what, f"{measured:.0f} ms"), "reported", True)
    engine.dispose()


@pytest.mark.timeout(3600)
def test_queries_among_ten_million_observations(addresses: engines.Addresses, figures: Figures) -> None:
    with psycopg.connect(write_conninfo(addresses.owner)) as connection:
        connection.execute(FILL)
    engine = engines.create_checked_engine(addresses.site, "benchmark")
    series_query = SeriesQuery({"source": ("filled-5",), "commodity": ("copper",), "area": ("A5",)})
    many = SeriesQuery({"source": ("filled-5",), "commodity": ("copper",), "area": tuple(f"A{n}" for n in range(5, 245, 10))})
    for what, query, most in (
        ("one series of 250 months", series_query, 20),
        ("a commodity by 24 areas and 250 periods", many, 50),
    ):
        observations = find_observations(engine, query)
        assert len(observations.rows) in (250, 6_000)
        measured = median_ms(lambda query=query: find_observations(engine, query))  # type: ignore[misc]
        figures.add(
            IMPORTS, (f"{what}, among {OBSERVATIONS:,} observations", f"{measured:.0f} ms"), f"{most} ms", measured <= most
        )
    engine.dispose()

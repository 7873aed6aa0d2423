"""The cost of ten versions that change one per cent of the rows each: space, and the time of queries of the present."""

import random
import statistics
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from psycopg import sql
from tests.benchmarks.client import Connection
from tests.benchmarks.conftest import ENOUGH, HISTORY, ROWS, Figures, load, own_home, serving
from tests.benchmarks.datasets import million
from tests.benchmarks.sides import Http

from lodebase.db import engine as engines
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.db.store import write_conninfo

VERSIONS = 10
TIMES = 60
SPACE = 1.3
NOISE = 1.15
"""Ratio of the times of two runs of the same query on a machine with other load."""
SIZE = """
SELECT sum(pg_total_relation_size(c.oid))::bigint FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace IN ('lode'::regnamespace, 'lode_history'::regnamespace)
"""
# Every hundredth record, another hundredth each time; what belongs to it changes with it.
CHANGE = """
UPDATE lode.{table} SET {change} WHERE abs(hashtext({id})) % 100 = {part}
"""
CHANGED = (
    ("deposit", "note_en = 'changed in version ' || {version}", "id"),
    ("estimate", "zone = 'changed in version ' || {version}", "split_part(id, '.', 1)"),
)
ROOT = "/api/collections/deposits"
Admin = psycopg.Connection[tuple[Any, ...]]
Store = tuple[Http, Admin]


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Store]]:
    """Two stores with one version of the made-up rows, each with its site and who may do anything to it."""
    with ExitStack() as stack:
        made = []
        for _ in range(2):
            home = stack.enter_context(own_home())
            load(home, tmp_path_factory.mktemp("history"))
            addresses = engines.find_cluster_addresses(Cluster(home))
            assert addresses.admin is not None
            site = stack.enter_context(serving(home))
            made.append((site, stack.enter_context(psycopg.connect(write_conninfo(addresses.admin), autocommit=True))))
        yield made[0], made[1]


def settled(admin: Admin) -> int:
    """Return the bytes of the present and the history after maintenance."""
    admin.execute("VACUUM (ANALYZE)")
    row = admin.execute(SIZE).fetchone()
    assert row is not None
    return int(row[0])


def change(admin: Admin, version: int) -> None:
    """Make one version in one transaction, as an import of the source would."""
    with admin.transaction():
        admin.execute("SET LOCAL lode.run = '1'")
        for table, what, key in CHANGED:
            made = CHANGE.format(table=table, change=what.format(version=version), id=key, part=version % 100)
            admin.execute(sql.SQL(made))


def queries(dice: random.Random) -> dict[str, str]:
    """Return queries of the present at a random place."""
    _, lon, lat = dice.choice(million.register())
    box = f"{max(lon - 1, -180):.3f},{max(lat - 1, -90):.3f},{min(lon + 1, 180):.3f},{min(lat + 1, 90):.3f}"
    column, row = int((lon + 180) / 360 * 64) % 64, dice.randrange(16, 40)
    return {
        "box of 2x2 degrees, limit 100": f"{ROOT}/items?bbox={box}&limit=100",
        "copper by name, limit 100": f"{ROOT}/items?commodity=copper&sortby=name_en&limit=100&bbox={box}",
        "facets of a box": f"{ROOT}/facets?bbox={box}",
        "tile of zoom 6": f"{ROOT}/tiles/WebMercatorQuad/6/{row}/{column}",
    }


def measured(sites: Sequence[Http]) -> dict[str, list[float]]:
    """Return the median of each query in seconds for each site; sites are measured in turn."""
    dice, connections = random.Random(million.SEED), [Connection(site.port) for site in sites]
    taken: dict[str, list[list[float]]] = {}
    for turn in range(TIMES + 5):
        for name, address in queries(dice).items():
            for n in (0, 1) if turn % 2 else (1, 0):
                response = connections[n].get(address)
                assert response.status == 200, response.head
                if turn >= 5:
                    taken.setdefault(name, [[], []])[n].append(response.seconds)
    for connection in connections:
        connection.close()
    return {name: [statistics.median(times) for times in of_sites] for name, of_sites in taken.items()}


@pytest.mark.timeout(3600)
def test_ten_versions_of_one_per_cent(stores: tuple[Store, Store], figures: Figures) -> None:
    (fresh, _), (aged, admin) = stores
    space = settled(admin)
    for version in range(1, VERSIONS + 1):
        change(admin, version)
        # what autovacuum does between imports
        admin.execute("VACUUM lode.deposit, lode.deposit_feature, lode.estimate")
    space_then = settled(admin)
    settled(stores[0][1])
    stored = admin.execute("SELECT count(*) FROM lode_history.deposit").fetchone()
    assert stored is not None and stored[0] >= ROWS // 100 * VERSIONS * 0.8
    ratio = space_then / space
    row = ("space on the disk", f"{space / 1e6:,.0f} MB", f"{space_then / 1e6:,.0f} MB", f"{ratio:.2f}")
    figures.add(HISTORY, row, f"below {SPACE} x", ratio < SPACE)
    slower = {}
    for name, (now, then) in measured((fresh, aged)).items():
        slower[name] = then / now
        row = (name, f"{now * 1000:.1f} ms", f"{then * 1000:.1f} ms", f"{then / now:.2f}")
        figures.add(HISTORY, row, f"not above {NOISE} x", then / now <= NOISE)
    assert ratio < SPACE
    assert max(slower.values()) <= NOISE or ROWS < ENOUGH, slower

"""What is in reach of a place, read by a command: with one connection."""

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.topics.recycling.store import read_reach


def test_reach_is_read_with_one_connection(store: Store) -> None:
    engine = engines.create_checked_engine(store.addresses.site, "tests", 5, pool_size=1)
    try:
        reach = read_reach(engine, 113, 34, 300, "CHN", share_pct=10)
    finally:
        engine.dispose()
    assert (reach.country, reach.share_origin, reach.streams) == ("CHN", "stated", ())

"""What lists are made of is read into memory as the site starts."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from tests.benchmarks import million

from lodebase.db import warm
from lodebase.db.store import Store, conninfo
from lodebase.db.warm import BLOCKS, Piece, fill, pieces

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

READ = """
SELECT c.relname, pg_relation_size(c.oid) / 8192, (SELECT count(*) FROM pg_buffercache b
  JOIN pg_database d ON d.oid = b.reldatabase
  WHERE d.datname = current_database() AND b.relfilenode = pg_relation_filenode(c.oid))
FROM pg_class c WHERE c.relnamespace = 'lode'::regnamespace AND c.relname ~ 'deposit_feature|place_.*count'
"""


@pytest.mark.parametrize(
    ("server", "whole", "expected"),
    [
        (100, 200, [("a", "buffer", 0, 9), ("b", "buffer", 0, 19)]),
        (15, 200, [("a", "buffer", 0, 9), ("b", "buffer", 0, 4), ("b", "read", 5, 19)]),
        (15, 20, [("a", "buffer", 0, 9), ("b", "buffer", 0, 4), ("b", "read", 5, 9)]),
        (15, 15, [("a", "buffer", 0, 9), ("b", "buffer", 0, 4)]),
        (0, 0, []),
    ],
)
def test_the_servers_memory_is_filled_first_then_the_systems(
    server: int, whole: int, expected: list[tuple[str, str, int, int]]
) -> None:
    assert list(pieces([("a", 10), ("empty", 0), ("b", 20)], server, whole)) == [Piece(*one) for one in expected]


def test_much_is_read_in_pieces_that_leave_nothing_out() -> None:
    found = list(pieces([("a", 3 * BLOCKS + 1)], BLOCKS + 5, 10 * BLOCKS))
    assert [one.last - one.first + 1 for one in found] == [BLOCKS, 5, BLOCKS, BLOCKS - 4]
    assert all(one.last + 1 == following.first for one, following in zip(found, found[1:], strict=False))


def test_features_counts_and_their_indexes_are_in_the_servers_memory_then(own_table: "OwnTable") -> None:
    own_table.load({"id": n, "lon": n / 10} for n in range(500))
    addresses = own_table.store.addresses
    assert addresses.admin is not None
    said: list[str] = []
    with psycopg.connect(conninfo(addresses.admin), autocommit=True) as admin:
        admin.execute("CHECKPOINT")
        million.forget(admin)
        # the server itself may have read some again
        assert any(read < size for _, size, read in admin.execute(READ))
        fill(conninfo(addresses.owner), threading.Event(), said.append)
        rows = admin.execute(READ).fetchall()
    named = {name for name, *_ in rows}
    assert {"deposit_feature", "ix_deposit_feature_main_commodity", "pk_deposit_feature", "place_total_count"} <= named
    # besides its blocks a table has a map of free ones and of those that all may see
    assert [(name, size, read) for name, size, read in rows if read < size or (read and not size)] == []
    assert len(said) == 1, said
    assert said[0].startswith("memory: ")


def test_nothing_is_read_once_it_is_over(own_table: "OwnTable") -> None:
    over = threading.Event()
    over.set()
    said: list[str] = []
    fill(conninfo(own_table.store.addresses.owner), over, said.append)
    assert said == []


def test_a_database_that_cannot_read_ahead_is_served_all_the_same(store: Store) -> None:
    assert store.addresses.admin is not None
    said: list[str] = []
    with psycopg.connect(conninfo(store.addresses.admin), autocommit=True) as admin:
        admin.execute(f"DROP EXTENSION {warm.EXTENSION}".encode())
    fill(conninfo(store.addresses.owner), threading.Event(), said.append)
    assert said == []


def test_a_database_that_is_away_is_told_of(tmp_path: Path) -> None:
    said: list[str] = []
    fill(f"host={tmp_path} dbname=lode", threading.Event(), said.append)
    assert len(said) == 1, said
    assert said[0].startswith("memory: what lists are made of could not be read ahead (connection ")

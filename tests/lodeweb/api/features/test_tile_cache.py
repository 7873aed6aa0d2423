"""The lowest zooms of the map without filters come from memory, for each version and until a name leaves the data."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from tests.lodeweb.own_deposits import load_own

from lodebase.db.store import Store, write_conninfo
from lodebase.query.tile_cache import TileCache, TileKey
from lodebase.query.tiles import Tile

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
ROOT = "/api/collections/deposits/tiles/WebMercatorQuad"
MINES = [("1", "Mine one", -70.5, -20.5), ("2", "Mine two", 20.5, 30.5)]


def owner(store: Store, statement: str) -> None:
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        connection.execute(statement.encode())


def test_low_zooms_are_drawn_once_for_a_version(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path: Path,
) -> None:
    with own_store("tiles") as store:
        load_own(store, tmp_path, MINES)
        with app_of(store) as app:
            client = app.test_client()

            def tile(path: str, query: str = "") -> bytes:
                response = client.get(f"{ROOT}/{path}{query}")
                assert response.status_code == 200
                return bytes(response.data)

            first = {path: tile(path) for path in ("0/0/0", "2/2/1")}
            filtered = tile("0/0/0", "?commodity_group=copper")
            assert first["0/0/0"] and filtered
            # what a tile is drawn from changes without a new version
            owner(store, "ALTER TABLE lode.deposit DISABLE TRIGGER USER")
            owner(store, "UPDATE lode.deposit SET name_en = name_en || ' changed'")
            owner(store, "ALTER TABLE lode.deposit ENABLE TRIGGER USER")
            assert {path: tile(path) for path in first} == first
            assert tile("0/0/0", "?as_of=1") == first["0/0/0"] == tile("0/0/0", "?f=mvt")
            assert tile("0/0/0", "?commodity_group=copper") != filtered
            # a name left the data: nothing from before is used
            owner(store, "INSERT INTO lode.redaction DEFAULT VALUES")
            assert tile("0/0/0") != first["0/0/0"]
            load_own(store, tmp_path, [*MINES, ("3", "Mine three", -60.5, -20.5)])
            assert tile("0/0/0") != first["0/0/0"]


def test_the_least_recently_used_tiles_are_evicted() -> None:
    cache = TileCache(max_bytes=10)
    keys = [TileKey("deposits", Tile(1, x, 0), 1, 0) for x in range(3)]
    for key in keys[:2]:
        cache.put(key, b"12345")
    assert cache.get(keys[0]) == b"12345"
    cache.put(keys[2], b"123")
    assert [cache.get(key) for key in keys] == [b"12345", None, b"123"]
    cache.put(keys[2], b"12345678901")
    assert [cache.get(key) for key in keys] == [None, None, None]

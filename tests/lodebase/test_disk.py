"""A disk that fills up: one sentence, nothing half-done, and all well again when there is room."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lodebase.db import engine as engines
from lodebase.db import upgrade
from lodebase.db.cluster import Cluster
from lodebase.db.store import Store
from lodebase.errors import DatabaseAway, DiskFull

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

SIZE_MB = 160


@pytest.fixture
def store(home: Path, mount: Callable[[Path, str], None]) -> Iterator[Store]:
    """A store on a disk of its own that has little room left."""
    mount(home, f"size={SIZE_MB}m")
    cluster = Cluster(home)
    cluster.ensure()
    addresses = engines.of_cluster(cluster)
    upgrade.make_database(addresses)
    upgrade.upgrade(addresses)
    yield Store(addresses, cluster)
    cluster.stop()


@pytest.mark.parametrize("room_mb", [4, 20, 60])
def test_an_import_that_fills_the_disk_is_one_sentence_and_changes_nothing(
    own_table: "OwnTable", store: Store, room_mb: int
) -> None:
    """Early, while rows are staged, or late, while they are merged; without room for its own log the server ends itself."""
    assert store.cluster is not None
    home = store.cluster.home
    own_table.load([{"id": "a"}])
    before = own_table.state()
    with (home / "ballast").open("wb") as stream:
        stream.write(b"\0" * (shutil.disk_usage(home).free - room_mb * 2**20))
    with pytest.raises((DiskFull, DatabaseAway)) as caught:
        own_table.load({"id": f"r{n}", "name": f"{n:0200}"} for n in range(20_000))
    sentence = str(caught.value)
    if caught.errisinstance(DiskFull):
        assert sentence.startswith("The database has no room left (could not ") and "\n" not in sentence
        assert sentence.endswith("No space left on device); free some and import again.")
    else:
        assert sentence.startswith("The database went away during the import; nothing was changed")
        with pytest.raises(DiskFull, match="The disk of .* is full, nothing was changed; free some space"):
            store.cluster.require_room()
    (home / "ballast").unlink()
    subprocess.run(["mount", "-o", "remount,size=400m", str(home)], check=True)
    store.cluster.ensure()
    assert own_table.state() == before
    assert own_table.load([{"id": "a"}, {"id": "b"}]).loaded == 1

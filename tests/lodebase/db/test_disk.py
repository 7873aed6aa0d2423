"""A disk that fills up: one sentence, nothing half-done, and all well again when there is space."""

import contextlib
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, text

from lodebase.db import engine as engines
from lodebase.db import upgrade
from lodebase.db.private_cluster import preparation
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.db.store import Store
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import DatabaseAway, DiskFull
from lodebase.ingest.jobs import space
from lodebase.ingest.linking import lineage
from lodebase.query.reading import open_reading, read_dataset_version
from lodeweb.http.representation.problem_details import STATUS

if TYPE_CHECKING:
    from tests.lodebase.conftest import OwnTable

LODE = str(Path(sys.executable).with_name("lode"))
SIZE_MB = 160


@pytest.fixture
def store(home: Path, mount: Callable[[Path, str], None]) -> Iterator[Store]:
    """A store on a disk of its own that has little space left."""
    mount(home, f"size={SIZE_MB}m")
    cluster = Cluster(home)
    cluster.ensure()
    addresses = engines.find_cluster_addresses(cluster)
    preparation.make_database(addresses)
    upgrade.upgrade(addresses)
    yield Store(addresses, cluster)
    cluster.stop()


@pytest.mark.slow
@pytest.mark.parametrize("space_mb", [4, 20, 60])
def test_an_import_that_fills_the_disk_is_one_sentence_and_changes_nothing(
    own_table: "OwnTable", store: Store, space_mb: int
) -> None:
    """Early, while rows are staged, or late, while they are merged; without space for its own log the server ends itself."""
    assert store.cluster is not None
    home = store.cluster.home
    own_table.load([{"id": "a"}])
    before = own_table.state()
    site = engines.create_checked_engine(store.addresses.site, "lode site", pool_size=1, alone=True)
    assert _version(site) == 1
    with (home / "ballast").open("wb") as stream:
        stream.write(b"\0" * (shutil.disk_usage(home).free - space_mb * 2**20))
    with pytest.raises((DiskFull, DatabaseAway)) as caught:
        own_table.load({"id": f"r{n}", "name": f"{n:0200}"} for n in range(20_000))
    sentence = str(caught.value)
    if caught.errisinstance(DiskFull):
        assert sentence.startswith("The database has no space left (could not ") and "\n" not in sentence
        assert sentence.endswith("No space left on device); free some and import again.")
    else:
        assert sentence.startswith("The connection to the database was lost during the import; nothing was changed")
        with pytest.raises(DiskFull, match="The disk of .* is full, nothing was changed; free some space"):
            store.cluster.require_disk_space()
    (home / "ballast").unlink()
    subprocess.run(["mount", "-o", "remount,size=400m", str(home)], check=True)
    store.cluster.ensure()
    # the site goes on with the connections that it had, or takes new ones
    assert _version(site) == 1
    assert own_table.state() == before
    assert {run["state"] for run in lineage.read_import_runs(store.importer)} <= {"done", "failed", "interrupted"}
    assert own_table.load([{"id": "a"}, {"id": "b"}]).loaded == 1
    assert _version(site) == 2
    site.dispose()


@pytest.mark.slow
def test_a_write_on_a_full_disk_says_why_and_reads_go_on(own_table: "OwnTable", store: Store) -> None:
    assert store.cluster is not None
    own_table.load([{"id": "a"}])
    site, owner = (
        engines.create_checked_engine(url, "tests", pool_size=1) for url in (store.addresses.site, store.addresses.owner)
    )
    with (store.cluster.home / "ballast").open("wb") as stream, contextlib.suppress(OSError):
        while True:
            stream.write(b"\0" * 2**16)
            stream.flush()
    report = text("INSERT INTO lode.report (collection, record_id, record_name, text) VALUES ('deposits', 'x', 'x', :text)")
    with pytest.raises(DiskFull, match="The disk of the database is full, so that nothing can be saved"):
        for _ in range(500):
            with open_write_transaction(owner) as connection:
                connection.execute(report, {"text": secrets.token_hex(900)})
    assert _version(site) == 1
    assert STATUS[DiskFull][0] == 507
    (store.cluster.home / "ballast").unlink()
    with open_write_transaction(owner) as connection:
        connection.execute(report, {"text": "again"})
    site.dispose()
    owner.dispose()


@pytest.mark.slow
def test_the_space_of_an_import_that_filled_the_disk_is_given_back(own_table: "OwnTable", store: Store) -> None:
    assert store.cluster is not None
    own_table.load([{"id": "a"}])
    before = _bytes_of_tables(store)
    # large temporary tables take space, and the rows after them do not fit
    with (store.cluster.home / "ballast").open("wb") as stream:
        stream.write(b"\0" * (shutil.disk_usage(store.cluster.home).free - 40 * 2**20))
    with pytest.raises((DiskFull, DatabaseAway)):
        own_table.load({"id": f"r{n}", "name": f"{n:0200}"} for n in range(20_000))
    (store.cluster.home / "ballast").unlink()
    store.cluster.ensure()
    filled = _bytes_of_tables(store)
    space.give_back(store)
    # indexes keep a part of their pages
    assert _bytes_of_tables(store) - before < (filled - before) / 2


def _bytes_of_tables(store: Store) -> int:
    """Return the size of the files of tables and indexes, without the log."""
    assert store.cluster is not None
    return sum(path.stat().st_size for path in (store.cluster.data / "base").rglob("*") if path.is_file())


def _version(site: Engine) -> int:
    """Return the version of the data as a site reads it."""
    with open_reading(site) as connection:
        return read_dataset_version(connection)


def lode(store: Store, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command on the store's home."""
    assert store.cluster is not None
    bare = {name: value for name, value in os.environ.items() if not name.startswith("LODE_")}
    environment = {**bare, "LODE_HOME": str(store.cluster.home), "LODE_BOUNDARIES": "/nowhere"}
    return subprocess.run([LODE, *map(str, arguments)], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_an_import_that_needs_more_than_is_free_is_refused_before_it_begins(own_table: "OwnTable", store: Store) -> None:
    own_table.load([{"id": "a"}])
    before = own_table.state()
    path = own_table.write({"id": f"r{n}", "name": f"{n:0200}"} for n in range(20_000))
    refused = lode(store, "import", "--mapping", own_table.mapping(), path)
    # the command stopped the server that it found
    assert store.cluster is not None
    store.cluster.ensure()
    assert refused.returncode == 2
    sentence = refused.stderr.strip().splitlines()[-1]
    assert re.fullmatch(
        r"lode: The disk of \S+ has [\d,]+ MB free and the import of table.csv may take [\d,]+ MB; nothing was changed\. "
        r"Free some space, or add --skip-space-check\.",
        sentence,
    )
    assert own_table.state() == before
    gone_on = lode(store, "import", "--mapping", own_table.mapping(), path, "--skip-space-check")
    assert gone_on.returncode == 2
    assert "no space left" in gone_on.stderr or "is full, nothing was changed" in gone_on.stderr, gone_on.stderr
    assert "Traceback" not in gone_on.stderr


def test_what_an_import_may_take_follows_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_bytes(b"x" * 10**6)
    (tmp_path / "table.xlsx").write_bytes(b"x" * 10**6)
    assert space.estimate_import_bytes(tmp_path / "table.csv") == 10**8
    assert space.estimate_import_bytes(tmp_path / "table.xlsx") == 5 * 10**8
    assert space.estimate_import_bytes(tmp_path) == 6 * 10**8
    (tmp_path / "small.csv").write_bytes(b"x")
    assert space.estimate_import_bytes(tmp_path / "small.csv") == space.MIN_BYTES


@pytest.mark.slow
def test_a_file_that_was_imported_before_needs_no_space(own_table: "OwnTable", store: Store) -> None:
    rows = [{"id": f"r{n}", "name": f"{n:0300}"} for n in range(3_000)]
    own_table.load(rows)
    assert store.cluster is not None
    home = store.cluster.home
    path = own_table.write(rows)
    wanted = space.estimate_import_bytes(path)
    subprocess.run(
        ["mount", "-o", f"remount,size={shutil.disk_usage(home).used + space.MIN_BYTES + 2**22}", str(home)], check=True
    )
    assert shutil.disk_usage(home).free < wanted
    space.require_space(store, own_table.source().name, path)
    with pytest.raises(DiskFull, match="may take"):
        space.require_space(store, "another-source", path)

"""A real PostGIS for every test: one cluster a run, started by the product's own manager; a database for each worker.

``connection`` rolls back what a test did; ``store`` is a database of the test's own, for what commits. A machine without
PostGIS fails here and does not skip.
"""

import fcntl
import gc
import itertools
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pyogrio  # noqa: F401  before lodedata loads it: tests read formats that Lode leaves to other programs
import pytest
from playwright.sync_api import Playwright, sync_playwright
from sqlalchemy import Connection, Engine, create_engine, text

from lodebase.db import engine as engines
from lodebase.db import upgrade
from lodebase.db.engine import Addresses
from lodebase.db.private_cluster import preparation
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.db.store import Store
from lodebase.settings import Settings

TEMPLATE = "lode_template"
NO_DURABILITY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "128MB"}
SLOW_FIXTURES = {"made_home", "new_home", "real_data"}
"""A test that starts sites of its own or reads the large real files is slow."""
MEMORY_DISK = Path("/dev/shm")
MIN_MEMORY = 10 * 2**30
"""Bytes of memory that are free before temporary files are put there."""
MAX_ID_LENGTH = 80
"""Characters of a parameter in the name of a test."""
_numbers = itertools.count()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--benchmark", action="store_true", help="run the benchmarks too")


def pytest_configure(config: pytest.Config) -> None:
    """Put temporary files in memory where there is plenty: a disk takes ten times as long to copy a database.

    The stores of benchmarks are too large for that, and a site's are on a disk.
    """
    # the workers of a run inherit the folder
    if "TMPDIR" not in os.environ and not config.getoption("--benchmark") and _has_memory_to_spare():
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY_DISK)


def _has_memory_to_spare() -> bool:
    if not MEMORY_DISK.is_dir() or os.statvfs(MEMORY_DISK).f_flag & os.ST_NOEXEC:
        return False
    available = re.search(r"^MemAvailable: +(\d+) kB$", Path("/proc/meminfo").read_text(), re.MULTILINE)
    limit = Path("/sys/fs/cgroup/memory.max")
    bounds = [shutil.disk_usage(MEMORY_DISK).free, 1024 * int(available[1]) if available else 0]
    if limit.exists() and (text := limit.read_text().strip()).isdigit():
        bounds.append(int(text))
    return min(bounds) >= MIN_MEMORY


def pytest_make_parametrize_id(val: object) -> str | None:
    """Return the beginning and the size of a long value: pytest passes the id of a test on to every process that it starts."""
    if isinstance(val, str | bytes) and len(val) > MAX_ID_LENGTH:
        return f"{ascii(val[:MAX_ID_LENGTH])[:MAX_ID_LENGTH]} and more, {len(val)} in all"
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what a folder or a fixture says of a test, before tests are chosen by their marks."""
    skip = pytest.mark.skip(reason="a benchmark; `make bench` runs it")
    for item in items:
        if "benchmarks" in item.path.parts and not config.getoption("--benchmark"):
            item.add_marker(skip)
        if "clients" in item.path.parts:
            item.add_marker(pytest.mark.clients)
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        if item.get_closest_marker("story"):
            # one worker starts the site and the browser that all stories share
            item.add_marker(pytest.mark.xdist_group("stories"))
            continue
        if SLOW_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
        if _shares_a_fixture_of_its_file(item) and not item.get_closest_marker("xdist_group"):
            # two workers would each make what the tests of a file share
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def _shares_a_fixture_of_its_file(item: pytest.Item) -> bool:
    file = item.nodeid.split("::")[0]
    found = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
    return any(name.baseid == file and name.scope == "module" for names in found.values() for name in names)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Raise UsageError if a worker of ``--dist loadgroup`` lost the groups of its tests; spare the collector all that stays."""
    if getattr(session.config.option, "loadgroup", False):
        lost = next((i for i in session.items if i.get_closest_marker("xdist_group") and "@" not in i.nodeid), None)
        if lost is not None:
            raise pytest.UsageError(f"pytest-xdist does not group tests with pytest {pytest.__version__}: {lost.nodeid}")
    # the objects of 10,000 tests were walked over and over: an eighth of the processor time
    gc.freeze()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The cluster of this run, shared by its workers; the last one to end stops it and takes it away."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
    home = Path(tempfile.gettempdir()) / f"lode-test-{run}"
    home.mkdir(mode=0o755, exist_ok=True)
    made = Cluster(home, Settings().postgres_bin, NO_DURABILITY)
    made.ensure()
    made.hold()
    yield made
    if made.let_go():
        shutil.rmtree(made.base, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of browsers, of which a process may have one."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """A migrated database that others are copied from; made once a run."""
    with _locked(cluster.home / "template.lock"):
        done = cluster.home / "template.done"
        if not done.exists():
            addresses = engines.find_cluster_addresses(cluster, TEMPLATE)
            preparation.make_database(addresses, TEMPLATE)
            upgrade.upgrade(addresses)
            done.touch()
    return TEMPLATE


@pytest.fixture(scope="session")
def addresses(cluster: Cluster, template: str) -> Iterator[Addresses]:
    """The database of this worker."""
    name = f"lode_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with _copy(cluster, template, name) as found:
        yield found


@pytest.fixture(scope="session")
def own_store(cluster: Cluster, template: str) -> Callable[[str], AbstractContextManager[Store]]:
    """Makes a store that the tests of a file or folder share, empty but for vocabularies, by a name of theirs."""

    @contextmanager
    def named(name: str) -> Iterator[Store]:
        with _copy(cluster, template, f"lode_{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}") as found:
            yield Store(found, cluster)

    return named


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty folder that the server's user may enter; a server left there is stopped."""
    # pytest's own folders are closed to other users, and root's cluster runs as one
    folder = Path(tempfile.mkdtemp(prefix="lode-home-"))
    folder.chmod(0o755)
    yield folder
    cluster = Cluster(folder)
    if (cluster.data / "postmaster.pid").exists():
        cluster.stop()
    shutil.rmtree(cluster.base, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def store(cluster: Cluster, template: str) -> Iterator[Store]:
    """A store of the test's own, empty but for vocabularies; what is done to it may be committed."""
    name = f"lode_{os.getpid()}_{next(_numbers)}"
    with _copy(cluster, template, name) as found:
        yield Store(found, cluster)


@pytest.fixture(scope="session")
def owner_engine(addresses: Addresses) -> Iterator[Engine]:
    engine = engines.create_checked_engine(addresses.owner, "tests")
    yield engine
    engine.dispose()


@pytest.fixture
def connection(owner_engine: Engine) -> Iterator[Connection]:
    """A connection as the owner of the tables; everything done on it is rolled back."""
    with owner_engine.connect() as made:
        transaction = made.begin()
        yield made
        transaction.rollback()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real source files; without it the test is skipped, saying so."""
    folder = Settings().real_data
    if not folder.is_dir():
        pytest.skip(f"the real files are not here: {folder} (LODE_REAL_DATA)")
    return folder.resolve()


@contextmanager
def _copy(cluster: Cluster, template: str, name: str) -> Iterator[Addresses]:
    addresses = engines.find_cluster_addresses(cluster, name)
    assert addresses.admin is not None
    admin = create_engine(addresses.admin.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection, _locked(cluster.home / "copy.lock"):
        # file_copy makes two checkpoints instead of logging every page: a tenth of the time where nothing is synced
        made = f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER lode_owner STRATEGY file_copy'
        connection.execute(text(made))
    # privileges on a database are not copied with it
    preparation.make_database(addresses, name)
    try:
        yield addresses
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        admin.dispose()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def mount() -> Iterator[Callable[[Path, str], None]]:
    """Puts a disk of a size of its own at a folder until the test is over; where that can't be, the test is skipped."""
    mounted: list[Path] = []

    def small_disk(folder: Path, options: str) -> None:
        if os.geteuid() != 0:
            pytest.skip("only root may mount the small disk that this needs")
        command = ["mount", "-t", "tmpfs", "-o", f"{options},mode=755", "tmpfs", str(folder)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            pytest.skip(f"no small disk can be mounted here: {result.stderr.strip()}")
        mounted.append(folder)

    yield small_disk
    for folder in mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(scope="session")
def needs() -> Callable[..., None]:
    """Return a function that fails with the package to install if a program or a file is missing."""

    def require(wanted: str, package: str) -> None:
        if shutil.which(wanted) is None and not Path(wanted).exists():
            pytest.fail(f"{wanted} is missing: run `scripts/setup.sh test`, or `apt-get install {package}`")

    return require

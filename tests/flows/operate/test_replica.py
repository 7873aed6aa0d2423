"""Two sites with one primary and its streaming replica: reads come from the replica, and no response is wrong."""

import contextlib
import hashlib
import http.client
import json
import re
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from flask import g
from sqlalchemy import text
from tests.flows.conftest import LODE, OWN_MAPPING, OWN_TABLE, Serving, _environment, _home, _start, _until
from tests.flows.operate.replicas import SETTINGS, Replica

from lodebase.db.private_cluster.cluster import ADMIN, OWNER, Cluster
from lodebase.query.reading import open_reading, read_dataset_version
from lodebase.settings import Settings
from lodedata.write import FORMATS
from lodeweb.app import create_app
from lodeweb.http import read_replica

pytestmark = pytest.mark.slow
LAG_S = 3.0
PASSWORD = "a password for the tests alone"
HOST = "lode.example.org"
CANDIDATE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [-72, -28]},
    "properties": {"product": "copper", "capacity_tpa": 200_000, "on": "2026-01-31"},
}
PATHS = (
    "/api/collections/deposits/items?limit=20",
    "/api/collections/deposits/items?bbox=-80,-40,-60,0&limit=5",
    "/api/collections/deposits/facets",
    "/api/collections/projects/items?country=CHL",
    "/api/collections/deposits/tiles/WebMercatorQuad/1/0/0",
    "/api/search?q=sahara",
    "/api/collections/deposits",
    "/api/collections/deposits/download/csv",
    f"/api/layout/check?candidate={urllib.parse.quote(json.dumps(CANDIDATE))}",
)
CHANGING = re.compile(rb'"(timeStamp|generated|made_at)":"[^"]*"')


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    version: str | None
    etag: str | None
    body: bytes

    @property
    def content(self) -> str:
        """The body without the times at which it was made."""
        return hashlib.sha256(CHANGING.sub(b"", self.body)).hexdigest()


def fetch(site: Serving, path: str, **headers: str) -> Response:
    """Return the response of a site; both get requests of the same host name, as behind a proxy."""
    request = urllib.request.Request(site.url + path, headers={"Host": HOST, **headers})
    try:
        with urllib.request.urlopen(request, timeout=60) as found:
            return Response(found.status, found.headers["Lode-Dataset-Version"], found.headers["ETag"], found.read())
    except urllib.error.HTTPError as error:
        with error:
            return Response(error.code, error.headers["Lode-Dataset-Version"], error.headers["ETag"], error.read())


def reads_of(site: Serving) -> str:
    return str(json.loads(fetch(site, "/readyz").body).get("reads"))


def metric(site: Serving, name: str) -> float:
    match = re.search(rf"^{name}(?:\{{.*\}})? (\S+)$", fetch(site, "/metrics").body.decode(), re.MULTILINE)
    assert match, name
    return float(match[1])


def version_of(site: Serving) -> int:
    return int(json.loads(fetch(site, "/readyz").body)["dataset_version"])


@dataclass(frozen=True, slots=True)
class Topology:
    """A primary with a site, its replica, and a second site; both sites read from the replica."""

    primary: Cluster
    replica: Replica
    sites: tuple[Serving, Serving]
    lode: Callable[..., subprocess.CompletedProcess[str]]
    folder: Path

    def all_read(self, source: str) -> None:
        """Wait until both sites read from the replica, or from the primary."""
        _until(lambda: all(reads_of(site) == source for site in self.sites), 60)

    def change(self, name: str) -> int:
        """Import a table that has one more deposit, and return the version that it made."""
        (self.folder / "own.yml").write_text(OWN_MAPPING.replace("own-table", name), encoding="utf-8")
        (self.folder / "own.csv").write_text(OWN_TABLE.replace("Sahara Copper", f"Sahara {name}"), encoding="utf-8")
        result = self.lode(
            self.sites[0].home, "import", "--mapping", str(self.folder / "own.yml"), str(self.folder / "own.csv")
        )
        assert result.returncode == 0, result.stderr
        with psycopg.connect(self.primary.url(ADMIN).replace("+psycopg", "")) as connection:
            row = connection.execute("SELECT max(version) FROM lode.dataset_version").fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture(scope="module")
def topology(
    made_home: Path,
    lode: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Topology]:
    stack = contextlib.ExitStack()
    first, second, third = (stack.enter_context(_home()) for _ in range(3))
    subprocess.run(["cp", "-a", f"{made_home}/.", str(first)], check=True)
    (first / "postgresql.extra.conf").write_text(SETTINGS)
    primary, replica = Cluster(first), Replica(Cluster(first), third / "replica")
    primary.ensure()
    replica.make({"max_standby_streaming_delay": "1s"})
    replica.start()
    reading = {"LODE_DATABASE_READ_URL": replica.address(), "LODE_READ_LAG_S": str(LAG_S), "LODE_URL": f"http://{HOST}"}
    elsewhere = {"LODE_DATABASE_URL": f"postgresql://{OWNER}@/lode?host={primary.socket_folder}", **reading}
    folder = tmp_path_factory.mktemp("replica")
    sites = (
        _start(first, None, (), reading, folder / "1.log").ready(),
        _start(second, None, (), elsewhere, folder / "2.log").ready(),
    )
    yield Topology(primary, replica, sites, lode, folder)
    for site in reversed(sites):
        assert site.end() == 0
    replica.stop("immediate")
    stack.close()


class Load:
    """Requests to both sites at once, all the time; the responses are checked afterwards."""

    def __init__(self, sites: tuple[Serving, ...]) -> None:
        self._sites = sites
        self.responses: list[tuple[str, Response]] = []
        self._over = threading.Event()

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._run, args=(site, turn)) for site in self._sites for turn in range(2)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _run(self, site: Serving, turn: int) -> None:
        while not self._over.is_set():
            turn += 1
            path = PATHS[turn % len(PATHS)]
            try:
                self.responses.append((path, fetch(site, path)))
            except (http.client.IncompleteRead, ConnectionError):
                # a file that was being sent while its server went; the client sees that it is cut and resumes it
                assert "/download/" in path

    def require_right(self) -> None:
        """One content for each version and for each entity tag of a path, from either site, and no error."""
        assert [(path, response.status, response.body) for path, response in self.responses if response.status != 200] == []
        contents: dict[tuple[str, str | None], set[str]] = {}
        for path, response in self.responses:
            assert response.version and response.etag
            contents.setdefault((path, response.version), set()).add(response.content)
            contents.setdefault((path, response.etag), set()).add(response.content)
        assert [of for of, content in contents.items() if len(content) > 1] == []
        tags: dict[tuple[str, str | None], set[str | None]] = {}
        for path, response in self.responses:
            tags.setdefault((path, response.version), set()).add(response.etag)
        assert [of for of, tag in tags.items() if len(tag) > 1] == []


def test_reads_come_from_the_replica(topology: Topology) -> None:
    topology.all_read("replica")
    statement = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lode site'"
    fetch(topology.sites[1], PATHS[0])
    assert topology.replica.value_of(statement) != 0
    for site in topology.sites:
        assert metric(site, "lode_replica_up") == 1
        assert 0 <= metric(site, "lode_replica_lag_seconds") < LAG_S


def test_both_sites_send_the_same_tags(topology: Topology) -> None:
    topology.all_read("replica")
    for path in PATHS:
        first, second = (fetch(site, path) for site in topology.sites)
        assert first.status == 200, (path, first.body)
        assert (first.etag, first.version, first.content) == (second.etag, second.version, second.content), path
        assert first.etag
        assert fetch(topology.sites[1], path, **{"If-None-Match": first.etag}).status == 304


def test_an_import_on_the_primary_is_seen_through_the_replica(topology: Topology) -> None:
    topology.all_read("replica")
    version = topology.change("seen")
    _until(lambda: all(version_of(site) == version for site in topology.sites))
    topology.all_read("replica")
    for site in topology.sites:
        assert b"Sahara seen" in fetch(site, "/api/search?q=sahara%20seen").body


def test_a_version_that_only_the_primary_has_comes_from_the_primary(topology: Topology) -> None:
    topology.all_read("replica")
    before = fetch(topology.sites[0], PATHS[0])
    topology.replica.value_of("SELECT pg_wal_replay_pause()")
    try:
        version = topology.change("early")
        behind = fetch(topology.sites[1], PATHS[0])
        if behind.version == before.version:
            # the older data bear the older tag
            assert (behind.etag, behind.content) == (before.etag, before.content)
        named = fetch(topology.sites[0], f"{PATHS[0]}&as_of={version}")
        assert (named.status, named.version) == (200, str(version))
        assert fetch(topology.sites[1], f"/api/changes?since={version}").version == str(version)
    finally:
        topology.replica.value_of("SELECT pg_wal_replay_resume()")
    topology.all_read("replica")


def test_paused_replay_lets_reads_fall_back_until_it_has_caught_up(topology: Topology) -> None:
    topology.all_read("replica")
    topology.replica.value_of("SELECT pg_wal_replay_pause()")
    try:
        version = topology.change("paused")
        topology.all_read("primary")
        for site in topology.sites:
            ready = json.loads(fetch(site, "/readyz").body)
            assert "LODE_READ_LAG_S" in ready["replica"]["not_used_because"]
            assert fetch(site, PATHS[0]).version == str(version)
            assert metric(site, "lode_replica_up") == 0
            assert metric(site, "lode_replica_lag_seconds") > LAG_S
    finally:
        topology.replica.value_of("SELECT pg_wal_replay_resume()")
    topology.all_read("replica")
    assert all(fetch(site, PATHS[0]).version == str(version) for site in topology.sites)


def test_a_replica_that_stops_and_starts_under_load_causes_no_wrong_response(topology: Topology) -> None:
    topology.all_read("replica")
    load = Load(topology.sites)
    with load.running():
        time.sleep(2)
        topology.replica.stop()
        topology.all_read("primary")
        version = topology.change("loaded")
        topology.replica.start()
        topology.all_read("replica")
        topology.change("more")
        topology.replica.stop("immediate")
        topology.all_read("primary")
        topology.replica.start()
        topology.all_read("replica")
    assert len(load.responses) > 50
    load.require_right()
    assert {response.version for _, response in load.responses} >= {str(version), str(version + 1)}


def test_requests_are_counted_by_both_sites_together(topology: Topology) -> None:
    for _ in range(5):
        first, second = (remaining(site) for site in topology.sites)
        if second == first - 1:
            return
        # a new minute began in between
    pytest.fail(f"{first} requests are left at one site, {second} at the other")


def remaining(site: Serving) -> int:
    """How many requests a site says are left to this client."""
    request = urllib.request.Request(site.url + "/api/collections", headers={"Host": HOST})
    with urllib.request.urlopen(request, timeout=60) as found:
        left = re.search(r'"general";r=(\d+)', found.headers["RateLimit"])
    assert left
    return int(left[1])


def test_replica_serves_requests_while_the_primary_is_away(topology: Topology) -> None:
    topology.all_read("replica")
    load = Load(topology.sites)
    with load.running():
        topology.primary.stop()
        time.sleep(3)
        topology.primary.ensure()
    load.require_right()
    topology.all_read("replica")


def test_a_read_that_conflicts_with_the_replay_is_made_again_on_the_primary(topology: Topology) -> None:
    topology.all_read("replica")
    settings = Settings.model_validate(
        {
            "LODE_HOME": topology.folder,
            "LODE_DATABASE_URL": f"postgresql://{OWNER}@/lode?host={topology.primary.socket_folder}",
            "LODE_DATABASE_READ_URL": topology.replica.address(),
        }
    )
    app = create_app(settings)
    lode = app.extensions["lode"]
    tried: list[bool] = []

    def read() -> int:
        with open_reading(lode.engine) as connection:
            tried.append(read_replica.reads_replica())
            connection.execute(text("SELECT 1 FROM lode.deposit LIMIT 1"))
            if tried[-1]:
                with psycopg.connect(topology.primary.url(OWNER).replace("+psycopg", "")) as primary:
                    primary.execute("LOCK TABLE lode.deposit IN ACCESS EXCLUSIVE MODE")
                connection.execute(text("SELECT pg_sleep(9)"))
            return read_dataset_version(connection)

    try:
        _until(lode.replicas.members[0].monitor.is_usable)
        with app.test_request_context("/api/collections"):
            assert read_replica.read_with_fallback(read) == version_of(topology.sites[0])
        assert tried == [True, False]
    finally:
        lode.dispose()


def test_of_several_replicas_each_is_read_and_one_that_is_away_is_left_out(topology: Topology) -> None:
    topology.all_read("replica")
    second = Replica(topology.primary, topology.replica.folder.with_name("second"))
    second.make()
    second.start()
    settings = Settings.model_validate(
        {
            "LODE_HOME": topology.folder,
            "LODE_DATABASE_URL": f"postgresql://{OWNER}@/lode?host={topology.primary.socket_folder}",
            "LODE_DATABASE_READ_URL": f"{topology.replica.address()} {second.address()}",
        }
    )
    app = create_app(settings)
    site = app.extensions["lode"]
    number = {member: place for place, member in enumerate(site.replicas.members)}

    def read_servers() -> set[int | None]:
        """Read the version in forty requests, each from the server that it chose; return the servers."""
        servers: set[int | None] = set()
        for _ in range(40):
            with app.test_request_context("/api/collections"):

                def read() -> int:
                    with open_reading(site.engine) as connection:
                        return read_dataset_version(connection)

                assert read_replica.read_with_fallback(read) == version
                servers.add(number.get(g.get(read_replica.CHOSEN)))
        return servers

    try:
        version = version_of(topology.sites[0])
        _until(lambda: all(member.monitor.is_usable() for member in number))
        assert read_servers() == {0, 1}
        second.stop("immediate")
        # the first read that fails is made again on the primary, and no later request tries it
        assert read_servers() <= {0, 1, None}
        _until(lambda: not site.replicas.members[1].monitor.is_usable())
        assert read_servers() == {0}
        second.start()
        _until(lambda: site.replicas.members[1].monitor.is_usable(), 60)
        assert read_servers() == {0, 1}
    finally:
        site.dispose()
        second.stop("immediate")


def test_a_replica_at_an_older_schema_version_is_not_used(topology: Topology) -> None:
    topology.all_read("replica")
    change = "UPDATE lode.alembic_version SET version_num = %s"
    with psycopg.connect(topology.primary.url(ADMIN).replace("+psycopg", ""), autocommit=True) as connection:
        row = connection.execute("SELECT version_num FROM lode.alembic_version").fetchone()
        assert row is not None
        connection.execute(change, ("0001",))
        # the primary is at the wrong one too, and says so
        _until(lambda: all(fetch(site, "/readyz").status == 503 for site in topology.sites))
        _until(lambda: topology.replica.value_of("SELECT version_num FROM lode.alembic_version") == "0001")
        topology.replica.value_of("SELECT pg_wal_replay_pause()")
        connection.execute(change, row)
    try:
        topology.all_read("primary")
        reason = json.loads(fetch(topology.sites[0], "/readyz").body)["replica"]["not_used_because"]
        assert reason.startswith("its store is at 0001") or "LODE_READ_LAG_S" in reason
    finally:
        topology.replica.value_of("SELECT pg_wal_replay_resume()")
    topology.all_read("replica")


def test_download_begun_at_one_site_is_resumed_at_another(topology: Topology) -> None:
    topology.all_read("replica")
    for form in FORMATS:
        path = f"/api/collections/deposits/download/{form}"
        whole = fetch(topology.sites[0], path)
        assert whole.status == 200 and whole.etag
        middle = len(whole.body) // 2
        rest = fetch(topology.sites[1], path, **{"Range": f"bytes={middle}-", "If-Range": whole.etag})
        assert rest.status == 206, form
        assert whole.body[:middle] + rest.body == whole.body, form
        changed = fetch(topology.sites[1], path, **{"Range": f"bytes={middle}-", "If-Range": '"another"'})
        assert (changed.status, changed.body) == (200, whole.body), form


def test_who_signs_in_at_one_site_is_signed_in_at_the_other(topology: Topology) -> None:
    subprocess.run(
        [LODE, "user", "add", "expert", "--role", "expert"],
        env=_environment(topology.sites[0].home),
        input=PASSWORD,
        text=True,
        capture_output=True,
        timeout=240,
        check=True,
    )
    jar = urllib.request.HTTPCookieProcessor()
    opener = urllib.request.build_opener(jar)

    def open_page(site: Serving, path: str, form: dict[str, str] | None = None) -> str:
        data = None if form is None else urllib.parse.urlencode(form).encode()
        with opener.open(site.url + path, data, timeout=60) as found:
            return f"{found.url}\n{found.read().decode()}"

    page = open_page(topology.sites[0], "/desk/sign-in")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    form = {"name": "expert", "password": PASSWORD, "csrf_token": token[1], "next": "/desk"}
    assert "/sign-in" not in open_page(topology.sites[0], "/desk/sign-in", form).splitlines()[0]
    # a cookie is for a host, whatever its port
    assert "/sign-in" not in open_page(topology.sites[1], "/desk").splitlines()[0]

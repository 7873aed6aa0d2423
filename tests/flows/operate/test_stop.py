"""How a site stops: it announces that and ends what runs; how it goes on when its database server was killed."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from tests.benchmarks.datasets import million

from lodebase.cli.operation import serve as serving
from lodebase.db.private_cluster.cluster import ADMIN, Cluster
from lodebase.errors import PublicAsRoot
from lodebase.process import runtime_folder
from lodebase.settings import Settings

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

Serve = Callable[..., "Serving"]
ITEMS = "/api/collections/deposits/items?limit=1"
FILE = "/api/collections/deposits/download/geojson?source=made-up-deposits"
ROWS = 20_000
END_S = 30.0
"""Seconds after which a site that had SIGTERM has not ended: several times what the default settings allow."""
BACK_S = 30.0
"""Seconds until a site responds again after its database server was killed."""


@pytest.fixture
def home(made_home: Path, new_home: Path) -> Path:
    """A home that was served once and stopped, with the starter register in it."""
    subprocess.run(["cp", "-a", f"{made_home}/.", str(new_home)], check=True)
    return new_home


def address(home: Path) -> str:
    return f"postgresql://{ADMIN}@/lode?host={Cluster(home).socket_folder}"


def test_a_request_that_runs_is_answered_after_sigterm_and_readiness_fails_first(
    home: Path, serve: Serve, until: Callable[..., None]
) -> None:
    site = serve(home, LODE_STOP_NOTICE="8", LODE_DRAIN="110", LODE_STATEMENT_TIMEOUT="100").ready()
    assert site.get("/readyz").status == 200
    responses: list[int] = []

    def ask() -> None:
        with urllib.request.urlopen(f"{site.url}/api/collections/deposits/items?limit=2", timeout=120) as response:
            responses.append(response.status)

    asking = threading.Thread(target=ask)
    with psycopg.connect(address(home)) as connection:
        connection.execute("LOCK TABLE lode.dataset_version IN ACCESS EXCLUSIVE MODE")
        asking.start()
        until(lambda: "lode_database_in_use 0.0" not in site.get("/metrics").text)
        os.kill(site.process.pid, signal.SIGTERM)
        # before that, a request of /readyz would wait for the lock too
        until(lambda: any(runtime_folder.MEMORY.glob(f"{runtime_folder.PREFIX}{site.process.pid}-*/stopping")))
        assert b"is stopping" in readiness(site)
        assert site.get("/healthz").status == 200, "requests are still taken"
        time.sleep(9)
        assert site.process.poll() is None and asking.is_alive(), "it waits for the request that runs"
    asking.join(120)
    assert responses == [200]
    assert site.process.wait(60) == 0
    assert "Traceback" not in site.output()


def readiness(site: "Serving") -> bytes:
    response = site.get("/readyz")
    return response.text.encode() if response.status == 503 else b""


def test_a_second_signal_ends_the_site_at_once(home: Path, serve: Serve, until: Callable[..., None]) -> None:
    site = serve(home, LODE_STOP_NOTICE="200").ready()
    os.kill(site.process.pid, signal.SIGTERM)
    until(lambda: b"is stopping" in readiness(site))
    assert site.end(signal.SIGTERM) == 0


def test_a_download_that_is_cut_off_by_the_end_is_noticed_and_can_be_resumed(home: Path, serve: Serve, tmp_path: Path) -> None:
    site = serve(home, LODE_DRAIN="1", LODE_STOP_NOTICE="0").ready()
    load_rows(home, tmp_path)
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    connection.request("GET", FILE)
    response = connection.getresponse()
    etag, begun = str(response.getheader("ETag")), response.read(100_000)
    assert not etag.startswith("W/")
    assert site.end(signal.SIGTERM, 60) == 0
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        while part := response.read(65_536):
            begun += part
    connection.close()

    again = serve(home, site.port).ready()
    headers = {"Range": f"bytes={len(begun)}-", "If-Range": etag}
    with urllib.request.urlopen(urllib.request.Request(again.url + FILE, headers=headers), timeout=60) as rest:
        assert rest.status == 206 and rest.headers["ETag"] == etag
        assert rest.headers["Content-Range"].startswith(f"bytes {len(begun)}-")
        resumed = begun + rest.read()
    with urllib.request.urlopen(again.url + FILE, timeout=60) as whole:
        assert whole.read() == resumed
    headers["If-Range"] = '"another"'
    with urllib.request.urlopen(urllib.request.Request(again.url + FILE, headers=headers), timeout=60) as anew:
        assert anew.status == 200, "of a file that has changed the whole is sent"


def load_rows(home: Path, folder: Path) -> None:
    million.write(folder / "made-up.csv", ROWS)
    (folder / "mapping.yml").write_text(million.MAPPING, encoding="utf-8")
    lode = Path(sys.executable).with_name("lode")
    command = [str(lode), "import", "--mapping", str(folder / "mapping.yml"), str(folder / "made-up.csv")]
    done = subprocess.run(command, env={**os.environ, "LODE_HOME": str(home)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_database_server_that_is_killed_under_requests_is_started_again(home: Path, serve: Serve) -> None:
    site = serve(home, LODE_WORKERS="2").ready()
    over, seen = threading.Event(), list[int]()

    def ask() -> None:
        while not over.is_set():
            seen.append(site.get(ITEMS).status)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1)
        os.kill(int((Cluster(home).data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        killed = time.monotonic()
        time.sleep(0.5)
        while site.get("/readyz").status != 200 or "the database server runs again" not in site.output():
            assert time.monotonic() - killed < BACK_S, site.output()[-2_000:]
            time.sleep(0.2)
    finally:
        over.set()
        for thread in threads:
            thread.join(60)
    assert set(seen) <= {200, 503}
    assert site.get(ITEMS).status == 200
    assert site.end() == 0
    assert not Cluster(home).running()


def test_a_database_server_that_is_stopped_in_order_stays_stopped(home: Path, serve: Serve) -> None:
    site, cluster = serve(home).ready(), Cluster(home)
    cluster.stop()
    time.sleep(6)
    assert not cluster.running() and not cluster.has_died()
    assert site.get("/readyz").status == 503
    cluster.ensure()
    assert site.end() == 0


def beating(site: "Serving") -> set[int]:
    """Return the processes of a site that have a heartbeat."""
    folders = runtime_folder.MEMORY.glob(f"{runtime_folder.PREFIX}{site.process.pid}-*/beats/*")
    return {int(path.name) for path in folders}


def test_a_killed_database_is_started_again_and_sigterm_obeyed_while_all_else_hangs(
    home: Path, serve: Serve, until: Callable[..., None]
) -> None:
    site = serve(home).ready()
    assert site.get(ITEMS).status == 200
    # the worker of the site and the background tasks
    until(lambda: len(beating(site)) == 2)
    for pid in beating(site):
        os.kill(pid, signal.SIGSTOP)
    os.kill(int((Cluster(home).data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    until(lambda: "the database server runs again" in site.output(), BACK_S)
    begun = time.monotonic()
    assert site.end(signal.SIGTERM) == 0
    assert time.monotonic() - begun < END_S, site.output()[-2_000:]


def test_sigterm_ends_the_site_in_time_with_requests_in_flight(home: Path, serve: Serve, until: Callable[..., None]) -> None:
    site = serve(home).ready()
    assert site.get(ITEMS).status == 200

    def ask() -> None:
        # each is cut off, or ends with the server
        with contextlib.suppress(OSError, http.client.HTTPException):
            urllib.request.urlopen(site.url + ITEMS, timeout=60).close()

    asking = [threading.Thread(target=ask) for _ in range(6)]
    # the server ends the connection when it stops: nothing is left to commit
    with contextlib.closing(psycopg.connect(address(home))) as connection:
        connection.execute("LOCK TABLE lode.dataset_version IN ACCESS EXCLUSIVE MODE")
        for thread in asking:
            thread.start()
        until(lambda: "lode_database_in_use 0.0" not in site.get("/metrics").text)
        begun = time.monotonic()
        assert site.end(signal.SIGTERM) == 0
        assert time.monotonic() - begun < END_S, site.output()[-2_000:]
    for thread in asking:
        thread.join(60)
    assert not Cluster(home).running() and "Traceback" not in site.output()


def test_a_worker_that_no_longer_responds_is_replaced(home: Path, serve: Serve, until: Callable[..., None]) -> None:
    site = serve(home, LODE_SILENT="3").ready()
    assert site.get(ITEMS).status == 200
    until(lambda: len(beating(site)) == 2)
    stuck = beating(site)
    for pid in stuck:
        os.kill(pid, signal.SIGSTOP)
    until(lambda: site.output().count("which had not responded for") == 2, BACK_S)
    until(lambda: responds(site) and len(beating(site) - stuck) == 2, BACK_S)


def responds(site: "Serving") -> bool:
    """Return whether a site serves a page; connections to a worker that was killed are reset."""
    with contextlib.suppress(OSError):
        return site.get(ITEMS).status == 200
    return False


@pytest.mark.parametrize(
    ("user", "host", "refused"),
    [
        (0, "0.0.0.0", True),
        (0, "::", True),
        (0, "192.0.2.7", True),
        (0, "127.0.0.1", False),
        (0, "::1", False),
        (0, "localhost", False),
        (1000, "0.0.0.0", False),
    ],
)
def test_root_serves_on_loopback_only(monkeypatch: pytest.MonkeyPatch, user: int, host: str, refused: bool) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    settings = Settings.model_validate({"LODE_HOST": host})
    if refused:
        with pytest.raises(PublicAsRoot, match=f"LODE_HOST={host} "):
            serving._require_safe_user(settings)
    else:
        serving._require_safe_user(settings)


@pytest.mark.skipif(os.geteuid() != 0, reason="the sentence is for root")
def test_the_refusal_is_one_sentence(new_home: Path, lode: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    done = lode(new_home, "serve", LODE_HOST="0.0.0.0")
    assert done.returncode == 2
    assert done.stderr.startswith("lode: LODE_HOST=0.0.0.0 can be reached from other machines") and done.stderr.count("\n") == 1
    assert not (new_home / "cluster").exists()

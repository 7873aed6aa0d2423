"""The database goes away and comes back under load: 503 with Retry-After while it is away, nothing hangs, nothing is to do."""

import http.client
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lodebase.db.private_cluster.cluster import Cluster

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

CLIENTS = 20
PATHS = (
    "/api/collections/deposits/items?limit=10",
    "/api/collections/projects/items?bbox=-80,-40,-60,0",
    "/api/collections",
    "/api/sources",
    "/readyz",
)
AWAY_S, BACK_S = 2.0, 5.0
HANGS_S = 10.0
"""Longer than a statement may run here and than a response may take."""


@dataclass
class Seen:
    """Records of the clients: time, status and duration of each response, and errors."""

    responses: list[tuple[float, int, float]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def send_requests(self, port: int, number: int) -> None:
        """Send requests over one connection until the end."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HANGS_S)
        while not self.over.is_set():
            path = PATHS[number % len(PATHS)]
            number += 1
            begun = time.monotonic()
            try:
                connection.request("GET", path)
                response = connection.getresponse()
                response.read()
            except (OSError, http.client.HTTPException) as error:
                self.wrong.append(f"{path}: {error!r}")
                connection.close()
                continue
            self.responses.append((time.monotonic(), response.status, time.monotonic() - begun))
            if response.status == 503:
                if not response.headers.get("Retry-After", "").isdigit():
                    self.wrong.append(f"{path}: a 503 without Retry-After")
                time.sleep(0.05)
            elif response.status != 200:
                self.wrong.append(f"{path}: {response.status}")
        connection.close()

    def check_health(self, port: int) -> None:
        """Request /healthz, which must always succeed."""
        while not self.over.wait(0.1):
            begun = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HANGS_S)
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status != 200:
                    self.wrong.append("/healthz is not well")
            except (OSError, http.client.HTTPException) as error:
                self.wrong.append(f"/healthz: {error!r}")
            connection.close()
            if time.monotonic() - begun > 3:
                self.wrong.append(f"/healthz took {time.monotonic() - begun:.1f} s")

    def statuses(self, begin: float, end: float) -> set[int]:
        """Return the statuses of the responses between two moments."""
        return {status for at, status, _ in self.responses if begin <= at < end}


def stop(cluster: Cluster) -> None:
    """Stop the server as an administrator does: connections end, committed data remain."""
    cluster.stop()


def crash(cluster: Cluster) -> None:
    """Kill a process of the server, as a machine without memory does; the server restarts by itself."""
    pid = int((cluster.data / "postmaster.pid").read_text().splitlines()[0])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for child in children:
        if b"lode_site" in Path(f"/proc/{child}/cmdline").read_bytes():
            os.kill(int(child), signal.SIGKILL)
            return
    raise AssertionError("the site has no connection")


@pytest.mark.parametrize("goes", [stop, crash])
def test_the_database_goes_under_load_and_comes_back(
    goes: Callable[[Cluster], None], made_home: Path, new_home: Path, serve: Callable[..., "Serving"]
) -> None:
    subprocess.run(["cp", "-a", f"{made_home}/.", str(new_home)], check=True)
    site, seen = serve(new_home, LODE_WORKERS="2").ready(), Seen()
    threads = [threading.Thread(target=seen.send_requests, args=(site.port, n)) for n in range(CLIENTS)]
    threads.append(threading.Thread(target=seen.check_health, args=(site.port,)))
    for thread in threads:
        thread.start()
    try:
        time.sleep(2)
        gone = time.monotonic()
        goes(Cluster(new_home))
        away = started = time.monotonic()
        if goes is stop:
            time.sleep(AWAY_S)
            assert "lode_database_up 0.0" in site.get("/metrics").text
            started = time.monotonic()
            Cluster(new_home).ensure()
        back = time.monotonic()
        time.sleep(BACK_S)
    finally:
        seen.over.set()
        for thread in threads:
            thread.join(HANGS_S * 2)
    assert not any(thread.is_alive() for thread in threads)
    assert not seen.wrong, seen.wrong[:10]
    assert max(took for _, _, took in seen.responses) < HANGS_S
    assert seen.statuses(0, gone) == {200}
    assert 503 in seen.statuses(gone, back + BACK_S)
    # by itself, within seconds, and for good
    assert seen.statuses(back + BACK_S - 1.5, back + BACK_S) == {200}
    if goes is stop:
        # a response that was made before may arrive a moment later
        assert seen.statuses(away + 0.5, started) == {503}
    assert site.get("/readyz").status == 200
    assert "lode_database_up 1.0" in site.get("/metrics").text
    assert site.end() == 0
    assert "unforeseen" not in site.output()

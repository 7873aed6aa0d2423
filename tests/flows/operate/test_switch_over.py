"""A site on a pair of servers that Patroni manages: no confirmed write is lost and no response is wrong while they switch."""

import hashlib
import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.flows.conftest import OWN_MAPPING, OWN_TABLE, Serving, _call, _until
from tests.flows.operate.patroni_pair import PASSWORD, PatroniPair, patroni_pair
from tests.flows.repository.operate_docs import FOLDER, blocks

pytestmark = [pytest.mark.slow, pytest.mark.clients]
PATHS = (
    "/api/collections/deposits/items?limit=20",
    "/api/collections/deposits/items?bbox=-80,-40,-60,0&limit=5",
    "/api/collections/deposits/facets",
    "/api/collections/projects/items?country=CHL",
    "/api/search?q=copper",
    "/api/changes?since=1&limit=20",
)
CHANGING = re.compile(rb'"(timeStamp|generated|made_at)":"[^"]*"')
FIRM = {"inputs": {"name": "Nobody Ltd", "date": "2020-01-01"}}
HONEST = (429, 500, 502, 503, 504)
"""Statuses by which a site says that it can't respond now."""


@dataclass
class SwitchLoad:
    """Reads and writes all the time; what was read and confirmed is checked afterwards."""

    site: Serving
    contents: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    versions: list[int] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    confirmed: list[str] = field(default_factory=list)
    written_at: list[float] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[None]:
        work = (self._read, self._read, self._write)
        threads = [threading.Thread(target=self._repeat, args=(one,)) for one in work]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _repeat(self, work: Callable[[int], None]) -> None:
        turn = 0
        while not self._over.is_set():
            turn += 1
            work(turn)

    def _read(self, turn: int) -> None:
        path = PATHS[turn % len(PATHS)]
        status, version, body = self.request(path)
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status == 200:
            digest = hashlib.sha256(CHANGING.sub(b"", body)).hexdigest()
            self.contents.setdefault((path, str(version)), set()).add(digest)
            self.versions.append(int(version or 0))

    def _write(self, turn: int) -> None:
        status, _, body = self.request("/api/processes/list-check/execution", FIRM, f"10.1.{turn // 250}.{turn % 250}")
        assert status == 201 or status in HONEST, (status, body)
        if status == 201:
            self.confirmed.append(json.loads(body)["jobID"])
            self.written_at.append(time.monotonic())
        time.sleep(0.2)

    def request(self, path: str, body: object = None, client: str = "10.0.0.1") -> tuple[int, str | None, bytes]:
        """Return status, version and body of a response to one of many clients."""
        content = None if body is None else json.dumps(body).encode()
        headers = {"X-Forwarded-For": client, "Content-Type": "application/json", "Prefer": "respond-async"}
        request = urllib.request.Request(self.site.url + path, content, headers if content else {"X-Forwarded-For": client})
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, response.headers["Lode-Dataset-Version"], response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, None, error.read()

    def settled(self, path: str) -> bytes:
        """Return the body of a response; a connection from before the switch-over may give a 503 once."""
        tried: list[tuple[int, str | None, bytes]] = []

        def responds() -> bool:
            tried.append(self.request(path))
            return tried[-1][0] == 200

        _until(responds, 30)
        return tried[-1][2]

    def longest_gap(self) -> float:
        """Return the longest time in seconds without a confirmed write."""
        return max(later - earlier for earlier, later in zip(self.written_at, self.written_at[1:], strict=False))

    def require_right(self) -> None:
        """One content for each version of a path, no other error than that the site can't respond now, every write there."""
        assert [key for key, content in self.contents.items() if len(content) > 1] == []
        assert set(self.statuses) <= {200, *HONEST}, self.statuses
        for job in self.confirmed:
            self.settled(f"/api/jobs/{job}")

    def require_done(self) -> None:
        """Wait until each job has ended as it should."""

        def states() -> Counter[tuple[str, str]]:
            found = (json.loads(self.settled(f"/api/jobs/{job}")) for job in self.confirmed)
            return Counter((document["status"], document.get("message", "")) for document in found)

        _until(lambda: not {"accepted", "running"} & {status for status, _ in states()}, 180)
        assert {status for status, _ in states()} == {"successful"}, states()


@pytest.fixture
def pair(needs: Callable[..., None]) -> Iterator[PatroniPair]:
    needs("patroni", "patroni")
    needs("etcd", "etcd-server")
    needs("/usr/lib/python3/dist-packages/etcd/__init__.py", "python3-etcd")
    with patroni_pair() as servers:
        yield servers


def make_database(pair: PatroniPair) -> str:
    """Make the database and the roles as the page says, and return its address."""
    (content,) = (block.text for block in blocks(FOLDER / "topologies.md") if "CREATE ROLE lode LOGIN" in block.text)
    statements = [line for line in content.splitlines() if line.startswith(("CREATE", "GRANT"))]
    pair.run_statements([line for line in statements if "EXTENSION" not in line])
    pair.run_statements([line for line in statements if "EXTENSION" in line], "lode")
    return pair.address("lode", "lode", "change-me")


@pytest.mark.timeout(900)
def test_a_switch_over_under_load_loses_no_write(
    pair: PatroniPair, serve: Callable[..., Serving], new_home: Path, tmp_path: Path
) -> None:
    assert PASSWORD not in make_database(pair)
    own = {"LODE_DATABASE_URL": pair.address("lode", "lode", "change-me"), "LODE_TRUSTED_PROXIES": "1"}
    site = serve(new_home, None, **own).ready()
    (tmp_path / "own.yml").write_text(OWN_MAPPING, encoding="utf-8")
    (tmp_path / "own.csv").write_text(OWN_TABLE, encoding="utf-8")
    table = ("import", "--mapping", str(tmp_path / "own.yml"), str(tmp_path / "own.csv"))
    load = SwitchLoad(site)
    with load.running():
        time.sleep(5)
        planned = pair.switch_over()
        _until(lambda: bool(load.written_at) and load.written_at[-1] > time.monotonic() - 1, 60)
        planned_gap = load.longest_gap()
        imported = _call(new_home, *table, **own)
        assert imported.returncode == 0, imported.stderr
        pair.require_pair()
        time.sleep(3)
        pair.kill(planned)
        _until(lambda: pair.leader() not in (None, planned), 120)
        _until(lambda: load.written_at[-1] > time.monotonic() - 1, 60)
        time.sleep(5)
    pair.start_server(planned)
    pair.require_pair()
    load.require_right()
    assert b"Sahara Copper" in load.settled("/api/search?q=sahara%20copper")
    assert load.versions[-1] == max(load.versions) and len(load.confirmed) > 50 and load.statuses[200] > 100
    refused = sum(load.statuses.values()) - load.statuses[200]
    print(f"{load.statuses[200]} responses, {refused} refused; {len(load.confirmed)} writes confirmed, none lost")
    print(f"longest time without a write: {planned_gap:.1f} s planned, {load.longest_gap():.1f} s in all")
    load.require_done()
    assert site.end() == 0

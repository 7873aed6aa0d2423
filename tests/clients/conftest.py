"""Fixtures for tests of real clients: a site with the starter register, its logged requests, and code blocks of the docs."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
from tests.many_requests import MANY_REQUESTS

from lodebase.db.private_cluster.cluster import Cluster

GUIDES = Path(__file__).parents[2] / "docs/use"
ADDRESS = "http://127.0.0.1:8000"
"""The address in the docs, which the tests replace with that of their site."""
SECONDS = 120


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """A request in the log of the site."""

    method: str
    path: str
    status: int
    query: dict[str, str]


@dataclass(frozen=True, slots=True)
class Site:
    """A running site, its log and its home."""

    url: str
    log: Path
    home: Path

    @property
    def api(self) -> str:
        """Return the address of the API."""
        return f"{self.url}/api/"

    def logged_requests(self) -> list[LoggedRequest]:
        """Return all requests so far, in order; each is logged before its response is sent."""
        lines = (line for line in self.log.read_text(encoding="utf-8").splitlines() if line.startswith("{"))
        entries = (line for line in map(json.loads, lines) if line.get("event") == "request")
        return [LoggedRequest(line["method"], line["path"], line["status"], _parsed(line.get("query", ""))) for line in entries]

    @staticmethod
    def items(logged: list[LoggedRequest], collection: str) -> list[dict[str, str]]:
        """Return the parameters of each request for features of a collection."""
        return [a.query for a in logged if a.method == "GET" and a.path == f"/api/collections/{collection}/items"]

    @contextlib.contextmanager
    def recorded_requests(self) -> Iterator[list[LoggedRequest]]:
        """Yield a list that has the requests of the block after its end; none of them may have failed."""
        before, found = len(self.logged_requests()), list[LoggedRequest]()
        yield found
        found.extend(self.logged_requests()[before:])
        assert [request for request in found if request.status >= 400] == []


def _parsed(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Yield the site of `lode serve` on its own home, with the starter register."""
    # pytest's own folders are closed to other users, and root's cluster runs as one
    home, log = Path(tempfile.mkdtemp(prefix="lode-")), tmp_path_factory.mktemp("clients") / "log"
    home.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    bare = {name: value for name, value in os.environ.items() if not name.startswith("LODE_")}
    settings = {**MANY_REQUESTS, "LODE_HOME": str(home), "LODE_WORKERS": "1", "LC_ALL": "C.UTF-8", "PORT": str(port)}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("lode"), "serve"],
            env=bare | settings,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + SECONDS
        while "Ctrl-C ends it." not in log.read_text(encoding="utf-8"):
            assert process.poll() is None and time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(0.05)
        yield Site(f"http://127.0.0.1:{port}", log, home)
        assert "Traceback" not in log.read_text(encoding="utf-8")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        shutil.rmtree(Cluster(home).base, ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def features(site: Site) -> Callable[..., list[dict[str, Any]]]:
    """Return a function that requests matching features by plain HTTP, to compare the results of clients with them."""

    def of(collection: str, **parameters: str) -> list[dict[str, Any]]:
        response = requests.get(f"{site.api}collections/{collection}/items", {"limit": "10000"} | parameters, timeout=20)
        response.raise_for_status()
        found: list[dict[str, Any]] = response.json()["features"]
        return found

    return of


@pytest.fixture(scope="session")
def blocks(site: Site) -> Callable[[str, str], list[str]]:
    """Return a function that yields the code blocks of a guide in a language, with the address of the site."""

    def of(page: str, language: str) -> list[str]:
        content = (GUIDES / page).read_text(encoding="utf-8")
        assert ADDRESS in content
        found = re.findall(rf"^```{language}\n(.*?)^```$", content, re.DOTALL | re.MULTILINE)
        assert found, f"{page} has no block of {language}"
        return [block.replace(ADDRESS, site.url) for block in found]

    return of


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., str]:
    """Return a function that runs a command in a folder of the test and returns its output."""
    folder = tmp_path / "reader"
    folder.mkdir()

    def command(*arguments: str, stdin: str = "", **more: str) -> str:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("LODE_", "VIRTUAL_ENV", "PYTHON"))
        }
        result = subprocess.run(
            arguments,
            cwd=folder,
            env=environment | {"LC_ALL": "C.UTF-8", "HOME": str(folder)} | more,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
        assert "ERROR" not in result.stderr and "Warning" not in result.stderr, result.stderr
        return result.stdout

    return command

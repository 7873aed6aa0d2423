"""A client that takes nothing of its file is cut off, the log says why, and its place is free for others."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.benchmarks.datasets import million
from tests.flows.operate.test_slow import busy_connections, line, sent

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

ROWS = 12_000
FILE = "/api/collections/deposits/download/{}?source=made-up-deposits"
SLOW_S = 2


@pytest.fixture(scope="module")
def site(lasting: Callable[..., "Serving"], tmp_path_factory: pytest.TempPathFactory) -> "Serving":
    """A site with more records than the machine takes for a client that reads nothing, which sends one file to a client."""
    made = lasting(LODE_SLOW_CLIENT=str(SLOW_S), LODE_DOWNLOADS_EACH="1", LODE_WORKERS="1")
    folder = tmp_path_factory.mktemp("made-up")
    million.write(folder / "made-up.csv", ROWS)
    (folder / "mapping.yml").write_text(million.MAPPING, encoding="utf-8")
    environment = {**os.environ, "LODE_HOME": str(made.home)}
    lode = Path(sys.executable).with_name("lode")
    command = [str(lode), "import", "--mapping", str(folder / "mapping.yml"), str(folder / "made-up.csv")]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return made


@pytest.mark.parametrize("form", ["geojson", "gpkg"])
def test_a_client_that_takes_nothing_is_cut_off(site: "Serving", until: Callable[..., None], form: str) -> None:
    before = site.output().count("response cut off")
    with line(site, receive=1024) as made:
        made.sendall(sent(FILE.format(form)))
        assert made.recv(12) == b"HTTP/1.1 200"
        assert site.get(FILE.format("csv")).status == 429, "its place is taken"
        until(lambda: site.output().count("response cut off") > before, seconds=SLOW_S + 20)
        assert f"the client took nothing for {SLOW_S} seconds" in site.output()
        until(lambda: busy_connections(site) == 0)
        until(lambda: site.get(FILE.format("csv")).status == 200)
        with pytest.raises((OSError, AssertionError)):
            taken(made)


def taken(made: socket.socket) -> None:
    """Take what is left: less than the head said, or the connection is reset or says no more."""
    while made.recv(65_536):
        pass
    raise AssertionError("it ended before its length")

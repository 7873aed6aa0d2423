"""`lode serve` from the command line: started, started again, interrupted, killed, with another site, and failures."""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lodebase.db.private_cluster.cluster import Cluster
from lodedata import sources

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

Serve = Callable[..., "Serving"]
Run = Callable[..., subprocess.CompletedProcess[str]]
Processes = Callable[[Path], dict[int, str]]

LISTINGS = (
    ("settings",),
    ("sources",),
    ("runs",),
    ("quarantine", "list"),
    ("vocab",),
    ("vocab", "country", "智利"),
    ("db", "status"),
)


@pytest.fixture
def home(made_home: Path, new_home: Path) -> Path:
    """A home that was served once and stopped, with the starter register in it."""
    subprocess.run(["cp", "-a", f"{made_home}/.", str(new_home)], check=True)
    return new_home


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def gone(home: Path, processes: Processes) -> bool:
    return not processes(home)


def said(site: "Serving", step: str) -> bool:
    return step in site.output()


def sentence(result: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a command that could not do its work; steps before it end with an ellipsis."""
    lines = [line for line in result.stderr.splitlines() if not line.endswith("…")]
    assert result.returncode == 2, result.stderr
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("lode: ")
    assert result.stdout == ""
    return lines[0]


def test_from_nothing_to_a_page(new_home: Path, serve: Serve) -> None:
    site = serve(new_home, LODE_WORKERS="2").ready()
    said = site.output()
    for step in ("database: ", "starter register: "):
        assert any(line.startswith(step) and line.endswith(" s") for line in said.splitlines()), said
    assert f"Lode is at {site.url} (" in said
    assert site.get().status == 200
    assert json.loads(site.get("/readyz").text)["ready"]
    records = sum(
        json.loads(site.get(f"/api/collections/{name}/items?limit=1").text)["numberMatched"]
        for name in ("deposits", "discoveries", "projects")
    )
    assert records >= 250
    assert site.end() == 0
    assert "Traceback" not in site.output()


def test_the_second_start_loads_nothing(home: Path, serve: Serve) -> None:
    """How long it takes is measured by the benchmarks, as it depends on the machine."""
    site = serve(home, None, "--json").ready()
    started = json.loads(next(line for line in site.output().splitlines() if line.startswith('{"url"')))
    assert started["url"] == site.url and started["seconds"] > 0
    assert "starter register" not in site.output()
    assert json.loads(site.get("/readyz").text)["dataset_version"] == len(sources.WITH_FILES)
    site.end()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_site_and_cluster(home: Path, serve: Serve, processes: Processes, number: int) -> None:
    site = serve(home).ready()
    assert site.get("/api/collections/deposits/items?limit=1").status == 200
    assert any("postgres" in command for command in processes(home).values())
    assert any("lodeweb.http.service.server" in command for command in processes(home).values())
    assert site.end(number) == 0
    assert gone(home, processes)
    assert not Cluster(home).running()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", site.port)) != 0
    assert "stopping: " in site.output() and "Traceback" not in site.output()


def test_ctrl_c_ends_it_while_visitors_hold_connections(home: Path, serve: Serve, processes: Processes) -> None:
    site = serve(home).ready()
    visitors = [socket.create_connection(("127.0.0.1", site.port)) for _ in range(12)]
    try:
        for visitor in visitors[:6]:
            visitor.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        site.press_ctrl_c()
        assert site.process.wait(15) == 0
        assert gone(home, processes)
    finally:
        for visitor in visitors:
            visitor.close()


def test_ctrl_c_ends_a_start_at_any_step_and_the_next_one_goes_on(
    new_home: Path, serve: Serve, processes: Processes, until: Callable[..., None]
) -> None:
    for step in ("database …", "database: ", "starter register …"):
        site = serve(new_home)
        until(partial(said, site, step))
        site.press_ctrl_c()
        assert site.process.wait(30) in (0, 130), step
        until(partial(gone, new_home, processes))
        assert "Traceback" not in site.output()
    assert serve(new_home).ready().get("/readyz").status == 200


def test_a_port_that_is_taken_is_one_sentence(new_home: Path, lode: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = sentence(lode(new_home, "serve", PORT=str(port)))
    assert result.startswith(f"lode: Port {port} on 127.0.0.1 can't be had (Address already in use); ")
    assert f"PORT={port + 1} make serve" in result
    assert not (new_home / "cluster").exists()


@pytest.mark.parametrize("port", ["65536", "http"])
def test_a_port_that_is_none_is_one_sentence(new_home: Path, lode: Run, port: str) -> None:
    assert f"PORT='{port}'" in sentence(lode(new_home, "serve", PORT=port))


def test_two_on_one_home_share_the_cluster_and_the_last_one_stops_it(home: Path, serve: Serve, processes: Processes) -> None:
    first = serve(home).ready()
    second = serve(home).ready()
    servers = [command for command in processes(home).values() if "bin/postgres" in command]
    assert len(servers) == 1
    assert first.get("/readyz").status == second.get("/readyz").status == 200
    assert first.end() == 0
    assert Cluster(home).running()
    assert second.get("/api/collections/projects/items?limit=1").status == 200
    assert second.end() == 0
    assert not Cluster(home).running()
    assert gone(home, processes)


def test_two_that_begin_at_once_on_a_new_home_both_serve(new_home: Path, serve: Serve) -> None:
    sites = [serve(new_home), serve(new_home)]
    for site in sites:
        assert site.ready().get("/readyz").status == 200
    runs = json.loads(sites[0].get("/readyz").text)
    assert runs["dataset_version"] == len(sources.WITH_FILES)
    for site in sites:
        assert site.end() == 0
        assert "Traceback" not in site.output()


def test_after_kill_9_of_serve_a_new_start_works(
    home: Path, serve: Serve, processes: Processes, until: Callable[..., None]
) -> None:
    """Nothing of the killed one may keep the port; its cluster is used as it is, or mended."""
    site = serve(home).ready()
    assert site.end(signal.SIGKILL) == -signal.SIGKILL
    until(lambda: not [command for command in processes(home).values() if "lodeweb.http.service.server" in command], 10)
    again = serve(home, site.port).ready()
    assert again.get("/readyz").status == 200
    assert again.end() == 0
    assert gone(home, processes)


def test_after_kill_9_of_everything_a_new_start_works(home: Path, serve: Serve, processes: Processes) -> None:
    site = serve(home).ready()
    for pid in processes(home):
        os.kill(pid, signal.SIGKILL)
    site.process.wait(10)
    again = serve(home).ready()
    assert again.get("/readyz").status == 200
    assert json.loads(again.get("/api/collections/deposits/items?limit=1").text)["numberMatched"] > 100


def test_a_cluster_of_another_postgres_is_one_sentence(home: Path, lode: Run) -> None:
    (Cluster(home).data / "PG_VERSION").write_text("12\n")
    result = sentence(lode(home, "serve", PORT=free_port()))
    assert f"{home} holds a cluster of PostgreSQL 12" in result
    assert "Install postgresql-12-postgis-3, or set LODE_HOME to a new folder" in result


@pytest.mark.parametrize(
    ("url", "phrase"),
    [
        ("postgresql://lode:topsecret@127.0.0.1:1/lode", "can't be reached"),
        ("postgresql://lode:topsecret@no-such-host.invalid/lode", "can't be reached"),
        ("postgresql://lode:topsecret@/lode?host=/nowhere", "can't be reached"),
        ("mysql://lode:topsecret@127.0.0.1/lode", "Lode needs PostgreSQL with PostGIS"),
        ("topsecret", "is not a database URL"),
    ],
)
def test_a_database_that_can_not_be_reached_is_one_sentence(new_home: Path, lode: Run, url: str, phrase: str) -> None:
    result = sentence(lode(new_home, "serve", PORT=free_port(), LODE_DATABASE_URL=url))
    assert "LODE_DATABASE_URL" in result and phrase in result
    assert "topsecret" not in result
    assert not (new_home / "cluster").exists()


def test_every_listing_works_while_it_serves(home: Path, serve: Serve, lode: Run) -> None:
    site = serve(home).ready()
    for arguments in LISTINGS:
        result = lode(home, *arguments, "--json")
        assert (result.returncode, result.stderr) == (0, ""), arguments
        assert isinstance(json.loads(result.stdout), list), arguments
        assert site.get("/readyz").status == 200


def test_the_settings_have_the_origin_of_each_value(new_home: Path, lode: Run) -> None:
    rows = {row["variable"]: row for row in json.loads(lode(new_home, "settings", "--json").stdout)}
    assert (rows["LODE_HOME"]["value"], rows["LODE_HOME"]["origin"]) == (str(new_home), "environment")
    assert (rows["PORT"]["value"], rows["PORT"]["origin"]) == ("8000", "default")

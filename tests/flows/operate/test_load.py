"""Fifty concurrent clients for ten seconds, as `make load` runs two hundred for ten minutes: correct responses in time."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tests.load.offenders import OFFENDERS

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

ROOT = Path(__file__).parents[3]


def call(site: "Serving", *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.load.load", "--url", site.url, "--pid", str(site.process.pid), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)


def test_fifty_clients_for_ten_seconds(lasting: Callable[..., "Serving"]) -> None:
    site = lasting(LODE_WORKERS="2")
    # each process makes its statements first, on a slow machine for longer than a quarter of so short a run
    call(site, "--clients", "50", "--seconds", "10")
    # other tests take their share of the machine meanwhile, by fits and starts; `make load` has it alone
    result = call(site, "--clients", "50", "--seconds", "10", "--slowest", "50")
    assert result.returncode == 0, result.stdout + result.stderr


def test_more_clients_than_may_wait_get_503_and_health_checks_succeed(lasting: Callable[..., "Serving"]) -> None:
    site = lasting(LODE_WORKERS="1", LODE_THREADS="2", LODE_QUEUE="4")
    result = call(site, "--clients", "60", "--seconds", "8")
    # times of so few responses have no bound; each must be served, or shed as declared
    amiss = [line for line in result.stdout.splitlines() if line.startswith("amiss") and "p99" not in line]
    assert not amiss, result.stdout + result.stderr
    assert "503: " in result.stdout, result.stdout
    assert "lode_requests_shed_total 0.0" not in site.get("/metrics").text


def test_offenders_get_declared_refusals_and_the_others_are_served(lasting: Callable[..., "Serving"]) -> None:
    site = lasting(LODE_WORKERS="2")
    result = call(site, "--clients", "36", "--offenders", "2", "--pause", "1", "--seconds", "20")
    # `make load` looks at the times, on a machine that it has alone
    amiss = [line for line in result.stdout.splitlines() if line.startswith("amiss") and "p99" not in line]
    assert not amiss, result.stdout + result.stderr
    for kind in OFFENDERS:
        assert f"| 2 clients: {kind} |" in result.stdout, result.stdout

"""Fifty clients at once for ten seconds, as `make load` sends two hundred for ten minutes: good answers, in time."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

ROOT = Path(__file__).parents[2]


def call(site: "Serving", *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.load.load", "--url", site.url, "--pid", str(site.process.pid), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)


def test_fifty_clients_for_ten_seconds(lasting: Callable[..., "Serving"]) -> None:
    site = lasting(LODE_WORKERS="2")
    # each process makes its statements first, on a slow machine for longer than a quarter of so short a run
    call(site, "--clients", "50", "--seconds", "10")
    # other tests take their share of the machine meanwhile, by fits and starts; `make load` has it alone
    told = call(site, "--clients", "50", "--seconds", "10", "--slowest", "50")
    assert told.returncode == 0, told.stdout + told.stderr


def test_more_clients_than_may_wait_are_told_to_come_back_and_health_answers(lasting: Callable[..., "Serving"]) -> None:
    site = lasting(LODE_WORKERS="1", LODE_THREADS="2", LODE_QUEUE="4")
    told = call(site, "--clients", "60", "--seconds", "8")
    # the figures of so few answers may be anything; what came must be served, or shed as it says
    amiss = [line for line in told.stdout.splitlines() if line.startswith("amiss") and "p99" not in line]
    assert not amiss, told.stdout + told.stderr
    assert "503: " in told.stdout, told.stdout
    assert "lode_requests_shed_total 0.0" not in site.get("/metrics").text


def test_offenders_get_declared_refusals_and_the_others_are_served(lasting: Callable[..., "Serving"]) -> None:
    site = lasting(LODE_WORKERS="2")
    told = call(site, "--clients", "40", "--slow", "8", "--costly", "8", "--seconds", "15")
    # `make load` looks at the times, on a machine that it has alone
    amiss = [line for line in told.stdout.splitlines() if line.startswith("amiss") and "p99" not in line]
    assert not amiss, told.stdout + told.stderr
    assert "clients that send costly filters, and outcomes | 8; " in told.stdout, told.stdout

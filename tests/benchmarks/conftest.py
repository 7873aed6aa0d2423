"""Figures are measured on a cluster with its usual durability, told with the machine, and written to docs/benchmarks.md."""

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import psycopg
import pytest

from lodebase.db.cluster import Cluster

REPORT = Path(__file__).parents[2] / "docs" / "benchmarks.md"


@dataclass(slots=True)
class Figures:
    """What was measured: a table row each with what it must be."""

    rows: list[tuple[str, str, str, bool]] = field(default_factory=list)

    def add(self, what: str, measured: str, must: str, met: bool) -> None:
        self.rows.append((what, measured, must, met))
        print(f"\n{what}: {measured} (must: {must}){'' if met else '  NOT MET'}")


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A LODE_HOME of the benchmarks' own."""
    made = Path(tempfile.mkdtemp(prefix="lode-bench-"))
    made.chmod(0o755)
    yield made
    Cluster(made).stop()
    shutil.rmtree((made / "cluster").resolve(), ignore_errors=True)
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def figures() -> Iterator[Figures]:
    made = Figures()
    yield made
    if made.rows:
        REPORT.write_text(_report(made), encoding="utf-8")


def _report(figures: Figures) -> str:
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`; the code is in tests/benchmarks. Both sides of a ratio are measured in one run.",
        "",
        f"Measured on {date.today().isoformat()}: {_machine()}.",
        "",
        "| what | measured | must be | met |",
        "|---|---|---|---|",
        *(f"| {what} | {measured} | {must} | {'yes' if met else 'no'} |" for what, measured, must, met in figures.rows),
        "",
    ]
    return "\n".join(lines)


def _machine() -> str:
    model = next(
        (line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor() or "unknown processor",
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = platform.python_version()
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, Python {python}, psycopg {psycopg.__version__}"

"""Times of imports."""

import json
import time
from pathlib import Path

import pytest
from tests.benchmarks.conftest import IMPORTS, ROWS, Figures, Import, lode


@pytest.mark.timeout(600)
def test_all_eight_sources(home: Path, figures: Figures, real_data: Path) -> None:
    begun = time.monotonic()
    result = lode(home, "import", "--all", str(real_data), "--json")
    seconds = time.monotonic() - begun
    rows = sum(run["read"] for run in json.loads(result.stdout))
    what = f"all eight sources and boundaries, {rows:,} rows"
    figures.add(IMPORTS, (what, f"{seconds:.1f} s"), "60 s", seconds <= 60)
    assert seconds <= 60


@pytest.mark.timeout(1800)
def test_a_table_of_a_million_rows(imported: Import, figures: Figures) -> None:
    most = 120 * ROWS / 1e6 + 10
    what = f"{ROWS:,} rows ({imported.file_mb:.0f} MB) of a user's own CSV with an estimate each, mapped, checked, loaded"
    measured = f"{imported.seconds:.0f} s, {ROWS / imported.seconds:,.0f} rows/s"
    figures.add(IMPORTS, (what, measured), "120 s", imported.seconds <= 120)
    figures.add(IMPORTS, ("memory of that import", f"{imported.memory_mb:.0f} MB"), "600 MB", imported.memory_mb <= 600)
    assert imported.seconds <= most
    assert imported.memory_mb <= 600

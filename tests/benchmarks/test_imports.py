"""Times of imports."""

import json
import time
from pathlib import Path

import pytest
from tests.benchmarks.conftest import IMPORTS, ROWS, Figures, Import, lode, own_home, serving

EIGHT = (
    *("icmm-global-mining", "usgs-africa-mineral-industries", "usgs-copper-assessment-sir20105090z", "usgs-lithium-us"),
    *("usgs-major-deposits", "usgs-mineplant-us", "usgs-minfac-world-facilities", "usgs-pp1802-critical-minerals"),
)
BOUNDARIES = "natural-earth"


@pytest.mark.timeout(900)
def test_eight_sources_while_a_site_runs(figures: Figures, real_data: Path, tmp_path: Path) -> None:
    for name in (*EIGHT, BOUNDARIES):
        (tmp_path / name).symlink_to(real_data / name)
    with own_home() as home, serving(home):
        seconds, rows = imported_all(home, tmp_path)
        what = f"eight sources and boundaries, {rows:,} rows, while a site runs"
        figures.add(IMPORTS, (what, f"{seconds:.1f} s"), "60 s", seconds <= 60)
        every, rows = imported_all(home, real_data)
        what = f"all folders of real files after that, {rows:,} rows"
        figures.add(IMPORTS, (what, f"{every:.1f} s"), "reported", True)
    assert seconds <= 60


def imported_all(home: Path, folder: Path) -> tuple[float, int]:
    """Return the seconds of importing all sources of a folder of folders, and the number of their rows."""
    begun = time.monotonic()
    result = lode(home, "import", "--all", str(folder), "--json")
    return time.monotonic() - begun, sum(run["read"] for run in json.loads(result.stdout))


@pytest.mark.timeout(1800)
def test_a_table_of_a_million_rows(imported: Import, figures: Figures) -> None:
    most = 120 * ROWS / 1e6 + 10
    what = f"{ROWS:,} rows ({imported.file_mb:.0f} MB) of a user's own CSV with an estimate each, mapped, checked, loaded"
    measured = f"{imported.seconds:.0f} s, {ROWS / imported.seconds:,.0f} rows/s"
    figures.add(IMPORTS, (what, measured), "120 s", imported.seconds <= 120)
    figures.add(IMPORTS, ("memory of that import", f"{imported.memory_mb:.0f} MB"), "600 MB", imported.memory_mb <= 600)
    assert imported.seconds <= most
    assert imported.memory_mb <= 600

"""How well the same things are found among the real files, against pairs that people labelled."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from lodebase.db import engine as engines
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.db.store import conninfo
from lodebase.resolve.measure import LOTS, THRESHOLDS, PairCounts, measure_model, measure_served, records_by_row
from lodebase.resolve.pairs import find_pairs

LODE = str(Path(sys.executable).with_name("lode"))
PAGE = Path(__file__).parents[3] / "docs/methods/matching.md"
LABELLED = (
    "natural-earth",
    "icmm-global-mining",
    "usgs-africa-mineral-industries",
    "usgs-copper-assessment-sir20105090z",
    "usgs-lithium-us",
    "usgs-major-deposits",
    "usgs-mineplant-us",
    "usgs-minfac-world-facilities",
    "usgs-pp1802-critical-minerals",
)
"""The sources of the labelled pairs, besides the register that ships, and the boundaries that they are compared by."""
LEAST = {0.5: (0.91, 0.83), 0.7: (0.93, 0.73)}
AIM = (0.98, 0.92)
"""Precision and recall below which the model is broken, by threshold, and what is aimed at for what is served."""


@pytest.fixture
def found(home: Path, real_data: Path, tmp_path: Path) -> dict[str, tuple[dict[float, PairCounts], PairCounts]]:
    """What became of the pairs that are for measuring, by lot: by threshold, and as served."""
    cluster = Cluster(home)
    cluster.hold()
    try:
        cluster.ensure()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LODE_")}
        for source in LABELLED:
            (tmp_path / source).symlink_to(real_data / source)
        for what in (["--all", str(tmp_path)], ["lode-starter"]):
            command = [LODE, "import", *what]
            subprocess.run(command, env={**environment, "LODE_HOME": str(home)}, capture_output=True, timeout=280, check=True)
        with psycopg.connect(conninfo(engines.of_cluster(cluster).importer)) as connection:
            # an import compares what it brings; where it leaves that for later, here it is done
            if not records_by_row(connection):
                find_pairs(connection, None)
            sides = records_by_row(connection)
            return {
                lot: (measure_model(sides, "test", THRESHOLDS, lot), measure_served(connection, "test", lot)) for lot in LOTS
            }
    finally:
        cluster.let_go()


def test_the_same_things_are_found_as_well_as_the_page_says(
    found: dict[str, tuple[dict[float, PairCounts], PairCounts]],
) -> None:
    page = PAGE.read_text("utf-8")
    for (lot, (by_threshold, served)), table in zip(found.items(), page.split("| from |")[1:], strict=True):
        for threshold, one in by_threshold.items():
            assert f"| {threshold} | {one.precision:.3f} | {one.recall:.3f} |" in table
        for threshold, (precision, recall) in LEAST.items():
            assert by_threshold[threshold].precision >= precision
            assert by_threshold[threshold].recall >= recall
        assert served.precision >= AIM[0]
        assert served.recall >= AIM[1]
        assert f"| {lot} | {served.precision:.3f} | {served.recall:.3f} |" in page

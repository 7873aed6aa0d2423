"""How well the same things are found among the real files, against pairs that people labelled."""

from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from lodebase.db import engine as engines
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.db.store import write_conninfo
from lodebase.resolve.measure import LOTS, THRESHOLDS, PairCounts, measure_model, measure_served, read_facts_by_row

if TYPE_CHECKING:
    from tests.flows.data.conftest import Imported

pytestmark = [pytest.mark.xdist_group("real_data"), pytest.mark.timeout(1500)]

PAGE = Path(__file__).parents[3] / "docs/methods/matching.md"
LEAST = {0.5: (0.89, 0.88), 0.7: (0.94, 0.78)}
"""Precision and recall of the first two lots below which the model is broken, by threshold."""
MIN_OF_DRAWN = {0.5: (0.91, 0.78), 0.7: (0.97, 0.71)}
"""The same for the third and fourth lot, in which rare sources weigh as much as frequent ones."""
AIM = {"first": (0.98, 0.92), "second": (0.98, 0.92), "third": (0.95, 0.89), "fourth": (0.95, 0.93), "fifth": (0.99, 0.81)}
"""Precision and recall of what is served, by lot: the goal that the first two have reached, what the others have."""


@pytest.fixture
def found(imported: "Imported") -> dict[str, tuple[dict[float, PairCounts], PairCounts]]:
    """What became of the pairs that are for measuring, by lot: by threshold, and as served."""
    imported.lode("import", "lode-starter")
    with psycopg.connect(write_conninfo(engines.find_cluster_addresses(Cluster(imported.home)).importer)) as connection:
        sides = read_facts_by_row(connection)
        return {lot: (measure_model(sides, "test", THRESHOLDS, lot), measure_served(connection, "test", lot)) for lot in LOTS}


def test_the_same_things_are_found_as_well_as_the_page_says(
    found: dict[str, tuple[dict[float, PairCounts], PairCounts]],
) -> None:
    page = PAGE.read_text("utf-8")
    for (lot, (by_threshold, served)), table in zip(found.items(), page.split("| from |")[1:], strict=True):
        for threshold, one in by_threshold.items():
            assert f"| {threshold} | {one.precision:.3f} | {one.recall:.3f} |" in table
        least = LEAST if lot in ("first", "second") else MIN_OF_DRAWN
        for threshold, (precision, recall) in least.items():
            assert by_threshold[threshold].precision >= precision
            assert by_threshold[threshold].recall >= recall
        assert served.precision >= AIM[lot][0]
        assert served.recall >= AIM[lot][1]
        assert f"| {lot} | {served.precision:.3f} | {served.recall:.3f} |" in page

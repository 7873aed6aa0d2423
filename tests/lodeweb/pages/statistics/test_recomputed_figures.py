"""World output, shares and concentration of cobalt, lithium and copper, recomputed from the file of the source."""

import csv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata import sources
from lodedata.geography.boundaries import Boundaries

ROWS = {
    ("cobalt", "mine"): ("Cobalt", "Mine production"),
    ("lithium", "mine"): ("Lithium", "Mine production"),
    ("copper", "mine"): ("Copper", "Mine production"),
    ("copper", "refinery"): ("Copper", "Refinery production"),
}
"""The commodity of the file and the beginning of its type, by commodity and stage."""
FACTORS = {"metric tons": 1.0, "thousand metric tons": 1000.0}


def recomputed(path: Path, commodity: str, kind: str) -> tuple[float, dict[str, float], float]:
    """Return the printed total and the amounts of countries in tonnes, and the sum of squared shares, without Lode's code."""
    total, tonnes, rest = 0.0, {}, 0.0
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            value = row["PROD_EST_ 2024"].replace(",", "").strip()
            if (
                row["COMMODITY"].strip() != commodity
                or not row["TYPE"].startswith(kind)
                or not value.replace(".", "").isdigit()
            ):
                continue
            amount = float(value) * FACTORS[row["UNIT_MEAS"]]
            if row["COUNTRY"].startswith("World total"):
                total = amount
            elif row["COUNTRY"].startswith("Other"):
                rest += amount
            else:
                tonnes[row["COUNTRY"]] = amount
    known = sum(tonnes.values()) + rest
    return total, tonnes, sum((100 * tonne / known) ** 2 for tonne in tonnes.values())


@pytest.fixture
def site(store: Store, app_of: Callable[[Store], AbstractContextManager[Flask]], real_data: Path) -> Iterator[FlaskClient]:
    """A site with the production of the summaries of 2025."""
    source = sources.load_source("usgs-mcs2025")
    made = run(store.importer, ImportJob(source, real_data / "usgs-mcs2025", lambda tally: (), Boundaries(())))
    assert made.loaded > 100
    with app_of(store) as app:
        yield app.test_client()


def test_figures_of_three_commodities_are_those_of_the_file(site: FlaskClient, real_data: Path) -> None:
    found = {
        (commodity["commodity"], commodity["stage"]): commodity
        for commodity in site.get("/api/statistics/overview").get_json()["commodities"]
    }
    for key, (commodity, kind) in ROWS.items():
        one = found[key]
        total, tonnes, hhi = recomputed(real_data / "usgs-mcs2025" / "MCS2025_World_Data.csv", commodity, kind)
        assert one["year"] == "2024" and one["output"] == total, key
        assert one["hhi_low"] == pytest.approx(hhi), key
        largest = sorted(tonnes.values(), reverse=True)[:5]
        shares = [share["share_percent"] for share in one["leaders"]]
        scale = largest[0] / shares[0]
        assert shares == pytest.approx([amount / scale for amount in largest]), key
    assert found["cobalt", "mine"]["leaders"][0]["area"] == "COD"

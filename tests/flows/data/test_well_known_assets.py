"""Well-known assets among the real files: each is one record, at its place, under its metal, with a figure of that metal.

The table holds what operators and geological surveys publish of each asset: its place to a hundredth of a degree, country,
main commodity and the range of grades of published estimates, in per cent of the basis of the figure. Size class, status and
the year of the status are those that the sources held here state; an empty cell says that none of them states one, and then
none may be served.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.rows import dict_row
from pyproj import Geod

from lodebase.db import engine as engines
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.db.store import write_conninfo
from lodedata.normal_form import normalise_search_text

if TYPE_CHECKING:
    from tests.flows.data.conftest import Imported

pytestmark = [pytest.mark.xdist_group("real_data"), pytest.mark.timeout(1500)]

TABLE = Path(__file__).with_name("well_known_assets.csv")
MAX_DISTANCE_M = 5_000
MAX_NAMESAKE_M = 25_000
"""Records of one name and kind within this distance are taken for the same asset."""
ELLIPSOID = Geod(ellps="WGS84")
STATEMENTS = {
    "deposit": "SELECT id, name_en, ST_X(geom) AS lon, ST_Y(geom) AS lat, country, main_commodity, size_class,"
    " figure_commodity, figure_grade_pct, mine_status AS status, mine_status_date AS status_date FROM lode.deposit",
    "project": "SELECT id, name_en, ST_X(geom) AS lon, ST_Y(geom) AS lat, country, main_commodity,"
    " NULL AS size_class, NULL AS figure_commodity, NULL AS figure_grade_pct, status, status_date FROM lode.project",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A row of the table; ``names`` are normalised, grades in per cent."""

    kind: str
    label: str
    names: frozenset[str]
    country: str
    lon: float
    lat: float
    main_commodity: str
    grades: tuple[float, float] | None
    size_class: str | None
    status: str | None

    def distance_m(self, record: dict[str, Any]) -> float:
        """Return the geodesic distance to a record; infinite for one without a position."""
        if record["lon"] is None:
            return float("inf")
        return float(ELLIPSOID.inv(self.lon, self.lat, record["lon"], record["lat"])[2])

    def find_records(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the records that carry a name of the asset near its place."""
        return [
            record
            for record in records
            if normalise_search_text(record["name_en"] or "") in self.names and self.distance_m(record) <= MAX_NAMESAKE_M
        ]


def read_assets() -> list[Asset]:
    """Return the rows of the table."""
    with TABLE.open(encoding="utf-8") as stream:
        return [
            Asset(
                kind=row["kind"],
                label=row["names"].split("|")[0],
                names=frozenset(normalise_search_text(name) for name in row["names"].split("|")),
                country=row["country"],
                lon=float(row["lon"]),
                lat=float(row["lat"]),
                main_commodity=row["main_commodity"],
                grades=(float(row["grade_from_pct"]), float(row["grade_to_pct"])) if row["grade_from_pct"] else None,
                size_class=row["size_class"] or None,
                status=row["status"] or None,
            )
            for row in csv.DictReader(stream)
        ]


def read_status(record: dict[str, Any]) -> str | None:
    """Return the status of a record with its year, such as ``operating 2018``; None without a status."""
    year = "undated" if record["status_date"] is None else f"{record['status_date']:%Y}"
    return None if record["status"] is None else f"{record['status']} {year}"


ASSETS = read_assets()


@pytest.fixture(scope="module")
def served(imported: "Imported") -> dict[str, list[dict[str, Any]]]:
    """All served deposits and projects of the store of real files and the starter register, by kind."""
    imported.lode("import", "lode-starter")
    address = write_conninfo(engines.find_cluster_addresses(Cluster(imported.home)).importer)
    with psycopg.connect(address, row_factory=dict_row) as connection:
        return {kind: connection.execute(statement.encode()).fetchall() for kind, statement in STATEMENTS.items()}


def test_table_lists_ninety_assets_of_all_metals() -> None:
    assert len(ASSETS) >= 90
    metals = {"copper", "lithium", "nickel", "cobalt", "tin", "bauxite", "alumina", "aluminium"}
    assert {asset.main_commodity for asset in ASSETS} == metals


@pytest.mark.parametrize("asset", ASSETS, ids=lambda asset: f"{asset.kind}-{asset.label}")
def test_well_known_asset_is_one_record_that_means_what_it_says(asset: Asset, served: dict[str, list[dict[str, Any]]]) -> None:
    records = asset.find_records(served[asset.kind])
    assert len(records) == 1, [(record["id"], record["name_en"]) for record in records]
    record = records[0]
    assert asset.distance_m(record) <= MAX_DISTANCE_M
    assert record["country"] == asset.country
    assert record["main_commodity"] == asset.main_commodity
    assert record["size_class"] == asset.size_class
    assert read_status(record) == asset.status
    if record["figure_grade_pct"] is not None:
        assert record["figure_commodity"] == asset.main_commodity
    if asset.grades is not None:
        assert record["figure_grade_pct"] is not None
        assert asset.grades[0] <= record["figure_grade_pct"] <= asset.grades[1]

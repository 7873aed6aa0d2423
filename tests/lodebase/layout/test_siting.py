"""Siting grids and the ratio of capacity to feedstock, on a store with known plants, mines and zones."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from tests.lodebase.layout.plants import PLANTS, load, zoned

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.errors import BadQuery
from lodebase.ingest.run import ImportJob, run
from lodebase.layout import pairs
from lodebase.layout.planned.candidate import parse_candidate
from lodebase.layout.reports.report import write_report
from lodebase.layout.siting import SitingQuery, compute_siting_grid, draw_layers
from lodebase.operations.formats import convert_result_to_data
from lodebase.statistics.figures import Known as Figures
from lodedata import rules
from lodedata.geography.boundaries import Boundaries
from lodedata.sources import load_source as source_named

TODAY = date(2026, 11, 25)
MINES = (
    {
        "id": "cu1",
        "name": "Pit",
        "lon": "103",
        "metal": "copper",
        "product": "Ore and concentrate, Cu content",
        "capacity_kt": "97",
    },
    {"id": "cu2", "name": "Mill", "lon": "103.2", "metal": "copper", "product": "copper-concentrate", "capacity_kt": "400"},
    {"id": "cu3", "name": "Closed", "lon": "103.4", "metal": "copper", "product": "mine-copper", "capacity_kt": "50"}
    | {"status": "closed"},
    {"id": "li1", "name": "Hard rock", "lon": "103.6", "metal": "lithium", "product": "spodumene-concentrate"}
    | {"capacity_kt": "560", "status": "construction"},
    {"id": "li2", "name": "Works", "lon": "103.8", "metal": "lithium", "product": "lithium-carbonate", "capacity_kt": "35"},
)
SQUARE = "POLYGON ((101 23, 108 23, 108 27, 101 27, 101 23))"


@pytest.fixture(scope="module")
def engine(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("siting")
    with own_store("siting") as store:
        run(store.importer, ImportJob(source_named("natural-earth"), folder, zoned, Boundaries(())))
        load(store, (*PLANTS, *({"status": "operating"} | mine for mine in MINES)), folder)
        made = engines.create_checked_engine(store.addresses.site, "siting tests", alone=True)
        yield made
        made.dispose()


def balance_of(engine: Engine, query: pairs.ClusterQuery) -> Any:
    return convert_result_to_data(pairs.find_pairs(engine, query))["balance"]


def test_bauxite_mines_feed_alumina_by_the_range_of_ore_it_takes(engine: Engine) -> None:
    balance = balance_of(engine, pairs.ClusterQuery("alumina"))
    # 1,000 + 500 + 2,000 + 4,000 kt are there or coming; 3,000 kt of bauxite feed 3,000 / 2.7 to 3,000 / 2.2
    assert balance["capacity_tpa"] == 7_500_000
    assert balance["feeds_tpa"] == [1_111_111, 1_363_636]
    assert balance["capacity_over_feedstock"] == [5.5, 6.75]
    assert balance["divisions"][0] | {"mines": 0} == {
        "division": "CN-SD",
        "capacity_tpa": 4_000_000,
        "feeds_tpa": [0, 0],
        "mines": 0,
        "mines_without_figure": 0,
        "capacity_over_feedstock": None,
    }


def test_copper_without_a_basis_is_counted_and_not_estimated(engine: Engine) -> None:
    balance = balance_of(engine, pairs.ClusterQuery("copper"))
    # 97 kt of metal in mine output at 97 to 98 per cent recovery; the closed mine and the mill's unknown tonnes are left out
    assert balance["feeds_tpa"] == [94_090, 95_060]
    assert (balance["mines"], balance["mines_without_figure"]) == (2, 1)
    assert balance["capacity_over_feedstock"] == [1.052, 1.063]


def test_spodumene_to_come_feeds_lithium_carbonate_in_a_polygon(engine: Engine) -> None:
    balance = balance_of(engine, pairs.ClusterQuery("lithium-carbonate", wkt=SQUARE))
    assert balance["feeds_tpa"] == [70_000, 80_000]
    assert balance["capacity_over_feedstock"] == [0.438, 0.5]
    elsewhere = "POLYGON ((90 30, 91 30, 91 31, 90 31, 90 30))"
    assert balance_of(engine, pairs.ClusterQuery("lithium-carbonate", wkt=elsewhere))["capacity_over_feedstock"] is None


def test_products_without_conversion_rates_have_no_balance(engine: Engine) -> None:
    assert balance_of(engine, pairs.ClusterQuery("tin")) is None


def test_a_cell_has_the_counts_of_the_report_at_its_centre(engine: Engine) -> None:
    figures, known = Figures(), rules.load_rules()
    body = convert_result_to_data(
        compute_siting_grid(engine, figures, SitingQuery("alumina", TODAY, 600_000, resolution=2), known)
    )
    assert len(body["cells"]) > 10
    assert sum(one["cells"] for one in body["cells_by_rules_not_met"]) == len(body["cells"])
    for cell in body["cells"][::5]:
        point = {"type": "Point", "coordinates": [cell["lon"], cell["lat"]]}
        properties = {"product": "alumina", "capacity_tpa": 600_000}
        candidate = parse_candidate({"type": "Feature", "geometry": point, "properties": properties}, TODAY)
        reported: Any = write_report(engine, figures, candidate, known).as_data()
        counts = reported["summary"]["counted_rules"]
        assert {name: cell[f"rules_{name}"] for name in counts} == counts


def test_the_layer_has_a_hexagon_for_each_cell_with_its_counts(engine: Engine) -> None:
    siting_grid = compute_siting_grid(
        engine, Figures(), SitingQuery("alumina", TODAY, wkt=SQUARE, resolution=3), rules.load_rules()
    )
    features: Any = draw_layers(siting_grid)["features"]
    assert len(features) == len(siting_grid.cells) > 0
    assert {feature["geometry"]["type"] for feature in features} == {"Polygon"}
    assert all(
        feature["properties"]["rules_not_met"] == len(feature["properties"]["rules_not_met_ids"]) for feature in features
    )


def test_too_fine_a_grid_is_refused(engine: Engine) -> None:
    with pytest.raises(BadQuery, match="more than the 1,500 that"):
        compute_siting_grid(engine, Figures(), SitingQuery("alumina", TODAY, resolution=5), rules.load_rules())

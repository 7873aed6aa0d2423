"""``lodebase.read``: the same records as the API's, as a GeoDataFrame, without a web server."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pytest
import shapely
from tests.lodeweb.conftest import settings_of
from tests.quick import mostly_slow

import lodebase
from lodebase.db.store import Store
from lodebase.errors import BadQuery, NotFound

Items = Callable[..., dict[str, Any]]
BOX = "-80,-40,-60,0"
AREA = shapely.box(-80, -40, -60, 0)


def read(store: Store, collection: str = "deposits", **parameters: Any) -> geopandas.GeoDataFrame:
    return lodebase.read(collection, settings=settings_of(store.addresses), **parameters)


@pytest.mark.parametrize(
    ("parameters", "requested"),
    [
        ({}, {}),
        ({"country": "CHL"}, {"country": "CHL"}),
        ({"country": ["CHL", "PER"]}, {"country": "CHL,PER"}),
        ({"bbox": (-80, -40, -60, 0)}, {"bbox": BOX}),
        ({"within": AREA, "certainty": "all"}, {"within": AREA.wkt, "certainty": "all"}),
        ({"filter": "main_commodity = 'copper'"}, {"filter": "main_commodity = 'copper'"}),
        (
            {"filter": {"op": "=", "args": [{"property": "main_commodity"}, "copper"]}, "filter_lang": "cql2-json"},
            {"filter": "main_commodity = 'copper'"},
        ),
        ({"nearest": "-69.07,-24.27", "limit": 5}, {"nearest": "-69.07,-24.27", "limit": 5}),
        ({"near": (-69.07, -24.27), "radius_km": 900}, {"near": "-69.07,-24.27", "radius_km": 900}),
        ({"sortby": "-name_en"}, {"sortby": "-name_en"}),
    ],
    ids=str,
)
def test_it_has_the_rows_of_the_api_in_their_order(
    site_store: Store, items: Items, parameters: dict[str, Any], requested: dict[str, Any]
) -> None:
    features = items(**{"limit": 10_000, **requested})["features"]
    frame = read(site_store, **parameters)
    assert list(frame.index) == [feature["id"] for feature in features]
    assert len(frame) > 0
    for (_, row), feature in zip(frame.iterrows(), features, strict=True):
        reported = feature["properties"]["country"]
        assert row["country"] == reported or (reported is None and pandas.isna(row["country"]))
        if "distance_km" in frame:
            assert row["distance_km"] == pytest.approx(feature["properties"]["distance_km"])
        if feature["geometry"] is not None:
            assert (row.geometry.x, row.geometry.y) == pytest.approx(feature["geometry"]["coordinates"])


def test_it_has_crs_units_licences_and_version(site_store: Store) -> None:
    frame = read(site_store)
    assert frame.crs == "EPSG:4326"
    assert frame.attrs["units"]["size_basis_value_t"] == "t"
    assert frame.attrs["dataset_version"] >= 1
    used = {name for names in frame["sources"] for name in names}
    assert used <= set(frame.attrs["sources"])
    assert all(source["licence"] and source["citation"] for source in frame.attrs["sources"].values())


def test_it_has_chosen_columns_alone(site_store: Store) -> None:
    assert list(read(site_store, properties=["name_en", "country"]).columns) == ["name_en", "country", "geometry"]


def test_an_earlier_version_is_read_by_its_number(site_store: Store, items: Items) -> None:
    assert len(read(site_store, as_of=0)) == 0
    now = read(site_store)
    assert list(read(site_store, as_of=now.attrs["dataset_version"]).index) == list(now.index)


def test_other_collections_are_read(site_store: Store, items: Items) -> None:
    for collection in ("projects", "discoveries", "zones"):
        assert set(read(site_store, collection).index) == {f["id"] for f in items(collection, limit=10_000)["features"]}


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"country": "Atlantis"}, BadQuery),
        ({"nonsense": "x"}, BadQuery),
        ({"as_of": 999_999}, BadQuery),
        ({"crs": "x"}, TypeError),
    ],
)
def test_it_refuses_what_the_api_refuses(site_store: Store, parameters: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        read(site_store, **parameters)
    with pytest.raises(NotFound):
        read(site_store, "nowhere")


def test_importing_the_package_loads_no_library() -> None:
    script = "import sys, lodebase; print(sorted({'pandas', 'geopandas', 'sqlalchemy'} & set(sys.modules)), lodebase.read)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.startswith("[] <function read")


@pytest.mark.parametrize("page", mostly_slow(["notebook.md", "notebook.zh.md"], ["notebook.md"]))
def test_the_page_of_the_docs(page: str, site_store: Store, items: Items) -> None:
    text = (Path(__file__).parents[4] / "docs/use" / page).read_text(encoding="utf-8")
    script = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    address = site_store.addresses.owner.render_as_string(hide_password=False).replace("postgresql+psycopg", "postgresql")
    run = subprocess.run(
        [sys.executable, "-W", "error", "-"],
        input=script,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "LODE_DATABASE_URL": address},
    )
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    assert lines[0] == f"{len(items(country='CHL', limit=10_000)['features'])} deposits in Chile"
    assert lines[-1] == "True"

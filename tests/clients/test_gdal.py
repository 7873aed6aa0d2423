"""GDAL's driver of OGC API Features: lists, fields, what it pushes down, coordinate systems, and the page of the docs."""

import csv
import io
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from pyproj import Transformer

from lodebase.query.collections_ import COLLECTIONS

if TYPE_CHECKING:
    from tests.clients.conftest import Site

Features = Callable[..., list[dict[str, Any]]]
Run = Callable[..., str]
TYPES = {
    "string": "String",
    "array": "StringList",
    "number": "Real",
    "integer": "Integer",
    "date": "Date",
    "boolean": "Integer(Boolean)",
}
"""GDAL's word for each of our types."""


@pytest.fixture(autouse=True)
def gdal(needs: Callable[..., None]) -> None:
    needs("ogrinfo", "gdal-bin")


def rows(output: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(output)))


@pytest.mark.parametrize("collection", list(COLLECTIONS))
def test_each_collection_opens_with_its_count_and_fields(site: "Site", run: Run, features: Features, collection: str) -> None:
    result = run("ogrinfo", "-so", f"OAPIF:{site.url}/api", collection)
    assert f"Feature Count: {len(features(collection))}\n" in result
    kinds = dict(re.findall(r"^([a-z]\w*): ([\w()]+)(?: \(|$)", result, re.MULTILINE))
    # of a collection with no features GDAL can't see that they have an id
    kinds.pop("id", None)
    assert kinds == {field.name: TYPES[field.type] for field in COLLECTIONS[collection].fields}


def test_equal_and_rectangle_are_pushed_down(site: "Site", run: Run, features: Features) -> None:
    chosen = ("-where", "country = 'CHL' AND main_commodity = 'copper'", "-spat", "-75", "-30", "-60", "-15")
    with site.recorded_requests() as sent:
        result = run("ogr2ogr", "-f", "CSV", "/vsistdout/", f"OAPIF:{site.url}/api", "deposits", *chosen)
    wanted = features("deposits", country="CHL", main_commodity="copper", bbox="-75,-30,-60,-15")
    assert wanted
    assert {row["id"] for row in rows(result)} == {feature["id"] for feature in wanted}
    last = [a.query for a in sent if a.path == "/api/collections/deposits/items"][-1]
    assert (last["country"], last["main_commodity"], last["bbox"]) == ("CHL", "copper", "-75,-30,-60,-15")


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("size_basis_value_t > 10000000", "size_basis_value_t > 10000000"),
        ("discovery_year < 2000", "discovery_year < 2000"),
        ("country IN ('CHL', 'PER')", "country IN ('CHL', 'PER')"),
        ("host_unit = 'Kunyang Group, Luoxue Formation'", "host_unit = 'Kunyang Group, Luoxue Formation'"),
        ("name_en LIKE 'C%' AND size_class = 'large'", "name_en LIKE 'C%' AND size_class = 'large'"),
    ],
)
def test_what_is_not_pushed_down_comes_to_the_same(site: "Site", run: Run, features: Features, where: str, wanted: str) -> None:
    result = run("ogr2ogr", "-f", "CSV", "/vsistdout/", f"OAPIF:{site.url}/api", "deposits", "-where", where)
    found = {row["id"] for row in rows(result)}
    assert found == {feature["id"] for feature in features("deposits", filter=wanted)}
    assert found


def test_figures_arrive_as_they_are(site: "Site", run: Run, features: Features) -> None:
    result = run("ogr2ogr", "-f", "GeoJSON", "/vsistdout/", f"OAPIF:{site.url}/api", "deposits")
    taken = {
        feature["properties"]["id"]: feature["properties"]["size_basis_value_t"] for feature in json.loads(result)["features"]
    }
    given = {feature["id"]: feature["properties"]["size_basis_value_t"] for feature in features("deposits")}
    assert taken == pytest.approx(given)
    assert len({value for value in given.values() if value is not None}) > 50


def test_gdal_reads_list_fields_as_lists(site: "Site", run: Run) -> None:
    result = run("ogrinfo", "-q", f"OAPIF:{site.url}/api", "deposits", "-where", "name_en = 'Pebble'")
    assert "commodities (StringList) = (4:copper,gold,molybdenum,silver)" in result


@pytest.mark.parametrize("code", ["4490", "3857", "32719"])
def test_another_coordinate_system_puts_the_same_place(site: "Site", run: Run, code: str) -> None:
    arguments = ("-where", "name_en = 'Escondida'", f"OAPIF:{site.url}/api", "deposits")
    with site.recorded_requests() as sent:
        there = ("-oo", f"CRS=EPSG:{code}")
        result = run("ogr2ogr", "-f", "CSV", "/vsistdout/", "-lco", "GEOMETRY=AS_XY", *there, *arguments)
    assert sent[-1].query["crs"] == f"http://www.opengis.net/def/crs/EPSG/0/{code}"
    (row,) = rows(result)
    back = Transformer.from_crs(f"EPSG:{code}", "OGC:CRS84", always_xy=True)
    assert back.transform(float(row["X"]), float(row["Y"])) == pytest.approx((-69.07167, -24.265), abs=1e-5)


def test_a_rectangle_in_metres_is_pushed_down_in_metres(site: "Site", run: Run) -> None:
    with site.recorded_requests() as sent:
        chosen = ("-oo", "CRS=EPSG:32719", "-spat", "300000", "7300000", "600000", "7500000")
        result = run("ogr2ogr", "-f", "CSV", "/vsistdout/", *chosen, f"OAPIF:{site.url}/api", "deposits")
    assert sent[-1].query["bbox"] == "300000,7300000,600000,7500000"
    assert sent[-1].query["bbox-crs"].endswith("/EPSG/0/32719")
    assert "Escondida" in {row["name_en"] for row in rows(result)}


def test_pages_are_followed_to_the_end(site: "Site", run: Run, features: Features) -> None:
    with site.recorded_requests() as sent:
        result = run("ogr2ogr", "-f", "CSV", "/vsistdout/", "-oo", "PAGE_SIZE=100", f"OAPIF:{site.url}/api", "deposits")
    assert sorted(row["id"] for row in rows(result)) == sorted(str(feature["id"]) for feature in features("deposits"))
    assert len([a for a in sent if "after" in a.query]) == (len(features("deposits")) - 1) // 100


def test_a_time_is_pushed_down(site: "Site", run: Run, features: Features) -> None:
    with site.recorded_requests() as sent:
        chosen = ("-oo", "DATETIME=2020-01-01T00:00:00Z/..")
        result = run("ogr2ogr", "-f", "CSV", "/vsistdout/", *chosen, f"OAPIF:{site.url}/api", "projects")
    assert sent[-1].query["datetime"] == "2020-01-01T00:00:00Z/.."
    assert len(rows(result)) == len(features("projects", datetime="2020-01-01T00:00:00Z/.."))


def test_the_page_of_the_docs(site: "Site", run: Run, blocks: Callable[[str, str], list[str]], features: Features) -> None:
    result = [run("bash", "-euo", "pipefail", stdin=block) for block in blocks("gdal.md", "sh")]
    assert "1: deposits" in result[0]
    assert f"Feature Count: {len(features('deposits'))}\n" in result[1]
    chile = features("deposits", country="CHL", main_commodity="copper", bbox="-75,-30,-60,-15")
    assert f"Feature Count: {len(chile)}\n" in run("ogrinfo", "-so", "chile.gpkg", "deposits")
    (made,) = rows(run("cat", "escondida.csv"))
    assert made["name_en"] == "Escondida" and float(made["X"]) > 180
    large = features("deposits", filter="size_basis_value_t > 1e7 AND country IN ('CHL', 'PER')")
    assert len(json.loads(run("cat", "large.geojson"))["features"]) == len(large) > 0

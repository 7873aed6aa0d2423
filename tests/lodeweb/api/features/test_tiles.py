"""Tiles on the wire: OGC API Tiles, Part 1, and TileJSON 3.0, with the filters of items."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from flask.testing import FlaskClient
from tests.quick import mostly_slow

from lodebase.query.collections_ import COLLECTIONS
from lodedata.vocab import load_vocabulary
from lodeweb.api.features.tiles import GRID, MVT

ROOT_FOLDER = Path(__file__).parents[4]
ROOT = "/api/collections/deposits/tiles"


def read(client: FlaskClient, address: str) -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == 200, response.get_data(as_text=True)
    body: dict[str, Any] = response.get_json(force=True)
    return body


def path(address: str) -> str:
    """An absolute address of this site as the test client takes it."""
    return address.removeprefix("http://localhost")


def on_tile(client: FlaskClient, address: str) -> int:
    """How many records a tile reports."""
    response = client.get(address)
    assert (response.status_code, response.content_type) == (200, MVT), response.get_data(as_text=True)
    if not response.data:
        return 0
    layers = mapbox_vector_tile.decode(response.data)
    return sum(int(feature["properties"].get("n", 1)) for layer in layers.values() for feature in layer["features"])


def on_level(client: FlaskClient, template: str, z: int) -> int:
    size = range(1 << z)
    return sum(
        on_tile(client, template.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y)))
        for x in size
        for y in size
    )


COUNTED = ("", "country=Chile", "commodity=copper&bbox=-80,-60,20,60", "commodity_group=lithium,tin")


@pytest.mark.parametrize("query", mostly_slow(COUNTED, COUNTED[::2]))
def test_the_tiles_of_each_level_add_up_to_number_matched(client: FlaskClient, query: str) -> None:
    matched = read(client, f"/api/collections/deposits/items?limit=1&{query}")["numberMatched"]
    reported = read(client, f"{ROOT}/{GRID}?f=tilejson&{query}")
    assert reported["records"] == matched > 0
    assert reported["recordsWithoutPosition"] == (1 if not query else 0)
    for z in range(5):
        assert on_level(client, path(reported["tiles"][0]), z) == matched - reported["recordsWithoutPosition"]


@pytest.mark.parametrize("collection", [name for name, collection in COLLECTIONS.items() if collection.geometry is not None])
def test_tilejson_is_as_its_specification_has_it(client: FlaskClient, collection: str) -> None:
    """TileJSON 3.0.0, 3: what must be there and of what kind."""
    reported = read(client, f"/api/collections/{collection}/tiles/{GRID}?f=tilejson")
    assert reported["tilejson"] == "3.0.0" and reported["scheme"] == "xyz"
    assert re.fullmatch(r"\d+\.\d+\.\d+", reported["version"])
    assert (reported["minzoom"], reported["maxzoom"]) == (0, 24)
    west, south, east, north = reported["bounds"]
    assert -180 <= west <= east <= 180 and -90 < south <= north < 90
    (template,) = reported["tiles"]
    assert template.startswith("http://localhost/api/") and all(part in template for part in ("{z}", "{x}", "{y}"))
    assert on_tile(client, path(template).replace("{z}", "0").replace("{x}", "0").replace("{y}", "0")) >= 0
    for layer in reported["vector_layers"]:
        assert layer["id"].startswith(collection)
        assert all(re.search(r"\S / .*[\u4e00-\u9fff]", text) for text in layer["fields"].values())


def test_styles_pass_the_validator_of_maplibre(client: FlaskClient, tmp_path: Path) -> None:
    paths = []
    for name in (collection.name for collection in COLLECTIONS.values() if collection.geometry is not None):
        response = client.get(f"/api/collections/{name}/tiles/{GRID}?f=style&country=Chile")
        assert response.content_type == "application/vnd.mapbox.style+json"
        paths.append(tmp_path / f"{name}.json")
        paths[-1].write_bytes(response.get_data())
    validator = ROOT_FOLDER / "web/node_modules/.bin/gl-style-validate"
    node = Path(sys.executable).with_name("node")
    result = subprocess.run([node, validator, *paths], capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stdout + result.stderr
    deposits = json.loads((tmp_path / "deposits.json").read_bytes())
    assert deposits["sources"]["deposits"]["tiles"][0].endswith("{z}/{y}/{x}?country=Chile")
    (records,) = (layer for layer in deposits["layers"] if layer["id"] == "deposits")
    colours = records["paint"]["circle-color"]
    assert colours[colours.index("lithium") + 1] == load_vocabulary("commodity-group").terms["lithium"].extra["colour"]


def test_the_row_comes_before_the_column(client: FlaskClient) -> None:
    """OGC 20-057, requirement 2: {tileMatrix}/{tileRow}/{tileCol}."""
    # China lies north-east: row 0, column 1
    assert on_tile(client, f"{ROOT}/{GRID}/1/0/1?country=CHN") == 1
    assert on_tile(client, f"{ROOT}/{GRID}/1/1/0?country=CHN") == 0
    template = read(client, f"{ROOT}/{GRID}?f=tilejson")["tiles"][0]
    assert template.endswith(f"{GRID}/{{z}}/{{y}}/{{x}}")


def test_a_client_finds_the_tiles_from_the_list(client: FlaskClient) -> None:
    """OGC 20-057: tilesets list, tileset metadata, tiling scheme, item template; each link has rel, type and works."""
    (listed,) = read(client, ROOT)["tilesets"]
    (own,) = (link for link in listed["links"] if link["rel"] == "self")
    tileset = read(client, path(own["href"]))
    for name in ("title", "dataType", "crs", "tileMatrixSetURI"):
        assert tileset[name] == listed[name]
    assert tileset["dataType"] == "vector"
    (item,) = (link for link in tileset["links"] if link["rel"] == "item")
    assert item["templated"] is True and item["type"] == MVT
    address = item["href"].replace("{tileMatrix}", "0").replace("{tileRow}", "0").replace("{tileCol}", "0")
    assert on_tile(client, path(address)) > 0
    (scheme,) = (link for link in tileset["links"] if link["rel"].endswith("/tiling-scheme"))
    grid = read(client, path(scheme["href"]))
    assert (grid["id"], grid["uri"]) == (GRID, tileset["tileMatrixSetURI"])
    assert [matrix["id"] for matrix in grid["tileMatrices"]] == [str(z) for z in range(25)]
    assert [grid["id"] for grid in read(client, "/api/tileMatrixSets")["tileMatrixSets"]] == [GRID]
    assert {layer["id"] for layer in tileset["layers"]} == {"deposits", "deposits_cells"}
    assert "country" in tileset["layers"][0]["propertiesSchema"]["properties"]


def test_the_grid_is_that_of_its_register(client: FlaskClient) -> None:
    """OGC 17-083r4, annex D.1: scale denominators of WebMercatorQuad."""
    grid = read(client, f"/api/tileMatrixSets/{GRID}")
    denominators = {matrix["id"]: matrix["scaleDenominator"] for matrix in grid["tileMatrices"]}
    assert denominators["0"] == pytest.approx(559082264.028717, rel=1e-10)
    assert denominators["24"] == pytest.approx(33.3238997477002, rel=1e-10)
    assert grid["tileMatrices"][0]["cellSize"] == pytest.approx(156543.033928041, rel=1e-10)
    assert grid["tileMatrices"][3]["matrixWidth"] == 8


def test_filters_go_on_into_the_tiles(client: FlaskClient) -> None:
    reported = read(client, f"{ROOT}/{GRID}?f=tilejson&lang=zh&country=智利&filter=name_en%20LIKE%20%27Field%201%25%27")
    (template,) = reported["tiles"]
    assert template.endswith("{z}/{y}/{x}?country=%E6%99%BA%E5%88%A9&filter=name_en%20LIKE%20%27Field%201%25%27")
    assert on_level(client, path(template), 1) == reported["records"] == 11


def test_a_response_reports_its_dataset_version(client: FlaskClient) -> None:
    for address in (f"{ROOT}/{GRID}", f"{ROOT}/{GRID}?f=tilejson", f"{ROOT}/{GRID}/0/0/0", f"{ROOT}/{GRID}/9/0/0"):
        assert client.get(address).headers["Lode-Dataset-Version"] == "1"


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        (f"{GRID}/1/2/0", 404, "Zoom level 1 has no row 2. Use 0 to 1."),
        (f"{GRID}/1/0/2", 404, "Zoom level 1 has no column 2. Use 0 to 1."),
        (f"{GRID}/25/0/0", 404, "There is no zoom level 25. Use 0 to 24."),
        (
            f"{GRID}/x/0/0",
            404,
            f"'x' is not a zoom level of tiles. Write a whole number, as in {GRID}/{{z}}/{{row}}/{{column}}.",
        ),
        (f"{GRID}/1/-1/0", 404, f"'-1' is not a row of tiles. Write a whole number, as in {GRID}/{{z}}/{{row}}/{{column}}."),
        (f"{GRID}/1/0/٣", 404, f"'٣' is not a column of tiles. Write a whole number, as in {GRID}/{{z}}/{{row}}/{{column}}."),
        (f"{GRID}/1/0/{'9' * 5000}", 404, None),
        (f"{GRID}/0/0/0?limit=5", 400, None),
        (f"{GRID}/0/0/0?f=png", 400, '"png" is not a format here. Use one of mvt.'),
        (f"{GRID}?f=xml", 400, '"xml" is not a format here. Use one of json, tilejson, style, html.'),
        (f"{GRID}/0/0/0?nearest=10,20", 400, "nearest excludes no record. Give near and radius_km."),
        (f"{GRID}/0/0/0?bbox=1,2,3", 400, None),
        (f"{GRID}/0/0/0?nonsense=1", 400, None),
        ("WorldCRS84Quad", 404, None),
    ],
)
def test_what_is_no_tile_is_reported_in_a_sentence(client: FlaskClient, address: str, status: int, said: str | None) -> None:
    response = client.get(f"{ROOT}/{address}")
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    body = response.get_json(force=True)
    assert body["detail"] and said in (None, body["detail"])


def test_there_are_no_tiles_of_what_is_no_collection(client: FlaskClient) -> None:
    for address in ("", f"/{GRID}", f"/{GRID}/0/0/0"):
        assert client.get(f"/api/collections/mines/tiles{address}").status_code == 404


def test_a_database_that_is_away_is_reported(away: FlaskClient) -> None:
    response = away.get(f"{ROOT}/{GRID}/0/0/0")
    assert response.status_code == 503 and response.headers["Retry-After"]

"""OGC API Tiles, Part 1 (20-057), annex A: tilesets, their lists, their grid, and vector tiles read by another's reader."""

import math
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import mapbox_vector_tile
import pytest
import shapely
from shapely.geometry import shape

from lodebase.query.collections_ import COLLECTIONS

if TYPE_CHECKING:
    from tests.conformance.conftest import Api

Part = dict[str, Any]
JSON = "application/json"
MVT = "application/vnd.mapbox-vector-tile"
CONF = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
GRID = "WebMercatorQuad"
GRID_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{GRID}"
ROADS = {
    "getTileSetsList": "/collections/{}/tiles",
    "getTileSet": "/collections/{}/tiles/WebMercatorQuad",
    "getTile": "/collections/{}/tiles/WebMercatorQuad/",
}
"""The ends of the names of the operations, and their paths."""


def links(body: Part, rel: str) -> list[Part]:
    return [link for link in body["links"] if link["rel"] == rel]


def tileset(api: "Api", name: str) -> Part:
    return api.get(f"/collections/{name}/tiles/{GRID}")


def address(template: str, matrix: int | str, row: int | str, column: int | str) -> str:
    """A template's address with its variables replaced, as a client does it."""
    for variable, value in (("tileMatrix", matrix), ("tileRow", row), ("tileCol", column)):
        assert "{" + variable + "}" in template
        template = template.replace("{" + variable + "}", str(value))
    return template


def tile(api: "Api", name: str, matrix: int, row: int, column: int) -> dict[str, Part]:
    """The layers of a tile."""
    (link,) = [one for one in links(tileset(api, name), "item") if one["type"] == MVT]
    response = api.request(address(link["href"], matrix, row, column), Accept=MVT)
    assert response.status_code in (200, 204)
    if not response.data:
        return {}
    assert response.headers["Content-Type"] == MVT
    return dict(mapbox_vector_tile.decode(response.data, default_options={"y_coord_down": True}))


def column_and_row(lon: float, lat: float, matrix: int) -> tuple[int, int]:
    """Where a position lies in the grid (17-083r4, annex D)."""
    size = 1 << matrix
    angle = math.radians(max(-85.051128, min(85.051128, lat)))
    x, y = (lon + 180) / 360 * size, (1 - math.asinh(math.tan(angle)) / math.pi) / 2 * size
    return min(max(int(x), 0), size - 1), min(max(int(y), 0), size - 1)


def test_the_classes_are_declared(api: "Api") -> None:
    """/conf/core/conformance-success and the same of each class."""
    classes = set(api.get("/conformance")["conformsTo"])
    assert {CONF + part for part in ("core", "tileset", "tilesets-list", "mvt", "oas30")} <= classes


def test_a_collection_links_to_its_tilesets(api: "Api", name: str) -> None:
    """/conf/geodata-tilesets/desc-links."""
    (link,) = links(api.get(f"/collections/{name}"), f"{REL}tilesets-vector")
    assert urlsplit(link["href"]).path == f"/api/collections/{name}/tiles" and link["type"] == JSON


def test_the_list_has_what_each_tileset_must_have(api: "Api", name: str) -> None:
    """/conf/tilesets-list/tileset-links, 1 to 4 and 6."""
    response = api.request(f"/collections/{name}/tiles", Accept=JSON)
    assert (response.status_code, response.headers["Content-Type"]) == (200, JSON)
    listed = response.get_json()["tilesets"]
    assert listed
    for one in listed:
        assert one["dataType"] == "vector" and one["crs"] and one["tileMatrixSetURI"] == GRID_URI
        (own,) = links(one, "self")
        assert urlsplit(own["href"]).path == f"/api/collections/{name}/tiles/{GRID}"
        assert len(links(one, f"{REL}tiling-scheme")) == 1
        assert api.get(own["href"])["tileMatrixSetURI"] == GRID_URI


def test_a_tileset_describes_itself(api: "Api", name: str) -> None:
    """/conf/tileset/description, 1 and 3 to 7."""
    response = api.request(f"/collections/{name}/tiles/{GRID}", Accept=JSON)
    assert (response.status_code, response.headers["Content-Type"]) == (200, JSON)
    body = response.get_json()
    assert body["tileMatrixSetURI"] == GRID_URI and body["dataType"] == "vector" and body["crs"]
    items = links(body, "item")
    assert items
    for link in items:
        assert link["templated"] is True and link["type"] == MVT
        address(link["href"], 0, 0, 0)
    (scheme,) = links(body, f"{REL}tiling-scheme")
    grid = api.get(scheme["href"])
    assert grid["id"] == GRID and grid["crs"]
    for number, matrix in enumerate(grid["tileMatrices"]):
        assert matrix["id"] == str(number)
        assert matrix["matrixWidth"] == matrix["matrixHeight"] == 1 << number
        assert matrix["scaleDenominator"] * 0.00028 == pytest.approx(matrix["cellSize"])
        assert matrix["cellSize"] * matrix["tileWidth"] * matrix["matrixWidth"] == pytest.approx(2 * 20_037_508.342789244)
        assert matrix["pointOfOrigin"] == pytest.approx([-20_037_508.342789244, 20_037_508.342789244])


@pytest.mark.parametrize("matrix", [0, 3, 9])
def test_a_tile_holds_what_lies_on_it(api: "Api", name: str, matrix: int) -> None:
    """/conf/core/tc-op, tc-success, /conf/mvt/content: each feature of the tile within it, none of it missing."""
    located = {i: shape(f["geometry"]) for i, f in api.features(name).items() if f["geometry"] is not None}
    places = {i: geometry.representative_point() for i, geometry in located.items()}
    for identity in list(places)[:: max(1, len(places) // 12)]:
        column, row = column_and_row(places[identity].x, places[identity].y, matrix)
        layers = tile(api, name, matrix, row, column)
        assert layers
        ids = {feature["properties"].get("id") for feature in layers.get(name, {}).get("features", ())}
        if name == "zones":
            # a square of several small areas has no id
            assert identity in ids or None in ids
            continue
        lying = {i for i, point in places.items() if column_and_row(point.x, point.y, matrix) == (column, row)}
        counted = sum(feature["properties"]["n"] for layer in layers if layer != name for feature in layers[layer]["features"])
        assert ids <= lying and len(ids) + counted == len(lying)


def test_a_missing_tile_is_reported(api: "Api", name: str) -> None:
    """/conf/core/tc-error, 1: out of range is 404 or 400; the suite sends numbers that are too large, and none."""
    (link, *_) = links(tileset(api, name), "item")
    for matrix, row, column in (
        (0, 0, 1),
        (0, 1, 0),
        (3, 8, 0),
        (3, 0, 8),
        (99, 0, 0),
        (-1, 0, 0),
        (3, -1, 0),
        ("x", 0, 0),
        (3, "x", 0),
    ):
        assert api.request(address(link["href"], matrix, row, column)).status_code in (400, 404), (matrix, row, column)
    assert api.request(f"/collections/{name}/tiles/NoSuchGrid/0/0/0").status_code in (400, 404)


def test_an_empty_tile_is_no_error(api: "Api", name: str) -> None:
    """/conf/core/tc-error, 2."""
    where = shapely.Point(-140, -50)
    located = [shape(f["geometry"]) for f in api.features(name).values() if f["geometry"] is not None]
    assert all(geometry.distance(where) > 1 for geometry in located)
    column, row = column_and_row(where.x, where.y, 12)
    (link, *_) = links(tileset(api, name), "item")
    response = api.request(address(link["href"], 12, row, column))
    assert response.status_code in (200, 204) and not response.data


def operation(api: "Api", path: str) -> tuple[str, Part]:
    """A path of the description that begins so, and its operation."""
    (found,) = [
        (one, methods["get"])
        for one, methods in api.get("/openapi.json")["paths"].items()
        if (one.startswith(path) if path.endswith("/") else one == path)
    ]
    return found


@pytest.mark.parametrize("name", COLLECTIONS)
@pytest.mark.parametrize("end", ROADS)
def test_the_roads_are_in_the_definition(api: "Api", name: str, end: str) -> None:
    """/conf/oas30/completeness, /conf/oas30/operation-id: names that end as the standard has them."""
    _, described = operation(api, ROADS[end].format(name))
    assert {"200", "400", "404"} <= set(described["responses"])
    assert described["operationId"].endswith(f".collection.vector.{end}")


@pytest.mark.parametrize("name", COLLECTIONS)
def test_the_variables_of_a_tile_are_named_as_they_must_be(api: "Api", name: str) -> None:
    """/conf/core/tc-tilematrix-definition, tc-tilerow-definition, tc-tilecol-definition."""
    path, described = operation(api, ROADS["getTile"].format(name))
    assert path.endswith("/{tileMatrix}/{tileRow}/{tileCol}")
    found = {part["name"]: part for part in described["parameters"] if part.get("in") == "path"}
    assert set(found) == {"tileMatrix", "tileRow", "tileCol"}
    assert all(part["required"] for part in found.values())
    assert found["tileMatrix"]["schema"]["type"] == "string"
    assert found["tileRow"]["schema"]["type"] == found["tileCol"]["schema"]["type"] == "integer"
    assert MVT in described["responses"]["200"]["content"]

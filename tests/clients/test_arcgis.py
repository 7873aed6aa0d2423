"""The walk of an ArcGIS client, which knows Part 1 alone: landing page, conformance, collections, OpenAPI, items by extent.

ArcGIS itself can't be run here; these are the documents that its Pro and its JavaScript library read, in that order, each
found by a link of the one before and read as a browser of another origin reads it.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import requests

from lodebase.query.collections_ import COLLECTIONS

if TYPE_CHECKING:
    from tests.clients.conftest import Site

Features = Callable[..., list[dict[str, Any]]]
Document = dict[str, Any]
PART_1 = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
ORIGIN = "https://maps.example.org"
EXTENT = "-8237642.3,-3503549.8,-6679169.4,-1689200.1"
"""In web-mercator metres, as a map view of ArcGIS has it: about 74 to 60 W, 30 to 15 S."""


@pytest.fixture
def get() -> Iterator[Callable[..., Document]]:
    """Gives a document, as a browser fetches it from a page of another origin."""
    with requests.Session() as session:

        def fetch(url: str, accept: str = "application/json", **parameters: str) -> Document:
            response = session.get(url, params=parameters, headers={"Origin": ORIGIN, "Accept": accept}, timeout=20)
            assert response.status_code == 200, response.text
            assert response.headers["Access-Control-Allow-Origin"] in ("*", ORIGIN)
            assert response.headers["Content-Type"].split(";")[0] in (
                *("application/json", "application/geo+json", "application/vnd.oai.openapi+json"),
            )
            document: Document = response.json()
            return document

        yield fetch


def href(document: Document, rel: str, media_type: str = "application/json") -> str:
    (found,) = {link["href"] for link in document["links"] if link["rel"] == rel and link["type"] == media_type}
    return str(found)


def test_a_layer_is_found_and_read_by_links_alone(site: "Site", get: Callable[..., Document], features: Features) -> None:
    landing = get(site.api)
    assert {f"{PART_1}core", f"{PART_1}geojson", f"{PART_1}oas30"} <= set(get(href(landing, "conformance"))["conformsTo"])
    collections = [
        collection for collection in get(href(landing, "data"))["collections"] if collection["itemType"] == "feature"
    ]
    assert [collection["id"] for collection in collections] == list(COLLECTIONS)
    for listed in collections:
        collection = get(href(listed, "self"))
        assert collection["itemType"] == "feature"
        assert [len(box) for box in collection["extent"]["spatial"]["bbox"]] == [4]
        assert "http://www.opengis.net/def/crs/OGC/1.3/CRS84" in collection["crs"]
        found, url, parameters = list[str](), href(collection, "items", "application/geo+json"), {"limit": "100"}
        while url:
            page = get(url, "application/geo+json", **parameters)
            found += [feature["id"] for feature in page["features"]]
            assert all(feature["geometry"] is None or feature["type"] == "Feature" for feature in page["features"])
            url = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
            parameters = {}
        assert found == [feature["id"] for feature in features(listed["id"])]


def test_openapi_describes_the_parameters(site: "Site", get: Callable[..., Document]) -> None:
    openapi = get(href(get(site.api), "service-desc", "application/vnd.oai.openapi+json;version=3.0"), "application/json")
    assert openapi["openapi"].startswith("3.0.")
    for name, collection in COLLECTIONS.items():
        for path in (f"/collections/{name}", f"/collections/{name}/items"):
            assert "200" in openapi["paths"][path]["get"]["responses"]
        parameters = [
            openapi["components"]["parameters"][parameter["$ref"].rsplit("/", 1)[1]] if "$ref" in parameter else parameter
            for parameter in openapi["paths"][f"/collections/{name}/items"]["get"]["parameters"]
        ]
        schemas = {parameter["name"]: parameter["schema"] for parameter in parameters}
        located = {"bbox", "crs", "bbox-crs"} if collection.geometry is not None else set()
        assert {"limit", "datetime"} | located <= set(schemas)
        assert schemas["limit"]["maximum"] == 10_000


def test_an_extent_in_web_mercator(site: "Site", get: Callable[..., Document], features: Features) -> None:
    uri = "http://www.opengis.net/def/crs/EPSG/0/3857"
    url = f"{site.api}collections/deposits/items"
    page = get(url, "application/geo+json", **{"bbox": EXTENT, "bbox-crs": uri, "crs": uri, "limit": "2000"})
    west, south, east, north = map(float, EXTENT.split(","))
    assert page["features"]
    for x, y in (feature["geometry"]["coordinates"] for feature in page["features"]):
        assert west <= x <= east and south <= y <= north
    assert page["numberMatched"] == len(features("deposits", bbox=EXTENT, **{"bbox-crs": uri}))


def test_a_browser_may_send_a_preflight_request(site: "Site") -> None:
    wanted = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "accept"}
    response = requests.options(f"{site.api}collections/deposits/items", headers=wanted, timeout=20)
    assert response.status_code in (200, 204)
    assert response.headers["Access-Control-Allow-Origin"] in ("*", ORIGIN)
    assert "GET" in response.headers["Access-Control-Allow-Methods"]

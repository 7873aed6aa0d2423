"""The abstract tests of OGC API Features (Part 1, A.2; Part 2, A.1) that concern what is not the rows, and every link."""

import re
from collections import deque
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lodebase.query import crs
from lodebase.query.collections_ import COLLECTIONS
from lodeweb.api.features.conformance import CLASSES
from lodeweb.api.processes.descriptions import EXECUTE

HTML = "text/html"
CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
SERVICE_DESC = "application/vnd.oai.openapi+json;version=3.0"
URI = re.compile(r"https?://[^\s/]+/[^\s]+")
QGIS = {
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-operators",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
}
"""What QGIS reads in qgsoapifprovider.cpp and its companions before it lets the server filter."""


def get(client: FlaskClient, address: str) -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == 200, response.get_data(as_text=True)
    body: dict[str, Any] = response.get_json(force=True)
    return body


def by_rel(body: dict[str, Any], rel: str) -> list[dict[str, str]]:
    return [link for link in body["links"] if link["rel"] == rel]


def content_type(response: Any) -> str:
    """The media type without the character set that flask adds to text."""
    return re.sub(r"; charset=utf-8$", "", response.headers["Content-Type"])


def test_the_landing_page_leads_to_the_api_its_classes_and_its_data(client: FlaskClient) -> None:
    """AT 3 and 4; QGIS wants these media types to the letter."""
    body = get(client, "/api/")
    assert body["title"] and body["description"]
    for rel, media_type in (("service-desc", SERVICE_DESC), ("service-doc", HTML), ("conformance", "application/json")):
        (link,) = by_rel(body, rel)
        assert link["type"] == media_type, rel
    (data,) = by_rel(body, "data")
    assert data["type"] == "application/json" and urlsplit(data["href"]).path == "/api/collections"


def test_the_api_is_described_with_its_media_type(client: FlaskClient) -> None:
    """AT 5 and 6."""
    (link,) = by_rel(get(client, "/api/"), "service-desc")
    response = client.get(link["href"])
    assert response.headers["Content-Type"] == SERVICE_DESC
    assert response.get_json(force=True)["openapi"].startswith("3.0.")


def test_the_classes_are_reported_and_core_is_among_them(client: FlaskClient) -> None:
    """AT 7 and 8."""
    reported = get(client, "/api/conformance")["conformsTo"]
    assert reported == list(CLASSES) and len(set(reported)) == len(reported)
    assert CORE in reported
    assert all(isinstance(uri, str) and URI.fullmatch(uri) for uri in reported)
    assert set(reported) >= QGIS


def test_each_class_states_where_it_is_implemented() -> None:
    assert all(CLASSES.values())


def test_the_collections_have_themselves_and_their_page(client: FlaskClient) -> None:
    """AT 9 and 10: with html declared, a page is an alternate of everything."""
    body = get(client, "/api/collections")
    assert [link["type"] for link in by_rel(body, "self")] == ["application/json"]
    assert HTML in [link["type"] for link in by_rel(body, "alternate")]
    assert [c["id"] for c in body["collections"]] == [*COLLECTIONS, "datasets"]


@pytest.mark.parametrize("name", COLLECTIONS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_collection_is_what_the_list_says(client: FlaskClient, name: str, lang: str) -> None:
    """AT 11 and 12."""
    listed = {c["id"]: c for c in get(client, f"/api/collections?lang={lang}")["collections"]}[name]
    assert get(client, f"/api/collections/{name}?lang={lang}") == listed
    assert listed["id"] == name and listed["title"] and listed["description"]
    ((west, south, east, north),) = listed["extent"]["spatial"]["bbox"]
    assert -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    items = {link["type"] for link in by_rel(listed, "items")}
    assert items == {"application/geo+json", HTML}
    assert HTML in [link["type"] for link in by_rel(listed, "alternate")]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_collection_lists_its_coordinate_systems(client: FlaskClient, name: str) -> None:
    """Part 2, A.1: URIs, the default first, and the one that the data is stored in among them."""
    body = get(client, f"/api/collections/{name}")
    *own, others = body["crs"]
    assert own[0] == crs.CRS84_URI
    assert body["storageCrs"] in own
    assert others == "#/crs"
    every = get(client, "/api/collections")["crs"]
    assert set(own) <= set(every) and len(set(every)) == len(every)
    assert all(URI.fullmatch(uri) for uri in every)
    for code in (4326, 4490, 3857, 32601, 32760, 4491, 4547, 4554):
        assert f"http://www.opengis.net/def/crs/EPSG/0/{code}" in every


def test_every_coordinate_system_is_one_that_postgis_knows(any_client: FlaskClient, app: Flask) -> None:
    with app.extensions["lode"].engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT srid FROM spatial_ref_sys").scalars()
        assert set(crs.list_supported_crs().values()) <= set(rows)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_collection_leads_to_what_is_known_of_its_properties(client: FlaskClient, name: str) -> None:
    body = get(client, f"/api/collections/{name}")
    for rel in ("queryables", "sortables", "schema"):
        (link,) = by_rel(body, f"http://www.opengis.net/def/rel/ogc/1.0/{rel}")
        assert link["type"] == "application/schema+json"
    assert by_rel(body, "describedby")[0]["type"] == "application/schema+json"
    assert by_rel(body, "license")


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_link_of_every_response_has_rel_and_type_and_leads_there(any_client: FlaskClient, lang: str) -> None:
    """All that can be reached from the landing page by links, as data and as pages."""
    waiting, seen, formats = deque([f"/api/?lang={lang}"]), set(), set()
    while waiting:
        address = waiting.popleft()
        if address in seen:
            continue
        seen.add(address)
        response = any_client.get(address)
        assert response.status_code == 200, address
        if "json" not in str(response.mimetype) or response.mimetype == "application/x-ndjson":
            continue
        for link in found_links(response.get_json(force=True)):
            assert link["rel"] and link["type"], (address, link)
            assert not link.get("templated"), (address, link)
            target = link["href"].removeprefix("http://localhost")
            assert target.startswith("/"), (address, link)
            if link["rel"] == "enclosure":
                # a file is made to state its length: one of each format
                if link["type"] not in formats:
                    assert any_client.head(target).mimetype == link["type"], (address, link)
                formats.add(link["type"])
                continue
            if link["rel"] == EXECUTE:
                # OGC API Processes, 7.11: an execution is posted
                assert "POST" in any_client.options(target).allow, (address, link)
                continue
            there = any_client.get(target)
            assert there.status_code == 200, (address, link)
            assert content_type(there) == link["type"], (address, link)
            if link["rel"] != "next":
                waiting.append(target)
    assert len(seen) > 40


def found_links(value: Any) -> list[dict[str, Any]]:
    """Every link in a response, however deep; those that hold a template's braces are for tiles of any place."""
    if isinstance(value, list):
        return [link for inner in value for link in found_links(inner)]
    if not isinstance(value, dict):
        return []
    own = [link for link in value.get("links", []) if "{" not in link["href"]] if isinstance(value.get("links"), list) else []
    return own + [link for name, inner in value.items() if name != "links" for link in found_links(inner)]


@pytest.mark.parametrize(
    "path",
    [
        *("/api/", "/api/conformance", "/api/collections", "/api/sources", "/api/vocabularies", "/api/vocabularies/status"),
        *("/api/sources/test-table/records/script", "/api/collections/deposits", "/api/collections/zones"),
        *(f"/api/collections/deposits/{what}" for what in ("queryables", "schema", "sortables", "items", "facets")),
        *("/api/collections/deposits/tiles", "/api/collections/deposits/tiles/WebMercatorQuad", "/api/search?q=field"),
        *("/api/tileMatrixSets", "/api/tileMatrixSets/WebMercatorQuad"),
    ],
)
def test_everything_is_data_and_a_page(client: FlaskClient, path: str) -> None:
    data = client.get(path)
    assert "json" in str(data.mimetype)
    assert client.get(path, headers={"Accept": "*/*"}).mimetype == data.mimetype
    assert client.get(path, headers={"Accept": "application/json, text/html;q=0.5"}).mimetype == data.mimetype
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    more = "&" if "?" in path else "?"
    assert client.get(f"{path}{more}f=json", headers=browser).mimetype == data.mimetype
    for page in (client.get(path, headers=browser), client.get(f"{path}{more}f=html")):
        assert (page.status_code, page.mimetype) == (200, HTML)
        assert 'rel="alternate"' in page.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/api/", "/api/collections", "/api/collections/deposits", "/api/vocabularies"])
def test_a_page_is_in_the_language_requested_and_leads_to_the_other(client: FlaskClient, path: str) -> None:
    english, chinese = (client.get(f"{path}?f=html&lang={lang}").get_data(as_text=True) for lang in ("en", "zh"))
    assert '<html lang="en">' in english and '<html lang="zh-CN">' in chinese
    assert 'href="?f=html&amp;lang=zh"' in english and 'href="?f=html&amp;lang=en"' in chinese
    assert client.get(f"{path}?f=html&lang=zh").headers["Content-Language"] == "zh-CN"
    visible = re.sub(r"(?s)<code>.*?</code>|<[^>]+>", " ", chinese.split("<main", 1)[1])
    assert re.search(r"[\u4e00-\u9fff]", visible)


@pytest.mark.parametrize("address", ["/api/nosuch", "/api/collections/nosuch", "/api/collections/nosuch/queryables"])
def test_what_is_not_there_is_reported_as_problem_details_and_to_a_browser_as_a_page(client: FlaskClient, address: str) -> None:
    for headers, media in (({}, "application/problem+json"), ({"Accept": "text/html"}, "text/html")):
        response = client.get(address, headers=headers)
        assert (response.status_code, response.mimetype) == (404, media)


@pytest.mark.parametrize("path", ["/api/", "/api/conformance", "/api/collections/deposits", "/api/openapi.json", "/api/docs"])
@pytest.mark.parametrize("query", ["unknownQueryParameter12345=x", "f=xml", "limit=1"])
def test_an_unknown_parameter_is_refused_everywhere(client: FlaskClient, path: str, query: str) -> None:
    response = client.get(f"{path}?{query}")
    assert response.status_code == 400
    assert response.get_json(force=True)["parameter"] == query.split("=")[0]


@pytest.mark.parametrize("path", ["/api/", "/api/conformance", "/api/collections", "/api/collections/deposits/schema"])
def test_head_and_options_are_answered(client: FlaskClient, path: str) -> None:
    whole, head = client.get(path), client.head(path)
    assert head.status_code == 200 and head.data == b""
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert set(client.options(path).headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_without_its_database_the_api_still_reports_what_it_is(away: FlaskClient) -> None:
    for path in ("/api/", "/api/conformance", "/api/openapi.json", "/api/vocabularies", "/api/collections/deposits/schema"):
        assert away.get(path).status_code == 200, path
    assert away.get("/api/collections").status_code == 503

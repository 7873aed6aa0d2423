"""The landing page, collections, sources and raw records: each link leads somewhere, each key finds its row."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

import pytest
from flask.testing import FlaskClient

from lodebase.query.collections_ import COLLECTIONS

SCRIPT = "<script>alert(1)</script>"
KEYS = ("a:1", "a#2", "a/3", "a//4", "矿床 5", "a?6=7&b", "a%2F8", "a+9 b", "..", "a;b")


def get(client: FlaskClient, address: str) -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == 200, response.get_data(as_text=True)
    assert response.mimetype == "application/json"
    body: dict[str, Any] = response.get_json()
    return body


@pytest.mark.parametrize("address", ["/api/", "/api"])
def test_every_link_of_the_landing_page_leads_somewhere(client: FlaskClient, address: str) -> None:
    body = get(client, address)
    assert body["title"].startswith("Lode")
    assert {link["rel"] for link in body["links"]} >= {"self", "data"}
    for link in body["links"]:
        response = client.get(link["href"])
        assert response.status_code == 200, link
        assert response.headers["Content-Type"].removesuffix("; charset=utf-8") == link["type"]


def test_the_collections_begin_with_the_four_of_the_map_with_links_that_lead_somewhere(client: FlaskClient) -> None:
    body = get(client, "/api/collections")
    assert [c["id"] for c in body["collections"]] == [*COLLECTIONS, "datasets"]
    assert list(COLLECTIONS)[:4] == ["deposits", "discoveries", "projects", "zones"]
    formats = set()
    for described in body["collections"]:
        assert get(client, f"/api/collections/{described['id']}") == described
        for link in described["links"]:
            if link["rel"] == "enclosure":
                # a file is made to state its length: one of each format
                if link["type"] in formats:
                    continue
                formats.add(link["type"])
            response = (client.head if link["rel"] == "enclosure" else client.get)(link["href"])
            assert (response.status_code, response.mimetype) == (200, link["type"])


def test_a_collection_speaks_both_languages_and_reports_its_extent(client: FlaskClient) -> None:
    for lang, title, word in (("en", "Deposits", "occurrences"), ("zh", "矿床", "矿点")):
        body = get(client, f"/api/collections/deposits?lang={lang}")
        assert (body["title"], body["title_en"], body["title_zh"]) == (title, "Deposits", "矿床")
        assert word in body["description"]
    assert body["itemType"] == "feature"
    spatial = body["extent"]["spatial"]
    assert spatial["crs"] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    ((west, south, east, north),) = spatial["bbox"]
    assert (west, east) == (-179.5123, 179.5123)
    assert south == pytest.approx(-30, abs=0.01) and north == pytest.approx(29.0123)
    # the rows have no dates, and the date of their source is none of them
    assert "temporal" not in body["extent"]


def test_an_empty_collection_reaches_everywhere_and_reports_no_dates(client: FlaskClient) -> None:
    extent = get(client, "/api/collections/zones")["extent"]
    assert extent["spatial"]["bbox"] == [[-180, -90, 180, 90]]
    assert "temporal" not in extent


@pytest.mark.parametrize("name", ["nosuch", "Deposits", "deposit", "zone"])
def test_a_collection_that_is_none_is_404_and_names_those_there_are(client: FlaskClient, name: str) -> None:
    for address in (f"/api/collections/{name}", f"/api/collections/{name}/items", f"/api/collections/{name}/items/x"):
        response = client.get(address)
        assert response.status_code == 404
        assert "Choose one of deposits, discoveries, projects" in response.get_json(force=True)["detail"]


def test_the_sources_report_who_made_them_and_what_may_be_done_with_them(client: FlaskClient) -> None:
    (source,) = get(client, "/api/sources")["sources"]
    assert source["name"] == "test-table"
    assert source["title_en"] == f"Test table {SCRIPT}"
    assert (source["publisher"], source["licence"], source["licence_name"]) == ("The tests", "internal", "Internal")
    assert (source["citation"], source["version"], source["as_of"]) == ("The tests, made up", "1", "2024")


def test_a_vocabulary_reports_what_lies_above_and_beneath_and_how_many_records_use_it(client: FlaskClient) -> None:
    terms = {term["code"]: term for term in get(client, "/api/vocabularies/commodity")["terms"]}
    copper = terms["copper"]
    assert (copper["label_en"], copper["label_zh"]) == ("Copper", "铜")
    assert copper["uri"] == "http://resource.geosciml.org/classifier/cgi/commodity-code/copper"
    assert "copper" in terms[copper["broader"]]["narrower"]
    # ten of copper, ten of copper and cobalt, and all those that try something else
    matched = client.get("/api/collections/deposits/items?commodity=copper&limit=1").get_json(force=True)["numberMatched"]
    assert copper["used"] == {"deposits": matched}
    assert terms["lithium"]["used"] == {"deposits": 10, "discoveries": 1}
    assert terms["gold"]["used"] == {}


def test_a_vocabulary_that_no_field_has_is_reported_too(client: FlaskClient) -> None:
    assert all(term["used"] == {} for term in get(client, "/api/vocabularies/unit")["terms"])


def test_a_raw_record_comes_with_the_served_record_and_the_run_that_read_it(
    client: FlaskClient, ids: Callable[[str], Mapping[str, str]]
) -> None:
    body = get(client, "/api/sources/test-table/records/script")
    assert (body["source"], body["key"], body["kind"], body["in_scope"]) == ("test-table", "script", "deposit", True)
    assert body["record_id"] == ids("deposit")["script"]
    assert body["raw"]["name"] == SCRIPT and body["raw"]["lon"] == "10.1234"
    assert body["locator"].startswith("table.csv, row ")
    assert body["no_longer_in_source"] is False
    assert (body["run"]["dataset_version"], body["run"]["file"]) == (1, "table.csv")
    assert body["run"]["id"] and body["run"]["finished_at"].startswith("20")
    (served,) = [link for link in body["links"] if link["rel"] == "related"]
    feature = client.get(served["href"]).get_json(force=True)
    assert (feature["id"], feature["properties"]["name_en"]) == (body["record_id"], SCRIPT)


@pytest.mark.parametrize(("key", "collection"), [("found", "discoveries"), ("built", "projects"), ("nameless", "deposits")])
def test_a_raw_record_of_each_kind_leads_to_its_collection(client: FlaskClient, key: str, collection: str) -> None:
    body = get(client, f"/api/sources/test-table/records/{key}")
    (served,) = [link["href"] for link in body["links"] if link["rel"] == "related"]
    assert f"/api/collections/{collection}/items/{body['record_id']}" in served
    assert client.get(served).status_code == 200


def as_served(client: FlaskClient, address: str) -> dict[str, Any]:
    """What a server's client gets: the path is unquoted once, where the test client of Flask does it twice."""
    path = unquote_to_bytes(urlsplit(address).path).decode("latin-1")
    response = client.get("/", environ_overrides={"PATH_INFO": path})
    assert response.status_code == 200, response.get_data(as_text=True)
    body: dict[str, Any] = response.get_json()
    return body


@pytest.mark.parametrize("key", KEYS)
def test_a_key_may_hold_what_means_something_in_an_address(client: FlaskClient, key: str) -> None:
    body = as_served(client, f"/api/sources/test-table/records/{quote(key, safe='')}")
    assert (body["key"], body["raw"]["id"]) == (key, key)
    own = next(link["href"] for link in body["links"] if link["rel"] == "self")
    assert own.isascii()
    assert as_served(client, own) == body


@pytest.mark.parametrize("key", ["a:1", "a/3", "a;b"])
def test_a_key_may_be_written_as_it_is_where_the_address_allows_it(client: FlaskClient, key: str) -> None:
    assert get(client, f"/api/sources/test-table/records/{key}")["key"] == key


def test_a_row_out_of_scope_is_stored_and_has_no_served_record(client: FlaskClient) -> None:
    body = get(client, "/api/sources/test-table/records/gold")
    assert (body["in_scope"], body["record_id"], body["kind"], body["records"]) == (False, None, None, [])
    assert body["raw"]["metal"] == "gold"


@pytest.mark.parametrize(
    ("address", "detail"),
    [
        ("/api/sources/nosuch/records/a", "There is no source 'nosuch'."),
        ("/api/sources/test-table/records/nosuch", "The source test-table has no record 'nosuch'."),
        ("/api/sources/test-table/records/script%20", "The source test-table has no record 'script '."),
    ],
)
def test_missing_resource_is_404_with_a_sentence(client: FlaskClient, address: str, detail: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert detail in response.get_json(force=True)["detail"]

"""The catalogue of data sets, as data and as pages."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from lodebase.query.collections_ import COLLECTIONS
from lodedata.write import FORMATS, list_formats_for
from lodeweb.api.catalogue.extracts import EXTRACTS


def body(client: FlaskClient, path: str) -> Any:
    response = client.get(path)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json(force=True)


def matched(client: FlaskClient, dataset: dict[str, Any]) -> int:
    """How many records the query of a data set finds."""
    address = dataset["dcat:distribution"][0]["dcat:downloadURL"]["@id"].removeprefix("http://localhost")
    number_matched: int = body(client, re.sub(r"/download/\w+\??", "/items?limit=1&", address))["numberMatched"]
    return number_matched


def test_the_catalogue_names_collections_extracts_and_sources(client: FlaskClient) -> None:
    found = body(client, "/api/datasets")
    assert found["@type"] == "dcat:Catalog" and found["@context"]["dcat"] == "http://www.w3.org/ns/dcat#"
    names = {one["dct:identifier"] for one in found["dcat:dataset"]}
    assert names >= {*COLLECTIONS, *EXTRACTS, "deposits-test-table"}
    for one in found["dcat:dataset"]:
        assert [text["@language"] for text in one["dct:title"]] == ["en", "zh"]
        collection = one["dcat:distribution"][0]["dcat:downloadURL"]["@id"].split("/")[5]
        assert len(one["dcat:distribution"]) == len(list_formats_for(COLLECTIONS[collection].geometry is not None))


def test_each_extract_is_a_valid_query(client: FlaskClient) -> None:
    for one in body(client, "/api/datasets")["dcat:dataset"]:
        address = one["dcat:distribution"][0]["dcat:downloadURL"]["@id"].removeprefix("http://localhost")
        assert client.head(address).status_code == 200, address


def test_records_are_those_of_the_catalogue(client: FlaskClient) -> None:
    found = body(client, "/api/collections/datasets/items")
    assert found["numberMatched"] == len(found["features"]) == len(body(client, "/api/datasets")["dcat:dataset"])
    rows = {one["dct:identifier"]: matched(client, one) for one in body(client, "/api/datasets")["dcat:dataset"]}
    assert any(rows[name] for name in EXTRACTS)
    for feature in found["features"]:
        reported = feature["properties"]
        assert body(client, f"/api/datasets/{feature['id']}")["properties"] == reported
        assert reported["rows"] == rows[feature["id"]], "extracts are counted too"
        if feature["id"] in EXTRACTS:
            about = [form.row_bytes * reported["rows"] for form in FORMATS.values()]
            assert [one["bytes_about"] for one in reported["formats"]] == about
        doi = body(client, f"/api/datasets/{feature['id']}/datacite")
        assert doi["titles"][1]["lang"] == "zh" and doi["types"]["resourceTypeGeneral"] == "Dataset"
    assert client.get("/api/datasets/nope").status_code == 404


@pytest.mark.parametrize(("lang", "word"), [("en", "Cite as"), ("zh", "引用")])
def test_the_pages_say_how_it_is_had_and_cited(lang: str, word: str, client: FlaskClient) -> None:
    listed = client.get(f"/data?lang={lang}").get_data(as_text=True)
    assert "/data/copper-deposits-africa" in listed
    page = client.get(f"/data/deposits?lang={lang}").get_data(as_text=True)
    assert word in page and "as_of=1" in page and "curl" in page and "<svg" in page
    assert "<script>alert" not in page
    links = set(re.findall(r'href="(/api/collections/[^"]+)"', page))
    assert len(links) >= 2 * len(FORMATS) - 1
    for link in links:
        assert client.head(link.replace("&amp;", "&")).status_code == 200, link
    assert client.get("/data/nope").status_code == 404


def test_versions_report_when_and_by_which_import(client: FlaskClient) -> None:
    (first,) = body(client, "/api/versions")["versions"]
    assert first["version"] == 1 and first["source"] == "test-table" and first["loaded"] > 50
    assert re.fullmatch("[0-9a-f]{64}", first["content_sha256"])
    pages = [client.get(address).get_data(as_text=True) for address in ("/versions", "/api/versions?f=html")]
    assert all("Versions of the data" in page and "as_of=1" in page for page in pages)


def test_the_list_reports_how_many_rows_each_data_set_has(client: FlaskClient) -> None:
    listed = client.get("/data?lang=en").get_data(as_text=True)
    for name, extract in EXTRACTS.items():
        requested = "&".join(f"{key}={value}" for key, value in extract.arguments.items())
        matched = body(client, f"/api/collections/{extract.collection}/items?limit=1&{requested}")["numberMatched"]
        row = re.search(rf'href="/data/{name}">[^<]+</a></td>\s*<td>([^<]*)</td>', listed)
        assert row is not None and row[1] == f"{matched:,}", name


@pytest.mark.parametrize(
    ("lang", "heads"), [("en", ["Identifier", "Name", "Main commodity"]), ("zh", ["标识符", "名称", "主矿种"])]
)
def test_the_first_rows_have_heads_that_can_be_read(lang: str, heads: list[str], client: FlaskClient) -> None:
    page = client.get(f"/data/deposits?lang={lang}").get_data(as_text=True)
    tables = re.findall(r"(?s)<table>.*?</table>", page)
    shown = next(table for table in tables if f"<th>{heads[0]}</th>" in table)
    assert re.findall("<th>([^<]+)</th>", shown)[:3] == heads
    assert shown.count("<tr>") > 20

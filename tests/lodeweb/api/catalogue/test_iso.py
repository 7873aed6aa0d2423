"""The metadata of data sets in ISO 19139 and ISO 19115-3, as OWSLib reads them, in both languages, and in schema.org."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from owslib import iso, iso3
from owslib.etree import etree

from lodedata.write import FORMATS

CI = {"gmd": "http://www.isotc211.org/2005/gmd", "lan": "http://standards.iso.org/iso/19115/-3/lan/1.0"}


def document(client: FlaskClient, form: str, name: str = "deposits", lang: str = "en") -> Any:
    response = client.get(f"/api/datasets/{name}?f={form}&lang={lang}")
    assert (response.status_code, response.content_type) == (200, "application/xml"), response.get_data(as_text=True)
    return etree.fromstring(response.get_data())


def read(form: str, root: Any) -> Any:
    return iso.MD_Metadata(root) if form == "iso19139" else iso3.MD_Metadata(root)


@pytest.mark.parametrize(
    ("form", "lang", "title", "standard"),
    [
        ("iso19139", "en", "Deposits", "ISO 19115:2003/19139"),
        ("iso19139", "zh", "矿床", "GB/T 19710-2005"),
        ("iso19115-3", "en", "Deposits", "ISO 19115-3"),
        ("iso19115-3", "zh", "矿床", "GB/T 19710.1-2023"),
    ],
)
def test_owslib_reads_a_collection(client: FlaskClient, form: str, lang: str, title: str, standard: str) -> None:
    root = document(client, form, lang=lang)
    found = read(form, root)
    (about,) = found.identification
    assert (found.identifier, about.title) == ("deposits", title)
    assert found.languagecode == {"en": "eng", "zh": "zho"}[lang]
    assert standard in etree.tostring(root, encoding="unicode")
    box = about.bbox if form == "iso19139" else about.extent.boundingBox
    edges = [float(edge) for edge in (box.minx, box.miny, box.maxx, box.maxy)]
    assert edges[0] == pytest.approx(-179.5123) and edges[2] == pytest.approx(179.5123) and edges[1] < edges[3]
    assert {one.url for one in found.distribution.online} >= {"http://localhost/api/collections/deposits/download/csv"}
    assert len(found.distribution.online) == len(FORMATS)
    other = root.xpath("//gmd:LocalisedCharacterString | //lan:LocalisedCharacterString", namespaces=CI)
    assert {"en": "矿床", "zh": "Deposits"}[lang] in {one.text for one in other}
    assert "The tests, made up" in etree.tostring(root, encoding="unicode"), "the citation of the source is the lineage"


@pytest.mark.parametrize("form", ["iso19139", "iso19115-3"])
def test_every_data_set_has_a_document(client: FlaskClient, form: str) -> None:
    records = client.get("/api/collections/datasets/items?limit=1000").get_json(force=True)["features"]
    for record in records:
        assert any(link["href"].endswith(f"?f={form}") for link in record["links"])
        root = document(client, form, record["id"])
        assert read(form, root).identification[0].title == record["properties"]["title"]
    assert client.get(f"/api/datasets/nosuch?f={form}").status_code == 404
    assert client.get(f"/api/datasets/deposits?f={form}&nosuch=1").status_code == 400


def test_the_page_describes_the_data_set_for_search_engines(client: FlaskClient) -> None:
    page = client.get("/data/deposits-test-table?lang=en").get_data(as_text=True)
    match = re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert match is not None
    about = json.loads(match[1])
    assert (about["@type"], about["identifier"]) == ("Dataset", "deposits-test-table")
    assert about["name"].endswith("<script>alert(1)</script>") and "<script>alert" not in page
    assert len(about["distribution"]) == len(FORMATS)

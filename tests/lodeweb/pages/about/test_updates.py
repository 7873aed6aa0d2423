"""Updates by month, versions of the data, and the page about the site."""

import json
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from lodeweb.pages.about.about_page import rate_text

ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_updates_of_the_last_month_are_a_page_json_and_a_feed(client: FlaskClient) -> None:
    document = json.loads(client.get("/updates?f=json").get_data())
    added = sum(record["added"] for record in document["records"] if record["collection"] == "deposits")
    (source,) = {version["source"] for version in document["versions"]}
    assert added and source
    page = client.get(f"/updates?month={document['month']}&lang=en").get_data(as_text=True)
    assert f"Deposits: {added:,} added" in page and "<script>alert" not in page
    feed = ElementTree.fromstring(client.get("/updates?f=atom").get_data())
    assert all(str(entry.findtext(f"{ATOM}title")).startswith("Version ") for entry in feed.iter(f"{ATOM}entry"))
    assert len(list(feed.iter(f"{ATOM}entry"))) == len(document["versions"])


@pytest.mark.parametrize("address", ["/updates", "/versions", "/about"])
def test_a_chinese_reader_reads_chinese(client: FlaskClient, address: str) -> None:
    response = client.get(f"{address}?lang=zh")
    assert response.status_code == 200 and "数据版本" in response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("month=2020-01", "The data did not change in"),
        ("month=x", "Write it as 2026-11"),
        ("f=csv", "Use one of html, json, atom"),
    ],
)
def test_a_bad_request_says_what_to_enter(client: FlaskClient, query: str, sentence: str) -> None:
    response = client.get(f"/updates?{query}&lang=en")
    assert response.status_code == 400 and sentence in response.get_data(as_text=True)


def test_versions_link_to_the_records_of_each(client: FlaskClient) -> None:
    page = client.get("/versions?lang=en").get_data(as_text=True)
    assert client.get("/api/collections/deposits/items?as_of=1").status_code == 200
    assert "/api/collections/deposits/items?f=html&amp;as_of=1" in page


def test_the_page_about_the_site_counts_the_records_and_names_the_limits(client: FlaskClient) -> None:
    page = client.get("/about?lang=en").get_data(as_text=True)
    assert "No account and no key are needed" in page and 'href="/data/deposits"' in page and 'id="contact"' in page
    assert client.get("/contact").location == "/about#contact"


def test_a_limit_is_written_as_text(client: FlaskClient) -> None:
    with client.application.test_request_context("/?lang=en"):
        assert [rate_text(rate) for rate in ("600/minute", "1200/hour", "off")] == [
            "600 per minute",
            "1,200 per hour",
            "no limit",
        ]

"""Records as pages: a table with paging, and one with all its properties in terms; nothing in the data is markup."""

import re
from collections.abc import Callable, Mapping
from html import unescape

import pytest
from flask.testing import FlaskClient

SCRIPT = "<script>alert(1)</script>"
ITEMS = "/api/collections/deposits/items"


def page(client: FlaskClient, address: str) -> str:
    response = client.get(address)
    assert (response.status_code, response.mimetype) == (200, "text/html"), response.get_data(as_text=True)
    assert response.headers["Lode-Dataset-Version"] == "1"
    return response.get_data(as_text=True)


def rows(text: str) -> list[str]:
    """The addresses that the rows of a table lead to."""
    return [unescape(part) for part in re.findall(r'<tr><td><a href="([^"]+)"', text)]


def test_paging_through_the_table_shows_every_record_once(client: FlaskClient) -> None:
    matched = client.get(f"{ITEMS}?limit=1").get_json(force=True)["numberMatched"]
    address: str | None = f"{ITEMS}?f=html&limit=25&lang=en"
    seen: list[str] = []
    while address is not None:
        text = page(client, address)
        assert len(rows(text)) <= 25
        seen += rows(text)
        following = re.search(r'rel="next" href="([^"]+)"', text)
        address = unescape(following[1]) if following else None
        assert ("First page" in text) == (len(seen) > 25)
    assert len(seen) == len(set(seen)) == matched


def test_each_row_leads_to_its_record(client: FlaskClient) -> None:
    for address in rows(page(client, f"{ITEMS}?f=html&limit=5")):
        assert "<h1>" in page(client, address)


def test_page_of_a_query_without_matches_has_a_notice(client: FlaskClient) -> None:
    assert "No record matches." in page(client, f"{ITEMS}?f=html&lang=en&bbox=-150,-50,-149,-49")
    assert "没有符合条件的记录。" in page(client, f"{ITEMS}?f=html&lang=zh&bbox=-150,-50,-149,-49")


def test_a_browser_gets_the_table_and_a_client_the_data(client: FlaskClient) -> None:
    assert client.get(f"{ITEMS}?limit=1", headers={"Accept": "text/html,*/*;q=0.8"}).mimetype == "text/html"
    assert client.get(f"{ITEMS}?limit=1", headers={"Accept": "*/*"}).mimetype == "application/geo+json"


def test_a_bad_parameter_is_refused_for_the_table_too(client: FlaskClient) -> None:
    assert client.get(f"{ITEMS}?f=html&limit=0").status_code == 400


@pytest.mark.parametrize(
    ("lang", "title", "terms"), [("en", "Field 1", ("Lithium", "Chile")), ("zh", "Field 1", ("锂", "智利"))]
)
def test_a_record_has_labels_in_the_language(
    client: FlaskClient, ids: Callable[[str], Mapping[str, str]], lang: str, title: str, terms: tuple[str, ...]
) -> None:
    text = page(client, f"/records/{ids('deposit')['chile 1']}?lang={lang}")
    assert f"<h1>{title}</h1>" in text
    for word in terms:
        assert word in text
    assert '<a href="/api/vocabularies/commodity?f=html#lithium">' in text
    assert '<a href="/api/sources?f=html#test-table">' in text


def test_page_of_a_record_without_a_position_has_a_notice(client: FlaskClient, ids: Callable[[str], Mapping[str, str]]) -> None:
    text = page(client, f"/records/{ids('deposit')['nowhere']}?lang=en")
    assert "<dt>Position</dt><dd>not stated</dd>" in text


def test_text_of_the_data_is_never_markup(client: FlaskClient, ids: Callable[[str], Mapping[str, str]]) -> None:
    identity = ids("deposit")["script"]
    for address in (f"{ITEMS}?f=html&limit=100", f"/records/{identity}", "/api/sources?f=html"):
        text = page(client, address) if "sources?" not in address else client.get(address).get_data(as_text=True)
        assert SCRIPT not in text
        assert "&lt;script&gt;" in text
    raw = client.get("/api/sources/test-table/records/script?f=html").get_data(as_text=True)
    assert SCRIPT not in raw and "&lt;script&gt;" in raw

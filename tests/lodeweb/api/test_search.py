"""The response of /api/search: its form, its parameters, and what no query may break."""

from typing import Any

import pytest
from flask.testing import FlaskClient

KEYS = {
    *("kind", "id", "name_en", "name_zh", "matched", "match", "place", "commodities", "lon", "lat", "href"),
}


def ask(client: FlaskClient, **query: Any) -> dict[str, Any]:
    response = client.get("/api/search", query_string=query)
    assert response.status_code == 200, response.get_data(as_text=True)
    body: dict[str, Any] = response.get_json()
    return body


def refused(client: FlaskClient, **query: Any) -> dict[str, Any]:
    response = client.get("/api/search", query_string=query)
    assert (response.status_code, response.mimetype) == (400, "application/problem+json"), response.get_data(as_text=True)
    body: dict[str, Any] = response.get_json(force=True)
    return body


@pytest.mark.parametrize("q", ["德兴", "dexing", "dx", "dxtk", "dexingtongkuang", "德兴铜矿"])
def test_a_record_is_found_by_chinese_pinyin_and_initials(client: FlaskClient, q: str) -> None:
    body = ask(client, q=q)
    suggestion = next(suggestion for suggestion in body["suggestions"] if suggestion["kind"] == "deposit")
    assert body["query"] == q and body["did_you_mean"] == []
    assert suggestion["name_zh"] == suggestion["matched"] == "德兴铜矿"
    assert suggestion["kind"] == "deposit" and set(suggestion) == KEYS
    assert suggestion["place"]["country"] == {"code": "CHN", "label_en": "China", "label_zh": "中国"}
    assert suggestion["commodities"] == ["copper"] and suggestion["lon"] == pytest.approx(117.7312)


def test_the_link_of_a_record_leads_to_it(client: FlaskClient) -> None:
    found = ask(client, q="德兴")["suggestions"][0]
    item = client.get(found["href"])
    assert item.status_code == 200 and item.get_json(force=True)["id"] == found["id"]


@pytest.mark.parametrize(("q", "kind"), [("chile", "country"), ("jiangxi", "division"), ("copper", "commodity")])
def test_the_link_of_a_term_leads_to_the_deposits_that_have_it(client: FlaskClient, q: str, kind: str) -> None:
    suggestion = next(suggestion for suggestion in ask(client, q=q)["suggestions"] if suggestion["kind"] == kind)
    items = client.get(suggestion["href"])
    assert items.status_code == 200
    assert (items.get_json(force=True)["numberMatched"] > 0) == (kind != "division")


def test_a_response_reports_its_version_and_is_confirmed_by_its_tag(client: FlaskClient) -> None:
    response = client.get("/api/search?q=field")
    assert response.mimetype == "application/json" and response.headers["Lode-Dataset-Version"] == "1"
    again = client.get("/api/search?q=field", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_a_typing_error_has_a_suggested_spelling(client: FlaskClient) -> None:
    body = ask(client, q="nowhree")
    assert body["did_you_mean"] == ["nowhere"]
    assert [suggestion["name_en"] for suggestion in body["suggestions"]] == ["Nowhere stated"]
    assert ask(client, q="qqqzzzqqq") | {"links": 0} == {
        "query": "qqqzzzqqq",
        "suggestions": [],
        "did_you_mean": [],
        "filters": None,
        "links": 0,
    }


def test_a_phrase_of_terms_is_returned_as_filters_with_their_counts(client: FlaskClient) -> None:
    filters = ask(client, q="copper deposits in Chile")["filters"]
    assert [term["label_zh"] for term in filters["terms"]] == ["铜", "智利"]
    assert filters["query"] == "commodity=copper&country=CHL" and filters["matched"]["deposits"] > 0
    for link in filters["links"]:
        name = link["href"].split("/items")[0].rpartition("/")[2]
        assert client.get(link["href"]).get_json(force=True)["numberMatched"] == filters["matched"][name]


def test_filters_that_no_record_matches_are_not_offered(client: FlaskClient) -> None:
    assert ask(client, q="tin Iceland")["filters"] is None


def test_search_takes_limit_and_kind(client: FlaskClient) -> None:
    assert len(ask(client, q="field")["suggestions"]) == 10
    assert len(ask(client, q="field", limit=50)["suggestions"]) == 40
    assert len(ask(client, q="field", limit=1000)["suggestions"]) == 40
    assert len(ask(client, q="field", limit=1)["suggestions"]) == 1
    assert {suggestion["kind"] for suggestion in ask(client, q="b", kind="project,country", limit=50)["suggestions"]} == {
        "project",
        "country",
    }
    several = client.get("/api/search?q=b&kind=project&kind=country&limit=50").get_json()["suggestions"]
    assert {suggestion["kind"] for suggestion in several} == {"project", "country"}


@pytest.mark.parametrize(
    ("query", "parameter", "says"),
    [
        ({}, "q", "is missing"),
        ({"q": ""}, "q", "has 0 characters"),
        ({"q": "   "}, "q", "has 0 characters"),
        ({"q": "a" * 101}, "q", "has 101 characters"),
        ({"q": "a\0b"}, "q", "NUL"),
        ({"q": "a", "limit": "0"}, "limit", "from 1 to 50"),
        ({"q": "a", "limit": "-1"}, "limit", "from 1 to 50"),
        ({"q": "a", "limit": "ten"}, "limit", "from 1 to 50"),
        ({"q": "a", "limit": "٣"}, "limit", "from 1 to 50"),
        ({"q": "a", "kind": "mine"}, "kind", "Use one of deposit"),
        ({"q": "a", "kind": ","}, "kind", "does not name a kind. Use one of"),
        ({"q": "a", "page": "2"}, "page", "not a parameter here"),
        ({"q": ["a", "b"]}, "q", "twice"),
        ({"q": "a", "limit": ["1", "2"]}, "limit", "twice"),
    ],
)
def test_a_bad_query_is_refused_with_what_would_be_right(
    client: FlaskClient, query: dict[str, Any], parameter: str, says: str
) -> None:
    body = refused(client, **query)
    assert body["parameter"] == parameter and says in body["detail"]


def test_a_hundred_kilobytes_of_query_are_refused(client: FlaskClient) -> None:
    assert client.get("/api/search", query_string={"q": "a" * 100_000}).status_code in (400, 414)
    assert client.get("/api/search", query_string={"q": "铜" * 100_000}).status_code in (400, 414)


@pytest.mark.parametrize("raw", ["%ED%A0%80", "%FF%FE", "%C0%80", "%F4%90%80%80", "%00"])
def test_bytes_that_are_no_text_break_nothing(client: FlaskClient, raw: str) -> None:
    assert client.get(f"/api/search?q={raw}").status_code in (200, 400)


@pytest.mark.parametrize(
    "q", ["'", '"', "\\", "%", "_", "--", "()", "'; DROP TABLE deposit", "%(q)s", "<script>", "\U0010ffff", "‮"]
)
def test_text_that_means_something_elsewhere_is_only_text(client: FlaskClient, q: str) -> None:
    assert ask(client, q=q)["query"] == q.strip()


def test_the_response_is_in_both_languages_whatever_is_requested(client: FlaskClient) -> None:
    assert ask(client, q="德兴", lang="zh")["suggestions"] == ask(client, q="德兴", lang="en")["suggestions"]


def test_search_without_a_database_is_503(away: FlaskClient) -> None:
    assert away.get("/api/search?q=dexing").status_code == 503


def test_an_earlier_version_is_refused_with_the_reason(client: FlaskClient) -> None:
    body = refused(client, q="dexing", as_of="1")
    assert body["parameter"] == "as_of" and "indexed for the last version" in body["detail"]

"""The page of several sites: a form that works without a script, a table, and the same table as CSV."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient

QUERY = {"product": "copper", "capacity_tpa": "400000", "sites": "36.8, 118.05\n21.7, 108.4"}


@pytest.mark.parametrize(
    ("lang", "unknown", "texts"),
    [
        ("en", "not known", ("Sites by score", "neither an approval nor a refusal")),
        ("zh", "未知", ("按得分排列的场址", "既非批准")),
    ],
)
def test_sites_are_listed_with_each_input(client: FlaskClient, lang: str, unknown: str, texts: tuple[str, ...]) -> None:
    page = client.get("/layout/sites", query_string=QUERY | {"lang": lang}).get_data(as_text=True)
    assert all(text in page for text in (*texts, "36.8, 118.05"))
    table = client.get("/layout/sites", query_string=QUERY | {"lang": lang, "f": "csv"}).get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"))))
    assert [row[0] for row in rows[1:]] == ["1", "2"] and {row[1] for row in rows[1:]} == {"36.8, 118.05", "21.7, 108.4"}
    assert {"en": "lode ground add", "zh": "GeoJSON"}[lang] in page
    # the store of tests has no ore near these sites, and its ground no ports
    assert all(unknown in row[4] or float(row[4]) > 0 for row in rows[1:])
    assert all(unknown in row[7] and unknown in row[8] for row in rows[1:])


@pytest.mark.parametrize(
    "wrong", [{"sites": "\n".join(["1,1"] * 11)}, {"sites": "nowhere at all"}, {"w_feed_km": "11"}, {"capacity_tpa": "x"}]
)
def test_what_is_wrong_is_said(client: FlaskClient, wrong: dict[str, str]) -> None:
    response = client.get("/layout/sites", query_string=QUERY | wrong)
    assert response.status_code == 400 and 'role="alert"' in response.get_data(as_text=True)


def test_a_refused_weight_stays_in_its_field(client: FlaskClient) -> None:
    page = client.get("/layout/sites", query_string=QUERY | {"w_feed_km": "11"}).get_data(as_text=True)
    assert re.search(r'name="w_feed_km" aria-invalid="true"[^>]* value="11"', page)


def test_sites_as_data_are_those_of_the_page(client: FlaskClient) -> None:
    body = client.get("/api/layout/sites", query_string=QUERY | {"w_not_met": "2"}).get_json()
    assert [site["rank"] for site in body["sites"]] == [1, 2]
    assert {(site["lat"], site["lon"]) for site in body["sites"]} == {(36.8, 118.05), (21.7, 108.4)}
    assert body["weights"]["not_met"] == 2 and set(body["sites"][0]["values"]) == set(body["weights"])
    assert "feed_km" in body["not_counted"] or all(site["values"]["feed_km"] is not None for site in body["sites"])
    of_page = client.get("/layout/sites", query_string=QUERY | {"w_not_met": "2", "f": "csv"})
    of_api = client.get("/api/layout/sites", query_string=QUERY | {"w_not_met": "2", "f": "csv"})
    assert of_page.data == of_api.data and of_api.headers["Content-Disposition"] == 'attachment; filename="lode-sites.csv"'
    run = client.post("/api/processes/layout-sites/execution", json={"inputs": QUERY | {"w_not_met": "2"}})
    assert run.get_json()["sites"] == body["sites"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sites": "nowhere at all"}, "sites: nowhere at all"),
        ({"w_feed_km": "11"}, "w_feed_km"),
        ({"capacity_tpa": "x"}, "capacity_tpa"),
    ],
)
def test_data_of_sites_name_the_field_that_is_wrong(client: FlaskClient, wrong: dict[str, str], field: str) -> None:
    response = client.get("/api/layout/sites", query_string=QUERY | wrong)
    assert response.status_code == 400
    assert [problem["field"] for problem in response.get_json()["problems"]] == [field]
    assert client.get("/api/layout/sites", query_string={"product": "copper"}).status_code == 400

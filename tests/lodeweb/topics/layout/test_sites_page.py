"""The page of several sites: a form that works without a script, a table, and the same table as CSV."""

import csv
import io

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

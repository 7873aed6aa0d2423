"""An alert of prices: the releases that bring a price beyond a threshold, as lines of JSON and as a feed."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.price_tables import load_prices

from lodebase.db.store import Store

FIRST = "copper,2026-01,10000\ncopper,2026-02,10500\ncobalt,2026-01,40000\ncobalt,2026-02,30000\n"
SECOND = "copper,2026-03,12600\ncobalt,2026-03,30300\n"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def priced(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FlaskClient]:
    """A visitor of a site with two releases of prices: the first to February, the second of March alone."""
    folder = tmp_path_factory.mktemp("prices")
    with own_store("price_alerts") as store:
        for release, day, rows in (("February", "2026-03-02", FIRST), ("March", "2026-04-02", SECOND)):
            load_prices(store, release, day, rows, folder)
        with app_of(store) as app:
            yield app.test_client(use_cookies=False)


def moves(client: FlaskClient, query: str) -> list[tuple[int, str, str, float, float]]:
    response = client.get(f"/api/changes?collection=statistics&{query}")
    assert response.status_code == 200, response.get_data(as_text=True)
    lines = [json.loads(line) for line in response.get_data().splitlines()]
    return [
        (line["version"], price["commodity"], price["period"], price["price"], round(price["change_percent"], 2))
        for line in lines
        for price in line["prices"]
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("price_change=15", [(1, "cobalt", "2026-02", 30000, -25.0), (2, "copper", "2026-03", 12600, 20.0)]),
        ("price_change=15&commodity=copper", [(2, "copper", "2026-03", 12600, 20.0)]),
        ("price_change=21&commodity=铜,Cobalt", [(1, "cobalt", "2026-02", 30000, -25.0)]),
        ("price_above=12000&commodity=copper", [(2, "copper", "2026-03", 12600, 20.0)]),
        ("price_above=13000&commodity=copper", []),
        ("price_below=35000&commodity=cobalt", [(1, "cobalt", "2026-02", 30000, -25.0)]),
        ("price_change=90", []),
        ("price_change=15&since=1", [(2, "copper", "2026-03", 12600, 20.0)]),
    ],
)
def test_releases_with_a_price_beyond_the_threshold_are_the_changes(priced: FlaskClient, query: str, found: list[Any]) -> None:
    assert moves(priced, query) == found


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("price_change=ten", 'price_change must be a number above 0, such as 10 or 12500, not "ten".'),
        ("price_above=-1", "price_above must be a number above 0"),
        ("commodity=copper", "Add a threshold, such as price_change=10"),
        ("price_change=10&commodity=unobtainium", '"unobtainium" is not a commodity.'),
        (
            "price_change=10&country=CHL",
            "country does not filter prices. Use commodity, price_change, price_above, price_below.",
        ),
    ],
)
def test_a_wrong_threshold_is_refused_with_what_to_enter(priced: FlaskClient, query: str, text: str) -> None:
    response = priced.get(f"/api/changes?collection=statistics&{query}")
    assert response.status_code == 400
    assert text in response.get_json(force=True)["detail"]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Price · Copper: 12,600 US dollars per tonne (2026-03), +20 % on 2026-02"),
        ("zh", "价格 · 铜: 12,600 美元/吨 (2026-03)，较 2026-02 +20 %"),
    ],
)
def test_the_feed_has_the_price_and_its_move(priced: FlaskClient, lang: str, text: str) -> None:
    query = "collection=statistics&commodity=copper&price_change=10"
    feed = ElementTree.fromstring(priced.get(f"/api/changes?{query}&f=atom&lang={lang}").get_data())
    (entry,) = feed.findall(f"{ATOM}entry")
    assert text in (entry.findtext(f"{ATOM}summary") or "")


@pytest.mark.parametrize(("lang", "texts"), [("en", ("Copper", "moves by at least")), ("zh", ("铜", "变动至少"))])
def test_the_page_of_prices_leads_to_a_subscription(priced: FlaskClient, lang: str, texts: tuple[str, ...]) -> None:
    html = priced.get(f"/statistics/prices?lang={lang}").get_data(as_text=True)
    assert 'action="/subscribe"' in html and '<option value="copper">' in html
    page_of = priced.get(f"/subscribe?collection=statistics&commodity=copper&price_change=10&price_above=&lang={lang}")
    text = page_of.get_data(as_text=True)
    assert page_of.status_code == 200
    for one in (*texts, "/api/changes?collection=statistics&amp;commodity=copper&amp;price_change=10&amp;f=atom"):
        assert one in text

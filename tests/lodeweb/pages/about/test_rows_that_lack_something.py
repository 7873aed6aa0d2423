"""Rows with a bad position are loaded without one; each row that lacks something is named with its reason."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.mapped_rows import load_rows

from lodebase.db.store import Store

MAPPING = """
name: own-deposits
title_en: Own deposits
title_zh: 自有矿床
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
as_of: "2024"
tables:
  - key: "{id}"
    kind: {const: deposit}
    name_en: name
    position: {lon: lon, lat: lat, accuracy_m: 100}
    country: country
    commodities: [metal]
"""
ROWS = '''id,name,lon,lat,country,metal
1,Upper Hill,95.5,23.1,Myanmar,nickel
2,Swapped Hill,23.63453,96.16317,Myanmar,nickel
3,Sixty Hill,"-62°23'46""","-09°34'60.000""",Brazil,tin
4,Half Hill,12.5,,Chile,copper
5,Nowhere,12.5,20,Chile,unobtainium
6,Gold Hill,-70,-30,Chile,gold
'''
LEDGER = """
name: own-ledger
title_en: Own ledger
title_zh: 自有台账
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: schedule_entry}
    name_en: name
    year: year
    total_investment_cny: {column: cost, unit: 万元}
    fields: {project_source: {const: own}, project: id, ledger_level: level}
"""
ENTRIES = "id,name,year,level,cost\na,Open,2024,provincial,12\nb,Secret,2024,provincial,much\n"


@pytest.fixture(scope="module")
def store(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Store]:
    with own_store("lacking_rows") as made:
        yield made


@pytest.fixture(scope="module")
def visitor(
    store: Store, app_of: Callable[[Store], AbstractContextManager[Flask]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    """A visitor of a site with six rows: three have a bad position, one no known metal, one a metal out of scope."""
    folder = tmp_path_factory.mktemp("deposits")
    summary = load_rows(store, folder, MAPPING, ROWS)
    assert (summary.read, summary.loaded, summary.quarantined, summary.out_of_scope) == (6, 4, 1, 1)
    ledger = load_rows(store, folder, LEDGER, ENTRIES)
    assert (ledger.loaded, ledger.quarantined) == (1, 1)
    with app_of(store) as app:
        yield app.test_client(use_cookies=False)


def deposit(visitor: FlaskClient, name: str) -> dict[str, object]:
    features = visitor.get("/api/collections/deposits/items?f=json&limit=20").get_json(force=True)["features"]
    (feature,) = [feature for feature in features if feature["properties"]["name_en"] == name]
    return dict(feature)


@pytest.mark.parametrize(
    ("name", "rule"),
    [("Swapped Hill", "swapped-off-globe"), ("Sixty Hill", "not-a-coordinate"), ("Half Hill", "coordinate-half")],
)
def test_a_record_with_a_bad_position_is_served_without_one_and_flagged(visitor: FlaskClient, name: str, rule: str) -> None:
    feature = deposit(visitor, name)
    assert feature["geometry"] is None
    assert feature["properties"]["flags"] == [rule]  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "reported", "sentence"),
    [
        ("Swapped Hill", "23.63453, 96.16317", "exchanged they are 96.16317, 23.63453"),
        ("Sixty Hill", "-09°34&#39;60.000&#34;", "minutes and seconds are less than 60"),
        ("Half Hill", "12.5, –", "of longitude and latitude is there"),
    ],
)
def test_the_page_of_a_record_shows_the_coordinates_as_reported_and_the_reason(
    visitor: FlaskClient, name: str, reported: str, sentence: str
) -> None:
    page = visitor.get(f"/records/{deposit(visitor, name)['id']}?lang=en").get_data(as_text=True)
    assert reported in page and sentence in page


@pytest.mark.parametrize("address", ["/updates", "/updates/imports/1"])
def test_updates_and_the_page_of_an_import_name_each_row_that_lacks_something(visitor: FlaskClient, address: str) -> None:
    english, chinese = (visitor.get(f"{address}?lang={lang}").get_data(as_text=True) for lang in ("en", "zh"))
    for row, key in ((3, 2), (4, 3), (5, 4), (6, 5)):
        assert f"rows.csv, row {row} ({key})" in english and f"rows.csv，第 {row} 行 ({key})" in chinese
    assert "longitude and latitude look swapped" in english and "经纬度似乎颠倒" in chinese
    assert "is a known commodity" in english
    assert "minerals that are not read from this source. 1 rows" in english
    assert "该行的矿种不在本来源的收录范围内。 1 行" in chinese


def test_the_rows_of_an_internal_source_are_not_named_to_the_public(visitor: FlaskClient) -> None:
    assert visitor.get("/updates/imports/2").status_code == 404
    assert "much" not in visitor.get("/updates").get_data(as_text=True)
    assert "much" not in visitor.get("/updates?f=json").get_data(as_text=True)


def test_the_json_of_a_month_counts_and_names_the_rows(visitor: FlaskClient) -> None:
    versions = visitor.get("/updates?f=json").get_json(force=True)["versions"]
    (own,) = [version for version in versions if version["source"] == "own-deposits"]
    assert (own["refused"]["count"], own["incomplete"]["count"]) == (1, 3)
    assert own["incomplete"]["rows"][0]["reasons"][0]["rule"] == "swapped-off-globe"
    assert [(one["rule"], one["count"]) for one in own["out_of_scope"]] == [("other-mineral", 1)]

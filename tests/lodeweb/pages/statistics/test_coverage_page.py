"""The page of coverage: sums of countries, the records that are left out, what is held; and the notes on a record's page."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from tests.lodeweb.conftest import closed, settings_of
from tests.mapped_rows import load_rows

from lodebase.db.store import Store
from lodeweb.app import create_app

MAPPING = """
name: plants-of-the-test
title_en: Plants
title_zh: 工厂
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
as_of: "2024"
tables:
  - key: "{id}"
    kind: kind
    name_en: name
    position: {lon: lon, lat: lat, accuracy_m: 100}
    country: {const: Zambia}
    commodities: [metal]
    estimates:
      - category: {const: inferred-mineral-resource}
        ore: {column: ore, unit: t}
        measures: [{commodity: {const: copper}, grade: {column: grade, unit: "%"}}]
    phases:
      - product: product
        capacity: {column: capacity, unit: t/a}
        status: status
"""
ROWS = """id,kind,name,lon,lat,metal,ore,grade,product,capacity,status
1,project,Too large,28.2,-12.8,copper,,,refined-copper,1300000,operating
2,project,Nchanga,29.4,-12.8,copper,,,refined-copper,270000,operating
3,project,Nkana,28.1,-12.6,cobalt,,,mine-cobalt,5500000,operating
4,deposit,Kansanshi,26.4,-12.1,copper,1030,80,,,
"""


@pytest.fixture(scope="module")
def plants(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FlaskClient]:
    with own_store("coverage") as store:
        load_rows(store, tmp_path_factory.mktemp("plants"), MAPPING, ROWS)
        app = create_app(settings_of(store.addresses))
        yield app.test_client(use_cookies=False)
        closed(app)


def read(client: FlaskClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_sums_of_countries_have_their_output_and_what_is_left_out(plants: FlaskClient) -> None:
    html = read(plants, "/statistics/coverage")
    for text in ("1,570,000", "222,000", "707 %", "122 %", "Too large", "Nchanga", "Nkana", "Kansanshi"):
        assert text in html
    chinese = read(plants, "/statistics/coverage?lang=zh")
    assert "合计超出上限" in chinese and "产能高于世界产量" in chinese
    assert "Kansanshi" in read(plants, "/statistics/coverage?commodity=铜")
    assert "1,570,000" not in read(plants, "/statistics/coverage?commodity=lithium")
    assert plants.get("/statistics/coverage?commodity=unobtainium").status_code == 400


def test_sums_are_data_too(plants: FlaskClient) -> None:
    body = plants.get("/api/statistics/coverage").get_json()
    shown = [
        (sum_["commodity"], sum_["stage"], sum_["area"], sum_["reported_tpa"], sum_["counted_tpa"]) for sum_ in body["sums"]
    ]
    assert shown == [("copper", "refinery", "ZMB", 1_570_000, 270_000), ("cobalt", "mine", "ZMB", 5_500_000, 0)]
    assert body["bound_percent"] == 150
    assert [(row["figure"], row["reported"]) for row in body["held"]] == [("capacity", 5_500_000), ("grade", 80)]


def test_overview_and_quality_link_to_the_page(plants: FlaskClient) -> None:
    assert 'href="/statistics/coverage"' in read(plants, "/statistics")
    assert 'href="/statistics/coverage"' in read(plants, "/api/quality?f=html")


@pytest.mark.parametrize(
    ("collection", "name", "notes"),
    [
        ("projects", "Nkana", ("5,500,000", "Held back: Capacity above the output of the world", "capacity%3Amine-cobalt")),
        ("projects", "Too large", ("1,300,000", "Left out of sums: ", "capacity%3Arefined-copper%3A1300000")),
        ("deposits", "Kansanshi", ("80", "Held back: Grade above that of the richest ore mineral", "grade%3Acopper%3A80")),
    ],
)
def test_record_shows_what_was_reported_and_why_it_is_held(
    plants: FlaskClient, collection: str, name: str, notes: tuple[str, ...]
) -> None:
    (found,) = plants.get(f"/api/collections/{collection}/items?filter=name_en='{name}'").get_json()["features"]
    html = read(plants, f"/records/{found['id']}?lang=en")
    assert all(note in html for note in notes)


def test_held_figure_is_in_the_data_of_a_record_and_not_in_its_main_columns(plants: FlaskClient) -> None:
    (found,) = plants.get("/api/collections/projects/items?filter=name_en='Nkana'").get_json()["features"]
    properties = plants.get(f"/api/collections/projects/items/{found['id']}?profile=full").get_json()["properties"]
    (phase,) = properties["phases"]
    assert (phase["held"], phase["capacity_reported"], phase["capacity_tpa"]) == ("capacity-above-world", 5_500_000, None)
    assert properties["figure_capacity_tpa"] is None
    assert "capacity-above-world" in properties["flags"]
    assert plants.get("/api/collections/projects/items?capacity_tpa_min=2000000").get_json()["numberMatched"] == 0

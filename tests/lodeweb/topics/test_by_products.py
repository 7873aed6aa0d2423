"""Metals in the ore of another, as data and as a page."""

import pytest
from flask.testing import FlaskClient


def test_every_pair_is_listed_and_one_is_shown_by_type_of_ore(client: FlaskClient) -> None:
    body = client.get("/api/by-products?pair=tungsten-in-tin").get_json(force=True)
    assert [pair["pair"] for pair in body["pairs"]] == [
        *("cobalt-in-copper", "cobalt-in-nickel", "gallium-in-bauxite", "indium-in-tin", "tungsten-in-tin")
    ]
    assert body["pair"] == "tungsten-in-tin"
    assert sum(type_["deposits"] for type_ in body["ore_types"]) == len(body["deposits"]) == body["pairs"][-1]["deposits"]
    assert {one["rule"] for one in body["low_grade"]} == {"nickel-sulphide", "nickel-silicate"}


@pytest.mark.parametrize(
    ("lang", "title", "pair"), [("en", "Co-occurring metals", "Gallium in Bauxite"), ("zh", "共伴生金属", "铝土矿中的镓")]
)
def test_the_page_is_in_both_languages(client: FlaskClient, lang: str, title: str, pair: str) -> None:
    html = client.get(f"/by-products?pair=gallium-in-bauxite&lang={lang}").get_data(as_text=True)
    assert title in html and pair in html


@pytest.mark.parametrize(("lang", "sentence"), [("en", "Use one of cobalt-in-copper"), ("zh", "cobalt-in-copper")])
def test_an_unknown_pair_is_refused_with_the_known_ones(client: FlaskClient, lang: str, sentence: str) -> None:
    response = client.get(f"/api/by-products?pair=gold&lang={lang}")
    assert response.status_code == 400
    assert sentence in response.get_json(force=True)["detail"]


def test_the_figures_of_a_pair_are_a_table_with_a_row_for_each(client: FlaskClient) -> None:
    deposits = client.get("/api/by-products?pair=cobalt-in-nickel").get_json(force=True)["deposits"]
    rows = client.get("/api/by-products?pair=cobalt-in-nickel&f=csv").get_data(as_text=True).splitlines()
    assert rows[0].lstrip("\ufeff").startswith("id,name_en,name_zh,country,ore_type")
    assert len(rows) == 1 + sum(max(len(deposit["figures"]), 1) for deposit in deposits)

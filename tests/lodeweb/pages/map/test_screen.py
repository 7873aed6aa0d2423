"""The data of the map's script: every filter is a parameter, the operator's ground is in the page and in its policy."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lodebase.settings import MapLayer
from lodedata.vocab import vocabulary
from lodeweb.pages.map import screen

LAYER = MapLayer(
    name="own", title_en="Ours", title_zh="本单位", url="https://{s}.tiles.example/{z}/{x}/{y}", attribution="<b>Ours</b>"
)


def reported(client: FlaskClient, address: str = "/?lang=en") -> dict[str, Any]:
    page = client.get(address).get_data(as_text=True)
    found = re.search(r'(?s)id="lode-settings"[^>]*>(.*?)</script>', page)
    assert found is not None
    settings: dict[str, Any] = json.loads(found[1])
    return settings


def test_every_filter_applies_to_the_kinds_that_have_it(client: FlaskClient) -> None:
    for one in reported(client)["filters"]:
        assert one["fields"], one["name"]
        for kind, field in one["fields"].items():
            facets = client.get(f"/api/collections/{kind}/facets?facets={field}").json
            assert facets is not None and facets["facets"][0]["field"] == field
            requested = one["name"] if one["name"] in ("commodity", "source", "flag", "stage", "status") else field
            value = {"commodity": "tin", "commodity_group": "tin", "country": "CHL"}.get(one["name"])
            if value:
                assert client.get(f"/api/collections/{kind}/items?{requested}={value}").status_code == 200


def test_every_status_has_its_fill(client: FlaskClient) -> None:
    assert set(reported(client)["fills"]) == {term.code for term in vocabulary("status")}
    assert set(screen.FILLS) == {term.extra["counts_as"] for term in vocabulary("status")}


def test_outlines_of_divisions_are_drawn_where_the_store_has_them(own_app: Callable[..., Flask]) -> None:
    with own_app().test_request_context("/"):
        assert [screen.settings(there)["divisions"] for there in (True, False)] == [True, False]


def test_titles_are_in_the_language_of_the_page(client: FlaskClient) -> None:
    english, chinese = (reported(client, f"/?lang={lang}") for lang in ("en", "zh"))
    assert next(f for f in english["filters"] if f["name"] == "country")["title"] == "Country or area"
    assert next(f for f in chinese["filters"] if f["name"] == "country")["title"] == "国家和地区"
    assert english["bases"][0]["name"] == "osm"


def test_the_operator_sets_layers_attribution_approval_and_borders(own_app: Callable[..., Flask], tmp_path: Path) -> None:
    countries = tmp_path / "countries.json"
    countries.write_text('{"type": "Topology", "objects": {}}')
    client = own_app(
        LODE_MAP_LAYERS=(LAYER,),
        LODE_MAP_ATTRIBUTION="Survey & Co",
        LODE_MAP_APPROVAL="GS(2026)0001",
        LODE_MAP_COUNTRIES=countries,
    ).test_client()
    response = client.get("/?lang=zh")
    policy = response.headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://a.tiles.example https://b.tiles.example https://c.tiles.example;" in policy
    assert "openstreetmap" not in policy
    found = reported(client, "/?lang=zh")
    assert found["bases"][0] | {"title": "本单位", "attribution": "<b>Ours</b>"} == found["bases"][0]
    assert (found["attribution"], found["approval"]) == ("Survey & Co", "审图号：GS(2026)0001")
    assert found["countries"] == "/map/countries.json"
    with client.get("/map/countries.json") as drawn:
        assert drawn.json == {"type": "Topology", "objects": {}}


def test_without_a_file_of_the_operators_there_is_none(client: FlaskClient) -> None:
    assert client.get("/map/countries.json").status_code == 404


@pytest.mark.parametrize("url", ["ftp://a/b", "https://a b/c", "https://a", "https://a/;script-src *", 'https://a/"'])
def test_a_layer_whose_address_could_change_the_policy_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="url"):
        MapLayer(name="own", title_en="a", title_zh="b", url=url, attribution="c")

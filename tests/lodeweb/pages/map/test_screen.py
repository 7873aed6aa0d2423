"""The data of the map's script: every filter is a parameter, the operator's ground is in the page and in its policy."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lodebase.map_layer import MapLayer
from lodebase.query.collections_ import COLLECTIONS
from lodedata.ground import archive, pack
from lodedata.ground.manifest import GroundLayer, GroundPack
from lodedata.maps.map_symbols import load_map_symbols
from lodedata.vocab import load_vocabulary
from lodeweb.pages.map import screen

LAYER = MapLayer(
    name="own", title_en="Ours", title_zh="本单位", url="https://{s}.tiles.example/{z}/{x}/{y}", attribution="<b>Ours</b>"
)


def reported(client: FlaskClient, address: str = "/?lang=en") -> dict[str, Any]:
    page = client.get(address).get_data(as_text=True)
    match = re.search(r'(?s)id="lode-settings"[^>]*>(.*?)</script>', page)
    assert match is not None
    settings: dict[str, Any] = json.loads(match[1])
    return settings


def test_every_filter_applies_to_the_kinds_that_have_it(client: FlaskClient) -> None:
    for filter_ in reported(client)["filters"]:
        assert filter_["fields"], filter_["name"]
        for kind, field in filter_["fields"].items():
            facets = client.get(f"/api/collections/{kind}/facets?facets={field}").json
            assert facets is not None and facets["facets"][0]["field"] == field
            requested = filter_["name"] if filter_["name"] in ("commodity", "source", "flag", "stage", "status") else field
            value = {"commodity": "tin", "commodity_group": "tin", "country": "CHL"}.get(filter_["name"])
            if value:
                assert client.get(f"/api/collections/{kind}/items?{requested}={value}").status_code == 200


def test_counted_fields_are_filters_without_being_listed(client: FlaskClient) -> None:
    covered = {(kind, field) for filter_ in reported(client)["filters"] for kind, field in filter_["fields"].items()}
    points = {name: collection for name, collection in COLLECTIONS.items() if collection.kind.merged}
    counted = {(kind, field.name) for kind, c in points.items() for field in c.fields if field.facet}
    assert {field for _, field in counted - covered} == set(screen.WITHOUT_FILTER) & {field for _, field in counted}
    assert {field for _, field in counted} - set(screen.FILTERS)


def test_every_status_has_its_fill(client: FlaskClient) -> None:
    assert set(reported(client)["fills"]) == {term.code for term in load_vocabulary("status")}
    assert set(load_map_symbols()["fills"]) == {term.extra["counts_as"] for term in load_vocabulary("status")}


def test_outlines_of_divisions_are_drawn_where_the_store_has_them(own_app: Callable[..., Flask]) -> None:
    with own_app().test_request_context("/"):
        assert [screen.build_screen_settings(there)["divisions"] for there in (True, False)] == [True, False]


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


def test_a_layer_by_wmts_has_the_key_of_the_operator() -> None:
    url = "https://t0.example/vec_w/wmts?SERVICE=WMTS&TILEMATRIX={TileMatrix}&TILEROW={TileRow}&TILECOL={TileCol}&tk={key}"
    layer = MapLayer(name="own", title_en="a", title_zh="b", url=url, attribution="c", key="1f-2")
    assert layer.template == "https://t0.example/vec_w/wmts?SERVICE=WMTS&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=1f-2"
    assert layer.hosts == ("https://t0.example",)


def test_layers_of_the_base_map_are_described_and_served(own_app: Callable[..., Flask], tmp_path: Path) -> None:
    archive.write(tmp_path / "rivers.mbtiles", [(0, 0, 0, gzip.compress(b"{}"))], {"format": archive.GEOJSON})
    about = {"title_en": "Rivers", "title_zh": "河流", "path": "rivers.mbtiles", "attribution": "Us", "licence": "CC0-1.0"}
    layer = GroundLayer.model_validate({"name": "rivers", "kind": "rivers", **about})
    pack.write_manifest(GroundPack(name="default", title_en="", title_zh="", layers=(layer,)), tmp_path)
    client = own_app(LODE_GROUND=tmp_path, LODE_HOME=tmp_path).test_client()
    (found,) = reported(client, "/?lang=zh")["ground"]
    assert (found["title"], found["source"], found["form"]) == ("河流", "Us (CC0-1.0)", "application/geo+json")
    tile = client.get(found["url"].format(z=0, x=0, y=0))
    assert (tile.status_code, tile.headers["Content-Encoding"], gzip.decompress(tile.data)) == (200, "gzip", b"{}")
    assert "immutable" in tile.headers["Cache-Control"]
    statuses = [client.get(found["url"].format(z=z, x=x, y=0)).status_code for z, x in ((1, 1), (1, 2), (30, 0))]
    assert statuses == [204, 404, 404]


def test_a_chinese_page_without_an_approval_number_says_so(own_app: Callable[..., Flask]) -> None:
    client = own_app().test_client()
    assert "审图号" in reported(client, "/?lang=zh")["notice"]
    assert reported(client, "/?lang=en")["notice"] == ""
    approved = own_app(LODE_MAP_APPROVAL="GS(2026)0001", LODE_WORLDVIEW="CHN").test_client()
    found = reported(approved, "/?lang=zh")
    assert (found["notice"], found["countries"]) == ("", "/map/countries-chn.json")


def test_without_a_file_of_the_operators_there_is_none(client: FlaskClient) -> None:
    assert client.get("/map/countries.json").status_code == 404


@pytest.mark.parametrize("url", ["ftp://a/b", "https://a b/c", "https://a", "https://a/;script-src *", 'https://a/"'])
def test_a_layer_whose_address_could_change_the_policy_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="url"):
        MapLayer(name="own", title_en="a", title_zh="b", url=url, attribution="c")

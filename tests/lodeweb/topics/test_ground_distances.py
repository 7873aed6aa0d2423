"""Distances to what the ground layers hold: in the API, on the page of a record, and said to be unknown without a layer."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lodebase.ground import packs

LINE = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": [[-70.5, -27], [-69.5, -27]]}}
ABOUT = {"title_en": "Rails", "title_zh": "铁路", "attribution": "The tests", "licence": "CC0-1.0", "as_of": "2005"}
ADDRESS = "/api/ground/distances?lon=-70&lat=-26&f=json"


def add_railways(app: Flask, folder: Path) -> None:
    folder.mkdir()
    (folder / "rails.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [LINE]}))
    layer = {**ABOUT, "name": "rails", "kind": "railways", "path": "rails.geojson"}
    (folder / "ground.yml").write_text(json.dumps({"name": "mine", "title_en": "", "title_zh": "", "layers": [layer]}))
    packs.add(app.extensions["lode"].settings, folder)


@pytest.fixture
def app_with_railways(own_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    app = own_app(LODE_HOME=str(tmp_path / "home"))
    add_railways(app, tmp_path / "pack")
    return app


def test_distances_are_those_of_the_layers_that_are_held(app_with_railways: Flask) -> None:
    found = {
        distance["kind"]: distance
        for distance in app_with_railways.test_client().get(ADDRESS).get_json(force=True)["distances"]
    }
    assert list(found) == ["roads", "railways", "ports", "power-plants", "towns"]
    # a degree of the meridian at 26.5 degrees is 110.8 km on WGS 84
    assert found["railways"]["km"] == pytest.approx(110.8, abs=0.15)
    assert (found["railways"]["held"], found["railways"]["as_of"]) == (True, ["2005"])
    assert (found["ports"]["km"], found["ports"]["held"], found["ports"]["title"]["zh"]) == (None, False, "港口")


def test_the_page_of_a_record_has_them(app_with_railways: Flask, ids: Callable[[str], Mapping[str, str]]) -> None:
    identity = ids("deposit")["chile 1"]
    text = app_with_railways.test_client().get(f"/records/{identity}?lang=en").get_data(as_text=True)
    assert "Railway" in text and "(2005)" in text and "No layer here of: Highway" in text


def test_a_place_that_is_none_is_refused_and_no_layer_gives_no_distance(client: FlaskClient) -> None:
    assert client.get("/api/ground/distances?lon=-70&lat=-126&f=json").status_code == 400
    distances = client.get(ADDRESS).get_json(force=True)["distances"]
    assert {distance["km"] for distance in distances if not distance["held"]} <= {None}

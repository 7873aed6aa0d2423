"""Maps that are published in China: borders in use, the dashed line, the approval number, and the ground of the operator."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

NUMBER = "GS(2026)0001"
PAGES = ("/?lang=zh", "/layout?lang=zh", "/rights?lang=zh", "/rights/candidates?lang=zh")
SOUTH_CHINA_SEA = (106.0, 3.0, 124.0, 26.0)
"""West, south, east, north in degrees: where the dashed line is."""


def html(client: FlaskClient, address: str) -> str:
    return client.get(address, headers={"Accept": "text/html"}).get_data(as_text=True)


@pytest.fixture
def chinese(own_app: Callable[..., Flask]) -> FlaskClient:
    """A visitor of a site that is published in China."""
    return own_app(LODE_WORLDVIEW="CHN", LODE_MAP_APPROVAL=NUMBER, LODE_PUBLIC="CN").test_client()


@pytest.mark.parametrize("page", PAGES)
def test_every_map_has_the_chinese_view_and_the_approval_number(chinese: FlaskClient, page: str) -> None:
    text = html(chinese, page)
    assert '"/map/countries-chn.json"' in text and f"审图号：{NUMBER}" in text


def test_the_chinese_view_has_the_nine_segments_of_the_dashed_line(chinese: FlaskClient) -> None:
    with chinese.get("/map/countries-chn.json") as drawn:
        topology = json.loads(drawn.data)
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    lines = [topology["arcs"][n] for (n,) in topology["objects"]["lines"]["arcs"]]
    assert len(lines) == 9
    west, south, east, north = SOUTH_CHINA_SEA
    for line in lines:
        lon, lat = line[0][0] * sx + tx, line[0][1] * sy + ty
        assert west < lon < east and south < lat < north


def test_the_international_view_has_no_such_line(client: FlaskClient) -> None:
    text = html(client, "/layout?lang=zh")
    assert "countries-chn" not in text and "countries-50m" in text


@pytest.mark.parametrize("page", PAGES)
def test_the_operators_own_borders_replace_the_ground_on_every_map(
    own_app: Callable[..., Flask], tmp_path: Path, page: str
) -> None:
    own = tmp_path / "reviewed.json"
    own.write_text('{"type": "Topology", "objects": {"lines": {"type": "MultiLineString", "arcs": []}}, "arcs": []}', "utf-8")
    client = own_app(LODE_WORLDVIEW="CHN", LODE_MAP_APPROVAL=NUMBER, LODE_MAP_COUNTRIES=own).test_client()
    text = html(client, page)
    assert '"/map/countries.json"' in text and "countries-chn" not in text and f"审图号：{NUMBER}" in text
    with client.get("/map/countries.json") as drawn:
        assert "lines" in drawn.get_json()["objects"]

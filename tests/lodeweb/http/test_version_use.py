"""Each address of the API has one use of a version, and a pinned one has the same response after a later import."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import mapbox_vector_tile
import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.lodeweb.conftest import closed, load, settings_of, table

from lodebase.db.store import Store
from lodeweb.api.features.tiles import MVT
from lodeweb.app import create_app
from lodeweb.http.representation.pinned import A_YEAR, PINNED, REFUSALS, VersionUse, classify_view

PATH_VALUES = {
    "name": "deposits",
    "form": "csv",
    "tileMatrix": "0",
    "tileRow": "0",
    "tileCol": "0",
    "process_id": "layout-check",
}
TIME = re.compile(rb'"timeStamp":"[^"]*"')
QUERIES = {
    "/api/download/<form>": "collections=deposits,projects",
    "/api/download/contents": "collections=deposits,projects",
    "/api/rights/outline": "corners=117.1+29.1%0A117.2+29.1%0A117.2+29.2&crs=EPSG:4490",
    "/api/collections/<name>/charts/distribution": "figure=grade_pct",
}
"""Parameters that an address requires."""


@pytest.fixture
def site_app(store: Store, tmp_path: Path) -> Iterator[Flask]:
    """A site before a store of the test's own, with the rows of all tests of the site."""
    load(store, table(), tmp_path)
    app = create_app(settings_of(store.addresses, LODE_SPOOL=str(tmp_path / "spool")))
    yield app
    closed(app)


def list_rules(app: Flask, uses: Iterable[VersionUse]) -> list[str]:
    """The GET addresses of the API whose views use a version in one of some ways."""
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        and "GET" in (rule.methods or ())
        and classify_view(app.view_functions[rule.endpoint]) in uses
    ]


def fill_rule(rule: str, identity: str) -> str:
    """The address of a rule with a value for each part of its path, and the parameters that it requires."""
    path = rule
    for part, value in {**PATH_VALUES, "identity": identity}.items():
        path = path.replace(f"<{part}>", value)
    return f"{path}?{QUERIES[rule]}" if rule in QUERIES else path


def read_content(client: FlaskClient, address: str) -> object:
    """The content of a pinned response, without the time at which a page of features was made."""
    response = client.get(address, buffered=True)
    assert response.status_code == 200, (address, response.get_data(as_text=True))
    assert response.headers["Cache-Control"] == A_YEAR, address
    assert response.headers["Lode-Dataset-Version"] == "1", address
    if response.mimetype == MVT:
        # the features of a tile have no order
        layers = mapbox_vector_tile.decode(response.data)
        return {name: sorted(map(repr, layer["features"])) for name, layer in layers.items()}
    return TIME.sub(b"", response.data)


def test_a_pinned_address_has_the_same_response_after_a_later_import(store: Store, site_app: Flask, tmp_path: Path) -> None:
    client = site_app.test_client(use_cookies=False)
    features = client.get("/api/collections/deposits/items?limit=1").get_json(force=True)["features"]
    rules = list_rules(site_app, PINNED)
    assert len(rules) > 30
    addresses = [f"/v/1{fill_rule(rule, features[0]['id'])}" for rule in rules]
    before = [read_content(client, address) for address in addresses]
    rows = [{**row, "name": f"{row['name']} renamed", "metal": "tin"} for row in table()]
    load(store, iter([*rows, {**rows[0], "id": "later", "lon": "150.5", "lat": "60.5"}]), tmp_path)
    # what is computed must come from the earlier records and not from what the site has stored of them
    fresh = create_app(settings_of(store.addresses, LODE_SPOOL=str(tmp_path / "fresh")))
    after = [read_content(fresh.test_client(use_cookies=False), address) for address in addresses]
    closed(fresh)
    for address, first, second in zip(addresses, before, after, strict=True):
        assert first == second, address
    now = client.get("/api/collections/deposits/extent").get_json(force=True)["bbox"]
    assert now != client.get("/v/1/api/collections/deposits/extent").get_json(force=True)["bbox"]


def test_every_other_address_refuses_a_version_and_says_what_to_use(app: Flask, client: FlaskClient) -> None:
    rules = list_rules(app, REFUSALS)
    assert len(rules) > 30
    for rule in rules:
        response = client.get(f"/v/1{fill_rule(rule, 'any')}".replace("<", "").replace(">", "").replace("path:", ""))
        assert response.status_code == 400, rule
        assert "Leave out /v/1" in response.get_json(force=True)["detail"], rule


def test_what_depends_on_more_than_the_version_is_revalidated(app: Flask, client: FlaskClient) -> None:
    rules = list_rules(app, [VersionUse.VARYING])
    assert rules
    for rule in rules:
        response = client.get(f"/v/1{rule}")
        assert response.status_code == 200 and response.headers["Cache-Control"] != A_YEAR, rule


@pytest.mark.parametrize("address", ["/api/collections/deposits/queryables", "/api/collections", "/api/templates"])
def test_a_version_that_does_not_exist_is_refused(client: FlaskClient, address: str) -> None:
    response = client.get(f"/v/99{address}")
    assert response.status_code == 400
    assert response.get_json(force=True)["detail"].startswith("There is no version 99 yet.")


def test_links_of_a_pinned_description_lead_to_its_version(client: FlaskClient) -> None:
    links = client.get("/v/1/api/collections/deposits").get_json(force=True)["links"]
    followed = {
        link["rel"]: link["href"] for link in links if link["rel"] in ("items", "http://www.opengis.net/def/rel/ogc/1.0/schema")
    }
    assert followed and all("/v/1/api/collections/deposits/" in href for href in followed.values())
    assert client.get(followed["items"]).headers["Lode-Dataset-Version"] == "1"
    landing = client.get("/v/1/api/").get_json(force=True)["links"]
    assert "/v/1/api/collections" in next(link["href"] for link in landing if link["rel"] == "data")

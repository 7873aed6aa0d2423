"""Lists, records, facets and tiles of an earlier version are what they were when it was the last one."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.lodeweb.api.features.test_as_of import import_version, site

from lodebase.db.store import Store

__all__ = ["site"]
ROOT = "/api/collections/deposits"
QUERIES = {
    "all": "items?limit=1000",
    "a box": "items?bbox=-80,-40,20,-10&limit=50",
    "a country": "items?country=CHL&sortby=-name_en&limit=50",
    "a condition": "items?filter=name_en LIKE '%25v2%25' OR position_accuracy_m > 500&limit=50",
    "an estimate": "items?contained_t_min=1&limit=50",
    "a licence": "items?licence=CC0-1.0&limit=50",
    "a radius": "items?near=11.5,-28&radius_km=2000&limit=50",
    "perhaps in a radius": "items?near=11.5,-28&radius_km=500&certainty=all&limit=50",
    "the nearest": "items?nearest=11.5,-28&limit=20",
    "a polygon": "items?within=POLYGON((-80 -40,20 -40,20 10,-80 10,-80 -40))&certainty=possible&limit=50",
    "other properties": "items?properties=name_en,flags&crs=http://www.opengis.net/def/crs/EPSG/0/3857&limit=50",
    "facets": "facets?",
    "facets of a choice": "facets?country=CHL&facets=country,main_commodity,sources",
    "grade against tonnage": "charts/grade-tonnage?of=copper",
    "contained metal in a box": "charts/contained?bbox=-80,-40,20,10",
    "steps of a figure": "charts/distribution?figure=contained_t",
    "steps of a figure of a country": "charts/distribution?figure=grade_pct&country=CHL",
    "the tileset": "tiles/WebMercatorQuad?",
    "a tile": "tiles/WebMercatorQuad/3/4/2?",
    "a tile of the world": "tiles/WebMercatorQuad/0/0/0?commodity=copper",
}


def response(client: FlaskClient, query: str, version: int | None = None) -> Any:
    """What is reported, without its time and the links."""
    requested = f"{ROOT}/{query}" + ("" if version is None else f"&as_of={version}")
    found = client.get(requested)
    assert found.status_code == 200, found.get_data(as_text=True)
    if found.mimetype != "application/geo+json" and not found.is_json:
        # the order within a tile means nothing
        layers = mapbox_vector_tile.decode(found.get_data())
        return {name: sorted(map(str, layer["features"])) for name, layer in layers.items()}
    reported = {name: value for name, value in found.get_json(force=True).items() if name not in ("timeStamp", "links")}
    if "facets" in reported:
        # a source that is described anew manually, which makes no version, has its new title at once
        reported["facets"] = [facet for facet in reported["facets"] if facet["field"] != "sources"]
    return reported


def later(client: FlaskClient, store: Store, folder: Path, ask: Callable[[], Any]) -> dict[int, Any]:
    """What is answered at each of three versions while it is the last one."""
    stored = {1: ask()}
    for version in (2, 3):
        import_version(store, version, folder)
        stored[version] = ask()
    return stored


def test_each_version_is_reported_as_it_was(site: Flask, store: Store, tmp_path: Path) -> None:
    client = site.test_client()
    stored = later(client, store, tmp_path, lambda: {name: response(client, requested) for name, requested in QUERIES.items()})
    for version, responses in stored.items():
        for name, reported in responses.items():
            assert response(client, QUERIES[name], version) == reported, (name, version)
    for name in ("all", "facets of a choice"):
        assert stored[1][name] != stored[2][name] != stored[3][name], name


def test_a_record_is_reported_as_it_was_with_all_that_belongs_to_it(site: Flask, store: Store, tmp_path: Path) -> None:
    client = site.test_client()
    identities = [feature["id"] for feature in response(client, "items?limit=6")["features"]]

    def ask(version: int | None = None) -> list[Any]:
        return [response(client, f"items/{identity}?profile=full", version) for identity in identities]

    stored = later(client, store, tmp_path, ask)
    assert stored[1] != stored[2] or stored[2] != stored[3]
    for version, records in stored.items():
        for record in records if version < 3 else ():
            # rows of sources, by whose keys references lead to records, are stored as they are now alone
            for name in ("source_records", "refers_to", "named_by"):
                record["properties"].pop(name)
        assert ask(version) == records


def test_pages_go_on_at_their_version(site: Flask, store: Store, tmp_path: Path) -> None:
    client = site.test_client()
    everything = response(client, "items?limit=1000")["features"]
    import_version(store, 2, tmp_path)
    found, address = [], f"{ROOT}/items?limit=3&as_of=1"
    while address:
        page = client.get(address).get_json()
        found += page["features"]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
    assert found == everything
    word = re.search(r"after=([\w-]+)", str(client.get(f"{ROOT}/items?limit=3&as_of=1").get_json()["links"]))
    assert word is not None
    assert client.get(f"{ROOT}/items?limit=3&as_of=2&after={word[1]}").status_code == 400


def test_an_earlier_response_is_confirmed_and_its_page_says_what_it_is(site: Flask, store: Store, tmp_path: Path) -> None:
    client = site.test_client()
    identity = response(client, "items?limit=1")["features"][0]["id"]
    import_version(store, 2, tmp_path)
    first = client.get(f"{ROOT}/items?as_of=1")
    assert first.headers["Lode-Dataset-Version"] == "1"
    assert client.get(f"{ROOT}/items?as_of=1", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    pages = (f"{ROOT}/items?as_of=1&f=html", f"/records/{identity}?as_of=1", "/data/deposits?as_of=1")
    for address in pages:
        assert "Data as of version 1." in client.get(f"{address}&lang=en").get_data(as_text=True)
        assert "数据版本：1" in client.get(f"{address}&lang=zh").get_data(as_text=True)
    assert f"/records/{identity}?as_of=1" in client.get(f"{ROOT}/items?as_of=1&f=html").get_data(as_text=True)


@pytest.mark.parametrize(("as_of", "status"), [("0", 200), ("1", 200), ("2", 400), ("soon", 400), ("2001-01-01", 200)])
def test_a_version_that_is_none_is_refused(site: Flask, as_of: str, status: int) -> None:
    found = site.test_client().get(f"{ROOT}/items?as_of={as_of}")
    assert found.status_code == status
    if as_of in ("0", "2001-01-01"):
        assert found.get_json()["numberMatched"] == 0


def test_a_record_that_was_not_there_yet_is_not_found(site: Flask, store: Store, tmp_path: Path) -> None:
    client = site.test_client()
    import_version(store, 2, tmp_path)
    new = client.get(f"{ROOT}/items?name_en=New in 2").get_json()["features"][0]["id"]
    assert client.get(f"{ROOT}/items/{new}?as_of=2").status_code == 200
    missing = client.get(f"{ROOT}/items/{new}?as_of=1")
    assert missing.status_code == 404 and "at version 1" in missing.get_json()["detail"]

"""OWSLib as the page of the docs uses it, and each of its calls."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from owslib.ogcapi.features import Features as Client
from owslib.ogcapi.records import Records

from lodebase.query.collections_ import COLLECTIONS

if TYPE_CHECKING:
    from tests.clients.conftest import Site

Features = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def client(site: "Site") -> Any:
    return Client(site.api)


def test_owslib_lists_the_collections(client: Any) -> None:
    assert client.feature_collections() == list(COLLECTIONS)
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in client.conformance()["conformsTo"]
    assert client.api()["openapi"].startswith("3.0")
    for name, collection in COLLECTIONS.items():
        assert client.collection(name)["id"] == name
        assert set(collection.field_names) <= set(client.collection_queryables(name)["properties"])
        assert set(collection.field_names) <= set(client.collection_schema(name)["properties"])


def test_items_by_box_field_filter_order_and_time(client: Any, features: Features) -> None:
    box = client.collection_items("deposits", bbox=[-75, -30, -60, -15], country="CHL", limit=3)
    assert (box["numberMatched"], box["numberReturned"]) == (
        len(features("deposits", bbox="-75,-30,-60,-15", country="CHL")),
        3,
    )
    ordered = client.collection_items("deposits", sortby=("size_basis_value_t", "desc"), limit=3)
    figures = [feature["properties"]["size_basis_value_t"] for feature in features("deposits")]
    assert [feature["properties"]["size_basis_value_t"] for feature in ordered["features"]] == sorted(
        (figure for figure in figures if figure is not None), reverse=True
    )[:3]
    recent = client.collection_items("projects", datetime_="2020-01-01/..")
    assert recent["numberMatched"] == len(features("projects", datetime="2020-01-01/.."))


def test_a_filter_in_json_is_sent_as_a_body(client: Any, features: Features) -> None:
    cql = {"op": ">", "args": [{"property": "size_basis_value_t"}, 10_000_000]}
    found = client.collection_items("deposits", cql=cql, limit=1000)
    wanted = features("deposits", filter="size_basis_value_t > 10000000")
    assert {feature["id"] for feature in found["features"]} == {feature["id"] for feature in wanted}


def test_the_catalogue_by_terms_and_ids(site: "Site") -> None:
    catalogue = Records(site.api)
    assert catalogue.records() == ["datasets"]
    assert [feature["id"] for feature in catalogue.collection_items("datasets", ids="deposits")["features"]] == ["deposits"]
    found = catalogue.collection_items("datasets", q="Copper deposits of Africa", limit=1)
    assert [feature["id"] for feature in found["features"]] == ["copper-deposits-africa"]
    record = catalogue.collection_item("datasets", "deposits")
    assert record["properties"]["type"] == "dataset" and record["geometry"]["type"] == "Polygon"


def test_owslib_reads_a_single_feature(client: Any, features: Features) -> None:
    feature = features("deposits")[0]
    assert client.collection_item("deposits", feature["id"])["properties"] == feature["properties"]


def test_the_page_of_the_docs(
    site: "Site", run: Callable[..., str], blocks: Callable[[str, str], list[str]], features: Features
) -> None:
    with site.recorded_requests() as sent:
        result = run(sys.executable, "-W", "error", "-", stdin="\n".join(blocks("owslib.md", "python"))).splitlines()
    assert result[0] == str(list(COLLECTIONS))
    assert "name_en | Name (English) | 英文名称" in result
    first = features("deposits", filter="country IN ('CHL', 'PER')", sortby="-size_basis_value_t")[0]
    assert f"{first['id']} {first['properties']['name_en']} {first['properties']['size_basis_value_t']}" in result
    assert f"{len(features('projects', datetime='2020-01-01/..'))} projects" in result
    assert result[-1] == first["properties"]["name_zh"]
    assert {a.query.get("sortby") for a in sent} == {None, "-size_basis_value_t"}

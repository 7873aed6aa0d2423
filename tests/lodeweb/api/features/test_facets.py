"""Facets on the wire: counts that are those of items, with titles and labels in both languages."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from lodebase.query.collections_ import COLLECTIONS

Items = Callable[..., dict[str, Any]]


def ask(client: FlaskClient, collection: str = "deposits", **query: Any) -> dict[str, Any]:
    response = client.get(f"/api/collections/{collection}/facets", query_string=query)
    assert response.status_code == 200, response.get_data(as_text=True)
    body: dict[str, Any] = response.get_json(force=True)
    return body


def counts(body: dict[str, Any], field: str) -> dict[str | None, int]:
    (facet,) = (facet for facet in body["facets"] if facet["field"] == field)
    return {value["value"]: value["count"] for value in facet["values"]}


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_every_field_to_be_counted_is_there_with_its_titles(client: FlaskClient, collection: str) -> None:
    body = ask(client, collection)
    there = [(facet["field"], facet["title_en"], facet["title_zh"]) for facet in body["facets"]]
    assert there == [(f.name, f.title_en, f.title_zh) for f in COLLECTIONS[collection].fields if f.facet]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"country": "Chile"},
        {"commodity": "copper"},
        {"commodity": "copper", "country": "Chile", "bbox": "-80,-29,-60,-20"},
        {"filter": "name_en LIKE 'Field 1%'", "commodity": "lithium,cobalt"},
        {"near": "-71,-28", "radius_km": "300"},
    ],
)
def test_a_value_counts_the_items_that_choosing_it_would_show(client: FlaskClient, items: Items, query: dict[str, str]) -> None:
    body = ask(client, **query)
    assert body["numberMatched"] == items(**query)["numberMatched"]
    parameters = {"country": "country", "commodities": "commodity", "commodity_group": "commodity_group"}
    for field, parameter in parameters.items():
        found = counts(body, field)
        assert found
        for value, count in found.items():
            if value is not None:
                assert items(**{**query, parameter: value})["numberMatched"] == count, (field, value)


def test_a_value_that_is_none_is_reported_as_null(client: FlaskClient, items: Items) -> None:
    body = ask(client, facets="country,flags")
    assert counts(body, "country")[None] == items(filter="country IS NULL")["numberMatched"]
    assert sum(counts(body, "country").values()) == body["numberMatched"]
    assert counts(body, "flags")[None] > 0


def test_only_the_facets_requested_are_there_in_their_order(client: FlaskClient) -> None:
    body = ask(client, facets="size_class, country")
    assert [facet["field"] for facet in body["facets"]] == ["size_class", "country"]


def test_values_beyond_the_limit_are_reported_in_sum(client: FlaskClient) -> None:
    (whole,) = ask(client, facets="country")["facets"]
    (short,) = ask(client, facets="country", facet_limit=1)["facets"]
    assert short["values"] == whole["values"][:1]
    rest = whole["values"][1:]
    assert short["others"] == {"values": len(rest), "count": sum(value["count"] for value in rest)}
    assert whole["others"] == {"values": 0, "count": 0}


def test_labels_are_in_both_languages(client: FlaskClient) -> None:
    (facet,) = ask(client, facets="country", country="CHN")["facets"]
    assert {"value": "CHN", "label_en": "China", "label_zh": "中国", "count": 1} in facet["values"]
    assert facet["vocabulary"] == "country"


@pytest.mark.parametrize(
    ("query", "parameter", "said"),
    [
        ({"facets": "name_en"}, "facets", "is not a facet of deposits. Use one of main_commodity, commodities, "),
        ({"facets": ""}, "facets", "does not name a facet. Use one of main_commodity, "),
        ({"facets": "country;DROP TABLE deposit"}, "facets", "is not a facet of"),
        ({"facet_limit": "0"}, "facet_limit", "must be a whole number from"),
        ({"facet_limit": "many"}, "facet_limit", "must be a whole number from"),
        ({"limit": "5"}, "limit", ""),
        ({"nearest": "10,20"}, "nearest", "nearest excludes no record. Give near and radius_km."),
        ({"f": "csv"}, "f", "is not a format here. Use json or html."),
        ({"nonsense": "1"}, "nonsense", ""),
    ],
)
def test_a_bad_query_is_reported_in_a_sentence(client: FlaskClient, query: dict[str, str], parameter: str, said: str) -> None:
    response = client.get("/api/collections/deposits/facets", query_string=query)
    assert response.status_code == 400
    body = response.get_json(force=True)
    assert body["parameter"] == parameter and said in body["detail"]


def test_there_are_no_facets_of_what_is_no_collection(client: FlaskClient) -> None:
    assert client.get("/api/collections/mines/facets").status_code == 404

"""What is reported of the properties: titles in both languages, types, units, terms with their URIs, roles."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from lodebase.query.collections_ import COLLECTIONS
from lodedata.vocab import load_vocabulary

CGI = "http://resource.geosciml.org/classifier/cgi/"


def reported(client: FlaskClient, name: str, what: str, lang: str = "en") -> dict[str, Any]:
    response = client.get(f"/api/collections/{name}/{what}?lang={lang}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/schema+json"
    body: dict[str, Any] = response.get_json(force=True)
    return body


@pytest.mark.parametrize("name", COLLECTIONS)
@pytest.mark.parametrize("what", ["queryables", "schema", "sortables"])
def test_each_is_a_json_schema_of_an_object(client: FlaskClient, name: str, what: str) -> None:
    body = reported(client, name, what)
    assert body["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert body["$id"] == f"http://localhost/api/collections/{name}/{what}"
    assert body["type"] == "object" and body["title"]
    for part in body["properties"].values():
        assert part["title"] and part["x-title-en"] and part["x-title-zh"]
        assert "type" in part or part["format"].startswith("geometry-")


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_field_can_be_filtered_by_and_nothing_else(client: FlaskClient, name: str) -> None:
    body = reported(client, name, "queryables")
    assert set(body["properties"]) == {"id", "geometry", *COLLECTIONS[name].field_names}
    assert body["additionalProperties"] is False
    formats = {"point": "geometry-point", "polygon": "geometry-multipolygon", None: None}
    assert body["properties"]["geometry"].get("format") == formats[COLLECTIONS[name].geometry]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_lists_can_not_be_sorted_by(client: FlaskClient, name: str) -> None:
    body = reported(client, name, "sortables")
    assert set(body["properties"]) == {field.name for field in COLLECTIONS[name].fields if field.type != "array"}


@pytest.mark.parametrize("name", COLLECTIONS)
def test_the_schema_reports_the_features_whole_and_in_their_order(client: FlaskClient, name: str) -> None:
    properties = reported(client, name, "schema")["properties"]
    assert list(properties) == ["id", "geometry", *COLLECTIONS[name].field_names]
    assert [part["x-ogc-propertySeq"] for part in properties.values()] == list(range(len(properties)))
    roles = {part["x-ogc-role"]: field for field, part in properties.items() if "x-ogc-role" in part}
    assert (roles["id"], roles["primary-geometry"]) == ("id", "geometry")


@pytest.mark.parametrize("name", COLLECTIONS)
def test_a_feature_is_described_as_geojson_with_one_type_for_each_property(client: FlaskClient, name: str) -> None:
    """GDAL builds an example of it: a type must be one word, and the properties lie in `properties`."""
    body = reported(client, name, "schema/feature")
    assert list(body["properties"]) == ["type", "id", "geometry", "properties"]
    properties = body["properties"]["properties"]["properties"]
    assert list(properties) == list(COLLECTIONS[name].field_names)
    assert all(isinstance(part["type"], str) for part in properties.values())
    links = client.get(f"/api/collections/{name}?f=json").get_json()["links"]
    assert [link["href"] for link in links if link["rel"] == "describedby"] == [
        f"http://localhost/api/collections/{name}/schema/feature"
    ]


def test_a_date_is_an_instant_and_a_year_is_none(client: FlaskClient) -> None:
    projects = reported(client, "projects", "schema")["properties"]
    assert projects["status_date"]["format"] == "date"
    assert projects["status_date"]["x-ogc-role"] == "primary-instant"
    assert "x-ogc-role" not in reported(client, "deposits", "schema")["properties"]["information_date"]


def test_titles_are_in_the_language_that_is_requested(client: FlaskClient) -> None:
    for lang, title, whole in (
        ("en", "Main commodity", "Filterable properties of deposits"),
        ("zh", "主矿种", "矿床的可查询属性"),
    ):
        body = reported(client, "deposits", "queryables", lang)
        assert body["title"] == whole
        part = body["properties"]["main_commodity"]
        assert (part["title"], part["x-title-en"], part["x-title-zh"]) == (title, "Main commodity", "主矿种")


def test_a_code_has_its_terms_with_both_labels_and_the_uri_of_the_cgi(client: FlaskClient) -> None:
    body = reported(client, "deposits", "queryables")
    part = body["properties"]["main_commodity"]
    assert part["enum"] == [term.code for term in load_vocabulary("commodity")]
    assert part["x-ogc-codelistUri"] == "http://localhost/api/vocabularies/commodity"
    assert client.get(part["x-ogc-codelistUri"]).status_code == 200
    copper = next(term for term in body["x-terms"]["commodity"] if term["code"] == "copper")
    assert (copper["label_en"], copper["label_zh"]) == ("Copper", "铜")
    assert copper["uri"] == f"{CGI}commodity-code/copper"


def test_the_terms_of_a_list_stand_on_its_items(client: FlaskClient) -> None:
    part = reported(client, "deposits", "queryables")["properties"]["commodities"]
    assert part["type"] == "array" and "enum" not in part
    assert "copper" in part["items"]["enum"]


def test_a_vocabulary_of_thousands_is_named_by_its_address(client: FlaskClient) -> None:
    part = reported(client, "deposits", "queryables")["properties"]["division"]
    assert "enum" not in part
    assert part["x-ogc-codelistUri"].endswith("/api/vocabularies/division")


def test_figures_have_their_unit(client: FlaskClient) -> None:
    properties = reported(client, "deposits", "queryables")["properties"]
    assert properties["position_accuracy_m"]["x-ogc-unit"] == "m"
    assert properties["size_basis_value_t"]["x-ogc-unit"] == "t"
    assert properties["discovery_year"]["type"] == "integer"

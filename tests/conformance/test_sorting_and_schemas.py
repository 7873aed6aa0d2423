"""OGC API Features, Part 5 (23-058r2) and Part 8 (24-030), annexes A: what the properties are, and pages in an order."""

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator

from lodebase.query.collections_ import COLLECTIONS

if TYPE_CHECKING:
    from tests.conformance.conftest import Api

Part = dict[str, Any]
CONF = "http://www.opengis.net/spec/ogcapi-features-{}/1.0/conf/"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMA = "application/schema+json"
GEOJSON = "application/geo+json"
GEOMETRIES = {
    f"geometry-{kind}" for kind in ("point", "multipoint", "linestring", "multilinestring", "polygon", "multipolygon")
}
PARTS = ("schema", "queryables", "sortables")


def document(api: "Api", name: str, part: str) -> Part:
    response = api.request(f"/collections/{name}/{part}", Accept=SCHEMA)
    assert (response.status_code, response.headers["Content-Type"]) == (200, SCHEMA)
    body: Part = json.loads(response.data)
    return body


def of_role(api: "Api", name: str, role: str) -> dict[str, Part]:
    return {field: one for field, one in document(api, name, "schema")["properties"].items() if one.get("x-ogc-role") == role}


# Part 5


def test_the_classes_are_declared(api: "Api") -> None:
    """/conf/returnables-and-receivables/get-conformance; Part 8: get-conformance of sortables, sorting and features-sorting."""
    classes = set(api.get("/conformance")["conformsTo"])
    assert {CONF.format(5) + part for part in ("schemas", "returnables-and-receivables")} <= classes
    assert {CONF.format(8) + part for part in ("sortables", "sorting", "features-sorting")} <= classes


@pytest.mark.parametrize("part", PARTS)
def test_each_is_a_json_schema(api: "Api", name: str, part: str) -> None:
    """/conf/schemas/basic-schema-inspection; Part 8: /conf/sortables/get-sortables."""
    body = document(api, name, part)
    assert body["$schema"] == DIALECT and body["type"] == "object"
    own = urlsplit(body["$id"])
    assert own.scheme in ("http", "https") and not own.query
    assert api.request(body["$id"], Accept=SCHEMA).headers["Content-Type"] == SCHEMA
    assert json.loads(api.request(body["$id"], Accept=SCHEMA).data) == body
    Draft202012Validator.check_schema(body)
    assert body["properties"]
    for property_ in body["properties"].values():
        assert isinstance(property_, dict)
        if "type" not in property_:
            assert property_["format"] in GEOMETRIES and "$ref" not in property_
    known = set(Draft202012Validator.META_SCHEMA["properties"]) | {"title", "type", "properties", "items", "enum", "format"}
    known |= {
        "$schema",
        "$id",
        "required",
        "additionalProperties",
        "readOnly",
        "writeOnly",
        "description",
        "minimum",
        "maximum",
        "pattern",
    }
    for holder in (body, *body["properties"].values()):
        assert {keyword for keyword in holder if not keyword.startswith("x-")} <= known


@pytest.mark.parametrize("part", PARTS)
def test_a_collection_links_to_it(api: "Api", name: str, part: str) -> None:
    """/conf/returnables-and-receivables/link; Part 8: /conf/features-sorting/get-collection."""
    (link,) = [link for link in api.get(f"/collections/{name}")["links"] if link["rel"] == REL + part]
    assert link["type"] == SCHEMA and urlsplit(link["href"]).path == f"/api/collections/{name}/{part}"


def test_the_features_are_as_their_schema_says(api: "Api", name: str) -> None:
    """/conf/returnables-and-receivables/op-and-response: every property is described, of its type, and none is missing."""
    described = document(api, name, "schema")["properties"]
    types: dict[str, Any] = {"string": str, "number": (int, float), "integer": int, "boolean": bool, "array": list}
    for feature in api.features(name).values():
        assert set(feature["properties"]) == set(described) - {"id", "geometry"}
        for field, value in feature["properties"].items():
            one = described[field]
            if value is None:
                continue
            assert isinstance(value, types[one["type"]]), (field, value)
            if "enum" in one:
                assert value in one["enum"], (field, value)
            if one["type"] == "array":
                assert all(item in one["items"].get("enum", [item]) for item in value), (field, value)


def test_roles_are_texts(api: "Api", name: str) -> None:
    """/conf/schemas/role, /conf/schemas/role-id, /conf/schemas/property-seq."""
    properties = document(api, name, "schema")["properties"]
    assert all(isinstance(property_["x-ogc-role"], str) for property_ in properties.values() if "x-ogc-role" in property_)
    ((field, identity),) = of_role(api, name, "id").items()
    assert field == "id" and identity["type"] in ("string", "integer")
    numbers = [property_["x-ogc-propertySeq"] for property_ in properties.values()]
    assert all(isinstance(number, int) for number in numbers) and len(set(numbers)) == len(numbers)


def test_units_are_those_of_ucum(api: "Api", name: str) -> None:
    """/conf/schemas/unit: texts, of numbers, in UCUM's case-sensitive form: m is the metre and t the tonne."""
    for property_ in document(api, name, "schema")["properties"].values():
        if "x-ogc-unit" in property_:
            assert property_["type"] in ("number", "integer")
            assert property_["x-ogc-unit"] in ("m", "t", "t/a", "%", "km") and property_["x-ogc-unitLang"] == "UCUM"


def test_there_is_one_primary_geometry(api: "Api", name: str) -> None:
    """/conf/advanced-property-roles/role-primary-geometry."""
    ((_field, one),) = of_role(api, name, "primary-geometry").items()
    assert "type" not in one and "$ref" not in one and one["format"] in GEOMETRIES
    kinds = {f["geometry"]["type"].lower() for f in api.features(name).values() if f["geometry"] is not None}
    assert kinds == {one["format"].removeprefix("geometry-")}


def test_there_is_at_most_one_primary_instant(api: "Api", name: str) -> None:
    """/conf/advanced-property-roles/role-primary-temporal, role-type."""
    instants = of_role(api, name, "primary-instant")
    assert len(instants) <= 1
    assert all(instant["type"] == "string" and instant["format"] in ("date", "date-time") for instant in instants.values())
    types = of_role(api, name, "type")
    assert len(types) <= 1 and all(type_["type"] == "string" for type_ in types.values())


def test_a_date_has_its_format(api: "Api", name: str) -> None:
    """/req/schemas/properties D: a property that is always a day says so."""
    properties = document(api, name, "schema")["properties"]
    for field in COLLECTIONS[name].fields:
        if field.type == "date":
            assert (properties[field.name]["type"], properties[field.name]["format"]) == ("string", "date")


# Part 8


def test_the_sorting_parameter_is_defined_as_it_must_be(api: "Api", name: str) -> None:
    """/req/sorting/sortby-definition A: an array of texts in form style, not exploded."""
    described = api.get("/openapi.json")
    listed = {part.get("$ref") for part in described["paths"][f"/collections/{name}/items"]["get"]["parameters"]}
    assert "#/components/parameters/sortby" in listed
    part = described["components"]["parameters"]["sortby"]
    assert (part["in"], part.get("required", False), part["style"], part["explode"]) == ("query", False, "form", False)
    assert (part["schema"]["type"], part["schema"]["minItems"]) == ("array", 1)
    assert part["schema"]["items"]["type"] == "string"


def test_the_items_lead_to_their_sortables(api: "Api", name: str) -> None:
    """/conf/sortables/get-sortables-uris: a Link header of the sortable resource itself."""
    response = api.client.head(f"/api/collections/{name}/items")
    assert response.status_code == 200
    assert f'rel="{REL}sortables"' in response.headers.get("Link", "")


def ordered(api: "Api", name: str, sortby: str) -> list[Part]:
    body = api.get(f"/collections/{name}/items", {"sortby": sortby, "limit": 10_000})
    return list(body["features"])


def test_features_come_in_the_order_of_each_sortable(api: "Api", name: str) -> None:
    """/conf/sorting/sortby-param, /conf/features-sorting/filter-sorting: up by default, up with +, down with -."""
    everything = set(api.features(name))
    for field in document(api, name, "sortables")["properties"]:
        up, plus, down = (ordered(api, name, f"{sign}{field}") for sign in ("", "+", "-"))
        assert [f["id"] for f in up] == [f["id"] for f in plus]
        assert {f["id"] for f in up} == {f["id"] for f in down} == everything
        values = [value for f in up if (value := f["properties"][field]) is not None]
        assert all(a <= b for a, b in zip(values, values[1:], strict=False)), field
        falling = [value for f in down if (value := f["properties"][field]) is not None]
        assert all(a >= b for a, b in zip(falling, falling[1:], strict=False)), field


def test_a_second_sortable_decides_where_the_first_is_equal(api: "Api") -> None:
    """/req/sorting/sortby-response A: the keys in the order in which they are given, each with its own direction."""
    found = [(f["properties"]["country"], f["properties"]["name_en"]) for f in ordered(api, "deposits", "country,-name_en")]
    filled = [pair for pair in found if None not in pair]
    assert filled == sorted(sorted(filled, key=lambda pair: pair[1], reverse=True), key=lambda pair: pair[0])


def test_next_link_keeps_the_order(api: "Api", name: str) -> None:
    """/req/sorting/sortby-response A with /conf/core/fc-links: each once, in the order of the whole."""
    field = next(iter(document(api, name, "sortables")["properties"]))
    for sign in ("", "-"):
        whole = [f["id"] for f in ordered(api, name, sign + field)]
        found: list[str] = []
        following: str | None = f"/collections/{name}/items?sortby={sign}{field}&limit=7"
        while following is not None:
            body = api.get(following)
            found += [f["id"] for f in body["features"]]
            following = next((link["href"] for link in body["links"] if link["rel"] == "next"), None)
        assert found == whole


@pytest.mark.parametrize(
    "sortby", ["this_is_not_a_sortable", "THIS IS NOT A SORTBY EXPRESSION", "-", "commodities", "geometry"]
)
def test_unknown_sortable_is_refused(api: "Api", name: str, sortby: str) -> None:
    """/conf/sorting/sortby-param, /conf/sorting/expression-construction: the sortables take no others."""
    assert document(api, name, "sortables")["additionalProperties"] is False
    assert api.request(f"/collections/{name}/items", {"sortby": sortby}).status_code == 400


def test_an_order_and_a_filter_go_together(api: "Api", name: str) -> None:
    """/conf/features-sorting/filter-sorting: sorted, filtered and boxed at once, as GeoJSON."""
    response = api.request(
        f"/collections/{name}/items", {"sortby": "-name_en", "filter": "name_en > 'B'", "bbox": "-180,-90,180,90"}
    )
    assert (response.status_code, response.headers["Content-Type"]) == (200, GEOJSON)
    names = [f["properties"]["name_en"] for f in response.get_json(force=True)["features"]]
    filled = [text for text in names if text is not None]
    assert filled == sorted(filled, reverse=True) and all(text > "B" for text in filled)

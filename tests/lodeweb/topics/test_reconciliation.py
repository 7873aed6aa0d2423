"""The reconciliation service: the shapes of the report's version 0.2, and the names of the test table."""

import json
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient

# what the report requires of each member, by response; members that it leaves open and the service states are required here
# (https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/, sections 3, 4.2, 6 and 7)
TEXT = {"type": "string"}
NAMED: dict[str, Any] = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": TEXT, "name": TEXT, "description": TEXT},
}
SERVICE = {
    "type": "object",
    "required": ["service_url", "service_path"],
    "properties": {"service_url": {"type": "string", "pattern": "^http"}, "service_path": {"type": "string", "pattern": "^/"}},
}
TEMPLATE = {"type": "string", "pattern": r"\{\{id\}\}"}
MANIFEST = {
    "type": "object",
    "required": ["versions", "name", "identifierSpace", "schemaSpace", "view"],
    "properties": {
        "versions": {"type": "array", "items": TEXT, "contains": {"const": "0.2"}},
        **dict.fromkeys(("name", "documentation", "serviceVersion"), TEXT),
        "identifierSpace": {"type": "string", "pattern": "^http"},
        "schemaSpace": {"type": "string", "pattern": "^http"},
        "view": {"type": "object", "required": ["url"], "properties": {"url": TEMPLATE}},
        "preview": {
            "type": "object",
            "required": ["url", "width", "height"],
            "properties": {"url": TEMPLATE, "width": {"type": "integer"}, "height": {"type": "integer"}},
        },
        "defaultTypes": {"type": "array", "items": NAMED, "uniqueItems": True},
        "suggest": {
            "type": "object",
            "propertyNames": {"enum": ["entity", "property", "type"]},
            "additionalProperties": SERVICE,
        },
        "extend": {"type": "object", "properties": {"propose_properties": SERVICE}},
    },
}
FEATURE = {
    "type": "object",
    "required": ["id", "value"],
    "properties": {"id": TEXT, "value": {"type": ["boolean", "number"]}},
}
CANDIDATE = {
    "type": "object",
    "required": ["id", "name", "score"],
    "properties": {
        **dict.fromkeys(("id", "name", "description"), TEXT),
        "score": {"type": "number"},
        "match": {"type": "boolean"},
        "type": {"type": "array", "items": NAMED},
        "features": {"type": "array", "items": FEATURE},
    },
}
RESULTS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["result"],
        "properties": {"result": {"type": "array", "items": CANDIDATE}},
    },
}
SUGGESTION = {**NAMED, "properties": {**NAMED["properties"], "notable": {"type": "array", "items": NAMED}}}
SUGGESTED = {"type": "object", "required": ["result"], "properties": {"result": {"type": "array", "items": SUGGESTION}}}
CELL = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "properties": {"str": TEXT, "int": {"type": "integer"}, "float": {"type": "number"}},
}
PROPOSED = {
    "type": "object",
    "required": ["type", "properties"],
    "properties": {"type": TEXT, "limit": {"type": "integer"}, "properties": {"type": "array", "items": NAMED}},
}
EXTENDED = {
    "type": "object",
    "required": ["meta", "rows"],
    "properties": {
        "meta": {"type": "array", "items": NAMED},
        "rows": {
            "type": "object",
            "additionalProperties": {"type": "object", "additionalProperties": {"type": "array", "items": CELL}},
        },
    },
}


def requested(client: FlaskClient, shape: dict[str, Any], address: str = "/reconcile", **form: Any) -> Any:
    sent = {name: json.dumps(value) for name, value in form.items()}
    response = client.post(address, data=sent) if sent else client.get(address)
    assert response.status_code == 200, response.get_data(as_text=True)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    body = response.get_json()
    jsonschema.validate(body, shape, jsonschema.Draft202012Validator)
    return body


def result(client: FlaskClient, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = requested(client, RESULTS, queries={"q0": query})["q0"]["result"]
    return found


def test_the_manifest_names_the_services(client: FlaskClient) -> None:
    manifest = requested(client, MANIFEST)
    assert manifest["batchSize"] == 50
    assert [default_type["id"] for default_type in manifest["defaultTypes"]] == ["deposit", "project", "organisation"]
    for one in manifest["suggest"].values():
        path = one["service_url"].removeprefix("http://localhost") + one["service_path"]
        requested(client, SUGGESTED, f"{path}?prefix=")
    proposed = requested(client, PROPOSED, "/reconcile/properties?type=deposit")
    assert proposed["limit"] == len(proposed["properties"])


def test_an_entity_is_suggested_with_its_type_and_place(client: FlaskClient) -> None:
    best = requested(client, SUGGESTED, "/reconcile/suggest/entity?prefix=Field 3")["result"][0]
    assert (best["name"], best["description"], best["notable"][0]["id"]) == ("Field 3", "Chile, Tin", "deposit")


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        (MANIFEST, {"versions": ["0.1"], "name": "a", "identifierSpace": "http://a", "schemaSpace": "http://b", "view": {}}),
        (RESULTS, {"q0": {"result": [{"id": 1, "name": "a", "score": 1}]}}),
        (RESULTS, {"q0": {"result": [{"id": "1", "name": "a", "score": "high"}]}}),
        (RESULTS, {"q0": {"result": [{"id": "1", "name": "a", "score": 1, "features": [{"id": "name", "value": "a"}]}]}}),
        (SUGGESTED, {"result": [{"id": "1"}]}),
        (EXTENDED, {"meta": [], "rows": {"1": {"country": [{"str": 1}]}}}),
        (EXTENDED, {"meta": [], "rows": {"1": {"country": [{"str": "a", "int": 1}]}}}),
        (EXTENDED, {"meta": [{"id": "country"}], "rows": {}}),
    ],
)
def test_the_shapes_refuse_what_the_report_does_not_allow(shape: dict[str, Any], body: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(body, shape, jsonschema.Draft202012Validator)


def test_a_name_is_matched_if_one_record_alone_has_it(client: FlaskClient) -> None:
    best, *others = result(client, query="Field 3", type="deposit")
    assert (best["name"], best["score"], best["match"]) == ("Field 3", 100, True)
    assert best["description"] == "Chile, Tin" and best["type"][0]["id"] == "deposit"
    assert not any(other["match"] for other in others)


def test_a_batch_of_queries_by_get(client: FlaskClient) -> None:
    queries = {"a": {"query": "德兴铜矿"}, "b": {"query": "no such name at all"}}
    response = client.get("/reconcile", query_string={"queries": json.dumps(queries), "lang": "zh"})
    body = response.get_json()
    jsonschema.validate(body, RESULTS)
    assert body["a"]["result"][0]["name"] == "德兴铜矿" and body["a"]["result"][0]["match"]
    assert not any(one["match"] for one in body["b"]["result"])


@pytest.mark.parametrize(
    ("country", "match"), [("Chile", True), ("智利", True), ("CHL", True), ("Peru", False), ("Atlantis", True)]
)
def test_a_property_that_contradicts_the_record_is_no_match(client: FlaskClient, country: str, match: bool) -> None:
    best = result(client, query="Field 3", type="deposit", properties=[{"pid": "country", "v": country}])[0]
    assert best["match"] is match and best["features"] == [{"id": "name", "value": 100.0}]


@pytest.mark.parametrize(("countries", "match"), [(["Peru", "Chile"], True), ([{"id": "PER"}, {"id": "BOL"}], False)])
def test_a_property_of_several_values_matches_any_of_them(client: FlaskClient, countries: list[Any], match: bool) -> None:
    best = result(client, query="Field 3", type="deposit", limit=5.0, properties=[{"pid": "country", "v": countries}])[0]
    assert best["match"] is match


def test_an_empty_batch_has_an_empty_result(client: FlaskClient) -> None:
    assert client.post("/reconcile", data={"queries": "{}"}).get_json() == {}


def test_a_table_is_extended_by_fields(client: FlaskClient) -> None:
    identity = result(client, query="Field 3", type="deposit")[0]["id"]
    names = ["country", "commodities", "size_class", "figure_ore_t", "position_doubtful", "information_date"]
    proposed = client.get("/reconcile/properties?type=deposit").get_json()
    assert set(names) <= {property_["id"] for property_ in proposed["properties"]}
    body = requested(client, EXTENDED, extend={"ids": [identity, "nosuch"], "properties": [{"id": name} for name in names]})
    assert body["rows"][identity]["country"] == [{"str": "Chile"}]
    assert body["rows"][identity]["commodities"] == [{"str": "Tin"}]
    assert body["rows"]["nosuch"] == {name: [] for name in names}


def test_a_property_has_the_title_of_its_kind(client: FlaskClient) -> None:
    def titles(kind: str) -> dict[str, str]:
        proposed = client.get(f"/reconcile/properties?type={kind}").get_json()["properties"]
        return {property_["id"]: property_["name"] for property_ in proposed}

    assert titles("deposit")["country"] == "Country or area"
    assert titles("organisation")["country"] == "Country or area of the seat"
    body = requested(client, EXTENDED, extend={"ids": ["nosuch"], "properties": [{"id": "country"}]})
    assert body["meta"] == [{"id": "country", "name": "Country or area"}]


def test_a_preview_may_be_framed_and_no_other_page(client: FlaskClient) -> None:
    identity = result(client, query="Field 3", type="deposit")[0]["id"]
    page = client.get(f"/reconcile/preview?id={identity}")
    assert page.status_code == 200 and "Field 3" in page.get_data(as_text=True)
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"] and "X-Frame-Options" not in page.headers
    for address in ("/", "/about"):
        headers = client.get(address).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"] and headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    ("form", "advice"),
    [
        ({"queries": "nonsense"}, "queries"),
        ({"queries": "[]"}, "Escondida"),
        ({"queries": json.dumps({"q": {}})}, "no name"),
        ({"queries": json.dumps({"q": {"query": "x", "limit": "many"}})}, "20"),
        ({"queries": json.dumps({str(n): {"query": "x"} for n in range(51)})}, "50"),
        ({"extend": "{}"}, "properties"),
    ],
)
def test_what_is_wrong_gets_a_sentence(client: FlaskClient, form: dict[str, str], advice: str) -> None:
    response = client.post("/reconcile", data=form)
    assert response.status_code == 400 and advice in response.get_data(as_text=True)
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"properties": [{"pid": "country", "v": "CHL"}]}, "Give a name in query."),
        ({"query": "Field 3", "type": "Q187223"}, "Use one of deposit, project, organisation."),
        ({"query": "Field 3", "limit": -1}, "limit must be a whole number"),
        ({"type": "deposit"}, "has no name"),
    ],
)
def test_a_query_at_fault_does_not_lose_the_others(client: FlaskClient, query: dict[str, Any], sentence: str) -> None:
    body = requested(client, RESULTS, queries={"q0": query, "q1": {"query": "Field 3", "type": "deposit"}})
    assert body["q0"]["result"] == [] and sentence in body["q0"]["message"]
    assert body["q1"]["result"][0]["name"] == "Field 3" and "message" not in body["q1"]


def test_types_and_properties_of_other_services_are_left_out(client: FlaskClient) -> None:
    more = {"type": ["Q187223", "deposit"], "properties": [{"pid": "P17", "v": {"id": "Q298", "name": "Chile"}}]}
    assert result(client, query="Field 3", **more) == result(client, query="Field 3", type="deposit")
    identity = result(client, query="Field 3", type="deposit")[0]["id"]
    body = requested(client, EXTENDED, extend={"ids": [identity], "properties": [{"id": "P17"}, {"id": "country"}]})
    assert body["meta"][0] == {"id": "P17", "name": "P17"} and body["rows"][identity]["P17"] == []
    assert body["rows"][identity]["country"] == [{"str": "Chile"}]


def test_a_record_is_found_by_its_id(client: FlaskClient) -> None:
    identity = result(client, query="Field 3", type="deposit")[0]["id"]
    (best, *_) = result(client, query=identity)
    assert (best["id"], best["score"], best["match"]) == (identity, 100.0, True)
    assert requested(client, SUGGESTED, f"/reconcile/suggest/entity?prefix={identity}")["result"][0]["id"] == identity


def test_suggestions_and_properties_are_paged(client: FlaskClient) -> None:
    suggested = requested(client, SUGGESTED, "/reconcile/suggest/entity?prefix=Field")["result"]
    assert requested(client, SUGGESTED, "/reconcile/suggest/entity?prefix=Field&cursor=2")["result"] == suggested[2:] != []
    proposed = requested(client, PROPOSED, "/reconcile/properties?type=deposit&limit=3")
    assert proposed["limit"] == len(proposed["properties"]) == 3
    refused = client.get("/reconcile/suggest/entity?prefix=Field&cursor=many")
    assert refused.status_code == 400 and refused.get_json()["parameter"] == "cursor"


def test_scripts_of_other_sites_may_read_every_response(client: FlaskClient) -> None:
    for address in ("/reconcile", "/reconcile/preview?id=nosuch", "/reconcile/properties?type=nosuch", "/reconcile/suggest/x"):
        assert client.get(address).headers["Access-Control-Allow-Origin"] == "*"

"""The description of the API: valid OpenAPI 3.0, whole, self-contained, and what the clients look for in it."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV30SpecValidator
from tests.quick import mostly_slow

from lodebase.field_types import DEFAULT_LIMIT, MAX_LIMIT
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.parameters.declarations import PARAMETERS
from lodeweb.api.openapi import document

Part = dict[str, Any]


@pytest.fixture(params=mostly_slow(["en", "zh"], ["en"]))
def described(request: pytest.FixtureRequest, client: FlaskClient) -> Part:
    response = client.get(f"/api/openapi.json?lang={request.param}")
    assert response.status_code == 200
    body: Part = response.get_json(force=True)
    return body


def parameters(described: Part, path: str) -> dict[str, Part]:
    """The parameters of a path by name, references followed."""
    listed = described["paths"][path]["get"]["parameters"]
    found = [described["components"]["parameters"][p["$ref"].rsplit("/", 1)[1]] if "$ref" in p else p for p in listed]
    assert len({p["name"] for p in found}) == len(found), path
    return {p["name"]: p for p in found}


def test_it_is_valid_openapi_3_0(described: Part) -> None:
    assert described["openapi"] == "3.0.3"
    OpenAPIV30SpecValidator(described).validate()


def test_it_names_no_other_host(described: Part) -> None:
    assert described["servers"] == [{"url": "/api"}]
    assert not re.search(r"https?://", json.dumps(described))
    assert all(target.startswith("#/") for target in re.findall(r'"\$ref": "([^"]+)"', json.dumps(described)))


def test_every_route_of_the_app_is_described_and_no_other(described: Part, app: Flask) -> None:
    routes = {
        path for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/") for path, _ in document._list_paths(rule)
    }
    assert set(described["paths"]) == routes
    names = [operation["operationId"] for path in described["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names)
    assert not [path for path in routes if "{name}" in path and path.startswith("/collections/")]


def test_every_operation_has_a_text_of_its_own_and_reports_every_status(described: Part) -> None:
    for path, methods in described["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            reported = set(operation["responses"])
            assert reported >= {"304", "400", "404", "413", "414", "503"} and reported & {"200", "201"}, path


@pytest.mark.parametrize("name", [name for name, collection in COLLECTIONS.items() if collection.geometry is not None])
def test_items_take_what_the_suite_and_qgis_look_for(described: Part, name: str) -> None:
    """AT 14, 16 and 18; QGIS reads the page size from the components and equality filters from the literal path."""
    found = parameters(described, f"/collections/{name}/items")
    placed = COLLECTIONS[name].geometry is not None
    assert ("bbox" in found) == placed
    for wanted in ("bbox", "limit", "datetime")[not placed :]:
        part = found[wanted]
        assert (part["in"], part["required"], part["style"], part["explode"]) == ("query", False, "form", False)
    assert found["limit"]["schema"]["type"] == "integer"
    assert described["components"]["parameters"]["limit"]["schema"] == found["limit"]["schema"]
    schema = found["limit"]["schema"]
    assert (schema["minimum"], schema["default"], schema["maximum"]) == (1, DEFAULT_LIMIT, MAX_LIMIT)
    if placed:
        box = found["bbox"]["schema"]
        assert (box["type"], box["minItems"], box["maxItems"], box["items"]) == ("array", 4, 6, {"type": "number"})
    assert found["datetime"]["schema"]["type"] == "string"
    for field in COLLECTIONS[name].fields:
        part = found[field.name]
        assert (part["in"], part["style"], part["explode"]) == ("query", "form", False)
        assert part["schema"]["type"]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_items_take_every_parameter_of_the_table(described: Part, name: str) -> None:
    found = parameters(described, f"/collections/{name}/items")
    listed = {p: parameter for p, parameter in PARAMETERS.items() if parameter.group != "file"}
    wanted = {p for p, one in listed.items() if one.collections is None or name in one.collections}
    assert wanted <= set(found)
    assert all(part["description"] for part in found.values())


def test_it_is_in_the_language_that_is_requested(client: FlaskClient) -> None:
    english, chinese = (client.get(f"/api/openapi.json?lang={lang}").get_data(as_text=True) for lang in ("en", "zh"))
    assert not re.search(r"[\u4e00-\u9fff]", english)
    assert "符合性类" in chinese


def test_it_is_made_once_for_each_language(app: Flask, client: FlaskClient) -> None:
    document._encode_document.cache_clear()
    for lang in ("en", "zh", "en", "zh"):
        client.get(f"/api/openapi.json?lang={lang}")
    assert document._encode_document.cache_info().misses == 2


def test_servers_of_a_site_beneath_a_prefix_have_the_prefix(app: Flask) -> None:
    with app.test_client() as client:
        body = client.get("/api/openapi.json", environ_overrides={"SCRIPT_NAME": "/lode"}).get_json(force=True)
    assert body["servers"] == [{"url": "/lode/api"}]


def test_the_page_to_try_it_uses_no_other_host(client: FlaskClient) -> None:
    response = client.get("/api/docs?lang=en")
    assert (response.status_code, response.mimetype) == (200, "text/html")
    page = response.get_data(as_text=True)
    assert 'data-description="/api/openapi.json?lang=en"' in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    scripts = re.findall(r"<script ([^>]*)></script>", page)
    nonces = {match[1] for script in scripts if (match := re.search(r'nonce="([^"]+)"', script))}
    assert len(nonces) == 1 and all("nonce=" in script or 'src="/static/' in script for script in scripts)
    assert all(f"'nonce-{nonce}'" in response.headers["Content-Security-Policy"] for nonce in nonces)


@pytest.mark.parametrize("path", ["/collections", "/collections/deposits", "/collections/deposits/items"])
def test_addresses_with_versions_describe_them(client: FlaskClient, path: str) -> None:
    paths = client.get("/api/openapi.json").get_json(force=True)["paths"]
    described = json.dumps(paths[path]["get"]["parameters"])
    assert "as_of" in described
    assert client.get(f"/api{path}?as_of=1").status_code == 200

"""The OpenAPI 3.0 document, derived from the routes of the app, and the page to try the API.

The document names no other host, so it can be used where there is no network.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.metadata import version as installed
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, current_app, g, render_template, request
from werkzeug.routing import Rule

from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.parameters.declarations import OF_ITEMS, PARAMETERS, list_taken_parameters
from lodebase.query.parameters.parameter import Group, Parameter
from lodedata.messages import Message, msg
from lodeweb.adapter.api_description import describe_view
from lodeweb.adapter.api_operation import ApiOperation, describe_as
from lodeweb.api.features import query_parameters
from lodeweb.api.features.catalog import OPENAPI, TEXTS
from lodeweb.api.openapi.components import Part, build_openapi_schemas
from lodeweb.http.access.api_key import HEADER
from lodeweb.http.representation import pinned
from lodeweb.http.representation.negotiation import HTML, JSON
from lodeweb.i18n import labels
from lodeweb.i18n.language import find_locale_tag, get_language

blueprint = Blueprint("openapi", __name__, url_prefix="/api")
ROOT = "/api"
BYTES = "application/octet-stream"
PROBLEM = "application/problem+json"
TOO_MANY = msg("Too many reports were saved within a day. Try again tomorrow.")
STATUS = {
    "301": msg("The record was merged into another; Location is its URL."),
    "303": msg("The page of the resource is at Location."),
    "304": msg("The client's cached response is still valid."),
    "400": msg("A parameter is invalid; the body names it, its value and what to enter instead."),
    "401": msg("The API key in the header X-API-Key does not exist or was revoked."),
    "404": msg("The resource does not exist."),
    "413": msg("The body is too large."),
    "414": msg("The URL is too long."),
    "429": msg(
        "A rate limit is exceeded, or too many requests or downloads of this client are in progress; Retry-After gives the "
        "seconds to wait."
    ),
    "503": msg("The database is not available, or there are too many requests; Retry-After gives the seconds to wait."),
}

HEADERS = {
    "RateLimit": (
        "string",
        msg("The rest of each limit (r) and the seconds until it is renewed (t); in every response."),
    ),
    "RateLimit-Policy": ("string", msg("The limits that apply: requests (q) in a window of seconds (w); in every response.")),
    "Retry-After": ("integer", msg("The seconds to wait before the next request.")),
}
KEY = "apiKey"
KEY_TEXT = msg("An API key from the operator of this site; optional. With one the rate limits are higher.")


@blueprint.before_request
def known_parameters() -> None:
    """Refuse parameters that are not defined here."""
    query_parameters.check_general_parameters(request.args)


@blueprint.get("/openapi.json")
@pinned.same_in_all_versions
@describe_as(ApiOperation(msg("The OpenAPI description"), {OPENAPI: "object"}))
def write_description() -> Response:
    """Return the OpenAPI document (OGC API Features, Part 1, 7.3)."""
    g.fixed = True
    response = Response(_encode_document(_find_application(), get_language(), request.script_root), content_type=OPENAPI)
    response.headers["Content-Language"] = find_locale_tag()
    return response


@blueprint.get("/docs")
@describe_as(ApiOperation(msg("A page to try the API"), {HTML: "page"}))
def show_docs() -> Response:
    """Return the page to try the API."""
    return Response(render_template("api/docs.html"), mimetype=HTML)


def _find_application() -> Flask:
    flask: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return flask


@lru_cache(maxsize=16)
def _encode_document(app: Flask, lang: labels.Language, prefix: str) -> bytes:
    return orjson.dumps(build_openapi_document(app, lang, prefix))


def build_openapi_document(app: Flask, lang: labels.Language, prefix: str = "") -> Part:
    """Return the complete document in a language, for a site under a path prefix."""
    paths: dict[str, Part] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.rule.startswith(f"{ROOT}/"):
            for path, collection in _list_paths(rule):
                paths.setdefault(path, {}).update(_build_operations(app, rule, collection, lang))
    return {
        "openapi": "3.0.3",
        "info": {
            "title": TEXTS["title"].in_language(lang),
            "description": labels.write_site_description(lang),
            "version": installed("lode"),
            "license": {"name": "Apache-2.0"},
        },
        "servers": [{"url": f"{prefix}{ROOT}"}],
        "tags": [{"name": name, "description": c.title.in_language(lang)} for name, c in COLLECTIONS.items()]
        + [{"name": "api", "description": "API"}],
        "paths": paths,
        "components": {
            "parameters": {name: _build_parameter(name, lang) for name in PARAMETERS},
            "responses": {status: _describe_refusal(status, text, lang) for status, text in STATUS.items()},
            "schemas": build_openapi_schemas(lang),
            "securitySchemes": {
                KEY: {"type": "apiKey", "in": "header", "name": HEADER, "description": KEY_TEXT.in_language(lang)}
            },
        },
        # a key is optional: it has higher rate limits
        "security": [{}, {KEY: []}],
    }


def _list_paths(rule: Rule) -> Iterator[tuple[str, Collection | None]]:
    """Yield the rule's path under the root, or for a rule of collections the path of each, as clients look for those."""
    path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(ROOT))
    if not path.startswith("/collections/{name}"):
        yield path, None
        return
    for collection in COLLECTIONS.values():
        yield path.replace("{name}", collection.name), collection


def _build_operations(app: Flask, rule: Rule, collection: Collection | None, lang: labels.Language) -> Part:
    methods = sorted((rule.methods or set()) & {"GET", "POST", "DELETE"})
    return {method.lower(): _build_operation(app, rule, collection, method, lang) for method in methods}


def _build_operation(app: Flask, rule: Rule, collection: Collection | None, method: str, lang: labels.Language) -> Part:
    described = describe_view(app.view_functions[rule.endpoint])
    tag = collection.name if collection is not None else "api"
    content = _build_content(described.responses, collection)
    part: Part = {
        "tags": [tag],
        "operationId": f"{tag}{described.suffix}" if described.suffix else _name(method, rule, collection),
        "summary": described.text.in_language(lang),
        "parameters": [*_list_path_parameters(rule, collection), *_list_query_parameters(described, collection, lang)],
        "responses": {
            described.done: {"description": described.text.in_language(lang), "content": content},
            **{status: {"$ref": f"#/components/responses/{status}"} for status in STATUS},
        },
    }
    for status, responses in described.also.items():
        part["responses"][status] = {
            "description": described.text.in_language(lang),
            "content": _build_content(responses, collection),
        }
    if described.needs_key:
        part["security"] = [{KEY: []}]
    if described.done == "201":
        part["responses"]["429"] = _describe_refusal("429", TOO_MANY, lang)
    if described.sent and collection is not None:
        sent = {part["name"]: part["schema"] for part in _list_row_parameters(OF_ITEMS, collection, lang, referred=False)}
        part["requestBody"] = {"required": True, "content": {JSON: {"schema": {"type": "object", "properties": sent}}}}
    if described.table:
        part["requestBody"] = {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}
    if described.body is not None:
        part["requestBody"] = {"required": True, "content": {JSON: {"schema": dict(described.body)}}}
    if described.file:
        part["requestBody"] = {"required": True, "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}}}
    return part


def _name(method: str, rule: Rule, collection: Collection | None) -> str:
    return "_".join((method.lower(), *rule.endpoint.split("."), *((collection.name,) if collection is not None else ())))


def _list_path_parameters(rule: Rule, collection: Collection | None) -> list[Part]:
    numbers = {"tileRow", "tileCol"}
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer" if name in numbers else "string"}}
        for name in sorted(rule.arguments)
        if collection is None or name != "name"
    ]


def _list_query_parameters(described: ApiOperation, collection: Collection | None, lang: labels.Language) -> list[Part]:
    if collection is None:
        chosen = [_build_reference(name) for name, parameter in PARAMETERS.items() if parameter.group in described.groups]
    else:
        chosen = _list_row_parameters(described.groups, collection, lang)
    refused = {_build_reference(name)["$ref"] for name in described.less}
    return [
        *(part for part in chosen if part.get("$ref") not in refused),
        *(_build_reference(name) for name in described.more),
        *(
            _build_own_parameter(own_parameter, lang) | {"required": own_parameter.name in described.needs}
            for own_parameter in described.own
        ),
    ]


def _list_row_parameters(
    groups: tuple[Group, ...], collection: Collection, lang: labels.Language, referred: bool = True
) -> list[Part]:
    """Return the parameters of some groups; a field that is not in the table is one too, inline and complete for QGIS."""
    row_parameters = []
    for name in list_taken_parameters(collection, groups):
        field = collection.field(name)
        parameter = PARAMETERS.get(name)
        # a field of the name of a parameter that the collection does not have, such as a year
        if parameter is not None and (
            field is None or parameter.collections is None or collection.name in parameter.collections
        ):
            row_parameters.append(_build_reference(name) if referred else _build_parameter(name, lang))
        elif field is not None:
            row_parameters.append(
                _build_query_parameter(
                    name,
                    {"type": "string" if field.type in ("array", "date") else field.type},
                    labels.title_field(field, lang),
                )
            )
    return row_parameters


def _build_reference(name: str) -> Part:
    return {"$ref": f"#/components/parameters/{name}"}


def _build_parameter(name: str, lang: labels.Language) -> Part:
    return _build_own_parameter(PARAMETERS[name], lang)


def _build_own_parameter(parameter: Parameter, lang: labels.Language) -> Part:
    return _build_query_parameter(parameter.name, parameter.schema, parameter.text.in_language(lang))


def _build_query_parameter(name: str, schema: Mapping[str, Any], text: str) -> Part:
    return {
        "name": name,
        "in": "query",
        "description": text,
        "required": False,
        "schema": dict(schema),
        "style": "form",
        "explode": False,
    }


def _describe_refusal(status: str, message: Message, lang: labels.Language) -> Part:
    text = message.in_language(lang)
    if status in ("303", "304"):
        return {"description": text}
    headers = {"headers": {name: _describe_header(name, lang) for name in HEADERS}} if status == "429" else {}
    return {"description": text, **headers, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}}}


def _describe_header(name: str, lang: labels.Language) -> Part:
    kind, text = HEADERS[name]
    return {"description": text.in_language(lang), "schema": {"type": kind}}


def _build_content(responses: Mapping[str, str], collection: Collection | None) -> Part:
    return {media: {"schema": _build_response_schema(schema, collection)} for media, schema in responses.items()}


def _build_response_schema(schema: str, collection: Collection | None) -> Part:
    of = f"{schema}_{collection.name}" if collection is not None and schema in ("features", "feature") else schema
    return {"$ref": f"#/components/schemas/{of}"}

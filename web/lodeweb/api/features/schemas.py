"""The properties of a collection: for filters (Part 3, queryables), as a schema (Part 5), for sorting (Part 8)."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, request

from lodebase.query.collections_ import Collection, Field, find_collection
from lodedata.messages import msg
from lodedata.vocab import load_vocabulary
from lodeweb.adapter.api_operation import ApiOperation, describe_as
from lodeweb.api.features import query_parameters
from lodeweb.http.representation import pinned
from lodeweb.http.representation.negotiation import HTML
from lodeweb.http.representation.responses import build_document_response
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language

blueprint = Blueprint("schemas", __name__, url_prefix="/api/collections")
SCHEMA = "application/schema+json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
MAX_LISTED_TERMS = 1_000
"""Maximum number of terms that are listed; a longer vocabulary is referenced by its address only."""
TITLES = {
    "id": msg("Identifier"),
    "geometry": msg("Position"),
    "queryables": msg("Filterable properties of %(records)s"),
    "schema": msg("Properties of %(records)s"),
    "sortables": msg("Sortable properties of %(records)s"),
    "feature": msg("A feature of %(records)s"),
}


@blueprint.before_request
def known_parameters() -> None:
    """Refuse parameters that are not defined here."""
    query_parameters.check_general_parameters(request.args)


@blueprint.get("/<name>/queryables")
@pinned.same_in_all_versions
@describe_as(ApiOperation(msg("Filterable properties"), {SCHEMA: "schema", HTML: "page"}))
def list_queryables(name: str) -> Response:
    """Return the properties that filters can use (OGC API Features, Part 3, 6.2)."""
    collection = find_collection(name)
    properties = {"id": _describe_identifier(), "geometry": _describe_geometry(collection)} | _build_properties(
        collection.fields
    )
    return _build_document(collection, "queryables", properties, additionalProperties=False)


@blueprint.get("/<name>/schema")
@pinned.same_in_all_versions
@describe_as(ApiOperation(msg("Properties"), {SCHEMA: "schema", HTML: "page"}))
def describe_properties(name: str) -> Response:
    """Return the properties of features, with their roles (OGC API Features, Part 5)."""
    collection = find_collection(name)
    roles = {"id": _describe_identifier() | {"x-ogc-role": "id", "readOnly": True}}
    place = {"geometry": _describe_geometry(collection) | {"x-ogc-role": "primary-geometry"}}
    properties = roles | place | _build_properties(collection.fields)
    for role, field in _list_roles(collection):
        properties[field]["x-ogc-role"] = role
    for number, part in enumerate(properties.values()):
        part["x-ogc-propertySeq"] = number
    return _build_document(collection, "schema", properties, required=["id"])


@blueprint.get("/<name>/schema/feature")
@pinned.same_in_all_versions
@describe_as(ApiOperation(msg("The schema of a feature"), {SCHEMA: "schema", HTML: "page"}))
def describe_feature(name: str) -> Response:
    """Return the schema of a feature as GeoJSON (OGC API Features, Part 1, describedby); any property may be null.

    GDAL reads the types of the fields here and accepts a single type per field, so null can't be listed.
    """
    collection = find_collection(name)
    parts = {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": _describe_identifier(),
        "geometry": _describe_geometry(collection),
        "properties": {"type": "object", "properties": _build_properties(collection.fields)},
    }
    return _build_document(collection, "feature", parts, required=list(parts))


@blueprint.get("/<name>/sortables")
@pinned.same_in_all_versions
@describe_as(ApiOperation(msg("Sortable properties"), {SCHEMA: "schema", HTML: "page"}))
def list_sortables(name: str) -> Response:
    """Return the properties that pages can be ordered by (OGC API Features, Part 8)."""
    collection = find_collection(name)
    properties = _build_properties(field for field in collection.fields if field.sortable)
    return _build_document(collection, "sortables", properties, additionalProperties=False)


def describe_field_schema(field: Field) -> dict[str, Any]:
    """Return a field as JSON Schema: its titles, type, unit and codes; the labels of the codes are under x-terms, once each."""
    lang = get_language()
    property_schema: dict[str, Any] = {
        "title": labels.title_field(field, lang),
        "x-title-en": field.title_en,
        "x-title-zh": field.title_zh,
    }
    content = {"type": "string"} | _list_codes(field)
    if field.type == "array":
        return property_schema | {"type": "array", "items": content}
    if field.type == "date":
        return property_schema | {"type": "string", "format": "date"}
    if field.type in ("number", "integer", "boolean"):
        content = {"type": field.type}
    if field.unit is not None:
        content |= {"x-ogc-unit": field.unit, "x-ogc-unitLang": "UCUM"}
    return property_schema | content


def _build_document(collection: Collection, what: str, properties: dict[str, Any], **more: Any) -> Response:
    titles = {
        "en": TITLES[what].filled(records=collection.kind.title_en.lower()).in_language("en"),
        "zh": TITLES[what].filled(records=collection.kind.title_zh).in_language("zh"),
    }
    body = {
        "$schema": DIALECT,
        "$id": request.base_url,
        "type": "object",
        "title": titles[get_language()],
        "x-title-en": titles["en"],
        "x-title-zh": titles["zh"],
        "properties": properties,
        "x-terms": {field.vocabulary: _list_terms(field.vocabulary) for field in collection.fields if _is_enumerated(field)},
        **more,
    }
    return build_document_response(body, "api/properties.html", SCHEMA, fixed=True, collection=collection)


def _build_properties(fields: Iterable[Field]) -> dict[str, dict[str, Any]]:
    return {field.name: describe_field_schema(field) for field in fields}


def _describe_identifier() -> dict[str, Any]:
    return _build_titled("id") | {"type": "string"}


def _describe_geometry(collection: Collection) -> dict[str, Any]:
    # no type next to the format: a geometry is no plain JSON value (Part 5, /req/schemas/properties)
    if collection.geometry is None:
        return _build_titled("geometry") | {"type": "null"}
    return _build_titled("geometry") | {
        "format": {"point": "geometry-point", "polygon": "geometry-multipolygon"}[collection.geometry]
    }


def _build_titled(name: str) -> dict[str, Any]:
    titles = {lang: TITLES[name].in_language(lang) for lang in ("en", "zh")}
    return {"title": titles[get_language()], "x-title-en": titles["en"], "x-title-zh": titles["zh"]}


def _list_roles(collection: Collection) -> Iterable[tuple[str, str]]:
    """Yield the properties that have a role, with it; a partial date is no instant."""
    dates = [field for field in collection.fields if field.name == collection.date_field and field.type == "date"]
    yield from (("primary-instant", field.name) for field in dates)
    if collection.kind.type_field is not None:
        yield "type", collection.kind.type_field


def _list_codes(field: Field) -> dict[str, Any]:
    """Return the codes of a field's vocabulary, and the address of their labels."""
    if field.vocabulary is None:
        return {}
    codes: dict[str, Any] = {"x-ogc-codelistUri": f"{request.url_root}api/vocabularies/{field.vocabulary}"}
    if _is_enumerated(field):
        codes["enum"] = [term.code for term in load_vocabulary(field.vocabulary)]
    return codes


def _is_enumerated(field: Field) -> bool:
    return field.vocabulary is not None and len(load_vocabulary(field.vocabulary)) <= MAX_LISTED_TERMS


def _list_terms(name: str | None) -> list[dict[str, str]]:
    """Return the terms of a vocabulary with both labels, and with the URI if there is one."""
    assert name is not None
    return [
        {"code": term.code, "label_en": term.label_en, "label_zh": term.label_zh} | ({"uri": term.uri} if term.uri else {})
        for term in load_vocabulary(name)
    ]

"""The schemas of the responses in the OpenAPI document."""

from typing import Any

from lodebase.jobs.job_store import STATES
from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.filters.figures import FIGURED
from lodeweb.i18n import labels

Part = dict[str, Any]


def build_openapi_schemas(lang: labels.Language) -> dict[str, Part]:
    """Return the schemas by name, with the titles of properties in a language."""
    links = {"type": "array", "items": {"$ref": "#/components/schemas/link"}}
    text = {"type": "string"}
    openapi_schemas: dict[str, Part] = {
        "page": {"type": "string"},
        "tile": {"type": "string", "format": "binary"},
        "file": {"type": "string", "format": "binary"},
        "object": {"type": "object"},
        "schema": _build_object({"type": text, "title": text, "properties": {"type": "object"}}, "type", "properties"),
        "link": _build_object(
            {"href": text, "rel": text, "type": text, "title": text, "templated": {"type": "boolean"}}, "href", "rel"
        ),
        "problem": _build_object(
            {"type": text, "title": text, "status": {"type": "integer"}, "detail": text}, "title", "status"
        ),
        "landing": _build_object({"title": text, "description": text, "links": links}, "links"),
        "job": _build_object(
            {
                **dict.fromkeys(("jobID", "processID", "type", "message"), text),
                "status": {"type": "string", "enum": list(STATES)},
                "progress": {"type": "integer", "minimum": 0, "maximum": 100},
                **dict.fromkeys(("created", "started", "finished", "updated"), {"type": "string", "format": "date-time"}),
                "links": links,
            },
            "jobID",
            "type",
            "status",
        ),
        "conformance": _build_object({"conformsTo": {"type": "array", "items": text}, "links": links}, "conformsTo"),
        "collection": _build_object(
            {
                **dict.fromkeys(("id", "title", "description", "itemType", "storageCrs"), text),
                "extent": {"type": "object"},
                "crs": {"type": "array", "items": text},
                "links": links,
            },
            "id",
            "links",
        ),
        "collections": _build_object(
            {"links": links, "collections": {"type": "array", "items": {"$ref": "#/components/schemas/collection"}}},
            "links",
            "collections",
        ),
    }
    return openapi_schemas | _build_collection_schemas(links, lang)


def _build_collection_schemas(links: Part, lang: labels.Language) -> dict[str, Part]:
    """Return the schemas of a feature and of a page of each collection."""
    openapi_schemas: dict[str, Part] = {}
    for name, collection in COLLECTIONS.items():
        openapi_schemas[f"feature_{name}"] = _build_feature(collection, links, lang)
        openapi_schemas[f"features_{name}"] = _build_object(
            {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                "features": {"type": "array", "items": {"$ref": f"#/components/schemas/feature_{name}"}},
                "links": links,
                "timeStamp": {"type": "string", "format": "date-time"},
                "numberMatched": {"type": "integer", "minimum": 0},
                "numberReturned": {"type": "integer", "minimum": 0},
                **({"numberWithoutFigure": {"type": "integer", "minimum": 0}} if name in FIGURED else {}),
            },
            "type",
            "features",
        )
    return openapi_schemas


def _build_feature(collection: Collection, links: Part, lang: labels.Language) -> Part:
    properties: dict[str, Part] = {}
    for field in collection.fields:
        kind: Part = {"type": "string" if field.type == "date" else field.type}
        if field.type == "array":
            kind["items"] = {"type": "string"}
        if field.type == "date":
            kind["format"] = "date"
        properties[field.name] = {"title": labels.title_field(field, lang), "nullable": True, **kind}
    geometry = _build_object({"type": {"type": "string"}, "coordinates": {"type": "array", "items": {}}}, "type", "coordinates")
    return _build_object(
        {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": geometry | {"nullable": True},
            "properties": _build_object(properties),
            "links": links,
        },
        "type",
        "id",
        "geometry",
        "properties",
    )


def _build_object(properties: dict[str, Part], *required: str) -> Part:
    return {"type": "object", "properties": properties} | ({"required": list(required)} if required else {})

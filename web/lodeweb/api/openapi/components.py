"""The schemas of the OpenAPI document: responses, and the planned plant that is sent."""

from typing import Any

from lodebase.jobs.job_store import STATES
from lodebase.layout.planned.candidate import ORIGINS
from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.parameters.declarations import FIGURED
from lodedata.layout.feedstock import MATERIALS
from lodedata.layout.products import PRODUCTS
from lodedata.rules.quantities import DECLARED
from lodedata.vocab import vocabulary
from lodeweb.i18n import labels

Part = dict[str, Any]
CANDIDATE: Part = {
    "type": "object",
    "required": ["type", "geometry", "properties"],
    "properties": {
        "type": {"type": "string", "enum": ["Feature"]},
        "geometry": {
            "type": "object",
            "required": ["type", "coordinates"],
            "properties": {
                "type": {"type": "string", "enum": ["Point", "Polygon"]},
                "coordinates": {"type": "array", "items": {}},
            },
        },
        "properties": {
            "type": "object",
            "required": ["product", "capacity_tpa"],
            "properties": {
                "product": {"type": "string", "enum": list(PRODUCTS)},
                "capacity_tpa": {"type": "number", "description": "Tonnes of product a year."},
                "project_type": {"type": "string", "enum": [term.code for term in vocabulary("phase-type")]},
                "on": {"type": "string", "format": "date", "description": "The day whose rules count; today when not given."},
                "radius_km": {"type": "array", "items": {"type": "number"}, "maxItems": 8},
                "accuracy_m": {"type": "number"},
                "feedstock": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["material"],
                        "properties": {
                            "material": {"type": "string", "enum": list(MATERIALS)},
                            "origin": {"type": "string", "enum": list(ORIGINS)},
                            "equity_pct": {"type": "number"},
                            "contract_pct": {"type": "number"},
                        },
                    },
                },
                "declared": {"type": "object", "properties": {code: {"type": "number"} for code in DECLARED}},
                "energy": {"type": "number", "description": "kgce per tonne of product."},
                "phases": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["capacity_tpa"],
                        "properties": {"capacity_tpa": {"type": "number"}},
                    },
                },
                **{name: {"type": "string"} for name in ("technology", "owner", "name", "division", "lang")},
            },
        },
    },
}
"""A planned plant as GeoJSON."""


def schemas(lang: labels.Language) -> dict[str, Part]:
    """Return the schemas by name, with the titles of properties in a language."""
    links = {"type": "array", "items": {"$ref": "#/components/schemas/link"}}
    text = {"type": "string"}
    made: dict[str, Part] = {
        "page": {"type": "string"},
        "tile": {"type": "string", "format": "binary"},
        "file": {"type": "string", "format": "binary"},
        "object": {"type": "object"},
        "schema": _object({"type": text, "title": text, "properties": {"type": "object"}}, "type", "properties"),
        "link": _object(
            {"href": text, "rel": text, "type": text, "title": text, "templated": {"type": "boolean"}}, "href", "rel"
        ),
        "problem": _object({"type": text, "title": text, "status": {"type": "integer"}, "detail": text}, "title", "status"),
        "landing": _object({"title": text, "description": text, "links": links}, "links"),
        "job": _object(
            {
                **dict.fromkeys(("jobID", "processID", "type", "message"), text),
                "status": {"type": "string", "enum": list(STATES)},
                "progress": {"type": "integer", "minimum": 0, "maximum": 100},
                **dict.fromkeys(("created", "started", "finished", "updated"), {"type": "string", "format": "date-time"}),
                "links": links,
            },
            *("jobID", "type", "status"),
        ),
        "conformance": _object({"conformsTo": {"type": "array", "items": text}, "links": links}, "conformsTo"),
        "collection": _object(
            {
                **dict.fromkeys(("id", "title", "description", "itemType", "storageCrs"), text),
                "extent": {"type": "object"},
                "crs": {"type": "array", "items": text},
                "links": links,
            },
            "id",
            "links",
        ),
        "collections": _object(
            {"links": links, "collections": {"type": "array", "items": {"$ref": "#/components/schemas/collection"}}},
            "links",
            "collections",
        ),
    }
    for name, collection in COLLECTIONS.items():
        made[f"feature_{name}"] = _feature(collection, links, lang)
        made[f"features_{name}"] = _object(
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
    return made


def _feature(collection: Collection, links: Part, lang: labels.Language) -> Part:
    properties: dict[str, Part] = {}
    for field in collection.fields:
        kind: Part = {"type": "string" if field.type == "date" else field.type}
        if field.type == "array":
            kind["items"] = {"type": "string"}
        if field.type == "date":
            kind["format"] = "date"
        properties[field.name] = {"title": labels.title(field, lang), "nullable": True, **kind}
    geometry = _object({"type": {"type": "string"}, "coordinates": {"type": "array", "items": {}}}, "type", "coordinates")
    return _object(
        {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string"},
            "geometry": geometry | {"nullable": True},
            "properties": _object(properties),
            "links": links,
        },
        *("type", "id", "geometry", "properties"),
    )


def _object(properties: dict[str, Part], *required: str) -> Part:
    return {"type": "object", "properties": properties} | ({"required": list(required)} if required else {})

"""The JSON schema of a planned plant, a GeoJSON Feature."""

from collections.abc import Mapping
from typing import Any

from lodebase.layout.planned.candidate import ORIGINS
from lodedata.layout.feedstock import MATERIALS
from lodedata.layout.products import PRODUCTS
from lodedata.rules.quantities import DECLARED
from lodedata.vocab import load_vocabulary

CANDIDATE: Mapping[str, Any] = {
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
                "project_type": {"type": "string", "enum": [term.code for term in load_vocabulary("phase-type")]},
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

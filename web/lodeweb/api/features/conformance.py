"""The conformance classes that Lode implements, and the module that implements each; only classes that work are declared."""

from collections.abc import Mapping
from types import MappingProxyType

SPEC = "http://www.opengis.net/spec/"

_IMPLEMENTED: Mapping[str, tuple[tuple[str, ...], str]] = {
    "ogcapi-common-1/1.0": (("core", "landing-page", "json", "html", "oas30"), "catalog, openapi, responses"),
    "ogcapi-common-2/1.0": (("collections",), "catalog"),
    "ogcapi-features-1/1.0": (("core", "oas30", "html", "geojson"), "items, records, openapi"),
    "ogcapi-features-2/1.0": (("crs",), "crs, params"),
    "ogcapi-features-3/1.0": (
        ("queryables", "queryables-query-parameters", "filter", "features-filter"),
        "schemas, params",
    ),
    "cql2/1.0": (
        (
            *("cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators"),
            *("case-insensitive-comparison", "accent-insensitive-comparison"),
            # QGIS before 3.44 looks for the name of the draft: basic-spatial-operators
            *("basic-spatial-operators", "basic-spatial-functions", "basic-spatial-functions-plus", "spatial-functions"),
            *("temporal-functions", "array-functions", "property-property", "arithmetic"),
        ),
        "lodebase.query.cql2",
    ),
    "ogcapi-features-5/1.0": (
        ("schemas", "core-roles-features", "returnables-and-receivables", "queryables", "sortables"),
        "schemas",
    ),
    "ogcapi-features-8/1.0": (("sortables", "sorting", "features-sorting"), "schemas, params"),
    "ogcapi-processes-1/1.0": (
        ("core", "ogc-process-description", "json", "oas30", "job-list", "dismiss"),
        "processes.descriptions, processes.execution, processes.jobs",
    ),
    "ogcapi-records-1/1.0": (
        (
            "record-core",
            "record-collection",
            "record-core-query-parameters",
            "records-api",
            "searchable-catalog",
            "sorting",
            "json",
            "oas30",
        ),
        "catalogue.records",
    ),
    "ogcapi-tiles-1/1.0": (("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30"), "tiles"),
}

CLASSES: Mapping[str, str] = MappingProxyType(
    {f"{SPEC}{standard}/conf/{name}": where for standard, (names, where) in _IMPLEMENTED.items() for name in names}
)
"""The module that implements each class, by the class's URI."""

"""Operations that describe the data: collections, schemas, sources, data sets, changes and quality."""

from collections.abc import Mapping

from lodebase.desk.decisions.open_pairs import STATES
from lodebase.query.change_selection import CHANGING
from lodebase.query.parameters.declarations import OF_FILES, OF_ROWS, PARAMETERS, Parameter
from lodedata.messages import msg
from lodeweb.adapter.api_operation import ApiOperation, format_parameter, of_json
from lodeweb.api.catalogue import iso
from lodeweb.api.catalogue.changes import ATOM, NDJSON
from lodeweb.api.catalogue.downloads_of_kinds import KINDS
from lodeweb.api.catalogue.records import CATALOGUE_JSON
from lodeweb.api.features.catalog import OPENAPI
from lodeweb.api.features.schemas import SCHEMA
from lodeweb.http.representation.negotiation import GEOJSON, HTML, JSON

_LIST = {"type": "array", "items": {"type": "string"}}
_COUNTED = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
_OF_PAIRS = (
    Parameter(
        "state",
        "general",
        {"type": "string", "enum": list(STATES)},
        msg("The state of the pairs; by default those that wait for review."),
    ),
    Parameter("limit", "general", _COUNTED, msg("The maximum number to return.")),
    Parameter("offset", "general", _COUNTED, msg("The number to skip.")),
)
_COLLECTIONS = Parameter(
    "collections",
    "general",
    {"type": "array", "items": {"type": "string", "enum": list(KINDS)}},
    msg("The kinds; by default all of the map. The filters must be those that all of them have."),
)
_PRICES = {
    "price_change": msg("With collection=statistics: only releases with a price that moved by at least so many per cent."),
    "price_above": msg("With collection=statistics: only releases with a price that rose above this amount of its unit."),
    "price_below": msg("With collection=statistics: only releases with a price that fell below this amount of its unit."),
}
OPERATIONS: Mapping[str, ApiOperation] = {
    "catalog.landing": ApiOperation(msg("The landing page"), of_json("landing")),
    "catalog.conformance": ApiOperation(msg("The conformance classes that are implemented"), of_json("conformance")),
    "catalog.collections": ApiOperation(msg("The collections"), of_json("collections")),
    "catalog.one": ApiOperation(msg("The collection: extent, coordinate systems, links"), of_json("collection")),
    "catalog.sources": ApiOperation(msg("The sources with their licences"), of_json("object")),
    "catalog.record": ApiOperation(msg("A raw record of a source"), of_json("object")),
    "catalog.vocabularies": ApiOperation(msg("The vocabularies"), of_json("object")),
    "catalog.vocabulary": ApiOperation(msg("The terms of a vocabulary"), of_json("object")),
    "schemas.queryables": ApiOperation(msg("Filterable properties"), {SCHEMA: "schema", HTML: "page"}),
    "schemas.schema": ApiOperation(msg("Properties"), {SCHEMA: "schema", HTML: "page"}),
    "schemas.feature": ApiOperation(msg("The schema of a feature"), {SCHEMA: "schema", HTML: "page"}),
    "schemas.sortables": ApiOperation(msg("Sortable properties"), {SCHEMA: "schema", HTML: "page"}),
    "datasets.catalogue": ApiOperation(
        msg("The data sets, in DCAT 3 as JSON-LD"), {"application/ld+json": "object", HTML: "page"}
    ),
    "dataset_records.catalogue": ApiOperation(
        msg("The catalogue of data sets: a collection of records"),
        {JSON: "collection", CATALOGUE_JSON: "collection", HTML: "page"},
    ),
    "dataset_records.items": ApiOperation(
        msg("The data sets that match, as records"),
        {GEOJSON: "object", HTML: "page"},
        more=("bbox", "bbox-crs", "crs", "datetime", "limit", "sortby"),
        own=(
            Parameter("offset", "page", _COUNTED, msg("The number to skip.")),
            Parameter("q", "filter", _LIST, msg("Terms of title, description or name; commas between terms mean or.")),
            Parameter("type", "filter", _LIST, msg("Types of resources; all records here are of the type dataset.")),
            Parameter("ids", "filter", _LIST, msg("Identifiers of records.")),
            Parameter(
                "externalIds",
                "filter",
                {"type": "array", "items": {"type": "string", "pattern": "([^:]+:)?[^:]+"}},
                msg("External identifiers, such as lode-source:icmm-global-mining."),
            ),
        ),
    ),
    "dataset_records.sortables": ApiOperation(msg("Sortable properties"), {SCHEMA: "schema", HTML: "page"}),
    "dataset_records.item": ApiOperation(msg("The record of one data set"), {GEOJSON: "object"}, more=("crs",)),
    "datasets.record": ApiOperation(
        msg("One data set as a record, or in ISO 19139 or ISO 19115-3"),
        {GEOJSON: "object", iso.XML: "page"},
        more=("crs",),
        less=("f",),
        own=(format_parameter("json", "html", *iso.FORMS),),
    ),
    "datasets.versions": ApiOperation(msg("The versions of the data"), {JSON: "object"}),
    "changes.changes": ApiOperation(
        msg("Records and releases of statistics added, changed, merged and withdrawn after a version, with old and new values"),
        {NDJSON: "page", HTML: "page", ATOM: "page"},
        own=(
            Parameter(
                "since",
                "moment",
                {"type": "string"},
                msg("The version, date or time after which changes are returned."),
            ),
            Parameter(
                "until",
                "moment",
                {"type": "string"},
                msg("The version, date or time up to which changes are returned; by default the latest version."),
            ),
            Parameter(
                "collection",
                "filter",
                {"type": "array", "items": {"type": "string", "enum": list(CHANGING)}},
                msg("The collections, and statistics; by default all. With a single one, its filters can be used too."),
            ),
            *(
                Parameter(name, "filter", {"type": "number", "minimum": 0, "exclusiveMinimum": True}, text)
                for name, text in _PRICES.items()
            ),
            Parameter("limit", "page", PARAMETERS["limit"].schema, msg("The maximum number of changes.")),
            Parameter(
                "after",
                "page",
                {"type": "string"},
                msg("The start of the page; taken from a link to the next page."),
            ),
            format_parameter("ndjson", "html", "atom"),
        ),
        less=("f",),
    ),
    "downloads_of_kinds.download": ApiOperation(
        msg("All records of several kinds that match, as one file: a sheet, layer or CSV for each kind"),
        {"application/octet-stream": "file"},
        OF_FILES,
        more=("crs", "properties", "sortby", "lang"),
        less=("package", "since"),
        own=(_COLLECTIONS,),
    ),
    "downloads_of_kinds.contents": ApiOperation(
        msg("What a file of the records that match holds: licences with what they allow, zones of the positions"),
        of_json("object"),
        OF_ROWS,
        own=(_COLLECTIONS,),
    ),
    "datasets.datacite": ApiOperation(msg("The DataCite metadata of one data set"), {JSON: "object"}),
    "quality.data": ApiOperation(
        msg("The quality of the data: completeness, flags, ageing, conflicts, reports, record matching"),
        of_json("object"),
    ),
    "quality.pairs": ApiOperation(
        msg("The pairs of source rows behind the figures of record matching: waiting, judged or labelled"),
        of_json("object"),
        own=_OF_PAIRS,
    ),
    "openapi.description": ApiOperation(msg("The OpenAPI description"), {OPENAPI: "object"}),
    "openapi.docs": ApiOperation(msg("A page to try the API"), {HTML: "page"}),
}

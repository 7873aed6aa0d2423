"""Responses and parameters of each route of the app, for the OpenAPI document: one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lodebase.desk.open_pairs import STATES
from lodebase.layout.report_formats import REPORT_FORMATS as REPORTS
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.parameters.declarations import OF_FILES, OF_ITEMS, OF_ROWS, PARAMETERS, Group, Parameter
from lodebase.search import lookup
from lodebase.series import observation_files
from lodebase.statistics.distribution import SCALES
from lodedata.layout.products import PRODUCTS
from lodedata.messages import Message, msg
from lodedata.write import FORMATS
from lodeweb.api.catalogue.changes import ATOM, NDJSON
from lodeweb.api.features.catalog import OPENAPI
from lodeweb.api.features.schemas import SCHEMA
from lodeweb.api.lists.check import CSV, PDF
from lodeweb.api.openapi.components import CANDIDATE
from lodeweb.http.negotiation import GEOJSON, HTML, JSON

MVT = "application/vnd.mapbox-vector-tile"


@dataclass(frozen=True, slots=True)
class ApiOperation:
    """The operation of a route: a sentence, the schema by media type, and its parameters."""

    text: Message
    responses: Mapping[str, str]
    groups: tuple[Group, ...] = ("general",)
    """The groups of parameters from the table that it accepts."""
    more: tuple[str, ...] = ()
    """Names of parameters from the table that it accepts in addition."""
    less: tuple[str, ...] = ()
    """Names of parameters of those groups that it does not accept."""
    own: tuple[Parameter, ...] = ()
    """Parameters that only this operation accepts."""
    needs: tuple[str, ...] = ()
    """Names of its own parameters that are required."""
    suffix: str = ""
    """The end of the operation's name that a standard requires."""
    done: str = "200"
    """The status of success."""
    sent: bool = False
    """Whether the parameters of all groups are sent as a JSON object instead."""
    file: bool = False
    """Whether a file is sent."""
    table: bool = False
    """Whether a CSV is sent."""
    body: Mapping[str, Any] | None = None
    """The schema of the JSON that is sent."""


def _of_json(schema: str) -> Mapping[str, str]:
    return {JSON: schema, HTML: "page"}


def _format(*names: str) -> Parameter:
    return Parameter("f", "general", {"type": "string", "enum": names}, msg("The format of the response."))


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
_OF = Parameter(
    "of",
    "filter",
    {"type": "string"},
    msg("The commodity whose figures are returned; by default the one with the most estimates."),
)
_TEXT = {"type": "string"}
_FORMS = _format("json", "html", *REPORTS)
_VERSION = Parameter(
    "version",
    "general",
    {"type": "integer", "minimum": 1},
    msg("A version of the data; by default the latest."),
)
_REPORT = {JSON: "object", HTML: "page", **{form.media_type: "file" for form in REPORTS.values()}, GEOJSON: "object"}
_ON_DAYS = Parameter(
    "on",
    "filter",
    _TEXT,
    msg("Dates, separated by commas; by default 2006, 2014, 2019 and 2026."),
)
_LIST_DAY = Parameter("date", "filter", {"type": "string", "format": "date"}, msg("The day; by default today."))
_LISTS = Parameter("list", "filter", _TEXT, msg("Codes of lists, separated by commas; by default all."))
_PRODUCT = Parameter("product", "filter", {"type": "string", "enum": list(PRODUCTS)}, msg("The product."))
_AREA = (
    Parameter("country", "filter", _TEXT, msg("The ISO 3166-1 alpha-3 code of the country; by default CHN.")),
    Parameter("within", "filter", _TEXT, msg("A polygon as WKT, instead of the country.")),
)
_COLLECTION_OF_REPORTS = Parameter(
    "collection",
    "filter",
    _TEXT,
    msg("The collection of reports to save it to; by default a new one."),
)
_NOTE = Parameter("note", "filter", {"type": "string", "maxLength": 200}, msg("A note to store with the report."))
_WITH = Parameter("with", "filter", _TEXT, msg("The number of another report of the collection, or now."))
_PERIOD = {"type": "string", "example": "2021"}
_AS_OF = Parameter(
    "as_of",
    "filter",
    {"type": "string", "format": "date"},
    msg("The day on which releases were known; by default the latest release of each value is returned."),
)
_DIMENSIONS = {
    "source": msg("The source of the series."),
    "indicator": msg("The indicator, such as production, reserves or price."),
    "commodity": msg("The commodity or the aggregate of commodities."),
    "stage": msg("The stage of processing, such as mine or refinery."),
    "basis": msg("The basis of quantities, such as content or gross."),
    "area": msg("The area: ISO 3166-1 alpha-3, a province such as CN-36, WLD, WLD-rounded or rest."),
    "freq": msg("The frequency: A, Q or M."),
    "transformation": msg("The transformation, such as level or yoy-published."),
    "unit": msg("The unit of the series."),
}
_OF_SERIES = tuple(Parameter(name, "filter", _TEXT, text) for name, text in _DIMENSIONS.items())
_SEARCHED = (
    Parameter("q", "filter", _TEXT, msg("A text in the labels of the series.")),
    Parameter("limit", "page", {"type": "integer", "minimum": 1}, msg("The maximum number to return.")),
)
_ONE_COMMODITY = tuple(one for one in _OF_SERIES if one.name in ("commodity", "stage"))
FEATURES = {GEOJSON: "features", HTML: "page"}
OPERATIONS: Mapping[str, ApiOperation] = {
    "catalog.landing": ApiOperation(msg("The landing page"), _of_json("landing")),
    "catalog.conformance": ApiOperation(msg("The conformance classes that are implemented"), _of_json("conformance")),
    "catalog.collections": ApiOperation(msg("The collections"), _of_json("collections")),
    "catalog.one": ApiOperation(msg("The collection: extent, coordinate systems, links"), _of_json("collection")),
    "catalog.sources": ApiOperation(msg("The sources with their licences"), _of_json("object")),
    "catalog.record": ApiOperation(msg("A raw record of a source"), _of_json("object")),
    "catalog.vocabularies": ApiOperation(msg("The vocabularies"), _of_json("object")),
    "catalog.vocabulary": ApiOperation(msg("The terms of a vocabulary"), _of_json("object")),
    "schemas.queryables": ApiOperation(msg("Filterable properties"), {SCHEMA: "schema", HTML: "page"}),
    "schemas.schema": ApiOperation(msg("Properties"), {SCHEMA: "schema", HTML: "page"}),
    "schemas.feature": ApiOperation(msg("The schema of a feature"), {SCHEMA: "schema", HTML: "page"}),
    "schemas.sortables": ApiOperation(msg("Sortable properties"), {SCHEMA: "schema", HTML: "page"}),
    "items.items": ApiOperation(msg("The records that match, in pages"), FEATURES, OF_ITEMS),
    "items.by_post": ApiOperation(msg("The same, with the parameters as a JSON object in the body"), FEATURES, (), sent=True),
    "items.one": ApiOperation(msg("One record"), {GEOJSON: "feature", HTML: "page"}, more=("crs", "profile", "as_of")),
    "downloads.download": ApiOperation(
        msg("All records that match, as a file"),
        {form.media_type: "object" if form.media_type == GEOJSON else "file" for form in FORMATS.values()},
        OF_FILES,
        more=("crs", "properties", "sortby", "lang"),
    ),
    "datasets.catalogue": ApiOperation(
        msg("The data sets, in DCAT 3 as JSON-LD"), {"application/ld+json": "object", HTML: "page"}
    ),
    "datasets.records": ApiOperation(msg("The data sets as records"), {GEOJSON: "object"}),
    "datasets.record": ApiOperation(msg("One data set as a record"), {GEOJSON: "object"}),
    "datasets.versions": ApiOperation(msg("The versions of the data"), {JSON: "object"}),
    "changes.changes": ApiOperation(
        msg("The records added, changed, merged and withdrawn after a version, with old and new values"),
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
                {"type": "array", "items": {"type": "string", "enum": list(COLLECTIONS)}},
                msg("The collections; by default all. With a single one, its filters can be used too."),
            ),
            Parameter("limit", "page", PARAMETERS["limit"].schema, msg("The maximum number of changes.")),
            Parameter(
                "after",
                "page",
                {"type": "string"},
                msg("The start of the page; taken from a link to the next page."),
            ),
            _format("ndjson", "html", "atom"),
        ),
        less=("f",),
    ),
    "datasets.datacite": ApiOperation(msg("The DataCite metadata of one data set"), {JSON: "object"}),
    "facets.of_collection": ApiOperation(
        msg("The number of matching records by value of a field"),
        _of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(
            _format("json", "html"),
            Parameter(
                "facets",
                "filter",
                {"type": "string"},
                msg("The fields to count by, separated by commas."),
            ),
            Parameter(
                "facet_limit",
                "filter",
                {"type": "integer", "minimum": 1},
                msg("The maximum number of values of each field."),
            ),
        ),
    ),
    "charts.grade_tonnage": ApiOperation(
        msg("Grade and tonnage: of each record the largest single estimate that has both"),
        _of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(_format("json", "html"), _OF),
    ),
    "charts.contained": ApiOperation(
        msg("Contained metal by class, each class separately"),
        _of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(_format("json", "html"), _OF),
    ),
    "charts.distributed": ApiOperation(
        msg("The number of records by interval of a figure"),
        _of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(
            _format("json", "html"),
            Parameter(
                "figure",
                "filter",
                {"type": "string", "enum": list(SCALES)},
                msg("The figure by which records are counted."),
            ),
        ),
        needs=("figure",),
    ),
    "search.suggestions": ApiOperation(
        msg("Records, zones and terms by any of their names, best first"),
        _of_json("object"),
        less=("f",),
        own=(
            _format("json", "html"),
            Parameter(
                "q",
                "filter",
                {"type": "string", "minLength": 1, "maxLength": lookup.LONGEST},
                msg("A name or the beginning of one, in English, Chinese or pinyin."),
            ),
            Parameter(
                "limit",
                "page",
                {"type": "integer", "minimum": 1, "maximum": lookup.MOST, "default": lookup.DEFAULT},
                msg("The maximum number of suggestions."),
            ),
            Parameter(
                "kind",
                "filter",
                {"type": "array", "items": {"type": "string", "enum": list(lookup.KINDS)}},
                msg("The kinds to find."),
            ),
        ),
        needs=("q",),
    ),
    "layout_pairs.of_product": ApiOperation(
        msg("Pairs and clusters of sites of one product, provinces ranked, and H3 cells; as GeoJSON the map's layers"),
        {JSON: "object", HTML: "page", GEOJSON: "object"},
        less=("f",),
        own=(
            _format("json", "geojson", "html"),
            _VERSION,
            _PRODUCT,
            Parameter(
                "within_km",
                "filter",
                {"type": "number", "minimum": 1, "maximum": 500},
                msg("The largest distance of a pair, in km."),
            ),
            *_AREA,
            Parameter(
                "resolution",
                "filter",
                {"type": "integer", "minimum": 0, "maximum": 5},
                msg("The resolution of the H3 grid."),
            ),
        ),
        needs=("product",),
    ),
    "layout_siting.of_product": ApiOperation(
        msg("The number of rules that a plant would meet, not meet or lack data for in each H3 cell: counts, never a verdict"),
        {JSON: "object", HTML: "page", GEOJSON: "object"},
        less=("f",),
        own=(
            _format("json", "geojson", "html"),
            _VERSION,
            _PRODUCT,
            Parameter(
                "capacity_tpa",
                "filter",
                {"type": "number", "minimum": 0},
                msg("The capacity in tonnes a year; by default the median of the plants that operate in the area."),
            ),
            *_AREA,
            Parameter(
                "resolution",
                "filter",
                {"type": "integer", "minimum": 0, "maximum": 5},
                msg("The resolution of the H3 grid; up to 1,500 cells."),
            ),
            Parameter("on", "filter", {"type": "string", "format": "date"}, msg("The date; by default today.")),
        ),
        needs=("product",),
    ),
    "layout_rules.rules": ApiOperation(
        msg("The rules of the layout check, each with its legal status on a date"),
        _of_json("object"),
        own=(
            Parameter("on", "filter", {"type": "string", "format": "date"}, msg("The date; by default today.")),
            Parameter("product", "filter", {"type": "string", "enum": list(PRODUCTS)}, msg("Rules of one product.")),
        ),
    ),
    "layout_check.check": ApiOperation(
        msg("The report on the planned plant in the query string: findings with rule, figure and source, never an approval"),
        _REPORT,
        less=("f",),
        own=(
            _FORMS,
            _VERSION,
            Parameter("candidate", "filter", _TEXT, msg("A GeoJSON Feature as JSON.")),
        ),
        needs=("candidate",),
    ),
    "layout_check.post": ApiOperation(
        msg("The report on each planned plant of the body, a Feature or a FeatureCollection of up to 20"),
        _REPORT,
        less=("f",),
        own=(_FORMS, _VERSION),
        body=CANDIDATE,
    ),
    "layout_check.of_days": ApiOperation(
        msg("The findings on a planned plant under the rules of several dates"),
        _of_json("object"),
        less=("f",),
        own=(
            _format("json", "html"),
            _VERSION,
            _ON_DAYS,
            Parameter("candidate", "filter", _TEXT, msg("A GeoJSON Feature as JSON.")),
        ),
        needs=("candidate",),
    ),
    "lists_check.check": ApiOperation(
        msg(
            "Whether a firm is on condition lists on a day: listed, withdrawn, under rectification, not listed, not known here"
        ),
        {JSON: "object", HTML: "page", PDF: "file"},
        less=("f",),
        own=(
            _format("json", "html", "pdf"),
            _VERSION,
            Parameter("name", "filter", _TEXT, msg("The full name of the firm.")),
            Parameter("uscc", "filter", _TEXT, msg("The unified social credit code of the firm.")),
            Parameter("project", "filter", _TEXT, msg("The id of a project, whose owners are checked.")),
            Parameter("province", "filter", _TEXT, msg("The province of the firm, by name or ISO 3166-2 code.")),
            _LIST_DAY,
            _LISTS,
        ),
    ),
    "lists_check.check_table": ApiOperation(
        msg("The same for each row of a CSV of up to 10,000 rows with the columns name, uscc, project, province, date, list"),
        {CSV: "file"},
        own=(_VERSION, _LIST_DAY, _LISTS),
        table=True,
    ),
    "layout_saved_reports.save_from_api": ApiOperation(
        msg("Save the report on the planned plant of the body, under a URL that nobody can guess"),
        _of_json("object"),
        less=("f",),
        own=(_format("json", "html"), _VERSION, _COLLECTION_OF_REPORTS, _NOTE),
        body=CANDIDATE,
        done="201",
    ),
    "layout_saved_reports.collection_data": ApiOperation(msg("The saved reports of a collection"), _of_json("object")),
    "layout_saved_reports.one_data": ApiOperation(msg("A saved report, unchanged"), _REPORT, less=("f",), own=(_FORMS,)),
    "layout_saved_reports.compare_data": ApiOperation(
        msg("The differences between a saved report and another one, or today"),
        _of_json("object"),
        own=(_WITH,),
    ),
    "areas.read": ApiOperation(
        msg("The area of the polygons in the text or file of the body, for within"),
        _of_json("object"),
        less=("f",),
        own=(
            _format("json", "html"),
            Parameter("name", "filter", {"type": "string"}, msg("The file's name.")),
        ),
        file=True,
    ),
    "tiles.grids": ApiOperation(msg("The tile matrix sets"), _of_json("object"), less=("f",), own=(_format("json", "html"),)),
    "tiles.grid": ApiOperation(
        msg("The Web Mercator tile matrix set"), _of_json("object"), less=("f",), own=(_format("json", "html"),)
    ),
    "tiles.tilesets": ApiOperation(
        msg("The tilesets"),
        _of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(_format("json", "html"),),
        suffix=".collection.vector.getTileSetsList",
    ),
    "tiles.tileset": ApiOperation(
        msg("The tileset, or as TileJSON"),
        _of_json("object"),
        OF_ROWS,
        less=("nearest", "f"),
        own=(_format("json", "tilejson", "html"),),
        suffix=".collection.vector.getTileSet",
    ),
    "tiles.tile": ApiOperation(
        msg("A vector tile"),
        {MVT: "tile"},
        OF_ROWS,
        less=("nearest", "f"),
        own=(_format("mvt"),),
        suffix=".collection.vector.getTile",
    ),
    "schedule.data": ApiOperation(
        msg("The schedule of projects: milestones by phase with lights, capacity that arrives, delays and lead times"),
        {JSON: "object", HTML: "page", "text/csv": "file", "text/calendar": "file", "application/atom+xml": "file"},
        OF_ROWS,
        less=("f",),
        own=(
            _format("json", "html", "csv", "ics", "atom"),
            Parameter(
                "date",
                "filter",
                {"type": "string", "format": "date"},
                msg("The day from which the schedule is seen; today if left out."),
            ),
        ),
    ),
    "statistics.series": ApiOperation(
        msg("The series that match, with the number by value of each dimension"),
        _of_json("object"),
        less=("f",),
        own=(_format("json", "html"), *_OF_SERIES, *_SEARCHED),
    ),
    "statistics.observations": ApiOperation(
        msg("The observations that match, with the text that was printed and its flags"),
        {JSON: "object", HTML: "page", **{form.media_type: "file" for form in observation_files.FORMATS.values()}},
        less=("f",),
        own=(
            _format("json", "html", *observation_files.FORMATS),
            *_OF_SERIES,
            *_SEARCHED,
            Parameter("from", "filter", _PERIOD, msg("The first period.")),
            Parameter("to", "filter", _PERIOD, msg("The last period.")),
            _AS_OF,
            Parameter(
                "releases",
                "filter",
                {"type": "string", "enum": ["latest", "all"], "default": "latest"},
                msg("Whether the values of earlier releases are returned too."),
            ),
        ),
    ),
    "statistics.concentration": ApiOperation(
        msg("The shares of countries by year, with the Herfindahl-Hirschman index as a range"),
        _of_json("object"),
        less=("f",),
        own=(
            _format("json", "html"),
            *(one for one in _OF_SERIES if one.name in ("commodity", "stage", "source", "indicator")),
            _AS_OF,
        ),
        needs=("commodity", "stage", "source"),
    ),
    "statistics.reserves": ApiOperation(
        msg("Reserves by country and their ratio to production, which is no lifetime"),
        _of_json("object"),
        less=("f",),
        own=(_format("json", "html"), _ONE_COMMODITY[0], _AS_OF),
        needs=("commodity",),
    ),
    "statistics.coverage": ApiOperation(
        msg("The capacity of Lode's projects next to the output of an area"),
        _of_json("object"),
        less=("f",),
        own=(_format("json", "html"), *_ONE_COMMODITY, *(one for one in _OF_SERIES if one.name == "area"), _AS_OF),
        needs=("commodity", "stage"),
    ),
    "statistics.targets": ApiOperation(
        msg("The targets of plans, each met, on track, behind or without data, with the reason"),
        _of_json("object"),
        less=("f",),
        own=(_format("json", "html"), _AS_OF),
    ),
    "quality.data": ApiOperation(
        msg("The quality of the data: completeness, flags, ageing, conflicts, reports, record matching"),
        _of_json("object"),
    ),
    "quality.pairs": ApiOperation(
        msg("The pairs of source rows behind the figures of record matching: waiting, judged or labelled"),
        _of_json("object"),
        own=_OF_PAIRS,
    ),
    "openapi.description": ApiOperation(msg("The OpenAPI description"), {OPENAPI: "object"}),
    "openapi.docs": ApiOperation(msg("A page to try the API"), {HTML: "page"}),
}
"""The operations by endpoint; one that is missing here is described by the docstring of its view."""

"""Operations of the layout check: pairs of sites, siting, rules, and reports on a planned plant."""

from collections.abc import Mapping

from lodebase.layout.planned.candidate import MOST_CANDIDATES
from lodebase.layout.reports.formats.report_formats import REPORT_FORMATS as REPORTS
from lodebase.query.parameters.declarations import Parameter
from lodedata.layout.products import PRODUCTS
from lodedata.messages import msg
from lodeweb.adapter.api_operation import DAY, TEXT, VERSION, ApiOperation, format_parameter, of_json
from lodeweb.api.layout.check import MOST_AT_ONCE
from lodeweb.api.openapi.components import CANDIDATE
from lodeweb.http.representation.negotiation import GEOJSON, HTML, JSON

_FORMS = format_parameter("json", "html", *REPORTS)
_REPORT = {JSON: "object", HTML: "page", **{form.media_type: "file" for form in REPORTS.values()}, GEOJSON: "object"}
_ON_DAYS = Parameter(
    "on",
    "filter",
    TEXT,
    msg("Dates, separated by commas; by default 2006, 2014, 2019 and 2026."),
)
_PRODUCT = Parameter("product", "filter", {"type": "string", "enum": list(PRODUCTS)}, msg("The product."))
_AREA = (
    Parameter("country", "filter", TEXT, msg("The ISO 3166-1 alpha-3 code of the country; by default CHN.")),
    Parameter("within", "filter", TEXT, msg("A polygon as WKT, instead of the country.")),
)
_COLLECTION_OF_REPORTS = Parameter(
    "collection",
    "filter",
    TEXT,
    msg("The collection of reports to save it to; by default a new one."),
)
_NOTE = Parameter("note", "filter", {"type": "string", "maxLength": 200}, msg("A note to store with the report."))
_WITH = Parameter("with", "filter", TEXT, msg("The number of another report of the collection, or now."))
OPERATIONS: Mapping[str, ApiOperation] = {
    "layout_pairs.of_product": ApiOperation(
        msg("Pairs and clusters of sites of one product, provinces ranked, and H3 cells; as GeoJSON the map's layers"),
        {JSON: "object", HTML: "page", GEOJSON: "object"},
        less=("f",),
        own=(
            format_parameter("json", "geojson", "html"),
            VERSION,
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
            format_parameter("json", "geojson", "html"),
            VERSION,
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
            Parameter("on", "filter", DAY, msg("The date; by default today.")),
        ),
        needs=("product",),
    ),
    "layout_rules.rules": ApiOperation(
        msg("The rules of the layout check, each with its legal status on a date"),
        of_json("object"),
        own=(
            Parameter("on", "filter", DAY, msg("The date; by default today.")),
            Parameter("product", "filter", {"type": "string", "enum": list(PRODUCTS)}, msg("Rules of one product.")),
        ),
    ),
    "layout_check.check": ApiOperation(
        msg("The report on the planned plant in the query string: findings with rule, figure and source, never an approval"),
        _REPORT,
        less=("f",),
        own=(
            _FORMS,
            VERSION,
            Parameter("candidate", "filter", TEXT, msg("A GeoJSON Feature as JSON.")),
        ),
        needs=("candidate",),
    ),
    "layout_check.post": ApiOperation(
        msg(
            "The report on each planned plant of the body, a Feature or a FeatureCollection of up to %(most)s; for more than "
            "%(at_once)s plants the job that makes them",
            most=MOST_CANDIDATES,
            at_once=MOST_AT_ONCE,
        ),
        _REPORT,
        also={"202": {JSON: "job"}},
        less=("f",),
        own=(_FORMS, VERSION),
        body=CANDIDATE,
    ),
    "layout_check.of_days": ApiOperation(
        msg("The findings on a planned plant under the rules of several dates"),
        of_json("object"),
        less=("f",),
        own=(
            format_parameter("json", "html"),
            VERSION,
            _ON_DAYS,
            Parameter("candidate", "filter", TEXT, msg("A GeoJSON Feature as JSON.")),
        ),
        needs=("candidate",),
    ),
    "layout_saved_reports.save_from_api": ApiOperation(
        msg("Save the report on the planned plant of the body, under a URL that nobody can guess"),
        of_json("object"),
        less=("f",),
        own=(format_parameter("json", "html"), VERSION, _COLLECTION_OF_REPORTS, _NOTE),
        body=CANDIDATE,
        done="201",
    ),
    "layout_saved_reports.collection_data": ApiOperation(msg("The saved reports of a collection"), of_json("object")),
    "layout_saved_reports.one_data": ApiOperation(msg("A saved report, unchanged"), _REPORT, less=("f",), own=(_FORMS,)),
    "layout_saved_reports.compare_data": ApiOperation(
        msg("The differences between a saved report and another one, or today"),
        of_json("object"),
        own=(_WITH,),
    ),
}

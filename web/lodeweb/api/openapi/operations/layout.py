"""Operations on saved reports of the layout check."""

from collections.abc import Mapping

from lodebase.layout.reports.formats.report_formats import REPORT_FORMATS as REPORTS
from lodebase.query.parameters.declarations import Parameter
from lodebase.topics.layout.plant_schema import CANDIDATE
from lodedata.messages import msg
from lodeweb.adapter.api_operation import TEXT, VERSION, ApiOperation, format_parameter, of_json
from lodeweb.http.representation.negotiation import GEOJSON, HTML, JSON

_FORMS = format_parameter("json", "html", *REPORTS)
_REPORT = {JSON: "object", HTML: "page", **{form.media_type: "file" for form in REPORTS.values()}, GEOJSON: "object"}
_COLLECTION_OF_REPORTS = Parameter(
    "collection",
    "filter",
    TEXT,
    msg("The collection of reports to save it to; by default a new one."),
)
_NOTE = Parameter("note", "filter", {"type": "string", "maxLength": 200}, msg("A note to store with the report."))
_WITH = Parameter("with", "filter", TEXT, msg("The number of another report of the collection, or now."))
OPERATIONS: Mapping[str, ApiOperation] = {
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

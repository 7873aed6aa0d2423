"""Operations of statistics over time: series, observations and derived figures."""

from collections.abc import Mapping

from lodebase.query.parameters.declarations import Parameter
from lodebase.series import observation_files
from lodedata.messages import msg
from lodeweb.adapter.api_operation import DAY, TEXT, ApiOperation, format_parameter, of_json
from lodeweb.http.representation.negotiation import HTML, JSON

_PERIOD = {"type": "string", "example": "2021"}
_AS_OF = Parameter(
    "as_of",
    "filter",
    DAY,
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
_SEARCHED = (
    Parameter("q", "filter", TEXT, msg("A text in the labels of the series.")),
    Parameter("limit", "page", {"type": "integer", "minimum": 1}, msg("The maximum number to return.")),
)
_JSON_OR_PAGE = format_parameter("json", "html")


def _of_series(*names: str) -> tuple[Parameter, ...]:
    return tuple(Parameter(name, "filter", TEXT, _DIMENSIONS[name]) for name in names)


_OF_RELEASES = (
    Parameter("from", "filter", _PERIOD, msg("The first period.")),
    Parameter("to", "filter", _PERIOD, msg("The last period.")),
    _AS_OF,
    Parameter(
        "releases",
        "filter",
        {"type": "string", "enum": ["latest", "all"], "default": "latest"},
        msg("Whether the values of earlier releases are returned too."),
    ),
)
OPERATIONS: Mapping[str, ApiOperation] = {
    "statistics.series": ApiOperation(
        msg("The series that match, with the number by value of each dimension"),
        of_json("object"),
        less=("f",),
        own=(_JSON_OR_PAGE, *_of_series(*_DIMENSIONS), *_SEARCHED),
    ),
    "statistics.observations": ApiOperation(
        msg("The observations that match, with the text that was printed and its flags"),
        {JSON: "object", HTML: "page", **{form.media_type: "file" for form in observation_files.FORMATS.values()}},
        less=("f",),
        own=(
            format_parameter("json", "html", *observation_files.FORMATS),
            *_of_series(*_DIMENSIONS),
            *_SEARCHED,
            *_OF_RELEASES,
        ),
    ),
    "statistics.concentration": ApiOperation(
        msg("The shares of countries by year, with the Herfindahl-Hirschman index as a range"),
        of_json("object"),
        less=("f",),
        own=(
            _JSON_OR_PAGE,
            *_of_series("source", "indicator", "commodity", "stage"),
            _AS_OF,
        ),
        needs=("commodity", "stage", "source"),
    ),
    "statistics.reserves": ApiOperation(
        msg("Reserves by country and their ratio to production, which is no lifetime"),
        of_json("object"),
        less=("f",),
        own=(_JSON_OR_PAGE, *_of_series("commodity"), _AS_OF),
        needs=("commodity",),
    ),
    "statistics.coverage": ApiOperation(
        msg("The capacity of Lode's projects next to the output of an area; without parameters the sums of all countries"),
        of_json("object"),
        less=("f",),
        own=(_JSON_OR_PAGE, *_of_series("commodity", "stage", "area"), _AS_OF),
    ),
    "statistics.consumption": ApiOperation(
        msg("Apparent consumption and net import reliance by year, from output, trade and stocks of one stage and basis"),
        of_json("object"),
        less=("f",),
        own=(_JSON_OR_PAGE, *_of_series("commodity", "stage", "area"), _AS_OF),
        needs=("commodity", "stage", "area"),
    ),
    "statistics.package": ApiOperation(
        msg("All series and observations, or those that match, as a Data Package"),
        {"application/zip": "file"},
        own=(*_of_series(*_DIMENSIONS), _SEARCHED[0], *_OF_RELEASES),
    ),
    "statistics.targets": ApiOperation(
        msg("The targets of plans, each met, on track, behind or without data, with the reason"),
        of_json("object"),
        less=("f",),
        own=(_JSON_OR_PAGE, _AS_OF),
    ),
}

"""Operations of the schedule of projects."""

from collections.abc import Mapping

from lodebase.query.parameters.declarations import OF_ROWS, Parameter
from lodedata.messages import msg
from lodeweb.adapter.api_operation import DAY, ApiOperation, format_parameter
from lodeweb.http.representation.negotiation import HTML, JSON

OPERATIONS: Mapping[str, ApiOperation] = {
    "schedule.data": ApiOperation(
        msg("The schedule of projects: milestones by phase with lights, capacity that arrives, delays and lead times"),
        {JSON: "object", HTML: "page", "text/csv": "file", "text/calendar": "file", "application/atom+xml": "file"},
        OF_ROWS,
        less=("f",),
        own=(
            format_parameter("json", "html", "csv", "xlsx", "ics", "atom"),
            Parameter(
                "date",
                "filter",
                DAY,
                msg("The day from which the schedule is seen; today if left out."),
            ),
        ),
    ),
}

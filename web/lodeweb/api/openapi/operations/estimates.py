"""Operations of the estimates of deposits over time."""

from collections.abc import Mapping

from lodebase.query.parameters.declarations import Parameter
from lodebase.records.estimate_history import MAX_PAGE_ROWS, PAGE_ROWS
from lodedata.messages import msg
from lodedata.vocab import vocabulary
from lodeweb.adapter.api_operation import TEXT, ApiOperation, format_parameter
from lodeweb.api.estimates import (
    ALL_ROLES,
    FORMS,
    GROUPS,
    ONE_DEPOSIT_FORMS,
    STATED_ROLES,
    blueprint,
    of_deposit,
    of_deposits,
)
from lodeweb.http.representation.negotiation import HTML, JSON, XLSX

_OWN = (
    Parameter("of", "filter", TEXT, msg("The commodity whose figures are returned; by default all.")),
    Parameter(
        "role",
        "filter",
        {
            "type": "string",
            "enum": [STATED_ROLES, ALL_ROLES, *(term.code for term in vocabulary("estimate-role"))],
            "default": STATED_ROLES,
        },
        msg("The role of the rows in their reports; by default all but those of sensitivity tables."),
    ),
    Parameter(
        "limit",
        "page",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_ROWS, "default": PAGE_ROWS},
        msg("The maximum number of rows; a file has all."),
    ),
    Parameter("after", "page", TEXT, msg("The position after which the rows begin, from the link to the next page.")),
)
_RESPONSES = {JSON: "object", HTML: "page", "text/csv": "file"}
OPERATIONS: Mapping[str, ApiOperation] = {
    f"{blueprint.name}.{of_deposit.__name__}": ApiOperation(
        msg("The estimates of a deposit over time by every source, each with its report and page; classes are never added"),
        {**_RESPONSES, XLSX: "file"},
        less=("f",),
        own=(format_parameter(*ONE_DEPOSIT_FORMS), *_OWN),
    ),
    f"{blueprint.name}.{of_deposits.__name__}": ApiOperation(
        msg("The estimates over time of the deposits that match, each with its report and page; classes are never added"),
        _RESPONSES,
        GROUPS,
        less=("nearest", "f"),
        own=(format_parameter(*FORMS), *_OWN),
    ),
}

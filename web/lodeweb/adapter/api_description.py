"""Declared operations in the description of the API."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from lodebase.operations.formats import JSON
from lodebase.operations.parameters import OperationParameter
from lodebase.operations.row_parameters import AS_OF, RowParameters
from lodebase.query.parameters.parameter import Parameter
from lodeweb.adapter.api_operation import ApiOperation, find_view_description, format_parameter
from lodeweb.adapter.responses import AnyOperation
from lodeweb.http.declared import ATTRIBUTE
from lodeweb.http.representation import pinned

UNDESCRIBED = (
    "Declare an Operation in lodebase/topics/NAME/operations.py; if a standard, a collection or the format sets its "
    "parameters, describe the view with describe_as (docs/decisions/151)."
)
"""What to do with a route of the API that is no declared operation and does not describe itself."""


def describe_view(view: Callable[..., Any]) -> ApiOperation:
    """Return the description of a view: that of its operation, else its own. Raise LookupError for a view with neither."""
    operation: AnyOperation | None = getattr(view, ATTRIBUTE, None)
    if operation is not None:
        return describe(operation)
    described = find_view_description(view)
    if described is None:
        raise LookupError(f"{view.__module__}.{view.__name__}: {UNDESCRIBED}")
    takes_version = pinned.classify_view(view) is pinned.VersionUse.RECORDS and "moment" not in described.groups
    return replace(described, more=tuple(dict.fromkeys((*described.more, AS_OF)))) if takes_version else described


@cache
def describe(operation: AnyOperation) -> ApiOperation:
    """Return the description of an operation."""
    parameters = [
        parameter
        for parameter in operation.parameters.described()
        if f"<{parameter.name}>" not in operation.path and parameter.name != operation.file_parameter
    ]
    formats = {form.media_type: form.schema for form in operation.formats}
    choice = format_parameter(*(form.name for form in operation.formats))
    needed = [parameter.name for parameter in parameters if parameter.required]
    if operation.method == "POST" and operation.file_parameter is None:
        body = {
            "type": "object",
            "properties": {parameter.name: parameter.schema for parameter in parameters},
            "required": needed,
        }
        return ApiOperation(
            operation.text,
            formats,
            less=("f",),
            own=(choice,),
            body=body if parameters else None,
            needs_key=operation.needs_key,
            done="200" if operation.address_of is None else "201",
        )
    described = operation.parameters.described()
    sent = next((parameter.schema for parameter in described if parameter.name == operation.file_parameter), None)
    rows = operation.parameters if issubclass(operation.parameters, RowParameters) else None
    return ApiOperation(
        operation.text,
        formats,
        ("general",) if rows is None else rows.groups,
        less=("nearest", "f") if rows is not None and rows.needs_radius else ("f",),
        own=(choice, *map(_describe_parameter, parameters)),
        needs=tuple(needed),
        needs_key=operation.needs_key,
        table=sent is not None and sent["type"] == "string" and sent.get("format") != "binary",
        file=sent is not None and sent.get("format") == "binary",
        body=sent if sent is not None and sent["type"] == "object" else None,
        done="200" if operation.address_of is None else "201",
        also={} if operation.job is None else {"202": {JSON.media_type: "job"}},
    )


def _describe_parameter(parameter: OperationParameter) -> Parameter:
    return Parameter(parameter.name, "filter", parameter.schema, parameter.text)

"""Declared operations in the description of the API."""

from collections.abc import Callable
from functools import cache
from typing import Any

from lodebase.operations.formats import JSON
from lodebase.operations.parameters import OperationParameter
from lodebase.operations.row_parameters import RowParameters
from lodebase.query.parameters.declarations import Parameter
from lodedata.messages import literal
from lodeweb.adapter.api_operation import ApiOperation, description_of, format_parameter
from lodeweb.adapter.responses import AnyOperation
from lodeweb.http.declared import ATTRIBUTE


def describe_view(view: Callable[..., Any]) -> ApiOperation:
    """Return the description of a view: that of its operation, else its own, else the first line of its docstring."""
    operation: AnyOperation | None = getattr(view, ATTRIBUTE, None)
    if operation is not None:
        return describe(operation)
    return description_of(view) or ApiOperation(literal((view.__doc__ or "").splitlines()[0]), {JSON.media_type: "object"})


@cache
def describe(operation: AnyOperation) -> ApiOperation:
    """Return the description of an operation."""
    parameters = [
        one
        for one in operation.parameters.described()
        if f"<{one.name}>" not in operation.path and one.name != operation.file_parameter
    ]
    if operation.method == "POST" and operation.file_parameter is None:
        body = {
            "type": "object",
            "properties": {one.name: one.schema for one in parameters},
            "required": [one.name for one in parameters if one.required],
        }
        return ApiOperation(
            operation.text,
            {one.media_type: one.schema for one in operation.formats},
            less=("f",),
            own=(format_parameter(*(one.name for one in operation.formats)),),
            body=body if parameters else None,
            needs_key=operation.needs_key,
            done="200" if operation.address_of is None else "201",
        )
    sent = next((one.schema for one in operation.parameters.described() if one.name == operation.file_parameter), None)
    rows = operation.parameters if issubclass(operation.parameters, RowParameters) else None
    return ApiOperation(
        operation.text,
        {one.media_type: one.schema for one in operation.formats},
        ("general",) if rows is None else rows.groups,
        less=("nearest", "f") if rows is not None and rows.needs_radius else ("f",),
        own=(format_parameter(*(one.name for one in operation.formats)), *map(_parameter, parameters)),
        needs=tuple(one.name for one in parameters if one.required),
        needs_key=operation.needs_key,
        table=sent is not None and sent["type"] == "string" and sent.get("format") != "binary",
        file=sent is not None and sent.get("format") == "binary",
        body=sent if sent is not None and sent["type"] == "object" else None,
        done="200" if operation.address_of is None else "201",
        also={} if operation.job is None else {"202": {JSON.media_type: "job"}},
    )


def _parameter(one: OperationParameter) -> Parameter:
    return Parameter(one.name, "filter", one.schema, one.text)

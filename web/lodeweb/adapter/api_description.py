"""Declared operations in the description of the API."""

from collections.abc import Mapping

from lodebase.operations.formats import JSON
from lodebase.operations.parameters import OperationParameter
from lodebase.operations.row_parameters import RowParameters
from lodebase.query.parameters.declarations import OF_ROWS, Parameter
from lodebase.topics.registry import declared_operations
from lodeweb.adapter.api_operation import ApiOperation, format_parameter
from lodeweb.adapter.responses import AnyOperation

API_PATHS = ("/api/", "/.well-known/")


def described_operations() -> Mapping[str, ApiOperation]:
    """Return the description of each declared operation of the API, by its endpoint; the document has no pages."""
    operations = declared_operations().items()
    return {name: describe(operation) for name, operation in operations if operation.path.startswith(API_PATHS)}


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
    return ApiOperation(
        operation.text,
        {one.media_type: one.schema for one in operation.formats},
        OF_ROWS if issubclass(operation.parameters, RowParameters) else ("general",),
        less=("f",),
        own=(format_parameter(*(one.name for one in operation.formats)), *map(_parameter, parameters)),
        needs=tuple(one.name for one in parameters if one.required),
        needs_key=operation.needs_key,
        table=sent is not None and sent["type"] == "string",
        body=sent if sent is not None and sent["type"] == "object" else None,
        done="200" if operation.address_of is None else "201",
        also={} if operation.job is None else {"202": {JSON.media_type: "job"}},
    )


def _parameter(one: OperationParameter) -> Parameter:
    return Parameter(one.name, "filter", one.schema, one.text)

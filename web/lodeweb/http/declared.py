"""The declared operation that serves a request; limits, caching and the choice of the database follow its declaration."""

from typing import Any

from flask import current_app, request

from lodebase.operations.operation import Operation

ATTRIBUTE = "operation"
"""The attribute of a view that holds its operation."""


def operation_of_request() -> Operation[Any, Any] | None:
    """Return the operation of this request, None for a view that is not declared."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), ATTRIBUTE, None)

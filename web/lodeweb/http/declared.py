"""The declared operation that serves a request; limits, caching and the choice of the database follow its declaration."""

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from flask import Blueprint, current_app, request

from lodebase.operations.operation import Operation

ATTRIBUTE = "operation"
"""The attribute of a view that holds its operation."""
EXEMPTIONS = "exempt_from"
"""The attribute of a view with the checks that it is exempt from."""
STATIC = "static"
"""The endpoint of files, which Flask adds by itself."""
Check = Literal["admission", "hosts", "limits"]
"""Admission to the database, the names of hosts, and limits with their keys."""
RequestKind = Literal["general", "layout", "tiles", "downloads"]
"""The kinds of requests that have limits of their own."""
View = TypeVar("View", bound=Callable[..., Any])


class DeclaredBlueprint(Blueprint):
    """A blueprint that says of its views the limit that counts their requests, and whether they read the primary alone."""

    def __init__(
        self, name: str, import_name: str, url_prefix: str | None = None, kind: RequestKind = "general", primary: bool = False
    ) -> None:
        super().__init__(name, import_name, url_prefix=url_prefix)
        self.kind = kind
        self.primary = primary


def find_request_blueprint() -> DeclaredBlueprint | None:
    """Return the blueprint of this request if it declares something."""
    blueprint = current_app.blueprints.get(request.blueprint or "")
    return blueprint if isinstance(blueprint, DeclaredBlueprint) else None


def find_request_operation() -> Operation[Any, Any] | None:
    """Return the operation of this request, None for a view that is not declared."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), ATTRIBUTE, None)


def exempt_from(*checks: Check) -> Callable[[View], View]:
    """Declare that requests for a view pass without some checks, such as those of monitors."""

    def declare(view: View) -> View:
        vars(view)[EXEMPTIONS] = frozenset(checks)
        return view

    return declare


def is_exempt(check: Check) -> bool:
    """Return whether this request passes without a check; files need neither the database nor a limit."""
    endpoint = request.endpoint or ""
    if endpoint == STATIC:
        return check != "hosts"
    return check in getattr(current_app.view_functions.get(endpoint), EXEMPTIONS, frozenset())

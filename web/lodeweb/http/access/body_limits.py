"""How long the body of a request may be: the limit of the site, and those of views that take longer files."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])
MAX_BODY_BYTES = 1 << 20


def takes_up_to(most_bytes: int) -> Callable[[View], View]:
    """Declare that the body of a request to a view may have so many bytes; its address has no parameters."""

    def declare(view: View) -> View:
        vars(view)["most_body_bytes"] = most_bytes
        return view

    return declare


def list_limits_by_path(app: Flask) -> Mapping[str, int]:
    """Return the limits of views that take longer bodies than others, by their path."""
    return {rule.rule: most for rule in app.url_map.iter_rules() if (most := _find_declared(app, rule.endpoint)) is not None}


def register(app: Flask) -> None:
    """Limit the bodies that views read."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES

    @app.before_request
    def extend() -> None:
        most = _find_declared(current_app, request.endpoint or "")
        if most is not None:
            request.max_content_length = most


def _find_declared(app: Flask, endpoint: str) -> int | None:
    most: int | None = getattr(app.view_functions.get(endpoint), "most_body_bytes", None)
    return most

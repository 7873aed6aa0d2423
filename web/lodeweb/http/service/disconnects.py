"""Tests whether the client of a request is still connected, so that no work is done for one that has left."""

from collections.abc import Callable

from flask import request

from lodeweb.http.service.bridge import WATCH


def watch() -> Callable[[], bool]:
    """Return a test whether the client of this request is still connected; the test is true if that can't be known."""
    begin: Callable[[], Callable[[], bool]] | None = request.environ.get(WATCH)
    return begin() if begin is not None else lambda: True

"""Whether the client of a request is still connected, so that nothing is made for one that has left."""

from collections.abc import Callable

from flask import request

from lodeweb.http.bridge import WATCH


def watch() -> Callable[[], bool]:
    """Return a test whether the client of this request is still connected; it says yes where that can't be known."""
    begin: Callable[[], Callable[[], bool]] | None = request.environ.get(WATCH)
    return begin() if begin is not None else lambda: True

"""What a person is told on a page when something that they sent can't be taken."""

from flask import Response, make_response, render_template

from lodebase.errors import BadQuery, LodeError
from lodeweb import errors


def refused(error: LodeError) -> Response:
    """A page that says what is wrong."""
    status, title = errors.STATUS.get(type(error), (500, "Something went wrong"))
    detail = error.right if isinstance(error, BadQuery) else str(error)
    response = make_response(render_template("refused.html", reason=title, detail=detail), status)
    if status in errors.AGAIN:
        response.headers["Retry-After"] = str(errors.RETRY_AFTER_S)
    return response

"""The page for a form that can't be accepted."""

from flask import Response, make_response, render_template, request

from lodebase.errors import LodeError
from lodeweb.http.representation.problem_details import AGAIN, RETRY_AFTER_S, STATUS, UNFORESEEN, problem
from lodeweb.i18n.language import translated


def refused(error: LodeError) -> Response:
    """Return a page that describes the error of a form; a script is given the problem details."""
    status, title = STATUS.get(type(error), (500, UNFORESEEN))
    if wants_json():
        return problem(status, title, error.message)
    html = render_template("desk/refused.html", reason=translated(title), detail=translated(error.message))
    response = make_response(html, status)
    if status in AGAIN:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def wants_json() -> bool:
    """Return whether a script of a page sent the form, rather than the page itself."""
    return request.accept_mimetypes.best == "application/json"

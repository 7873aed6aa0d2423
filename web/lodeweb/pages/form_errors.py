"""The page for a form that can't be accepted."""

from flask import Response, jsonify, make_response, render_template, request

from lodebase.errors import LodeError
from lodeweb.http.problem_details import AGAIN, RETRY_AFTER_S, STATUS, UNFORESEEN
from lodeweb.i18n.language import translated


def refused(error: LodeError) -> Response:
    """Return a page that describes the error of a form, in the language of the request; a script is given the text alone."""
    status, title = STATUS.get(type(error), (500, UNFORESEEN))
    if wants_json():
        response = jsonify({"detail": translated(error.message)})
        response.status_code = status
        return response
    html = render_template("desk/refused.html", reason=translated(title), detail=translated(error.message))
    response = make_response(html, status)
    if status in AGAIN:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def wants_json() -> bool:
    """Return whether a script of a page sent the form, rather than the page itself."""
    return request.accept_mimetypes.best == "application/json"

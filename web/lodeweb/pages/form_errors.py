"""The page for a form that can't be accepted."""

from flask import Response, make_response, render_template, request

from lodebase.errors import LodeError
from lodeweb.http.representation.problem_details import AGAIN, RETRY_AFTER_S, STATUS, UNFORESEEN, build_problem_response
from lodeweb.i18n.language import translate_message


def respond_to_form_error(error: LodeError) -> Response:
    """Return a page that describes the error of a form; a script is given the problem details."""
    status, title = STATUS.get(type(error), (500, UNFORESEEN))
    if wants_json():
        return build_problem_response(status, title, error.message)
    html = render_template("desk/refused.html", reason=translate_message(title), detail=translate_message(error.message))
    response = make_response(html, status)
    if status in AGAIN:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def wants_json() -> bool:
    """Return whether a script of a page sent the form, rather than the page itself."""
    return request.accept_mimetypes.best == "application/json"

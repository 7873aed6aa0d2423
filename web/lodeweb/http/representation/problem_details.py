"""Error responses: one table from class to status, one body (RFC 9457 problem details)."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from lodebase.errors import (
    BadApiKey,
    BadCandidate,
    BadQuery,
    ClientGone,
    ClientOverloaded,
    DatabaseAway,
    DatabaseUnfit,
    DiskFull,
    LodeError,
    MailFailed,
    NotAllowed,
    NotFound,
    NotInCrs,
    NotMigrated,
    NotVerified,
    Overloaded,
    ProviderAway,
    ProviderWrong,
    ReadOnlyMirror,
    ServedElsewhere,
    SpoolFull,
    StatementTimeout,
    TooManyDownloads,
    TooManyTries,
    UnknownHost,
)
from lodedata.messages import Message, list_languages, msg, wrap_foreign_text
from lodeweb.http.representation import html_pages
from lodeweb.http.representation.negotiation import HTML, wants_error_page
from lodeweb.http.service import logs
from lodeweb.http.service.bodies import HttpError
from lodeweb.i18n.language import find_locale_tag, translate_message

STATUS: Mapping[type[LodeError], tuple[int, Message]] = {
    BadQuery: (400, msg("Invalid request")),
    BadCandidate: (400, msg("The planned plant can't be checked")),
    NotInCrs: (400, msg("Positions can't be given in this system")),
    ProviderWrong: (400, msg("The sign-in provider sent an invalid response")),
    NotVerified: (400, msg("The file is not as it was signed")),
    BadApiKey: (401, msg("The API key is not valid")),
    UnknownHost: (400, msg("Unknown host")),
    NotAllowed: (403, msg("Not allowed")),
    ServedElsewhere: (301, msg("One record with others")),
    NotFound: (404, msg("Not found")),
    StatementTimeout: (503, msg("The query timed out")),
    ReadOnlyMirror: (409, msg("This site is a mirror")),
    ClientGone: (408, msg("The client has disconnected")),
    TooManyDownloads: (429, msg("Too many downloads at once")),
    TooManyTries: (429, msg("Too many attempts")),
    ClientOverloaded: (429, msg("Too many requests at once from one client")),
    Overloaded: (503, msg("Too many requests at once")),
    SpoolFull: (503, msg("No space for the file")),
    MailFailed: (503, msg("The mail could not be sent")),
    ProviderAway: (503, msg("The sign-in provider is not available")),
    DatabaseAway: (503, msg("The database is not available")),
    DiskFull: (507, msg("No space to save it")),
    DatabaseUnfit: (503, msg("The database can't serve")),
    NotMigrated: (503, msg("The database is being upgraded")),
}
RETRY_AFTER_S = 5
AGAIN = (429, 503)
"""Status codes of errors for which a later retry may succeed."""

log = structlog.get_logger("lodeweb")


UNFORESEEN = msg("Something went wrong")


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """An error as a response shows it, in the language of the request."""

    status: int
    title: str
    detail: str
    more: Mapping[str, object]


def build_problem_response(status: int, title: Message, detail: Message | str, **more: object) -> Response:
    """Return problem details in the language of the request, as a page if the client prefers one."""
    problem_document = ProblemDocument(status, translate_message(title), translate_message(detail), more)
    if wants_error_page():
        response = Response(html_pages.render(problem_document), status, mimetype=HTML)
    else:
        content = {
            "type": "about:blank",
            "title": problem_document.title,
            "status": status,
            "detail": problem_document.detail,
            **more,
        }
        response = Response(orjson.dumps(content), status, mimetype="application/problem+json")
    # RFC 9457, 3.1.3: title and detail are in the language of the request; code, numbers and names are the same in all
    response.headers["Content-Language"] = find_locale_tag()
    if status in AGAIN:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def register(app: Flask) -> None:
    """Return every error in one form; an unexpected one is logged once and returned without a traceback."""
    app.register_error_handler(LodeError, _respond_to_known)
    app.register_error_handler(ServedElsewhere, _redirect_to_merged)
    app.register_error_handler(HTTPException, _respond_to_http)
    app.register_error_handler(Exception, _respond_to_unforeseen)


def _respond_to_known(error: LodeError) -> Response:
    status, title = STATUS.get(type(error), (500, UNFORESEEN))
    g.failure = error
    if status >= 500 and not isinstance(error, Overloaded | SpoolFull):
        log.warning("request failed", path=logs.path(), status=status, reason=str(error))
    more: dict[str, object] = {"code": type(error).__name__}
    if isinstance(error, BadQuery):
        more |= {"parameter": error.parameter, "value": error.value}
    if isinstance(error, BadCandidate):
        more["problems"] = [
            {
                "field": problem.field,
                **{f"detail_{language}": problem.message.in_language(language) for language in list_languages()},
            }
            for problem in error.wrong
        ]
    return build_problem_response(status, title, error.message, **more)


def _redirect_to_merged(error: ServedElsewhere) -> Response:
    """Redirect to the record that now includes this one. It may be split again, so the response must be revalidated."""
    path, _, _ = request.path.rpartition("/")
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    response = build_problem_response(
        *STATUS[ServedElsewhere], error.message, code=type(error).__name__, record_id=error.served
    )
    response.headers["Location"] = f"{path}/{error.served}{query}"
    response.headers["Cache-Control"] = "no-cache"
    return response


def _respond_to_http(error: HTTPException) -> Response:
    status = error.code or 500
    detail = error.message if isinstance(error, HttpError) else wrap_foreign_text(error.description or error.name)
    response = build_problem_response(status, wrap_foreign_text(error.name), detail)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        # RFC 9110, 15.5.6: a 405 names the allowed methods
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _respond_to_unforeseen(error: Exception) -> Response:
    log.exception("unforeseen error", path=logs.path())
    return build_problem_response(
        500, UNFORESEEN, msg("Something failed on our side, and the error was logged. Try again later.")
    )

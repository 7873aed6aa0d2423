"""Errors on the wire: one table from class to status, one body (RFC 9457 problem details)."""

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
    LodeError,
    NoSuchThing,
    NotAllowed,
    NotInCrs,
    NotMigrated,
    Overloaded,
    ProviderAway,
    ProviderWrong,
    ServedElsewhere,
    SpoolFull,
    StatementTimeout,
    TooManyDownloads,
    TooManyTries,
    UnknownHost,
)
from lodeweb.http import html_pages, logs
from lodeweb.http.negotiation import HTML, wants_error_page
from lodeweb.i18n.error_messages import in_chinese
from lodeweb.i18n.error_titles import error_title
from lodeweb.i18n.language import language

STATUS: Mapping[type[LodeError], tuple[int, str]] = {
    BadQuery: (400, "A parameter can't be used"),
    BadCandidate: (400, "The planned plant can't be checked as it is told"),
    NotInCrs: (400, "Positions can't be told in this system"),
    ProviderWrong: (400, "The sign-in provider sent an invalid response"),
    BadApiKey: (401, "The API key is not valid"),
    UnknownHost: (400, "Unknown host"),
    NotAllowed: (403, "Not allowed"),
    ServedElsewhere: (301, "One record with others"),
    NoSuchThing: (404, "Not found"),
    StatementTimeout: (503, "The query timed out"),
    ClientGone: (408, "Nobody waits for the answer"),
    TooManyDownloads: (429, "Too many downloads at once"),
    TooManyTries: (429, "Too many attempts"),
    ClientOverloaded: (429, "Too many requests at once from one client"),
    Overloaded: (503, "Too many requests at once"),
    SpoolFull: (503, "No room for the file"),
    ProviderAway: (503, "The sign-in provider is not available"),
    DatabaseAway: (503, "The database is not available"),
    DatabaseUnfit: (503, "The database can't serve"),
    NotMigrated: (503, "The database is being upgraded"),
}
RETRY_AFTER_S = 5
AGAIN = (429, 503)
"""Of what may go well in a while."""

log = structlog.get_logger("lodeweb")


@dataclass(frozen=True, slots=True)
class ProblemDocument:
    """An error as a response shows it."""

    status: int
    title: str
    detail: str
    more: Mapping[str, object]


def body(status: int, title: str, detail: str, **more: object) -> bytes:
    """The body of a problem-details answer."""
    return orjson.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail, **more})


def problem(status: int, title: str, detail: str, **more: object) -> Response:
    """A problem-details answer in the reader's language; a page for whoever would rather have one."""
    told = language()
    if told == "zh":
        detail = in_chinese(detail)
    if wants_error_page():
        response = Response(html_pages.render(ProblemDocument(status, title, detail, more)), status, mimetype=HTML)
    else:
        title = error_title(status, title) if told == "zh" else title
        response = Response(body(status, title, detail, **more), status, mimetype="application/problem+json")
    # RFC 9457, 3.1.3: a title may be in another language; the numbers and names beside it stay
    response.headers["Content-Language"] = "zh-CN" if told == "zh" else "en"
    if status in AGAIN:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def register(app: Flask) -> None:
    """Answer every error in one form; an unforeseen one is logged once and told without a traceback."""
    app.register_error_handler(LodeError, _known)
    app.register_error_handler(ServedElsewhere, _elsewhere)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def _known(error: LodeError) -> Response:
    status, title = STATUS.get(type(error), (500, "Something went wrong"))
    g.failure = error
    if status >= 500 and not isinstance(error, Overloaded | SpoolFull):
        log.warning("request failed", path=logs.path(), status=status, reason=str(error))
    if isinstance(error, BadQuery):
        return problem(status, title, error.right, parameter=error.parameter, value=error.value)
    if isinstance(error, BadCandidate):
        told = [{"field": one.field, "detail_en": one.en, "detail_zh": one.zh} for one in error.wrong]
        return problem(status, title, str(error), problems=told)
    # the argument and not its text: some sentences have their Chinese with them
    return problem(status, title, error.args[0] if error.args else "")


def _elsewhere(error: ServedElsewhere) -> Response:
    """Where a record is served now. It may be parted from the others again, so nobody keeps this unasked."""
    path, _, _ = request.path.rpartition("/")
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    response = problem(*STATUS[ServedElsewhere], f"{error}.", record_id=error.served)
    response.headers["Location"] = f"{path}/{error.served}{query}"
    response.headers["Cache-Control"] = "no-cache"
    return response


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    response = problem(status, error.name, error.description or error.name)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        # RFC 9110, 15.5.6: a 405 names what is allowed
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _unforeseen(error: Exception) -> Response:
    log.exception("unforeseen error", path=logs.path())
    return problem(500, "Something went wrong", "Something failed on our side, and the error was logged. Try again later.")

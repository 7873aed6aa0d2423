"""Structured logs: one JSON line for each request on standard error, a short line on a terminal.

A line describes the request and its result and nothing about the user: no address, no browser, no cookie.
"""

import json
import re
import secrets
import sys
import time
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, has_request_context, request
from sqlalchemy import Engine, event
from structlog.typing import EventDict

from lodebase.process.printable import escape_printable_line, escape_printable_text
from lodeweb.http.database import get_site

ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
MAX_ADDRESS_CHARACTERS = 4_000
"""Characters of a path or query string in the log; an ellipsis marks what is cut."""
MAX_REASON_LENGTH = 1_000
"""Characters of the reason of an error, which can contain text from a client."""
MAX_TRACEBACK_LENGTH = 16_000
MAX_NAME_LENGTH = 100
MAX_NAMES = 50
"""Number of parameters in one line."""
SECRETS = ("<collection>", "<token>")
"""The parts of paths that are secrets and never logged."""
SECRET_QUERIES = frozenset({"/desk/sign-in/provider/back", "/api/layout/reports"})
"""Routes whose query string holds a secret: a code that could open an account for a short time, the name of a collection."""

SECRET_VALUE = re.compile(r"(?P<name>(?:^|(?<=&))[^=&]*(?:key|token|secret|password|passwd|auth)[^=&]*)=[^&]*", re.IGNORECASE)
"""A parameter whose name says that its value is a secret; clients put keys in addresses, though no route takes one there."""

log = structlog.get_logger("lodeweb")


def register(app: Flask) -> None:
    """Give every request an id and a line in the log; call this first, so that it begins first and ends last."""
    configure()
    site = app.extensions["lode"]
    for engine in (site.primary, *(() if site.replicas is None else [member.engine for member in site.replicas.members])):
        _time_database(engine)

    @app.before_request
    def begin() -> None:
        sent_id = request.headers.get("X-Request-Id", "")
        g.request_id = sent_id if ID.fullmatch(sent_id) else secrets.token_hex(8)
        g.began, g.database_s = time.perf_counter(), 0.0

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        _log(response)
        return response


def configure() -> None:
    """Configure how lines of the log are made."""
    renderer = _format_short if sys.stderr.isatty() else _format_json
    structlog.configure(
        processors=[
            _identify,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso"),
            structlog.processors.format_exc_info,
            _limit_values,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        logger_factory=lambda *_: StandardError(),
    )


class StandardError:
    """Writes complete lines to the current standard error."""

    def msg(self, line: str) -> None:
        """Write a line."""
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    info = warning = error = critical = debug = exception = msg


def path() -> str:
    """Return the path of this request for the log; for one that holds a secret its route."""
    route = request.url_rule.rule if request.url_rule is not None else ""
    return route if any(secret in route for secret in SECRETS) else _shorten_text(request.path)


def _log(response: Response) -> None:
    query = request.query_string.decode("latin-1")
    entry: dict[str, Any] = {
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule is not None else None,
        "path": path(),
        "parameters": sorted(set(request.args)),
        "status": response.status_code,
        "bytes": response.content_length,
        "ms": round((time.perf_counter() - g.began) * 1000, 2),
        "waited_ms": round(g.get("waited_s", 0.0) * 1000, 2),
        "database_ms": round(g.database_s * 1000, 2),
    }
    if query and get_site().settings.log_queries and entry["route"] not in SECRET_QUERIES:
        entry["query"] = _shorten_text(SECRET_VALUE.sub(r"\g<name>=***", query))
    if "failure" in g:
        entry["failure"] = type(g.failure).__name__
    log.info("request", **entry)


def _time_database(engine: Engine) -> None:
    """Add the time for which a connection is in use to its request."""

    def taken(_: Any, record: Any, __: Any) -> None:
        record.info["taken"] = time.perf_counter()

    def given_back(_: Any, record: Any) -> None:
        # no connection could be opened
        began = record.info.pop("taken", None)
        if began is not None and has_request_context() and "database_s" in g:
            g.database_s += time.perf_counter() - began

    event.listen(engine, "checkout", taken)
    event.listen(engine, "checkin", given_back)


def _identify(_: Any, __: str, entry: EventDict) -> EventDict:
    if has_request_context() and "request_id" in g:
        entry["request_id"] = g.request_id
    return entry


def _format_json(_: Any, __: str, entry: EventDict) -> str:
    try:
        return orjson.dumps(entry, default=str).decode()
    except TypeError:  # half a surrogate pair, which can't be encoded; this writes it as an escape
        return json.dumps(entry, default=str)


def _format_short(_: Any, __: str, entry: EventDict) -> str:
    """Return a short line for a terminal; control characters from outside are escaped, so that they can't control it."""
    when = str(entry.pop("timestamp"))[11:19]
    if entry["event"] == "request":
        query = f"?{entry['query']}" if "query" in entry else ""
        return escape_printable_line(f"{when} {entry['status']} {entry['method']} {entry['path']}{query} {entry['ms']} ms")
    reason = entry.pop("exception", "")
    rest = " ".join(f"{name}={value}" for name, value in entry.items() if name not in ("event", "level"))
    return escape_printable_line(f"{when} {entry['level']}: {entry['event']} {rest}") + (
        f"\n{escape_printable_text(reason)}" if reason else ""
    )


def _limit_values(_: Any, __: str, entry: EventDict) -> EventDict:
    """Limit the length of every value, so that no request writes a line of hundreds of kilobytes."""
    for name, value in entry.items():
        if name == "exception":
            entry[name] = _ends(str(value), MAX_TRACEBACK_LENGTH)
        elif isinstance(value, str):
            entry[name] = _shorten_text(value, MAX_ADDRESS_CHARACTERS if name in ("path", "query") else MAX_REASON_LENGTH)
        elif isinstance(value, list):
            entry[name] = [_shorten_text(str(element), MAX_NAME_LENGTH) for element in value[:MAX_NAMES]]
    return entry


def _shorten_text(text: str, most: int = MAX_ADDRESS_CHARACTERS) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _ends(text: str, most: int) -> str:
    """Return a traceback with its lines truncated, and without its middle if it is long: its end shows the error."""
    lines = "\n".join(_shorten_text(line, MAX_REASON_LENGTH) for line in text.splitlines())
    return lines if len(lines) <= most else f"{lines[: most // 2]}\n…\n{lines[-most // 2 :]}"

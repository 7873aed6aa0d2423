"""Structured logs: one JSON line for each request on standard error, a short line where that is a terminal.

A line tells what was asked and how it went, and nothing of who asked: no address, no browser, no cookie.
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

from lodebase.process.printable import printable, printable_line
from lodeweb.http.database import site

ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
LONGEST = 4_000
"""Characters of a path or query string in the log; the rest is left out, which an ellipsis shows."""
LONGEST_REASON = 1_000
"""Of the reason of an error, which can hold what a client sent."""
LONGEST_TRACEBACK = 16_000
LONGEST_NAME = 100
MOST_NAMES = 50
"""Of parameters in one line."""
SECRET = "<shelf>"
"""A part of an address that is told to nobody."""
CODES = "/desk/sign-in/provider/back"
"""The route whose query string holds a code that opens an account for a moment."""

log = structlog.get_logger("lodeweb")


def register(app: Flask) -> None:
    """Give every request an id and a line; to be called first, so that it begins first and ends last."""
    configure()
    site = app.extensions["lode"]
    for engine in (site.primary, *([] if site.replica is None else [site.replica.engine])):
        _time_database(engine)

    @app.before_request
    def begin() -> None:
        asked = request.headers.get("X-Request-Id", "")
        g.request_id = asked if ID.fullmatch(asked) else secrets.token_hex(8)
        g.began, g.database_s = time.perf_counter(), 0.0

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        _tell(response)
        return response


def configure() -> None:
    """Set how every line of the log is made."""
    renderer = _shortly if sys.stderr.isatty() else _as_json
    structlog.configure(
        processors=[
            _identify,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso"),
            structlog.processors.format_exc_info,
            _bound,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        logger_factory=lambda *_: StandardError(),
    )


class StandardError:
    """Writes each line whole to what standard error is at the time."""

    def msg(self, line: str) -> None:
        """Write a line."""
        sys.stderr.write(line + "\n")
        sys.stderr.flush()

    info = warning = error = critical = debug = exception = msg


def path() -> str:
    """The path of this request as a log may have it: the name of a shelf opens it, so its route stands there."""
    route = request.url_rule.rule if request.url_rule is not None else ""
    return route if SECRET in route else _short(request.path)


def _tell(response: Response) -> None:
    query = request.query_string.decode("latin-1")
    told: dict[str, Any] = {
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
    if query and site().settings.log_queries and told["route"] != CODES:
        told["query"] = _short(query)
    if "failure" in g:
        told["failure"] = type(g.failure).__name__
    log.info("request", **told)


def _time_database(engine: Engine) -> None:
    """Add the time for which a connection is held to its request."""

    def taken(_: Any, record: Any, __: Any) -> None:
        record.info["taken"] = time.perf_counter()

    def given_back(_: Any, record: Any) -> None:
        # nothing was taken where no connection could be made
        began = record.info.pop("taken", None)
        if began is not None and has_request_context() and "database_s" in g:
            g.database_s += time.perf_counter() - began

    event.listen(engine, "checkout", taken)
    event.listen(engine, "checkin", given_back)


def _identify(_: Any, __: str, told: EventDict) -> EventDict:
    if has_request_context() and "request_id" in g:
        told["request_id"] = g.request_id
    return told


def _as_json(_: Any, __: str, told: EventDict) -> str:
    try:
        return orjson.dumps(told, default=str).decode()
    except TypeError:  # half a surrogate pair, which is no text; this writes it as an escape
        return json.dumps(told, default=str)


def _shortly(_: Any, __: str, told: EventDict) -> str:
    """Return a short line for a terminal; what comes from outside can't steer it, as control characters are escaped."""
    when = str(told.pop("timestamp"))[11:19]
    if told["event"] == "request":
        query = f"?{told['query']}" if "query" in told else ""
        return printable_line(f"{when} {told['status']} {told['method']} {told['path']}{query} {told['ms']} ms")
    reason = told.pop("exception", "")
    rest = " ".join(f"{name}={value}" for name, value in told.items() if name not in ("event", "level"))
    return printable_line(f"{when} {told['level']}: {told['event']} {rest}") + (f"\n{printable(reason)}" if reason else "")


def _bound(_: Any, __: str, told: EventDict) -> EventDict:
    """Bound the length of every value, so that no request writes a line of hundreds of kilobytes."""
    for name, value in told.items():
        if name == "exception":
            told[name] = _ends(str(value), LONGEST_TRACEBACK)
        elif isinstance(value, str):
            told[name] = _short(value, LONGEST if name in ("path", "query") else LONGEST_REASON)
        elif isinstance(value, list):
            told[name] = [_short(str(one), LONGEST_NAME) for one in value[:MOST_NAMES]]
    return told


def _short(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _ends(text: str, most: int) -> str:
    """A traceback whose lines are cut, without its middle where it is long: its end says what went wrong."""
    lines = "\n".join(_short(line, LONGEST_REASON) for line in text.splitlines())
    return lines if len(lines) <= most else f"{lines[: most // 2]}\n…\n{lines[-most // 2 :]}"

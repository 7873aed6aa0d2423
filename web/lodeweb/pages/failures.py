"""The page that a browser is shown where it asked for one and there is none to give."""

from collections.abc import Mapping
from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext

from lodeweb.http.responses import HTML, prefers_html
from lodeweb.i18n.language import language

AGAIN = (429, 500, 503)
"""Of what may go well in a while."""


def wanted() -> bool:
    """Whether a failure is told on a page: to whose header likes a page better, unless the address itself asks for JSON."""
    return "json" not in request.args.get("f", "") and prefers_html()


def page(status: int, title: str, detail: str, more: Mapping[str, Any]) -> Response:
    """The page of a failure in its language; the sentence of what went wrong is as programs get it."""
    html = render_template(
        "failed.html",
        status=status,
        reason=reason(status, title),
        advice=_advice().get(status),
        # what Werkzeug says of an unknown address is said already
        detail=None if title == "Not Found" else detail,
        more=more,
        again=status in AGAIN,
    )
    response = Response(html, status, mimetype=HTML)
    response.headers["Content-Language"] = "zh-CN" if language() == "zh" else "en"
    return response


def reason(status: int, title: str) -> str:
    """What went wrong in a few words: the title that programs get, in the page's language."""
    return str(_titles().get(title, title if language() == "en" else _of_status().get(status, title)))


def _titles() -> dict[str, str]:
    return {
        "A parameter can't be used": gettext("Invalid request"),
        "Not allowed": gettext("Not allowed"),
        "Not found": gettext("Not found"),
        "Not Found": gettext("Not found"),
        "The query timed out": gettext("The query timed out"),
        "Too many downloads at once": gettext("Too many downloads at once"),
        "Too many attempts": gettext("Too many attempts"),
        "Too many requests at once": gettext("Too many requests at once"),
        "Too many requests at once from one client": gettext("Too many requests at once from one client"),
        "Rate limit exceeded": gettext("Rate limit exceeded"),
        "The API key is not valid": gettext("The API key is not valid"),
        "Unknown host": gettext("Unknown host"),
        "The database is not available": gettext("The database is not available"),
        "The database is being upgraded": gettext("The database is being upgraded"),
        "Something went wrong": gettext("Something went wrong"),
    }


def _of_status() -> dict[int, str]:
    return {
        400: gettext("Invalid request"),
        403: gettext("Not allowed"),
        404: gettext("Not found"),
        503: gettext("Not available at the moment"),
    }


def _advice() -> dict[int, str]:
    return {
        400: gettext("Part of the address is not valid. The lines below say what to enter instead."),
        404: gettext("There is no page at this address. The address may be misspelt, or the record may have been withdrawn."),
        429: gettext("Wait a few seconds and try again."),
        500: gettext("Something failed on our side, and the error was logged. Try again later."),
        503: gettext("This is not available at the moment. Wait a few seconds and try again."),
    }

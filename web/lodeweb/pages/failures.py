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
        "A parameter can't be used": gettext("This can't be used"),
        "Not allowed": gettext("Not allowed"),
        "Not found": gettext("Not found"),
        "Not Found": gettext("Not found"),
        "The query took too long": gettext("The query took too long"),
        "Too many downloads at once": gettext("Too many downloads at once"),
        "Too many tries": gettext("Too many tries"),
        "Too many requests at once": gettext("Too many requests at once"),
        "Too many requests at once from one client": gettext("Too many requests at once from one client"),
        "Rate limit exceeded": gettext("Rate limit exceeded"),
        "The API key can't be used": gettext("The API key can't be used"),
        "Unknown host": gettext("Unknown host"),
        "The database is away": gettext("The database is away"),
        "The store is being brought up to date": gettext("The store is being brought up to date"),
        "Something went wrong": gettext("Something went wrong"),
    }


def _of_status() -> dict[int, str]:
    return {
        400: gettext("This can't be used"),
        403: gettext("Not allowed"),
        404: gettext("Not found"),
        503: gettext("Not available now"),
    }


def _advice() -> dict[int, str]:
    return {
        400: gettext("Something in the address can't be used; the lines below say what would be right."),
        404: gettext("There is nothing at this address. It may be misspelt, or the record may no longer be served."),
        429: gettext("Wait some seconds and try again."),
        500: gettext("This is a fault of ours and was noted. Try again, or ask for something else."),
        503: gettext("This can't be had at the moment. Wait some seconds and try again."),
    }

"""Pages for people: the map, and what the store holds."""

import secrets
from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, g, render_template
from flask_babel import gettext

from lodebase.errors import LodeError
from lodebase.query import provenance
from lodebase.query.collections_ import COLLECTIONS
from lodebase.query.run import reading, totals
from lodedata.sources import names, source
from lodedata.vocab import vocabulary
from lodeweb import assets, labels, maps, negotiation, records
from lodeweb.database import site
from lodeweb.i18n import language

blueprint = Blueprint("pages", __name__)
LABELLED = (
    "commodity",
    "status",
    "size-class",
    "exploration-stage",
    "facility-type",
    "deposit-model",
    "country",
    "product",
)
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

NO_SCRIPTS = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The policy of what is no page."""
HARDENED: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "DENY",
}
"""The security headers of every answer, beside its policy."""


def nonce() -> str:
    """The nonce of this request's scripts."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    made: str = g.nonce
    return made


def register(app: Flask) -> None:
    """Give templates what they need, and every answer its security headers."""
    app.jinja_env.globals.update(asset=assets.url, nonce=nonce, language=language, here=negotiation.here)
    app.jinja_env.tests["web_address"] = records.web_address
    app.jinja_env.filters["own_path"] = records.own_path

    @app.after_request
    def harden(response: Response) -> Response:
        headers = response.headers
        page = response.mimetype == "text/html"
        headers.extend(HARDENED)
        headers["Content-Security-Policy"] = POLICY.format(nonce=nonce()) if page else NO_SCRIPTS
        if page:
            response.vary.update(("Accept-Language", "Cookie"))
            headers["Cache-Control"] = "no-cache"
        return response


@blueprint.get("/")
def index() -> str:
    """The map."""
    parts = maps.world()
    return render_template(
        "map.html",
        map_html=parts.html,
        map_script=parts.script,
        settings=_json(_map_settings()),
        counts=_counts(),
        about=_about(),
    )


def _counts() -> dict[str, int]:
    """Rows of each collection; nothing while the database is away, so that the page still opens and says so."""
    try:
        return totals(site().engine)
    except LodeError:
        return {}


def _about() -> str:
    starter = source("lode-starter")
    return (starter.note_zh if language() == "zh" else starter.note_en) or ""


def _map_settings() -> dict[str, Any]:
    """What the map's script needs: labels of codes and its own words, in the page's language."""
    lang = language()
    return {
        "lang": lang,
        "countries": assets.url("countries-50m.json"),
        "collections": {name: c.title_zh if lang == "zh" else c.title_en for name, c in COLLECTIONS.items() if c.points},
        "labels": {
            **{name: {t.code: t.label(lang) for t in vocabulary(name)} for name in LABELLED},
            "flag": labels.flags(lang),
            "source": _source_titles(lang),
        },
        "groups": labels.groups(lang),
        "words": {
            "commodities": gettext("Commodities"),
            "status": gettext("Status"),
            "stage": gettext("Stage"),
            "size": gettext("Size class"),
            "country": gettext("Country"),
            "type": gettext("Type"),
            "source": gettext("Source"),
            "accuracy": gettext("Position accuracy"),
            "flags": gettext("Quality flags"),
            "record": gettext("The whole record"),
            "unnamed": gettext("unnamed"),
            "unknown": gettext("not stated"),
            "legend": gettext("Legend"),
            "commodity": gettext("Commodity group"),
            "kind": gettext("Kind"),
            "loading": gettext("Loading"),
            "failed": gettext("The data could not be loaded. Check the connection and try again."),
            "retry": gettext("Try again"),
            "shown": gettext("shown of"),
            "base": gettext("Coasts and borders: Natural Earth"),
            "zoomIn": gettext("Zoom in"),
            "zoomOut": gettext("Zoom out"),
            "close": gettext("Close"),
        },
    }


def _source_titles(lang: str) -> dict[str, str]:
    """Titles of the sources that ship and of those that were imported, a user's own tables among them."""
    column = "title_zh" if lang == "zh" else "title_en"
    shipped: dict[str, str] = {name: getattr(source(name), column) for name in names()}
    try:
        with reading(site().engine) as connection:
            return {row["name"]: row[column] for row in provenance.sources(connection)} | shipped
    except LodeError:
        return shipped


def _json(value: object) -> str:
    """JSON that can stand in a script element: what could end it is escaped."""
    return orjson.dumps(value).decode().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")

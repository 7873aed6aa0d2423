"""Pages for people: the map, and what the store holds."""

import secrets
from collections.abc import Mapping

from flask import Blueprint, Flask, Response, g, render_template, send_file

from lodebase.errors import LodeError, NoSuchThing
from lodebase.query.reading import totals
from lodebase.settings import Settings
from lodedata.sources import source
from lodeweb.http import links
from lodeweb.http.database import site
from lodeweb.i18n import labels
from lodeweb.i18n.language import language
from lodeweb.i18n.numbers import number
from lodeweb.pages import assets
from lodeweb.pages.embedded import embedded
from lodeweb.pages.map import maps, screen

blueprint = Blueprint("pages", __name__)
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:{images}; font-src 'self'; "
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
    app.jinja_env.globals.update(asset=assets.url, nonce=nonce, language=language, here=links.here)
    app.jinja_env.tests["web_address"] = links.web_address
    app.jinja_env.filters["own_path"] = links.own_path
    app.jinja_env.filters["figure"] = number

    @app.after_request
    def harden(response: Response) -> Response:
        headers = response.headers
        page = response.mimetype == "text/html"
        headers.extend(HARDENED)
        headers["Content-Security-Policy"] = POLICY.format(nonce=nonce(), images=g.get("images", "")) if page else NO_SCRIPTS
        if page:
            response.vary.update(("Accept-Language", "Cookie"))
            headers["Cache-Control"] = "no-cache"
        return response


@blueprint.get("/")
def index() -> str:
    """The map."""
    parts = maps.world()
    g.images = _hosts(site().settings)
    counts = _counts()
    return render_template(
        "map.html",
        map_html=parts.html,
        map_script=parts.script,
        settings=embedded(screen.settings(bool(counts.get("zones")))),
        counts=counts,
        about=_about(),
        description=labels.site_description(language()),
    )


@blueprint.get("/map/countries.json")
def countries() -> Response:
    """The countries that the operator wants drawn, with the borders as they have to be shown."""
    own = site().settings.map_countries
    if own is None or not own.is_file():
        raise NoSuchThing("no countries of the operator's are set here; LODE_MAP_COUNTRIES names their file")
    return send_file(own, mimetype="application/json", conditional=True)


def _hosts(settings: Settings) -> str:
    """The hosts of the layers that can be picked, as the policy names them."""
    return "".join(f" {host}" for host in dict.fromkeys(host for layer in settings.map_layers for host in layer.hosts))


def _counts() -> dict[str, int]:
    """Rows of each collection; nothing while the database is away, so that the page still opens and says so."""
    try:
        return totals(site().engine)
    except LodeError:
        return {}


def _about() -> str:
    starter = source("lode-starter")
    return (starter.note_zh if language() == "zh" else starter.note_en) or ""

"""The page of the map."""

from urllib.parse import urlencode

from flask import Blueprint, Response, g, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as BaseResponse

from lodebase.errors import LodeError, NotFound
from lodebase.query.reading import count_collection_rows
from lodebase.settings import Settings
from lodedata.messages import msg
from lodedata.sources import load_source
from lodeweb.http.database import get_site
from lodeweb.i18n import labels
from lodeweb.i18n.language import get_language
from lodeweb.pages.embedded import embed_json
from lodeweb.pages.map import maps, screen

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@blueprint.get("/map")
def index() -> str | BaseResponse:
    """Return the page of the map; at the root of a site that starts with the tasks these, unless the address names a view."""
    if request.path == "/" and get_site().settings.start == "tasks" and not request.args.keys() - {"lang"}:
        return redirect(f"/start?{urlencode(request.args)}" if request.args else "/start")
    return render_map()


def render_map(framed: bool = False) -> str:
    """Return the page of the map; the map alone if it is in a frame of another site."""
    parts = maps.build_world_map()
    g.images = _list_hosts(get_site().settings)
    counts = _counts()
    return render_template(
        "map.html",
        framed=framed,
        described_frame=request.url if get_site().settings.embed_hosts else None,
        map_html=parts.html,
        map_script=parts.script,
        settings=embed_json(screen.build_screen_settings(bool(counts.get("zones")))),
        counts=counts,
        about=_describe_map(),
        description=labels.write_site_description(get_language()),
    )


@blueprint.get("/map/countries.json")
def send_countries() -> Response:
    """Return the country outlines of the operator, with the borders that have to be shown."""
    own = get_site().settings.map_countries
    if own is None or not own.is_file():
        raise NotFound(msg("This site has no country borders of its operator. LODE_MAP_COUNTRIES sets their file."))
    return send_file(own, mimetype="application/json", conditional=True)


def _list_hosts(settings: Settings) -> str:
    """Return the hosts of the selectable layers, for the content security policy."""
    return "".join(f" {host}" for host in dict.fromkeys(host for layer in settings.map_layers for host in layer.hosts))


def _counts() -> dict[str, int]:
    """Return the rows of each collection; empty if the database is unavailable, so that the page still opens and shows it."""
    try:
        return count_collection_rows(get_site().engine)
    except LodeError:
        return {}


def _describe_map() -> str:
    starter = load_source("lode-starter")
    return (starter.note_zh if get_language() == "zh" else starter.note_en) or ""

"""The map and the charts in frames of other sites, and their description by oEmbed 1.0 (https://oembed.com)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from flask import Blueprint, Response, jsonify, request
from markupsafe import escape
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery, NotFound
from lodebase.field_types import PageLength
from lodebase.settings import Settings
from lodedata.messages import msg
from lodeweb.http.access import security_headers
from lodeweb.http.database import get_site
from lodeweb.i18n.language import gettext
from lodeweb.pages import chart_page
from lodeweb.pages.map import map_page
from lodeweb.pages.map.filters import check_map_filters

blueprint = Blueprint("embed", __name__)
WIDTH_PX, HEIGHT_PX = 800, 500
MIN_PX, MAX_PX = 200, 4_000
PIXELS = PageLength(MAX_PX, MAX_PX, msg("The longest side of the frame in pixels."))
MAP, CHART = "/embed/map", "/embed/chart"
FRAMES: Mapping[str, str] = {"/": MAP, "/map": MAP, MAP: MAP, "/charts": CHART, CHART: CHART}
"""The page in a frame of each page of the site that has one."""


@dataclass(frozen=True, slots=True)
class FrameSize:
    """The size of a frame in pixels."""

    width: int
    height: int


@blueprint.get(MAP)
def show_framed_map() -> str:
    """Return the map alone, with the filters and the view of the page of the map as parameters."""
    _allow_frames()
    check_map_filters(request.args)
    return map_page.render_map(framed=True)


@blueprint.get(CHART)
def show_framed_chart() -> Response:
    """Return one chart of the records that match; ``chart`` names it, by default the first."""
    _allow_frames()
    return chart_page.render_framed_chart(request.args.get("chart"))


@blueprint.get("/oembed")
def describe_embedding() -> Response:
    """Return the frame of a page of this site as oEmbed describes it."""
    url = request.args.get("url", "")
    if not url:
        sentence = msg("%(parameter)s is missing. Give the address of the map or the charts of this site, with its filters.")
        raise BadQuery("url", "", sentence)
    if request.args.get("format", "json") != "json":
        response = jsonify({"title": gettext("The only format is json.")})
        response.status_code = 501
        return response
    if not get_site().settings.embed_hosts:
        raise NotFound(msg("No other site may show frames of this one. Its operator names the hosts with LODE_EMBED_HOSTS."))
    parts = urlsplit(url)
    if parts.netloc not in (request.host, urlsplit(request.root_url).netloc) or parts.path not in FRAMES:
        raise NotFound(msg("%(url)s has no frame. Give the address of the map or the charts of this site.", url=url[:200]))
    filters = MultiDict(parse_qsl(parts.query))
    check = check_map_filters if FRAMES[parts.path] == MAP else chart_page.parse_chart_filters
    check(filters)
    size = FrameSize(_parse_pixels("maxwidth", WIDTH_PX), _parse_pixels("maxheight", HEIGHT_PX))
    title = gettext("Lode: strategic minerals on the map") if FRAMES[parts.path] == MAP else gettext("Charts")
    return jsonify(
        {
            "version": "1.0",
            "type": "rich",
            "provider_name": "Lode",
            "provider_url": request.url_root,
            "title": title,
            "html": write_frame_code(f"{request.url_root.rstrip('/')}{FRAMES[parts.path]}", parts.query, title, size),
            "width": size.width,
            "height": size.height,
            "cache_age": 86_400,
        }
    )


def write_frame_code(address: str, query: str, title: str, size: FrameSize) -> str:
    """Return the HTML of a frame."""
    source = f"{address}?{query}" if query else address
    return (
        f'<iframe src="{escape(source)}" title="{escape(title)}" width="{size.width}" height="{size.height}" '
        'style="border:0" loading="lazy" referrerpolicy="strict-origin-when-cross-origin"></iframe>'
    )


def list_frame_hosts(settings: Settings) -> str:
    """Return the sources of CSP that may show frames, empty if none may."""
    return " ".join(part.strip() for part in settings.embed_hosts.split(",") if part.strip())


def _allow_frames() -> None:
    if hosts := list_frame_hosts(get_site().settings):
        security_headers.allow_frames(hosts)


def _parse_pixels(name: str, usual: int) -> int:
    """Return the side of a frame, no longer than usual and than the request says. Raises BadQuery."""
    text = request.args.get(name)
    return usual if text is None else min(usual, max(MIN_PX, PIXELS.validate(text, name)))

"""Where there is room by the rules, on the wire and as a page: counts of findings on a grid of H3."""

from typing import Any

import orjson
from flask import Blueprint, Response, render_template, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadCandidate, BadQuery
from lodebase.layout.room import Asked, layers, room
from lodebase.layout.rulebook import rulebook
from lodedata.layout.products import PRODUCTS
from lodedata.vocab import vocabulary
from lodeweb.api.features import query_parameters
from lodeweb.api.layout.check import version
from lodeweb.api.layout.clusters import number, polygon
from lodeweb.api.layout.rules import day
from lodeweb.http.database import site
from lodeweb.http.responses import GEOJSON, VERSION_HEADER, answer, own_links
from lodeweb.pages.embedded import embedded
from lodeweb.pages.map import ground

blueprint = Blueprint("layout_room", __name__)
OWN = ("product", "capacity_tpa", "country", "within", "resolution", "on", "version")
FINEST = 5
MOST_TPA = 1e9


@blueprint.get("/api/layout/room")
def of_product() -> Response:
    """The number of rules that a plant would meet and not meet in each H3 cell; as GeoJSON, the layer of the map."""
    drawn = request.args.get("f") == "geojson"
    query_parameters.general(request.args, extra=OWN)
    body = _body(request.args)
    if drawn:
        response = Response(orjson.dumps(layers(body)), mimetype=GEOJSON)
        response.headers[VERSION_HEADER] = str(body["data_version"])
        return response
    return answer(
        {**body, "links": own_links()}, "layout_room.html", version=body["data_version"], **_context(body, request.args)
    )


@blueprint.get("/layout/room")
def page() -> str:
    """The siting of a plant by the rules, as a page."""
    given = request.args if request.args.get("product") else MultiDict({**request.args, "product": "alumina"})
    body = _body(given)
    return render_template("layout_room.html", body=body, **_context(body, given))


def _body(given: MultiDict[str, str]) -> dict[str, Any]:
    asked = _asked(given)
    try:
        return room(site().engine, site().figures, asked, rulebook(site().settings), version(given.get("version")))
    except BadCandidate as refused:
        raise BadQuery("capacity_tpa", given.get("capacity_tpa", "")[:40], refused.wrong[0].en) from None


def _context(body: dict[str, Any], given: MultiDict[str, str]) -> dict[str, Any]:
    return {
        "title": gettext("Where the rules allow a plant"),
        "products": PRODUCTS,
        "given": given,
        "settings": _settings(body),
    }


def _settings(body: dict[str, Any]) -> str:
    texts = {
        "not_met": gettext("Rules not met"),
        "not_enough_data": gettext("Rules without sufficient data"),
        "met": gettext("Rules met"),
        "nearest": gettext("Nearest site with the same product, km"),
    }
    told = {**ground.told(), "layers": layers(body), "texts": texts, "words": {}}
    return embedded(told)


def _asked(given: MultiDict[str, str]) -> Asked:
    product = given.get("product", "")
    if product not in PRODUCTS:
        raise BadQuery("product", product[:40], f"is no product of the layout check; there are {', '.join(PRODUCTS)}")
    country = given.get("country") or "CHN"
    if country not in vocabulary("country"):
        raise BadQuery("country", country[:40], "is no term of the vocabulary country; write such as CHN")
    within = given.get("within") or None
    if within is not None:
        polygon(within)
    capacity = number(given, "capacity_tpa", 0.0, MOST_TPA) if given.get("capacity_tpa") else None
    return Asked(product, day(given.get("on")), capacity, country, within, int(number(given, "resolution", 3.0, FINEST)))

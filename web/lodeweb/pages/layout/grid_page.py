"""Counts of findings on a grid of H3 cells, as a page."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from lodebase.layout.siting import layers
from lodedata.layout.products import PRODUCTS
from lodeweb.api.layout.grid import GridDocument, count_findings
from lodeweb.pages.embedded import embedded
from lodeweb.pages.map import ground

blueprint = Blueprint("layout_siting_page", __name__)


@blueprint.get("/layout/siting")
def page() -> str:
    """Return the page of the siting of a plant under the rules."""
    given = request.args if request.args.get("product") else MultiDict({**request.args, "product": "alumina"})
    body = count_findings(given)
    return _page(body, given)


def render(document: GridDocument) -> str:
    """Return the page of the API's result for this request."""
    return _page(document.body, request.args)


def _page(body: dict[str, Any], given: MultiDict[str, str]) -> str:
    return render_template("layout/siting.html", body=body, **_context(body, given))


def _context(body: dict[str, Any], given: MultiDict[str, str]) -> dict[str, Any]:
    return {
        "title": gettext("Clauses compared over the country"),
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
    settings = {**ground.basemap_data(), "layers": layers(body), "texts": texts}
    return embedded(settings)

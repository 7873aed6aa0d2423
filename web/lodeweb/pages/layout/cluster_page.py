"""Pairs and clusters of sites of one product, as a page."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from lodebase.layout.pairs import layers, pairs
from lodebase.layout.reports.report_text import record_name
from lodedata.layout.products import PRODUCTS
from lodedata.vocab import vocabulary
from lodeweb.api.layout.check import version
from lodeweb.api.layout.clusters import ClusterDocument, read_request
from lodeweb.http.database import site
from lodeweb.i18n.language import language
from lodeweb.pages.embedded import embedded
from lodeweb.pages.map import ground

blueprint = Blueprint("layout_pairs_page", __name__)


@blueprint.get("/layout/pairs")
def page() -> str:
    """Return the page of the overlaps."""
    given = request.args if request.args.get("product") else MultiDict({**request.args, "product": "alumina"})
    body = pairs(site().engine, read_request(given), version(given.get("version")))
    return _page(body, given)


def render(document: ClusterDocument) -> str:
    """Return the page of the API's result for this request."""
    return _page(document.body, request.args)


def _page(body: dict[str, Any], given: MultiDict[str, str]) -> str:
    return render_template("layout/clusters.html", body=body, **_context(body, given))


def _context(body: dict[str, Any], given: MultiDict[str, str]) -> dict[str, Any]:
    divisions = vocabulary("division").terms
    return {
        "title": gettext("Existing clusters"),
        "products": PRODUCTS,
        "given": given,
        "record_name": record_name,
        "division": lambda code: divisions[code].label(language()) if code in divisions else code or "",
        "settings": _settings(body),
    }


def _settings(body: dict[str, Any]) -> str:
    settings = {**ground.basemap_data(), "layers": layers(body), "texts": {}}
    return embedded(settings)

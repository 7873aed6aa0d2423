"""Siting of a plant under the rules, as data and for a page: counts of findings on an H3 grid."""

from dataclasses import dataclass
from typing import Any

import orjson
from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadCandidate, BadQuery
from lodebase.layout.rulebook import rulebook
from lodebase.layout.siting import SitingQuery, layers, siting_grid
from lodeweb.api.features import query_parameters
from lodeweb.api.layout.area_parameters import FINEST, number, product_and_area
from lodeweb.api.layout.check import version
from lodeweb.api.layout.rules import day
from lodeweb.http.database import site
from lodeweb.http.representation.links import own_links
from lodeweb.http.representation.negotiation import GEOJSON
from lodeweb.http.representation.responses import VERSION_HEADER, document_response

blueprint = Blueprint("layout_siting", __name__)
OWN = ("product", "capacity_tpa", "country", "within", "resolution", "on", "version")
MOST_TPA = 1e9


@dataclass(frozen=True, slots=True)
class GridDocument:
    """Counts of findings on a grid of H3 cells."""

    body: dict[str, Any]


@blueprint.get("/api/layout/siting")
def of_product() -> Response:
    """Return the number of rules that a plant would meet and not meet in each H3 cell; as GeoJSON, the layer of the map."""
    drawn = request.args.get("f") == "geojson"
    query_parameters.general(request.args, extra=OWN)
    body = count_findings(request.args)
    if drawn:
        response = Response(orjson.dumps(layers(body)), mimetype=GEOJSON)
        response.headers[VERSION_HEADER] = str(body["data_version"])
        return response
    return document_response({**body, "links": own_links()}, GridDocument(body), version=body["data_version"])


def count_findings(given: MultiDict[str, str]) -> dict[str, Any]:
    """Return how many rules are met and not met in each cell. Raises BadQuery."""
    query = _query(given)
    try:
        return siting_grid(site().engine, site().figures, query, rulebook(site().settings), version(given.get("version")))
    except BadCandidate as refused:
        raise BadQuery("capacity_tpa", given.get("capacity_tpa", "")[:40], refused.wrong[0].message) from None


def _query(given: MultiDict[str, str]) -> SitingQuery:
    product, country, within = product_and_area(given)
    capacity = number(given, "capacity_tpa", 0.0, MOST_TPA) if given.get("capacity_tpa") else None
    return SitingQuery(product, day(given.get("on")), capacity, country, within, int(number(given, "resolution", 3.0, FINEST)))

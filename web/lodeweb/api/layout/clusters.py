"""Existing overlaps, as data and for a page: pairs, clusters, provinces and a grid."""

import math
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from lodebase.errors import BadQuery
from lodebase.layout.pairs import ClusterQuery, layers, pairs
from lodebase.query.parameters import spatial_parameters
from lodedata.layout.products import PRODUCTS
from lodedata.messages import msg
from lodedata.vocab import no_term, vocabulary
from lodeweb.api.features import query_parameters
from lodeweb.api.layout.check import version
from lodeweb.http.database import site
from lodeweb.http.links import own_links
from lodeweb.http.negotiation import GEOJSON
from lodeweb.http.responses import VERSION_HEADER, answer

blueprint = Blueprint("layout_pairs", __name__)
OWN = ("product", "within_km", "country", "within", "resolution", "version")
MOST_KM = 500.0
FINEST = 5


@dataclass(frozen=True, slots=True)
class ClusterDocument:
    """Pairs and clusters of sites of one product."""

    body: dict[str, Any]


@blueprint.get("/api/layout/pairs")
def of_product() -> Response:
    """Return pairs and clusters of sites of one product, provinces ranked, and H3 cells; as GeoJSON the map's layers."""
    drawn = request.args.get("f") == "geojson"
    query_parameters.general(request.args, extra=OWN)
    body = pairs(site().engine, read_request(request.args), version(request.args.get("version")))
    if drawn:
        response = Response(orjson.dumps(layers(body)), mimetype=GEOJSON)
        response.headers[VERSION_HEADER] = str(body["data_version"])
        return response
    return answer({**body, "links": own_links()}, ClusterDocument(body), version=body["data_version"])


def read_request(given: MultiDict[str, str]) -> ClusterQuery:
    """Return the cluster query of some parameters. Raises BadQuery."""
    product = given.get("product", "")
    if product not in PRODUCTS:
        raise BadQuery(
            "product",
            product[:40],
            msg('"%(value)s" is not a product of the layout check. Use one of %(choices)s.', choices=list(PRODUCTS)),
        )
    country = given.get("country") or "CHN"
    if country not in vocabulary("country"):
        raise BadQuery(
            "country",
            country[:40],
            no_term("country"),
        )
    within = given.get("within") or None
    if within is not None:
        polygon(within)
    km, resolution = number(given, "within_km", 100.0, MOST_KM), number(given, "resolution", 3.0, FINEST)
    return ClusterQuery(product, km, country, within, int(resolution))


def number(given: MultiDict[str, str], name: str, usual: float, most: float) -> float:
    """Return a number from 0, or from 1 for a distance, to a maximum; a resolution is an integer. Raises BadQuery."""
    text = given.get(name)
    if not text:
        return usual
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (1 if name == "within_km" else 0) <= value <= most or (name == "resolution" and value != int(value)):
        raise BadQuery(
            name, text[:40], msg('%(parameter)s must be a number up to %(most)s, not "%(value)s".', most=f"{most:g}")
        )
    return value


def polygon(text: str) -> None:
    """Raise BadQuery for a text that is not a valid polygon."""
    if text.lstrip().startswith("{"):
        raise BadQuery("within", text[:80], msg('"%(value)s" is not a polygon as WKT in WGS 84.'))
    spatial_parameters.within(text)

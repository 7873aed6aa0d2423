"""Existing overlaps, as data and for a page: pairs, clusters, provinces and a grid."""

from dataclasses import dataclass
from typing import Any

import orjson
from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from lodebase.layout.pairs import ClusterQuery, layers, pairs
from lodeweb.api.features import query_parameters
from lodeweb.api.layout.area_parameters import FINEST, number, product_and_area
from lodeweb.api.layout.check import version
from lodeweb.http.database import site
from lodeweb.http.representation.links import own_links
from lodeweb.http.representation.negotiation import GEOJSON
from lodeweb.http.representation.responses import VERSION_HEADER, document_response

blueprint = Blueprint("layout_pairs", __name__)
OWN = ("product", "within_km", "country", "within", "resolution", "version")
MOST_KM = 500.0


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
    return document_response({**body, "links": own_links()}, ClusterDocument(body), version=body["data_version"])


def read_request(given: MultiDict[str, str]) -> ClusterQuery:
    """Return the cluster query of some parameters. Raises BadQuery."""
    product, country, within = product_and_area(given)
    km, resolution = number(given, "within_km", 100.0, MOST_KM), number(given, "resolution", 3.0, FINEST)
    return ClusterQuery(product, km, country, within, int(resolution))

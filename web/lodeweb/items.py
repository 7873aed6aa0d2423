"""Features of a collection, and one of them."""

from datetime import UTC, datetime

import orjson
from flask import Blueprint, Response, request

from lodebase.query import item, page
from lodebase.query.collections_ import collection
from lodeweb import params
from lodeweb.database import site
from lodeweb.links import GEOJSON, JSON, link, next_link, self_link

blueprint = Blueprint("items", __name__, url_prefix="/api/collections")


@blueprint.get("/<name>/items")
def items(name: str) -> Response:
    """A page of features (OGC API Features, Part 1, 7.15)."""
    asked = collection(name)
    query = params.query(asked, request.args)
    found = page(site().engine, query, site().counts)
    links = [self_link(GEOJSON), link(f"/api/collections/{name}", "collection", JSON)]
    if found.next_after is not None:
        links.append(next_link(found.next_after, GEOJSON))
    head = {
        "type": "FeatureCollection",
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "numberMatched": found.matched,
        "numberReturned": found.returned,
        "links": links,
    }
    # the features are bytes that PostGIS made; they are put in, not read
    body = orjson.dumps(head)[:-1] + b',"features":[' + found.features + b"]}"
    return _answer(body, found.dataset_version)


@blueprint.get("/<name>/items/<identity>")
def one(name: str, identity: str) -> Response:
    """One feature (OGC API Features, Part 1, 7.16)."""
    asked = collection(name)
    params.query(asked, request.args)
    feature, version = item(site().engine, name, identity)
    links = [self_link(GEOJSON), link(f"/api/collections/{name}", "collection", JSON)]
    return _answer(feature[:-1] + b',"links":' + orjson.dumps(links) + b"}", version)


def _answer(body: bytes, dataset_version: int) -> Response:
    response = Response(body, mimetype=GEOJSON)
    response.headers["Lode-Dataset-Version"] = str(dataset_version)
    response.headers["Cache-Control"] = "no-cache"
    return response

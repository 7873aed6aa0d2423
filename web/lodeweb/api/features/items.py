"""Features of a collection, by pages and by id."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import orjson
from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from lodebase.query import Query, read_page
from lodebase.query.collections_ import Collection, find_collection
from lodebase.query.crs import CRS84_URI
from lodebase.query.parameters.declarations import OF_ITEMS
from lodebase.query.parameters.json_body import flatten_json_body
from lodebase.records.feature import nest_features, read_served_feature
from lodedata.messages import msg
from lodeweb.adapter.api_operation import ApiOperation, describe_as, format_parameter
from lodeweb.api.features import query_parameters
from lodeweb.api.features.schemas import SCHEMA
from lodeweb.api.linked_data import record_graph
from lodeweb.api.linked_data.syntaxes import SYNTAXES, choose_syntax, serialize_graph
from lodeweb.http.access.sessions import open_to_all
from lodeweb.http.database import get_site
from lodeweb.http.read_replica import only_reads
from lodeweb.http.representation import html_pages, pinned
from lodeweb.http.representation.links import (
    Link,
    build_next_link,
    build_own_links,
    build_self_link,
    change_address,
    link,
    quote_query_text,
)
from lodeweb.http.representation.negotiation import GEOJSON, HTML, JSON, wants_html
from lodeweb.http.representation.responses import VERSION_HEADER, build_page_response

PROFILE = ("profile",)
MAX_NESTED_RECORDS = 100
"""The most records of a page with all rows that belong to them; each takes some statements."""
FEATURES = {GEOJSON: "features", HTML: "page"}


@dataclass(frozen=True, slots=True)
class FeaturePage:
    """A page of features of a collection, as GeoJSON."""

    collection: Collection
    body: bytes
    dataset_version: int


blueprint = Blueprint("items", __name__, url_prefix="/api/collections")
COPIED_BYTES = 1 << 18
"""Total bytes of features up to which one joined piece is sent faster than three."""


@blueprint.get("/<name>/items")
@pinned.reads_version
# source rows are stored as last read, and the latest version has them
@pinned.changes_within_version(lambda: "profile" in request.args)
@describe_as(ApiOperation(msg("The records that match, in pages"), FEATURES, OF_ITEMS, more=PROFILE))
def list_items(name: str) -> Response:
    """Return a page of features (OGC API Features, Part 1, 7.15)."""
    collection = find_collection(name)
    query = query_parameters.parse_feature_query(collection, request.args, extra=PROFILE, method="GET or POST")
    nested = query_parameters.parse_profile(request.args)
    counts = _counts_figures(request.args)
    numbers = query_parameters.without_figure(collection, request.args, extra=PROFILE) if counts else {}
    return _build_page(collection, query, None, numbers, nested)


@blueprint.post("/<name>/items")
@open_to_all("a query too long for a URL; it only reads")
@only_reads
@describe_as(ApiOperation(msg("The same, with the parameters as a JSON object in the body"), FEATURES, (), sent=True))
def list_items_by_post(name: str) -> Response:
    """Return a page of features for a JSON object of the same parameters or a CQL2 filter, for polygons too long for a URL."""
    collection = find_collection(name)
    sent = request.args.to_dict() | flatten_json_body(request.get_data())
    arguments = MultiDict(sent)
    query = query_parameters.parse_feature_query(collection, arguments, method="POST")
    numbers = query_parameters.without_figure(collection, arguments, method="POST") if _counts_figures(arguments) else {}
    return _build_page(collection, query, sent, numbers)


def _counts_figures(arguments: Mapping[str, str]) -> bool:
    """Return whether the records without a figure are counted: on pages, and where the request is about them."""
    return "has_figure" in arguments or wants_html()


def _build_page(
    collection: Collection, query: Query, sent: dict[str, str] | None, numbers: Mapping[str, int], nested: bool = False
) -> Response:
    if nested:
        query = replace(query, limit=min(query.limit, MAX_NESTED_RECORDS))
    feature_page = read_page(get_site().engine, query, get_site().counts)
    features = feature_page.features
    if nested and features:
        features = nest_features(get_site().engine, collection.name, features, feature_page.dataset_version)
    links = [*build_own_links(GEOJSON), link(f"/api/collections/{collection.name}", "collection", JSON)]
    if feature_page.next is not None:
        links.append(_link_next(feature_page.next.token(), sent))
    head = {
        "type": "FeatureCollection",
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "numberMatched": feature_page.matched,
        "numberReturned": feature_page.returned,
        **numbers,
        "links": links,
    }
    # the features are bytes from PostGIS; they are inserted without parsing, and large pages are not copied either
    parts = [orjson.dumps(head)[:-1] + b',"features":[', features, b"]}"]
    if wants_html():
        content = FeaturePage(collection, b"".join(parts), feature_page.dataset_version)
        return build_page_response(html_pages.render(content), feature_page.dataset_version)
    body = parts if len(features) > COPIED_BYTES else b"".join(parts)
    headers = {"OGC-NumberMatched": str(feature_page.matched), "OGC-NumberReturned": str(feature_page.returned)}
    return _build_response(body, feature_page.dataset_version, request.args.get("crs", CRS84_URI), headers)


@blueprint.get("/<name>/items/<identity>")
@pinned.reads_version
# source rows are stored as last read, and the latest version has them
@pinned.changes_within_version(lambda: "profile" in request.args or choose_syntax() is not None)
@describe_as(
    ApiOperation(
        msg("One record; also as linked data in Turtle, JSON-LD or RDF/XML"),
        {GEOJSON: "feature", HTML: "page", **{media_type: "page" for _, media_type in SYNTAXES.values()}},
        more=("crs", "profile", "as_of"),
        less=("f",),
        own=(format_parameter("json", "html", *SYNTAXES),),
    )
)
def show_item(name: str, identity: str) -> Response:
    """Return one feature (OGC API Features, Part 1, 7.16)."""
    collection = find_collection(name)
    arguments = MultiDict(request.args)
    if (syntax := choose_syntax()) is not None:
        arguments.poplist("f")
    crs, nested, as_of = query_parameters.parse_single_parameters(arguments)
    if syntax is not None:
        feature, version = read_served_feature(get_site().engine, name, identity, nested=True, as_of=as_of)
        data, media_type = serialize_graph(record_graph.build_record_graph(collection, feature), syntax)
        return Response(data, content_type=media_type, headers={VERSION_HEADER: str(version), "Link": _format_alternates()})
    feature, version = read_served_feature(get_site().engine, name, identity, crs, nested, as_of)
    links = [*build_own_links(GEOJSON), link(f"/api/collections/{name}", "collection", JSON)]
    body = feature[:-1] + b',"links":' + orjson.dumps(links) + b"}"
    if wants_html():
        return Response(
            status=303,
            headers={
                "Location": f"/records/{quote_query_text(identity)}{change_address(f=None)}",
                "Link": _format_alternates(),
            },
        )
    response = _build_response(body, version, request.args.get("crs", CRS84_URI))
    response.headers.add("Link", _format_alternates())
    return response


def _format_alternates() -> str:
    """Return the links of a record to its graph in each syntax, as a header."""
    own = build_self_link(GEOJSON)["href"].split("?")[0]
    return ", ".join(
        f'<{own}{change_address(f=form)}>; rel="alternate"; type="{media}"' for form, (_, media) in SYNTAXES.items()
    )


def _link_next(word: str, sent: dict[str, str] | None) -> Link:
    if sent is None:
        return build_next_link(word, GEOJSON)
    # the next page of a POST request is a POST request too (as in STAC API, item search)
    return {
        "href": request.base_url,
        "rel": "next",
        "type": GEOJSON,
        "method": "POST",
        "body": {**sent, "after": word},  # type: ignore[dict-item]
    }


def _build_response(
    body: bytes | list[bytes], dataset_version: int, crs: str, more: Mapping[str, str] | None = None
) -> Response:
    assert request.view_args is not None
    sortables = f"{request.url_root}api/collections/{request.view_args['name']}/sortables"
    headers = {
        VERSION_HEADER: str(dataset_version),
        "Content-Crs": f"<{crs}>",
        # Part 8, /req/sortables/sortables-link: from every resource that can be sorted
        "Link": f'<{sortables}>; rel="http://www.opengis.net/def/rel/ogc/1.0/sortables"; type="{SCHEMA}"',
        **(more or {}),
    }
    if isinstance(body, list):
        headers["Content-Length"] = str(sum(map(len, body)))
    return Response(body, content_type=GEOJSON, headers=headers)

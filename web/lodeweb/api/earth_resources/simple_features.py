"""A page of records under the names of a simple-feature profile, as GeoJSON or GML."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Response, request
from werkzeug.datastructures import MultiDict

from lodebase.query import read_page
from lodebase.query.collections_ import Collection
from lodebase.query.parameters.parameter import Group
from lodeweb.adapter.api_operation import format_parameter
from lodeweb.api.earth_resources import gml
from lodeweb.api.features import query_parameters
from lodeweb.http.database import get_site
from lodeweb.http.representation.links import build_next_link, build_self_link, link
from lodeweb.http.representation.negotiation import GEOJSON, JSON
from lodeweb.http.representation.responses import VERSION_HEADER

Properties = tuple[dict[str, Any], dict[str, Any]]
GROUPS: tuple[Group, ...] = ("filter", "moment", "page", "general")
FORMS = {GEOJSON: "object", gml.GML_TYPE: "page"}
FORMAT = format_parameter("json", "gml")


@dataclass(frozen=True, slots=True)
class SimpleFeatureView:
    """A view: the collection, its records, the namespace and name of its features, and their properties."""

    collection: Collection
    namespace: tuple[str, str]
    kind: str
    properties: Callable[[Mapping[str, Any]], Properties]
    """Return the properties of a feature that its schema has, in its order, and those of Lode alone; None is no value."""
    chosen: Mapping[str, str]
    """Parameters that select the records of the view, in addition to those of the request."""


def respond_with_view(view: SimpleFeatureView) -> Response:
    """Return the page of a view that the request names, as GeoJSON or with ``f=gml`` as GML."""
    arguments = MultiDict([(name, value) for name, value in request.args.items(multi=True) if (name, value) != ("f", "gml")])
    for name, value in view.chosen.items():
        if name == "filter" and arguments.get("filter") and arguments.get("filter-lang") != "cql2-json":
            arguments["filter"] = f"({arguments['filter']}) AND {value}"
        else:
            arguments.add(name, value)
    feature_page = read_page(
        get_site().engine, query_parameters.parse_feature_query(view.collection, arguments, GROUPS), get_site().counts
    )
    features = [
        (raw_feature, view.properties(raw_feature)) for raw_feature in orjson.loads(b"[" + feature_page.features + b"]")
    ]
    head = {
        "timeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "numberMatched": feature_page.matched,
        "numberReturned": feature_page.returned,
    }
    headers = {VERSION_HEADER: str(feature_page.dataset_version)}
    following = None if feature_page.next is None else build_next_link(feature_page.next.token(), GEOJSON)
    if request.args.get("f") == "gml":
        attributes = {name: str(value) for name, value in head.items()}
        attributes |= {} if following is None else {"next": following["href"]}
        content = gml.write_gml_collection(view.namespace, view.kind, features, attributes)
        return Response(content, content_type=gml.GML_TYPE, headers=headers)
    links = [build_self_link(GEOJSON), link(f"/api/collections/{view.collection.name}", "collection", JSON)]
    links += [] if following is None else [following]
    body = {
        "type": "FeatureCollection",
        **head,
        "links": links,
        "features": [_merge_properties(*feature) for feature in features],
    }
    return Response(orjson.dumps(body), content_type=GEOJSON, headers=headers)


def _merge_properties(feature: Mapping[str, Any], properties: Properties) -> dict[str, Any]:
    published, own = properties
    return {**feature, "properties": published | own}

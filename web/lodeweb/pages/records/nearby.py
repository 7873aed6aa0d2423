"""The nearest records to a record within a radius, by kind."""

from dataclasses import dataclass
from typing import Any

import orjson

from lodebase.query import Query, read_page
from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.filters.spatial.distance import DistanceCondition
from lodeweb.http.database import get_site
from lodeweb.http.representation import links
from lodeweb.i18n import labels, quantities
from lodeweb.i18n.language import get_language

MAX_NEIGHBOURS = 4
RADIUS_KM = 100
"""How far away a record may be to be near another."""
SHOWN_PROPERTIES = ("name_en", "name_zh", "main_commodity", "position_accuracy_m")
STANDING = {"deposits": "size_class", "discoveries": "exploration_stage", "projects": "status"}
"""The property of each kind of record that is shown in addition to name and commodity."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A nearby record."""

    identity: str
    name: str
    address: str
    distance: str
    accuracy: str | None
    texts: list[str]
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest records of a kind, and the address of all of them in order of distance."""

    kind: str
    title: str
    address: str
    records: list[Neighbour]


def find_neighbours(lon: float, lat: float, own: str) -> list[Neighbours]:
    """Return the nearest records of each kind within the radius on the ellipsoid, without the record itself."""
    return [_find_of_kind(collection, lon, lat, own) for collection in COLLECTIONS.values() if collection.kind.merged]


def _find_of_kind(collection: Collection, lon: float, lat: float, own: str) -> Neighbours:
    query = Query(
        collection.name,
        (DistanceCondition(lon, lat, float(RADIUS_KM)),),
        limit=MAX_NEIGHBOURS + 1,
        properties=(*SHOWN_PROPERTIES, STANDING[collection.name]),
    )
    document = orjson.loads(b"[" + read_page(get_site().engine, query, get_site().counts).features + b"]")
    records = [_build_neighbour(collection, feature) for feature in document if feature["id"] != own][:MAX_NEIGHBOURS]
    return Neighbours(
        collection.name,
        labels.find_collection_title(collection),
        f"{links.build_collection_path(collection)}/items?f=html&nearest={lon},{lat}",
        records,
    )


def _build_neighbour(collection: Collection, feature: dict[str, Any]) -> Neighbour:
    properties = feature["properties"]
    lang = get_language()
    texts = [
        text
        for name in ("main_commodity", STANDING[collection.name])
        if (field := collection.field(name)) is not None
        for text in labels.list_value_labels(field, properties[name], lang)
    ]
    accuracy = properties["position_accuracy_m"]
    lon, lat = feature["geometry"]["coordinates"][:2]
    return Neighbour(
        identity=feature["id"],
        name=labels.record_name(properties, feature["id"]),
        address=links.record_address(feature["id"]),
        distance=quantities.format_kilometres(properties["distance_km"] * 1000, lang),
        accuracy=None if accuracy is None else quantities.format_kilometres(accuracy, lang),
        texts=texts,
        lon=lon,
        lat=lat,
    )

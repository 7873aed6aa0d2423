"""The nearest records to a record, by kind."""

from dataclasses import dataclass
from typing import Any

import orjson

from lodebase.query import Query, page
from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.query import DistanceFilter
from lodeweb.http import links
from lodeweb.http.database import site
from lodeweb.i18n import labels, quantities
from lodeweb.i18n.language import language

SHOWN = 5
TOLD = ("name_en", "name_zh", "main_commodity", "position_accuracy_m")
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
    words: list[str]
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest records of a kind, and the address of all of them in order of distance."""

    kind: str
    title: str
    address: str
    records: list[Neighbour]


def neighbours(lon: float, lat: float, own: str) -> list[Neighbours]:
    """Return the nearest records of each kind on the ellipsoid, without the record itself."""
    return [_of_kind(asked, lon, lat, own) for asked in COLLECTIONS.values() if asked.kind.merged]


def _of_kind(asked: Collection, lon: float, lat: float, own: str) -> Neighbours:
    query = Query(asked.name, near=DistanceFilter(lon, lat, None), limit=SHOWN + 1, properties=(*TOLD, STANDING[asked.name]))
    found = orjson.loads(b"[" + page(site().engine, query, site().counts).features + b"]")
    records = [_told(asked, feature) for feature in found if feature["id"] != own][:SHOWN]
    return Neighbours(
        asked.name, labels.collection_title(asked), f"{links.collection_path(asked)}/items?f=html&nearest={lon},{lat}", records
    )


def _told(asked: Collection, feature: dict[str, Any]) -> Neighbour:
    properties = feature["properties"]
    lang = language()
    words = [
        word
        for name in ("main_commodity", STANDING[asked.name])
        if (field := asked.field(name)) is not None
        for word in labels.words(field, properties[name], lang)
    ]
    accuracy = properties["position_accuracy_m"]
    lon, lat = feature["geometry"]["coordinates"][:2]
    return Neighbour(
        identity=feature["id"],
        name=labels.record_name(properties, feature["id"]),
        address=links.record_address(asked, feature["id"]),
        distance=quantities.kilometres(properties["distance_km"] * 1000, lang),
        accuracy=None if accuracy is None else quantities.kilometres(accuracy, lang),
        words=words,
        lon=lon,
        lat=lat,
    )

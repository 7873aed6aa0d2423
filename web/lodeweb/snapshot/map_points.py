"""The points of the map of a snapshot: one small file that any server sends, without ranges."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from lodebase.query.collections_ import Collection
from lodedata.vocab import load_vocabulary

MAX_DRAWN_POINTS = 50_000
"""Points of a collection that a browser draws without tiles; the PMTiles file has all."""


class MapPoints:
    """The points of collections, each with its record's id, group and names."""

    def __init__(self) -> None:
        self._points: dict[str, list[list[Any]]] = {}
        self.left_out: dict[str, int] = {}

    def add(self, collection: Collection, features: Sequence[Mapping[str, Any]]) -> None:
        """Add the points of a collection, and count those that the map leaves out."""
        if collection.geometry != "point":
            return
        placed = [feature for feature in features if feature["geometry"] is not None]
        self._points[collection.name] = [_build_point(feature) for feature in placed[:MAX_DRAWN_POINTS]]
        if len(placed) > MAX_DRAWN_POINTS:
            self.left_out[collection.name] = len(placed) - MAX_DRAWN_POINTS

    def write(self, folder: Path) -> None:
        """Write the points and the colours of the groups."""
        folder.mkdir()
        colours = {term.code: term.extra["colour"] for term in load_vocabulary("commodity-group")}
        (folder / "points.json").write_bytes(orjson.dumps({"colours": colours, "points": self._points}))


def _build_point(feature: Mapping[str, Any]) -> list[Any]:
    lon, lat = feature["geometry"]["coordinates"][:2]
    stated = feature["properties"]
    return [lon, lat, feature["id"], *(stated.get(name) for name in ("commodity_group", "name_en", "name_zh"))]

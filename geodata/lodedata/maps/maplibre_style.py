"""Styles of MapLibre (style specification, version 8): records in the colours of their commodity group, counts as circles.

No style names fonts or pictures, so that a map needs nothing but its tiles.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lodedata.maps.map_symbols import load_map_symbols
from lodedata.vocab import load_vocabulary

GROUP = "commodity_group"
EDGE = "#ffffff"
MEDIA_TYPE = "application/vnd.mapbox.style+json"
BACKGROUND = {"id": "background", "type": "background", "paint": {"background-color": "#e8edf1"}}


@dataclass(frozen=True, slots=True)
class StyledLayer:
    """A layer of tiles: its name, the geometry of its features, and their properties."""

    name: str
    polygon: bool
    fields: Sequence[str]

    @property
    def counts(self) -> bool:
        """Return whether its features are counts of records."""
        return "n" in self.fields and not self.polygon


def build_maplibre_style(
    name: str, sources: Mapping[str, tuple[Mapping[str, Any], Iterable[StyledLayer]]], **metadata: Any
) -> dict[str, Any]:
    """Return the style of some sources of vector tiles, each with its layers."""
    return {
        "version": 8,
        "name": name,
        "metadata": {f"lode:{key}": value for key, value in metadata.items()},
        "sources": {source: {"type": "vector", **properties} for source, (properties, _) in sources.items()},
        "layers": [
            BACKGROUND,
            *(
                drawing_layer
                for source, (_, layers) in sources.items()
                for layer in layers
                for drawing_layer in _build_drawing_layers(source, layer)
            ),
        ],
    }


def _build_drawing_layers(source: str, layer: StyledLayer) -> list[dict[str, Any]]:
    """Return the layers of the style that draw a layer of the tiles."""
    shared = {"source": source, "source-layer": layer.name}
    if layer.polygon:
        style = load_map_symbols()["polygons"]
        fill = {"fill-color": _choose_colour(layer), "fill-opacity": style["fillOpacity"]}
        line = {"line-color": _choose_colour(layer), "line-width": style["width"]}
        return [
            {"id": layer.name, "type": "fill", **shared, "paint": fill},
            {"id": f"{layer.name}-edge", "type": "line", **shared, "paint": line},
        ]
    if layer.counts:
        size = ["interpolate", ["linear"], ["log10", ["max", 1, ["get", "n"]]], 0, 4, 5, 24]
        paint = {"circle-radius": size, "circle-color": load_map_symbols()["plain"], "circle-opacity": 0.5}
        return [{"id": layer.name, "type": "circle", **shared, "paint": paint}]
    radius = ["interpolate", ["linear"], ["zoom"], 2, 3, 10, 7]
    edge = {"circle-stroke-color": EDGE, "circle-stroke-width": 1}
    return [
        {
            "id": layer.name,
            "type": "circle",
            **shared,
            "paint": {"circle-radius": radius, "circle-color": _choose_colour(layer), **edge},
        }
    ]


def _choose_colour(layer: StyledLayer) -> Any:
    if GROUP not in layer.fields:
        return load_map_symbols()["plain"]
    pairs = [part for term in load_vocabulary("commodity-group") for part in (term.code, term.extra["colour"])]
    return ["match", ["get", GROUP], *pairs, load_map_symbols()["plain"]]

"""A map of points on a page: what its script draws, and the legend."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lodeweb.pages.embedded import embed_json
from lodeweb.pages.map import ground


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A point in degrees, WGS 84, with its title, the page it leads to, and the CSS variable of its colour."""

    lon: float
    lat: float
    title: str
    fill: str
    href: str | None = None


def write_points_settings(points: Iterable[MapPoint]) -> str:
    """Return the JSON from which ``layout.js`` draws the points, for a script element; an empty text without any."""
    features = [_build_feature(point) for point in points]
    if not features:
        return ""
    layers = {"type": "FeatureCollection", "features": features}
    return embed_json({**ground.build_basemap_data(), "layers": layers, "texts": {}})


def _build_feature(point: MapPoint) -> Mapping[str, Any]:
    properties = {"layer": "marked", "fill": point.fill, "title": point.title, "href": point.href}
    geometry = {"type": "Point", "coordinates": [point.lon, point.lat]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}

"""Features cut into tiles of GeoJSON at a few zooms, each simplified to half a pixel."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import shapely

from lodedata.ground.archive import Tile

CUTS = (0, 3, 6)
"""Zooms that are cut, in tiles of 512 pixels; the map draws a zoom between two from the coarser one."""
SIDE_PX = 512
MAX_LAT = 85.05
MARGIN = 0.02
"""Part of a tile that is drawn around it, so that lines do not end at its edge."""
BEDROCK = ("unit", "age", "age_text", "lithology", "lithology_text")
STATED = ("name", "name_en", "name_zh", "scalerank", "min_zoom", "prov_type", "prov_name", "type", "kind", "feature", *BEDROCK)
"""Properties that tiles have."""


@dataclass(frozen=True, slots=True)
class GroundFeatures:
    """Geometries in WGS 84 degrees with the properties of each."""

    shapes: Sequence[shapely.Geometry]
    properties: Sequence[Mapping[str, Any]]


def cut(features: GroundFeatures) -> Iterator[Tile]:
    """Yield the tiles of features, compressed GeoJSON; a tile without any is left out."""
    stated = [
        {key: property_[key] for key in STATED if property_.get(key) not in (None, "")} for property_ in features.properties
    ]
    for zoom, following in zip(CUTS, (*CUTS[1:], CUTS[-1] + 3), strict=True):
        # as fine as the last zoom that is drawn from this cut
        tolerance = 360 / (SIDE_PX << (following - 1)) / 2
        shapes = shapely.simplify(np.array(features.shapes, dtype=object), tolerance, preserve_topology=False)
        drawn = [
            n
            for n, properties in enumerate(stated)
            if not shapely.is_empty(shapes[n])
            and float(properties.get("min_zoom") or 0) <= following
            and _is_large(shapes[n], tolerance)
        ]
        yield from _cut_zoom(zoom, shapes[drawn], [stated[n] for n in drawn])


def _is_large(shape: shapely.Geometry, tolerance: float) -> bool:
    """Return whether a line or polygon is larger than a pixel; points always are."""
    west, south, east, north = shape.bounds
    return bool(shape.geom_type.endswith("Point") or max(east - west, north - south) > 2 * tolerance)


def _cut_zoom(zoom: int, shapes: Any, stated: Sequence[Mapping[str, Any]]) -> Iterator[Tile]:
    tree = shapely.STRtree(shapes)
    for column in range(1 << zoom):
        for row in range(1 << zoom):
            west, south, east, north = compute_tile_bounds(zoom, column, row)
            indices = sorted(tree.query(shapely.box(west, south, east, north)).tolist())
            if not indices:
                continue
            clipped = shapely.clip_by_rect(shapes[indices], west, south, east, north)
            features = [
                {"type": "Feature", "properties": stated[n], "geometry": orjson.Fragment(shapely.to_geojson(shape))}
                for n, shape in zip(indices, shapely.set_precision(clipped, 1e-4, mode="pointwise"), strict=True)
                if not shapely.is_empty(shape)
            ]
            if features:
                content = orjson.dumps({"type": "FeatureCollection", "features": features})
                yield zoom, column, row, gzip.compress(content, 6, mtime=0)


def compute_tile_bounds(zoom: int, column: int, row: int) -> tuple[float, float, float, float]:
    """Return the edges of a tile and its margin in degrees: west, south, east, north."""
    tiles = 1 << zoom
    west, east = ((column + shift) / tiles * 360 - 180 for shift in (-MARGIN, 1 + MARGIN))
    north, south = (float(compute_latitude((row + shift) / tiles)) for shift in (-MARGIN, 1 + MARGIN))
    return max(west, -180), max(south, -MAX_LAT), min(east, 180), min(north, MAX_LAT)


def compute_latitude(part: Any) -> Any:
    """Return the latitude in degrees at a part of the height of the world's map in Web Mercator, from the north."""
    return np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * np.asarray(part, dtype=float)))))

"""Evidence of ground packs: geologic provinces and faults, read from the tiles of their layers.

A layer of GeoJSON is cut into tiles, of which those of zoom 3 are simplified to about a kilometre. Edges along the tiles are
those of the cut and not of the geology, so they are left out of distances.
"""

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely

from lodebase.ground.packs import ServedLayer
from lodebase.topics.prospectivity.result import UnusedEvidence
from lodedata.ground import archive, bedrock
from lodedata.ground.cutting import compute_tile_bounds
from lodedata.messages import Message, Translatable, msg, wrap_foreign_text
from lodedata.topics.prospectivity.evidence import (
    OTHER_KINDS,
    Evidence,
    EvidenceOrigin,
    classify_distances,
    classify_nearest_kinds,
    classify_polygon_kinds,
    compute_nearest_km,
    label_distance_classes,
)
from lodedata.topics.prospectivity.grid import SPACING_KM, Array, CellGrid

ZOOM = 3
STEP_DEG = 0.1
"""The distance of the points by which lines are represented."""
EDGE_DEG = 0.002
MIN_EXTENT_DEG = 0.001
KINDS = ("prov_type", "type", "kind")
"""Properties that say of what kind a polygon is; the first that a layer has."""
MIN_KINDS = 2
LABELS: Mapping[str, Message] = {
    "accretionary complex": msg("accretionary complex"),
    "back-arc basin": msg("back-arc basin"),
    "basin": msg("basin"),
    "collision zone": msg("collision zone"),
    "craton": msg("craton"),
    "dextral transform": msg("dextral transform"),
    "extension zone": msg("extension zone"),
    "foredeep basin": msg("foredeep basin"),
    "inferred": msg("inferred"),
    "magmatic province": msg("magmatic province"),
    "narrow rift": msg("narrow rift"),
    "oceanic back-arc basin": msg("oceanic back-arc basin"),
    "oceanic crust": msg("oceanic crust"),
    "ophiolite complex": msg("ophiolite complex"),
    "orogenic belt": msg("orogenic belt"),
    "passive margin": msg("passive margin"),
    "shield": msg("shield"),
    "sinistral transform": msg("sinistral transform"),
    "spreading center": msg("spreading center"),
    "subduction zone": msg("subduction zone"),
    "volcanic arc": msg("volcanic arc"),
    "wide rift": msg("wide rift"),
}
"""Labels of kinds of provinces and plate boundaries (Hasterok and others, 2022); other texts are shown as they are."""


@dataclass(frozen=True, slots=True, eq=False)
class LayerFeatures:
    """The parts of a layer's features, each with its properties, and points on their lines and edges."""

    shapes: list[shapely.Geometry]
    properties: list[Mapping[str, Any]]
    lon: Array
    lat: Array
    feature: npt.NDArray[np.int64]
    """Of each point the position of its feature."""


def read_evidence(layers: tuple[ServedLayer, ...], grid: CellGrid) -> tuple[tuple[Evidence, ...], tuple[UnusedEvidence, ...]]:
    """Return the evidence of layers of geology and faults for the cells, and the layers that give none."""
    used, unused = [], []
    for layer in layers:
        origin = EvidenceOrigin(layer.layer.title, layer.layer.attribution, layer.layer.licence)
        if archive.read_metadata(layer.archive).get("format") != archive.GEOJSON:
            unused.append(UnusedEvidence(origin.title, msg("It was added as tiles; only layers of GeoJSON are read.")))
            continue
        features = _read_features(layer)
        evidence = list(_build_evidence(f"{layer.pack}-{layer.layer.name}", layer.layer.kind, features, origin, grid))
        distinct = [evidence for evidence in evidence if len(np.unique(evidence.of_cell)) >= MIN_KINDS]
        used += distinct
        if not distinct:
            unused.append(UnusedEvidence(origin.title, msg("It does not distinguish any cells of this region.")))
    return tuple(used), tuple(unused)


def _build_evidence(
    code: str, kind: str, features: LayerFeatures, origin: EvidenceOrigin, grid: CellGrid
) -> Iterator[Evidence]:
    if not features.shapes:
        return
    if kind == "bedrock":
        yield from _build_bedrock_evidence(code, features, origin, grid)
        return
    stated = next((name for name in KINDS if any(property_.get(name) for property_ in features.properties)), None)
    kinds = [str(property_.get(stated) or "") if stated else "" for property_ in features.properties]
    if kind == "geology":
        names, of_cell = classify_polygon_kinds(features.shapes, kinds, grid)
        title = msg("%(layer)s: kind at the centre of the cell", layer=origin.title)
        yield Evidence(code, title, tuple(_write_kind_title(name) for name in names), of_cell, origin)
    if not len(features.lon):
        return
    if kind == "faults" and stated is not None:
        names, of_cell = classify_nearest_kinds(features.lon, features.lat, [kinds[n] for n in features.feature.tolist()], grid)
        title = msg("%(layer)s: kind of the nearest line", layer=origin.title)
        yield Evidence(f"{code}-kind", title, tuple(_write_kind_title(name) for name in names), of_cell, origin)
    unit = SPACING_KM[grid.resolution]
    distance = compute_nearest_km(features.lon, features.lat, grid)
    nearest = msg("%(layer)s: distance to the nearest line", layer=origin.title)
    edge = msg("%(layer)s: distance to the nearest edge", layer=origin.title)
    title = edge if kind == "geology" else nearest
    yield Evidence(f"{code}-distance", title, label_distance_classes(unit), classify_distances(distance, unit), origin)


def _build_bedrock_evidence(code: str, features: LayerFeatures, origin: EvidenceOrigin, grid: CellGrid) -> Iterator[Evidence]:
    """Yield age and rock of bedrock at the centres; a unit whose age or rock is not known is a class of its own."""
    for name, title in (
        ("age", msg("%(layer)s: age at the centre of the cell", layer=origin.title)),
        ("lithology", msg("%(layer)s: rock at the centre of the cell", layer=origin.title)),
    ):
        kinds = [str(property_.get(name) or "") for property_ in features.properties]
        if any(kinds):
            names, of_cell = classify_polygon_kinds(features.shapes, kinds, grid)
            yield Evidence(f"{code}-{name}", title, tuple(_write_bedrock_title(name) for name in names), of_cell, origin)


def _write_bedrock_title(name: str | None) -> Translatable:
    if name is None or name in ("", OTHER_KINDS):
        return _write_kind_title(name)
    terms = (bedrock.read_ages() if name in bedrock.read_ages().terms else bedrock.read_rocks()).terms
    return msg("%(label)s", label=[terms[part].label if part in terms else wrap_foreign_text(part) for part in name.split("|")])


def _write_kind_title(name: str | None) -> Translatable:
    if name is None:
        return msg("none is held here")
    if name == OTHER_KINDS:
        return msg("of a rarer kind")
    return LABELS.get(name, wrap_foreign_text(name)) if name else msg("of no stated kind")


def _read_features(layer: ServedLayer) -> LayerFeatures:
    """Return the features of the tiles of a layer, those that several tiles have in parts."""
    shapes: list[shapely.Geometry] = []
    properties: list[Mapping[str, Any]] = []
    points = [np.empty((0, 3))]
    for column in range(1 << ZOOM):
        for row in range(1 << ZOOM):
            content = archive.read_archive_tile(layer.archive, ZOOM, column, row)
            if content is None:
                continue
            for feature in orjson.loads(gzip.decompress(content))["features"]:
                for part in shapely.get_parts(shapely.from_geojson(orjson.dumps(feature["geometry"]))):
                    # the precision of a tile makes points of what is smaller than that
                    if not _has_extent(part):
                        continue
                    shapes.append(part)
                    properties.append(feature["properties"])
                    drawn = _list_points(part, compute_tile_bounds(ZOOM, column, row))
                    points.append(np.column_stack((drawn, np.full(len(drawn), len(shapes) - 1))))
    point_rows = np.concatenate(points)
    return LayerFeatures(shapes, properties, point_rows[:, 0], point_rows[:, 1], point_rows[:, 2].astype(np.int64))


def _has_extent(shape: shapely.Geometry) -> bool:
    west, south, east, north = shape.bounds
    return bool(max(east - west, north - south) > MIN_EXTENT_DEG)


def _list_points(shape: shapely.Geometry, bounds: tuple[float, float, float, float]) -> Array:
    """Return points on a line, or on the edges of a polygon but those of the tile."""
    is_area = shape.geom_type == "Polygon"
    rings = [shape.exterior, *shape.interiors] if is_area else [shape]
    # an inner ring may have collapsed to a point
    lines = shapely.segmentize([ring for ring in rings if ring.length > MIN_EXTENT_DEG], STEP_DEG)
    points = np.asarray(shapely.get_coordinates(lines), dtype=np.float64)
    if is_area:
        west, south, east, north = bounds
        on_cut = (np.abs(points[:, :1] - (west, east)) < EDGE_DEG).any(axis=1)
        on_cut |= (np.abs(points[:, 1:] - (south, north)) < EDGE_DEG).any(axis=1)
        points = points[~on_cut]
    return points

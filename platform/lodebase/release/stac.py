"""A STAC 1.1 collection of a release: one item for each collection of records, whose assets are the files."""

from collections.abc import Iterable, Mapping
from typing import Any

from lodebase.history.dataset_state import Box, Extent
from lodebase.query.collections_ import find_collection
from lodebase.release.manifest import ReleaseFile, ReleaseManifest

VERSION = "1.1.0"
TABLE = "https://stac-extensions.github.io/table/v1.2.0/schema.json"
WORLD: Box = (-180.0, -90.0, 180.0, 90.0)
COLLECTION = "collection.json"


def build_stac_collection(manifest: ReleaseManifest, extents: Mapping[str, Extent], names: Iterable[str]) -> dict[str, Any]:
    """Return the collection of a release, with links to its items."""
    boxes = [extent.box for name in names if (extent := extents.get(name)) is not None and extent.box is not None]
    return {
        "type": "Collection",
        "stac_version": VERSION,
        "stac_extensions": [],
        "id": f"lode-{manifest.folder}",
        "title": "Lode: basic data of strategic minerals",
        "description": manifest.citation,
        # of several sources; each file has those of its class
        "license": "other",
        "extent": {
            "spatial": {"bbox": [list(_join_boxes(boxes)), *map(list, boxes)] if boxes else [list(WORLD)]},
            "temporal": {"interval": [[None, manifest.committed_at]]},
        },
        "links": [
            {"rel": "root", "href": f"./{COLLECTION}", "type": "application/json"},
            {"rel": "self", "href": f"./{COLLECTION}", "type": "application/json"},
            {"rel": "describedby", "href": "./manifest.json", "type": "application/json"},
            *({"rel": "item", "href": f"./items/{name}.json", "type": "application/geo+json"} for name in names),
        ],
    }


def build_stac_item(manifest: ReleaseManifest, name: str, extent: Extent | None) -> dict[str, Any]:
    """Return the item of a collection of records."""
    box = WORLD if extent is None or extent.box is None else extent.box
    files = [file for file in manifest.files if file.collection == name]
    return {
        "type": "Feature",
        "stac_version": VERSION,
        "stac_extensions": [TABLE],
        "id": f"lode-{manifest.folder}-{name}",
        "collection": f"lode-{manifest.folder}",
        "geometry": {"type": "Polygon", "coordinates": [_build_ring(box)]},
        "bbox": list(box),
        "properties": {
            "datetime": manifest.committed_at,
            "title": find_collection(name).title.in_language("en"),
            "table:row_count": sum(manifest.records.get(name, {}).values()),
        },
        "links": [
            {"rel": "root", "href": f"../{COLLECTION}", "type": "application/json"},
            {"rel": "parent", "href": f"../{COLLECTION}", "type": "application/json"},
            {"rel": "collection", "href": f"../{COLLECTION}", "type": "application/json"},
        ],
        "assets": {_build_asset_name(file): _build_asset(file) for file in files},
    }


def _build_asset_name(file: ReleaseFile) -> str:
    ending = file.path.rpartition(".")[2]
    return "-".join(filter(None, (ending, file.licence_class, file.country)))


def _build_asset(file: ReleaseFile) -> dict[str, Any]:
    rows = {} if file.rows is None else {"table:row_count": file.rows}
    return {"href": f"../{file.path}", "type": file.media_type, "roles": ["data"], "file:size": file.bytes, **rows}


def _join_boxes(boxes: list[Box]) -> Box:
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


def _build_ring(box: Box) -> list[list[float]]:
    west, south, east, north = box
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]

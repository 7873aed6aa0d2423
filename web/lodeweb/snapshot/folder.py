"""The folder of a snapshot: files of each collection, pages, map, catalogue and checksums."""

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine

from lodebase.errors import ExportFailed
from lodebase.export import snapshots
from lodebase.export.files import export_file
from lodebase.export.snapshots import CHECKSUMS
from lodebase.history.versions import resolve_version
from lodebase.query.collections_ import COLLECTIONS, Collection
from lodebase.query.reading import count_collection_rows, open_reading
from lodebase.query.tiles import list_styled_layers
from lodebase.records.provenance import read_imported_sources
from lodedata.maps import maplibre_style
from lodedata.messages import msg
from lodedata.write import FORMATS
from lodeweb.pages import assets
from lodeweb.snapshot import catalogue
from lodeweb.snapshot.map_points import MapPoints
from lodeweb.snapshot.pages import SnapshotPages

FORMS = ("csv", "geoparquet", "gpkg", "pmtiles")
STAGE = "ndjson"
"""The format that the pages are made from; it is not part of the snapshot."""
BUNDLED = {"page.css": "page.css", "snapshot.css": "snapshot.css", "snapshot.js": "snapshot.js", "mark.svg": "mark.svg"}


def write(engine: Engine, folder: Path, root: str, chosen: Sequence[Collection], replaced: bool = False) -> Mapping[str, int]:
    """Write the snapshot, also in place of an earlier one, and return the number of records by collection.

    Raise ExportFailed.
    """
    counts = count_collection_rows(engine)
    listed = [collection for collection in chosen or COLLECTIONS.values() if counts[collection.name] or chosen]
    with complete_folder(folder, replaced) as part:
        files = _write_data(engine, part, root, listed)
        with open_reading(engine) as connection:
            origins = read_imported_sources(connection)
        version = resolve_version(engine, None)
        pages = SnapshotPages(part, root, version, listed, files, origins)
        points = MapPoints()
        for collection in listed:
            stage = part / "data" / f"{collection.name}{FORMATS[STAGE].suffix}"
            export_file(engine, collection.name, STAGE, stage, root)
            features = list(_read_features(stage))
            stage.unlink()
            pages.write_records(collection, features)
            points.add(collection, features)
        pages.write_indexes(counts, points.left_out)
        points.write(part / "map")
        _copy_assets(part)
        (part / "catalogue.jsonld").write_bytes(catalogue.build_snapshot_catalogue(part, root, version, listed, files, origins))
        _sign(part)
    return {collection.name: counts[collection.name] for collection in listed}


@contextmanager
def complete_folder(folder: Path, replaced: bool = False) -> Iterator[Path]:
    """Yield a folder next to the wanted one that takes its place at the end; an error removes it. Raise ExportFailed.

    An earlier snapshot is ``replaced``: its files are removed when the new ones are complete.
    """
    if replaced:
        snapshots.require_snapshot(folder)
    elif folder.exists() and any(folder.iterdir()):
        raise ExportFailed(msg("%(folder)s is not empty. Name a new folder, or empty it.", folder=folder))
    part = folder.with_name(f".{folder.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        yield part
        if folder.exists():
            snapshots.remove_files(folder)
            folder.rmdir()
        part.rename(folder)
    except OSError as error:
        raise ExportFailed(msg("%(path)s can't be written: %(reason)s", path=folder, reason=error.strerror or error)) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write_data(engine: Engine, part: Path, root: str, listed: Sequence[Collection]) -> Mapping[str, list[str]]:
    """Write the files of the collections and return their names by collection."""
    (part / "data").mkdir()
    file_names: dict[str, list[str]] = {}
    for collection in listed:
        forms = [FORMATS[name] for name in FORMS if collection.geometry is not None or not FORMATS[name].needs_geometry]
        for form in forms:
            export_file(engine, collection.name, form.name, part / "data" / f"{collection.name}{form.suffix}", root)
        file_names[collection.name] = [f"{collection.name}{form.suffix}" for form in forms]
        if collection.geometry is not None:
            source = {"url": f"pmtiles://{collection.name}.pmtiles"}
            style = maplibre_style.build_maplibre_style(
                str(collection.title), {collection.name: (source, list_styled_layers(collection))}
            )
            (part / "data" / f"{collection.name}.style.json").write_bytes(orjson.dumps(style))
    return file_names


def _read_features(stage: Path) -> Iterator[dict[str, Any]]:
    """Yield the features of a file of GeoJSON texts."""
    with stage.open("rb") as stream:
        for line in stream:
            if text := line.strip(b"\x1e\n"):
                yield orjson.loads(text)


def _copy_assets(part: Path) -> None:
    manifest = assets.read_asset_manifest()
    (part / "assets").mkdir()
    for name, target in BUNDLED.items():
        shutil.copyfile(assets.FOLDER / manifest[name], part / "assets" / target)
    shutil.copyfile(assets.FOLDER / "countries-50m.json", part / "map" / "land.json")
    shutil.copyfile(assets.FOLDER / "licences.txt", part / "assets" / "licences.txt")


def _sign(part: Path) -> None:
    """Write the checksum of each file, as ``sha256sum --check`` reads them."""
    files = sorted(path for path in part.rglob("*") if path.is_file())
    lines = [f"{compute_file_digest(path)}  {path.relative_to(part).as_posix()}\n" for path in files]
    (part / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def compute_file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

"""A ground pack made of a folder, an MBTiles file or a PMTiles file: one archive for each layer, checked tile by tile."""

import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import shapely
import yaml
from pmtiles.reader import MmapSource, Reader, all_tiles
from pmtiles.tile import MagicNumberNotFound, TileType
from shapely.geometry.base import BaseGeometry

from lodedata.errors import FileRefused
from lodedata.geography import crs
from lodedata.ground import archive, bedrock, cutting, default_pack, nearness
from lodedata.ground.archive import Tile
from lodedata.ground.cutting import GroundFeatures
from lodedata.ground.manifest import (
    MANIFEST,
    PICTURES,
    BedrockColumns,
    GroundLayer,
    GroundPack,
    PackRefused,
    parse,
    read_folder_manifest,
)
from lodedata.messages import msg
from lodedata.read import InputRow, InputTable, open_tables

TEMPLATE = ("{z}", "{x}", "{y}")
MAX_FEATURES = 500_000
MAX_PACK_TILES = 2_000_000
MAX_NAMED_COLUMNS = 30
"""Columns that a refusal names."""


def read_manifest(path: Path) -> GroundPack:
    """Return the manifest of a folder, or of an MBTiles or PMTiles file from the manifest next to it. Raise PackRefused."""
    if path.is_dir():
        return read_folder_manifest(path)
    manifest = path.with_suffix(".yml")
    if not path.is_file() or path.suffix not in (".mbtiles", ".pmtiles"):
        raise PackRefused(msg("%(path)s: is neither a folder nor an MBTiles or PMTiles file.", path=path))
    if not manifest.is_file():
        raise PackRefused(
            msg(
                "%(file)s: needs a manifest next to it, %(manifest)s, with attribution and licence.",
                file=path.name,
                manifest=manifest.name,
            )
        )
    return parse(manifest.read_text(encoding="utf-8"), manifest.name)


def make(pack: GroundPack, root: Path, into: Path) -> dict[str, int]:
    """Write the archives and the manifest of a pack and return the tiles of each layer. Raise PackRefused or FileRefused."""
    root = root.resolve()
    into.mkdir(parents=True)
    counts = {}
    for layer in pack.layers:
        archive_path = into / f"{layer.name}.mbtiles"
        if layer.columns is not None:
            counts[layer.name] = _make_bedrock(layer, layer.columns, root, archive_path)
        else:
            counts[layer.name] = archive.write(
                archive_path, _read_tiles(layer, root, archive_path), _build_metadata(layer, root)
            )
        if not counts[layer.name]:
            raise PackRefused(msg("%(layer)s: %(path)s has no tile.", layer=layer.name, path=layer.path))
    write_manifest(pack, into)
    return counts


def _make_bedrock(layer: GroundLayer, columns: BedrockColumns, root: Path, archive_path: Path) -> int:
    """Write the archive of a layer of bedrock with a summary of its ages and rocks, and return its tiles."""
    path = _resolve_inside(root, layer.path)
    if not path.is_file():
        raise PackRefused(msg("%(layer)s: there is no file %(path)s.", layer=layer.name, path=layer.path))
    features = _read_features(path, layer)
    named = columns.model_dump(exclude_none=True)
    column_names = {name for property_ in features.properties for name in property_}
    missing = next((name for name in named.values() if name not in column_names), None)
    if missing is not None:
        raise PackRefused(
            msg(
                "%(layer)s: %(file)s has no column %(column)s. Its columns are %(columns)s.",
                layer=layer.name,
                file=path.name,
                column=missing,
                columns=sorted(column_names)[:MAX_NAMED_COLUMNS],
            )
        )
    described, summary = bedrock.describe(features, named)
    metadata = {**_build_metadata(layer, root), "bedrock": json.dumps(asdict(summary), ensure_ascii=False)}
    return archive.write(archive_path, cutting.cut(described), metadata)


def make_default(into: Path) -> bool:
    """Write the default ground from the installed packages; return False without them."""
    package = default_pack.find_default_pack_folder()
    if package is None:
        return False
    into.mkdir(parents=True)
    archive.write(into / "relief.mbtiles", default_pack.cut_relief(package), {"name": "relief", "format": "picture"})
    archive.write(
        into / "lakes.mbtiles", cutting.cut(default_pack.read_lakes(package)), {"name": "lakes", "format": archive.GEOJSON}
    )
    archive.write(
        into / "rivers.mbtiles", cutting.cut(default_pack.read_rivers(package)), {"name": "rivers", "format": archive.GEOJSON}
    )
    write_manifest(default_pack.PACK, into)
    return True


def write_manifest(pack: GroundPack, into: Path) -> None:
    """Write the manifest of a pack, whose layers are the archives next to it."""
    layers = [layer.model_dump() | {"path": f"{layer.name}.mbtiles"} for layer in pack.layers]
    (into / MANIFEST).write_text(yaml.safe_dump(pack.model_dump() | {"layers": layers}, allow_unicode=True), encoding="utf-8")


def _read_tiles(layer: GroundLayer, root: Path, archive_path: Path) -> Iterator[Tile]:
    """Yield the tiles of a layer; only files inside the pack are read. Features to measure to are written next to ``made``."""
    if all(part in layer.path for part in TEMPLATE):
        yield from _read_template_tiles(layer, root)
        return
    path = root if root.is_file() else _resolve_inside(root, layer.path)
    if not path.is_file():
        raise PackRefused(msg("%(layer)s: there is no file %(path)s.", layer=layer.name, path=layer.path))
    if path.suffix == ".mbtiles":
        yield from archive.read_tiles(path)
    elif path.suffix == ".pmtiles":
        yield from _read_pmtiles(path)
    elif layer.kind in PICTURES:
        raise PackRefused(msg("%(layer)s: pictures are tiles, MBTiles or PMTiles.", layer=layer.name))
    else:
        features = _read_features(path, layer)
        if layer.kind in nearness.MEASURED:
            nearness.write(archive_path.with_suffix(nearness.SUFFIX), features)
        yield from cutting.cut(features)


def _build_metadata(layer: GroundLayer, root: Path) -> dict[str, str]:
    """Return what an archive states of itself: its name, its attribution and the media type of its tiles."""
    vector = root.suffix == ".pmtiles" or layer.path.endswith((".mbtiles", ".pmtiles")) or "{z}" in layer.path
    form = "picture" if layer.kind in PICTURES else archive.VECTOR if vector else archive.GEOJSON
    return {"name": layer.name, "attribution": layer.attribution, "format": form}


def _resolve_inside(root: Path, path: str) -> Path:
    inside = (root / path).resolve()
    if not inside.is_relative_to(root.resolve()):
        raise PackRefused(msg("%(path)s: is outside the pack.", path=path))
    return inside


def _read_template_tiles(layer: GroundLayer, root: Path) -> Iterator[Tile]:
    before = layer.path.split("{")[0]
    pattern = re.compile(re.sub(r"\\{([zxy])\\}", r"(?P<\1>\\d{1,7})", re.escape(layer.path)))
    folder = _resolve_inside(root, before)
    for count, file in enumerate(sorted(folder.rglob("*")), 1):
        match = pattern.fullmatch(file.relative_to(root).as_posix())
        if match is None or not file.is_file() or not file.resolve().is_relative_to(root.resolve()):
            continue
        if count > MAX_PACK_TILES or file.stat().st_size > archive.MAX_TILE_BYTES:
            raise PackRefused(msg("%(file)s: too many tiles, or one larger than 2 MB.", file=file.name))
        yield int(match["z"]), int(match["x"]), int(match["y"]), file.read_bytes()


def _read_pmtiles(path: Path) -> Iterator[Tile]:
    try:
        with path.open("rb") as stream:
            source = MmapSource(stream)  # type: ignore[no-untyped-call]
            form = Reader(source).header()["tile_type"]  # type: ignore[no-untyped-call]
            if form not in (TileType.PNG, TileType.JPEG, TileType.WEBP, TileType.MVT):
                raise PackRefused(msg("%(file)s: has tiles of a kind that the map does not draw.", file=path.name))
            for (zoom, column, row), content in all_tiles(source):  # type: ignore[no-untyped-call]
                yield zoom, column, row, bytes(content)
    # the library has no errors of its own, and a damaged file ends in any of these
    except (ValueError, LookupError, EOFError, OSError, RecursionError, TypeError, MagicNumberNotFound) as error:
        if isinstance(error, PackRefused):
            raise
        raise PackRefused(msg("%(file)s: is not a PMTiles file (%(error)s).", file=path.name, error=error)) from None


def _read_features(path: Path, layer: GroundLayer) -> GroundFeatures:
    """Return the features of a file or of a table of points in WGS 84, read in the guarded process. Raise FileRefused."""
    shapes, properties = [], []
    (table, *_) = open_tables(path)
    shape_of = _build_shape_reader(layer, table)
    for row in table.rows:
        shape = shape_of(row)
        if shape is None:
            continue
        shapes.append(shape)
        properties.append(dict(zip(table.columns, row.cells, strict=False)))
        if len(shapes) > MAX_FEATURES:
            raise FileRefused(msg("%(file)s: has more than %(most)s features.", file=path.name, most=f"{MAX_FEATURES:,}"))
    return GroundFeatures(shapes, properties)


def _build_shape_reader(layer: GroundLayer, table: InputTable) -> Callable[[InputRow], BaseGeometry | None]:
    """Return the reader of a row's geometry, None for a row without one. Raise PackRefused for a column that is not there."""
    if layer.lon is None or layer.lat is None:
        try:
            system = crs.resolve(table.crs or crs.WGS84)
        except crs.UnknownCrs as error:
            raise PackRefused(msg("%(file)s: %(reason)s", file=layer.path, reason=error.message)) from None
        return lambda row: None if row.geometry is None else _convert_to_wgs84(row.geometry, system)
    missing = [name for name in (layer.lon, layer.lat) if name not in table.columns]
    if missing:
        raise PackRefused(
            msg("%(layer)s: %(path)s has no column %(columns)s.", layer=layer.name, path=layer.path, columns=", ".join(missing))
        )
    at_lon, at_lat = table.columns.index(layer.lon), table.columns.index(layer.lat)
    return lambda row: _build_point(layer, row.cells[at_lon], row.cells[at_lat])


def _convert_to_wgs84(geometry: bytes, system: str) -> BaseGeometry:
    """Return a geometry in WKB of a reference system as one of WGS 84 without elevations."""
    shape: BaseGeometry = shapely.force_2d(shapely.from_wkb(geometry))
    if system == crs.WGS84:
        return shape
    return shapely.transform(shape, lambda xy: np.column_stack(crs.transform(system, xy[:, 0], xy[:, 1])))


def _build_point(layer: GroundLayer, lon: object, lat: object) -> BaseGeometry | None:
    """Return the point of two cells in degrees, None for empty ones. Raise PackRefused for what is no position."""
    texts = [str(cell).strip() if cell is not None else "" for cell in (lon, lat)]
    if not any(texts):
        return None
    try:
        x, y = map(float, texts)
    except ValueError:
        x, y = math.nan, math.nan
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise PackRefused(
            msg(
                "%(layer)s: %(position)s is not a position; write degrees, longitude from -180 to 180 and latitude "
                "from -90 to 90.",
                layer=layer.name,
                position=", ".join(texts),
            )
        )
    return shapely.Point(x, y)

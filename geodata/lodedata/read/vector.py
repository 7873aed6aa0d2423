"""Vector files by GDAL: GeoPackage, shapefile (zipped or not), GeoJSON, FlatGeobuf, one table per layer."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from lodedata import crs
from lodedata.read.table import FileRefused, Hints, Row, Table, checked_header

BATCH_ROWS = 8192


def tables(path: Path, kind: str, hints: Hints) -> list[Table]:
    """The layer named by the hints, or every layer. Raises FileRefused."""
    found = []
    for source, layer in _layers(path, kind):
        if hints.part in (None, layer):
            found.append(_table(path, source, layer, hints))
    if not found:
        names = ", ".join(repr(layer) for _, layer in _layers(path, kind))
        raise FileRefused(f"{path.name}: there is no layer {hints.part!r}; there are {names or 'none'}")
    return found


def _layers(path: Path, kind: str) -> list[tuple[str, str]]:
    """What GDAL opens, and the layer's name, for each layer of the file."""
    sources = [str(path)]
    if kind == "shapefile-zip":
        with zipfile.ZipFile(path) as archive:
            shapes = [name for name in archive.namelist() if name.casefold().endswith(".shp") and "__MACOSX" not in name]
        sources = [f"/vsizip/{{{path.resolve()}}}/{name}" for name in sorted(shapes)]
    try:
        return [(source, str(layer)) for source in sources for layer, _ in pyogrio.list_layers(source)]
    except (DataSourceError, DataLayerError) as error:
        raise FileRefused(f"{path.name}: can't be read as {kind} ({_first_line(error)})") from None


def _table(path: Path, source: str, layer: str, hints: Hints) -> Table:
    try:
        info = pyogrio.read_info(source, layer=layer)
    except (DataSourceError, DataLayerError) as error:
        raise FileRefused(f"{path.name}, layer {layer!r}: can't be read ({_first_line(error)})") from None
    has_geometry = info["geometry_type"] is not None
    columns = [str(name) for name in info["fields"]]
    if not columns and not has_geometry:
        raise FileRefused(f"{path.name}, layer {layer!r}: has neither columns nor geometry")
    header = checked_header(path.name, columns) if columns else ()
    declared = None
    if has_geometry and info["crs"]:
        try:
            declared = crs.named(str(info["crs"]))
        except crs.UnknownCrs as error:
            raise FileRefused(f"{path.name}, layer {layer!r}: {error}") from None
    rows = _rows(path, source, layer, header, has_geometry, hints.encoding)
    return Table(path.name, layer, header, rows, declared, has_geometry)


def _rows(
    path: Path, source: str, layer: str, header: tuple[str, ...], has_geometry: bool, encoding: str | None
) -> Iterator[Row]:
    number = 1
    try:
        with pyogrio.open_arrow(source, layer=layer, batch_size=BATCH_ROWS, use_pyarrow=True, encoding=encoding) as opened:
            meta, reader = opened
            geometry_name = meta["geometry_name"] or "wkb_geometry"
            for batch in reader:
                columns = dict(zip(batch.schema.names, batch.columns, strict=True))
                geometries = columns.get(geometry_name) if has_geometry else None
                wkbs: list[Any] = geometries.to_pylist() if geometries is not None else [None] * len(batch)
                cells = [[_plain(value) for value in columns[name].to_pylist()] for name in header]
                for row, wkb in zip(zip(*cells, strict=True) if cells else [()] * len(batch), wkbs, strict=True):
                    number += 1
                    yield Row(number, row, wkb)
    except (DataSourceError, DataLayerError, UnicodeDecodeError, OSError, ValueError) as error:
        raise FileRefused(f"{path.name}, layer {layer!r}, after row {number}: can't be read ({_first_line(error)})") from None


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__

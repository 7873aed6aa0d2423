"""Vector files by GDAL: GeoPackage, shapefile (zipped or not), GeoJSON, FlatGeobuf, one table per layer.

Only the guarded process of ``lodedata.read.guard`` calls this module.
"""

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from lodedata.errors import FileRefused
from lodedata.gdal import pyogrio
from lodedata.geography import crs
from lodedata.messages import msg
from lodedata.read.depth import measure_json_depth
from lodedata.read.encodings import GDAL_NAMES, choose_encoding
from lodedata.read.formats import dbf, geopackage, shapefile
from lodedata.read.sniff import open_encoding
from lodedata.read.table import MAX_GEOMETRY_CHARACTERS, Hints, InputRow, InputTable, check_header

BATCH_ROWS = 8192
GEOJSON_DEPTH = 32
MAX_PARSED_BYTES = 64 * 2**20
DRIVERS = {
    "dbf": ("ESRI Shapefile",),
    "fgb": ("FlatGeobuf",),
    "geojson": ("GeoJSON", "GeoJSONSeq"),
    "gpkg": ("GPKG",),
    "shapefile": ("ESRI Shapefile",),
    "shapefile-zip": ("ESRI Shapefile",),
}
"""The drivers of which one must open a file of each kind."""
CUT_VALUE = "parsed incompletely"
"""GDAL's warning of a number of which it read only the beginning, and which it returns as if complete."""


def tables(path: Path, kind: str, hints: Hints) -> list[InputTable]:
    """Return the layer named by the hints, or every layer. Raises FileRefused."""
    _check(path, kind)
    layer_tables = []
    for source, layer in _list_layers(path, kind):
        if hints.part in (None, layer):
            layer_tables.append(_build_table(path, kind, source, layer, hints))
    if not layer_tables:
        names = ", ".join(repr(layer) for _, layer in _list_layers(path, kind))
        if not names:
            raise FileRefused(msg("%(file)s: holds no layer", file=path.name))
        raise FileRefused(
            msg("%(file)s: there is no layer %(part)r; there are %(names)s", file=path.name, part=hints.part, names=names)
        )
    return layer_tables


def _check(path: Path, kind: str) -> None:
    """Raise FileRefused for content that GDAL does not check: nesting, tables that are computed, and parts cut short."""
    if kind in ("shapefile", "shapefile-zip", "dbf"):
        for source in _list_sources(path, kind):
            _detect_expected_shapes(path, source)
    elif kind == "gpkg":
        geopackage.check(path)
    elif kind == "geojson" and (depth := measure_json_depth(path)) > GEOJSON_DEPTH:
        raise FileRefused(
            msg(
                "%(file)s: the JSON is nested %(depth)s deep, more than the %(geojson_depth)s that are read",
                file=path.name,
                depth=depth,
                geojson_depth=GEOJSON_DEPTH,
            )
        )
    if kind == "geojson":
        _require_no_null_feature(path)


def _parse_geojson(path: Path) -> Any:
    """Return the content of a GeoJSON, None for a larger file and for one that is not JSON, which GDAL reports."""
    if path.stat().st_size > MAX_PARSED_BYTES:
        return None
    try:
        return orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except ValueError:
        return None


def _require_no_null_feature(path: Path) -> None:
    """Raise FileRefused for a feature that is null, which GDAL skips; larger files are not held in memory for it."""
    content = _parse_geojson(path)
    features = content.get("features") if isinstance(content, dict) else None
    if isinstance(features, list) and None in features:
        raise FileRefused(
            msg(
                "%(file)s: feature %(number)s of %(count)s is null and no row; remove it",
                file=path.name,
                number=features.index(None) + 1,
                count=len(features),
            )
        )


@contextmanager
def _refuse_errors(path: Path, where: str, what: str) -> Iterator[None]:
    """Raise FileRefused for errors of GDAL and for its warning of a truncated value; other warnings are ignored."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield
        except FileRefused:
            raise
        # pyogrio raises whatever its parsers of names, systems and lengths raise on a damaged file
        except Exception as error:
            raise FileRefused(
                msg("%(where)s: %(what)s (%(reason)s)", where=where, what=what, reason=_take_first_line(error, path))
            ) from None
    for warning in caught:
        if CUT_VALUE in str(warning.message):
            raise FileRefused(msg("%(where)s: %(reason)s", where=where, reason=str(warning.message).rstrip(".")))


def _list_layers(path: Path, kind: str) -> list[tuple[str, str]]:
    """Return the path that GDAL opens and the layer's name, for each layer of the file."""
    with _refuse_errors(path, path.name, f"can't be read as {kind}"):
        return [(source, str(layer)) for source in _list_sources(path, kind) for layer, _ in pyogrio.list_layers(source)]


def _list_sources(path: Path, kind: str) -> list[str]:
    """Return the path that GDAL opens for each data set of the file."""
    if kind != "shapefile-zip":
        return [str(path)]
    with zipfile.ZipFile(path) as archive:
        shapes = [name for name in archive.namelist() if name.casefold().endswith(".shp") and "__MACOSX" not in name]
    return [f"/vsizip/{{{path.resolve()}}}/{name}" for name in sorted(shapes)]


def _build_table(path: Path, kind: str, source: str, layer: str, hints: Hints) -> InputTable:
    encoding = hints.encoding
    if encoding is None and DRIVERS[kind] == ("ESRI Shapefile",):
        encoding = _detect_dbf_encoding(path, source)
    with _refuse_errors(path, f"{path.name}, layer {layer!r}", "can't be read"):
        info = pyogrio.read_info(source, layer=layer, encoding=encoding)
    if info["driver"] not in DRIVERS[kind]:
        raise FileRefused(
            msg(
                "%(file)s: its content is that of %(driver)s, and not of %(kind)s",
                file=path.name,
                driver=info["driver"],
                kind=DRIVERS[kind][0],
            )
        )
    has_geometry = info["geometry_type"] is not None
    columns = [str(name) for name in info["fields"]]
    if not columns and not has_geometry:
        raise FileRefused(msg("%(file)s, layer %(layer)r: has neither columns nor geometry", file=path.name, layer=layer))
    header = check_header(path.name, columns) if columns else ()
    declared = None
    if has_geometry and info["crs"]:
        try:
            declared = crs.resolve(str(info["crs"]))
        except crs.UnknownCrs as error:
            raise FileRefused(msg("%(file)s, layer %(layer)r: %(error)s", file=path.name, layer=layer, error=error)) from None
    rows = _read_rows(path, source, layer, header, has_geometry, encoding)
    if info["driver"] == "ESRI Shapefile":
        rows = _restore_overflows(
            _complete_rows(path, rows, _detect_expected_shapes(path, source)), header, _find_overflows(path, source)
        )
    elif kind == "geojson" and has_geometry:
        rows = _mark_unread_geometries(path, rows)
    elif kind == "fgb" and info["features"] >= 0:
        rows = _check_row_count(path, rows, int(info["features"]))
    return InputTable(path.name, layer, header, rows, declared, has_geometry)


def _detect_expected_shapes(path: Path, source: str) -> NDArray[np.bool_]:
    """Return for each row of a shapefile whether it has a shape. Raises FileRefused if a part is not complete."""
    with _refuse_errors(path, path.name, "can't be read"), _open_shapefile_parts(path, source) as parts:
        return shapefile.detect_expected_shapes(path.name, parts)


@contextmanager
def _open_shapefile_parts(path: Path, source: str) -> Iterator[shapefile.Parts]:
    """Yield the parts of a shapefile or table, those next to it or those in its zip."""
    _, packed, entry = source.partition("}/")
    if not packed:
        yield shapefile.find_sibling_parts(path)
        return
    with zipfile.ZipFile(path) as archive:
        yield shapefile.find_parts_in_zip(archive, entry)


def _find_overflows(path: Path, source: str) -> dict[int, dict[str, str]]:
    with _refuse_errors(path, path.name, "can't be read"), _open_shapefile_parts(path, source) as parts:
        if ".dbf" not in parts:
            return {}
        with parts[".dbf"].open() as stream:
            return dbf.find_number_overflows(stream)


def _restore_overflows(
    rows: Iterator[InputRow], header: tuple[str, ...], overflows: dict[int, dict[str, str]]
) -> Iterator[InputRow]:
    """Yield the rows with the asterisks that their table has for numbers that were too long, in place of no data."""
    for at, row in enumerate(rows):
        texts = overflows.get(at)
        if texts is None:
            yield row
        else:
            cells = [texts.get(name, cell) if cell is None else cell for name, cell in zip(header, row.cells, strict=True)]
            yield replace(row, cells=cells)


def _complete_rows(path: Path, rows: Iterator[InputRow], expected: NDArray[np.bool_]) -> Iterator[InputRow]:
    """Yield the rows, of which shapes that can't be read are marked. Raises FileRefused at the end for missing rows."""
    for at, row in enumerate(_check_row_count(path, rows, len(expected))):
        if row.geometry is None and at < len(expected) and expected[at]:
            yield replace(row, unread_geometry=f"{path.stem}.shp, shape {at + 1}")
        else:
            yield row


def _mark_unread_geometries(path: Path, rows: Iterator[InputRow]) -> Iterator[InputRow]:
    """Yield the rows of a GeoJSON, of which geometries that GDAL gives as none are marked; larger files are not compared."""
    features: list[Any] | None = None
    for at, row in enumerate(rows):
        if row.geometry is None:
            if features is None:
                content = _parse_geojson(path)
                features = content.get("features") if isinstance(content, dict) else None
                features = features if isinstance(features, list) else []
            feature = features[at] if at < len(features) else None
            geometry = feature.get("geometry") if isinstance(feature, dict) else None
            if geometry is not None:
                yield replace(row, unread_geometry=orjson.dumps(geometry).decode()[:MAX_GEOMETRY_CHARACTERS])
                continue
        yield row


def _check_row_count(path: Path, rows: Iterator[InputRow], declared: int) -> Iterator[InputRow]:
    """Yield the rows. Raises FileRefused at the end if they are not as many as the file declares."""
    row_count = 0
    for row in rows:
        row_count += 1
        yield row
    if row_count != declared:
        raise shapefile.refuse_count(path.name, declared, row_count)


def _detect_dbf_encoding(path: Path, source: str) -> str | None:
    """Return the encoding of a table's texts by their bytes, None where the table states it by a code page or a .cpg."""
    with _refuse_errors(path, path.name, "can't be read"), _open_shapefile_parts(path, source) as parts:
        if ".dbf" not in parts or ".cpg" in parts:
            return None
        with parts[".dbf"].open() as stream:
            texts = dbf.read_unstated_texts(stream)
    if not texts:
        return None
    try:
        texts.decode()
        return "UTF-8"
    except UnicodeDecodeError:
        choice = choose_encoding(texts.splitlines(keepends=True))
    if choice.open:
        raise open_encoding(path.name, choice)
    return GDAL_NAMES.get(choice.encoding, choice.encoding.upper())


def _read_rows(
    path: Path, source: str, layer: str, header: tuple[str, ...], has_geometry: bool, encoding: str | None
) -> Iterator[InputRow]:
    number = 1
    where = f"{path.name}, layer {layer!r}"
    opening = pyogrio.open_arrow(source, layer=layer, batch_size=BATCH_ROWS, use_pyarrow=True, encoding=encoding)
    with ExitStack() as stack:
        with _refuse_errors(path, where, "can't be read"):
            meta, reader = stack.enter_context(opening)
        geometry_name = (meta["geometry_name"] or "wkb_geometry").strip()
        while True:
            with _refuse_errors(path, f"{where}, after row {number}", "can't be read"):
                batch = next(reader, None)
                if batch is None:
                    return
                # names of the header are stripped
                columns = {name.strip(): column for name, column in zip(batch.schema.names, batch.columns, strict=True)}
                shapes = columns.get(geometry_name) if has_geometry else None
                wkbs: list[Any] = shapes.to_pylist() if shapes is not None else [None] * len(batch)
                cells = [[_convert_value(value) for value in columns[name].to_pylist()] for name in header]
            for row, wkb in zip(zip(*cells, strict=True) if cells else [()] * len(batch), wkbs, strict=True):
                number += 1
                yield InputRow(number, row, wkb)


def _convert_value(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _take_first_line(error: BaseException, path: Path) -> str:
    """Return the first line of an error's message, without the file's folder and advice on GDAL's options."""
    lines = str(error).replace(f"{path.parent}/", "").partition("; It might help")[0].strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__

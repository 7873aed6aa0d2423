"""The area of a user's own text or file in WGS 84: a licence, a map sheet, a region of interest."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any

import shapely
from pyproj import Geod

from lodedata.geography import crs
from lodedata.messages import Message, join_sentences, msg
from lodedata.read import FileRefused, Hints, guard
from lodedata.read.depth import measure_text_depth
from lodedata.read.guard import frames
from lodedata.read.guard.rows import require_flat
from lodedata.read.parsers import GEOMETRIES, PARSERS
from lodedata.read.sniff import detect_format
from lodedata.read.table import Limits

MAX_AREA_VERTICES = 300
"""Vertices that fit a request's URL, so that every part of a page can filter by the same outline."""
DECIMALS = 5
FIRST_TOLERANCE = 10.0**-DECIMALS
DEGREE_M = 111_320.0
FARTHEST = 90.0
RIGHT = msg("Give one or more polygons as WKT, GeoJSON, a zipped shapefile, KML, GeoPackage or FlatGeobuf.")
THE_FILE = msg("the file")
HEAD_BYTES = 4_000
JSON_DEPTH = 32
WKT_DEPTH = 8
LIMITS_OF_UPLOADS = Limits(file_bytes=16 * 2**20, unpacked_bytes=128 * 2**20, zip_entries=200, geojson_bytes=16 * 2**20)
MODULES = ("lodedata.read.formats.vector", "lodedata.read.formats.kml", "lodedata.read.formats.parquet")
GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Outline:
    """Polygons in WGS 84 as WKT, their area on the ellipsoid, and the tolerance in metres of their simplification."""

    wkt: str
    area_m2: float
    vertices: int
    tolerance_m: float
    box: tuple[float, float, float, float]


def read_outline(data: bytes, name: str = "") -> Outline:
    """Return the polygons of a text or a file as one area, read by a guarded process. Raises FileRefused."""
    # by the process in its name, the folder of a killed process is removed
    with tempfile.TemporaryDirectory(prefix=f"lode-area-{os.getpid()}-") as folder:
        path = Path(folder) / f"area{Path(name).suffix[:12] if Path(name).suffix.isascii() else ''}"
        path.write_bytes(data)
        task = guard.run_task("outline", path, THE_FILE, guard.UPLOAD, MODULES)
    return Outline(**{**task, "box": tuple(task["box"])})


def read_outline_in_guard(stream: IO[bytes], bounds: guard.Confinement, job: dict[str, Any]) -> None:
    """Send the outline of a file or the reason of its refusal; runs in the guarded process."""
    try:
        frames.write(stream, "outline", asdict(_build_outline(Path(job["path"]))))
    except FileRefused as error:
        frames.write(stream, "refused", error.message.as_data())


def _build_outline(path: Path) -> Outline:
    shapes = [shape for shape in _read_shapes(path) if shape is not None and not shape.is_empty]
    polygons = [part for shape in shapes for part in _extract_polygons(shape)]
    if not polygons:
        if kinds := sorted({shape.geom_type for shape in shapes}):
            raise FileRefused(msg("The file has no polygon, only %(kinds)s. %(advice)s", kinds=kinds, advice=RIGHT))
        raise FileRefused(msg("The file has no polygon. %(advice)s", advice=RIGHT))
    area = shapely.union_all([shapely.make_valid(shapely.force_2d(polygon)) for polygon in polygons])
    area = shapely.MultiPolygon(list(_extract_polygons(area))) if area.geom_type != "Polygon" else area
    if area.is_empty:
        raise FileRefused(msg("The polygons of the file enclose no area. %(advice)s", advice=RIGHT))
    west, south, east, north = area.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise FileRefused(
            msg(
                "The polygons are out of range. Give longitude and latitude in degrees, or a file that names its "
                "coordinate system."
            )
        )
    return _simplify(area)


def _simplify(shape: shapely.Geometry) -> Outline:
    tolerance = 0.0
    precision = shapely.set_precision(shape, 10.0**-DECIMALS)
    while shapely.get_num_coordinates(precision) > MAX_AREA_VERTICES or precision.is_empty:
        tolerance = tolerance * 2 if tolerance else FIRST_TOLERANCE
        if tolerance > FARTHEST:
            raise FileRefused(
                msg(
                    "The polygons have more than %(most)s parts that can't be simplified. Give fewer.",
                    most=MAX_AREA_VERTICES,
                )
            )
        precision = shapely.set_precision(shapely.simplify(shape, tolerance), 10.0**-DECIMALS)
    west, south, east, north = precision.bounds
    area = abs(GEOD.geometry_area_perimeter(shapely.normalize(shape))[0])
    return Outline(
        shapely.to_wkt(precision, rounding_precision=DECIMALS),
        float(area),
        int(shapely.get_num_coordinates(precision)) - sum(1 + len(part.interiors) for part in _extract_polygons(precision)),
        tolerance * DEGREE_M,
        (float(west), float(south), float(east), float(north)),
    )


def _extract_polygons(shape: shapely.Geometry) -> Iterator[shapely.Polygon]:
    if shape.geom_type == "Polygon":
        yield shape
    elif hasattr(shape, "geoms"):
        for part in shape.geoms:
            yield from _extract_polygons(part)


def _read_shapes(path: Path) -> Iterator[shapely.Geometry]:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] in (b"{", b"[") or head[:1].isalpha() and b"(" in head and b"\0" not in head:
        yield from _parse_shapes(path.read_bytes(), head[:1] in (b"{", b"["))
        return
    try:
        kind = detect_format(path, LIMITS_OF_UPLOADS).kind
        tables = [] if kind not in GEOMETRIES else import_module(PARSERS[kind]).tables(path, kind, Hints())
    except FileRefused as error:
        raise FileRefused(
            join_sentences(Message(error.message.template, {**error.message.arguments, "file": THE_FILE}), RIGHT)
        ) from None
    for table in tables:
        for row in table.rows:
            if row.geometry is not None:
                require_flat(row.geometry, f"row {row.number}")
                shape = shapely.from_wkb(row.geometry)
                yield _transform_to_wgs84(shape, table.crs) if table.crs else shape


def _parse_shapes(data: bytes, json: bool) -> Iterator[shapely.Geometry]:
    if (depth := measure_text_depth(data)) > (JSON_DEPTH if json else WKT_DEPTH):
        raise FileRefused(msg("The text has brackets within brackets, %(depth)s deep. %(advice)s", depth=depth, advice=RIGHT))
    try:
        text = data.decode("utf-8-sig").strip()
        system, _, rest = text.partition(";") if text.upper().startswith("SRID=") else ("", "", text)
        shape = shapely.from_geojson(text) if json else shapely.from_wkt(rest)
    except (UnicodeDecodeError, shapely.GEOSException, ValueError) as error:
        raise FileRefused(
            msg("The text can't be read (%(reason)s). %(advice)s", reason=str(error).splitlines()[0][:120], advice=RIGHT)
        ) from None
    yield _transform_to_wgs84(shape, f"EPSG:{system[5:]}") if system else shape


def _transform_to_wgs84(shape: shapely.Geometry, system: str) -> shapely.Geometry:
    """Return the shape in WGS 84. Raises FileRefused."""
    try:
        transformer = crs.build_wgs84_transformer(crs.resolve(system))
    except crs.UnknownCrs as error:
        raise FileRefused(error.message) from None
    return shape if transformer is None else shapely.transform(shape, transformer.transform, interleaved=False)

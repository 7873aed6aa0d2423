"""The area that somebody's own text or file outlines, in WGS 84: a licence, a map sheet, a region of interest."""

import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyogrio
import shapely
from pyproj import Geod

from lodedata import crs
from lodedata.read import FileRefused, open_tables

MOST_VERTICES = 300
"""What fits the address of a question, so that every part of the screen can ask by the same outline."""
DECIMALS = 5
FIRST_TOLERANCE = 10.0**-DECIMALS
DEGREE_M = 111_320.0
FARTHEST = 90.0
RIGHT = "give one or more polygons as WKT, GeoJSON, a zipped shapefile, KML, GeoPackage or FlatGeobuf"
GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Outline:
    """Polygons in WGS 84 as WKT, their area on the spheroid, and how far at most they were moved to be simpler."""

    wkt: str
    area_m2: float
    vertices: int
    tolerance_m: float
    box: tuple[float, float, float, float]


def outline(data: bytes, name: str = "") -> Outline:
    """All polygons of a text or a file as one area. Raises FileRefused with one sentence."""
    found = [shape for shape in _shapes(data, name or "text") if shape is not None and not shape.is_empty]
    polygons = [part for shape in found for part in _polygons(shape)]
    if not polygons:
        kinds = ", ".join(sorted({shape.geom_type for shape in found}))
        raise FileRefused(f"there is no polygon in it{f', only {kinds}' if kinds else ''}; {RIGHT}")
    whole = shapely.union_all([shapely.make_valid(shapely.force_2d(polygon)) for polygon in polygons])
    whole = shapely.MultiPolygon(list(_polygons(whole))) if whole.geom_type != "Polygon" else whole
    if whole.is_empty:
        raise FileRefused(f"its polygons enclose nothing; {RIGHT}")
    west, south, east, north = whole.bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        raise FileRefused("it lies off the globe; give longitude and latitude in degrees, or a file that names its system")
    return _simpler(whole)


def _simpler(whole: shapely.Geometry) -> Outline:
    tolerance = 0.0
    made = shapely.set_precision(whole, 10.0**-DECIMALS)
    while shapely.get_num_coordinates(made) > MOST_VERTICES or made.is_empty:
        tolerance = tolerance * 2 if tolerance else FIRST_TOLERANCE
        if tolerance > FARTHEST:
            raise FileRefused(f"it has more than {MOST_VERTICES} parts that can't be made simpler; give fewer polygons")
        made = shapely.set_precision(shapely.simplify(whole, tolerance), 10.0**-DECIMALS)
    west, south, east, north = made.bounds
    area = abs(GEOD.geometry_area_perimeter(shapely.normalize(whole))[0])
    return Outline(
        shapely.to_wkt(made, rounding_precision=DECIMALS),
        float(area),
        int(shapely.get_num_coordinates(made)) - sum(1 + len(part.interiors) for part in _polygons(made)),
        tolerance * DEGREE_M,
        (float(west), float(south), float(east), float(north)),
    )


def _polygons(shape: shapely.Geometry) -> Iterator[shapely.Polygon]:
    if shape.geom_type == "Polygon":
        yield shape
    elif hasattr(shape, "geoms"):
        for part in shape.geoms:
            yield from _polygons(part)


def _shapes(data: bytes, name: str) -> Iterator[shapely.Geometry]:
    head = data[:4000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] in (b"{", b"[") or head[:1].isalpha() and b"(" in head and b"\0" not in head:
        yield from _of_text(data, head[:1] == b"{")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"area{Path(name).suffix[:12] if Path(name).suffix.isascii() else ''}"
        path.write_bytes(data)
        yield from _of_kml(path) if head.startswith(b"<") else _of_file(path)


def _of_text(data: bytes, json: bool) -> Iterator[shapely.Geometry]:
    try:
        text = data.decode("utf-8-sig").strip()
        system, _, rest = text.partition(";") if text.upper().startswith("SRID=") else ("", "", text)
        shape = shapely.from_geojson(text) if json else shapely.from_wkt(rest)
    except (UnicodeDecodeError, shapely.GEOSException, ValueError) as error:
        raise FileRefused(f"the text can't be read ({str(error).splitlines()[0][:120]}); {RIGHT}") from None
    yield _turned(shape, f"EPSG:{system[5:]}") if system else shape


def _of_kml(path: Path) -> Iterator[shapely.Geometry]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for layer, _ in pyogrio.list_layers(path):
                for wkb in pyogrio.raw.read(path, layer=layer, columns=[])[2]:
                    yield shapely.from_wkb(wkb) if wkb is not None else None
    # pyogrio raises whatever its parsers raise on a damaged file
    except Exception:
        raise FileRefused(f"the file can't be read as KML; {RIGHT}") from None


def _of_file(path: Path) -> Iterator[shapely.Geometry]:
    for table in open_tables(path):
        for row in table.rows:
            if row.geometry is not None:
                shape = shapely.from_wkb(row.geometry)
                yield _turned(shape, table.crs) if table.crs else shape


def _turned(shape: shapely.Geometry, system: str) -> shapely.Geometry:
    """The shape in WGS 84. Raises FileRefused."""
    try:
        turner = crs.to_wgs84(crs.named(system))
    except crs.UnknownCrs as error:
        raise FileRefused(str(error)) from None
    return shape if turner is None else shapely.transform(shape, turner.transform, interleaved=False)

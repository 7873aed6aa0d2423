"""KML by a parser that expands no entities: one table of the placemarks, with their data and their geometry.

OGC 07-147r2: longitude, latitude and altitude in WGS 84 (4.1), geometry in 10, extended data in 9.
"""

import math
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import shapely
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from lodedata.errors import FileRefused
from lodedata.messages import msg
from lodedata.read.sniff import choose_kml_entry
from lodedata.read.table import LIMITS, MAX_GEOMETRY_CHARACTERS, Hints, InputRow, InputTable, check_header

DEPTH = 32
SYSTEM = "OGC:CRS84"
NAMED = ("name", "description")
"""Columns of every placemark; those of its extended data follow."""
MULTI = {
    "Point": shapely.MultiPoint,
    "LineString": shapely.MultiLineString,
    "LinearRing": shapely.MultiLineString,
    "Polygon": shapely.MultiPolygon,
}


class _BadGeometry(ValueError):
    """A geometry that can't be built from a placemark."""


def tables(path: Path, kind: str, hints: Hints) -> list[InputTable]:
    """Return the only table of a KML file. Raises FileRefused."""
    columns = dict.fromkeys(NAMED)
    for placemark in _read_placemarks(path):
        columns.update(dict.fromkeys(_read_extended_data(placemark)))
        if len(columns) > LIMITS.columns:
            raise FileRefused(
                msg("%(file)s: has more than the %(columns)s columns that are read", file=path.name, columns=LIMITS.columns)
            )
    header = check_header(path.name, list(columns))
    return [InputTable(path.name, "", header, _read_rows(path, header), SYSTEM, True)]


def _read_rows(path: Path, header: tuple[str, ...]) -> Iterator[InputRow]:
    for number, placemark in enumerate(_read_placemarks(path), 2):
        values: dict[str, Any] = {name: _read_text(placemark, name) for name in NAMED} | _read_extended_data(placemark)
        try:
            shapes = [shape for child in placemark for shape in _read_shapes(child)]
        except (_BadGeometry, ValueError, shapely.GEOSException):
            unread = _excerpt_coordinates(placemark)
            yield InputRow(number, [values.get(name) for name in header], unread_geometry=unread)
            continue
        yield InputRow(
            number, [values.get(name) for name in header], None if not shapes else shapely.to_wkb(_join_shapes(shapes))
        )


def _read_placemarks(path: Path) -> Iterator[Element]:
    """Yield each placemark at its end, then free its memory."""
    depth = 0
    try:
        for event, element in _read_events(path):
            if event == "start":
                depth += 1
                if depth == 1 and _get_local_name(element) != "kml":
                    raise FileRefused(msg("%(file)s: is an XML document whose root is not kml", file=path.name))
                if depth > DEPTH:
                    raise FileRefused(msg("%(file)s: the KML is nested more than %(depth)s deep", file=path.name, depth=DEPTH))
                continue
            depth -= 1
            if _get_local_name(element) == "Placemark":
                yield element
                element.clear()
    except (ParseError, DefusedXmlException, LookupError, ValueError, OSError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, FileRefused):
            raise
        reason = "it has a document type, which may define entities" if isinstance(error, DefusedXmlException) else error
        raise FileRefused(msg("%(file)s: can't be read as KML (%(reason)s)", file=path.name, reason=reason)) from None


def _read_events(path: Path) -> Iterator[tuple[str, Element]]:
    """Yield the beginning and end of each element of a KML file, or of the first KML of a KMZ."""
    if not zipfile.is_zipfile(path):
        yield from iterparse(path, events=("start", "end"), forbid_dtd=True)
        return
    with zipfile.ZipFile(path) as archive:
        entry = choose_kml_entry(archive.namelist())
        if entry is None:
            raise FileRefused(msg("%(file)s: the KMZ holds no doc.kml", file=path.name))
        with archive.open(entry) as stream:
            yield from iterparse(stream, events=("start", "end"), forbid_dtd=True)


def _get_local_name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _find_children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _get_local_name(child) == name)


def _read_text(element: Element, name: str) -> str | None:
    return next(((child.text or "").strip() or None for child in _find_children(element, name)), None)


def _read_extended_data(placemark: Element) -> dict[str, str | None]:
    """Return values of the extended data by name, from Data and SimpleData."""
    value_by_name: dict[str, str | None] = {}
    for extended in _find_children(placemark, "ExtendedData"):
        for element in extended.iter():
            name = (element.get("name") or "").strip()
            if name and _get_local_name(element) == "Data":
                value_by_name[name] = _read_text(element, "value")
            elif name and _get_local_name(element) == "SimpleData":
                value_by_name[name] = (element.text or "").strip() or None
    return {name: value for name, value in value_by_name.items() if name not in NAMED}


def _excerpt_coordinates(placemark: Element) -> str:
    """Return the beginning of the coordinates of a placemark."""
    texts = (child.text or "" for child in placemark.iter() if _get_local_name(child) == "coordinates")
    return " ".join(" ".join(texts).split())[:MAX_GEOMETRY_CHARACTERS] or "Placemark"


def _read_shapes(element: Element) -> Iterator[shapely.Geometry]:
    match _get_local_name(element):
        case "Point":
            yield shapely.Point(_parse_corners(element)[0])
        case "LineString":
            yield shapely.LineString(_parse_corners(element))
        case "LinearRing":
            yield shapely.LinearRing(_parse_corners(element))
        case "Polygon":
            outer = next(_read_rings(element, "outerBoundaryIs"), None)
            if outer is None:
                raise _BadGeometry("a polygon has no outer boundary")
            yield shapely.Polygon(outer, list(_read_rings(element, "innerBoundaryIs")))
        case "MultiGeometry":
            for child in element:
                yield from _read_shapes(child)


def _read_rings(polygon: Element, name: str) -> Iterator[list[tuple[float, float]]]:
    for boundary in _find_children(polygon, name):
        for ring in _find_children(boundary, "LinearRing"):
            yield _parse_corners(ring)


def _parse_corners(element: Element) -> list[tuple[float, float]]:
    """Return longitude and latitude of each vertex; altitudes are not read, as no record uses them."""
    corners = []
    for corner in (_read_text(element, "coordinates") or "").split():
        numbers = [float(number) for number in corner.split(",")[:2]]
        if len(numbers) != 2 or not all(map(math.isfinite, numbers)):
            raise _BadGeometry(f"{corner[:40]!r} is not longitude,latitude")
        corners.append((numbers[0], numbers[1]))
    if not corners:
        raise _BadGeometry("a geometry has no coordinates")
    return corners


def _join_shapes(shapes: list[shapely.Geometry]) -> shapely.Geometry:
    if len(shapes) == 1:
        return shapes[0]
    kinds = {shape.geom_type for shape in shapes}
    return MULTI[kinds.pop()](shapes) if len(kinds) == 1 else shapely.GeometryCollection(shapes)

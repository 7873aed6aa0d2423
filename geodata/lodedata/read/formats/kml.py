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
from lodedata.read.sniff import kml_entry
from lodedata.read.table import LIMITS, MAX_SHOWN, Hints, InputRow, InputTable, checked_header

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
    for placemark in _placemarks(path):
        columns.update(dict.fromkeys(_data(placemark)))
        if len(columns) > LIMITS.columns:
            raise FileRefused(
                msg("%(file)s: has more than the %(columns)s columns that are read", file=path.name, columns=LIMITS.columns)
            )
    header = checked_header(path.name, list(columns))
    return [InputTable(path.name, "", header, _rows(path, header), SYSTEM, True)]


def _rows(path: Path, header: tuple[str, ...]) -> Iterator[InputRow]:
    for number, placemark in enumerate(_placemarks(path), 2):
        values: dict[str, Any] = {name: _text(placemark, name) for name in NAMED} | _data(placemark)
        try:
            shapes = [shape for child in placemark for shape in _shapes(child)]
        except (_BadGeometry, ValueError, shapely.GEOSException):
            unread = _reported(placemark)
            yield InputRow(number, [values.get(name) for name in header], unread_geometry=unread)
            continue
        yield InputRow(number, [values.get(name) for name in header], None if not shapes else shapely.to_wkb(_one(shapes)))


def _placemarks(path: Path) -> Iterator[Element]:
    """Yield each placemark at its end, then free its memory."""
    depth = 0
    try:
        for event, element in _events(path):
            if event == "start":
                depth += 1
                if depth == 1 and _local(element) != "kml":
                    raise FileRefused(msg("%(file)s: is an XML document whose root is not kml", file=path.name))
                if depth > DEPTH:
                    raise FileRefused(msg("%(file)s: the KML is nested more than %(depth)s deep", file=path.name, depth=DEPTH))
                continue
            depth -= 1
            if _local(element) == "Placemark":
                yield element
                element.clear()
    except (ParseError, DefusedXmlException, LookupError, ValueError, OSError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, FileRefused):
            raise
        reason = "it has a document type, which may define entities" if isinstance(error, DefusedXmlException) else error
        raise FileRefused(msg("%(file)s: can't be read as KML (%(reason)s)", file=path.name, reason=reason)) from None


def _events(path: Path) -> Iterator[tuple[str, Element]]:
    """Yield the beginning and end of each element of a KML file, or of the first KML of a KMZ."""
    if not zipfile.is_zipfile(path):
        yield from iterparse(path, events=("start", "end"), forbid_dtd=True)
        return
    with zipfile.ZipFile(path) as archive:
        entry = kml_entry(archive.namelist())
        if entry is None:
            raise FileRefused(msg("%(file)s: the KMZ holds no doc.kml", file=path.name))
        with archive.open(entry) as stream:
            yield from iterparse(stream, events=("start", "end"), forbid_dtd=True)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _local(child) == name)


def _text(element: Element, name: str) -> str | None:
    return next(((child.text or "").strip() or None for child in _children(element, name)), None)


def _data(placemark: Element) -> dict[str, str | None]:
    """Return values of the extended data by name, from Data and SimpleData."""
    found: dict[str, str | None] = {}
    for extended in _children(placemark, "ExtendedData"):
        for element in extended.iter():
            name = (element.get("name") or "").strip()
            if name and _local(element) == "Data":
                found[name] = _text(element, "value")
            elif name and _local(element) == "SimpleData":
                found[name] = (element.text or "").strip() or None
    return {name: value for name, value in found.items() if name not in NAMED}


def _reported(placemark: Element) -> str:
    """Return the beginning of the coordinates of a placemark."""
    texts = (child.text or "" for child in placemark.iter() if _local(child) == "coordinates")
    return " ".join(" ".join(texts).split())[:MAX_SHOWN] or "Placemark"


def _shapes(element: Element) -> Iterator[shapely.Geometry]:
    match _local(element):
        case "Point":
            yield shapely.Point(_corners(element)[0])
        case "LineString":
            yield shapely.LineString(_corners(element))
        case "LinearRing":
            yield shapely.LinearRing(_corners(element))
        case "Polygon":
            outer = next(_rings(element, "outerBoundaryIs"), None)
            if outer is None:
                raise _BadGeometry("a polygon has no outer boundary")
            yield shapely.Polygon(outer, list(_rings(element, "innerBoundaryIs")))
        case "MultiGeometry":
            for child in element:
                yield from _shapes(child)


def _rings(polygon: Element, name: str) -> Iterator[list[tuple[float, float]]]:
    for boundary in _children(polygon, name):
        for ring in _children(boundary, "LinearRing"):
            yield _corners(ring)


def _corners(element: Element) -> list[tuple[float, float]]:
    """Return longitude and latitude of each vertex; altitudes are not read, as no record uses them."""
    corners = []
    for corner in (_text(element, "coordinates") or "").split():
        numbers = [float(number) for number in corner.split(",")[:2]]
        if len(numbers) != 2 or not all(map(math.isfinite, numbers)):
            raise _BadGeometry(f"{corner[:40]!r} is not longitude,latitude")
        corners.append((numbers[0], numbers[1]))
    if not corners:
        raise _BadGeometry("a geometry has no coordinates")
    return corners


def _one(shapes: list[shapely.Geometry]) -> shapely.Geometry:
    if len(shapes) == 1:
        return shapes[0]
    kinds = {shape.geom_type for shape in shapes}
    return MULTI[kinds.pop()](shapes) if len(kinds) == 1 else shapely.GeometryCollection(shapes)

"""Simple features as GML 3.2 in a feature collection of WFS 2.0, which GDAL and QGIS open."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

GML_TYPE = "application/gml+xml; version=3.2"
WFS, GML = "http://www.opengis.net/wfs/2.0", "http://www.opengis.net/gml/3.2"
SRS = "urn:ogc:def:crs:EPSG::4326"
"""WGS 84 with latitude first, as its authority orders the axes."""
ILLEGAL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
OWN = "urn:x-lode:properties"
"""The namespace of properties that a schema lets follow its own."""
Position = Sequence[float]
Feature = Mapping[str, Any]
register_namespace("lode", OWN)
register_namespace("wfs", WFS)
register_namespace("gml", GML)


def write_gml_collection(
    namespace: tuple[str, str], kind: str, features: Iterable[tuple[Feature, tuple[Feature, Feature]]], about: Mapping[str, str]
) -> bytes:
    """Return features of a kind in a namespace (prefix and address), each with its properties; ``about`` has the attributes."""
    prefix, address = namespace
    register_namespace(prefix, address)
    root = Element(f"{{{WFS}}}FeatureCollection", dict(about))
    for feature, (published, own) in features:
        identity = f"{kind}.{feature['id']}"
        node = SubElement(SubElement(root, f"{{{WFS}}}member"), f"{{{address}}}{kind}", {f"{{{GML}}}id": identity})
        _add(node, address, published)
        shape = SubElement(node, f"{{{address}}}shape")
        if feature["geometry"] is None:
            shape.set("nilReason", "unknown")
        else:
            shape.append(_build_geometry(feature["geometry"], f"{identity}.shape"))
        _add(node, OWN, own)
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _add(node: Element, namespace: str, properties: Feature) -> None:
    for name, value in properties.items():
        if value is not None:
            SubElement(node, f"{{{namespace}}}{name}").text = _remove_illegal(str(value))


def _remove_illegal(text: str) -> str:
    """Return a text without the characters that XML 1.0 excludes."""
    return ILLEGAL.sub("", text)


def _build_geometry(geometry: Mapping[str, Any], identity: str) -> Element:
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind == "Point":
        element = Element(f"{{{GML}}}Point", {f"{{{GML}}}id": identity, "srsName": SRS})
        SubElement(element, f"{{{GML}}}pos").text = _format_positions([coordinates])
        return element
    element = Element(f"{{{GML}}}MultiSurface", {f"{{{GML}}}id": identity, "srsName": SRS})
    for number, rings in enumerate([coordinates] if kind == "Polygon" else coordinates):
        polygon = Element(f"{{{GML}}}Polygon", {f"{{{GML}}}id": f"{identity}.{number}", "srsName": SRS})
        SubElement(element, f"{{{GML}}}surfaceMember").append(polygon)
        for place, ring in enumerate(rings):
            side = SubElement(polygon, f"{{{GML}}}{'interior' if place else 'exterior'}")
            SubElement(SubElement(side, f"{{{GML}}}LinearRing"), f"{{{GML}}}posList").text = _format_positions(ring)
    return element


def _format_positions(positions: Iterable[Position]) -> str:
    return " ".join(f"{position[1]!r} {position[0]!r}" for position in positions)

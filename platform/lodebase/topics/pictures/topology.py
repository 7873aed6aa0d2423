"""The outlines of a picture's ground, from a TopoJSON: land, borders and coasts, and the countries with their positions."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely

from lodedata.vocab import load_vocabulary

ANTARCTIC_EDGE = -85.0
"""Latitude below which an outline runs along the edge of the map and is no coast."""
Coordinates = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CountryName:
    """The name of a country in both languages, with the centroid of its largest part and the size of this part."""

    name_en: str
    name_zh: str
    lon: float
    lat: float
    square_degrees: float


@dataclass(frozen=True, slots=True)
class Outlines:
    """The land as polygons and the borders and coasts as lines, in degrees; longitudes may be beyond 180."""

    land: npt.NDArray[Any]
    borders: npt.NDArray[Any]
    names: tuple[CountryName, ...]
    """The largest country first."""


@lru_cache(maxsize=2)
def read_outlines(path: Path, _changed_ns: int) -> Outlines:
    """Return the outlines of a TopoJSON, read once for each state of the file."""
    topology = orjson.loads(path.read_bytes())
    arcs = [_decode_arc(arc, topology.get("transform")) for arc in topology["arcs"]]
    objects = topology["objects"]
    countries = objects["countries"]
    polygons = [
        _build_polygon(polygon, arcs)
        for geometry in _list_geometries(objects.get("land", countries))
        for polygon in _list_polygons(geometry)
    ]
    numbers = {
        number if number >= 0 else ~number
        for geometry in _list_geometries(countries)
        for polygon in _list_polygons(geometry)
        for ring in polygon
        for number in ring
    }
    lines = [line for number in sorted(numbers) for line in _cut_line(arcs[number])]
    for geometry in _list_geometries(objects["lines"]) if "lines" in objects else ():
        lines += [piece for line in _list_lines(geometry) for piece in _cut_line(_join_arcs(line, arcs))]
    return Outlines(
        np.array([polygon for polygon in polygons if polygon is not None], dtype=object),
        np.array(lines, dtype=object),
        tuple(_list_country_names(countries, arcs)),
    )


def _list_country_names(countries: Mapping[str, Any], arcs: Sequence[Coordinates]) -> list[CountryName]:
    """Return the names of the countries of the vocabulary, and of others that the file itself names, as on the page."""
    terms = {term.extra["m49"]: term for term in load_vocabulary("country") if term.extra["m49"]}
    names = []
    for geometry in _list_geometries(countries):
        term, stated = terms.get(str(geometry.get("id"))), geometry.get("properties", {})
        name_en = stated.get("NAME") if term is None else term.label_en
        polygons = [_build_polygon(polygon[:1], arcs) for polygon in _list_polygons(geometry)]
        largest = max((polygon for polygon in polygons if polygon is not None), key=shapely.area, default=None)
        if name_en and largest is not None:
            name_zh = stated.get("NAME_ZH", name_en) if term is None else term.label_zh
            centroid = shapely.centroid(largest)
            names.append(CountryName(name_en, name_zh, shapely.get_x(centroid), shapely.get_y(centroid), shapely.area(largest)))
    return sorted(names, key=lambda name: -name.square_degrees)


def _decode_arc(arc: Sequence[Sequence[float]], transform: Mapping[str, Sequence[float]] | None) -> Coordinates:
    """Return the positions of an arc, which a transform has as steps of whole units."""
    positions = np.asarray([position[:2] for position in arc], dtype=float)
    if transform is None:
        return positions
    decoded: Coordinates = np.cumsum(positions, axis=0) * np.asarray(transform["scale"]) + np.asarray(transform["translate"])
    return decoded


def _list_geometries(geometry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if geometry["type"] == "GeometryCollection":
        for part in geometry["geometries"]:
            yield from _list_geometries(part)
    else:
        yield geometry


def _list_polygons(geometry: Mapping[str, Any]) -> Sequence[Sequence[Sequence[int]]]:
    if geometry["type"] == "Polygon":
        return [geometry["arcs"]]
    return geometry["arcs"] if geometry["type"] == "MultiPolygon" else []


def _list_lines(geometry: Mapping[str, Any]) -> Sequence[Sequence[int]]:
    if geometry["type"] == "LineString":
        return [geometry["arcs"]]
    return geometry["arcs"] if geometry["type"] == "MultiLineString" else []


def _join_arcs(numbers: Sequence[int], arcs: Sequence[Coordinates]) -> Coordinates:
    """Return the positions of arcs that follow one another; a negative number is an arc backwards."""
    parts = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _build_polygon(rings: Sequence[Sequence[int]], arcs: Sequence[Coordinates]) -> shapely.Geometry | None:
    """Return a polygon whose rings run on beyond the date line instead of back over the whole map."""
    outer, *holes = (_straighten_ring(_join_arcs(ring, arcs)) for ring in rings)
    if len(outer) < 4:
        return None
    return shapely.Polygon(outer, [hole for hole in holes if len(hole) >= 4])


def _straighten_ring(ring: Coordinates) -> Coordinates:
    turns = np.round(np.diff(ring[:, 0], prepend=ring[0, 0]) / 360)
    straight = np.column_stack([ring[:, 0] - 360 * np.cumsum(turns), ring[:, 1]])
    first, last = straight[0, 0], straight[-1, 0]
    if abs(last - first) > 180:
        # a coast around a pole is closed there
        pole = math.copysign(90.0, straight[:, 1].mean())
        straight = np.vstack([straight, [(last, pole), (first, pole)]])
    return straight


def _cut_line(line: Coordinates) -> Iterator[shapely.Geometry]:
    """Yield a line in pieces that neither jump over the date line nor run along the map's lower edge."""
    jumps = np.abs(np.diff(line[:, 0])) > 180
    at_edge = np.maximum(line[1:, 1], line[:-1, 1]) < ANTARCTIC_EDGE
    for piece in np.split(line, np.flatnonzero(jumps | at_edge) + 1):
        if len(piece) > 1:
            yield shapely.linestrings(piece)

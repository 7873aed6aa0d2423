"""The ground of a picture: land, borders, lakes and rivers in a frame, as path data of SVG."""

import gzip
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

from lodebase.errors import NotFound
from lodebase.ground import packs
from lodebase.ground.packs import ServedLayer
from lodebase.query.morton import EDGE_LATITUDE
from lodebase.settings import Settings
from lodebase.topics.pictures.frame import Frame
from lodedata.ground import archive
from lodedata.ground.cutting import CUTS
from lodedata.messages import Label, Message, msg

MARGIN_PX = 4.0
"""Pixels around the map to which the ground is drawn, so that its edges are not seen."""
ANTARCTIC_EDGE = -85.0
"""Latitude below which an outline runs along the edge of the map and is no coast."""
WATER = ("lakes", "rivers")
Coordinates = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outlines:
    """The land as polygons and the borders and coasts as lines, in degrees; longitudes may be beyond 180."""

    land: npt.NDArray[Any]
    borders: npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class WaterLayer:
    """The path of a layer of water, and the sentence that its source requires."""

    kind: str
    path: str
    title: Label
    attribution: str


@dataclass(frozen=True, slots=True)
class DrawnGround:
    """The ground of a frame: path data of the land, of borders and coasts, and the layers of water from below to above."""

    land: str
    borders: str
    water: tuple[WaterLayer, ...]


def draw_ground(settings: Settings, frame: Frame) -> DrawnGround:
    """Return the ground of a frame in the operator's view on borders. Raise NotFound if its outlines are missing."""
    path = packs.find_outlines(settings)
    if not path.is_file():
        raise NotFound(msg("The outlines of the countries are missing on this site; `lode ground build` makes them."))
    outlines = _read_outlines(path, path.stat().st_mtime_ns)
    edges = _list_shifted_edges(frame)
    land = "".join(_write_shapes(outlines.land, frame, shift, closed=True) for shift in edges)
    borders = "".join(_write_shapes(outlines.borders, frame, shift, closed=False) for shift in edges)
    return DrawnGround(land, borders, tuple(_draw_water(settings, frame)))


def _list_shifted_edges(frame: Frame) -> list[float]:
    """Return the turns in degrees by which the world is drawn, as a frame may be beyond the date line."""
    west, _, east, _ = frame.list_edges()
    # outlines that cross the date line reach from -360 to 360
    first, last = math.floor((west - 180) / 360), math.ceil((east + 180) / 360)
    return [360.0 * turn for turn in range(first, last + 1)]


@lru_cache(maxsize=2)
def _read_outlines(path: Path, _changed_ns: int) -> Outlines:
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
        np.array([polygon for polygon in polygons if polygon is not None], dtype=object), np.array(lines, dtype=object)
    )


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
    return np.column_stack([ring[:, 0] - 360 * np.cumsum(turns), ring[:, 1]])


def _cut_line(line: Coordinates) -> Iterator[shapely.Geometry]:
    """Yield a line in pieces that neither jump over the date line nor run along the map's lower edge."""
    jumps = np.abs(np.diff(line[:, 0])) > 180
    at_edge = np.maximum(line[1:, 1], line[:-1, 1]) < ANTARCTIC_EDGE
    for piece in np.split(line, np.flatnonzero(jumps | at_edge) + 1):
        if len(piece) > 1:
            yield shapely.linestrings(piece)


def _write_shapes(shapes: npt.NDArray[Any], frame: Frame, shift: float, closed: bool) -> str:
    """Return the path data of shapes that are turned by some degrees and cut to the frame."""
    west, south, east, north = frame.list_edges()
    margin = math.degrees(MARGIN_PX / frame.pixels)
    bounds = (
        west - margin - shift,
        max(south - margin, -EDGE_LATITUDE),
        east + margin - shift,
        min(north + margin, EDGE_LATITUDE),
    )
    if not len(shapes) or bounds[1] >= bounds[3]:
        return ""
    boxes = shapely.bounds(shapes)
    near = shapes[
        (boxes[:, 0] <= bounds[2]) & (boxes[:, 2] >= bounds[0]) & (boxes[:, 1] <= bounds[3]) & (boxes[:, 3] >= bounds[1])
    ]
    clipped = shapely.get_parts(shapely.clip_by_rect(near, *bounds))
    lines = shapely.get_rings(clipped) if closed else clipped[shapely.get_dimensions(clipped) == 1]
    return "".join(_write_line(shapely.get_coordinates(line), frame, shift, closed) for line in lines)


def _write_line(positions: Coordinates, frame: Frame, shift: float, closed: bool) -> str:
    """Return a line as path data in tenths of a pixel, without the points that fall on the one before."""
    x = (np.radians(positions[:, 0] + shift) - frame.left) * frame.pixels
    y = (frame.top - np.arcsinh(np.tan(np.radians(positions[:, 1])))) * frame.pixels
    points = np.round(np.column_stack([x, y]), 1)
    moved = np.ones(len(points), dtype=bool)
    moved[1:] = np.abs(np.diff(np.round(points * 2), axis=0)).sum(axis=1) > 0
    points = points[moved]
    if len(points) < (3 if closed else 2):
        return ""
    return f"M{'L'.join(f'{px:g} {py:g}' for px, py in points.tolist())}{'Z' if closed else ''}"


def _draw_water(settings: Settings, frame: Frame) -> Iterator[WaterLayer]:
    """Yield lakes and rivers, as far as the ground has them at this zoom."""
    ordered = ((kind, served) for kind in WATER for served in packs.list_layers(settings) if served.layer.kind == kind)
    for kind, served in ordered:
        layer = served.layer
        if not layer.shown or _compute_tile_zoom(frame, layer.tile_size) < layer.min_zoom:
            continue
        if archive.read_metadata(served.archive).get("format", archive.GEOJSON) != archive.GEOJSON:
            continue
        path = "".join(_draw_tile(served, content, frame) for content in _read_tiles(served, frame))
        if path:
            yield WaterLayer(kind, path, layer.title, f"{layer.attribution} ({layer.licence})")


def _compute_tile_zoom(frame: Frame, tile_size: int) -> int:
    """Return the zoom of tiles that a web map would show at the scale of a frame."""
    return round(frame.zoom - math.log2(tile_size / 256))


def _read_tiles(served: ServedLayer, frame: Frame) -> Iterator[tuple[float, bytes]]:
    """Yield the tiles of a layer in a frame, each with the degrees by which it is turned."""
    zoom = _choose_cut(min(_compute_tile_zoom(frame, served.layer.tile_size), served.layer.max_zoom))
    west, south, east, north = frame.list_edges()
    tiles = 1 << zoom
    columns = range(math.floor((west + 180) / 360 * tiles), math.floor((east + 180) / 360 * tiles) + 1)
    rows = [math.floor((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * tiles) for lat in (north, south)]
    for row in range(max(rows[0], 0), min(rows[1], tiles - 1) + 1):
        for column in columns:
            content = archive.read_archive_tile(served.archive, zoom, column % tiles, row)
            if content is not None:
                yield 360.0 * (column // tiles), content


def _choose_cut(zoom: int) -> int:
    """Return the zoom at which a layer is cut that a zoom is drawn from."""
    return max(cut for cut in CUTS if cut <= max(zoom, 0))


def _draw_tile(served: ServedLayer, turned: tuple[float, bytes], frame: Frame) -> str:
    shift, content = turned
    if not content.startswith(b"\x1f\x8b"):
        return ""
    features = orjson.loads(gzip.decompress(content))["features"]
    closed = served.layer.kind == "lakes"
    geometries = [shapely.from_geojson(orjson.dumps(feature["geometry"])) for feature in features]
    parts = shapely.get_parts(np.array(geometries, dtype=object)) if geometries else np.array([], dtype=object)
    return _write_shapes(_select_dimension(parts, 2 if closed else 1), frame, shift, closed)


def _select_dimension(parts: npt.NDArray[Any], dimension: int) -> npt.NDArray[Any]:
    selected: npt.NDArray[Any] = parts[shapely.get_dimensions(parts) == dimension]
    return selected


def list_ground_notes(ground: DrawnGround, settings: Settings) -> tuple[Message | str, ...]:
    """Return whose the base map is, as its sources require, and its number of approval."""
    own: tuple[Message, ...] = ()
    if settings.map_countries is None:
        own = (msg("Coasts and borders: Natural Earth"),)
        own += (msg("Borders of China: Tianditu"),) if settings.worldview == "CHN" else ()
    water = dict.fromkeys(layer.attribution for layer in ground.water)
    stated = (settings.map_attribution,) if settings.map_attribution else ()
    number = settings.map_approval
    approval = (msg("Map approval number: %(number)s", number=number),) if number else ()
    return (*own, *water, *stated, *approval)

"""The ground of a picture: land, borders, lakes and rivers in a frame, as path data of SVG."""

import gzip
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely

from lodebase.errors import NotFound
from lodebase.ground import packs
from lodebase.ground.packs import ServedLayer
from lodebase.settings import Settings
from lodebase.topics.pictures.frame import Frame
from lodebase.topics.pictures.paths import list_turns, write_shapes
from lodebase.topics.pictures.topology import CountryName, read_outlines
from lodedata.ground import archive
from lodedata.ground.cutting import CUTS
from lodedata.messages import Label, Message, msg

WATER = ("lakes", "rivers")


@dataclass(frozen=True, slots=True)
class WaterLayer:
    """The path of a layer of water, and the sentence that its source requires."""

    kind: str
    path: str
    title: Label
    attribution: str


@dataclass(frozen=True, slots=True)
class DrawnGround:
    """The ground of a frame: path data of its land, borders and coasts, layers of water from below to above, countries."""

    land: str
    borders: str
    water: tuple[WaterLayer, ...]
    countries: tuple[CountryName, ...]


def draw_ground(settings: Settings, frame: Frame) -> DrawnGround:
    """Return the ground of a frame in the operator's view on borders. Raise NotFound if its outlines are missing."""
    path = packs.find_outlines(settings)
    if not path.is_file():
        raise NotFound(msg("The outlines of the countries are missing on this site; `lode ground build` makes them."))
    outlines = read_outlines(path, path.stat().st_mtime_ns)
    turns = list_turns(frame)
    land = "".join(write_shapes(outlines.land, frame, shift, closed=True) for shift in turns)
    borders = "".join(write_shapes(outlines.borders, frame, shift, closed=False) for shift in turns)
    return DrawnGround(land, borders, tuple(_draw_water(settings, frame)), outlines.names)


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
    return write_shapes(_select_dimension(parts, 2 if closed else 1), frame, shift, closed)


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

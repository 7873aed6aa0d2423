"""Ground packs: a folder, an MBTiles and a PMTiles file become archives of the same tiles; what is no tile is refused."""

import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from PIL import Image
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from lodedata.ground import archive, cutting, default_pack, pack
from lodedata.ground.manifest import PackRefused, read_folder_manifest

LAYER = {
    "name": "rivers",
    "kind": "rivers",
    "title_en": "Rivers",
    "title_zh": "河流",
    "path": "rivers.geojson",
    "attribution": "The tests",
    "licence": "CC0-1.0",
}
RIVER = {"type": "LineString", "coordinates": [[100, 25], [110, 30], [121, 31]]}


def manifest(**changed: Any) -> str:
    # every JSON document is YAML
    return json.dumps({"name": "mine", "title_en": "Mine", "title_zh": "我的", "layers": [LAYER | changed]})


def picture() -> bytes:
    return default_pack._encode_webp(np.full((8, 8, 3), 120, dtype=np.uint8))


def mbtiles(path: Path, content: bytes) -> Path:
    archive.write(path, [(1, 1, 0, picture())], {"name": "relief"})
    connection = sqlite3.connect(path)
    connection.execute("UPDATE tiles SET tile_data = ?", (content,))
    connection.commit()
    connection.close()
    return path


def pmtiles(path: Path) -> Path:
    with path.open("wb") as stream:
        writer = Writer(stream)  # type: ignore[no-untyped-call]
        writer.write_tile(zxy_to_tileid(1, 1, 0), picture())  # type: ignore[no-untyped-call]
        header = {"tile_type": TileType.WEBP, "tile_compression": Compression.NONE, "min_zoom": 1, "max_zoom": 1}
        box = {"min_lon_e7": 0, "min_lat_e7": 0, "max_lon_e7": 0, "max_lat_e7": 0}
        centre = {"center_zoom": 0, "center_lon_e7": 0, "center_lat_e7": 0}
        writer.finalize(header | box | centre, {})  # type: ignore[no-untyped-call]
    return path


def test_a_folder_of_features_becomes_tiles_at_each_zoom(tmp_path: Path) -> None:
    features = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "R"}, "geometry": RIVER}]}
    (tmp_path / "rivers.geojson").write_text(json.dumps(features))
    (tmp_path / "ground.yml").write_text(manifest())
    counts = pack.make(pack.read_manifest(tmp_path), tmp_path, tmp_path / "made")
    assert counts["rivers"] > len(cutting.CUTS)
    content = archive.read_archive_tile(tmp_path / "made" / "rivers.mbtiles", 0, 0, 0)
    assert content is not None
    (found,) = orjson.loads(gzip.decompress(content))["features"]
    assert (found["properties"], found["geometry"]["coordinates"][0]) == ({"name": "R"}, [100, 25])
    # 100 to 121 degrees east is the seventh of eight columns from the west
    assert archive.read_archive_tile(tmp_path / "made" / "rivers.mbtiles", 3, 6, 3) is not None
    assert archive.read_archive_tile(tmp_path / "made" / "rivers.mbtiles", 3, 0, 3) is None
    assert read_folder_manifest(tmp_path / "made").layers[0].path == "rivers.mbtiles"


def test_a_table_of_points_is_a_layer(tmp_path: Path) -> None:
    (tmp_path / "plants.csv").write_text("name,east,north\nOne,107,31\nNowhere,,\nTwo,-70.5,-24\n", encoding="utf-8")
    (tmp_path / "ground.yml").write_text(manifest(kind="power-plants", path="plants.csv", lon="east", lat="north"))
    pack.make(pack.read_manifest(tmp_path), tmp_path, tmp_path / "made")
    content = archive.read_archive_tile(tmp_path / "made" / "rivers.mbtiles", 0, 0, 0)
    assert content is not None
    features = orjson.loads(gzip.decompress(content))["features"]
    assert [(feature["properties"]["name"], feature["geometry"]["coordinates"]) for feature in features] == [
        ("One", [107, 31]),
        ("Two", [-70.5, -24]),
    ]


@pytest.mark.parametrize(
    ("row", "named", "reason"),
    [
        ("107,91", "north", "107, 91 is not a position"),
        ("x,31", "north", "x, 31 is not a position"),
        ("1,2", "lat", "has no column lat"),
    ],
)
def test_a_table_without_positions_is_refused(tmp_path: Path, row: str, named: str, reason: str) -> None:
    (tmp_path / "plants.csv").write_text(f"east,north\n{row}\n", encoding="utf-8")
    (tmp_path / "ground.yml").write_text(manifest(kind="ports", path="plants.csv", lon="east", lat=named))
    with pytest.raises(PackRefused, match=reason):
        pack.make(pack.read_manifest(tmp_path), tmp_path, tmp_path / "made")


def test_tables_and_files_of_points_are_known_by_their_names(tmp_path: Path) -> None:
    for name in ("constraints/power_plants_wri.csv", "constraints/world_port_index.csv", "natural_earth/places_10m.geojson.gz"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("", encoding="utf-8")
    assert [(layer.name, layer.kind, layer.as_of) for layer in read_folder_manifest(tmp_path).layers] == [
        ("towns", "towns", None),
        ("power-plants", "power-plants", "2017/2019"),
        ("ports-index", "ports", None),
    ]


@pytest.mark.parametrize(
    "make", [lambda path: mbtiles(path / "a.mbtiles", picture()), lambda path: pmtiles(path / "a.pmtiles")]
)
def test_files_of_tiles_keep_their_places(tmp_path: Path, make: Any) -> None:
    path = make(tmp_path)
    path.with_suffix(".yml").write_text(manifest(kind="relief", path=path.name))
    assert pack.make(pack.read_manifest(path), path, tmp_path / "made") == {"rivers": 1}
    assert archive.read_archive_tile(tmp_path / "made" / "rivers.mbtiles", 1, 1, 0) == picture()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<svg onload=alert(1)>", "neither a PNG, JPEG or WebP"),
        (b"\x1f\x8b" + bytes(archive.MAX_TILE_BYTES), "larger than 2 MB"),
    ],
)
def test_what_is_no_tile_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = mbtiles(tmp_path / "a.mbtiles", content)
    path.with_suffix(".yml").write_text(manifest(kind="relief", path=path.name))
    with pytest.raises(PackRefused, match=reason):
        pack.make(pack.read_manifest(path), path, tmp_path / "made")


@pytest.mark.parametrize("suffix", ["mbtiles", "pmtiles"])
@pytest.mark.parametrize("content", [b"", b"PMTiles\x03" + bytes(200), b"SQLite format 3\x00" + bytes(90)])
def test_a_damaged_file_is_refused(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(content)
    path.with_suffix(".yml").write_text(manifest(kind="relief", path=path.name))
    with pytest.raises(PackRefused):
        pack.make(pack.read_manifest(path), path, tmp_path / "made")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"path": "../secret.geojson"}, "outside the pack"),
        ({"path": "none.geojson"}, "there is no file"),
        ({"kind": "volcanoes"}, "kind"),
        ({"licence": None}, "licence"),
    ],
)
def test_a_manifest_that_names_no_layer_is_refused(tmp_path: Path, changed: dict[str, Any], reason: str) -> None:
    (tmp_path / "ground.yml").write_text(manifest(**changed))
    with pytest.raises(PackRefused, match=reason):
        pack.make(pack.read_manifest(tmp_path), tmp_path, tmp_path / "made")


def test_the_relief_is_turned_from_degrees_to_mercator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # north of 66.5 degrees, which is above a quarter of the world's map, the picture is white
    pixels = np.zeros((360, 720, 3), dtype=np.uint8)
    pixels[:47] = 255
    Image.fromarray(pixels).save(tmp_path / default_pack.PICTURE, quality=95)
    monkeypatch.setattr(default_pack, "RELIEF_ZOOM", 0)
    ((zoom, column, row, content),) = default_pack.cut_relief(tmp_path)
    assert (zoom, column, row) == (0, 0, 0)
    (tmp_path / "tile.webp").write_bytes(content)
    with Image.open(tmp_path / "tile.webp") as tile:
        shades = np.asarray(tile.convert("L"))[:, 256]
    assert shades.shape == (512,)
    assert np.abs(np.argmin(shades > 128) - 128) <= 2

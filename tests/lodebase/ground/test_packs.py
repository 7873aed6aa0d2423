"""The packs of a site: added, listed, served by kind and view on borders, removed."""

import json
from pathlib import Path
from typing import Any

import pytest

from lodebase.errors import GroundRefused
from lodebase.ground import packs
from lodebase.ground.distances import find_measured_layers, measure_nearest_km
from lodebase.settings import Settings
from lodedata.ground import archive, pack
from lodedata.ground.manifest import GroundLayer, GroundPack

POINT = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [10, 10]}}
REAL = Settings().real_data / "ground"


def layer(name: str, kind: Any, worldview: Any = None) -> dict[str, Any]:
    about = {"title_en": name, "title_zh": name, "attribution": "The tests", "licence": "CC0-1.0"}
    return about | {"name": name, "kind": kind, "path": "points.geojson", "worldview": worldview}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A site with a default ground of ports and rivers."""
    ground = tmp_path / "default"
    ground.mkdir()
    layers = tuple(GroundLayer(**layer(name, kind)) for name, kind in (("ports", "ports"), ("rivers", "rivers")))
    for one in layers:
        archive.write(ground / f"{one.name}.mbtiles", [(0, 0, 0, b"\x1f\x8b")], {})
    pack.write_manifest(GroundPack(name="default", title_en="", title_zh="", layers=layers), ground)
    return Settings.model_construct(home=tmp_path / "home", ground=ground, worldview="international")


def folder(path: Path, *layers: dict[str, Any], name: str = "mine") -> Path:
    path.mkdir()
    (path / "points.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [POINT]}))
    (path / "ground.yml").write_text(json.dumps({"name": name, "title_en": "", "title_zh": "", "layers": layers}))
    return path


def test_an_added_kind_takes_the_place_of_the_default(settings: Settings, tmp_path: Path) -> None:
    packs.add(settings, folder(tmp_path / "pack", layer("harbours", "ports"), layer("lines", "borders", "CHN")))
    assert [(served_layer.pack, served_layer.layer.name) for served_layer in packs.list_layers(settings)] == [
        ("default", "rivers"),
        ("mine", "harbours"),
    ]
    chinese = settings.model_copy(update={"worldview": "CHN"})
    assert [served_layer.layer.name for served_layer in packs.list_layers(chinese)] == ["rivers", "harbours", "lines"]
    packs.remove(settings, "mine")
    assert [served_layer.layer.name for served_layer in packs.list_layers(settings)] == ["ports", "rivers"]
    with pytest.raises(GroundRefused, match="no added ground pack"):
        packs.remove(settings, "mine")


def test_distances_are_measured_to_added_features_and_not_to_tiles(settings: Settings, tmp_path: Path) -> None:
    assert find_measured_layers(settings, "ports") == []
    assert measure_nearest_km([], 10, 11) is None
    packs.add(settings, folder(tmp_path / "pack", layer("harbours", "ports") | {"as_of": 2024}))
    measured = find_measured_layers(settings, "ports")
    assert [(served_layer.layer.name, served_layer.layer.as_of) for served_layer in measured] == [("harbours", "2024")]
    # a degree of the meridian at this latitude
    assert measure_nearest_km(measured, 10, 11) == 110.6
    assert find_measured_layers(settings, "railways") == []


def test_a_refused_pack_leaves_the_earlier_one(settings: Settings, tmp_path: Path) -> None:
    packs.add(settings, folder(tmp_path / "pack", layer("harbours", "ports")))
    broken = folder(tmp_path / "broken", layer("harbours", "ports"), layer("none", "rivers") | {"path": "none.geojson"})
    with pytest.raises(GroundRefused, match="there is no file"):
        packs.add(settings, broken)
    assert [served_layer.layer.name for served_layer in packs.list_layers(settings)] == ["rivers", "harbours"]
    with pytest.raises(GroundRefused, match="default"):
        packs.add(settings, folder(tmp_path / "other", layer("a", "ports"), name="default"))


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="the real data is not here")
def test_the_real_pack_has_all_its_layers(settings: Settings) -> None:
    described, counts = packs.add(settings, REAL)
    assert counts["shade"] == 3178
    assert {one.kind for one in described.layers} >= {
        "shade",
        "rivers",
        "lakes",
        "urban",
        "railways",
        "ports",
        "geology",
        "power-plants",
        "towns",
    }
    # the Three Gorges Dam, in the Global Power Plant Database
    assert measure_nearest_km(find_measured_layers(settings, "power-plants"), 111.0032, 30.8235) == 0
    # Orange, New South Wales, 20 km from the mine of Cadia
    assert measure_nearest_km(find_measured_layers(settings, "towns"), 148.996, -33.463) == pytest.approx(20, abs=3)

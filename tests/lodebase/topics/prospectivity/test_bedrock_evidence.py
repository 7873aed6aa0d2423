"""Evidence of a layer of bedrock: age and rock at the centres of cells, what is not known as a class of its own."""

import json
from pathlib import Path

import numpy as np
import shapely

from lodebase.ground import packs
from lodebase.settings import Settings
from lodebase.topics.prospectivity.ground_layers import read_evidence
from lodedata.topics.prospectivity.grid import cover_region

UNITS = (
    ("Jurassic", "granite; granodiorite", 100, 104),
    ("Archean", "gneiss", 104, 108),
    ("Wuding age", "sandstone", 108, 112),
)


def test_age_and_rock_are_two_kinds_of_evidence(tmp_path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"AGE": age, "ROCK": rock},
            "geometry": {"type": "Polygon", "coordinates": [[[west, 20], [east, 20], [east, 30], [west, 30], [west, 20]]]},
        }
        for age, rock, west, east in UNITS
    ]
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "units.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    layer = {
        "name": "bedrock",
        "kind": "bedrock",
        "title_en": "Bedrock",
        "title_zh": "基岩地质",
        "path": "units.geojson",
        "attribution": "The tests",
        "licence": "CC0-1.0",
        "columns": {"age": "AGE", "lithology": "ROCK"},
    }
    (pack / "ground.yml").write_text(json.dumps({"name": "mine", "title_en": "", "title_zh": "", "layers": [layer]}))
    settings = Settings.model_construct(home=tmp_path / "home", ground=tmp_path / "default", worldview="international")
    packs.add(settings, pack)
    grid = cover_region(shapely.box(100.5, 20.5, 115, 29.5), 4)
    used, unused = read_evidence(tuple(packs.list_layers(settings)), grid)
    assert unused == () and [one.code for one in used] == ["mine-bedrock-age", "mine-bedrock-lithology"]
    age, rock = used
    labels = {str(title) for title in age.classes}
    assert labels == {"none is held here", "Jurassic", "Archean", "of no stated kind"}
    assert {title.in_language("zh") for title in age.classes} >= {"侏罗纪", "太古宙"}
    assert "Granite, Granodiorite" in {str(title) for title in rock.classes}
    inside = (grid.lon > 100.5) & (grid.lon < 103.5)
    jurassic = [str(title) for title in age.classes].index("Jurassic")
    assert inside.any() and (np.asarray(age.of_cell)[inside] == jurassic).all()

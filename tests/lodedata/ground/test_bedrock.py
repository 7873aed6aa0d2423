"""Bedrock: terms of maps become ages of the chart and rocks of CGI; a pack is made of GeoJSON, GeoPackage and shapefile."""

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pytest
import shapely
from pyproj import Transformer

from lodedata import gdal
from lodedata.ground import archive, bedrock, pack
from lodedata.ground.manifest import PackRefused

LAYER = {
    "name": "bedrock",
    "kind": "bedrock",
    "title_en": "Bedrock",
    "title_zh": "基岩地质",
    "path": "units.geojson",
    "attribution": "The tests",
    "licence": "CC0-1.0",
    "columns": {"age": "AGE", "lithology": "LITH", "unit": "NAME"},
}
UNITS = [
    ("Red beds", "Late Triassic to Early Jurassic", "sandstone, shale", shapely.box(100, 20, 104, 24)),
    ("Old gneiss", "Archaean", "gneiss", shapely.box(104, 20, 108, 24)),
    ("花岗岩体", "早白垩世", "花岗岩、花岗闪长岩", shapely.box(100, 24, 104, 28)),
    ("Local group", "Wuding age", "wacke with kryptonite", shapely.box(104, 24, 108, 28)),
    ("", None, None, shapely.box(110, 20, 111, 21)),
]


def write_units(folder: Path, name: str, crs: str = "EPSG:4326", units: Any = UNITS) -> Path:
    """Return a file of the units in a format by its suffix, in a reference system."""
    shapes = [shape for *_, shape in units]
    if crs != "EPSG:4326":
        turned = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        shapes = [shapely.transform(shape, lambda x, y: turned.transform(x, y), interleaved=False) for shape in shapes]
    columns = {key: pa.array([unit[n] for unit in units], pa.string()) for n, key in enumerate(("NAME", "AGE", "LITH"))}
    rows = pa.table({**columns, "geom": pa.array([shapely.to_wkb(shape) for shape in shapes], pa.binary())})
    drivers = {".geojson": "GeoJSON", ".gpkg": "GPKG", ".shp": "ESRI Shapefile"}
    path = folder / name
    gdal.pyogrio.write_arrow(
        rows, path, driver=drivers[path.suffix], geometry_name="geom", geometry_type="Polygon", crs=crs, encoding="UTF-8"
    )
    return path


def manifest(folder: Path, **changed: Any) -> None:
    layers = [LAYER | changed]
    (folder / "ground.yml").write_text(json.dumps({"name": "mine", "title_en": "", "title_zh": "", "layers": layers}))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Jurassic", "jurassic"),
        ("UPPER CRETACEOUS", "late-cretaceous"),
        ("上白垩统", "late-cretaceous"),
        ("K2", "late-cretaceous"),
        ("Albian", "early-cretaceous"),
        ("Early to Late Jurassic", "jurassic"),
        ("Jurassic-Cretaceous", "mesozoic"),
        ("Permian to Triassic", "phanerozoic"),
        ("Lower Cambrian", "cambrian"),
        ("Palaeoproterozoic", "paleoproterozoic"),
        ("Neoproterozoic to Cambrian", None),
        ("Wuding age", None),
    ],
)
def test_an_age_is_an_interval_of_the_chart_or_none(text: str, code: str | None) -> None:
    assert bedrock.find_age(text) == code


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Granite", ("granite",)),
        ("花岗岩、花岗闪长岩", ("granite", "granodiorite")),
        ("sandstone, shale and limestone", ("generic_sandstone", "shale", "limestone")),
        ("greywacke", ("wacke",)),
        ("granite with kryptonite", ()),
    ],
)
def test_rocks_are_all_known_or_none_is(text: str, codes: tuple[str, ...]) -> None:
    assert bedrock.find_rocks(text) == codes


def test_ages_form_a_tree_and_have_the_colours_of_the_chart() -> None:
    terms = bedrock.read_ages().terms
    assert all(term.broader is None or term.broader in terms for term in terms.values())
    # RGB of the CGMW: 52/178/201, 127/198/78, 240/4/127
    # International Chronostratigraphic Chart v2024/10, colours of CGMW
    chart = {
        "quaternary": "#F9F97F",
        "neogene": "#FFE619",
        "oligocene": "#FEC07A",
        "paleogene": "#FD9A52",
        "cretaceous": "#7FC64E",
        "jurassic": "#34B2C9",
        "triassic": "#812B92",
        "permian": "#F04028",
        "pennsylvanian": "#7EBCC6",
        "mississippian": "#678F66",
        "carboniferous": "#67A599",
        "devonian": "#CB8C37",
        "silurian": "#B3E1B6",
        "ordovician": "#009270",
        "cambrian": "#7FA056",
        "archean": "#F0047F",
        "hadean": "#AE027E",
    }
    assert {code: terms[code].colour for code in chart} == chart
    assert all(len(term.colour) == 7 for term in terms.values()) and len({term.label.zh for term in terms.values()}) == len(
        terms
    )


@pytest.mark.parametrize(
    ("name", "crs"),
    [("units.geojson", "EPSG:4326"), ("units.gpkg", "EPSG:32648"), ("units.gpkg", "EPSG:4326"), ("units.zip", "EPSG:32648")],
)
def test_a_pack_is_made_of_polygons_by_declared_columns(tmp_path: Path, name: str, crs: str) -> None:
    units = [(unit[0] or "x", unit[1], unit[2], unit[3]) for unit in UNITS]
    if name.endswith(".zip"):
        write_units(tmp_path, "units.shp", crs, units)
        with zipfile.ZipFile(tmp_path / name, "w") as packed:
            for part in sorted(tmp_path.glob("units.*")):
                if part.suffix != ".zip":
                    packed.write(part, part.name)
    else:
        write_units(tmp_path, name, crs, units)
    manifest(tmp_path, path=name)
    pack.make(pack.read_manifest(tmp_path), tmp_path, tmp_path / "made")
    made = tmp_path / "made" / "bedrock.mbtiles"
    content = archive.read_archive_tile(made, 0, 0, 0)
    assert content is not None
    found = {feature["properties"]["unit"]: feature for feature in orjson.loads(gzip.decompress(content))["features"]}
    assert found["Red beds"]["properties"] == {
        "unit": "Red beds",
        "age": "mesozoic",
        "age_text": "Late Triassic to Early Jurassic",
        "lithology": "generic_sandstone|shale",
    }
    assert found["花岗岩体"]["properties"]["age"] == "early-cretaceous"
    local = found["Local group"]["properties"]
    assert (local["age_text"], local["lithology_text"]) == ("Wuding age", "wacke with kryptonite") and "age" not in local
    west, south, *_ = shapely.from_geojson(orjson.dumps(found["Red beds"]["geometry"])).bounds
    assert (west, south) == pytest.approx((100, 20), abs=0.2)
    summary = json.loads(archive.read_metadata(made)["bedrock"])
    assert summary["ages"] == {"mesozoic": 1, "archean": 1, "early-cretaceous": 1}
    assert summary["unknown_ages"] == {"Wuding age": 1} and summary["without_age"] == 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"columns": {"age": "EPOCH"}}, "has no column EPOCH. Its columns are"),
        ({"columns": None}, "needs columns"),
        ({"columns": {"lithology": "LITH"}}, "age"),
        ({"kind": "geology"}, "no other layer has them"),
        ({"path": "none.geojson"}, "there is no file"),
    ],
)
def test_a_layer_without_its_columns_is_refused(tmp_path: Path, changed: dict[str, Any], reason: str) -> None:
    write_units(tmp_path, "units.geojson")
    manifest(tmp_path, **changed)
    with pytest.raises(PackRefused, match=reason):
        pack.make(pack.read_manifest(tmp_path), tmp_path, tmp_path / "made")

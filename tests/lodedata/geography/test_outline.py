"""Outlines of a user, read from text and files in any coordinate system."""

import json
import zipfile
from pathlib import Path

import geopandas
import pytest
import shapely
from pyproj import Geod

from lodedata.geography.outline import MAX_AREA_VERTICES, read_outline
from lodedata.read import FileRefused

SQUARE = "POLYGON((100 20,101 20,101 21,100 21,100 20))"
RING = [[100, 20], [101, 20], [101, 21], [100, 21], [100, 20]]
HEAD = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
PLACEMARK = (
    "<Placemark><name>采矿权</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
    "100,20,0 101,20,0 101,21,0 100,21,0 100,20,0</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
)


def as_feature(geometry: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": geometry}]})


def square(data: bytes, name: str = "") -> None:
    found = read_outline(data, name)
    made = shapely.from_wkt(found.wkt)
    assert made.symmetric_difference(shapely.from_wkt(SQUARE)).area < 1e-3
    area, _ = Geod(ellps="WGS84").geometry_area_perimeter(shapely.from_wkt(SQUARE))
    assert found.area_m2 == pytest.approx(abs(area), rel=1e-3)


@pytest.mark.parametrize(
    "text",
    [
        SQUARE,
        f"\ufeff  {SQUARE}\n",
        "SRID=4490;" + SQUARE,
        "POLYGON Z((100 20 5,101 20 5,101 21 5,100 21 5,100 20 5))",
        "MULTIPOLYGON(((100 20,101 20,101 21,100 21,100 20)))",
        json.dumps({"type": "Polygon", "coordinates": [RING]}),
        as_feature({"type": "Polygon", "coordinates": [RING]}),
        f"{HEAD}{PLACEMARK}</Document></kml>",
    ],
)
def test_a_square_is_one_in_every_text(text: str) -> None:
    square(text.encode())


@pytest.mark.parametrize("system", ["EPSG:4326", "EPSG:4490", "EPSG:32647", "EPSG:4522"])
def test_a_shapefile_is_turned_from_its_own_system(tmp_path: Path, system: str) -> None:
    geopandas.GeoDataFrame({"名称": ["探矿权"]}, geometry=[shapely.from_wkt(SQUARE)], crs=4326).to_crs(system).to_file(
        tmp_path / "licence.shp", encoding="utf-8"
    )
    with zipfile.ZipFile(tmp_path / "licence.zip", "w") as archive:
        for part in sorted(tmp_path.glob("licence.*")):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    square((tmp_path / "licence.zip").read_bytes(), "licence.zip")


def test_a_geopackage_is_read(tmp_path: Path) -> None:
    geopandas.GeoDataFrame({"n": [1]}, geometry=[shapely.from_wkt(SQUARE)], crs=4326).to_file(tmp_path / "a.gpkg")
    square((tmp_path / "a.gpkg").read_bytes(), "a.gpkg")


def test_several_polygons_are_one_area_and_a_crossed_one_is_mended() -> None:
    two = "GEOMETRYCOLLECTION(POLYGON((0 0,1 0,1 1,0 1,0 0)),POLYGON((1 0,2 0,2 1,1 1,1 0)),POINT(5 5))"
    assert shapely.from_wkt(read_outline(two.encode()).wkt).area == pytest.approx(2)
    assert shapely.is_valid(shapely.from_wkt(read_outline(b"POLYGON((0 0,2 2,2 0,0 2,0 0))").wkt))


def test_an_outline_of_many_corners_is_made_simpler_and_says_by_how_much() -> None:
    circle = shapely.Point(100, 20).buffer(1, quad_segs=2000)
    found = read_outline(circle.wkt.encode())
    made = shapely.from_wkt(found.wkt)
    assert found.vertices < MAX_AREA_VERTICES
    assert 0 < found.tolerance_m < 200
    assert shapely.hausdorff_distance(made, circle) * 111_320 <= found.tolerance_m * 1.5 + 2
    assert read_outline(SQUARE.encode()).tolerance_m == 0


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"POINT(1 2)", "no polygon"),
        (b"POLYGON((1 2", "can't be read"),
        (b'{"type": "Polygon"', "can't be read"),
        (b"{}", "can't be read"),
        (b"<html><body>not found</body></html>", "KML"),
        (b"\x00\x01\x02garbage", "."),
        (b"POLYGON((500000 2000000,600000 2000000,600000 2100000,500000 2000000))", "out of range"),
        (b"POLYGON((0 0,1 1,0 0))", "can't be read|enclose no area|no polygon"),
        (b"SRID=999999;" + SQUARE.encode(), "system"),
        (b"POLYGON((\xff\xfe", "."),
        (b"lon,lat\n1,2\n", "no polygon"),
    ],
)
def test_what_is_no_area_is_refused_with_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(FileRefused, match=says):
        read_outline(data, "a.bin")

"""Tables of rights: with or without polygons, with repeated numbers, dated by their source."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pytest
import shapely

from lodedata.gdal import pyogrio
from lodedata.mapping import Reading
from lodedata.records import GenericRecord

ReadMapped = Callable[..., list[Reading]]
MAPPING = """
- key: "{no}"
  kind: {const: mining_right}
  right_no: no
  holder: holder
  commodities: [{column: metal, split: ";"}]
  valid_to: to
"""
ROWS = ["no,holder,metal,to", "A1,Alfa S.A.,copper,2030", "A1,Alfa S.A.,lithium,2031", "B2,Beta Ltd,copper,2020"]


def records(readings: list[Reading]) -> list[GenericRecord]:
    return [record for reading in readings for record in reading.records if isinstance(record, GenericRecord)]


def test_a_right_without_a_polygon_is_a_record_with_a_flag(read: ReadMapped) -> None:
    readings = read(MAPPING, [ROWS[0], ROWS[1]])
    (record,) = records(readings)
    assert record.wkb is None and record.values["right_no"] == "A1"
    assert [problem.rule for problem in readings[0].problems] == ["polygon-missing"]


def test_a_right_with_empty_corners_is_a_record_too(read: ReadMapped) -> None:
    ring = MAPPING + "  position: {ring: corners}\n"
    readings = read(ring, [ROWS[0] + ",corners", ROWS[1] + ",", ROWS[3] + ',"1,103.1,36.1 2,103.2,36.1 3,103.2,36.2"'])
    without, with_ = records(readings)
    assert without.wkb is None and with_.wkb is not None


def test_the_date_of_the_source_dates_a_right(read: ReadMapped) -> None:
    """The status of a right on a day needs the day that the register states it for; the head of the mapping says 2024."""
    (record,) = records(read(MAPPING, [ROWS[0], ROWS[1]]))
    assert str(record.values["information_date"]) == "2024"


@pytest.mark.parametrize(("how", "keys"), [("number", ["A1", "A1#2", "B2"]), ("merge", ["A1", "B2"])])
def test_repeated_keys_hold_for_rights(read: ReadMapped, how: str, keys: list[str]) -> None:
    readings = read(MAPPING + f"  repeated_keys: {how}\n", ROWS)
    assert [reading.rows[0].key for reading in readings] == keys
    if how == "merge":
        assert records(readings)[0].values["commodities"] == ("copper", "lithium")
        assert len(readings[0].rows) == 2
        disagreement = next(problem for problem in readings[0].problems if problem.rule == "rows-disagree")
        assert (disagreement.value, disagreement.detail["field"]) == ("2031", "valid_to")


def test_outlines_of_one_right_become_one(read: ReadMapped) -> None:
    ring = MAPPING + "  position: {ring: corners}\n  repeated_keys: merge\n"
    corners = ('"1,103.1,36.1 2,103.2,36.1 3,103.2,36.2"', '"1,104.1,36.1 2,104.2,36.1 3,104.2,36.2"')
    rows = [ROWS[0] + ",corners", *(f"A1,Alfa S.A.,copper,2030,{corner}" for corner in corners)]
    (record,) = records(read(ring, rows))
    single = records(read(ring, rows[:2]))[0]
    assert record.values["area_km2_computed"] == pytest.approx(2 * single.values["area_km2_computed"], rel=1e-3)


GOOD = "POLYGON ((103.1 36.1, 103.2 36.1, 103.2 36.2, 103.1 36.1))"


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("POLYGON ((103.1 36.1, 103.2 36.1", "polygon-unreadable"),
        ("here", "polygon-unreadable"),
        ("POINT (103.1 36.1)", "polygon-unreadable"),
        ("POLYGON ((3456789 39456789, 3456789 39457789, 3457789 39457789, 3456789 39456789))", "polygon-unreadable"),
        ("(" * 40 + ")" * 40, "polygon-unreadable"),
        ("", "polygon-missing"),
    ],
)
@pytest.mark.parametrize("kind", ["mining_right", "zone"])
def test_an_unreadable_polygon_of_a_column_loses_no_record(read: ReadMapped, kind: str, written: str, rule: str) -> None:
    named = {"mining_right": "right_no: no", "zone": "name_en: holder\n  zone_kind: {const: protected-area}\n  code: no"}[kind]
    mapping = f'- key: "{{no}}"\n  kind: {{const: {kind}}}\n  {named}\n  position: {{wkt: shape}}\n'
    readings = read(mapping, ["no,holder,shape", f'A1,Alfa S.A.,"{written}"', f'B2,Beta Ltd,"SRID=4326;{GOOD}"'])
    without, with_ = records(readings)
    assert without.wkb is None and with_.wkb is not None
    (problem,) = readings[0].problems
    assert (problem.rule, problem.column, problem.value) == (rule, "shape", written[:80])
    assert problem.left_out == (rule == "polygon-unreadable")
    if kind == "mining_right" and written:
        assert without.values["corners_reported"] == written


def test_unreadable_corner_points_lose_no_record(read: ReadMapped) -> None:
    ring = MAPPING + "  position: {ring: corners}\n"
    (reading,) = read(ring, [ROWS[0] + ",corners", ROWS[3] + ',"1,103.1,36.1 2,103.2,36.2 3,103.2,36.1 4,103.1,36.2"'])
    (record,) = records([reading])
    assert record.wkb is None and record.values["corners_reported"].startswith("1,103.1")
    assert [problem.rule for problem in reading.problems] == ["ring-unreadable"]
    assert reading.problems[0].left_out


DAMAGED = {
    "letters": {"type": "Polygon", "coordinates": [[["a", "b"], [2, 1], [2, 2], [1, 1]]]},
    "two corners": {"type": "Polygon", "coordinates": [[[1, 1], [2, 2]]]},
    "unknown type": {"type": "Polygone", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]},
    "no coordinates": {"type": "Polygon"},
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_an_unreadable_polygon_of_geojson_loses_no_record(read: ReadMapped, tmp_path: Path, damage: str) -> None:
    good = {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]}
    features = [
        {"type": "Feature", "properties": {"no": no, "holder": "Alfa S.A.", "metal": "copper", "to": "2030"}, "geometry": shape}
        for no, shape in (("A1", good), ("B2", DAMAGED[damage]), ("C3", None))
    ]
    path = tmp_path / "rights.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    readings = read(MAPPING + "  position: {geometry: true}\n", path)
    assert [record.wkb is None for record in records(readings)] == [False, True, True]
    assert [[problem.rule for problem in reading.problems] for reading in readings] == [
        [],
        ["polygon-unreadable"],
        ["polygon-missing"],
    ]
    assert readings[1].problems[0].left_out and readings[1].problems[0].value


def test_an_unreadable_polygon_of_kml_loses_no_record(read: ReadMapped, tmp_path: Path) -> None:
    def mark(name: str, corners: str) -> str:
        ring = f"<LinearRing><coordinates>{corners}</coordinates></LinearRing>"
        return f"<Placemark><name>{name}</name><Polygon><outerBoundaryIs>{ring}</outerBoundaryIs></Polygon></Placemark>"

    marks = mark("A1", "1,1 2,1 2,2 1,1") + mark("B2", "1,1 2,x 2,2 1,1")
    path = tmp_path / "t.kml"
    path.write_text(f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>', "utf-8")
    mapping = '- key: "{name}"\n  kind: {const: mining_right}\n  right_no: name\n  position: {geometry: true}\n'
    readings = read(mapping, path)
    assert [record.wkb is None for record in records(readings)] == [False, True]
    assert readings[1].problems[0].value == "1,1 2,x 2,2 1,1"


def test_an_unreadable_shape_loses_no_record(read: ReadMapped, tmp_path: Path) -> None:
    """A shape whose type is that of no geometry: GDAL gives none for it."""
    path = tmp_path / "rights.shp"
    table = pyarrow.table({"no": ["A1", "B2"], "g": [shapely.box(at, 1, at + 1, 2).wkb for at in (1, 5)]})
    pyogrio.write_arrow(table, path, driver="ESRI Shapefile", geometry_name="g", geometry_type="Polygon", crs="EPSG:4326")
    content = bytearray(path.read_bytes())
    second = 100 + 8 + int.from_bytes(content[104:108], "big") * 2
    content[second + 8 + 36 : second + 8 + 44] = b"\xff\xff\xff\x7f\xff\xff\xff\x7f"
    path.write_bytes(content)
    mapping = '- key: "{no}"\n  kind: {const: mining_right}\n  right_no: no\n  position: {geometry: true}\n'
    readings = read(mapping, path)
    assert [record.wkb is None for record in records(readings)] == [False, True]
    assert (readings[1].problems[0].rule, readings[1].problems[0].value) == ("polygon-unreadable", "rights.shp, shape 2")

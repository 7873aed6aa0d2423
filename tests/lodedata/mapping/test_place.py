"""Positions of rows: from columns or geometry, with an accuracy from the text, and problems that are reported."""

from collections.abc import Callable
from pathlib import Path

import geopandas
import pyarrow
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from pydantic import ValidationError

from lodedata.cells import Unreadable, divide_packed, parse_degrees
from lodedata.mapping import MappingRefused, Reading, Source
from lodedata.mapping.record_spec import PositionSpec
from lodedata.records import Deposit

Mapping = Callable[..., Source]
ReadMapped = Callable[..., list[Reading]]

DEPOSIT = """
- key: "{id}"
  kind: {const: deposit}
  commodities: [metal]
"""
CSV = "id,name,metal,country,lon,lat,v,w"


def deposit(reading: Reading) -> Deposit:
    (record,) = reading.records
    assert isinstance(record, Deposit)
    return record


def rules(reading: Reading) -> list[str]:
    return [problem.rule for problem in reading.problems]


@pytest.mark.parametrize(
    ("lon", "lat", "accuracy"),
    [
        ("-69", "-24", 78_715),
        ("-69.1", "-24", 7_872),
        ("-69.07", "-24.27", 787),
        ("-69.0712", "-24.2654", 7.9),
        ("69°04'W", "24°16'S", 1312),
        ("69°04'10\"W", "24°16'S", 21.9),
    ],
)
def test_a_position_is_as_sure_as_its_decimals(read: ReadMapped, lon: str, lat: str, accuracy: float | None) -> None:
    """Half a unit of the last decimal in both directions, with 111.32 km to the degree."""
    (reading,) = read(DEPOSIT + "  position: {lon: lon, lat: lat}\n", [CSV, f"1,a,copper,CHL,{lon},{lat},,"])
    position = deposit(reading).position
    assert position is not None
    assert position.accuracy_m == (None if accuracy is None else pytest.approx(accuracy, rel=0.01))
    assert (position.original, position.crs, position.method) == (f"{lon}, {lat}", "EPSG:4326", "approximate")


@pytest.mark.parametrize(
    ("spec", "word", "accuracy"),
    [
        ("5000", "", 5000),
        ("100", "", 787),
        ("{column: v, map: {exact: 1000, rough: 20000}}", "exact", 1000),
        ("{column: v, map: {exact: 1000, rough: 20000}}", "rough", 20000),
        ("{column: v, map: {exact: 1000}, default: 3000}", "who knows", 3000),
        ("{column: v, map: {exact: 1000}}", "who knows", 787),
    ],
)
def test_a_stated_accuracy_counts_unless_the_decimals_are_rougher(
    read: ReadMapped, spec: str, word: str, accuracy: float
) -> None:
    lines = f"  position: {{lon: lon, lat: lat, accuracy_m: {spec}, method: {{const: exact}}}}\n"
    (reading,) = read(DEPOSIT + lines, [CSV, f"1,a,copper,CHL,-69.07,-24.27,{word},"])
    position = deposit(reading).position
    assert position is not None
    assert position.accuracy_m == pytest.approx(accuracy, rel=0.01)
    assert position.method == "exact"


def test_a_row_without_coordinates_has_no_position(read: ReadMapped) -> None:
    (reading,) = read(DEPOSIT + "  position: {lon: lon, lat: lat}\n", [CSV, "1,a,copper,CHL,<null>,,,"])
    assert (deposit(reading).position, reading.problems) == (None, ())


def test_a_unicode_minus_is_read_and_flagged(read: ReadMapped) -> None:
    (reading,) = read(DEPOSIT + "  position: {lon: lon, lat: lat}\n", [CSV, "1,a,copper,CHL,\u221269.07,24°16′S,,"])
    position = deposit(reading).position
    assert position is not None
    assert (position.lon, position.lat) == pytest.approx((-69.07, -24.2667), abs=1e-4)
    assert [(p.rule, p.column) for p in reading.problems] == [("unicode-minus", "lon")]


def test_a_position_in_an_old_datum_is_uncertain_and_says_so(read: ReadMapped) -> None:
    lines = "  position: {lon: lon, lat: lat, crs: 西安80, accuracy_m: 10}\n"
    (reading,) = read(DEPOSIT + lines, [CSV, "1,a,copper,CHN,117.73512,29.02413,,"])
    position = deposit(reading).position
    assert position is not None
    assert (position.accuracy_m, position.crs, position.original) == (100, "EPSG:4610", "117.73512, 29.02413")
    assert rules(reading) == ["datum-uncertain"]


def test_a_position_in_metres_is_turned_to_degrees_and_keeps_its_metres(read: ReadMapped) -> None:
    lines = "  position: {lon: lon, lat: lat, crs: EPSG:4527}\n"
    rows = ["1,a,copper,CHN,39500000,3320000,,", "2,b,copper,CHN,3320000,39500000,,", "3,c,copper,CHN,38612345,3065012,,"]
    good, bad, other_zone = read(DEPOSIT + lines, [CSV, *rows])
    position = deposit(good).position
    assert position is not None
    assert position.lon == pytest.approx(117, abs=1e-9)
    assert position.accuracy_m is None
    assert position.original == "39500000, 3320000"
    assert rules(bad) == rules(other_zone) == ["coordinate-outside-crs"]


@pytest.mark.parametrize("crs", ["GCJ-02", "EPSG:99999", "EPSG:5773", "nonsense"])
def test_a_system_that_can_not_be_used_refuses_the_mapping(read: ReadMapped, crs: str) -> None:
    with pytest.raises(MappingRefused, match="table.csv: "):
        read(DEPOSIT + f"  position: {{lon: lon, lat: lat, crs: {crs}}}\n", [CSV, "1,a,copper,CHN,117,29,,"])


def shapes(folder: Path, *found: shapely.Geometry | None, crs: int = 4326) -> Path:
    path = folder / "shapes.gpkg"
    frame = geopandas.GeoDataFrame({"id": range(len(found)), "metal": "copper"}, geometry=list(found), crs=crs)
    pyogrio.write_dataframe(frame, path, geometry_type="Unknown")
    return path


def test_a_position_comes_from_the_geometry_in_the_files_own_system(tmp_path: Path, read: ReadMapped) -> None:
    path = shapes(tmp_path, shapely.Point(39_500_000, 3_320_000, 12), None, shapely.Point(), crs=4527)
    point, none, empty = (deposit(r) for r in read(DEPOSIT + "  position: {geometry: true, accuracy_m: 50}\n", path))
    assert point.position is not None
    assert point.position.lon == pytest.approx(117, abs=1e-9)
    assert point.position.accuracy_m == 50
    assert (point.position.crs, point.position.original) == ("EPSG:4527", "39500000.0, 3320000.0")
    assert (none.position, empty.position) == (None, None)


def test_a_polygon_gives_a_point_within_it_as_rough_as_it_is_wide(tmp_path: Path, read: ReadMapped) -> None:
    """A ring a degree wide at the equator: half its diagonal is 78.4 km; its middle lies in its hole."""
    ring = shapely.box(0, 0, 1, 1).difference(shapely.box(0.2, 0.2, 0.8, 0.8))
    (reading,) = read(DEPOSIT + "  position: {geometry: true}\n", shapes(tmp_path, ring))
    position = deposit(reading).position
    assert position is not None
    assert ring.contains(shapely.Point(position.lon, position.lat))
    assert position.method == "generalised"
    assert position.accuracy_m == pytest.approx(78_400, rel=0.005)


def test_a_record_whose_geometry_can_not_be_read_has_no_position(tmp_path: Path, read: ReadMapped) -> None:
    path = tmp_path / "t.parquet"
    curve = b"\x01\x08\0\0\0\3\0\0\0" + bytes(48)
    table = pyarrow.table({"id": [1, 2], "metal": ["copper"] * 2, "w": [b"\x01\x02", curve]})
    geo = b'{"primary_column": "w", "columns": {"w": {"encoding": "WKB"}}}'
    pyarrow.parquet.write_table(table.replace_schema_metadata({b"geo": geo}), path)
    for reading in read(DEPOSIT + "  position: {geometry: true}\n", path):
        assert rules(reading) == ["point-unreadable"] and deposit(reading).position is None


def test_a_table_without_geometry_gives_none(read: ReadMapped) -> None:
    with pytest.raises(MappingRefused, match="table.csv: has no geometry; name the columns of the position as `lon` and `lat`"):
        read(DEPOSIT + "  position: {geometry: true}\n", [CSV, "1,a,copper,CHL,1,2,,"])


def test_a_column_said_to_be_packed_reads_nothing_else() -> None:
    for text, value in (("-701230", -70.208333), ("71530.5", 7.258472), ("+0010000", 1.0)):
        assert parse_degrees(divide_packed(text)) == pytest.approx(value, abs=1e-6)
    for text in ("-70.5", "-706030", "-701260", "12", "70 12 30"):
        with pytest.raises(Unreadable):
            divide_packed(text)


def test_packed_degrees_are_for_columns_of_coordinates() -> None:
    with pytest.raises(ValidationError, match="DDMMSS"):
        PositionSpec.model_validate({"ring": "corners", "angles": "DDMMSS"})

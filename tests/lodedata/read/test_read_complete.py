"""Files that are cut short or out of order: none is read as if it were complete."""

import random
import re
import shutil
import zipfile
from pathlib import Path

import geopandas
import openpyxl
import pytest
import shapely
from tests.quick import mostly_slow

from lodedata.read import FileRefused, open_tables

ROWS = 60


def read(path: Path) -> int:
    """Return the number of rows of a file's only table."""
    (table,) = open_tables(path)
    return sum(1 for _ in table.rows)


def refusal(path: Path) -> str:
    with pytest.raises(FileRefused) as caught:
        read(path)
    return str(caught.value)


@pytest.fixture
def shape(tmp_path: Path) -> Path:
    """A shapefile of 60 points."""
    columns = {"id": [f"k{n}" for n in range(ROWS)], "name": ["矿" * (n % 9) for n in range(ROWS)]}
    points = [shapely.Point(100 + n / 10, 30) if n % 10 else None for n in range(ROWS)]
    geopandas.GeoDataFrame(columns, geometry=points, crs=4326).to_file(tmp_path / "s.shp", encoding="utf-8")
    return tmp_path / "s.shp"


def packed(shape: Path) -> Path:
    path = shape.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for part in shape.parent.glob("s.*"):
            if part.suffix != ".zip":
                archive.write(part, f"data/{part.name}")
    return path


def test_a_complete_shapefile_is_read(shape: Path) -> None:
    assert read(shape) == ROWS
    assert read(packed(shape)) == ROWS


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.97])
@pytest.mark.parametrize("in_zip", [False, True])
def test_a_part_that_is_cut_short_is_refused(shape: Path, suffix: str, share: float, in_zip: bool) -> None:
    part = shape.with_suffix(suffix)
    size = part.stat().st_size
    part.write_bytes(part.read_bytes()[: int(size * share)])
    sentence = refusal(packed(shape) if in_zip else shape)
    if share == 0.5:
        left = f"{int(size * share):,}"
        assert re.search(
            rf"the {suffix} declares {size - (suffix == '.dbf'):,} bytes and has {left}; it is cut short", sentence
        )


def test_parts_of_two_shapefiles_are_refused(shape: Path, tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Point(1, 2)], crs=4326)
    frame.to_file(tmp_path / "other.shp")
    shutil.copy(tmp_path / "other.dbf", shape.with_suffix(".dbf"))
    assert "the .shx lists 60 shapes and the .dbf 1 records" in refusal(shape)


def test_deleted_records_are_left_out(shape: Path) -> None:
    table = bytearray(shape.with_suffix(".dbf").read_bytes())
    header, record = int.from_bytes(table[8:10], "little"), int.from_bytes(table[10:12], "little")
    table[header + 3 * record] = ord("*")
    shape.with_suffix(".dbf").write_bytes(table)
    assert read(shape) == ROWS - 1


@pytest.mark.parametrize("suffix", mostly_slow([".shx", ".dbf"], [".shx"]))
def test_no_flipped_byte_of_an_index_or_a_table_loses_a_row_in_silence(shape: Path, suffix: str) -> None:
    part = shape.with_suffix(suffix)
    sound = part.read_bytes()
    expected = [(row.number, row.geometry is None) for row in open_tables(shape)[0].rows]
    ends = 100 if suffix == ".shx" else int.from_bytes(sound[8:10], "little")
    places = [*range(4, 12), *range(24, 28), *random.Random(7).sample(range(ends, len(sound) - 1), 40)]
    for place in places:
        damaged = bytearray(sound)
        damaged[place] ^= 0x41
        part.write_bytes(damaged)
        try:
            found = [(row.number, row.geometry is None) for row in open_tables(shape)[0].rows]
        except FileRefused:
            continue
        assert found == expected, place


def test_a_cut_flatgeobuf_is_refused(tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame({"id": range(ROWS)}, geometry=[shapely.Point(n, 2) for n in range(ROWS)], crs=4326)
    path = tmp_path / "t.fgb"
    frame.to_file(path, driver="FlatGeobuf")
    sound = path.read_bytes()
    for share in (0.6, 0.8, 0.99):
        path.write_bytes(sound[: int(len(sound) * share)])
        assert refusal(path)


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["id", "name"])
    for number in range(ROWS):
        sheet.append([f"k{number}", f"n{number}"])
    book.save(path)
    return path


def rewritten(path: Path, pattern: bytes, by: bytes) -> Path:
    """Replace a pattern in the first sheet of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    changed = re.sub(pattern, by, parts[sheet])
    assert changed != parts[sheet]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, changed if name == sheet else content)
    return path


def test_rows_of_a_workbook_that_are_out_of_order_are_refused_with_their_number(tmp_path: Path) -> None:
    path = rewritten(workbook(tmp_path / "t.xlsx"), rb'<row r="30"', b'<row r="90"')
    assert refusal(path).startswith("t.xlsx, sheet 'Sheet': A30 comes after 90; the rows are not in order")


def test_cells_of_a_row_that_are_out_of_order_are_refused(tmp_path: Path) -> None:
    path = rewritten(workbook(tmp_path / "t.xlsx"), rb'r="A30"', b'r="C30"')
    assert "B30 comes after C30" in refusal(path)


def test_rows_without_numbers_are_read(tmp_path: Path) -> None:
    path = rewritten(workbook(tmp_path / "t.xlsx"), rb' r="[A-Z]*\d+"', b"")
    assert read(path) == ROWS


def test_an_open_quotation_mark_is_refused_with_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [f"{n},name {n},{n}" for n in range(ROWS)]
    rows[2] = '2,"name 2,2'
    path.write_text("id,name,v\n" + "\n".join(rows) + "\n")
    assert refusal(path).startswith("t.csv, row 4: a quotation mark is left open, so that the row runs to line 61")
    rows[50] = '50,"name, 50",50'
    path.write_text("id,name,v\n" + "\n".join(rows) + "\n")
    assert refusal(path).startswith("t.csv, row 4: a quotation mark is left open, so that the row runs to line 52")


def test_a_text_of_several_lines_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('id,name\n1,"two\nlines, with ""marks"""\n2,b\n')
    assert [row.cells[1] for row in open_tables(path)[0].rows] == ['two\nlines, with "marks"', "b"]


def test_a_damaged_byte_is_reported_with_row_and_column(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [f"{n},德兴铜矿,江西".encode() for n in range(ROWS)]
    rows[40] = rows[40].replace("铜".encode(), b"\xff")
    path.write_bytes(b"id,name,place\n" + b"\n".join(rows))
    assert refusal(path) == (
        "t.csv, row 42, column 2: the byte 0xff is not utf-8; correct it, or name the encoding: "
        "utf-8, gb18030, cp1252 or cp1251"
    )

"""Each format that can be read, written and read back; the content of a file determines its format."""

import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import geopandas
import openpyxl
import pandas
import pyarrow
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from openpyxl.chart import BarChart, Reference

from lodedata.read import FileRefused, Hints, InputRow, InputTable, open_tables
from lodedata.read.sniff import detect_format

HEADER = ("编号", "名称", "矿种", "经度", "纬度")
ROWS = [
    ("A1", "德兴铜矿", "铜", "117.73", "29.02"),
    ("A2", "甲基卡锂矿", "锂", "101.29", "30.32"),
    ("A3", "金川铜镍矿", "镍", "102.18", "38.47"),
    ("A4", "个旧锡矿", "锡", "103.15", "23.36"),
]
LATIN = [("id", "nombre", "país"), ("1", "Peña Colorada", "México"), ("2", "Zaruma", "Perú"), ("3", "Côte d’Or", "Curaçao")]


def csv_file(
    folder: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8", delimiter: str = ",", end: str = "\n"
) -> Path:
    path = folder / "table.csv"
    path.write_bytes("".join(delimiter.join(row) + end for row in rows).encode(encoding))
    return path


def workbook(path: Path, *sheets: Sequence[Sequence[object]], titles: Sequence[str] = ("Tabelle", "Zweite", "Dritte")) -> Path:
    book = openpyxl.Workbook()
    del book["Sheet"]
    for title, rows in zip(titles, sheets, strict=False):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def rewritten(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """Write a workbook with one of its parts changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    changed = change(parts[part].decode())
    assert changed.encode() != parts[part]
    parts[part] = changed.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def points(crs: int | None = 4326, count: int = 4) -> geopandas.GeoDataFrame:
    rows = {"id": range(count), "name": [f"矿山 {i}" for i in range(count)], "grade": [0.5 + i / 4 for i in range(count)]}
    places = geopandas.points_from_xy([103 + i / 8 for i in range(count)], [23 + i / 8 for i in range(count)], crs=4326)
    frame = geopandas.GeoDataFrame(rows, geometry=places)
    return frame.to_crs(crs) if crs is not None else frame.set_crs(None, allow_override=True)


def zipped(shapefile: Path, folder: str = "") -> Path:
    path = shapefile.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(shapefile.parent.glob(f"{shapefile.stem}.*")):
            if part != path:
                archive.write(part, folder + part.name)
    return path


def write_vector(folder: Path, kind: str, frame: geopandas.GeoDataFrame) -> Path:
    path = folder / f"places.{kind.removesuffix('.zip')}"
    if kind == "parquet":
        frame.to_parquet(path)
    else:
        pyogrio.write_dataframe(frame, path, encoding="UTF-8" if kind.startswith("shp") else None)
    return zipped(path) if kind == "shp.zip" else path


def only(path: Path, hints: Hints | None = None) -> tuple[InputTable, list[InputRow]]:
    (table,) = open_tables(path, hints)
    return table, list(table.rows)


def cells(rows: list[InputRow]) -> list[list[Any]]:
    return [list(row.cells) for row in rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_text_is_read_in_its_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = csv_file(tmp_path, [HEADER, *ROWS], encoding, delimiter)
    assert (detect_format(path).kind, detect_format(path).encoding, detect_format(path).delimiter) == (
        "csv",
        encoding,
        delimiter,
    )
    table, rows = only(path)
    assert table.columns == HEADER
    assert cells(rows) == [list(row) for row in ROWS]
    assert [row.number for row in rows] == [2, 3, 4, 5]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_western_text_is_not_taken_for_chinese(tmp_path: Path, delimiter: str) -> None:
    path = csv_file(tmp_path, LATIN, "cp1252", delimiter)
    assert detect_format(path).encoding == "cp1252"
    table, rows = only(path)
    assert [tuple(row.cells) for row in rows] == LATIN[1:]
    assert table.columns == LATIN[0]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *(("Месторождение;медь", "cp1251"), ("УДОКАНСКОЕ;МЕДЬ И СЕРЕБРО", "cp1251")),
        *(
            ("Minério de estanho; Teôr médio à época", "cp1252"),
            ("Türkçe açıklama değil; Éléments dérivés".replace("ı", "i"), "cp1252"),
        ),
        *(("资源储量;推断的内蕴经济资源量", "gb18030"), ("铜;锂", "gb18030")),
    ],
)
def test_single_byte_texts_are_russian_or_western(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(f"id;name\n1;{text}\n".encode(encoding, "replace"))
    assert detect_format(path).encoding == encoding


def test_one_short_chinese_line_is_distinguished_from_western_text(tmp_path: Path) -> None:
    assert detect_format(csv_file(tmp_path, [("id", "name"), ("1", "德兴铜矿")], "gb18030")).encoding == "gb18030"
    assert detect_format(csv_file(tmp_path, [("id", "name"), ("1", "Mönchengladbach")], "cp1252")).encoding == "cp1252"


def test_a_foreign_letter_far_down_the_file_still_counts(tmp_path: Path) -> None:
    rows = [("id", "name"), *((str(i), "plain") for i in range(60_000)), ("x", "德兴铜矿")]
    assert detect_format(csv_file(tmp_path, rows, "gb18030")).encoding == "gb18030"
    assert detect_format(csv_file(tmp_path, rows, "utf-8")).encoding == "utf-8"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_like(tmp_path: Path, end: str) -> None:
    _, rows = only(csv_file(tmp_path, [HEADER, *ROWS], end=end))
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("above", "number"),
    [
        pytest.param(["2023年矿产地一览表"], 2, id="a title"),
        pytest.param(["2023年矿产地一览表", ""], 3, id="a title and a blank line"),
        pytest.param(["", "", "Mines of the world", "as of 2023"], 5, id="blank lines before the title"),
        pytest.param(['"A title', "of three", 'lines"', "below it"], 5, id="a title of several lines"),
        pytest.param(["2023年矿产地一览表,,,,", ",,,,"], 3, id="a title with its delimiters"),
        pytest.param(["a page\x0cbreak"], 2, id="a form feed, which ends no line"),
    ],
)
def test_the_header_is_found_beneath_other_lines(tmp_path: Path, above: list[str], number: int) -> None:
    path = tmp_path / "table.csv"
    path.write_text("\n".join([*above, *(",".join(row) for row in [HEADER, *ROWS])]) + "\n", encoding="utf-8")
    assert detect_format(path).header_row == number
    table, rows = only(path)
    assert table.columns == HEADER
    assert [row.number for row in rows] == [number + 1, number + 2, number + 3, number + 4]


def test_a_header_of_years_is_one(tmp_path: Path) -> None:
    table, rows = only(csv_file(tmp_path, [("name", "2019", "2020"), ("a", "1", "2"), ("b", "3", "4")]))
    assert table.columns == ("name", "2019", "2020")
    assert len(rows) == 2


def test_a_row_is_known_by_the_line_on_which_it_begins(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text('id,note\n1,"two\nlines"\n\n2,one\n', encoding="utf-8")
    _, rows = only(path)
    assert [(row.number, list(row.cells)) for row in rows] == [(2, ["1", "two\nlines"]), (5, ["2", "one"])]


def test_empty_cells_past_the_header_are_no_defect_and_full_ones_are(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("id,name,,\n1,a,,\n2,b,,x\n3\n", encoding="utf-8")
    table, rows = only(path)
    assert table.columns == ("id", "name")
    assert [row.defect for row in rows] == [None, "wrong-cell-count", "wrong-cell-count"]


def test_the_encoding_of_a_mapping_takes_precedence_over_detection(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("x;y\nid,a;b\n1,ü;3\n".encode("cp1252"))
    table, rows = only(path, Hints(encoding="latin-1", delimiter=",", header_row=2))
    assert table.columns == ("id", "a;b")
    assert cells(rows) == [["1", "ü;3"]]


@pytest.mark.parametrize("name", ["table.xlsx", "table.csv", "table", "table.shp"])
def test_the_format_of_a_file_is_found_by_its_content_and_not_by_its_name(tmp_path: Path, name: str) -> None:
    workbook(tmp_path / "made.xlsx", [HEADER, *ROWS]).rename(tmp_path / name)
    table, rows = only(tmp_path / name)
    assert table.columns == HEADER
    assert len(rows) == 4


def test_a_workbook_gives_numbers_and_days_as_themselves(tmp_path: Path) -> None:
    days = [date(2019, 5, 31), datetime(2019, 5, 31), datetime(2019, 5, 31, 12, 30)]
    path = workbook(tmp_path / "t.xlsx", [("id", "ore", "known", "day"), *((i, 1.5, True, day) for i, day in enumerate(days))])
    table, rows = only(path)
    assert table.name == "t.xlsx, Tabelle"
    assert cells(rows) == [[0, 1.5, True, "2019-05-31"], [1, 1.5, True, "2019-05-31"], [2, 1.5, True, "2019-05-31T12:30:00"]]


def test_each_sheet_is_a_table_and_one_is_taken_by_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [["id"], [1]], [], [["key"], [2], [3]])
    assert [(table.part, len(list(table.rows))) for table in open_tables(path)] == [("Tabelle", 1), ("Dritte", 2)]
    table, rows = only(path, Hints(part="Dritte"))
    assert (table.columns, cells(rows)) == (("key",), [[2], [3]])


def test_a_sheets_header_is_found_beneath_its_title(tmp_path: Path) -> None:
    rows: list[Sequence[object]] = [["某省矿产地"], [], HEADER, *ROWS, [], ["A5", "another", "铜", "1", "2"]]
    table, found = only(workbook(tmp_path / "t.xlsx", rows))
    assert table.columns == HEADER
    assert [row.number for row in found] == [4, 5, 6, 7, 9]


def test_a_sheet_that_understates_its_extent_is_read_whole(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [HEADER, *ROWS])
    rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace('ref="A1:E5"', 'ref="A1:B2"'))
    table, rows = only(path)
    assert table.columns == HEADER
    assert cells(rows) == [list(row) for row in ROWS]


def test_a_sheet_that_claims_all_there_can_be_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [HEADER, *ROWS])
    rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace('ref="A1:E5"', 'ref="A1:XFD1048576"'))
    assert len(only(path)[1]) == 4


def test_cells_outside_the_table_stay_with_their_row(tmp_path: Path) -> None:
    table, rows = only(workbook(tmp_path / "t.xlsx", [["id", "name"], [1, "a", None, "a remark"], [2, "b"], [3]]))
    assert table.columns == ("id", "name")
    assert cells(rows) == [[1, "a", None, "a remark"], [2, "b"], [3, None]]


def saved_formulas(path: Path) -> Path:
    """Write a workbook with formulas and their values, as a spreadsheet program saves it."""
    workbook(path, [["id", "sum", "text"], [1, "=1+1", '=IF(A2=1,"","x")']])
    return rewritten(
        path,
        "xl/worksheets/sheet1.xml",
        lambda xml: (
            xml.replace("<f>1+1</f><v />", "<f>1+1</f><v>2</v>")
            .replace("<f>1+1</f><v></v>", "<f>1+1</f><v>2</v>")
            .replace('<c r="C2"><f>', '<c r="C2" t="str"><f>')
        ),
    )


def test_a_formula_is_read_as_what_it_came_to_be_it_nothing(tmp_path: Path) -> None:
    _, rows = only(saved_formulas(tmp_path / "t.xlsx"))
    assert (list(rows[0].cells), rows[0].defect) == ([1, 2, None], None)


def test_sheets_are_distinguished_in_any_order_of_a_workbook(tmp_path: Path) -> None:
    """The first sheet's part of the file holds a formula without a value; listed second, it still is the one."""
    path = workbook(tmp_path / "t.xlsx", [["id", "x"], [1, "=1+1"]], [["id", "x"], [1, 2]])

    def swapped(xml: str) -> str:
        first = xml[xml.index("<sheet ") : xml.index("/>", xml.index("<sheet ")) + 2]
        rest = xml.replace(first, "", 1)
        return rest.replace("</sheets>", f"{first}</sheets>")

    rewritten(path, "xl/workbook.xml", swapped)
    defects = {table.part: [row.defect for row in table.rows] for table in open_tables(path)}
    assert defects == {"Zweite": [None], "Tabelle": ["formula-cell"]}


def test_a_sheet_that_is_a_chart_is_no_table(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [HEADER, *ROWS])
    book = openpyxl.load_workbook(path)
    chart = BarChart()
    chart.add_data(Reference(book["Tabelle"], min_col=1, min_row=1, max_row=3))
    book.create_chartsheet("Bild", 0).add_chart(chart)
    book.save(path)
    (table,) = open_tables(path)
    assert (table.part, len(list(table.rows))) == ("Tabelle", len(ROWS))


def test_a_sheet_that_is_no_table_leaves_the_others_readable(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [["id", "=A1"], [1, 2]], [HEADER, *ROWS])
    about, table = open_tables(path)
    assert (about.part, table.part, len(list(table.rows))) == ("Tabelle", "Zweite", 4)
    with pytest.raises(FileRefused, match="sheet 'Tabelle', row 1: the header holds formulas"):
        list(about.rows)
    with pytest.raises(FileRefused, match="sheet 'Tabelle', row 1: the header holds formulas"):
        open_tables(path, Hints(part="Tabelle"))


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.parquet"])
def test_a_repeated_column_is_numbered(tmp_path: Path, name: str) -> None:
    header = ["id", "ore", " id ", "id #2", "id"]
    if name == "t.csv":
        path = tmp_path / name
        path.write_text(",".join(header) + "\n1,2,3,4,5\n")
    elif name == "t.xlsx":
        path = workbook(tmp_path / name, [header, [1, 2, 3, 4, 5]])
    else:
        path = tmp_path / name
        columns = [pyarrow.array([number]) for number in range(1, 6)]
        pyarrow.parquet.write_table(pyarrow.Table.from_arrays(columns, names=header), path)
    table, rows = only(path)
    assert table.columns == ("id", "ore", "id #3", "id #2", "id #4")
    assert [int(cell) for cell in rows[0].cells] == [1, 2, 3, 4, 5]


VECTORS = ["gpkg", "shp", "shp.zip", "geojson", "fgb", "parquet"]


@pytest.mark.parametrize("kind", VECTORS)
def test_a_vector_file_gives_its_columns_and_points(tmp_path: Path, kind: str) -> None:
    frame = points()
    table, rows = only(write_vector(tmp_path, kind, frame))
    assert table.columns == ("id", "name", "grade")
    assert (table.crs, table.has_geometry) == ("EPSG:4326", True)
    found = {row.cells[0]: (row.cells[1], row.cells[2], shapely.from_wkb(row.geometry)) for row in rows}
    assert found == {i: (name, grade, place) for i, name, grade, place in frame.itertuples(index=False)}
    assert [row.number for row in rows] == [2, 3, 4, 5]


@pytest.mark.parametrize("crs", [4490, 4610, 4214, 4527, 2343, 32648])
@pytest.mark.parametrize("kind", ["gpkg", "shp", "shp.zip", "fgb", "parquet"])
def test_the_coordinate_system_of_a_file_is_reported(tmp_path: Path, kind: str, crs: int) -> None:
    table, _ = only(write_vector(tmp_path, kind, points(crs)))
    assert table.crs == f"EPSG:{crs}"


@pytest.mark.parametrize("kind", ["shp", "parquet"])
def test_a_file_that_does_not_name_its_system_has_none(tmp_path: Path, kind: str) -> None:
    path = write_vector(tmp_path, kind, points())
    if kind == "shp":
        path.with_suffix(".prj").unlink()
    else:
        _with_geo(path, lambda geo: geo["columns"]["geometry"].update(crs=None))
    assert only(path)[0].crs is None


def test_geoparquet_without_a_system_is_in_longitude_and_latitude(tmp_path: Path) -> None:
    """GeoParquet 1.1, "crs": a missing one means OGC:CRS84, a null one that it is not known."""
    path = write_vector(tmp_path, "parquet", points())
    _with_geo(path, lambda geo: geo["columns"]["geometry"].pop("crs"))
    assert only(path)[0].crs == "EPSG:4326"


def _with_geo(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    table = pyarrow.parquet.read_table(path)
    geo = json.loads(table.schema.metadata[b"geo"])
    change(geo)
    pyarrow.parquet.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)


def test_points_with_a_height_keep_it(tmp_path: Path) -> None:
    path = tmp_path / "places.geojson"
    feature = {"type": "Feature", "properties": {"id": 1}, "geometry": {"type": "Point", "coordinates": [103.1, 23.3, 2100]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    _, (row,) = only(path)
    assert shapely.from_wkb(row.geometry).coords[0] == (103.1, 23.3, 2100)


def test_a_feature_without_a_place_or_with_nested_properties_is_a_row(tmp_path: Path) -> None:
    path = tmp_path / "places.geojson"
    features = [
        {"type": "Feature", "properties": {"id": 1, "list": [1, 2], "of": {"a": 1}}, "geometry": None},
        {"type": "Feature", "properties": {"id": None}, "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}},
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    _, rows = only(path)
    assert rows[0].geometry is None
    assert rows[0].cells[0] == 1
    assert shapely.from_wkb(rows[1].geometry).geom_type == "LineString"


def test_layers_are_tables_and_one_without_geometry_is_one_too(tmp_path: Path) -> None:
    path = tmp_path / "places.gpkg"
    pyogrio.write_dataframe(points(), path, layer="mines")
    pyogrio.write_dataframe(pandas.DataFrame({"code": ["a"]}), path, layer="owners")
    found = {table.part: (table.columns, table.has_geometry) for table in open_tables(path)}
    assert found == {"mines": (("id", "name", "grade"), True), "owners": (("code",), False)}
    table, rows = only(path, Hints(part="owners"))
    assert (table.name, cells(rows)) == ("places.gpkg, owners", [["a"]])


@pytest.mark.parametrize("kind", ["gpkg", "parquet"])
def test_space_around_a_column_name_is_not_part_of_it(tmp_path: Path, kind: str) -> None:
    table, rows = only(write_vector(tmp_path, kind, points().rename(columns={"id": " id", "grade": "grade "})))
    assert table.columns == ("id", "name", "grade")
    assert [row.cells[0] for row in rows] == [0, 1, 2, 3]


def test_a_shapefile_in_a_folder_of_the_zip_with_other_files(tmp_path: Path) -> None:
    path = zipped(write_vector(tmp_path, "shp", points()), "data/2023/")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/data/2023/._places.shp", b"\0\5\26\7")
        archive.writestr("readme.txt", "hello")
    table, rows = only(path)
    assert (table.part, len(rows)) == ("places", 4)


def test_the_national_encoding_of_a_shapefile_is_declared_or_detected(tmp_path: Path) -> None:
    path = tmp_path / "places.shp"
    pyogrio.write_dataframe(points(), path, encoding="GBK")
    assert only(path)[1][0].cells[1] == "矿山 0"
    path.with_suffix(".cpg").unlink()
    assert only(path, Hints(encoding="gbk"))[1][0].cells[1] == "矿山 0"


def test_parquet_without_geometry_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    columns = {
        "id": [1, 2],
        "amount": [Decimal("1.50"), None],
        "on": [date(2019, 5, 31), None],
        "parts": [[1, 2], None],
        "raw": [b"\xff", None],
        "known": [True, None],
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    table, rows = only(path)
    assert (table.has_geometry, table.crs) == (False, None)
    assert cells(rows) == [[1, "1.50", "2019-05-31", "[1, 2]", "ff", True], [2, None, None, None, None, None]]


@pytest.mark.parametrize("kind", ["gpkg", "fgb", "parquet"])
def test_rows_are_counted_on_across_batches(tmp_path: Path, kind: str) -> None:
    _, rows = only(write_vector(tmp_path, kind, points(count=20_000)))
    assert [row.number for row in rows] == list(range(2, 20_002))
    assert {row.cells[0] for row in rows} == set(range(20_000))

"""Bad input: one message names the file, and the row and column if there are any; nothing else is raised."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import geopandas
import openpyxl
import pyarrow
import pyarrow.parquet
import pyogrio
import pytest
import shapely

from lodedata.mapping import Reading
from lodedata.read import FileRefused, Hints, Limits, open_tables
from lodedata.read.sniff import check_zip, detect_format
from lodedata.records import Deposit

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
GIB = 2**30
TABLE = "id,name,metal,lon,lat,ore,grade,on\n"
ReadMapped = Callable[..., list[Reading]]

MAPPING = """
- key: "{id}"
  kind: {const: deposit}
  name_en: name
  position: {lon: lon, lat: lat}
  commodities: [metal]
  estimates:
    - category: {const: endowment}
      date: "on"
      ore: {column: ore, unit: Mt}
      measures: [{commodity: {const: copper}, grade: {column: grade, unit: "%"}}]
"""


def content(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def read_to_the_end(path: Path, hints: Hints | None = None) -> int:
    return sum(1 for table in open_tables(path, hints) for _ in table.rows)


def refusal(path: Path, hints: Hints | None = None) -> str:
    """Return the message by which a file is refused; it begins with the file's name and has one line."""
    with pytest.raises(FileRefused) as caught:
        read_to_the_end(path, hints)
    sentence = str(caught.value)
    assert sentence.startswith(path.name)
    assert "\n" not in sentence
    assert str(path.parent) not in sentence
    return sentence


def workbook(path: Path, *rows: Sequence[object]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book["Sheet"].append(list(row))
    book.save(path)
    return path


def points() -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame({"id": [1], "ore": [123.5]}, geometry=[shapely.Point(1, 2)], crs=4326)


def zip_of(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return path


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="there is no such file"):
        open_tables(tmp_path / "missing.csv")
    with pytest.raises(FileRefused, match="is a folder"):
        open_tables(tmp_path)


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.gpkg"])
def test_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    assert refusal(content(tmp_path / name, b"")).endswith("the file is empty")


@pytest.mark.parametrize("text", ["\n\n", ",,,\n,,\n", "\ufeff", " "])
def test_a_file_of_blanks_has_no_header(tmp_path: Path, text: str) -> None:
    assert "there is no header in row 1" in refusal(content(tmp_path / "t.csv", text))


def test_a_header_without_rows_is_a_table_of_none(tmp_path: Path) -> None:
    """It is refused where it is imported, for only there is it known whether the rest was expected."""
    assert read_to_the_end(content(tmp_path / "t.csv", TABLE)) == 0
    assert read_to_the_end(workbook(tmp_path / "t.xlsx", ["id", "name"])) == 0


def test_empty_workbook_is_refused(tmp_path: Path) -> None:
    assert refusal(workbook(tmp_path / "t.xlsx")).endswith("no sheet has a header and rows")


@pytest.mark.parametrize("name", ["t.csv", "t.bin"])
def test_random_bytes_are_refused(tmp_path: Path, name: str) -> None:
    assert "NUL bytes" in refusal(content(tmp_path / name, bytes(range(256)) * 40))
    noise = bytes(1 + (i * 7919 + i // 255) % 31 for i in range(5_000))
    assert "neither text nor one of the formats that are read: CSV, XLSX" in refusal(content(tmp_path / name, noise + b"\xff"))


def test_nul_bytes_wherever_they_stand(tmp_path: Path) -> None:
    text = (TABLE + "1,a,copper,1,2,3,4,2019\n" * 20_000).encode()
    assert "NUL bytes" in refusal(content(tmp_path / "t.csv", text + b"\0"))


def test_text_in_utf_32(tmp_path: Path) -> None:
    assert "NUL bytes" in refusal(content(tmp_path / "t.csv", TABLE.encode("utf-32")))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated_workbook_is_refused(tmp_path: Path, share: float) -> None:
    whole = workbook(tmp_path / "t.xlsx", *([i, "x" * 50] for i in range(200))).read_bytes()
    cut = content(tmp_path / "cut.xlsx", whole[: int(len(whole) * share)])
    assert "the zip is damaged or cut short" in refusal(cut)


def test_a_workbook_with_a_damaged_part(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", ["id"], [1])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        with zipfile.ZipFile(path, "w") as archive:
            for name, whole in parts.items():
                archive.writestr(name, whole[: len(whole) // 2] if name == part else whole)
        assert "is damaged" in refusal(path)


def test_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(20 * 2**20))
    assert path.stat().st_size < 100_000
    assert "'xl/worksheets/sheet1.xml' is compressed more than 200 to 1" in refusal(path)


def test_a_zip_that_claims_ten_gigabytes(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.shp", b"x")
        archive.filelist[0].file_size = 10 * GIB
    assert "the zip claims to unpack to 10.0 GiB, more than the 4 GiB that are read" in refusal(path)


def test_a_zip_of_many_files_that_claim_ten_gigabytes_together(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(1024):
            archive.writestr(f"{number}.shp", b"x")
            archive.filelist[number].file_size = 10 * 2**20
    assert "the zip claims to unpack to 10.0 GiB" in refusal(path)


def test_a_workbook_that_grows_as_it_is_parsed(tmp_path: Path) -> None:
    """Nested entities, a billion laughs: 20 to the power of 8 copies of a word."""
    entities = '<!ENTITY a "laugh">' + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 20}">' for i in range(8))
    sheet = (
        f'<?xml version="1.0"?><!DOCTYPE w [{entities}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>&i;</t></is></c></row></sheetData></worksheet>'
    )
    path = workbook(tmp_path / "t.xlsx", ["id"], [1])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, whole in parts.items():
            archive.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else whole)
    assert "is damaged" in refusal(path)


def test_a_workbook_with_a_row_beyond_the_last(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", ["id"], [1])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b'<row r="2"', b'<row r="2000000000"')
    with zipfile.ZipFile(path, "w") as archive:
        for name, whole in parts.items():
            archive.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else whole)
    assert "more rows than the 1048576 that a sheet can have" in refusal(path)


@pytest.mark.parametrize(
    "name",
    ["../evil.shp", "a/../../evil.shp", "/etc/evil.shp", "..\\evil.shp", "C:\\evil.shp", "C:/evil.shp", "a/..\\..\\evil.shp"],
)
def test_a_path_in_a_zip_that_climbs_out(tmp_path: Path, name: str) -> None:
    sentence = refusal(zip_of(tmp_path / "t.zip", "good.shp", name))
    assert "leads out of its folder" in sentence
    assert "evil.shp" in sentence


def test_a_zip_with_a_password(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.shp", b"x")
        archive.filelist[0].flag_bits |= 1
    assert "'a.shp' is protected by a password" in refusal(path)


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], "neither a workbook, a shapefile nor another table"),
        (["readme.txt"], "neither a workbook, a shapefile nor another table"),
        (["[Content_Types].xml", "word/document.xml"], "an Office document without a workbook"),
        (["__MACOSX/._a.shp"], "holds no layer"),
    ],
)
def test_a_zip_without_a_table(tmp_path: Path, names: list[str], text: str) -> None:
    assert text in refusal(zip_of(tmp_path / "t.zip", *names))


def test_limits_are_looked_at_before_a_parser_is_called(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "t.zip", "a.shp", "b.shp", "c.shp")
    with pytest.raises(FileRefused, match="claims 3 entries, more than the 2 that are read"):
        check_zip(path, Limits(zip_entries=2))
    with pytest.raises(FileRefused, match="is more than the 0 GiB that are read"):
        detect_format(path, Limits(file_bytes=10))
    with pytest.raises(FileRefused, match="GeoJSON of 0.0 GiB is read whole"):
        detect_format(content(tmp_path / "t.json", '{"type": "Feature"}'), Limits(geojson_bytes=1))


def test_a_workbook_with_a_password(tmp_path: Path) -> None:
    """Excel keeps an encrypted workbook as the stream EncryptedPackage of an OLE file (MS-OFFCRYPTO 2.3.4)."""
    directory = "EncryptionInfo".encode("utf-16-le") + bytes(64) + "EncryptedPackage".encode("utf-16-le")
    path = content(tmp_path / "t.xlsx", OLE + bytes(1016) + directory + bytes(2048))
    assert refusal(path).endswith("the workbook is protected by a password; save it without one")


def test_a_damaged_old_workbook(tmp_path: Path) -> None:
    path = content(tmp_path / "t.xls", OLE + bytes(1016) + "Workbook".encode("utf-16-le") + bytes(2048))
    assert refusal(path).startswith("t.xls: the workbook is damaged")


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html>\n<html><body>404</body></html>",
        "\r\n  <HTML>\n<head><title>Sign in</title>",
        "<!-- moved -->\n<html>",
    ],
)
def test_a_web_page_instead_of_a_table(tmp_path: Path, page: str) -> None:
    assert "is a web page (perhaps an error page), not a table" in refusal(content(tmp_path / "t.csv", page))


def test_xml_instead_of_a_table(tmp_path: Path) -> None:
    page = '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>'
    assert "is an XML document" in refusal(content(tmp_path / "t.csv", page))


@pytest.mark.parametrize(("text", "encoding"), [("德兴铜矿" * 9, "gb18030"), ("Peña Çayeli Köln " * 5, "cp1252")])
def test_an_encoding_declared_wrong_as_utf_8_is_reported_with_the_row(tmp_path: Path, text: str, encoding: str) -> None:
    path = content(tmp_path / "t.csv", f"id,name\n1,{text}\n".encode(encoding))
    assert "t.csv, row 2, column 2: the byte 0x" in refusal(path, Hints(encoding="utf-8"))


@pytest.mark.parametrize("declared", ["gb18030", "gbk", "cp1252", "latin-1", "big5"])
def test_utf_8_declared_as_something_else_is_reported_and_not_read(tmp_path: Path, declared: str) -> None:
    path = content(tmp_path / "t.csv", "id,name\n" + "1,德兴铜矿与甲基卡锂矿\n" * 5)
    assert f"the text is utf-8 and not {declared} as the mapping says" in refusal(path, Hints(encoding=declared))


@pytest.mark.parametrize("declared", ["cp1252", "latin-1"])
def test_chinese_declared_as_western_is_reported_and_not_read(tmp_path: Path, declared: str) -> None:
    path = content(tmp_path / "t.csv", ("id,name\n" + "1,德兴铜矿与甲基卡锂矿\n" * 5).encode("gb18030"))
    assert f"the text is gb18030 and not {declared}" in refusal(path, Hints(encoding=declared))


def test_an_encoding_that_agrees_with_few_letters_is_believed(tmp_path: Path) -> None:
    path = content(tmp_path / "t.csv", "id,name\n1,德兴\n".encode("gb18030"))
    assert read_to_the_end(path, Hints(encoding="gbk")) == 1
    assert read_to_the_end(content(path, "id,name\n1,Köln\n".encode("cp1252")), Hints(encoding="cp1252")) == 1


@pytest.mark.parametrize("declared", ["klingon", "rot13", "base64", ""])
def test_an_encoding_that_is_none(tmp_path: Path, declared: str) -> None:
    path = content(tmp_path / "t.csv", TABLE)
    assert f"'{declared}' is not a known encoding of text" in refusal(path, Hints(encoding=declared))


def test_an_encoding_that_wants_a_mark_which_is_not_there(tmp_path: Path) -> None:
    assert "the text is not utf-16" in refusal(content(tmp_path / "t.csv", TABLE), Hints(encoding="utf-16"))


def test_geojson_that_is_not_utf_8(tmp_path: Path) -> None:
    text = '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": null, "properties": {"名": "德兴"}}]}'
    assert "the text is not UTF-8, which GeoJSON must be" in refusal(content(tmp_path / "t.geojson", text.encode("gb18030")))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1}', "the JSON holds no list of objects"),
        ("[1, 2]", "the JSON holds no list of objects"),
        ("{", "line 1, character 2: is not JSON"),
        ('[{"a": 1},\n{"a": }]', "line 2, character 7: is not JSON"),
        ('{"a": 1}\n{"a": 2}\n[3]\n', "line 3: is not a JSON object in braces"),
        ('[{"id": 1, "cu": 0.5, "cu": 0.7}]', "the JSON has the name 'cu' twice in one object"),
        ('{"id": 1}\n{"id": 2, "id": 3}\n', "t.json, line 2: the JSON has the name 'id' twice"),
        ('[{"cu": NaN}]', "is not JSON (NaN is no number of JSON)"),
        ('[{"cu": ' + "9" * 5000 + "}]", "is not JSON (Exceeds the limit"),
        ('{"type": "FeatureCollection", "features": [', "can't be read as geojson"),
    ],
)
def test_json_without_a_table(tmp_path: Path, text: str, reason: str) -> None:
    assert reason in refusal(content(tmp_path / "t.json", text))


def test_a_list_of_json_that_is_not_there(tmp_path: Path) -> None:
    path = content(tmp_path / "t.json", '{"sites": [{"id": 1, "grades": [{"cu": 1}]}]}')
    assert "there is no list 'plants'; there are 'sites', 'sites.grades'" in refusal(path, Hints(part="plants"))


def test_json_that_is_nested_too_deep(tmp_path: Path) -> None:
    path = content(tmp_path / "t.json", "[" * 100_000)
    assert "the JSON is nested 100000 deep, more than the 32 that are read" in refusal(path)


def test_an_open_quotation_mark(tmp_path: Path) -> None:
    text = TABLE + '1,"a,copper,1,2,3,4,2019\n' + "2,b,copper,1,2,3,4,2019\n" * 60_000
    sentence = refusal(content(tmp_path / "t.csv", text))
    assert "t.csv, row 2: a cell is longer than 100000 characters; is a quotation mark left open?" in sentence


def test_an_open_quotation_mark_within_the_sample(tmp_path: Path) -> None:
    path = content(tmp_path / "t.csv", TABLE + '1,"a,copper,1,2,3,4,2019\n' + "2,b,copper,1,2,3,4,2019\n" * 3_000)
    assert "t.csv, row 2: a quotation mark is left open, so that the row runs to line 3002" in refusal(path)


def test_wrong_delimiter_is_refused(tmp_path: Path, read: ReadMapped) -> None:
    path = content(tmp_path / "t.csv", TABLE + "1,a,copper,1,2,3,4,2019\n")
    with pytest.raises(FileRefused) as caught:
        read(MAPPING + '  delimiter: ";"\n', path)
    assert str(caught.value) == "t.csv: the column 'id' is missing; there are 'id,name,metal,lon,lat,ore,grade,on'"


def test_missing_column_is_refused(tmp_path: Path, read: ReadMapped) -> None:
    with pytest.raises(FileRefused, match="t.csv: the column 'grade' is missing; there are 'id', 'name'"):
        read(MAPPING, content(tmp_path / "t.csv", TABLE.replace("grade", "Grade")))


def test_a_header_row_that_is_not_there(tmp_path: Path) -> None:
    assert "there is no header in row 99" in refusal(content(tmp_path / "t.csv", TABLE), Hints(header_row=99))
    assert "there is no header in row 39" in refusal(workbook(tmp_path / "t.xlsx", ["id"], [1]), Hints(header_row=39))


def test_a_sheet_or_a_layer_that_is_not_there(tmp_path: Path) -> None:
    assert "there is no sheet 'Ore'; there are 'Sheet'" in refusal(
        workbook(tmp_path / "t.xlsx", ["id"], [1]), Hints(part="Ore")
    )
    path = content(tmp_path / "t.geojson", '{"type": "FeatureCollection", "features": []}')
    assert "there is no layer 'ore'; there are 't'" in refusal(path, Hints(part="ore"))


def test_table_of_too_many_columns_is_refused(tmp_path: Path) -> None:
    path = content(tmp_path / "t.csv", ",".join(f"c{i}" for i in range(5000)) + "\n")
    assert "5000 columns are more than the 4096 that are read" in refusal(path)


def test_merged_cells_of_a_title_do_no_harm(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", ["Mines of the world"], ["id", "name", "ore"], [1, "a", 2])
    book = openpyxl.load_workbook(path)
    book["Sheet"].merge_cells("A1:C1")
    book.save(path)
    assert read_to_the_end(path) == 1


def test_formulas_without_their_values(tmp_path: Path, read: ReadMapped) -> None:
    path = workbook(tmp_path / "t.xlsx", TABLE.strip().split(","), ["1", "a", "copper", 1.5, 2.5, "=1+1", 1, 2019], ["=A2"] * 8)
    formula, all_formulas = read(MAPPING, path)
    (problem,) = formula.problems
    assert (problem.rule, problem.column, problem.value) == ("formula-cell", "ore", "=1+1")
    assert "holds the formula '=1+1' and no value" in problem.sentence()
    assert formula.rows[0].locator == "t.xlsx, Sheet, row 2"
    assert all_formulas.refused and all_formulas.rows[0].locator == "t.xlsx, Sheet, row 3"


def test_a_header_of_formulas(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", ["id", "name", "=B1"], [1, "a", 2])
    assert "sheet 'Sheet', row 1: the header holds formulas and no values" in refusal(path)


def test_a_shapefile_without_its_other_parts(tmp_path: Path) -> None:
    path = tmp_path / "t.shp"
    pyogrio.write_dataframe(points(), path)
    path.with_suffix(".shx").unlink()
    assert "can't be read as shapefile" in refusal(path)


def test_a_number_of_a_shapefile_that_is_cut_by_rubbish_is_not_read_as_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "t.shp"
    pyogrio.write_dataframe(points(), path)
    dbf = path.with_suffix(".dbf")
    whole = dbf.read_bytes()
    assert b"123.5" in whole
    dbf.write_bytes(whole.replace(b"123.5", b"12r.5"))
    assert "layer 't', after row 1: Value '12r.5" in refusal(path)


def test_a_file_in_a_system_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "t.shp"
    pyogrio.write_dataframe(points(), path)
    path.with_suffix(".prj").write_text('LOCAL_CS["mine grid",UNIT["metre",1]]')
    assert "layer 't': 'mine grid' is neither geographic nor projected" in refusal(path)


@pytest.mark.parametrize(
    ("geo", "text"),
    [
        (b"{", "the GeoParquet metadata is damaged"),
        (b"[]", "the GeoParquet metadata is damaged"),
        (b'{"primary_column": "geometry", "columns": {}}', "the GeoParquet metadata is damaged"),
        (b'{"primary_column": "g", "columns": {"g": {"encoding": "WKB"}}}', "there is no binary column 'g'"),
        (b'{"primary_column": "id", "columns": {"id": {"encoding": "WKB"}}}', "there is no binary column 'id'"),
        (b'{"primary_column": "id", "columns": {"id": {"encoding": "point"}}}', "the geometry is encoded as point"),
        (b'{"primary_column": "w", "columns": {"w": {"crs": {"type": "?"}}}}', "is not a known coordinate reference system"),
    ],
)
def test_damaged_metadata_of_geoparquet(tmp_path: Path, geo: bytes, text: str) -> None:
    path = tmp_path / "t.parquet"
    table = pyarrow.table({"id": ["a"], "w": [shapely.to_wkb(shapely.Point(1, 2))]})
    pyarrow.parquet.write_table(table.replace_schema_metadata({b"geo": geo}), path)
    assert text in refusal(path)


def test_a_date_of_parquet_beyond_the_calendar(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"on": pyarrow.array([2**60], pyarrow.timestamp("us"))}), path)
    assert "after row 1: can't be read" in refusal(path)


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("t.gpkg", b"SQLite format 3\0" + bytes(2000)),
        ("t.parquet", b"PAR1" + bytes(200) + b"PAR1"),
        ("t.fgb", b"fgb\x03fgb\x00" + bytes(2000)),
        ("t.shp", bytes.fromhex("0000270a") + bytes(200)),
        ("t.zip", b"PK\x03\x04" + bytes(200)),
    ],
)
def test_a_file_that_only_begins_like_one(tmp_path: Path, name: str, head: bytes) -> None:
    refusal(content(tmp_path / name, head))


ROW = {"id": "7", "name": "a", "metal": "copper", "lon": "-69.07", "lat": "-24.27", "ore": "3.5", "grade": "1.2", "on": "2019"}


def problems_of(read: ReadMapped, mapping: str = MAPPING, **cells: str) -> Reading:
    """Return the reading of one row with some of its cells changed; it is the second row of the file."""
    row = {**ROW, **cells}
    first, second = read(mapping, [TABLE.strip(), ",".join(ROW.values()), ",".join(f'"{row[c]}"' for c in ROW)])
    assert not first.problems
    assert second.rows[0].locator == "table.csv, row 3"
    return second


@pytest.mark.parametrize(
    ("column", "cell", "rule", "text"),
    [
        ("ore", "x", "not-a-number", "'x' is not a number."),
        ("ore", "1.234,5", "not-a-number", "if the comma is the decimal mark, say `decimal: ','`"),
        ("ore", "0,123", "not-a-number", "if the comma is the decimal mark"),
        ("ore", "inf", "not-a-number", "'inf' is not a number."),
        ("ore", "1_000", "not-a-number", "'1_000' is not a number."),
        ("ore", "-3", "negative-amount", "-3 is negative; an amount can't be."),
        ("ore", "-9999", "negative-amount", "if it means no data, list it under `nulls`"),
        ("ore", "-1111", "negative-amount", "if it means no data, list it under `nulls`"),
        ("ore", "\u22123", "negative-amount", "-3 is negative"),
        ("ore", "1e308", "amount-impossible", "is not possible in one place: the greatest amount is 1,000,000,000,000 t"),
        ("ore", "1000001", "amount-impossible", "1000001 Mt"),
        ("id", "7" * 501, "long-key", "the key has 501 characters, more than the 500"),
        ("grade", "100.5", "grade-over-100", "a grade of 100.5 % is over 100 %"),
        ("grade", "-0.1", "negative-amount", "-0.1 is negative"),
        ("on", "31/05/19", "not-a-date", "with four digits of the year"),
        ("on", "31/13/2019", "not-a-date", "write 2019, 2019-05 or 2019-05-31"),
        ("metal", "unobtainium", "no-known-commodity", "no word of 'unobtainium' is a known commodity"),
        ("metal", "", "no-known-commodity", "no word of '' is a known commodity"),
        ("id", "", "missing-key", "the key is empty"),
    ],
)
def test_a_bad_cell_excludes_its_row_and_is_reported_with_its_column(
    read: ReadMapped, column: str, cell: str, rule: str, text: str
) -> None:
    reading = problems_of(read, **{column: cell})
    assert reading.refused and not reading.records
    (problem,) = (p for p in reading.problems if p.refuses)
    assert problem.rule == rule
    assert problem.column in ((column, "{id}") if column == "id" else (column,))
    assert text in problem.sentence()
    assert problem.sentence("zh")


@pytest.mark.parametrize(
    ("column", "cell", "rule", "text"),
    [
        ("lon", "-9999", "coordinate-off-globe", "-9999, -24.27 is out of range"),
        ("lon", "181", "coordinate-off-globe", "longitude runs from -180 to 180"),
        ("lat", "-191", "coordinate-off-globe", "latitude from -90 to 90"),
        ("lat", "120", "swapped-off-globe", "exchanged they are 120.00000, -69.07000"),
        ("lat", "3345678.2", "coordinate-off-globe", "these look like metres of a projected system"),
        ("lat", "somewhere", "not-a-coordinate", "write decimal degrees such as -24.27"),
        ("lat", "", "coordinate-half", "only one of longitude and latitude is there (-69.07)"),
        ("lat", "<null>", "coordinate-half", "only one of longitude and latitude is there"),
    ],
)
def test_a_row_with_a_bad_position_is_loaded_without_one(
    read: ReadMapped, column: str, cell: str, rule: str, text: str
) -> None:
    reading = problems_of(read, **{column: cell})
    (record,) = reading.records
    assert isinstance(record, Deposit) and record.position is None and record.unread_position is not None
    (problem,) = reading.problems
    assert (problem.rule, problem.column) == (rule, "lat")
    assert text in problem.sentence() and "no position" in problem.sentence() and "没有位置" in problem.sentence("zh")


@pytest.mark.parametrize("cell", ["３．５", "3.50", " 3.5 "])
def test_full_width_digits_are_figures(read: ReadMapped, cell: str) -> None:
    (record,) = problems_of(read, ore=cell).records
    assert record.estimates[0].ore.reported == 3.5  # type: ignore[union-attr]


@pytest.mark.parametrize("cell", ["", "<null>", "<Null>", "NaN", "nan", "NA", "null", "None", "-", "--", "无", "暂无"])
def test_terms_for_no_value_are_no_value(read: ReadMapped, cell: str) -> None:
    reading = problems_of(read, ore=cell)
    assert not reading.problems
    (record,) = reading.records
    assert record.estimates[0].ore is None  # type: ignore[union-attr]


@pytest.mark.parametrize("cell", ["-9999", "-1111"])
def test_a_sentinel_is_nothing_where_the_mapping_says_so(read: ReadMapped, cell: str) -> None:
    reading = problems_of(read, MAPPING + "  nulls: [-9999, -1111]\n", ore=cell, grade=cell, lon=cell, lat=cell)
    assert not reading.problems
    (record,) = reading.records
    assert record.position is None  # type: ignore[union-attr]


def test_a_row_of_the_wrong_width(read: ReadMapped) -> None:
    rows = [TABLE.strip(), ",".join(ROW.values()), "7,a,copper"]
    assert [p.sentence() for p in read(MAPPING, rows)[1].problems] == [
        "the row has 3 cells where the header has 8; is the delimiter or a quote wrong?"
    ]


def test_a_nul_byte_within_a_text_of_utf_16(tmp_path: Path, read: ReadMapped) -> None:
    path = content(tmp_path / "t.csv", (TABLE + "1,a\0b,copper,1.5,2.5,3,4,2019\n").encode("utf-16"))
    (reading,) = read(MAPPING, path)
    assert [(p.rule, p.column) for p in reading.problems] == [("nul-byte", "name")]


def test_what_an_earlier_conversion_lost_is_flagged(read: ReadMapped) -> None:
    reading = problems_of(read, name="Pe\ufffda")
    assert [(p.rule, p.column, p.refuses) for p in reading.problems] == [("damaged-text", "name", False)]
    assert reading.records


def test_a_problem_of_one_row_leaves_the_others_alone(read: ReadMapped) -> None:
    good = ",".join(ROW.values())
    readings = read(MAPPING, [TABLE.strip(), good, good.replace("3.5", "x"), good, "1,2", good])
    assert [reading.refused for reading in readings] == [False, True, False, True, False]
    assert [reading.rows[0].locator for reading in readings] == [f"table.csv, row {n}" for n in (2, 3, 4, 5, 6)]


def test_a_name_that_is_too_long_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="can't be opened .*; give the file a shorter name"):
        open_tables(tmp_path / ("矿" * 200 + ".csv"))


@pytest.mark.parametrize("last", ['2,"Mine', '2,"Mine\n', '2,"Mine\n3,Other\n'])
def test_a_quotation_mark_left_open_at_the_end_is_refused(tmp_path: Path, last: str) -> None:
    path = content(tmp_path / "t.csv", "id,name\n1,Mine\n" + last)
    with pytest.raises(FileRefused, match="t.csv, row 3: a quotation mark is left open"):
        list(open_tables(path)[0].rows)


def test_a_quotation_mark_within_a_cell_is_text(tmp_path: Path) -> None:
    path = content(tmp_path / "t.csv", 'id,name\n1,5" pipe\n2,"a"b"\n')
    assert [row.cells[1] for row in open_tables(path)[0].rows] == ['5" pipe', 'ab"']


def test_a_doubled_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    path = content(tmp_path / "t.csv", b"\xef\xbb\xbf\xef\xbb\xbfid,name\n1,Mine\n")
    assert open_tables(path)[0].columns == ("id", "name")


def test_of_many_columns_the_nearest_five_are_named(read: ReadMapped) -> None:
    names = [f"column {at}" for at in range(2_000)]
    with pytest.raises(FileRefused) as caught:
        read(MAPPING, [",".join([*names, "Name", "names"]), ",".join("1" for _ in range(2_002))])
    assert "the column 'id' is missing; the nearest of its 2,002 columns are" in str(caught.value)
    assert len(str(caught.value)) < 300

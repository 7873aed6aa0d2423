"""Bad input: one message names the file, and the row and column if there are any; nothing else is raised."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

import geopandas
import openpyxl
import pyarrow
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from tests.lodedata.read.refused_files import MAPPING, TABLE, ReadMapped, content

from lodedata.read import FileRefused, Hints, Limits, open_tables
from lodedata.read.sniff import check_zip, detect_format

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
GIB = 2**30


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

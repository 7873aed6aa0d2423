"""Formats that are no plain table: old and open workbooks, JSON, KMZ, packed files, dBASE tables in Chinese."""

import gzip
import json
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
import shapely

from lodedata.read import FileRefused, Hints, open_tables

HERE = Path(__file__).parent
RECORDS = [
    {
        "record_id": "a1",
        "name": "Tenke",
        "location_info": {"location": "POINT (26.1 -10.6)", "country": ["Congo", "COD"]},
        "mineral_inventory": [
            {"commodity": {"observed_name": "Copper"}, "grade": {"value": 2.1}, "category": ["Indicated"]},
            {"commodity": {"observed_name": "Cobalt"}, "grade": {"value": 0.3}, "notes": [{"page": 7}]},
        ],
    },
    {"record_id": "a2", "name": "Kisanfu", "location_info": {"location": None}, "mineral_inventory": []},
]


def dbf(path: Path, fields: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]], encoding: str, page: int = 0) -> Path:
    """Write a dBASE III table of texts."""
    head = struct.pack(
        "<B3BIHH16xBB2x", 3, 126, 11, 28, len(rows), 33 + 32 * len(fields), 1 + sum(w for _, w in fields), 0, page
    )
    described = b"".join(struct.pack("<11sc4xBB14x", name.encode("ascii"), b"C", width, 0) for name, width in fields)
    cells = [
        b" " + b"".join(cell.encode(encoding).ljust(width) for cell, (_, width) in zip(row, fields, strict=True))
        for row in rows
    ]
    path.write_bytes(head + described + b"\r" + b"".join(cells) + b"\x1a")
    return path


def read(path: Path, hints: Hints | None = None) -> list[tuple[str, tuple[str, ...], list[list[object]]]]:
    return [(table.part, table.columns, [list(row.cells) for row in table.rows]) for table in open_tables(path, hints)]


def test_objects_become_rows_and_inner_lists_tables_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "sites.json"
    path.write_text(json.dumps({"MineralSite": RECORDS}))
    sites, inventory = read(path)
    assert sites[0] == "MineralSite"
    assert sites[1] == ("record_id", "name", "location_info.location", "location_info.country", "mineral_inventory")
    assert sites[2] == [
        ["a1", "Tenke", "POINT (26.1 -10.6)", "Congo; COD", None],
        ["a2", "Kisanfu", None, None, None],
    ]
    assert inventory[0] == "MineralSite.mineral_inventory"
    columns = inventory[1]
    rows = [dict(zip(columns, row, strict=True)) for row in inventory[2]]
    assert [(row["record_id"], row["mineral_inventory.grade.value"]) for row in rows] == [("a1", 2.1), ("a1", 0.3)]
    assert [row["mineral_inventory.category"] for row in rows] == ["Indicated", None]
    assert [row["mineral_inventory.notes"] for row in rows] == [None, '[{"page":7}]']
    assert read(path, Hints(part="MineralSite.mineral_inventory")) == [inventory]


def test_inner_lists_are_cells_of_text_where_the_reader_wants_them(tmp_path: Path) -> None:
    path = tmp_path / "sites.jsonl"
    path.write_text('{"id": 1, "in": {"lists": [{"a": 1, "b": {"c": 2}}]}}\n{"id": 2, "metals": ["Cu", "Au"]}\n')
    (table,) = read(path, Hints(lists_as_text=True))
    assert table == ("", ("id", "in.lists", "metals"), [[1, '[{"a":1,"b":{"c":2}}]', None], [2, None, "Cu; Au"]])


def test_json_lines_are_read_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"id": 1, "name": "Rio Tinto"}\n\n{"id": 2, "metals": ["Cu", "Au"]}\n')
    assert read(path) == [("", ("id", "name", "metals"), [[1, "Rio Tinto", None], [2, None, "Cu; Au"]])]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "cp1252"])
@pytest.mark.parametrize("page", [0, 0x57])
def test_the_encoding_of_a_dbf_is_found_by_its_texts(tmp_path: Path, encoding: str, page: int) -> None:
    names = ["Cañada Ancha", "Mina São José", "Peña Negra"] if encoding == "cp1252" else ["德兴铜矿", "金川镍矿", "宜春钽铌矿"]
    path = dbf(tmp_path / "t.dbf", [("ID", 4), ("NAME", 40)], [[str(i), name] for i, name in enumerate(names)], encoding, page)
    assert read(path)[0][1:] == (("ID", "NAME"), [[str(i), name] for i, name in enumerate(names)])


def test_a_code_page_that_the_file_states_is_taken(tmp_path: Path) -> None:
    path = dbf(tmp_path / "t.dbf", [("NAME", 20)], [["Ключевское"]], "cp1251", 0xC9)
    assert read(path)[0][2] == [["Ключевское"]]
    path = dbf(tmp_path / "u.dbf", [("NAME", 20)], [["Ключевское"]], "cp1251")
    path.with_suffix(".cpg").write_text("1251")
    assert read(path)[0][2] == [["Ключевское"]]


def test_kmz_is_a_zipped_kml(tmp_path: Path) -> None:
    kml = '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>德兴</name><Point><coordinates>117.7,29.0</coordinates>'
    with zipfile.ZipFile(tmp_path / "t.kmz", "w") as archive:
        archive.writestr("doc.kml", kml + "</Point></Placemark></kml>")
        archive.writestr("files/icon.png", b"x")
    (table,) = open_tables(tmp_path / "t.kmz")
    (row,) = table.rows
    assert row.cells[0] == "德兴"
    assert shapely.from_wkb(row.geometry) == shapely.Point(117.7, 29.0)


def test_tables_in_archives_are_read(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "one.csv.gz", "wt") as stream:
        stream.write("id,name\n1,a\n")
    assert read(tmp_path / "one.csv.gz") == [("", ("id", "name"), [["1", "a"]])]
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("readme.txt", "about,these\n")
        archive.writestr("data/mines.csv", "id,名称\n1,德兴\n".encode("gb18030"))
        archive.writestr("data/plants.csv", "id;owner\n1;x\n2;y\n")
    mines, plants = read(tmp_path / "two.zip")
    assert mines == ("data/mines.csv", ("id", "名称"), [["1", "德兴"]])
    assert plants == ("data/plants.csv", ("id", "owner"), [["1", "x"], ["2", "y"]])
    assert read(tmp_path / "two.zip", Hints(part="data/plants.csv")) == [plants]
    with pytest.raises(FileRefused, match=r"name one of them as `part`: 'data/mines.csv', 'data/plants.csv'"):
        read(tmp_path / "two.zip", Hints(part="smelters.csv"))


def test_a_bomb_in_gzip_is_refused_while_it_unpacks(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "t.csv.gz", "wb") as stream:
        stream.write(b"id,name\n" + b"1,a\n" * 5_000_000)
    with pytest.raises(FileRefused, match="is compressed more than 200 to 1"):
        read(tmp_path / "t.csv.gz")


def test_an_archive_within_an_archive_is_refused(tmp_path: Path) -> None:
    inner = gzip.compress(gzip.compress(b"id,name\n1,a\n"))
    (tmp_path / "t.csv.gz").write_bytes(inner)
    with pytest.raises(FileRefused, match="is an archive within an archive; unpack it first"):
        read(tmp_path / "t.csv.gz")


def open_document(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """Write a spreadsheet of texts and numbers (OpenDocument 1.3, part 3, 9)."""

    def cell(value: object) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'

    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = f"<office:document-content {spaces}><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content + "</office:document-content>")
    return path


def test_an_open_document_has_its_sheets(tmp_path: Path) -> None:
    header: list[object] = ["id", "name", "grade"]
    path = open_document(
        tmp_path / "t.ods", {"矿床": [header, [1, "德兴", 0.5], [2, None, 1.25]], "Plants": [header, [1, "a", 0.5]]}
    )
    deposits, plants = read(path)
    assert deposits == ("矿床", ("id", "name", "grade"), [[1, "德兴", 0.5], [2, None, 1.25]])
    assert plants == ("Plants", ("id", "name", "grade"), [[1, "a", 0.5]])
    assert read(path, Hints(part="2")) == [plants]
    with pytest.raises(FileRefused, match="there is no sheet '3'; there are '矿床', 'Plants'"):
        read(path, Hints(part="3"))


def test_an_old_workbook_with_merged_cells(tmp_path: Path) -> None:
    """The file was written by xlwt: two lines of header under a title, a merged name and a merged tonnage."""
    ((part, columns, rows),) = read(HERE / "data" / "resources.xls")
    assert part == "资源量"
    assert columns == ("矿区", "类别", "矿石量 (万吨)", "品位 Cu (%)", "品位 Au (g/t)", "统计日期")
    assert rows == [
        ["城门山", "控制", 1200, 0.75, 0.24, "2024-12-31"],
        ["城门山", "推断", None, 0.6, None, "2024-12-31"],
        ["武山", "探明", 310.5, 1.02, 0.3, "2025-06-30"],
    ]


def binary_workbook(path: Path, title: str, rows: Sequence[Sequence[object]]) -> Path:
    """Write a binary workbook of one sheet of texts and numbers (MS-XLSB 2.1.4 and 2.4)."""

    def record(kind: int, content: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        size, length = len(content), b""
        while size > 127:
            length, size = length + bytes([size & 0x7F | 0x80]), size >> 7
        return head + length + bytes([size]) + content

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    def cell(column: int, value: object) -> bytes:
        place = struct.pack("<II", column, 0)
        if isinstance(value, str):
            return record(6, place + wide(value))
        return b"" if value is None else record(5, place + struct.pack("<d", value))

    sheet = record(129) + record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, len(rows[0]) - 1)) + record(145)
    for number, row in enumerate(rows):
        sheet += record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0))
        sheet += b"".join(cell(column, value) for column, value in enumerate(row))
    sheets = record(143) + record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide(title)) + record(144)
    package, office = "http://schemas.openxmlformats.org/package/2006", "http://schemas.openxmlformats.org/officeDocument/2006"
    relation = f'<Relationship Id="rId1" Type="{office}/relationships/worksheet" Target="worksheets/sheet1.bin"/>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        archive.writestr("xl/workbook.bin", record(131) + sheets + record(132))
        archive.writestr(
            "xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{package}/relationships">{relation}</Relationships>'
        )
        archive.writestr("xl/worksheets/sheet1.bin", sheet + record(146) + record(130))
    return path


def test_xls_workbook_is_read(tmp_path: Path) -> None:
    path = binary_workbook(tmp_path / "t.xlsb", "矿床", [["id", "name", "grade"], [1, "德兴", 0.45], [2, None, 1.5]])
    assert read(path) == [("矿床", ("id", "name", "grade"), [[1, "德兴", 0.45], [2, None, 1.5]])]

"""Writers of files, with rows that need no database."""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pyarrow as pa
import pyogrio
import pytest

from lodedata.ageing import LAST_KNOWN_YEARS
from lodedata.code_labels import build_column_labels
from lodedata.messages import Label
from lodedata.write import FORMATS, Column, FileContent, Table, csv_, load_format_writer, xlsx
from lodedata.write.content import Rows
from lodedata.write.formula import guard_cell, guard_text, is_formula, restore_guarded_cell
from lodedata.write.vector import kml, shapefile

COLUMNS = (
    Column("id", Label("Identifier", "标识符")),
    Column("name_en", Label("Name", "名称")),
    Column("size_basis_value_t", Label("Size", "规模"), "number"),
)
TABLE = Table("deposits", Label("Deposits", "矿床"), COLUMNS, ("id",), (), "point")
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CONTENT = FileContent("deposits", Label("Deposits", "矿床"), (TABLE,), 3, MOMENT, "http://localhost/file?as_of=3", "all")


def rows(names: Sequence[str | None]) -> Rows:
    def of(table: Table) -> Iterator[pa.RecordBatch]:
        n = len(names)
        values = [pa.array([f"r{i}" for i in range(n)]), pa.array(names, pa.string()), pa.array([1.5] * n, pa.float64())]
        places = [pa.array([10.0] * n, pa.float64()), pa.array([20.0] * n, pa.float64())]
        yield pa.record_batch([*values, *places], names=[*(column.name for column in COLUMNS), "x", "y"])

    return of


def test_a_workbook_goes_on_on_another_sheet_where_one_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_SHEET_ROWS", 4)
    path = tmp_path / "book.xlsx"
    xlsx.write(CONTENT, rows([f"n{i}" for i in range(8)]), path)
    book = openpyxl.load_workbook(path)
    assert [[cell.value for cell in sheet["B"]] for sheet in book.worksheets[:3]] == [
        ["name_en", "n0", "n1", "n2"],
        ["name_en", "n3", "n4", "n5"],
        ["name_en", "n6", "n7"],
    ]


STATUSES = Table(
    "projects",
    Label("Projects", "项目"),
    (
        Column("id", Label("Identifier", "标识符")),
        Column("status", Label("Status", "状态"), vocabulary="status"),
        Column("status_date", Label("Status date", "状态日期"), "date"),
        Column("figure_class", Label("Class", "类别")),
    ),
    ("id",),
)


def status_rows(table: Table) -> Iterator[pa.RecordBatch]:
    dates = [date(2007, 12, 31), date(2025, 6, 1), None]
    columns = [["a", "b", "c"], ["operating"] * 3, dates, ["inferred-mineral-resource", "endowment", None]]
    types = [pa.string(), pa.string(), pa.date32(), pa.string()]
    yield pa.record_batch(
        [pa.array(values, of) for values, of in zip(columns, types, strict=True)],
        names=[column.name for column in STATUSES.columns],
    )


def status_content(lang: str | None) -> FileContent:
    about = ("projects", Label("Projects", "项目"), (STATUSES,), 3, MOMENT, "http://localhost/file?as_of=3", "all")
    return FileContent(*about, lang, labels=build_column_labels())


@pytest.mark.parametrize(
    ("lang", "sheet", "notes", "cells"),
    [
        ("en", "Projects", "Notes", ["Operating", "Inferred mineral resource", "Undivided tonnage"]),
        ("zh", "项目", "说明", ["在产", "推断资源量", "未区分类型的资源储量"]),
    ],
)
def test_a_workbook_opens_filtered_with_old_statuses_in_grey_and_notes(
    tmp_path: Path, lang: str, sheet: str, notes: str, cells: list[str]
) -> None:
    path = tmp_path / "book.xlsx"
    xlsx.write(status_content(lang), status_rows, path)
    book = openpyxl.load_workbook(path)
    of = book[sheet]
    assert of.auto_filter.ref == "A1:D4"
    assert of.freeze_panes == "B2"
    assert [of["B2"].value, of["D2"].value, of["D3"].value] == cells
    assert [of[f"B{row}"].font.italic for row in (2, 3, 4)] == [True, False, False]
    written = [cell.value for cell in book[notes]["A"]]
    assert len(written) == 2 and str(LAST_KNOWN_YEARS) in written[1]


CAPACITIES = Table(
    "projects",
    Label("Projects", "项目"),
    (
        Column("id", Label("Identifier", "标识符")),
        Column("figure_capacity_tpa", Label("Built capacity", "已建成产能"), "number"),
        Column("figure_coming_tpa", Label("Capacity not built yet", "未建成产能"), "number"),
    ),
    ("id",),
)


def capacity_rows(table: Table) -> Iterator[pa.RecordBatch]:
    for capacities, coming in (([1.5, None, None], [None, 2.5, None]), ([None], [None])):
        columns = [
            pa.array([f"r{n}" for n in range(len(coming))]),
            pa.array(capacities, pa.float64()),
            pa.array(coming, pa.float64()),
        ]
        yield pa.record_batch(columns, names=[column.name for column in table.columns])


@pytest.mark.parametrize(
    ("lang", "names"), [("en", ["n0", "unnamed"]), ("zh", ["n0", "未命名"]), (None, ["n0", "unnamed · 未命名"])]
)
def test_a_placemark_without_a_name_says_so(tmp_path: Path, lang: str | None, names: list[str]) -> None:
    path = tmp_path / "deposits.kml"
    kml.write(replace(CONTENT, lang=lang), rows(["n0", None]), path)
    placemarks = ElementTree.parse(path).iter("{http://www.opengis.net/kml/2.2}Placemark")
    assert [placemark.findtext("{http://www.opengis.net/kml/2.2}name") for placemark in placemarks] == names


@pytest.mark.parametrize(
    ("lang", "note"), [("en", "Projects: 2 of 4 records have no capacity"), ("zh", "项目：4 条记录中有 2 条没有")]
)
def test_notes_of_a_workbook_count_the_records_without_a_figure(tmp_path: Path, lang: str, note: str) -> None:
    about = ("projects", Label("Projects", "项目"), (CAPACITIES,), 3, MOMENT, "http://localhost/file?as_of=3", "all")
    path = tmp_path / "book.xlsx"
    xlsx.write(FileContent(*about, lang), capacity_rows, path)
    book = openpyxl.load_workbook(path)
    assert any(str(cell.value).startswith(note) for cell in book[book.sheetnames[-3]]["A"])


def test_a_csv_in_a_language_has_labels_of_classes(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    csv_.write(status_content("en"), status_rows, path)
    assert '"Inferred mineral resource"' in path.read_text("utf-8-sig").splitlines()[1]


RISKY = (
    "=1+1",
    "+1",
    "-1",
    "@A1",
    "\t=1",
    "\r=1",
    "\n",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    " =1",
    "\u3000＝1",
    "\u00a0 @A1",
    "\t ＋1",
)
PLAIN = ("a=1", "", " ", "铜＝1", "\u3000铜", "（=1）", "'=1", "１", "，=1", "é=1", "\u00a0", "+".join("ab"))


@pytest.mark.parametrize("risky", RISKY)
def test_a_formula_is_recognised_by_its_first_letters(risky: str) -> None:
    assert csv_.guard(pa.array([risky, *PLAIN, None])).to_pylist() == [f"'{risky}", *PLAIN, None]
    assert guard_text(risky) == f"'{risky}"
    assert [guard_text(text) for text in PLAIN] == list(PLAIN)


@pytest.mark.parametrize("text", [*RISKY, *PLAIN, "''=1", "'+1", "-69.07", "+1,234.5", "-1e5", "-1e5x", "'"])
def test_a_guarded_cell_gives_back_what_it_was(text: str) -> None:
    assert restore_guarded_cell(guard_cell(text)) == text
    assert not is_formula(guard_cell(text)) or guard_cell(text) in ("+1", "-1", "-69.07", "+1,234.5", "-1e5")


def test_long_texts_of_a_shapefile_are_cut_between_letters_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "file.shp.zip"
    shapefile.write(CONTENT, rows(["矿" * 100, "short"]), path)
    frame = pyogrio.read_dataframe(f"/vsizip/{path}", read_geometry=False)
    assert list(frame["name_en"]) == ["矿" * 84, "short"]
    with zipfile.ZipFile(path) as archive:
        assert "1 longer texts were cut" in archive.read("README.txt").decode()


def test_short_names_are_ten_letters_and_differ() -> None:
    columns = tuple(
        Column(name, Label(name, name)) for name in ("name_en", "size_basis", "size_basis_value_t", "size_basis_value_x")
    )
    assert list(shapefile.shorten_column_names(columns).values()) == ["name_en", "size_basis", "sizebasisv", "sizebasis2"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_is_the_same_when_it_is_made_again(form: str, tmp_path: Path) -> None:
    if FORMATS[form].geometry in ("feature", "tile"):
        pytest.skip("features and tiles are made by the store")
    made = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        load_format_writer(form)(CONTENT, rows(["a", "=b", "ü <&> 矿"]), folder / f"file{FORMATS[form].suffix}")
        made.append((folder / f"file{FORMATS[form].suffix}").read_bytes())
    assert made[0] == made[1]

"""Headers of several lines: groups above columns, units below them, merged cells, years as names."""

from pathlib import Path

import openpyxl
import pytest

from lodedata.read import Hints, open_tables
from lodedata.read.header import find_header

RESOURCES = [
    ["Mineral resources at 30 June 2025"],
    ["Deposit", "Measured", "", "Indicated", ""],
    ["", "Ore (Mt)", "Cu (%)", "Ore (Mt)", "Cu (%)"],
    ["Antucoya", "12.5", "0.35", "40", "0.31"],
    ["Polo Sur", "8", "0.41", "22.1", "0.36"],
]


@pytest.mark.parametrize(
    ("rows", "merged", "first", "names"),
    [
        (
            RESOURCES,
            (),
            1,
            ("Deposit", "Measured Ore (Mt)", "Measured Cu (%)", "Indicated Ore (Mt)", "Indicated Cu (%)"),
        ),
        (
            [
                ["矿区", "保有资源量", "", ""],
                ["", "矿石量", "金属量", "品位"],
                ["", "万吨", "万吨", "%"],
                ["德兴", 163000, 500, 0.43],
            ],
            [(2, 1, 4, 1), (1, 1, 1, 3)],
            0,
            ("矿区", "保有资源量 矿石量 (万吨)", "保有资源量 金属量 (万吨)", "保有资源量 品位 (%)"),
        ),
        ([["name", "tonnage", "grade"], ["", "(Mt)", "[g/t]"], ["a", 1, 2]], (), 0, ("name", "tonnage (Mt)", "grade (g/t)")),
        ([["country", "2019", "2020", "2021"], ["Chile", 5.8, 5.7, 5.6]], (), 0, ("country", "2019", "2020", "2021")),
        ([["country", 2019.0, 2020.0], ["Chile", 5.8, 5.7]], (), 0, ("country", "2019", "2020")),
        ([["a", "b"], ["x", "y"], ["u", "v"]], (), 0, ("a", "b")),
        ([["", "name", "country"], ["i", "Andina", "Chile"], ["ii", "Teniente", "Chile"]], (), 0, ("", "name", "country")),
        ([["id", "name", "", ""], [1, "Andina", "note", "see"], [2, "Teniente", "", ""]], (), 0, ("id", "name", "", "")),
    ],
)
def test_lines_become_one_name_for_each_column(
    rows: list[list[object]], merged: list[tuple[int, int, int, int]], first: int, names: tuple[str, ...]
) -> None:
    header = find_header(rows, merged)
    assert header is not None
    assert (header.first, header.names) == (first, names)


def test_the_mapping_states_the_lines(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Region,Mine\nof the,by name\nworld,\nAndes,Andina\n")
    (table,) = open_tables(path, Hints(header_row=1, header_lines=3))
    assert table.columns == ("Region of the world", "Mine by name")
    assert [(row.number, list(row.cells)) for row in table.rows] == [(4, ["Andes", "Andina"])]
    (table,) = open_tables(path, Hints(header_row=2, header_lines=1))
    assert table.columns == ("of the", "by name")


def test_a_csv_of_groups(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("\n".join(",".join(row) for row in RESOURCES))
    (table,) = open_tables(path)
    assert table.columns == ("Deposit", "Measured Ore (Mt)", "Measured Cu (%)", "Indicated Ore (Mt)", "Indicated Cu (%)")
    assert [(row.number, row.cells[0]) for row in table.rows] == [(4, "Antucoya"), (5, "Polo Sur")]


def test_merged_texts_hold_for_each_row_and_merged_numbers_for_the_first(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["mine", "class", "ore (Mt)"], ["Andina", "proved", 10], [None, "probable", None], ["Teniente", "proved", 3]):
        sheet.append(row)
    sheet.append([None, "a note over all columns", None])
    for cells in ("A2:A3", "C2:C3", "A7:C7"):
        sheet.merge_cells(cells)
    book.save(tmp_path / "t.xlsx")
    (table,) = open_tables(tmp_path / "t.xlsx")
    assert [list(row.cells) for row in table.rows] == [
        ["Andina", "proved", 10],
        ["Andina", "probable", None],
        ["Teniente", "proved", 3],
        [None, "a note over all columns", None],
    ]

"""A cell that can't be read excludes its row or is left empty, and is reported with its column."""

from pathlib import Path

import pytest
from tests.lodedata.read.refused_files import MAPPING, TABLE, ReadMapped, content

from lodedata.mapping import Reading
from lodedata.read import FileRefused, open_tables
from lodedata.records import Deposit

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

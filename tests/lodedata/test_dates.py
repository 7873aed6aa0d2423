"""Dates of columns: any order that the column decides, names of months in eight languages, day numbers, timestamps."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas
import pyarrow
import pyarrow.parquet
import pytest

from lodedata.cells import Unreadable
from lodedata.dates import OrderOpen, YearOpen, read_date
from lodedata.mapping import Reading, Tally, load
from lodedata.mapping.confined import read_confined
from lodedata.mapping.suggestion import write_mapping_suggestion
from lodedata.mapping.suggestion.placeholders import find_open_values
from lodedata.read import FileRefused, open_tables

ReadMapped = Callable[..., list[Reading]]
MAPPING = """
- key: "{id}"
  kind: {const: deposit}
  name_en: name
  commodities: [{const: copper}]
  information_date: on
"""


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("27/05/2024", "2024-05-27"),
        ("05/27/2024", "2024-05-27"),
        ("27.05.2024", "2024-05-27"),
        ("27.05.2024 г.", "2024-05-27"),
        ("05/05/2024", "2024-05-05"),
        ("27/05/2024 00:00:00", "2024-05-27"),
        ("5/27/2024 12:00 AM", "2024-05-27"),
        ("2024-05-27T13:00:00+03:00", "2024-05-27"),
        ("20240527", "2024-05-27"),
        ("05/2024", "2024-05"),
        ("27 May 2024", "2024-05-27"),
        ("May 27th, 2024", "2024-05-27"),
        ("27-May-2024", "2024-05-27"),
        ("Sept 2019", "2019-09"),
        ("27 de mayo de 2024", "2024-05-27"),
        ("enero de 2021", "2021-01"),
        ("27 de março de 2024", "2024-03-27"),
        ("1er mars 2019", "2019-03-01"),
        ("27 мая 2024 г.", "2024-05-27"),
        ("май 2024", "2024-05"),
        ("27. März 2024", "2024-03-27"),
        ("27 Agustus 2024", "2024-08-27"),
        ("2024年五月27日", "2024-05-27"),
        ("2024年5月27日", "2024-05-27"),
        ("45439", "2024-05-27"),
        ("45439.5", "2024-05-27"),
        ("2024", "2024"),
    ],
)
def test_a_date_is_read_in_any_usual_form(text: str, date: str) -> None:
    assert str(read_date(text)) == date


@pytest.mark.parametrize("text", ["31/02/2024", "27/05/24", "99999999", "123", "201³", "May", "27 Mayhem 2024", "20241399"])
def test_other_texts_are_no_dates(text: str) -> None:
    with pytest.raises(Unreadable):
        read_date(text)


def test_a_date_of_two_orders_is_open() -> None:
    with pytest.raises(OrderOpen):
        read_date("05/06/2024")
    assert str(read_date("05/06/2024", "D/M/Y")) == "2024-06-05"
    assert str(read_date("05/06/2024", "M/D/Y")) == "2024-05-06"


@pytest.mark.parametrize(("decides", "date"), [("27/05/2024", "2024-06-05"), ("05/27/2024", "2024-05-06")])
def test_a_later_date_of_the_column_settles_the_order(read: ReadMapped, decides: str, date: str) -> None:
    rows = ["id,name,on", "a,A,05/06/2024", *(f"r{at},R,01/01/2024" for at in range(3000)), f"z,Z,{decides}"]
    readings = read(MAPPING, rows)
    assert not any(reading.refused for reading in readings)
    assert str(readings[0].records[0].information_date) == date  # type: ignore[union-attr]


def test_the_confined_process_reads_the_column_too(mapping: Callable[..., object], tmp_path: Path) -> None:
    mapping(MAPPING)
    path = tmp_path / "t.csv"
    path.write_text("id,name,on\na,A,05/06/2024\nb,B,27/05/2024\n", "utf-8")
    first, _ = read_confined(load(tmp_path / "mapping.yml"), path, Tally())
    assert str(first.records[0].information_date) == "2024-06-05"  # type: ignore[union-attr]


def test_an_open_column_is_refused_once_with_what_to_enter(read: ReadMapped) -> None:
    with pytest.raises(FileRefused, match=r"column 'on': no date shows whether '05/06/2024' .* `date_order: D/M/Y`"):
        read(MAPPING, ["id,name,on", "a,A,05/06/2024", "b,B,01/02/2024"])
    with pytest.raises(FileRefused, match=r"dates of both orders, such as '27/05/2024' and '05/27/2024'"):
        read(MAPPING, ["id,name,on", "a,A,05/06/2024", "b,B,27/05/2024", "c,C,05/27/2024"])


def test_the_order_of_the_mapping_is_taken(read: ReadMapped) -> None:
    stated = MAPPING.replace("information_date: on", "information_date: {column: on, date_order: M/D/Y}")
    readings = read(stated, ["id,name,on", "a,A,05/06/2024"])
    assert str(readings[0].records[0].information_date) == "2024-05-06"  # type: ignore[union-attr]


def test_the_suggestion_leaves_open_the_order_of_an_open_column_only(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = "".join(f"{at},Mine {at},copper,0{at}/0{at + 1}/2024\n" for at in range(1, 8))
    table.write_text("id,mine name,commodity,date of information\n" + rows, "utf-8")
    assert 'date_order: "?"' in write_mapping_suggestion(table)
    table.write_text("id,mine name,commodity,date of information\n" + rows + "9,Mine 9,copper,27/05/2024\n", "utf-8")
    assert "date_order" not in write_mapping_suggestion(table)


def test_timestamps_of_parquet_are_read_in_their_zone(tmp_path: Path) -> None:
    """At 01:02 in UTC it is the evening before in Santiago, four hours behind, and 09:02 in Shanghai."""
    moment = datetime(2024, 5, 27, 1, 2, 3, tzinfo=UTC)
    table = pyarrow.table(
        {
            "ns": pyarrow.array([1716771723000000001], pyarrow.timestamp("ns")),
            "zone": pyarrow.array([moment], pyarrow.timestamp("ms", "America/Santiago")),
            "ns_zone": pyarrow.array([pandas.Timestamp(moment)], pyarrow.timestamp("ns", "Asia/Shanghai")),
        }
    )
    path = tmp_path / "t.parquet"
    pyarrow.parquet.write_table(table, path)
    (row,) = open_tables(path)[0].rows
    assert [str(read_date(str(cell))) for cell in row.cells] == ["2024-05-27", "2024-05-26", "2024-05-27"]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("27/05/24", "2024-05-27"),
        ("27.05.98", "1998-05-27"),
        ("27.05.49 г.", "2049-05-27"),
        ("27-May-50", "1950-05-27"),
        ("27 мая 24 г.", "2024-05-27"),
        ("3 de marzo de 07", "2007-03-03"),
        ("May 27, 24", "2024-05-27"),
        ("May-98", "1998-05"),
    ],
)
def test_two_digits_of_a_year_are_read_with_a_first_year_only(text: str, date: str) -> None:
    assert str(read_date(text, "D/M/Y", 1950)) == date
    with pytest.raises(YearOpen, match="four digits of the year; or say `first_year: 1950`"):
        read_date(text, "D/M/Y")


def test_a_column_with_two_digits_of_the_year_is_refused_once_and_not_row_by_row(read: ReadMapped) -> None:
    rows = ["id,name,on", "a,A,27/05/24", "b,B,13/01/98"]
    with pytest.raises(FileRefused, match=r"column 'on': dates such as '27/05/24' have two digits .* `first_year: 1950`"):
        read(MAPPING, rows)
    stated = MAPPING.replace("information_date: on", "information_date: {column: on, first_year: 1950}")
    found = [str(one.records[0].information_date) for one in read(stated, rows)]  # type: ignore[union-attr]
    assert found == ["2024-05-27", "1998-01-13"]
    # a stray one is its row's
    readings = read(MAPPING, ["id,name,on", *(f"{n},A,{n}/05/2024" for n in range(13, 28)), "z,Z,27/05/24"])
    rules = [[problem.rule for problem in reading.problems if problem.rule == "not-a-date"] for reading in readings[-2:]]
    assert rules == [[], ["not-a-date"]]


def test_the_suggestion_leaves_the_century_open(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = "".join(f"{at},Mine {at},copper,1{at}/0{at}/24\n" for at in range(3, 9))
    table.write_text("id,mine name,commodity,date of information\n" + rows, "utf-8")
    text = write_mapping_suggestion(table)
    assert 'first_year: "?"' in text and "date_order" not in text
    assert [placeholder.key for placeholder in find_open_values(text) if "first_year" in placeholder.key] == [
        "information_date.first_year"
    ]

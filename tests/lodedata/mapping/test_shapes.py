"""Shapes of tables: several rows for a record, series in columns, blanks that repeat, tables joined by a key."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest

from lodedata.errors import FileRefused, MappingRefused
from lodedata.mapping import Reading, Tally
from lodedata.mapping.shape import merge_commodities
from lodedata.records import Commodity, Deposit, Estimate, Project

ReadMapped = Callable[..., list[Reading]]

LONG = """
- key: "{id}"
  repeated_keys: merge
  kind: {const: deposit}
  name_en: name
  position: {lon: lon, lat: lat, crs: EPSG:4326}
  country: country
  commodities: [metal]
  estimates:
    - category: class
      ore: {column: ore, unit: Mt}
      measures: [{commodity: metal, grade: {column: grade, unit: "%"}}]
"""
LONG_ROWS = [
    "id,name,lon,lat,country,metal,class,ore,grade",
    "1,Kolwezi,25.46,-10.71,COD,copper,indicated,30,2.5",
    "2,Mutanda,25.80,-10.78,COD,copper,inferred,12,1.9",
    "1,,,,,cobalt,indicated,30,0.4",
    "1,Kolwezi West,25.46,-10.71,COD,copper,inferred,8,2.1",
]


def workbook(path: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def figures(estimate: Estimate) -> tuple[str, float | None, dict[str, float | None]]:
    grades = {m.commodity: m.grade.reported if m.grade is not None else None for m in estimate.measures}
    return estimate.category, estimate.ore.reported if estimate.ore is not None else None, grades


def deposit(reading: Reading) -> Deposit:
    (record,) = reading.records
    assert isinstance(record, Deposit)
    return record


def test_rows_of_one_key_are_one_record(read: ReadMapped) -> None:
    tally = Tally()
    first, second = read(LONG, LONG_ROWS, tally=tally)
    record = deposit(first)
    assert [(c.code, c.rank) for c in record.commodities] == [("copper", "main"), ("cobalt", "co-product")]
    assert (record.name_en, record.aliases) == ("Kolwezi", ("Kolwezi West",))
    assert [figures(e) for e in record.estimates] == [
        ("indicated-mineral-resource", 30, {"copper": 2.5, "cobalt": 0.4}),
        ("inferred-mineral-resource", 8, {"copper": 2.1}),
    ]
    assert first.problems == ()
    assert [(row.key, row.locator) for row in first.rows] == [
        ("1", "table.csv, row 2"),
        ("1#2", "table.csv, row 4"),
        ("1#3", "table.csv, row 5"),
    ]
    assert deposit(second).name_en == "Mutanda"
    assert all(column["filled"] == column["used"] + column["dropped"] for column in tally.usage["table.csv"].as_data())


def test_rows_that_disagree_keep_the_first_value_and_a_flag(read: ReadMapped) -> None:
    (reading, _) = read(LONG, [*LONG_ROWS, "1,Kolwezi,26.00,-10.71,ZMB,copper,inferred,8,2.1"])
    record = deposit(reading)
    assert record.country == "COD"
    assert len(record.estimates) == 2
    flags = {problem.detail["field"]: problem for problem in reading.problems if problem.rule == "rows-disagree"}
    assert flags.keys() == {"country", "country_reported", "position"}
    assert flags["country"].sentence("en") == "another row of this record has 'ZMB' as country; 'COD' of the first row is used."


def test_a_refused_row_leaves_the_others_of_its_record(read: ReadMapped) -> None:
    refused, merged, _ = read(LONG, [*LONG_ROWS, "1,Kolwezi,25.46,-10.71,COD,copper,inferred,many,2.1"])
    assert refused.refused and [row.key for row in refused.rows] == ["1#4"]
    assert len(deposit(merged).estimates) == 2
    assert len(merged.rows) == 3


def test_a_series_of_years_becomes_rows(read: ReadMapped) -> None:
    mapping = """
    - key: "{plant}"
      repeated_keys: merge
      unpivot: {pattern: "Capacity (?P<year>20[0-9]{2})", value: capacity}
      kind: {const: project}
      name_en: plant
      commodities: [{const: copper}]
      phases:
        - {capacity: {column: capacity, unit: kt/a}, status: {const: operating, date: year}}
    """
    tally = Tally()
    rows = ["plant,Capacity 2019,Capacity 2020,note", "Gresik,300,342,x", "Amman,,900,", "Weda,,,y"]
    gresik, amman, weda = read(mapping, rows, tally=tally)
    (record,) = gresik.records
    assert isinstance(record, Project)
    assert [(p.capacity and p.capacity.reported, p.status and str(p.status.on)) for p in record.phases] == [
        (300, "2019"),
        (342, "2020"),
    ]
    assert [(row.key, row.locator) for row in gresik.rows] == [("Gresik", "table.csv, row 2")]
    assert orjson.loads(gresik.rows[0].raw) == {"plant": "Gresik", "Capacity 2019": "300", "Capacity 2020": "342", "note": "x"}
    assert len(amman.records[0].phases) == 1  # type: ignore[union-attr]
    assert [p.capacity for p in weda.records[0].phases] == [None]  # type: ignore[union-attr]
    columns = {column["column"]: column for column in tally.usage["table.csv"].as_data()}
    assert (columns["plant"]["filled"], columns["capacity"]["used"]) == (3, 3)


def test_columns_of_classes_and_measures_become_rows(read: ReadMapped) -> None:
    mapping = """
    - key: "{name}"
      repeated_keys: merge
      unpivot: {pattern: "(?P<class>Measured|Indicated) (?P<figure>ore|grade)", value: "{figure}"}
      kind: {const: deposit}
      name_en: name
      commodities: [{const: tin}]
      estimates:
        - category: class
          ore: {column: ore, unit: Mt}
          measures: [{commodity: {const: tin}, grade: {column: grade, unit: "%"}}]
    """
    (reading,) = read(mapping, ["name,Measured ore,Measured grade,Indicated ore,Indicated grade", "Bisie,3.1,4.5,1.9,4.2"])
    assert [figures(e) for e in deposit(reading).estimates] == [
        ("measured-mineral-resource", 3.1, {"tin": 4.5}),
        ("indicated-mineral-resource", 1.9, {"tin": 4.2}),
    ]


def test_a_pattern_without_columns_is_named(read: ReadMapped) -> None:
    unpivot = 'unpivot: {pattern: "(?P<year>[0-9]{4})"}\n'
    with pytest.raises(MappingRefused, match=r"no column matches the pattern .* of `unpivot`; there are 'id', 'name'"):
        read(LONG.replace("  kind:", f"  {unpivot}  kind:"), LONG_ROWS)
    with pytest.raises(MappingRefused, match="has no named group"):
        read(LONG.replace("  kind:", '  unpivot: {pattern: "[0-9]{4}"}\n  kind:'), LONG_ROWS)


def test_blank_cells_repeat_the_cell_above(read: ReadMapped) -> None:
    rows = ["name,country,metal", "Andina,CHL,copper", "Los Bronces,,", ",,copper", "Cerro Verde,PER,copper"]
    mapping = """
    - key: "{name}"
      fill_down: [country, metal]
      kind: {const: deposit}
      name_en: name
      country: country
      commodities: [metal]
    """
    readings = read(mapping, rows)
    assert [r.records[0].country if r.records else None for r in readings] == ["CHL", "CHL", None, "PER"]
    assert readings[2].refused
    with pytest.raises(FileRefused, match="the column 'land' is missing"):
        read(mapping.replace("[country, metal]", "[land]"), rows)


JOIN = """
- part: Deposits
  key: "{ID}"
  join: [{part: Grades, key: "{Deposit ID}"}, {part: Names, key: "{ID}"}]
  kind: {const: deposit}
  name_en: Name
  aliases: [Names.Other]
  country: Country
  commodities: [Grades.Metal]
  estimates:
    - category: Grades.Class
      ore: {column: Grades.Ore, unit: Mt}
      measures: [{commodity: Grades.Metal, grade: {column: Grades.Grade, unit: "%"}}]
"""


def sheets(tmp_path: Path, grades: Sequence[Sequence[Any]]) -> Path:
    return workbook(
        tmp_path / "t.xlsx",
        Deposits=[["ID", "Name", "Country"], ["a", "Sorowako", "IDN"], ["b", "Pomalaa", "IDN"], ["c", "Weda Bay", "IDN"]],
        Grades=[["Deposit ID", "Metal", "Class", "Ore", "Grade"], *grades],
        Names=[["ID", "Other"], ["a", "Soroako"]],
    )


def test_sheets_are_joined_by_a_key(read: ReadMapped, tmp_path: Path) -> None:
    tally = Tally()
    path = sheets(
        tmp_path,
        [
            ["a", "nickel", "proved", 70.5, 1.8],
            ["b", "nickel", "inferred", 20, 1.6],
            ["a", "cobalt", "proved", 70.5, 0.05],
            ["z", "nickel", "inferred", 1, 1],
        ],
    )
    sorowako, pomalaa, weda, orphan = read(JOIN, path, tally=tally)
    record = deposit(sorowako)
    assert (record.name_en, record.aliases) == ("Sorowako", ("Soroako",))
    assert [figures(e) for e in record.estimates] == [("proved-ore-reserves", 70.5, {"nickel": 1.8, "cobalt": 0.05})]
    assert [row.locator for row in sorowako.rows] == [
        "t.xlsx, Deposits, row 2",
        "t.xlsx, Grades, row 2",
        "t.xlsx, Grades, row 4",
        "t.xlsx, Names, row 2",
    ]
    assert orjson.loads(sorowako.rows[1].raw) == {
        "Deposit ID": "a",
        "Metal": "nickel",
        "Class": "proved",
        "Ore": 70.5,
        "Grade": 1.8,
    }
    assert len(deposit(pomalaa).estimates) == 1
    assert [p.rule for p in weda.problems] == ["no-known-commodity"]
    assert orphan.refused
    assert (orphan.problems[0].rule, orphan.rows[0].locator) == ("no-parent-row", "t.xlsx, Grades, row 5")
    columns = {c["column"]: (c["filled"], c["used"], c["dropped"]) for c in tally.usage["t.xlsx, Deposits"].as_data()}
    assert columns["Name"] == (3, 2, 1)
    assert columns["Grades.Ore"] == (4, 3, 1)


def test_a_table_of_another_file_is_joined(read: ReadMapped, tmp_path: Path) -> None:
    (tmp_path / "grades.csv").write_text("id,cu\n1,0.7\n1,0.9\n")
    mapping = """
    - key: "{id}"
      file: table.csv
      join: [{file: grades.csv, key: "{id}"}]
      kind: {const: deposit}
      name_en: name
      commodities: [{const: copper}]
      estimates:
        - category: {const: endowment}
          measures: [{commodity: {const: copper}, grade: {column: grades.cu, unit: "%"}}]
    """
    (reading,) = read(mapping, ["id,name", "1,Andina"])
    assert [figures(e)[2] for e in deposit(reading).estimates] == [{"copper": 0.7}, {"copper": 0.9}]
    with pytest.raises(FileRefused, match="the column 'ID' is missing; there are 'id', 'cu'"):
        read(mapping.replace('key: "{id}"}]', 'key: "{ID}"}]'), ["id,name", "1,Andina"])


def test_rows_that_name_a_metal_each_state_no_main_one() -> None:
    """Jinchuan was a deposit of copper, the metal of its first row."""
    copper, nickel, cobalt = Commodity("copper", "main"), Commodity("nickel", "main"), Commodity("cobalt", "by-product")
    assert merge_commodities([(copper,), (nickel, cobalt), (copper,)]) == (
        Commodity("copper", "co-product"),
        Commodity("nickel", "co-product"),
        cobalt,
    )
    assert merge_commodities([(copper,), (copper, cobalt)]) == (copper, cobalt)

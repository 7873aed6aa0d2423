"""Mappings: each option of a table, applied to a few rows."""

from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest
from tests.lodedata.mapping.mapped import CSV, DEPOSIT, Mapping, ReadMapped, deposit, rules

from lodedata.mapping import MappingRefused, Reading, Tally
from lodedata.records import Commodity, Deposit, Discovery, Project

HEAD = """
name: made-up
title_en: A made-up table
title_zh: 虚构表格
publisher: Nobody
licence: {id: none, name: None}
citation: nowhere
version: "1"
"""


@pytest.mark.parametrize(
    ("spec", "value", "taken"),
    [
        ("v", "granite", "granite"),
        ("{column: v}", " granite ", "granite"),
        ("{const: basalt}", "granite", "basalt"),
        ("{column: v, nulls: [unknown]}", "unknown", None),
        ("{column: v, pattern: '^([a-z]+)'}", "granite, red", "granite"),
        ("{column: v, pattern: '[a-z]+$'}", "granite red", "red"),
        ("{column: v, pattern: '^([0-9]+)$'}", "granite", None),
        ("{column: v, map: {G: granite}}", "G", "granite"),
        ("{column: v, map: {G: granite}}", "B", "B"),
        ("{column: v, map: {G: granite}, unmapped: ignore}", "B", None),
        ("{column: v, map: {G: null}}", "G", None),
        ("{column: v, map: {G: granite}, pattern: '^(.)'}", "G", "granite"),
        ("{column: v, map: {G: granite}, pattern: '^(.)'}", "basalt", "b"),
        ("{template: '{v} of {w}'}", "granite", "granite of red"),
        ("{template: '{v} of {w}'}", "", None),
        ("{column: missing, optional: true}", "granite", None),
        ("{const: 5}", "granite", "5"),
    ],
)
def test_a_cell_is_taken_as_its_mapping_says(read: ReadMapped, spec: str, value: str, taken: str | None) -> None:
    (reading,) = read(DEPOSIT + f"  host_unit: {spec}\n", [CSV, f'1,a,copper,CHL,,,"{value}",red'])
    assert deposit(reading).host_unit == taken


def test_a_pattern_and_a_map_before_a_split(read: ReadMapped) -> None:
    lines = "  aliases: [{column: v, split: ';,', map: {B: Beta, none: null}}]\n"
    (reading,) = read(DEPOSIT + lines, [CSV, '1,a,copper,CHL,,,"A; B,none ,, A",'])
    assert deposit(reading).aliases == ("A", "Beta")


def test_a_cell_is_split_at_conjunctions_too(read: ReadMapped) -> None:
    lines = "  aliases: [{column: v, split: [' or ', '; ']}]\n"
    (reading,) = read(DEPOSIT + lines, [CSV, "1,a,copper,CHL,,,A or B; C;D,"])
    assert deposit(reading).aliases == ("A", "B", "C;D")


def test_names_have_single_spaces(read: ReadMapped) -> None:
    """Of 690 names of the porphyry copper deposits 92 were served as ``Quebrada  Blanca``."""
    lines = "  name_en: name\n  aliases: [{column: v, split: ';'}]\n"
    (reading,) = read(DEPOSIT + lines, [CSV, "1,Quebrada  Blanca ,copper,CHL,,,QB;Q\u00a0 B,"])
    assert (deposit(reading).name_en, deposit(reading).aliases) == ("Quebrada Blanca", ("QB", "Q B"))


def test_an_alias_that_is_the_name_is_none(read: ReadMapped) -> None:
    lines = "  name_en: name\n  aliases: [name, v, w]\n"
    (reading,) = read(DEPOSIT + lines, [CSV, "1,Alpha,copper,CHL,,,Beta,Beta"])
    assert deposit(reading).aliases == ("Beta",)


def test_a_number_of_a_spreadsheet_reads_as_a_person_writes_it(tmp_path: Path, read: ReadMapped) -> None:
    book = openpyxl.Workbook()
    for row in (["id", "metal", "v"], [7.0, "copper", 2019.0], [8, "copper", True], [9, "copper", 1.5]):
        book["Sheet"].append(row)
    book.save(tmp_path / "t.xlsx")
    readings = read(DEPOSIT + "  host_unit: v\n", tmp_path / "t.xlsx")
    assert [(r.rows[0].key, deposit(r).host_unit) for r in readings] == [("7", "2019"), ("8", "True"), ("9", "1.5")]


def ore(read: ReadMapped, spec: str, value: str, other: str = "kt") -> tuple[Reading, Any]:
    measures = "measures: [{commodity: metal, grade: {const: 1, unit: '%'}}]"
    estimates = f"  estimates: [{{category: {{const: endowment}}, zone: w, ore: {spec}, {measures}}}]\n"
    (reading,) = read(DEPOSIT + estimates, [CSV, f'1,a,copper,CHL,,,"{value}",{other}'])
    return reading, (deposit(reading).estimates[0].ore if reading.records else None)


@pytest.mark.parametrize(
    ("spec", "value", "tonnes"),
    [
        ("{column: v, unit: t}", "12.5", 12.5),
        ("{column: v, unit: 万吨}", "12.5", 125_000),
        ("{column: v, unit: Mt}", "1,250.5", 1_250_500_000),
        ("{column: v, unit_column: w}", "3", 3000),
        ("{column: v, unit_column: w, units: {kt: Mt}}", "3", 3_000_000),
        ("{column: v, unit: t, decimal: ','}", "1.234,5", 1234.5),
        ("{const: 4, unit: kt}", "", 4000),
        ("{column: v, unit: t, pattern: '^([0-9]+)'}", "12 approx", 12),
        ("{column: v, unit: t, map: {about ten: 10}}", "about ten", 10),
        ("{column: v, unit: wet tonnes}", "5", None),
    ],
)
def test_an_amount_comes_to_tonnes_and_keeps_what_was_reported(
    read: ReadMapped, spec: str, value: str, tonnes: float | None
) -> None:
    reading, found = ore(read, spec, value)
    assert not reading.problems
    assert found.value == (tonnes if tonnes is None else pytest.approx(tonnes))


def test_an_amount_without_a_unit_is_stored_as_reported(read: ReadMapped) -> None:
    reading, found = ore(read, "{column: v}", "5")
    assert rules(reading) == ["unit-unstated"]
    assert (found.reported, found.value) == (5, None)


def test_a_text_for_a_figure_refuses_or_is_left_empty(read: ReadMapped) -> None:
    reading, _ = ore(read, "{column: v, unit: t}", "see note")
    assert reading.refused
    reading, found = ore(read, "{column: v, unit: t, unreadable: flag}", "see note")
    assert (rules(reading), reading.refused, found) == (["figure-unreadable"], False, None)


@pytest.mark.parametrize(
    ("value", "reported", "tonnes"),
    [
        ("约500", (500, "about", None, "kt"), 500_000),
        ("500多", (500, "above", None, "kt"), None),
        ("<0.1", (0.1, "below", None, "kt"), None),
        ("10～20万吨", (10, "range", 20, "万吨"), None),
        ("5万吨", (5, None, None, "万吨"), 50_000),
    ],
)
def test_figure_with_a_sign_is_read_with_it_and_a_bound_has_no_value(
    read: ReadMapped, value: str, reported: tuple[float, str | None, float | None, str], tonnes: float | None
) -> None:
    reading, found = ore(read, "{column: v, unit: kt}", value)
    assert (found.reported, found.qualifier, found.upper, found.unit) == reported
    assert (found.value, reading.refused) == (tonnes, False)
    assert rules(reading) == ([] if reported[1] is None else ["figure-not-exact"])


def test_numbers_of_the_files_own_are_read_as_they_are_whatever_the_decimal_mark(tmp_path: Path, read: ReadMapped) -> None:
    """1.234 in a cell of numbers is no thousand of a column of decimal commas."""
    book = openpyxl.Workbook()
    for row in (["id", "metal", "v", "x", "y"], [1, "copper", 1.234, -69.5, "-24,25"], [2, "copper", "1,5", "-69,125", -24]):
        book["Sheet"].append(row)
    book.save(tmp_path / "t.xlsx")
    lines = (
        "  position: {lon: x, lat: y, decimal: ','}\n"
        "  estimates: [{category: {const: endowment}, ore: {column: v, unit: t, decimal: ','}}]\n"
    )
    found = [deposit(reading) for reading in read(DEPOSIT + lines, tmp_path / "t.xlsx")]
    assert [d.estimates[0].ore.reported for d in found if d.estimates[0].ore] == [1.234, 1.5]
    assert [(d.position.lon, d.position.lat) for d in found if d.position] == [(-69.5, -24.25), (-69.125, -24)]


@pytest.mark.parametrize(
    ("basis", "share"),
    [("basis: metal", 1), ("basis: Li2O", 1 / 2.153), ("basis: LCE", 1 / 5.323), ("basis_column: w", 1 / 6.108)],
)
def test_a_contained_amount_comes_to_metal_by_its_basis(read: ReadMapped, basis: str, share: float) -> None:
    measures = f"measures: [{{commodity: metal, contained: {{column: v, unit: kt, {basis}}}}}]"
    lines = f"  estimates: [{{category: {{const: endowment}}, {measures}}}]\n"
    (reading,) = read(DEPOSIT + lines, [CSV, "1,a,lithium,CHL,,,10,LiCl"])
    contained = deposit(reading).estimates[0].measures[0].contained
    assert contained is not None
    assert (contained.reported, contained.unit) == (10, "kt")
    assert contained.value == pytest.approx(10_000 * share, rel=1e-9)


def test_a_basis_without_a_conversion_leaves_the_figure_as_reported(read: ReadMapped) -> None:
    measures = "measures: [{commodity: metal, contained: {column: v, unit: kt, basis: CuO}}]"
    lines = f"  estimates: [{{category: {{const: endowment}}, {measures}}}]\n"
    (reading,) = read(DEPOSIT + lines, [CSV, "1,a,copper,CHL,,,10,"])
    contained = deposit(reading).estimates[0].measures[0].contained
    assert contained is not None
    assert (contained.reported, contained.basis, contained.value) == (10, "CuO", None)


def test_a_key_is_made_of_columns_and_of_the_number_of_the_row(mapping: Mapping, read: ReadMapped) -> None:
    rows = [CSV, "7,a,copper,CHL,,,,", "8,b,copper,CHL,,,,"]
    assert [r.rows[0].key for r in read(DEPOSIT, rows)] == ["7", "8"]
    assert [r.rows[0].key for r in read(DEPOSIT.replace('"{id}"', '"x:{country}-{id}"'), rows)] == ["x:CHL-7", "x:CHL-8"]
    assert [r.rows[0].key for r in read(DEPOSIT.replace('"{id}"', '"{#}"'), rows)] == ["1", "2"]
    assert mapping("- kind: {const: deposit}").tables[0].key == "{#}"


@pytest.mark.parametrize("key", ["id", "{id", "{}", "x"])
def test_a_key_that_names_no_column_is_refused(read: ReadMapped, key: str) -> None:
    with pytest.raises(MappingRefused, match="names no column; write it as {column}"):
        read(DEPOSIT.replace('"{id}"', f'"{key}"'), [CSV, "1,a,copper,CHL,,,,"])


def test_a_row_without_its_key_is_refused_and_counted(read: ReadMapped) -> None:
    rows = [CSV, "1,a,copper,CHL,,,,", ",b,copper,CHL,,,,", "NA,b,copper,CHL,,,,"]
    first, second, third = read(DEPOSIT, rows)
    assert (first.refused, rules(second), rules(third)) == (False, ["missing-key"], ["missing-key"])
    assert (second.rows[0].key, third.rows[0].key) == ("#2", "#3")


def test_repeated_keys_are_numbered_where_the_mapping_says_so(read: ReadMapped) -> None:
    rows = [CSV, *(f"7,{name},copper,CHL,,,," for name in "abc"), "8,d,copper,CHL,,,,"]
    keys = [reading.rows[0].key for reading in read(DEPOSIT + "  repeated_keys: number\n", rows)]
    assert keys == ["7", "7#2", "7#3", "8"]
    assert [reading.rows[0].key for reading in read(DEPOSIT, rows)] == ["7", "7", "7", "8"]


def test_a_column_gives_the_kind_of_each_row(read: ReadMapped) -> None:
    table = DEPOSIT.replace("{const: deposit}", "{column: v, map: {mine: project, find: discovery, dep: deposit}}")
    rows = [CSV, *(f"{i},a,copper,CHL,,,{v}," for i, v in enumerate(["mine", "find", "dep", "smelt", ""]))]
    readings = read(table, rows)
    assert [[type(record) for record in reading.records] for reading in readings] == [[Project], [Discovery], [Deposit], [], []]
    assert [(p.rule, p.value, p.column) for p in readings[3].problems] == [("unknown-kind", "smelt", "v")]
    assert readings[4].refused


def test_a_row_of_other_commodities_is_out_of_scope_and_keeps_its_raw_row(read: ReadMapped) -> None:
    rows = [CSV, "1,a,gold,CHL,,,,", "2,b,gold,CHL,,,x,"]
    table = DEPOSIT + "  estimates: [{category: {const: endowment}, ore: {column: v, unit: t}}]\n"
    for reading in read(table, rows):
        assert (reading.records, rules(reading), reading.refused) == ((), ["other-mineral"], False)
    assert orjson.loads(read(table, rows)[0].rows[0].raw)["name"] == "a"
    (everything, refused) = read(table + "  everything: true\n", rows)
    assert everything.records
    assert refused.refused


def test_a_row_comes_raw_with_its_key_and_its_place(read: ReadMapped) -> None:
    (reading,) = read(DEPOSIT, [CSV, '1, a ,copper,CHL,,,"x ""y""",z'])
    (row,) = reading.rows
    assert row.locator == "table.csv, row 2"
    assert orjson.loads(row.raw) == dict(zip(CSV.split(","), ["1", " a ", "copper", "CHL", "", "", 'x "y"', "z"], strict=True))


def test_commodities_have_their_ranks_and_stand_once(read: ReadMapped) -> None:
    lines = """
- key: "{id}"
  kind: {const: deposit}
  commodities:
    - {column: metal, split: ";", map: {Blister: copper}}
    - {column: v, split: ";", rank: by-product}
    - {const: gold, rank: co-product}
"""
    (reading,) = read(lines, [CSV, "1,a,Blister; Co;Cu,CHL,,,Ag;Cu;unobtainium,"])
    assert deposit(reading).commodities == (
        Commodity("copper", "main"),
        Commodity("cobalt", "co-product"),
        Commodity("silver", "by-product"),
        Commodity("gold", "co-product"),
    )
    assert [(p.rule, p.value, p.column) for p in reading.problems] == [("unknown-term", "unobtainium", "v")]


def test_an_unknown_word_is_flagged_counted_and_never_guessed(read: ReadMapped) -> None:
    tally = Tally()
    lines = """
  country: country
  division: v
  deposit_model: [w]
  exploration_stage: {const: 详查}
  deposit_form: {const: liquid}
"""
    rows = [CSV, "1,a,copper,Chille,,,Nowhere,porfiry", "2,b,copper,Chile,,,Nowhere,porfiry", "3,c,copper,Chile,,,Atacama,iocg"]
    first, second, third = read(DEPOSIT + lines, rows, tally=tally)
    assert [(p.rule, p.value, p.column) for p in first.problems] == [
        ("unknown-term", "Chille", "country"),
        ("unknown-term", "liquid", None),
    ]
    assert (deposit(first).country, deposit(first).country_reported) == (None, "Chille")
    assert (deposit(second).country, deposit(second).division, deposit(second).division_reported) == ("CHL", None, "Nowhere")
    assert (deposit(third).division, deposit(third).deposit_model, deposit(third).exploration_stage) == (
        "CL-AT",
        "iocg",
        "xiangcha",
    )
    assert deposit(first).deposit_model_reported == "porfiry"
    assert tally.unknown == {
        "country": {"Chille": 1},
        "deposit-form": {"liquid": 3},
        "division": {"Nowhere": 1},
        "deposit-model": {"porfiry": 2},
    }


def test_the_first_known_word_makes_the_deposit_model(read: ReadMapped) -> None:
    lines = "  deposit_model: [{column: v, map: {Cu-Au: porphyry-copper-gold}}, w]\n"
    (reading,) = read(DEPOSIT + lines, [CSV, "1,a,copper,CHL,,,of sorts,Porphyry copper-molybdenum"])
    assert deposit(reading).deposit_model == "porphyry-copper-molybdenum"
    assert deposit(reading).deposit_model_reported == "of sorts; Porphyry copper-molybdenum"

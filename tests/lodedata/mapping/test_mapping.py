"""Mappings: each option of a table, applied to a few rows."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest

from lodedata.mapping import MappingRefused, Reading, Source, Tally
from lodedata.mapping.builder import estimate_category
from lodedata.mapping.tables import find_table_file, read_mapped
from lodedata.read import FileRefused
from lodedata.records import Commodity, Deposit, Discovery, Owner, Project

Mapping = Callable[..., Source]
ReadMapped = Callable[..., list[Reading]]

DEPOSIT = """
- key: "{id}"
  kind: {const: deposit}
  commodities: [metal]
"""
PROJECT = DEPOSIT.replace("deposit", "project")
CSV = "id,name,metal,country,lon,lat,v,w"


def deposit(reading: Reading) -> Deposit:
    (record,) = reading.records
    assert isinstance(record, Deposit)
    return record


def project(reading: Reading) -> Project:
    (record,) = reading.records
    assert isinstance(record, Project)
    return record


def rules(reading: Reading) -> list[str]:
    return [problem.rule for problem in reading.problems]


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


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("Measured", "measured-mineral-resource"),
        ("M+I", "measured-and-indicated-mineral-resource"),
        ("推断资源量", "inferred-mineral-resource"),
        ("证实储量", "proved-ore-reserves"),
        ("endowment", "endowment"),
        ("potential", None),
        ("潜在矿产资源", None),
    ],
)
def test_a_class_is_recognised_by_its_terms_only(word: str, code: str | None) -> None:
    """GB/T 17766-2020 lets no 潜在矿产资源 be published as a resource."""
    assert estimate_category(word) == code


def test_an_estimate_has_all_that_was_said_of_it(read: ReadMapped) -> None:
    lines = """
  estimates:
    - category: v
      code: {const: JORC 2012}
      date: {const: 2023-06}
      ore: {const: 10, unit: Mt}
      cut_off: {const: 0.3 % Cu}
      includes_reserves: true
      competent_person: {const: A. Person}
      zone: w
      covers: {const: "North, South"}
      measures:
        - {commodity: {const: copper}, grade: {const: 0.8, unit: "%"}}
        - {commodity: {const: gold}, grade: {const: 0.5, unit: g/t}}
        - {commodity: {const: silver}, grade: {column: w, unit: g/t, nulls: [North]}}
"""
    (reading,) = read(DEPOSIT + lines, [CSV, "1,a,copper,CHL,,,Measured,North"])
    (estimate,) = deposit(reading).estimates
    assert (estimate.category, estimate.category_reported, estimate.code) == (
        "measured-mineral-resource",
        "Measured",
        "jorc-code",
    )
    assert (str(estimate.on), estimate.cut_off, estimate.includes_reserves) == ("2023-06", "0.3 % Cu", True)
    assert (estimate.competent_person, estimate.zone, estimate.covers) == ("A. Person", "North", "North, South")
    assert [(m.commodity, m.grade.value) for m in estimate.measures if m.grade] == [
        ("copper", 0.8),
        ("gold", pytest.approx(5e-5)),
    ]


def test_an_estimate_without_figures_is_none_and_an_unknown_class_refuses(read: ReadMapped) -> None:
    lines = "  estimates: [{category: v, ore: {column: w, unit: Mt}}]\n"
    rows = [CSV, "1,a,copper,CHL,,,Measured,", "2,b,copper,CHL,,,,5", "3,c,copper,CHL,,,Wished for,5"]
    none, unsaid, unknown = read(DEPOSIT + lines, rows)
    assert (deposit(none).estimates, [e.category for e in deposit(unsaid).estimates]) == ((), ["endowment"])
    assert [(p.rule, p.value, p.column) for p in unknown.problems] == [("unknown-category", "Wished for", "v")]


def test_an_estimate_with_two_figures_of_one_commodity_refuses(read: ReadMapped) -> None:
    lines = """
  estimates:
    - category: v
      measures:
        - {commodity: metal, grade: {const: 0.8, unit: "%"}}
        - {commodity: {const: copper}, contained: {const: 5, unit: kt, basis: metal}}
"""
    twice, once = read(DEPOSIT + lines, [CSV, "1,a,copper,CHL,,,Measured,", "2,b,gold,CHL,,,Measured,"])
    assert rules(twice) == ["measure-twice"]
    assert "two figures of Copper" in twice.problems[0].sentence()
    assert "两个铜数据" in twice.problems[0].sentence("zh")
    assert not once.refused


PHASE = """
  information_date: w
  phases:
    - name: {const: Line 1}
      phase_type: {const: expansion}
      product: {template: "{metal} cathode", map: {copper cathode: refined-copper}}
      capacity: {column: v, unit: kt/a}
      status:
        column: name
        date: {column: country, nulls: [CHL]}
        inferred: [Assumed Active]
        map: {Assumed Active: operating}
      start: {const: 2001-05}
      technology: {const: SX-EW}
      note: {const: as told}
"""


def test_a_phase_has_product_capacity_and_status(read: ReadMapped) -> None:
    (reading,) = read(PROJECT + PHASE, [CSV, "1,Assumed Active,copper,CHL,,,120,2019"])
    (phase,) = project(reading).phases
    assert (phase.name, phase.phase_type, phase.product, phase.product_reported) == (
        "Line 1",
        "expansion",
        "refined-copper",
        "copper cathode",
    )
    assert phase.capacity is not None and phase.status is not None
    assert phase.capacity.value == 120_000
    assert (phase.status.code, phase.status.reported, phase.status.inferred) == ("operating", "Assumed Active", True)
    assert (str(phase.start), phase.end, phase.technology, phase.note) == ("2001-05", None, "SX-EW", "as told")


@pytest.mark.parametrize(("own", "row", "when"), [("2021-03", "2019", "2021-03"), ("CHL", "2019", "2019"), ("CHL", "", None)])
def test_status_has_the_date_of_its_column_or_row_and_none_of_the_source(
    read: ReadMapped, own: str, row: str, when: str | None
) -> None:
    (reading,) = read(PROJECT + PHASE, [CSV, f"1,在产,copper,{own},,,120,{row}"])
    status = project(reading).phases[0].status
    assert status is not None
    assert (None if status.on is None else str(status.on), status.inferred) == (when, False)
    assert rules(reading) == []


def test_a_phase_of_which_nothing_is_said_is_none(read: ReadMapped) -> None:
    (reading,) = read(PROJECT + "  phases: [{product: v, capacity: {column: w, unit: t/a}}]\n", [CSV, "1,a,copper,CHL,,,,"])
    assert project(reading).phases == ()


def test_owners_have_shares_and_roles(read: ReadMapped) -> None:
    lines = r"""
  owners:
    - {name: name, role: operator}
    - {name: {column: v, pattern: '(?P<name>.+?) \[(?P<share>[\d.]+)%\]'}}
    - {name: country, share: w}
"""
    (reading,) = read(PROJECT + lines, [CSV, "1,Alpha,copper,Gamma,,,Beta [57.5%],42.5"])
    assert [replace(owner, on=None, date_basis=None) for owner in project(reading).owners] == [
        Owner("Alpha", role="operator"),
        Owner("Beta", share_pct=57.5),
        Owner("Gamma", share_pct=42.5),
    ]
    (plain,) = read(PROJECT + lines, [CSV, "1,,copper,,,,Beta alone,"])
    assert [owner.name_en for owner in project(plain).owners] == ["Beta alone"]


def test_owners_of_a_row_without_a_date_have_that_of_the_source(read: ReadMapped) -> None:
    (reading,) = read(PROJECT + "  owners: [{name: v}]\n", [CSV, "1,a,copper,CHL,,,Beta,"])
    (owner,) = project(reading).owners
    assert (str(owner.on), owner.date_basis) == ("2024", "in-or-before")


def test_an_owner_in_brackets_has_its_own_share(read: ReadMapped) -> None:
    text = "Highland Valley Copper (Teck Cominco Limited: 63.9%, others: 2.5%)"
    (reading,) = read(PROJECT + "  owners: [{name: v, role: operator}]\n", [CSV, f'1,a,copper,CHL,,,"{text}",'])
    first, second = project(reading).owners
    assert (first.name_en, first.role, first.share_pct) == ("Highland Valley Copper", "operator", None)
    assert (second.name_en, second.role, second.share_pct) == ("Teck Cominco Limited", "owner", 63.9)
    assert first.name_reported == second.name_reported == text


@pytest.mark.parametrize("text", ["No Other Known Name", "Unknown", "n/a", "Undisclosed", "various", "Sin información", "不详"])
def test_a_text_that_names_nobody_is_no_owner(read: ReadMapped, text: str) -> None:
    (reading,) = read(PROJECT + "  owners: [{name: v}]\n", [CSV, f"1,a,copper,CHL,,,{text},"])
    assert project(reading).owners == ()


@pytest.mark.parametrize(
    ("v", "w", "rule"),
    [("Beta [157%]", "", "share-over-100"), ("Beta [1.2.3%]", "", "not-a-number"), ("", "-1", "share-over-100")],
)
def test_a_share_that_can_not_be_is_refused(read: ReadMapped, v: str, w: str, rule: str) -> None:
    lines = r"  owners: [{name: {column: v, pattern: '(?P<name>.+?) \[(?P<share>[\d.]+)%\]'}}, {name: name, share: w}]" + "\n"
    (reading,) = read(PROJECT + lines, [CSV, f"1,A,copper,CHL,,,{v},{w}"])
    assert rules(reading) == [rule]


def test_facility_types_are_listed(read: ReadMapped) -> None:
    lines = "  facility_types: {column: v, split: ';', map: {M: mine}}\n"
    (reading,) = read(PROJECT + lines, [CSV, "1,a,copper,CHL,,,M; Copper smelter;M;Bakery,"])
    assert project(reading).facility_types == ("mine", "copper-smelter")
    assert project(reading).facility_reported == "M; Copper smelter;M;Bakery"
    assert rules(reading) == ["unknown-term"]


def test_a_discovery_has_its_event(read: ReadMapped) -> None:
    table = DEPOSIT.replace("deposit", "discovery") + (
        "  discovery_date: v\n  announced_by: w\n  activity_type: {const: core-drilling}\n"
        "  result: {const: mineral-occurrences}\n  exploration_stage: {const: 普查}\n"
    )
    (reading,) = read(table, [CSV, "1,a,copper,CHL,,,2019-05,Someone"])
    (record,) = reading.records
    assert isinstance(record, Discovery)
    assert (str(record.discovery_date), record.announced_by) == ("2019-05", "Someone")
    assert (record.activity_type, record.result) == ("core-drilling", "mineral-occurrences")


def test_a_deposit_has_its_year_and_its_mines_status(read: ReadMapped) -> None:
    lines = "  discovery_year: v\n  mine_status: {column: w, map: {Producer: operating}, unmapped: ignore}\n  note_zh: name\n"
    first, second = read(DEPOSIT + lines, [CSV, "1,备,copper,CHL,,,1985-06,Producer", "2,b,copper,CHL,,,,Prospect"])
    assert (deposit(first).discovery_year, deposit(first).note_zh) == (1985, "备")
    status = deposit(first).mine_status
    assert status is not None
    assert (status.code, status.on) == ("operating", None)
    assert (deposit(second).discovery_year, deposit(second).mine_status, second.problems) == (None, None, ())


def test_a_table_is_found_in_its_folder_by_its_pattern(tmp_path: Path, mapping: Mapping) -> None:
    source = mapping(DEPOSIT + "  file: 'mine*.csv'\n")
    folder = tmp_path / "data"
    folder.mkdir()
    with pytest.raises(FileRefused, match=r"one file named 'mine\*.csv' is expected, there is none"):
        list(read_mapped(source, folder, Tally()))
    (folder / "mines.csv").write_text("id,metal\n1,copper\n")
    assert find_table_file(source.tables[0], folder) == folder / "mines.csv"
    assert len(list(read_mapped(source, folder, Tally()))) == 1
    (folder / "mines2.csv").write_text("id,metal\n1,copper\n")
    with pytest.raises(FileRefused, match="there are 2: mines.csv, mines2.csv"):
        list(read_mapped(source, folder, Tally()))
    assert find_table_file(source.tables[0], tmp_path / "any.csv") == tmp_path / "any.csv"


def test_one_of_several_sheets_must_be_named(tmp_path: Path, read: ReadMapped) -> None:
    book = openpyxl.Workbook()
    for title in ("Ore", "Metal"):
        sheet = book.create_sheet(title)
        sheet.append(["id", "metal"])
        sheet.append([1, "copper"])
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(FileRefused, match=r"t.xlsx: holds 2 tables \('Ore', 'Metal'\); name one as `part`"):
        read(DEPOSIT, tmp_path / "t.xlsx")
    (reading,) = read(DEPOSIT + "  part: Metal\n", tmp_path / "t.xlsx")
    assert reading.rows[0].locator == "t.xlsx, Metal, row 2"


def test_columns_that_no_field_reads_and_nobody_ignored_are_counted(read: ReadMapped) -> None:
    tally = Tally()
    lines = "  name_en: {template: '{name} of {v}'}\n  ignored: {w: on purpose}\n  position: {lon: lon, lat: lat}\n"
    read(DEPOSIT + lines, [CSV + ",x", "1,a,copper,CHL,,,b,,y"], tally=tally)
    assert tally.unmapped_columns == {"table.csv": ["country", "x"]}


def test_rows_records_and_filled_fields_are_counted(read: ReadMapped) -> None:
    tally = Tally()
    lines = "  name_en: name\n  country: country\n  fill: {name_en: 0.5, country: 0.5}\n"
    rows = [CSV, "1,a,copper,CHL,,,,", "2,,copper,CHL,,,,", "3,c,gold,CHL,,,,", "4,d,copper,,,,,", "5,e"]
    read(DEPOSIT + lines, rows, tally=tally)
    assert tally.rows == {"table.csv": 5}
    assert tally.built == {"table.csv": 3}
    assert tally.filled == {"table.csv": {"name_en": 2, "country": 2}}


def test_at_most_a_thousand_unknown_terms_are_stored() -> None:
    tally = Tally()
    for number in range(3000):
        tally.miss("commodity", str(number % 1500))
    assert len(tally.unknown["commodity"]) == 1000
    assert tally.unknown["commodity"]["0"] == 2


def test_a_name_that_is_a_description_is_refused(read: Callable[..., list[Reading]]) -> None:
    mapping = "- key: '{id}'\n  kind: {const: deposit}\n  name_en: name\n  commodities: [{const: copper}]\n"
    short, long = read(mapping, ["id,name", f"1,{'x' * 1_000}", f"2,{'x' * 1_001}"])
    assert not short.refused and long.refused
    assert "a name has 1,001 characters" in long.problems[0].sentence()
    assert "1,001" in long.problems[0].sentence("zh")

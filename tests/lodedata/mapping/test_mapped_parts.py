"""What a mapping makes of classes, estimates, phases, owners and whole tables."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from tests.lodedata.mapping.mapped import CSV, DEPOSIT, Mapping, ReadMapped, deposit, rules

from lodedata.mapping import Reading, Tally
from lodedata.mapping.builder import estimate_category
from lodedata.mapping.tables import find_table_file, read_mapped
from lodedata.read import FileRefused
from lodedata.records import Discovery, Owner, Project

PROJECT = DEPOSIT.replace("deposit", "project")


def project(reading: Reading) -> Project:
    (record,) = reading.records
    assert isinstance(record, Project)
    return record


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

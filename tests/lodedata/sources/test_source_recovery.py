"""The workbook of mine production: synthetic rows in the published form, and the real file where it is here."""

from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.column_counts import counts

from lodedata.mapping import Reading, Tally
from lodedata.sources import load_source, readers

NAME = "fineprint-mine-production"
GENERAL = ("mine_fac", "mine_other_names", "country", "latitude", "longitude")
ORE = ("mine_fac", "sub_site", "type_mineral", "min_ore_con", "year", "unit", "value", "production_share")
RATES = (
    *("mine_fac", "sub_site", "min_ore_con", "commodity", "type_mining", "year", "unit", "value", "grade_or_yield_unit"),
    *("grade", "recovery_rate", "yield", "mine_processing", "amount_sold", "metal_payable", "production_share", "source"),
    *("source_url", "comment", "no_estimation", "reporting_period"),
)
RATE = {
    "mine_fac": "Alpha",
    "min_ore_con": "Copper ore",
    "commodity": "Copper ",
    "type_mining": "Open pit",
    "year": 2018,
    "unit": "Kt",
    "value": 8.5,
    "grade_or_yield_unit": "%",
    "grade": 1.0,
    "recovery_rate": 0.85,
    "source": "Report 2018",
}
TREATED = {
    "mine_fac": "Alpha",
    "type_mineral": "Ore processed",
    "min_ore_con": "Copper ore",
    "year": 2018,
    "unit": "Mt",
    "value": 1,
}


def read(path: Path, tally: Tally | None = None) -> list[Reading]:
    return list(readers.get_source_reader(NAME)(load_source(NAME), path, Tally() if tally is None else tally))


def workbook(folder: Path, rates: list[dict[str, Any]], treated: list[dict[str, Any]]) -> list[dict[str, Any]]:
    book = openpyxl.Workbook()
    mine = {
        "mine_fac": "Alpha",
        "mine_other_names": "Alfa, Alpha Norte",
        "country": "Chile",
        "latitude": -24.2,
        "longitude": -69.1,
    }
    sheets = {"general": (GENERAL, [mine]), "minerals_ores_conce": (ORE, treated), "commodities": (RATES, rates)}
    for name, (columns, rows) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(columns)
        for row in rows:
            sheet.append([row.get(column) for column in columns])
    book.remove(book["Sheet"])
    book.save(folder / "detailed_data_mining.xlsx")
    readings = read(folder)
    assert not [reading for reading in readings if reading.refused]
    return [dict(reading.records[0].values) | {"flags": [p.rule for p in reading.problems]} for reading in readings]  # type: ignore[union-attr]


def test_a_rate_has_its_mine_and_the_quantities_behind_it(tmp_path: Path) -> None:
    (found,) = workbook(tmp_path, [RATE, {**RATE, "commodity": "Gold"}, {**RATE, "recovery_rate": None}], [TREATED])
    wanted = {
        "name_en": "Alpha",
        "aliases": ("Alfa", "Alpha Norte"),
        "country": "CHL",
        "longitude": -69.1,
        "latitude": -24.2,
        "recovery_stage": "processing",
        "recovery_basis": "actual",
        "year": 2018,
        "commodity": "copper",
        "mining_method": "open-pit",
        "rate_reported_pct": 85.0,
        "head_grade_pct": 1.0,
        "ore_treated_t": 1e6,
        "metal_recovered_t": 8500.0,
        "rate_computed_pct": 85.0,
        "reference": "Report 2018",
        "flags": [],
    }
    assert {name: found[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("change", "ore", "wanted"),
    [
        ({"recovery_rate": 0.7}, [TREATED], {"rate_computed_pct": 85.0, "flags": ["rate-differs"]}),
        # figures of two rows, or of another share of production, are not those of the rate
        ({}, [TREATED, {**TREATED, "value": 2}], {"ore_treated_t": None}),
        ({"production_share": 0.5}, [TREATED], {"ore_treated_t": None}),
        ({}, [{**TREATED, "unit": "barrels"}], {"ore_treated_t": None}),
        ({"grade_or_yield_unit": "g/t"}, [TREATED], {"head_grade_pct": None}),
        ({"commodity": "Copper cathodes"}, [TREATED], {"recovery_stage": "leaching", "commodity": "copper"}),
        ({"mine_processing": "Heap leaching"}, [TREATED], {"recovery_stage": "leaching"}),
    ],
)
def test_quantities_of_something_else_are_not_used(
    tmp_path: Path, change: dict[str, Any], ore: list[dict[str, Any]], wanted: dict[str, Any]
) -> None:
    (found,) = workbook(tmp_path, [{**RATE, **change}], ore)
    assert {name: found.get(name) for name in wanted} == wanted


def test_the_cells_of_three_sheets_are_accounted_for(tmp_path: Path) -> None:
    other_unit = {**RATE, "year": 2019, "unit": "bushels", "grade_or_yield_unit": "kg/t"}
    workbook(tmp_path, [RATE, other_unit, {**RATE, "commodity": "Gold"}], [TREATED, {**TREATED, "mine_fac": "Beta"}])
    tally = Tally()
    read(tmp_path, tally)
    assert counts(tally, "general", "latitude") == (1, 1, {})
    assert counts(tally, "minerals_ores_conce", "value") == (2, 1, {"row-out-of-scope": 1})
    assert counts(tally, "commodities", "recovery_rate") == (3, 2, {"row-out-of-scope": 1})
    assert counts(tally, "commodities", "value") == (3, 1, {"row-out-of-scope": 1, "unknown-term": 1})
    assert counts(tally, "commodities", "grade") == (3, 1, {"row-out-of-scope": 1, "unknown-term": 1})


def test_a_rate_that_is_no_number_is_refused_with_its_reason(tmp_path: Path) -> None:
    workbook(tmp_path, [RATE], [])
    book = openpyxl.load_workbook(tmp_path / "detailed_data_mining.xlsx")
    book["commodities"].cell(2, RATES.index("recovery_rate") + 1).value = "high"
    book.save(tmp_path / "detailed_data_mining.xlsx")
    (reading,) = read(tmp_path)
    assert reading.refused and [problem.rule for problem in reading.problems] == ["not-a-number"]


def test_the_real_file_of_recovery_rates_is_read(real_data: Path) -> None:
    tally = Tally()
    readings = read(real_data / NAME, tally)
    assert counts(tally, "general", "latitude") == (1175, 51, {"row-out-of-scope": 1124})
    assert counts(tally, "commodities", "value") == (7487, 440, {"row-out-of-scope": 7035, "unknown-term": 12})
    assert len(readings) == 556 and not [reading for reading in readings if reading.refused]
    values = [dict(reading.records[0].values) for reading in readings]  # type: ignore[union-attr]
    assert Counter(value["commodity"] for value in values) == {"copper": 480, "nickel": 55, "tin": 16, "cobalt": 5}
    assert len({value["name_en"] for value in values}) == 55
    assert sum("rate_computed_pct" in value for value in values) == 321

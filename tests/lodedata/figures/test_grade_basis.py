"""What grades are of, as a table states it: the metal, an oxide, nothing; and concentrate that is no ore."""

from pathlib import Path

import pytest
import yaml

from lodedata.figures.amounts import compute_estimate_amounts
from lodedata.figures.by_products import compute_contained_metal_t
from lodedata.figures.leading_figures import estimate_figures
from lodedata.figures.size import classify_size
from lodedata.mapping import Source, Tally
from lodedata.mapping.tables import read_mapped
from lodedata.records import Deposit

MAPPING = """
name: own-table
title_en: Own table
title_zh: 自有表
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: deposit}
    name_en: id
    country: {const: Australia}
    commodities: [metal]
    estimates:
      - category: {const: endowment}
        ore: {column: ore, unit: Mt}
        measures:
          - commodity: metal
            grade: {column: grade, unit: "%", basis_column: basis}
            contained: {column: contained, unit: kt, basis_column: basis}
"""


def read_deposit(folder: Path, metal: str, ore: str, grade: str, basis: str = "", contained: str = "") -> Deposit:
    path = folder / "own.csv"
    path.write_text(f"id,metal,ore,grade,basis,contained\n1,{metal},{ore},{grade},{basis},{contained}\n", "utf-8")
    (reading,) = read_mapped(Source.model_validate(yaml.safe_load(MAPPING)), path, Tally())
    (record,) = reading.records
    assert isinstance(record, Deposit)
    return record


@pytest.mark.parametrize(("basis", "expected"), [("Li2O", "Li2O"), ("LCE", "LCE"), ("metal", "metal"), ("", "not-stated")])
def test_leading_grade_of_lithium_says_what_it_is_of(tmp_path: Path, basis: str, expected: str) -> None:
    deposit = read_deposit(tmp_path, "lithium", "400", "1.65", basis)
    figures = estimate_figures(compute_estimate_amounts(deposit.estimates, "d1"), "lithium")
    assert (figures["figure_grade_pct"], figures["figure_grade_basis"]) == (1.65, expected)


def test_lithium_without_a_basis_yields_no_metal(tmp_path: Path) -> None:
    deposit = read_deposit(tmp_path, "lithium", "400", "1.65", contained="6600")
    (measure,) = deposit.estimates[0].measures
    assert measure.contained is not None and (measure.contained.reported, measure.contained.value) == (6600, None)
    assert compute_contained_metal_t("lithium", 400e6, 1.65, "not-stated") is None
    assert classify_size(["lithium"], "mineral", compute_estimate_amounts(deposit.estimates, "d1")) is None
    stated = read_deposit(tmp_path, "lithium", "400", "1.65", "Li2O", "6600").estimates[0].measures[0].contained
    assert stated is not None and stated.value == pytest.approx(6.6e6 / 2.153, rel=1e-3)


def test_other_metals_without_a_basis_are_metal(tmp_path: Path) -> None:
    deposit = read_deposit(tmp_path, "copper", "400", "1.65")
    figures = estimate_figures(compute_estimate_amounts(deposit.estimates, "d1"), "copper")
    assert figures["figure_grade_basis"] == "metal"


def test_tin_of_a_concentrate_is_no_grade_of_ore(tmp_path: Path) -> None:
    estimate = read_deposit(tmp_path, "tin", "0.001", "71").estimates[0]
    (measure,) = estimate.measures
    assert estimate.ore is None and measure.grade is None and measure.contained is not None
    assert (measure.contained.reported, measure.contained.basis) == (0.001, "concentrate of 71 % Sn")
    assert measure.contained.value == pytest.approx(710)


def test_tin_of_rich_ore_stays_a_grade(tmp_path: Path) -> None:
    estimate = read_deposit(tmp_path, "tin", "5", "4.5").estimates[0]
    assert estimate.ore is not None and estimate.measures[0].grade is not None

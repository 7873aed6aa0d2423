"""Reports with machine-read inventories: each row enters a statement, repeats one, or is refused with its reason."""

from pathlib import Path

import pytest
from tests.inventory_rows import entry, report, term, write

from lodedata import sources
from lodedata.mapping import Reading, Tally
from lodedata.problems import RULES
from lodedata.read import FileRefused
from lodedata.records import Deposit, PartialDate
from lodedata.sources import readers

SOURCE = "ni43101-reports-minmod"


def read(path: Path) -> list[Reading]:
    return list(readers.get_source_reader(SOURCE)(sources.load_source(SOURCE), path, Tally()))


def test_every_row_of_several_batches_is_accounted_for(tmp_path: Path) -> None:
    rows = [entry(), entry(page=80), entry(category="")]
    write(tmp_path / "mining_report.jsonl.gz", [report("a", "Alpha Project", rows)])
    write(tmp_path / "mining_report_2.jsonl", [report("b", "Beta Project", [entry(ore=3.0)])])
    found = read(tmp_path)
    assert [row.key for one in found for row in one.rows] == ["a", "a:0", "a:1", "a:2", "b", "b:0"]
    (refused,) = [one for one in found if one.refused]
    assert refused.problems[0].rule == "estimate-without-class"
    assert all(RULES[problem.rule].weight == "refuse" for one in found for problem in one.problems)


def test_statement_has_report_page_dates_figures_and_metal(tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl", [report("a", "Alpha Project", [entry(), entry(page=80)])])
    values = read(path)[1].records[0].values  # type: ignore[union-attr]
    assert values["report"] == "NI 43-101 Technical Report for the Alpha Project in Canada dated June 2010"
    assert (values["document"], values["page"], values["also_on"]) == ("https://example.org/a.pdf", 20, ("80",))
    assert (str(values["report_date"]), str(values["effective_date"])) == ("2010-06", "2010-05")
    assert (values["deposit_source"], values["deposit"], values["code"]) == (SOURCE, "a", "ni-43-101")
    assert (values["ore_t"], values["grade_pct"], values["metal_t"]) == (12.5e6, 0.8, pytest.approx(100_000))
    assert values["metal_derived"] and values["extracted_by_machine"] and values["confidence"] == 0.9
    assert "competent_person_statement" not in values


def test_metal_of_lithium_follows_the_oxide_and_is_not_derived_without_one(tmp_path: Path) -> None:
    rows = [entry(commodity="lithium", form="Li2O", grade=1.5), entry(commodity="lithium", grade=1.4, category="inferred")]
    first, second = (one.records[0].values for one in read(write(tmp_path / "r.jsonl", [report("a", "A", rows)]))[1:])  # type: ignore[union-attr]
    assert first["grade_basis"] == "Li2O" and first["metal_t"] == pytest.approx(12.5e6 * 0.015 / 2.153, rel=1e-3)
    assert "metal_t" not in second


def test_deposit_is_the_property_at_the_centre_of_its_points_and_has_no_estimates(tmp_path: Path) -> None:
    (deposit,) = read(write(tmp_path / "r.jsonl", [report("a", "Alpha Project", [entry()])]))[0].records
    assert isinstance(deposit, Deposit) and deposit.position is not None
    assert (round(deposit.position.lon, 6), round(deposit.position.lat, 6)) == (-80.6, 48.6)
    # the points are 13 km from it, which is nearer than a reading of a machine is accurate
    assert deposit.position.accuracy_m == 40_000
    assert (deposit.country, deposit.commodities[0].code, deposit.estimates) == ("CAN", "nickel", ())
    assert isinstance(deposit.information_date, PartialDate) and str(deposit.information_date) == "2010-05"


@pytest.mark.parametrize(
    ("reported", "name"),
    [
        ("Ollague Lithium Property Technical Report", "Ollague Lithium Property"),
        ("RIVER VALLEY MINERAL RESOURCE UPDATE", "RIVER VALLEY"),
        ("Minago Preliminary Economic Assessment", "Minago"),
        ("Updated Bucko Lake Nickel Project", "Bucko Lake Nickel Project"),
        ("Alpha Project", "Alpha Project"),
        ("Mineral Resource", "Mineral Resource"),
    ],
)
def test_name_of_a_property_is_without_the_title_of_its_report(tmp_path: Path, reported: str, name: str) -> None:
    (deposit,) = read(write(tmp_path / "r.jsonl", [report("a", reported, [entry()])]))[0].records
    assert isinstance(deposit, Deposit)
    assert (deposit.name_en, deposit.aliases) == (name, () if name == reported else (reported,))


def test_country_of_several_is_not_known_and_a_damaged_point_is_reported(tmp_path: Path) -> None:
    info = {"country": [term("Namibia"), term("South Africa")], "location": "POINT(1"}
    reading = read(write(tmp_path / "r.jsonl", [report("a", "A", [entry()], location_info=info)]))[0]
    assert reading.records[0].country is None
    assert [problem.rule for problem in reading.problems] == ["point-unreadable"]
    assert "the record has no position: POINT(1" in reading.problems[0].sentence()


@pytest.mark.parametrize("text", ["[1, 2]", '{"name": "no key"}', "{not json"])
def test_line_that_is_no_report_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(text + "\n", "utf-8")
    with pytest.raises(FileRefused, match="one report as one JSON object a line"):
        read(path)


def test_folder_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="jsonl"):
        read(tmp_path)

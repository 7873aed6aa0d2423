"""World resources of copper, nickel and tin: synthetic rows in the published form; test_sources reads the real files."""

import csv
from pathlib import Path
from typing import Any

import pytest

from lodedata.mapping import Reading, Tally
from lodedata.records import Deposit
from lodedata.sources import load_source, readers

NAME = "minmod-world-resources"
COPPER, NICKEL, TIN = "mudd_jowitt_copper.csv", "mudd_jowitt_nickel.csv", "world_tin_tungsten_deposit.csv"
COLUMNS = (
    *("source", "record_id", "name", "country", "state", "location_wkt", "deposit_type", "commodity", "commodity_as_written"),
    *("resource_category", "grade", "grade_unit", "ore", "ore_unit", "cutoff_grade", "date"),
)
OF_COPPER = {
    "record_id": "hill",
    "name": "Hill",
    "country": "Congo-DRC",
    "deposit_type": "Magmatic Sulphide;Archean Komatiite",
    "resource_category": "Indicated+Inferred+Measured",
    "ore": "2.5",
    "ore_unit": "Mt",
}
OF_TIN = {
    "record_id": "7",
    "name": "Vale; Alto Vale",
    "country": "Portugal",
    "location_wkt": "POINT(-8.1 40.16667)",
    "date": "1995.0",
}


def read(folder: Path, name: str, *rows: dict[str, str]) -> list[Reading]:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return list(readers.get_source_reader(NAME)(load_source(NAME), path, Tally()))


def deposit(readings: list[Reading]) -> Deposit:
    ((found,),) = (reading.records for reading in readings)
    assert isinstance(found, Deposit)
    return found


def figures(found: Deposit) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Return ore in tonnes, grade in per cent, its basis and contained metal by class and metal."""
    return {
        (estimate.category, m.commodity): (
            estimate.ore and estimate.ore.value,
            m.grade and round(m.grade.value or -1, 9),
            m.grade and m.grade.basis,
            m.contained and m.contained.value,
        )
        for estimate in found.estimates
        for m in estimate.measures
    }


def test_metals_of_one_class_are_one_estimate_and_classes_stay_apart(tmp_path: Path) -> None:
    rows = [
        {**OF_COPPER, "commodity_as_written": "% Cu", "grade": "1.2"},
        {**OF_COPPER, "commodity_as_written": "% Co", "grade": "0.3"},
        {**OF_COPPER, "commodity_as_written": "g/t In", "grade": "50"},
        {**OF_COPPER, "commodity_as_written": "% U3O8", "grade": "0.01"},
        {**OF_COPPER, "commodity_as_written": "% Fe", "grade": "9"},
        {**OF_COPPER, "resource_category": "Probable+Proven", "ore": "1", "commodity_as_written": "% Cu", "grade": "1.1"},
    ]
    found = deposit(read(tmp_path, COPPER, *rows))
    resource, reserve = "measured-indicated-inferred-mineral-resource", "proved-and-probable-ore-reserves"
    assert figures(found) == {
        (resource, "copper"): (2.5e6, 1.2, "metal", None),
        (resource, "cobalt"): (2.5e6, 0.3, "metal", None),
        (resource, "indium"): (2.5e6, 0.005, "metal", None),
        (resource, "uranium"): (2.5e6, 0.01, "U3O8", None),
        (resource, "iron"): (2.5e6, 9, "metal", None),
        (reserve, "copper"): (1e6, 1.1, "metal", None),
    }
    assert [estimate.category for estimate in found.estimates] == [resource, reserve]
    assert (found.country, found.deposit_model, found.position) == ("COD", "komatiite", None)
    # iron is a part of the ore and no product
    assert [commodity.code for commodity in found.commodities] == ["copper", "cobalt", "indium", "uranium"]


def test_nickel_has_five_classes_and_zones_of_its_own(tmp_path: Path) -> None:
    row = {**OF_COPPER, "country": "PNG", "deposit_type": "Laterite;Oxide", "location_wkt": "POINT(147.5 -7.5)"}
    rows = [
        {**row, "resource_category": category, "ore": ore, "commodity_as_written": metal, "grade": grade}
        for category, ore in (("Measured", "1"), ("Inferred", "2"), ("Inferred", "3"))
        for metal, grade in (("%Ni", "1.1"), ("%Co", "0.1"), ("%SiO2", "30"))
    ]
    found = deposit(read(tmp_path, NICKEL, *rows))
    ores = [(estimate.category, estimate.ore and estimate.ore.value, len(estimate.measures)) for estimate in found.estimates]
    inferred = "inferred-mineral-resource"
    assert ores == [("measured-mineral-resource", 1e6, 3), (inferred, 2e6, 3), (inferred, 3e6, 3)]
    assert found.position is not None and (found.position.lon, found.position.lat) == (147.5, -7.5)
    assert (found.country, found.deposit_model) == ("PNG", "laterite-nickel")


def test_tin_of_a_hundred_per_cent_is_a_mass_of_metal(tmp_path: Path) -> None:
    ore, metal = {"ore": "2", "ore_unit": "million metric tons"}, {"ore": "150", "ore_unit": "metric tons"}
    rows = [
        {**OF_TIN, **metal, "commodity": "Tin", "commodity_as_written": "Sn", "grade": "100.0", "grade_unit": "percent"}
        | {"date": "1990.0"},
        {**OF_TIN, **ore, "commodity": "Tungsten", "commodity_as_written": "WO3", "grade": "0.5", "grade_unit": "percent"},
        {**OF_TIN, **metal, "commodity": "Tungsten", "commodity_as_written": "WO3", "grade": "100.0", "grade_unit": "percent"}
        | {"date": "1999.0"},
    ]
    found = deposit(read(tmp_path, TIN, *rows))
    assert [(estimate.ore and estimate.ore.value, estimate.on and estimate.on.first.year) for estimate in found.estimates] == [
        (None, 1990),
        (2e6, 1995),
        (None, 1999),
    ]
    tin, of_ore, of_metal = (estimate.measures[0] for estimate in found.estimates)
    assert tin.grade is None and tin.contained is not None and tin.contained.value == 150
    assert of_ore.contained is None and of_ore.grade is not None and of_ore.grade.basis == "WO3"
    # 183.84 / 231.84 of tungsten trioxide is tungsten
    assert of_metal.contained is not None and of_metal.contained.value == pytest.approx(150 * 0.793, rel=1e-3)
    assert (found.name_en, found.aliases, found.country) == ("Vale", ("Alto Vale",), "PRT")


def test_a_deposit_with_latitude_for_longitude_is_loaded_without_a_position(tmp_path: Path) -> None:
    row = {**OF_TIN, "location_wkt": "POINT(23.63453 96.16317)", "commodity": "Tin", "commodity_as_written": "Sn"}
    (reading,) = read(tmp_path, TIN, {**row, "ore": "2", "ore_unit": "metric tons", "grade": "1", "grade_unit": "percent"})
    (record,) = reading.records
    assert isinstance(record, Deposit) and record.position is None and record.unread_position is not None
    assert record.unread_position.original == "23.63453, 96.16317"
    (problem,) = (problem for problem in reading.problems if problem.rule == "swapped-off-globe")
    assert problem.suggestion == (96.16317, 23.63453)
    assert "look swapped" in problem.sentence("en") and "96.16317" in problem.sentence("zh")


def test_a_mass_of_metal_in_millions_of_tonnes_is_not_taken(tmp_path: Path) -> None:
    row = {**OF_TIN, "commodity": "Tin", "commodity_as_written": "Sn", "grade": "100.0", "grade_unit": "percent", "date": ""}
    of_metal = deposit(read(tmp_path, TIN, {**row, "ore": "500000.0", "ore_unit": "metric tons"}))
    assert figures(of_metal) == {("endowment", "tin"): (None, None, None, 500_000)}
    # 5 million t of tin are more than the reserves of the world, 4.2 million t (USGS Mineral Commodity Summaries 2025)
    too_much = deposit(read(tmp_path, TIN, {**row, "ore": "5.0", "ore_unit": "million metric tons"}))
    assert all(figure == (None, None, None, None) for figure in figures(too_much).values())
    assert [commodity.code for commodity in too_much.commodities] == ["tin"]

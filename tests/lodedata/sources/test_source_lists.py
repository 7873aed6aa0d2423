"""Sources of condition lists: the lists that ship, and the register of India."""

from collections import Counter
from pathlib import Path

import pytest
from tests.column_counts import counts

from lodedata import sources
from lodedata.mapping import Reading, Tally
from lodedata.records import GenericRecord
from lodedata.sources import readers

SHIPPED, INDIA = "standard-conditions-lists", "india-cpcb-nonferrous-reprocessors-2011"
UNITS = """row,serial_in_state,name,state_section,state_in_address,metals,capacity_t_per_year,raw_text
1,1,A Metals,Andhra Pradesh,,copper,720,"Copper Scrap Shed No. 23"
2,1,B Zinc,CHANDIGARH,Daman,zinc,1250,"Plot 5, Daman"
3,2,C Oxides,Jammu & Kashmir,Jammu,zinc,10,
"""


def records(readings: list[Reading]) -> list[GenericRecord]:
    """Return the records of readings."""
    return [record for reading in readings for record in reading.records if isinstance(record, GenericRecord)]


def read(name: str, path: Path) -> tuple[list[Reading], Tally]:
    """Return the readings of a source and its tally."""
    tally = Tally()
    return list(readers.get_source_reader(name)(sources.load_source(name), path, tally)), tally


def test_the_lists_that_ship_have_the_batches_and_counts_of_their_announcements() -> None:
    folder = sources.find_shipped_folder(SHIPPED)
    assert folder is not None
    readings, tally = read(SHIPPED, folder)
    assert (tally.rows, tally.unmapped_columns) == ({"condition_lists.csv": 14, "list_batches.csv": 21}, {})
    made = records(readings)
    lists = {record.values["code"] for record in made if record.kind == "condition_list"}
    batches = [record.values for record in made if record.kind == "list_batch"]
    assert {batch["list"] for batch in batches} == lists
    # 156 after the fifth batch (xny365, 2024-01-17)
    assert sum(batch["count_stated"] for batch in batches if batch["list"] == "battery-recycling") == 156
    # no entries are known, so no list may claim to be complete
    assert not any(record.values.get("complete_up_to") for record in made)
    assert not any(record.kind == "list_entry" for record in made)


def test_a_unit_of_india_has_the_state_of_its_address_else_of_its_section(tmp_path: Path) -> None:
    path = tmp_path / "nonferrous_reprocessors.csv"
    path.write_text(UNITS, encoding="utf-8")
    readings, tally = read(INDIA, path)
    assert tally.unmapped_columns == {}
    assert counts(tally, "reprocessors.csv", "state_section") == (3, 1, {"given-elsewhere": 2})
    assert counts(tally, "reprocessors.csv", "capacity_t_per_year") == (3, 3, {})
    kinds = [record.kind for record in records(readings)]
    assert kinds == ["condition_list", "list_batch", *["list_entry", "plant_stream"] * 3]
    units = [record.values for record in records(readings) if record.kind == "list_entry"]
    assert [unit["division"] for unit in units] == ["IN-AP", "IN-DH", "IN-JK"]
    assert {unit["list"] for unit in units} == {"india-nonferrous-reprocessors"}
    taken = [record.values for record in records(readings) if record.kind == "plant_stream"]
    assert [(values["stream"], values["permitted_input_tpa"]) for values in taken] == [
        ("copper-scrap", 720.0),
        ("non-ferrous-waste", 1250.0),
        ("non-ferrous-waste", 10.0),
    ]


def test_every_unit_of_the_real_file_is_read_with_a_state(real_data: Path) -> None:
    folder = real_data / INDIA
    if not folder.is_dir():
        pytest.skip(f"the real file is not here: {folder}")
    readings, tally = read(INDIA, folder)
    assert counts(tally, "reprocessors.csv", "state_in_address") == (211, 211, {})
    assert counts(tally, "reprocessors.csv", "state_section") == (373, 162, {"given-elsewhere": 211})
    units = [record.values for record in records(readings) if record.kind == "list_entry"]
    assert len(units) == 373
    states = Counter(unit["division"] for unit in units)
    assert None not in states
    assert states["IN-GJ"] >= 51

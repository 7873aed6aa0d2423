"""The starter register: real records, each value with its source."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import shapely
import yaml

from lodedata import sources, starter
from lodedata.checks import check, locate
from lodedata.geography.boundaries import Boundaries, BoundaryArea
from lodedata.mapping import Reading, Tally
from lodedata.read import FileRefused
from lodedata.records import Deposit, Discovery, GenericRecord, Project, Zone
from lodedata.sources import readers
from lodedata.sources.lode_starter.reader import CITED_FIELDS
from lodedata.starter.gazetteer import find_register_namesakes
from lodedata.vocab import load_vocabulary

FILES = sorted(starter.get_register_folder().glob("*.yml"))
NOT_USED = {"estimates.measures.commodity", "phases.status_inferred", "sources.position", "sources.note"}
"""Values that say nothing of their own: of a measure or status without a figure or date, and references given twice."""
HAN = re.compile("[\u3400-\u9fff]")


def read(folder: Path, tally: Tally | None = None) -> list[Reading]:
    reader = readers.get_source_reader("lode-starter")
    return list(reader(sources.load_source("lode-starter"), folder, Tally() if tally is None else tally))


@lru_cache(maxsize=1)
def shipped() -> tuple[list[Reading], Tally]:
    tally = Tally()
    return read(starter.get_register_folder(), tally), tally


def readings() -> list[Reading]:
    return shipped()[0]


@lru_cache(maxsize=1)
def files() -> dict[str, Any]:
    return {file.name: yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) for file in FILES}


def entries() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, content in files().items():
        for entry in content["records"]:
            yield name, entry


def records() -> Iterator[Deposit | Discovery | Project]:
    for reading in readings():
        record, *milestones = reading.records
        assert isinstance(record, Deposit | Discovery | Project)
        assert {milestone.kind for milestone in milestones} <= {"milestone", "plant_stream"}
        yield record


def test_there_are_250_records_and_more_of_all_three_kinds() -> None:
    kinds = Counter(type(record) for record in records())
    assert kinds.total() >= 250
    assert min(kinds[Deposit], kinds[Project]) >= 100
    assert kinds[Discovery] >= 40


def test_every_record_has_its_own_key() -> None:
    keys = Counter(entry["key"] for _, entry in entries())
    assert [key for key, count in keys.items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]+", key) for key in keys)


def test_every_record_reads_without_a_problem() -> None:
    assert [(r.rows[0].locator, p.sentence()) for r in readings() for p in r.problems] == []


@pytest.mark.parametrize("name", [file.name for file in FILES])
def test_every_value_names_a_source_that_is_listed(name: str) -> None:
    references = files()[name]["references"]
    for entry in files()[name]["records"]:
        for field in CITED_FIELDS:
            if entry.get(field):
                cited = entry["sources"].get(field) or entry["sources"]["default"]
                assert cited in references, f"{entry['key']}: {field} names {cited}"
        for part in (entry["position"], *entry.get("estimates", []), *entry.get("phases", []), *entry.get("owners", [])):
            assert part["source"] in references, f"{entry['key']}: {part}"
            assert part["at"], f"{entry['key']}: the place in the source is missing: {part}"


@pytest.mark.parametrize("name", [file.name for file in FILES])
def test_a_listed_source_can_be_found(name: str) -> None:
    for reference, about in files()[name]["references"].items():
        assert about["title"] and about["publisher"] and about["licence"], reference
        assert about["year"] is None or 1950 <= about["year"] <= 2026, reference
        assert about["url"] is None or about["url"].startswith("http"), reference
        assert about["url"] or about["year"], f"{reference} has neither an address nor a year"


def test_a_source_of_one_name_is_the_same_in_every_file() -> None:
    known: dict[str, Any] = {}
    for name, content in files().items():
        for reference, about in content["references"].items():
            assert known.setdefault(reference, about) == about, f"{reference} in {name}"


@pytest.mark.parametrize("name", [file.name for file in FILES])
def test_every_value_of_a_file_is_counted_in_the_column_of_its_fields(name: str) -> None:
    counted = {column["column"]: column for column in shipped()[1].usage[name].as_data()}
    positions = sum("position" in entry for file, entry in entries() if file == name)
    names = sum(len(entry.get("aliases") or ()) for file, entry in entries() if file == name)
    assert counted["position.lon"]["filled"] == counted["position.lon"]["used"] == positions
    assert names == 0 or counted["aliases"]["filled"] == counted["aliases"]["used"] == names
    for column in counted.values():
        assert column["filled"] == column["used"] + column["dropped"]
    lost = {name for name, column in counted.items() if column["dropped"]}
    # references of milestones are stored with the entry only
    assert lost <= {*NOT_USED, "phases.milestones.source", "phases.milestones.at"}


def numbers(part: object) -> Iterator[float]:
    if isinstance(part, dict):
        for value in part.values():
            yield from numbers(value)
    elif isinstance(part, list):
        for value in part:
            yield from numbers(value)
    elif isinstance(part, int | float) and not isinstance(part, bool):
        yield part


def test_there_is_no_figure_without_a_source() -> None:
    """Figures stand in positions, estimates, phases and owners, each of which names its source, and in cited years."""
    with_source = {"position", "estimates", "phases", "owners"}
    for _, entry in entries():
        bare = {name: value for name, value in entry.items() if name not in with_source}
        found = {name for name, value in bare.items() if list(numbers(value))}
        assert found <= {"discovery_year"}, entry["key"]


def test_a_source_goes_with_each_served_value() -> None:
    for record in records():
        cited = dict(record.citations)
        assert cited.keys() >= {"name_en", "name_zh", "country", "commodities", "position"}
        assert all(cited.values())
        if isinstance(record, Deposit | Discovery):
            assert all(estimate.citation for estimate in record.estimates)
        else:
            assert all(phase.citation for phase in record.phases)
            assert all(owner.citation for owner in record.owners)


def test_every_record_has_a_name_in_both_languages() -> None:
    for record in records():
        assert record.name_en and not HAN.search(record.name_en), record
        assert record.name_zh and HAN.search(record.name_zh), record


def test_every_record_is_in_scope_in_a_known_country_and_division() -> None:
    commodities = load_vocabulary("commodity")
    for record in records():
        assert record.country in load_vocabulary("country"), record
        assert record.division is None or load_vocabulary("division")[record.division].extra["country"] == record.country, (
            record
        )
        assert commodities[record.commodities[0].code].extra["scope"] == "in" or any(
            commodities[c.code].extra["scope"] == "in" for c in record.commodities
        )
        assert [c.rank for c in record.commodities].count("main") >= 1, record


def test_every_figure_can_be_converted_and_no_grade_is_over_100() -> None:
    for record in records():
        if isinstance(record, Project):
            for phase in record.phases:
                assert phase.capacity is None or (phase.capacity.value or 0) > 0, record.name
            continue
        for estimate in record.estimates:
            assert estimate.ore is None or (estimate.ore.value or 0) > 0, record.name
            for measure in estimate.measures:
                assert measure.grade is None or 0 < (measure.grade.value or 0) <= 100, record.name
                assert measure.contained is None or measure.contained.reported > 0, record.name


def test_a_status_has_its_date() -> None:
    for record in records():
        for phase in record.phases if isinstance(record, Project) else ():
            if phase.status is not None:
                assert phase.status.code in load_vocabulary("status") and phase.status.on is not None
                assert 1990 <= phase.status.on.first.year <= 2026


def test_no_status_is_lost_for_want_of_a_date() -> None:
    for _, entry in entries():
        for phase in entry.get("phases", []):
            assert not phase["status"] or phase["status_date"], entry["key"]


def test_discoveries_are_of_the_last_ten_years_and_have_a_result() -> None:
    keys = {entry["key"] for _, entry in entries() if entry["kind"] == "deposit"}
    for record in records():
        if isinstance(record, Discovery):
            assert record.discovery_date is not None
            assert 2014 <= record.discovery_date.first.year <= 2026, record.name
            assert record.result in load_vocabulary("exploration-result")
            assert record.activity_type in load_vocabulary("exploration-activity-type")
            assert record.became is None or record.became in keys, record.name


def test_positions_say_how_sure_they_are() -> None:
    for record in records():
        assert record.position is not None
        assert record.position.accuracy_m is not None and 0 < record.position.accuracy_m <= 150_000, record.name
        assert record.position.method in ("exact", "approximate", "generalised"), record.name


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Escondida", "CHL"),
        ("Chuquicamata", "CHL"),
        ("Grasberg", "IDN"),
        ("Oyu Tolgoi", "MNG"),
        ("Greenbushes", "AUS"),
        ("Weipa", "AUS"),
        ("Tenke Fungurume", "COD"),
        ("San Rafael", "PER"),
        ("德兴", "CHN"),
        ("金川", "CHN"),
        ("甲基卡", "CHN"),
        ("察尔汗", "CHN"),
    ],
)
def test_the_great_deposits_are_there(name: str, country: str) -> None:
    found = [r for r in records() if r.country == country and any(name in n for n in (r.name_en, r.name_zh, *r.aliases) if n)]
    assert found, name


def test_the_figure_of_tenke_is_not_that_of_tenke_fungurume() -> None:
    """Row 378 of the USGS is Tenke alone, 122 Mt; Mudd and Jowitt (2018) have 1,257 Mt for all deposits of the district."""
    (district,) = [r for r in records() if isinstance(r, Deposit) and r.name_en == "Tenke Fungurume"]
    assert district.estimates == ()


@pytest.mark.parametrize(("kind", "least"), [("alumina-refinery", 15), ("copper-smelter", 8), ("lithium-carbonate-plant", 8)])
def test_chinas_plants_are_there_with_a_capacity_where_a_source_gives_one(kind: str, least: int) -> None:
    plants = [r for r in records() if isinstance(r, Project) and r.country == "CHN" and kind in r.facility_types]
    assert len(plants) >= least
    assert any(phase.capacity is not None for plant in plants for phase in plant.phases)


def test_a_name_leads_to_the_registers_place() -> None:
    for record in records():
        known = [
            k
            for name in (record.name_en, record.name_zh)
            if name
            for k in find_register_namesakes(name)
            if k.country == record.country
        ]
        assert record.position is not None
        if known:
            assert any(abs(k.lon - record.position.lon) < 3 and abs(k.lat - record.position.lat) < 3 for k in known), (
                record.name
            )


@lru_cache(maxsize=1)
def borders(folder: Path) -> Boundaries:
    read = readers.get_source_reader("natural-earth")
    zones = [z for r in read(sources.load_source("natural-earth"), folder, Tally()) for z in r.records if isinstance(z, Zone)]
    return Boundaries(
        [
            BoundaryArea(z.code, z.country or z.code, z.zone_kind == "division", shapely.from_wkb(z.wkb), z.accuracy_m or 0)
            for z in zones
        ]
    )


NOT_DRAWN = {"Gag Island"}
NO_POSITION = ("rounded-tenth", "rounded-degree", "capacity-above-country")
"""Rules that say nothing against a position."""
"""Islands that maps at 1:50 million leave out."""


def test_positions_lie_in_their_country_and_division_within_their_accuracy(real_data: Path) -> None:
    where = borders(real_data / "natural-earth")
    found = list(records())
    for record, place in zip(found, locate(found, where), strict=True):
        problems = [p.sentence() for p in check(record, place) if p.rule not in NO_POSITION]
        assert problems == [] or record.name in NOT_DRAWN, f"{record.name}: {problems}"


def test_a_rounded_position_is_called_as_rough_as_it_is() -> None:
    """Whole degrees are of districts and provinces, tenths of what lies within a few kilometres of them."""
    for record in records():
        position = record.position
        assert position is not None and position.accuracy_m is not None
        if position.lon.is_integer() and position.lat.is_integer():
            assert position.accuracy_m >= 40_000, record.name


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: b: c", "not a file of the register"),
        ("records: []", "not a file of the register"),
        ("- 1", "not a file of the register"),
        ("{references: {}, records: 5}", "not a file of the register"),
        ("{references: {}, records: [{key: x, kind: deposit}]}", "record 1: lacks something"),
        ("{references: {}, records: [{key: x, kind: volcano}]}", "record 1: lacks something"),
        ("{references: {}, records: [5]}", "record 1: lacks something"),
    ],
)
def test_a_damaged_register_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "world-copper.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileRefused, match=f"^world-copper.yml.*{sentence}"):
        read(tmp_path)


def test_a_folder_without_a_register_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="holds no register files"):
        read(tmp_path)


def test_milestones_follow_from_phases_with_a_start_or_still_to_come() -> None:
    found = [record for reading in readings() for record in reading.records if record.kind == "milestone"]
    values = [one.values for one in found if isinstance(one, GenericRecord)]
    dated = [value for value in values if value["actual_date"] is not None]
    assert Counter(value["milestone_type"] for value in dated) == {"first-output": 8, "start": 2, "trial": 2}
    assert {value["milestone_status"] for value in dated} == {"done"}
    to_come = [value for value in values if value["actual_date"] is None]
    assert len(to_come) == 27
    assert {value["milestone_type"] for value in to_come} == {"first-output"}
    julong = [value for value in values if value["project"] == "cn-julong-mine"]
    assert [(value["phase"], str(value["actual_date"])) for value in julong] == [(1, "2021-12-27"), (2, "2026-01-23")]

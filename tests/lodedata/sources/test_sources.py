"""Sources: each description loads, and each reader reads the real files completely, if they are available."""

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import pytest

from lodedata import sources
from lodedata.errors import UnknownSource
from lodedata.mapping import Reading, Tally
from lodedata.problems import RULES
from lodedata.records import Deposit, Discovery, GenericRecord, Project, Zone
from lodedata.sources import readers
from lodedata.sources.source_texts import translate_source_text
from lodedata.vocab import load_vocabulary

ROWS = {
    "icmm-global-mining": 8508,
    "usgs-minfac-world-facilities": 6478 + 226,
    "usgs-major-deposits": 3168,
    "usgs-copper-assessment-sir20105090z": 3399,
    "usgs-pp1802-critical-minerals": 2121,
    "usgs-africa-mineral-industries": 4691,
    "usgs-lithium-us": 454,
    "ni43101-reports-minmod": 557 + 23922,
    "usgs-mineplant-us": 6785,
    "natural-earth": 242 + 294,
    "canada-nrcan-critical-minerals-2026": 291,
    "us-battery-supply-chain-investments-2024": 773,
    "salta-mining-cadastre-2025": 3500,
    "china-mnr-rights-notices-2026": 41,
    "china-condition-lists": 127,
    "fineprint-mine-production": 556,
    "chile-sernageomin-tailings-2025-10": 836,
    "brazil-anm-mining-dams": 909,
    "minmod-world-resources": 8319 + 4471 + 740,
    "usgs-vms-minmod": 1090,
    "usgs-porphyry-copper-2008": 690,
    "usgs-nickel-laterite-minmod": 120,
    "usgs-ni-cr-pge-minmod": 17954,
    "labrador-minerals-2026": 3175 + 975 + 40 + 29 + 12 + 1 + 4,
    "peru-mining-concessions-17s-2026": 9025,
    "plants-and-milestones-2026": 87 + 130 + 108 + 32,
}
"""Rows of the real files."""
REFUSED = {"minmod-world-resources": 3, "ni43101-reports-minmod": 13690, "china-condition-lists": 1}
REFUSED |= {"usgs-vms-minmod": 222, "labrador-minerals-2026": 41, "plants-and-milestones-2026": 1}
"""Refused rows: their mineral is missing or their grade is impossible; of reports read by machine the candidates for review; a
firm in English alone; sites without a metal."""
FLAT = {"natural-earth", "salta-mining-cadastre-2025", "china-mnr-rights-notices-2026", "fineprint-mine-production"}
FLAT |= {"chile-sernageomin-tailings-2025-10", "brazil-anm-mining-dams", "china-condition-lists"}
FLAT |= {"peru-mining-concessions-17s-2026"}
"""Sources whose records are not compared with those of others."""


STATISTICS = {
    "usgs-mcs2025",
    "bgs-world-production-2012-2021",
    "worldbank-pinksheet-2026-06",
    "imf-pcps-battery-metals",
    "china-nbs-output-unverified",
    "china-recycled-metals",
    "us-cpi-annual",
}
"""Sources of series, which tests/lodedata/statistics reads."""


def read(name: str, path: Path, tally: Tally | None = None) -> list[Reading]:
    return list(readers.get_source_reader(name)(sources.load_source(name), path, Tally() if tally is None else tally))


def only(readings: list[Reading]) -> Any:
    ((record,),) = [reading.records for reading in readings]
    return record


def test_all_sources_are_known_here_with_boundaries_first() -> None:
    assert sources.names()[0] == "natural-earth"
    others = {"usgs-mrds", "india-cpcb-nonferrous-reprocessors-2011"}
    others |= {"project-ledger", "condition-list-workbook", "recycling-plants", "act-form", "right-form", "milestone-form"}
    assert set(sources.names()) == {*ROWS, *STATISTICS, *sources.WITH_FILES, *others}


@pytest.mark.parametrize("name", sources.names())
def test_publisher_and_licence_of_a_source_have_a_chinese_text(name: str) -> None:
    source = sources.load_source(name)
    for printed in (source.publisher, source.licence.name):
        chinese = translate_source_text(printed).in_language("zh")
        assert re.search("[\u4e00-\u9fff]", chinese) or printed in ("Lode", "Natural Earth"), printed


@pytest.mark.parametrize("name", sources.names())
def test_a_source_says_who_made_it_and_what_may_be_done_with_it(name: str) -> None:
    source = sources.load_source(name)
    assert source.name == name
    for text in (source.title_en, source.title_zh, source.publisher, source.citation, source.version):
        assert text.strip()
    assert re.search("[\u4e00-\u9fff]", source.title_zh)
    assert source.licence.id
    assert source.licence.attribution
    assert source.recognise or name in sources.WITH_FILES
    for table in source.tables:
        assert table.rows_at_least is not None
        assert table.rows is None or table.rows_at_least <= table.rows
        assert table.fill
        assert all(reason.strip() for reason in table.ignored.values())
    for address in source.fetch:
        assert address.url.startswith("https://")
        assert Path(address.save_as).name == address.save_as


@pytest.mark.parametrize("name", ["", "usgs", "usgs_mrds", "../natural-earth"])
def test_another_name_is_no_source(name: str) -> None:
    with pytest.raises(UnknownSource, match="There is no source .*Choose one of natural-earth, "):
        sources.load_source(name)


def test_a_folder_is_recognised_by_its_name_or_by_its_files(tmp_path: Path) -> None:
    named = tmp_path / "usgs-mrds"
    named.mkdir()
    assert sources.recognise(named) == "usgs-mrds"
    other = tmp_path / "downloads"
    other.mkdir()
    assert sources.recognise(other) is None
    (other / "PP1802_CritMin_pts.csv").touch()
    assert sources.recognise(other) == "usgs-pp1802-critical-minerals"


@lru_cache(maxsize=20)
def real(real_data: Path, name: str) -> tuple[list[Reading], Tally]:
    folder = real_data / name
    if not folder.is_dir():
        pytest.skip(f"the real files are not here: {folder}")
    tally = Tally()
    return read(name, folder, tally), tally


@pytest.mark.parametrize(("name", "rows"), ROWS.items())
def test_every_row_of_a_real_file_is_read_and_has_its_own_key(real_data: Path, name: str, rows: int) -> None:
    readings, tally = real(real_data, name)
    keys = [row.key for reading in readings for row in reading.rows]
    assert len(keys) == len(set(keys)) == sum(tally.rows.values()) == rows
    assert all(row.locator and orjson.loads(row.raw) for reading in readings for row in reading.rows)


@pytest.mark.parametrize("name", ROWS)
def test_every_column_of_a_real_file_is_mapped_or_ignored_on_purpose(real_data: Path, name: str) -> None:
    assert real(real_data, name)[1].unmapped_columns == {}


@pytest.mark.parametrize("name", ROWS)
def test_a_real_file_has_the_counts_and_the_filled_fields_that_its_source_declares(real_data: Path, name: str) -> None:
    _, tally = real(real_data, name)
    tables = sources.load_source(name).tables
    # a reader may count files that no table describes
    assert Counter(table.rows or 0 for table in tables) <= Counter(tally.rows.values())
    for table in tables:
        (file,) = (file for file in tally.rows if Path(file.split(", ")[0]).match(table.file))
        for field, share in table.fill.items():
            assert tally.filled[file][field] >= share * tally.built[file], f"{field} of {file}"


@pytest.mark.parametrize("name", ROWS)
def test_no_row_of_a_real_file_is_refused_and_every_problem_is_reported(real_data: Path, name: str) -> None:
    readings, _ = real(real_data, name)
    for problem in {problem.rule: problem for reading in readings for problem in reading.problems}.values():
        assert problem.rule in RULES
        assert problem.sentence() and problem.sentence("zh")
    refused = [reading.rows[0].locator for reading in readings if reading.refused]
    assert len(refused) == REFUSED.get(name, 0), refused


@pytest.mark.parametrize("name", [name for name in ROWS if name not in FLAT])
def test_a_record_of_a_real_file_is_in_scope_and_has_known_codes(real_data: Path, name: str) -> None:
    commodities, countries = load_vocabulary("commodity"), load_vocabulary("country")
    for reading in real(real_data, name)[0]:
        for record in reading.records:
            if isinstance(record, GenericRecord):
                continue
            assert isinstance(record, Deposit | Discovery | Project)
            assert any(commodities[c.code].extra["scope"] == "in" for c in record.commodities)
            assert record.country is None or record.country in countries
            assert len({c.code for c in record.commodities}) == len(record.commodities)


def test_the_real_files_fill_the_register(real_data: Path) -> None:
    kinds = Counter(type(record) for name in ROWS for reading in real(real_data, name)[0] for record in reading.records)
    assert kinds[Deposit] >= 2300
    assert kinds[Discovery] >= 2600
    assert kinds[Project] >= 2800


def test_the_real_boundaries_are_242_countries_and_294_divisions(real_data: Path) -> None:
    zones = [only([reading]) for reading in real(real_data, "natural-earth")[0]]
    assert Counter(zone.zone_kind for zone in zones) == {"country": 242, "division": 294}
    chinese = [zone for zone in zones if zone.country == "CHN" and zone.zone_kind == "division"]
    assert len(chinese) == 31
    terms = load_vocabulary("division")
    unknown = {zone.code for zone in zones if zone.zone_kind == "division" and zone.code not in terms}
    assert unknown == {"AU-X02~"}
    assert all(isinstance(zone, Zone) and zone.name_en for zone in zones)


def test_the_continuation_rows_of_the_real_facilities(real_data: Path) -> None:
    readings, _ = real(real_data, "usgs-minfac-world-facilities")
    assert len(readings) == 6478
    assert sum(len(reading.rows) - 1 for reading in readings) == 226


def test_the_repeated_features_of_the_real_african_files(real_data: Path) -> None:
    readings, _ = real(real_data, "usgs-africa-mineral-industries")
    keys = [row.key for reading in readings for row in reading.rows]
    assert Counter(key.split(":")[0] for key in keys) == {"deposits": 1190, "facilities": 2408, "exploration": 1093}
    assert any(key.endswith("#2") for key in keys)


def test_the_real_lithium_tables(real_data: Path) -> None:
    readings, tally = real(real_data, "usgs-lithium-us")
    assert len(tally.rows) == 11
    assert tally.rows["Loc_Pt"] == 61
    deposits = [record for reading in readings for record in reading.records if isinstance(record, Deposit)]
    assert sum(len(deposit.estimates) for deposit in deposits) > 30
    for deposit in deposits:
        assert deposit.country == "USA"
        # two districts lie in two states
        assert deposit.division or ";" in (deposit.division_reported or "")

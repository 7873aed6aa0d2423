"""Statistical tables by their mapping: flags, areas, scope, wide and long forms, and a sentence for each bad value."""

from datetime import date
from pathlib import Path

import pytest

from lodedata import sources
from lodedata.errors import MappingRefused
from lodedata.mapping import Tally, loading
from lodedata.statistics.reading import StatisticsReading, read_statistics
from lodedata.statistics.table_spec import StatisticsSource

HEAD = """
name: own-output
title_en: Output
title_zh: 产量
publisher: The bureau
licence: {id: internal, name: Internal}
citation: The bureau, 2025
version: "2025"
as_of: 2025-02-28
observations:
"""
LONG = """
  - indicator: {const: production}
    commodity: metal
    stage: stage
    basis: {const: gross}
    area: area
    unit: unit
    period: year
    values: [{value: output}]
"""
WIDE = """
  - indicator: {const: production}
    commodity: metal
    stage: {const: refinery}
    basis: {const: gross}
    area: {const: CHN}
    unit: {const: 万吨}
    columns: "(?P<period>20[0-9]{2})年"
"""
MCS = (
    "SOURCE,COMMODITY,COUNTRY,TYPE,UNIT_MEAS,PROD_2023,PROD_EST_ 2024,PROD_NOTES,CAP_2023,CAP_EST_ 2024,CAP_NOTES,"
    "RESERVES_2024,RESERVE_NOTES\n"
    'MCS2025,"Lithium ",United States,"Mine production, lithium content",metric tons,,,W for 23-24,,,,1800000,\n'
    'MCS2025,"Lithium ","Canada ","Mine production, lithium content",metric tons,3240,4300,estimated 2023,,,,1200000,\n'
    'MCS2025,"Lithium ",Other Countries,"Mine production, lithium content",metric tons,,,,,,,">2,800,000",\n'
    'MCS2025,"Lithium ",World total (rounded),"Mine production, lithium content",metric tons,3300,4300,'
    "Excludes U.S. production.,,,,6000000,\n"
    "MCS2025,Abrasives,Austria,Plant capacity,metric tons,,,,90000,90000,,,\n"
    'MCS2025,Cobalt,New Caledonia,"Mine production, cobalt content, estimated",metric tons,2570,1500,,,,,,NA\n'
)
"""Rows of the shape of the data release of 2025, with other figures."""


def mapping(tables: str) -> StatisticsSource:
    found = loading.parse(HEAD + tables, "own.yml")
    assert isinstance(found, StatisticsSource)
    return found


def read(tmp_path: Path, tables: str, text: str) -> list[StatisticsReading]:
    path = tmp_path / "table.csv"
    path.write_text(text, "utf-8")
    return list(read_statistics(mapping(tables), path, Tally()))


def test_each_flag_of_the_commodity_summaries_is_stored(tmp_path: Path) -> None:
    (tmp_path / "MCS2025_World_Data.csv").write_text(f"\ufeff{MCS}", "utf-8")
    source = sources.load_source("usgs-mcs2025")
    assert isinstance(source, StatisticsSource)
    tables = (source.observations[0].model_copy(update={"rows_at_least": 1}),)
    readings = list(read_statistics(source.model_copy(update={"observations": tables}), tmp_path, Tally()))
    assert [reading.problems for reading in readings] == [()] * 6
    found = {
        (key.indicator, key.commodity, key.area, one.period.year): (one.value, one.bound, one.obs_status, one.conf_status)
        for reading in readings
        for key, one in reading.observations
    }
    assert found == {
        ("production", "lithium", "USA", 2023): (None, None, "Q", "C"),
        ("production", "lithium", "USA", 2024): (None, None, "Q", "C"),
        ("reserves", "lithium", "USA", 2024): (1.8e6, None, "A", "F"),
        ("production", "lithium", "CAN", 2023): (3240, None, "E", "F"),
        ("production", "lithium", "CAN", 2024): (4300, None, "E", "F"),
        ("reserves", "lithium", "CAN", 2024): (1.2e6, None, "A", "F"),
        ("reserves", "lithium", "rest", 2024): (2.8e6, ">", "A", "F"),
        ("production", "lithium", "WLD-rounded", 2023): (3300, None, "D", "F"),
        ("production", "lithium", "WLD-rounded", 2024): (4300, None, "E", "F"),
        ("reserves", "lithium", "WLD-rounded", 2024): (6e6, None, "A", "F"),
        ("production", "cobalt", "NCL", 2023): (2570, None, "E", "F"),
        ("production", "cobalt", "NCL", 2024): (1500, None, "E", "F"),
        ("reserves", "cobalt", "NCL", 2024): (None, None, "O", "F"),
    }


def test_a_long_and_a_wide_table_have_the_same_series(tmp_path: Path) -> None:
    long = read(tmp_path, LONG, "metal,stage,area,unit,year,output\n铜,refinery,China,万吨,2023,1325.57\n")
    wide = read(tmp_path, WIDE, "metal,2022年,2023年,note\n铜,,1325.57,x\n")
    assert [reading.observations[0][0] for reading in long] == [reading.observations[0][0] for reading in wide]
    ((key, one),) = wide[0].observations
    assert str(key) == "own-output.production.copper.refinery.gross.CHN.A.level.t.4"
    assert (one.period, one.value, one.value_raw) == (date(2023, 1, 1), 1325.57, "1325.57")


BAD = {
    "copper,refinery,CHN,,2024,5": ("the value has no unit; name a unit in the mapping as `unit`", "没有计量单位"),
    "copper,refinery,CHN,kt,2021-24,5": ("'2021-24' names several years", "包含多个年份"),
    "copper,refinery,CHN,kt,,5": ("the period is empty", "时期为空"),
    "copper,refinery,CHN,kt,24,5": ("'24' is not a period; write 2024", "不是时期"),
    "copper,refinery,CHN,kt,2024,many": ("'many' is not a number", "不是数字"),
    "copper,refinery,CHN,kt,2024,-5": ("-5 is negative; an amount can't be", "为负数"),
    "lithium,smelter,CHN,kt,2024,5": ("Lithium has no stage 'smelter'", "锂没有 'smelter' 这一环节"),
    "copper,refinery,Atlantis,kt,2024,5": ("'Atlantis' is not a known area; use ISO 3166-1", "不是已知的地区"),
    "unobtainium,refinery,CHN,kt,2024,5": ("'unobtainium' is not a commodity that is known here", "不是已知的矿产品"),
    "copper,refinery,CHN,USD/t,2024,5": ("Production is not measured in 'usd-t'", "产量不以 'usd-t' 计量"),
}


@pytest.mark.parametrize(("line", "sentences"), BAD.items())
def test_a_bad_value_has_a_sentence_in_each_language(tmp_path: Path, line: str, sentences: tuple[str, str]) -> None:
    (reading,) = read(tmp_path, LONG, f"metal,stage,area,unit,year,output\n{line}\n")
    assert not reading.observations
    (problem,) = reading.problems
    assert problem.sentence("en").startswith(sentences[0])
    assert sentences[1] in problem.sentence("zh")
    assert b"metal" in reading.row.raw


def test_a_total_smaller_than_its_parts_is_refused_and_a_rounded_one_is_not(tmp_path: Path) -> None:
    head = "metal,stage,area,unit,year,output\n"
    parts = "copper,mine,CHL,kt,2024,5306\ncopper,mine,PER,kt,2024,2600\n"
    *_, total = read(tmp_path, LONG, f"{head}copper,mine,WLD,kt,2024,7000\n{parts}")
    assert "the total '7000' is smaller than the sum of its parts, 7,906" in total.problems[0].sentence()
    rounded = read(tmp_path, LONG, f"{head}copper,mine,World total (rounded),kt,2024,7900\n{parts}")
    assert not any(reading.problems for reading in rounded)


def test_a_province_is_an_area_by_its_code(tmp_path: Path) -> None:
    (reading,) = read(tmp_path, LONG, "metal,stage,area,unit,year,output\ncopper,refinery,CN-JX,kt,2024,5\n")
    assert [key.area for key, _ in reading.observations] == ["CN-JX"]


def test_a_commodity_outside_the_scope_is_read_and_left_out(tmp_path: Path) -> None:
    (reading,) = read(tmp_path, LONG, "metal,stage,area,unit,year,output\nlead,mine,CHN,kt,2024,5\n")
    assert (reading.observations, reading.problems) == ((), ())


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("  - values: [{value: output}]\n    columns: '(?P<period>.*)'", "say either `values` or `columns`"),
        ("  - columns: '[0-9]+'", "has no group"),
        ("  - values: [{value: output}]\n    unit: {const: bushel}", "'bushel' is not a term of unit"),
    ],
)
def test_a_mapping_that_can_not_be_used_is_refused(table: str, sentence: str) -> None:
    with pytest.raises(MappingRefused, match=sentence):
        mapping(f"{table}\n")


def test_a_release_needs_its_day() -> None:
    with pytest.raises(MappingRefused, match="a release of statistics has a day"):
        loading.parse((HEAD + LONG).replace("as_of: 2025-02-28\n", ""), "own.yml")


def test_the_figures_that_lode_ships_are_read() -> None:
    name = "china-recycled-metals"
    source, folder = sources.load_source(name), sources.find_shipped_folder(name)
    assert isinstance(source, StatisticsSource) and folder is not None
    readings = list(read_statistics(source, folder, Tally()))
    assert [len(reading.observations) for reading in readings] == [1, 2, 1, 1, 2, 1, 2, 1]
    assert not any(reading.problems for reading in readings)


def test_the_deflator_that_ships_has_a_value_of_each_year() -> None:
    source, folder = sources.load_source("us-cpi-annual"), sources.find_shipped_folder("us-cpi-annual")
    assert isinstance(source, StatisticsSource) and folder is not None
    readings = list(read_statistics(source, folder, Tally()))
    found = {one.period.year: one for reading in readings for _, one in reading.observations}
    assert list(found) == list(range(1960, 2026))
    assert (found[1984].value, found[2020].value, found[2024].value) == (103.9, 258.811, 313.689)
    assert "eleven months" in found[2025].note


REAL = {
    "usgs-mcs2025": (1250, 388),
    "bgs-world-production-2012-2021": (3816, 3816),
    "worldbank-pinksheet-2026-06": (5579, 3188),
    "imf-pcps-battery-metals": (2194, 1862),
    "china-nbs-output-unverified": (21, 22),
}
"""Rows of each real file and its observations in scope; SOURCE.txt of the files has the numbers of rows."""


@pytest.mark.parametrize("name", REAL)
def test_a_real_file_is_read_completely(real_data: Path, name: str) -> None:
    source, tally = sources.load_source(name), Tally()
    assert isinstance(source, StatisticsSource)
    readings = list(read_statistics(source, real_data / name, tally))
    assert (len(readings), sum(len(reading.observations) for reading in readings)) == REAL[name]
    assert not any(reading.problems for reading in readings)
    assert tally.unmapped_columns == {}
    keys = [(key, one.period) for reading in readings for key, one in reading.observations]
    assert len(keys) == len(set(keys))

"""Tables never seen before are imported within three edits of the suggested mapping; each record is compared cell by cell."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.lodedata.mapping import registry_tables, unseen_tables

from lodedata.mapping import Tally, load
from lodedata.mapping.preview import convert_to_plain_value
from lodedata.mapping.suggestion import write_mapping_suggestion
from lodedata.mapping.suggestion.placeholders import fill_open_values, find_open_values
from lodedata.mapping.tables import read_mapped
from lodedata.statistics.reading import read_statistics
from lodedata.statistics.table_spec import StatisticsSource

HERE = Path(__file__).parent
HEADER = {"publisher": "A survey", "licence.id": "internal", "licence.name": "Internal", "citation": "A survey", "version": "1"}
"""What the user says about the publisher, which no table gives."""
EXPECTED: Mapping[str, Any] = yaml.safe_load((HERE / "data" / "unseen-tables.yml").read_text(encoding="utf-8"))
REGISTRY_EXPECTED: Mapping[str, Any] = yaml.safe_load((HERE / "data" / "registry-tables.yml").read_text(encoding="utf-8"))
JOIN = """\
    join: [{part: Resources, key: "{Deposit ID}"}]
    commodities: [Resources.Commodity]
    estimates:
      - category: Resources.Class
        ore: {column: Resources.Ore Mt, unit: Mt}
        measures: [{commodity: Resources.Commodity, grade: {column: Resources.Grade %, unit: "%"}}]
"""
SERIES = """\
    repeated_keys: merge
    unpivot: {pattern: "Capacidad (?P<year>20[0-9]{2}) .*", value: capacity}
    phases:
      - product: "Producto"
        capacity: {column: capacity, unit: kt/a}
        status: {const: operating, date: year}
"""
CLASSES = """\
      - category: {column: "Категория запасов", map: {A: measured-mineral-resource, C1: indicated-mineral-resource}}
"""
Edits = tuple[Mapping[str, str], Sequence[tuple[str, str, str]]]
EDITS: Mapping[str, Edits] = {
    "long_by_class": ({"repeated_keys": "merge", "crs": "EPSG:4326"}, []),
    "years_in_columns": (
        {"crs": "EPSG:4326", "commodities.const": "copper"},
        [("    phases:", "    # columns", SERIES)],
    ),
    "several_header_lines": ({"commodities.const": "copper"}, []),
    "merged_cells": ({"repeated_keys": "merge"}, []),
    "two_sheets": ({"kind.const": "deposit", "crs": "EPSG:4326"}, [("    # no column names the commodity", "", JOIN)]),
    "placemarks": ({"country.const": "ARG"}, []),
    "nested_json": ({"repeated_keys": "merge", "crs": "EPSG:4326"}, []),
    "old_workbook": (
        {"country.const": "CHN", "commodities.const": "copper"},
        [('    key: "{矿区}-{类别}"', "    kind:", '    key: "{矿区}"\n    repeated_keys: merge\n')],
    ),
    "chinese_dbf": ({"crs": "EPSG:4490", "country.const": "CHN"}, []),
    "degrees_as_text": ({"crs": "EPSG:4326"}, []),
    "projected_metres": ({"kind.const": "deposit", "crs": "EPSG:4526"}, []),
    "decimal_commas": ({"crs": "EPSG:4326"}, []),
    "packed": ({"crs": "EPSG:4326"}, []),
    "russian_text": (
        {"crs": "EPSG:4326", "country.const": "RUS"},
        [('      - category: "Категория запасов"', "        #", CLASSES)],
    ),
    "french_degrees": ({"crs": "EPSG:4326", "category.const": "endowment"}, []),
    "metal_of_the_sheet": ({"crs": "EPSG:4326"}, []),
    "main_and_other_metals": ({"crs": "EPSG:4326"}, []),
}
REGISTRY_EDITS: Mapping[str, Edits] = {
    "sigmine_brazil": ({"country.const": "BRA"}, []),
    # areas are in hectares or in blocks, which have no area of their own
    "tenements_western_australia": ({"country.const": "AUS"}, [("    area_km2_reported:", "    right_kind:", "")]),
    "catastro_minero_spain": ({"country.const": "ESP"}, []),
    "rights_notice_china": ({"country.const": "CHN"}, []),
    "subsoil_licences_kazakhstan": ({"country.const": "KAZ"}, []),
    "concessions_chile": ({"country.const": "CHL"}, []),
    # the datum is no value of the table; the zone 18 south of WGS 84 is that of the publisher
    "occurrences_peru": ({"crs": "EPSG:32718"}, []),
    "state_register_russia": ({"kind.const": "deposit", "country.const": "RUS", "crs": "EPSG:4326"}, []),
    "technical_reports": (
        {"repeated_keys": "merge", "crs": "EPSG:4326"},
        [('    key: "{Property}-{Category}"', "    #", '    key: "{Property}"\n')],
    ),
    "plants_china": ({"crs": "EPSG:4490"}, []),
    "smelters_spanish": ({"crs": "EPSG:4326", "commodities.const": "copper"}, []),
}
"""For each table: values of open entries, and lines from one that begins so up to another that are replaced."""


def edited(text: str, edits: Edits) -> str:
    values, lines = edits
    for begin, end, replacement in lines:
        first = text.index(f"\n{begin}") + 1
        last = text.index(f"\n{end}", first) + 1 if end else len(text)
        text = text[:first] + replacement + text[last:]
    given = {"as_of": "2025", **HEADER, **values}
    assert {placeholder.key for placeholder in find_open_values(text)} <= given.keys()
    return fill_open_values(text, {placeholder.number: given[placeholder.key] for placeholder in find_open_values(text)})


@pytest.mark.parametrize("table", [*unseen_tables.TABLES, *registry_tables.TABLES], ids=lambda table: table.__name__)
def test_three_edits_are_enough(table: Callable[[Path], Path], tmp_path: Path) -> None:
    edits = {**EDITS, **REGISTRY_EDITS}[table.__name__]
    assert len(edits[0]) + len(edits[1]) <= 3
    path = table(tmp_path)
    mapping = tmp_path / "mapping.yml"
    mapping.write_text(edited(write_mapping_suggestion(path), edits), encoding="utf-8")
    tally = Tally()
    readings = list(read_mapped(load(mapping), path, tally))
    assert [reading.problems for reading in readings if reading.refused] == []
    found = {reading.rows[0].key: convert_to_plain_value(record) for reading in readings for record in reading.records}
    assert found == {**EXPECTED, **REGISTRY_EXPECTED}[table.__name__]
    for usage in tally.usage.values():
        assert [c["column"] for c in usage.as_data() if c["filled"] != c["used"] + c["dropped"]] == []


STATISTICS_EDITS: Mapping[str, Mapping[str, str]] = {
    "cochilco_mine_output": {"basis.const": "content"},
    "monthly_output_statistics": {"stage.const": "mine", "basis.const": "content"},
}


@pytest.mark.parametrize("table", registry_tables.STATISTICS, ids=lambda table: table.__name__)
def test_three_edits_are_enough_for_statistics(table: Callable[[Path], Path], tmp_path: Path) -> None:
    edits = STATISTICS_EDITS[table.__name__]
    path = table(tmp_path)
    mapping = tmp_path / "mapping.yml"
    mapping.write_text(edited(write_mapping_suggestion(path), ({**edits, "as_of": "2025-06-30"}, [])), encoding="utf-8")
    source = load(mapping)
    assert isinstance(source, StatisticsSource)
    readings = list(read_statistics(source, path, Tally()))
    assert [reading.problems for reading in readings if reading.problems] == []
    found = [
        [key.area, key.commodity, key.indicator, key.stage, key.basis, key.unit, key.unit_mult]
        + [f"{one.period:%Y-%m}", one.value]
        for reading in readings
        for key, one in reading.observations
    ]
    assert found == REGISTRY_EXPECTED[table.__name__]


def test_each_table_has_its_records() -> None:
    assert EXPECTED.keys() == {table.__name__ for table in unseen_tables.TABLES} == EDITS.keys()
    names = [table.__name__ for table in (*registry_tables.TABLES, *registry_tables.STATISTICS)]
    assert set(names) == REGISTRY_EXPECTED.keys() == REGISTRY_EDITS.keys() | STATISTICS_EDITS.keys() and len(names) == 13

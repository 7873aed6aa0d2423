"""Mappings suggested for tables of statistics: years as columns, a row for each value, and tables that are none."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from lodedata.mapping import Tally, loading
from lodedata.mapping.suggestion import write_mapping_suggestion
from lodedata.statistics.reading import read_statistics
from lodedata.statistics.table_spec import StatisticsSource

WIDE = """Country,Commodity,Unit,2021,2022,2023
China,Copper,kt,10000,10500,11000
Chile,Copper,kt,2200,2100,2000
Peru,Copper,kt,390,W,400
Japan,Copper,kt,1500,1550,1490
"""
LONG = """国家,矿种,年份,产量
中国,铝,2021,3850
中国,铝,2022,4014
印度,铝,2021,397
印度,铝,2022,407
俄罗斯,铝,2021,364
"""
HEADER = {
    "publisher": "An office",
    "licence": {"id": "internal", "name": "internal use"},
    "citation": "An office, 2024",
    "version": "2024",
    "as_of": "2024",
    "title_en": "Output",
    "title_zh": "产量",
}


def suggested(path: Path, text: str, **filled: str) -> tuple[dict[str, Any], StatisticsSource]:
    """Return a suggested mapping as it is written, and as it is loaded with its placeholders filled."""
    path.write_text(text, "utf-8")
    written = yaml.safe_load(write_mapping_suggestion(path))
    complete = {**written, **HEADER, "name": "own"}
    complete["observations"][0] |= {name: {"const": value} for name, value in filled.items()}
    source = loading.parse(yaml.safe_dump(complete, allow_unicode=True), "own.yml")
    assert isinstance(source, StatisticsSource)
    return written, source


def test_years_as_columns_become_periods(tmp_path: Path) -> None:
    path = tmp_path / "output.csv"
    _, source = suggested(path, WIDE, indicator="production", stage="refinery", basis="gross")
    tally = Tally()
    found = [
        (key.area, one.period.year, one.value) for r in read_statistics(source, path, tally) for key, one in r.observations
    ]
    assert len(found) == 12 and ("CHN", 2022, 10500) in found and ("PER", 2022, None) in found
    assert tally.unmapped_columns == {}


def test_a_row_for_each_value_is_recognised_by_chinese_titles(tmp_path: Path) -> None:
    path = tmp_path / "output.csv"
    _, source = suggested(path, LONG, indicator="production", stage="smelter", basis="gross", unit="kt")
    found = [
        (key.area, one.period.year, one.value) for r in read_statistics(source, path, Tally()) for key, one in r.observations
    ]
    assert len(found) == 5 and ("RUS", 2021, 364) in found


def test_what_no_column_gives_is_left_open(tmp_path: Path) -> None:
    path = tmp_path / "output.csv"
    path.write_text(LONG, "utf-8")
    (table,) = yaml.safe_load(write_mapping_suggestion(path))["observations"]
    # the file is named output, and production is an output
    assert (table["unit"], table["indicator"], table["commodity"]) == ({"const": "?"}, {"const": "production"}, "矿种")


@pytest.mark.parametrize(
    "text",
    [
        "Mine,Country,2021,2022,2023\nA mine,Chile,1,2,3\nB mine,Chile,1,2,3\nC mine,Peru,1,2,3\nD mine,Peru,1,2,3\n",
        "Name,Country,Year,Grade\nA,Chile,2021,3\nB,Peru,2022,4\nC,Chile,2023,4\nD,Chile,2023,4\n",
    ],
)
def test_a_table_of_sites_is_no_table_of_statistics(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sites.csv"
    path.write_text(text, "utf-8")
    assert "tables" in yaml.safe_load(write_mapping_suggestion(path))

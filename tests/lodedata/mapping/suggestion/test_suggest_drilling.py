"""Suggested mappings of drill hole tables: the synthetic ones of ``data/drilling``, a workbook, and Chinese headings."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.drilling_tables import FOLDER, write_workbook

from lodedata.mapping import Source
from lodedata.mapping.reading import Tally
from lodedata.mapping.suggestion import write_mapping_suggestion
from lodedata.mapping.tables import read_mapped


def tables_of(path: Path) -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = yaml.safe_load(write_mapping_suggestion(path))["tables"]
    return tables


def test_workbook_of_four_sheets_is_suggested_and_read(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "drilling.xlsx")
    text = write_mapping_suggestion(path)
    assert "not read: notes" in text
    content = yaml.safe_load(text)
    assert [table["kind"]["const"] for table in content["tables"]] == ["drill_hole", "drill_survey"] + ["drill_interval"] * 2
    assert content["tables"][0]["position"]["crs"] == "?"
    content["tables"][0]["position"]["crs"] = "EPSG:32719"
    content["tables"][0]["country"] = {"const": "CHL"}
    about = {"publisher": "tests", "citation": "tests", "version": "1", "as_of": "2024"}
    content |= about | {"licence": {"id": "internal", "name": "Internal"}}
    mapped = list(read_mapped(Source.model_validate(content), path, Tally()))
    assert len(mapped) == 439 and not any(reading.refused for reading in mapped)


@pytest.mark.parametrize(("name", "kind"), [("collar", "drill_hole"), ("survey", "drill_survey"), ("assay", "drill_interval")])
def test_single_tables_are_recognised(name: str, kind: str) -> None:
    (table,) = tables_of(FOLDER / f"{name}.csv")
    assert table["kind"] == {"const": kind}
    assert "ignored" not in table


def test_chinese_headings_are_recognised_and_the_sign_of_the_dip_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "collar.csv"
    path.write_text(
        "孔号,X坐标,Y坐标,孔口标高,孔深,方位角,倾角,施工单位\n"
        "ZK001,4321000.5,39512000.2,1200,350.6,90,75,某地质队\n"
        "ZK002,4321100.5,39512100.2,1210,300.2,90,80,某地质队\n",
        "utf-8",
    )
    (table,) = tables_of(path)
    assert (table["hole_id"], table["depth_m"], table["azimuth_deg"], table["dip_deg"]) == ("孔号", "孔深", "方位角", "倾角")
    assert table["dip_sign"] == "?"
    # in Chinese tables X is the northing
    assert table["position"]["lon"] == "Y坐标"


def test_chinese_intervals_have_each_column_of_grades_as_rows(tmp_path: Path) -> None:
    path = tmp_path / "样品.csv"
    path.write_text("孔号,样号,自,至,Cu(%),Au(g/t)\nZK001,H1,0,1.5,0.35,0.12\nZK001,H2,1.5,3,0.45,<0.05\n", "utf-8")
    (table,) = tables_of(path)
    assert table["unpivot"]["value"] == "grade"
    assert (table["from_m"], table["to_m"], table["sample"]) == ("自", "至", "样号")
    assert "ignored" not in table


def test_headings_of_pygslib_and_grades_without_units_are_recognised(tmp_path: Path) -> None:
    # the headings of the tables of Babbitt, Minnesota; the rows are made up
    (tmp_path / "collar.csv").write_text(
        "BHID,XCOLLAR,YCOLLAR,ZCOLLAR\nA,2296021.1,414095.8,1590\nB,2294148.2,420495.9,1620.9\n", "utf-8"
    )
    (tmp_path / "survey.csv").write_text("BHID,AT,AZ,DIP\nA,0,0,90\nB,0,327,60\n", "utf-8")
    (tmp_path / "assay.csv").write_text("BHID,FROM,TO,CU,NI,S,FE\nA,0,10,0.5,0.2,1.1,9.5\nB,0,10,0.4,0.1,0.9,9.1\n", "utf-8")
    (collar,), (survey,), (assay,) = (tables_of(tmp_path / f"{name}.csv") for name in ("collar", "survey", "assay"))
    assert (collar["kind"]["const"], collar["elevation_m"]) == ("drill_hole", "ZCOLLAR")
    # the figures look like those of a Chinese table, whose X is the northing
    assert (collar["position"]["lon"], collar["position"]["lat"]) == ("XCOLLAR", "YCOLLAR")
    assert (survey["kind"]["const"], survey["depth_m"], survey["dip_sign"]) == ("drill_survey", "AT", "?")
    assert assay["unpivot"] == {"pattern": "(?P<analyte>CU|NI|S|FE)", "value": "grade"}
    assert assay["grade_pct"]["unit"] == "?"


def test_table_of_deposits_with_depths_is_none_of_holes(tmp_path: Path) -> None:
    path = tmp_path / "deposits.csv"
    path.write_text("Deposit,Longitude,Latitude,Depth,Metal\nA,-69.07,-24.26,120,copper\nB,-69.17,-24.36,90,copper\n", "utf-8")
    assert tables_of(path)[0]["kind"]["const"] != "drill_hole"

"""Tables of drill holes by their mapping: directions, depths, grades below the limit, and checks among the tables.

The tables of ``data/drilling`` are synthetic, in the form that laboratories and programs exchange.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from lodedata.mapping import Source
from lodedata.mapping.reading import Reading, Tally
from lodedata.mapping.tables import read_mapped
from lodedata.records import GenericRecord

FOLDER = Path(__file__).parent / "data" / "drilling"
COLLAR = "HOLEID,EAST,NORTH,RL,EOH,AZI,DIP,DRILLTYPE,DATE,COMPANY,PROSPECT\n"
PLAIN = {"A": "A,492600,7316000,3100,100,90,-60,DD,2024,,\n"}


def mapping() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((FOLDER / "drilling.yml").read_text("utf-8"))
    return content


def read(folder: Path, content: dict[str, Any] | None = None) -> list[Reading]:
    return list(read_mapped(Source.model_validate(content or mapping()), folder, Tally()))


def read_tables(
    folder: Path, collar: str, survey: str = "", assay: str = "", dip_sign: str | None = "negative-down"
) -> list[Reading]:
    (folder / "collar.csv").write_text(COLLAR + collar, "utf-8")
    (folder / "survey.csv").write_text("HOLEID,DEPTH,AZI,DIP\n" + survey, "utf-8")
    (folder / "assay.csv").write_text("HOLEID,FROM,TO,SAMPLE,Cu_pct\n" + assay, "utf-8")
    content = mapping()
    tables = content["tables"] = content["tables"][:3]
    for table in tables[:2]:
        del table["dip_sign"]
        if dip_sign is not None:
            table["dip_sign"] = dip_sign
    return read(folder, content)


def rules(readings: list[Reading], kind: str) -> Counter[str]:
    return Counter(
        problem.rule
        for reading in readings
        for record in reading.records
        if record.kind == kind
        for problem in reading.problems
    )


def records(readings: list[Reading]) -> list[GenericRecord]:
    return [record for reading in readings for record in reading.records if isinstance(record, GenericRecord)]


def values(readings: list[Reading], kind: str) -> list[dict[str, Any]]:
    return [dict(record.values) for record in records(readings) if record.kind == kind]


def sentence(readings: list[Reading], rule: str) -> str:
    return next(problem.sentence() for reading in readings for problem in reading.problems if problem.rule == rule)


def test_tables_of_holes_become_records() -> None:
    found = read(FOLDER)
    assert Counter(record.kind for one in found for record in one.records) == {
        "drill_hole": 6,
        "drill_survey": 19,
        "drill_interval": 414,
    }
    assert rules(found, "drill_hole") == {"drill-no-survey": 1, "drill-trace-unknown": 1}
    holes = {value["hole_id"]: value for value in values(found, "drill_hole")}
    assert [hole["trace_basis"] for hole in holes.values()] == ["survey"] * 2 + ["collar-direction", "unknown"] + ["survey"] * 2
    assert holes["DD-06"]["drilling_type"] == "percussion-drilling"
    assert not any(one.refused for one in found)


def test_projected_collar_is_converted_by_its_declared_system() -> None:
    position = records(read(FOLDER))[0].position
    assert position is not None
    # by PROJ from EPSG:32719
    assert [position.lon, position.lat] == pytest.approx([-69.0729074, -24.2689003], abs=1e-6)
    assert position.original == "492600, 7316000"


def test_grade_below_the_detection_limit_has_a_bound_and_no_value() -> None:
    below = [value for value in values(read(FOLDER), "drill_interval") if value.get("grade_pct_qualifier") == "below"]
    assert below
    assert {(one["grade_pct"], one["grade_pct_bound"], one["grade_pct_unit"]) for one in below} == {(None, 1e-6, "ppm")}
    assert {one["figures_reported"] for one in below} == {("grade_pct: <0.01 ppm",)}


def test_oxide_is_the_analyte_and_its_metal_the_commodity(tmp_path: Path) -> None:
    content = mapping()
    content["tables"] = [content["tables"][0], content["tables"][2]]
    (tmp_path / "collar.csv").write_text(COLLAR + PLAIN["A"], "utf-8")
    (tmp_path / "assay.csv").write_text("HOLEID,FROM,TO,SAMPLE,Li2O_pct\nA,0,1,s,1.2\n", "utf-8")
    (one,) = values(read(tmp_path, content), "drill_interval")
    assert (one["analyte"], one["commodity"], one["grade_pct"]) == ("Li2O", "lithium", 1.2)


def test_hole_without_survey_is_straight_and_says_so(tmp_path: Path) -> None:
    tables = read_tables(tmp_path, PLAIN["A"])
    assert values(tables, "drill_hole")[0]["trace_basis"] == "collar-direction"
    assert "straight line" in sentence(tables, "drill-no-survey")


def test_hole_without_any_direction_is_not_taken_as_vertical(tmp_path: Path) -> None:
    tables = read_tables(tmp_path, "A,492600,7316000,3100,100,,,DD,2024,,\n")
    assert values(tables, "drill_hole")[0]["trace_basis"] == "unknown"
    assert "need not be vertical" in sentence(tables, "drill-trace-unknown")


def test_overlapping_intervals_are_both_stored_and_flagged(tmp_path: Path) -> None:
    tables = read_tables(tmp_path, PLAIN["A"], "", "A,0,10,s1,0.5\nA,8,12,s2,0.7\nA,12,14,s3,0.2\n")
    assert [value["from_m"] for value in values(tables, "drill_interval")] == [0, 8, 12]
    assert rules(tables, "drill_interval") == {"drill-interval-overlap": 2}
    assert "0–10 m overlaps 8–12 m of the same hole" in sentence(tables, "drill-interval-overlap")


def test_elements_of_one_sample_do_not_overlap(tmp_path: Path) -> None:
    assert rules(read(FOLDER), "drill_interval") == {}


def test_interval_below_the_end_of_the_hole_is_flagged(tmp_path: Path) -> None:
    tables = read_tables(tmp_path, PLAIN["A"], "", "A,95,105,s1,0.5\n")
    assert "105 m is below the end of the hole at 100 m" in sentence(tables, "drill-below-hole")


@pytest.mark.parametrize("span", ["10,10", "12,10"])
def test_interval_that_does_not_end_below_its_beginning_is_refused(tmp_path: Path, span: str) -> None:
    tables = read_tables(tmp_path, PLAIN["A"], "", f"A,{span},s1,0.5\n")
    assert not values(tables, "drill_interval") and tables[-1].refused
    assert "correct from and to" in sentence(tables, "drill-interval-reversed")


def test_rows_of_an_unknown_hole_are_refused(tmp_path: Path) -> None:
    tables = read_tables(tmp_path, PLAIN["A"], "B,0,90,-60\n", "B,0,10,s1,0.5\n")
    assert [reading.refused for reading in tables] == [False, True, True]
    assert "'B', which is not in the source" in sentence(tables, "orphan-row")


def test_survey_may_come_before_its_collar(tmp_path: Path) -> None:
    content = mapping()
    content["tables"].reverse()
    assert rules(read(FOLDER, content), "drill_hole") == {"drill-no-survey": 1, "drill-trace-unknown": 1}


@pytest.mark.parametrize(("azimuth", "is_used"), [("0", True), ("360", True), ("-90", False), ("361", False)])
def test_azimuth_outside_the_circle_is_left_out(tmp_path: Path, azimuth: str, is_used: bool) -> None:
    tables = read_tables(tmp_path, f"A,492600,7316000,3100,100,{azimuth},-60,DD,2024,,\n")
    assert (values(tables, "drill_hole")[0]["azimuth_deg"] is not None) == is_used
    assert (rules(tables, "drill_hole")["drill-azimuth-outside"] == 0) == is_used


@pytest.mark.parametrize(
    ("dip", "sign", "stored"),
    [
        ("-60", None, -60),
        ("60", None, None),
        ("60", "positive-down", -60),
        ("-5", "positive-down", 5),
        ("5", "negative-down", 5),
        ("95", "positive-down", None),
    ],
)
def test_dips_are_negative_downward_as_declared(tmp_path: Path, dip: str, sign: str | None, stored: float | None) -> None:
    tables = read_tables(tmp_path, f"A,492600,7316000,3100,100,90,{dip},DD,2024,,\n", dip_sign=sign)
    assert values(tables, "drill_hole")[0]["dip_deg"] == stored


def test_positive_dip_without_a_declared_sign_says_what_to_write(tmp_path: Path) -> None:
    tables = read_tables(tmp_path, "A,492600,7316000,3100,100,90,60,DD,2024,,\n", dip_sign=None)
    assert "`dip_sign: positive-down`" in sentence(tables, "drill-dip-sign-open")


def test_depth_beyond_any_hole_is_refused(tmp_path: Path) -> None:
    # as in the tables of Babbitt, Minnesota, whose last stations are at 90000
    tables = read_tables(tmp_path, PLAIN["A"], "A,0,90,-60\nA,90000,90,-60\n")
    assert [reading.refused for reading in tables] == [False, False, True]
    assert "deeper than any drill hole" in sentence(tables, "drill-depth-impossible")


def test_station_without_a_usable_direction_is_refused(tmp_path: Path) -> None:
    tables = read_tables(tmp_path, PLAIN["A"], "A,0,400,-60\n")
    assert tables[-1].refused
    assert {problem.rule for problem in tables[-1].problems} == {"drill-azimuth-outside", "missing-value"}


def test_negative_grade_is_left_out_with_the_form_to_write(tmp_path: Path) -> None:
    tables = read_tables(tmp_path, PLAIN["A"], "", "A,0,10,s1,-0.005\n")
    (one,) = values(tables, "drill_interval")
    assert (one["grade_pct"], one["grade_pct_qualifier"]) == (None, None)
    assert "Write <0.005" in sentence(tables, "drill-grade-negative")


def test_interval_without_any_grade_is_an_interval(tmp_path: Path) -> None:
    tables = read_tables(tmp_path, PLAIN["A"], "", "A,0,10,,\nA,10,12,s2,0.4\n")
    assert [(value["from_m"], value["analyte"]) for value in values(tables, "drill_interval")] == [(0, None), (10, "Cu")]
    assert [reading.rows[0].key for reading in tables[1:]] == ["A 0-10 ", "A 10-12 Cu"]


def test_code_of_a_laboratory_is_flagged_and_the_interval_stays(tmp_path: Path) -> None:
    tables = read_tables(tmp_path, PLAIN["A"], "", "A,0,10,s1,NSS\n")
    assert values(tables, "drill_interval")[0]["grade_pct"] is None
    assert rules(tables, "drill_interval") == {"figure-unreadable": 1}


def test_vertical_hole_and_station_need_no_azimuth(tmp_path: Path) -> None:
    tables = read_tables(tmp_path, "A,492600,7316000,3100,100,,-90,DD,2024,,\n", "A,50,,-90\n")
    assert not any(table.refused for table in tables)
    tables = read_tables(tmp_path, "A,492600,7316000,3100,100,,-90,DD,2024,,\n")
    assert values(tables, "drill_hole")[0]["trace_basis"] == "collar-direction"

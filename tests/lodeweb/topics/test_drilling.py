"""Drill holes: log, composites and section, API and pages in both languages, and bad input.

The tables of ``tests/lodedata/mapping/data/drilling`` are synthetic.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from tests.drilling_tables import FOLDER
from tests.mapped_rows import load_rows

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped

LINE = "line=-69.0735,-24.2689;-69.0672,-24.2689&width_m=60"
DEPOSITS = """
name: own-deposits
title_en: Own deposits
title_zh: 自有矿床
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: deposit}
    name_en: name
    country: {const: CHL}
    position: {lon: lon, lat: lat, accuracy_m: 100}
    commodities: [{const: copper}]
"""
ROWS = "id,name,lon,lat\nnear,Test Hill,-69.07,-24.27\nfar,Test Hill,-69.9,-26.5\n"
OVERLAPPING = "DD-01,0,10,S1,0.5\nDD-01,8,12,S2,0.7\nDD-01,12,14,S3,0.6\nDD-01,14,16,S4,<0.01\nDD-01,16,18,S5,>20\n"


def load_holes(store: Store, folder: Path, **about: str) -> Any:
    source = Source.model_validate({**yaml.safe_load((FOLDER / "drilling.yml").read_text("utf-8")), **about})
    return run(store.importer, ImportJob(source, folder, lambda tally: read_mapped(source, folder, tally), Boundaries(())))


@pytest.fixture(scope="module")
def visitor(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FlaskClient]:
    with own_store("drilling") as store:
        summary = load_holes(store, FOLDER)
        assert (summary.read, summary.loaded, summary.refused) == (439, 439, ())
        folder = tmp_path_factory.mktemp("overlaps")
        for name in ("collar", "survey", "lithology"):
            (folder / f"{name}.csv").write_text((FOLDER / f"{name}.csv").read_text("utf-8"), "utf-8")
        (folder / "assay.csv").write_text("HOLEID,FROM,TO,SAMPLE,Cu_pct\n" + OVERLAPPING, "utf-8")
        load_holes(store, folder, name="overlaps")
        load_rows(store, folder, DEPOSITS, ROWS)
        with app_of(store) as app:
            yield app.test_client(use_cookies=False)


def body(visitor: FlaskClient, address: str, status: int = 200) -> dict[str, Any]:
    response = visitor.get(address)
    assert response.status_code == status, response.get_data(as_text=True)
    found: dict[str, Any] = response.get_json(force=True)
    return found


def page(visitor: FlaskClient, address: str, lang: str) -> str:
    response = visitor.get(f"{address}{'&' if '?' in address else '?'}lang={lang}", headers={"Accept": "text/html"})
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_data(as_text=True)


def hole(visitor: FlaskClient, hole_id: str, source: str = "test-hill") -> str:
    found = body(visitor, f"/api/collections/drill-holes/items?hole_id={hole_id}&source={source}")
    (feature,) = found["features"]
    identity: str = feature["id"]
    return identity


def log(visitor: FlaskClient, hole_id: str, query: str = "", source: str = "test-hill") -> dict[str, Any]:
    return body(visitor, f"/api/drill-holes/{hole(visitor, hole_id, source)}/log?{query}")


def test_collections_have_holes_surveys_and_intervals(visitor: FlaskClient) -> None:
    counts = {
        name: body(visitor, f"/api/collections/{name}/items?source=test-hill&limit=1")["numberMatched"]
        for name in ("drill-holes", "drill-surveys", "drill-intervals")
    }
    assert counts == {"drill-holes": 6, "drill-surveys": 19, "drill-intervals": 414}
    found = body(visitor, "/api/collections/drill-intervals/items?source=test-hill&analyte=Cu&filter=grade_pct%3E%3D1")
    assert found["numberMatched"] > 0
    assert all(feature["properties"]["grade_pct"] >= 1 for feature in found["features"])


def test_intervals_beyond_one_row_are_of_their_hole_and_source(visitor: FlaskClient) -> None:
    assert {analyte["analyte"]: analyte["intervals"] for analyte in log(visitor, "DD-01")["analytes"]} == {
        "Cu": 24,
        "Mo": 24,
        "Au": 24,
    }
    assert {analyte["analyte"]: analyte["intervals"] for analyte in log(visitor, "DD-01", source="overlaps")["analytes"]} == {
        "Cu": 5
    }


def test_trace_of_a_surveyed_hole_bends_and_ends_above_a_straight_one(visitor: FlaskClient) -> None:
    found = log(visitor, "DD-01")
    last = found["trace"][-1]
    assert (found["trace_basis"], found["stations"], last["depth_m"]) == ("survey", 5, 240)
    # a straight hole of dip -60 would be 240 sin 60 = 207.8 m down
    assert 195 < last["down_m"] < 207.8
    assert last["elevation_m"] == pytest.approx(3100 - last["down_m"], abs=0.01)


def test_hole_without_survey_is_straight(visitor: FlaskClient) -> None:
    found = log(visitor, "DD-03")
    assert found["trace"][-1]["down_m"] == pytest.approx(220 * 0.9396926, abs=0.01)
    assert any("straight line" in note["en"] for note in found["notes"])


def test_hole_without_direction_has_no_trace(visitor: FlaskClient) -> None:
    found = log(visitor, "DD-04")
    assert (found["trace_basis"], found["trace"]) == ("unknown", [])
    assert any("not taken as vertical" in note["en"] for note in found["notes"])


def test_composites_follow_their_rules_and_are_in_every_format(visitor: FlaskClient) -> None:
    query = "analyte=Cu&cutoff=0.5&min_length_m=10&max_dilution_m=10"
    found = log(visitor, "DD-01", query)
    assert found["intercepts"]
    for intercept in found["intercepts"]:
        inside = [s for s in found["intervals"] if intercept["from_m"] <= s["from_m"] and s["to_m"] <= intercept["to_m"]]
        mean = sum(s["grade"] * (s["to_m"] - s["from_m"]) for s in inside) / intercept["length_m"]
        assert intercept["grade"] == pytest.approx(mean, abs=1e-5)
        assert intercept["grade"] >= 0.5 and intercept["length_m"] >= 10
    address = f"/api/drill-holes/{hole(visitor, 'DD-01')}/log?{query}"
    lines = visitor.get(f"{address}&f=csv").get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert len(lines) == len(found["intercepts"]) + 1 and lines[0].startswith("hole_id,analyte,unit,from_m,to_m")
    book = openpyxl.load_workbook(io.BytesIO(visitor.get(f"{address}&f=xlsx").data))
    assert book.sheetnames == ["Composites", "Grades", "Rock", "Trace", "Notes"]
    assert book["Grades"].max_row == 25
    drawn = visitor.get(f"{address}&f=svg")
    assert drawn.mimetype == "image/svg+xml"
    assert ElementTree.fromstring(drawn.data).tag == "{http://www.w3.org/2000/svg}svg"


def test_overlapping_intervals_are_listed_and_in_no_composite(visitor: FlaskClient) -> None:
    found = log(visitor, "DD-01", "cutoff=0.1", source="overlaps")
    assert [interval["overlaps"] for interval in found["intervals"]] == [True, True, False, False, False]
    assert [(intercept["from_m"], intercept["to_m"]) for intercept in found["intercepts"]] == [(12, 14), (16, 18)]
    notes = " ".join(note["en"] for note in found["notes"])
    for text in ("in no composite: 2", "count as zero: 1", "their least: 1"):
        assert text in notes


@pytest.mark.parametrize(("counts_as", "grade"), [("zero", 0.3), ("half", 0.3025), ("limit", 0.305)])
def test_grade_below_the_limit_counts_as_chosen(visitor: FlaskClient, counts_as: str, grade: float) -> None:
    query = f"cutoff=0.3&max_dilution_m=2&top_cut=0.6&below_detection={counts_as}"
    found = log(visitor, "DD-01", query, source="overlaps")
    # 2 m of 0.6, 2 m below the limit of 0.01, 2 m cut to 0.6
    assert found["intercepts"][0]["grade"] == pytest.approx((2 * 0.6 + 2 * (grade - 0.3) * 2 + 2 * 0.6) / 6)
    assert found["intercepts"][0]["grade_uncut"] > 6


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("analyte=Zn", 'There are no grades of "Zn" here. Use one of Cu'),
        ("cutoff=-1", "cutoff must be a number from 0"),
        ("min_length_m=5", "min_length_m needs a cut-off"),
        ("cutoff=1&top_cut=0.5", "The top cut 0.5 is below the cut-off 1"),
        ("cutoff=1&gaps=ignore", 'gaps has no choice "ignore"'),
    ],
)
def test_bad_rules_of_composites_have_a_sentence(visitor: FlaskClient, query: str, sentence: str) -> None:
    found = body(visitor, f"/api/drill-holes/{hole(visitor, 'DD-01')}/log?{query}", 400)
    assert sentence in found["detail"]


def test_unknown_hole_is_not_there(visitor: FlaskClient) -> None:
    assert "no drill hole with this id" in body(visitor, "/api/drill-holes/none/log", 404)["detail"]


def test_section_projects_holes_and_lists_those_left_out(visitor: FlaskClient) -> None:
    found = body(visitor, f"/api/drill-section?{LINE}&source=test-hill&analyte=Cu")
    assert [one["hole_id"] for one in found["holes"]] == ["DD-01", "DD-02", "DD-03", "DD-05", "DD-06"]
    assert [one["hole_id"] for one in found["left_out"]] == ["DD-04"]
    assert found["azimuth_deg"] == pytest.approx(90, abs=0.1)
    along = {one["hole_id"]: one["along_m"] for one in found["holes"]}
    # collars are 100 m apart on the ground; UTM is 0.9996 of it
    assert along["DD-02"] - along["DD-01"] == pytest.approx(100.04, abs=0.1)
    assert {one["hole_id"]: one["offset_m"] for one in found["holes"]}["DD-02"] == pytest.approx(-12, abs=1)
    first = next(interval for interval in found["intervals"] if interval["hole_id"] == "DD-01")
    assert first["from_elevation_m"] == 3100 and first["to_along_m"] > first["from_along_m"]
    assert {interval["grade_class"] for interval in found["intervals"]} <= set(range(len(found["breaks"]) + 1))


def test_section_leaves_out_what_is_outside_its_width(visitor: FlaskClient) -> None:
    narrow = body(visitor, f"/api/drill-section?{LINE.replace('width_m=60', 'width_m=4')}&source=test-hill")
    assert "DD-02" not in {one["hole_id"] for one in narrow["holes"]}


def test_section_without_drill_holes_is_empty(visitor: FlaskClient) -> None:
    assert body(visitor, "/api/drill-section?line=-60,-10;-60.01,-10")["holes"] == []


def test_section_as_file_has_ends_scale_and_legend(visitor: FlaskClient) -> None:
    drawn = visitor.get(f"/api/drill-section?{LINE}&analyte=Cu&breaks=0.3,0.6&exaggeration=2&source=test-hill&f=svg")
    texts = [one.text for one in ElementTree.fromstring(drawn.data).iter("{http://www.w3.org/2000/svg}text")]
    for text in ("A", "A′", "-69.07350, -24.26890", "Cu (%)", "< 0.3", "0.3–0.6", "≥ 0.6", "DD-01", "Elevation (m)"):
        assert text in texts
    assert any("vertical exaggeration 2×" in (text or "") for text in texts)


def test_straight_trace_is_dashed_above_the_grades_and_in_the_legend(visitor: FlaskClient) -> None:
    drawn = visitor.get(f"/api/drill-section?{LINE}&analyte=Cu&source=test-hill&f=svg")
    elements = list(ElementTree.fromstring(drawn.data).iter())
    grades = [at for at, one in enumerate(elements) if one.get("stroke-width") == "7"]
    dashed = [at for at, one in enumerate(elements) if one.get("stroke-dasharray") == "5 3"]
    # the only hole of the section without a survey, and the legend
    assert len(dashed) == 2 and max(grades) < min(dashed)
    assert "no survey: straight line" in [one.text for one in elements]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_section_and_log_as_png_have_two_dots_for_a_unit_of_the_drawing(visitor: FlaskClient, lang: str) -> None:
    section = f"/api/drill-section?{LINE}&analyte=Cu&source=test-hill"
    for address in (section, f"/api/drill-holes/{hole(visitor, 'DD-01')}/log?analyte=Cu"):
        drawn = visitor.get(f"{address}&f=png&lang={lang}")
        assert drawn.mimetype == "image/png" and '.png"' in drawn.headers["Content-Disposition"]
        _, _, width, height = ElementTree.fromstring(visitor.get(f"{address}&f=svg").data).attrib["viewBox"].split()
        picture = Image.open(io.BytesIO(drawn.data))
        assert picture.size == (2 * int(width), 2 * int(height))
        # paper, ink and at least one class of grades
        assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > 3


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("line=nowhere", '"nowhere" is not a line'),
        ("line=-69,-24", "A section has two points"),
        ("line=-69,-24;-69,-24", "from 1 m to 50 km long"),
        ("line=-69,-24;-60,-24", "from 1 m to 50 km long"),
        ("line=179.99,1;-179.99,1", "crosses the antimeridian"),
        (f"{LINE}&breaks=2,1", "Write up to 7 rising numbers"),
        (f"{LINE}&exaggeration=0", "exaggeration must be a number from 0.1 to 20"),
        (f"{LINE}&analyte=Xx&source=test-hill", 'There are no grades of "Xx" here'),
        ("", "line is missing"),
    ],
)
def test_bad_sections_have_a_sentence(visitor: FlaskClient, query: str, sentence: str) -> None:
    assert sentence in body(visitor, f"/api/drill-section?{query}", 400)["detail"]


@pytest.mark.parametrize(
    ("lang", "texts"), [("en", ("Composites", "along the hole", "Depth")), ("zh", ("见矿段", "沿孔深", "孔深"))]
)
def test_page_of_a_hole_in_both_languages(visitor: FlaskClient, lang: str, texts: tuple[str, ...]) -> None:
    shown = page(visitor, f"/drill-holes/{hole(visitor, 'DD-01')}?cutoff=0.5&max_dilution_m=10", lang)
    assert "<svg" in shown and "f=xlsx" in shown
    for text in texts:
        assert text in shown


@pytest.mark.parametrize(
    ("hole_id", "source", "texts"),
    [
        ("DD-03", "test-hill", ("has no survey", "无测斜资料")),
        ("DD-04", "test-hill", ("not taken as vertical", "不按直孔")),
        ("DD-01", "overlaps", ("in no composite: 2", "样段：2 个")),
    ],
)
def test_page_of_a_hole_says_what_its_tables_lack(
    visitor: FlaskClient, hole_id: str, source: str, texts: tuple[str, str]
) -> None:
    for lang, text in zip(("en", "zh"), texts, strict=True):
        shown = page(visitor, f"/drill-holes/{hole(visitor, hole_id, source)}?cutoff=0.1", lang)
        assert text in shown


@pytest.mark.parametrize(("lang", "text"), [("en", "crosses the antimeridian"), ("zh", "跨越 180° 经线")])
def test_page_of_a_section_has_the_sentence_above_the_form(visitor: FlaskClient, lang: str, text: str) -> None:
    response = visitor.get(f"/drill-section?line=179.99,1;-179.99,1&lang={lang}", headers={"Accept": "text/html"})
    shown = response.get_data(as_text=True)
    assert response.status_code == 400
    assert shown.index('role="alert"') < shown.index(text) < shown.index("<form") < shown.index('179.99,1;-179.99,1"')


@pytest.mark.parametrize(("lang", "text"), [("en", "Holes that are not drawn"), ("zh", "未绘出的钻孔")])
def test_page_of_a_section_in_both_languages(visitor: FlaskClient, lang: str, text: str) -> None:
    shown = page(visitor, f"/drill-section?{LINE}&source=test-hill", lang)
    assert "<svg" in shown and text in shown
    assert "<form" in page(visitor, "/drill-section", lang)


def test_page_of_a_deposit_lists_the_holes_that_name_it(visitor: FlaskClient) -> None:
    features = body(visitor, "/api/collections/deposits/items?limit=10")["features"]
    near, far = sorted(features, key=lambda feature: -feature["geometry"]["coordinates"][1])
    assert "Drill holes</h2>" in page(visitor, f"/records/{near['id']}", "en").replace(" (12)", "")
    assert "/drill-holes/" not in page(visitor, f"/records/{far['id']}", "en")


def test_record_of_a_hole_leads_to_its_log(visitor: FlaskClient) -> None:
    identity = hole(visitor, "DD-04")
    shown = page(visitor, f"/records/{identity}", "en")
    assert f"/drill-holes/{identity}" in shown

"""Recycling: plants and streams of an area, flows, the check of an import on a day, the page and the template."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from lodedata.topics.recycling import workbook

ROOT = "/api/recycling"
NCM = f"{ROOT}/import-check?stream=black-mass-ncm"


def body(client: FlaskClient, address: str) -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == 200, response.get_data(as_text=True)
    found: dict[str, Any] = response.get_json(force=True)
    return found


def test_a_permit_counts_once_however_many_rows_a_plant_has(statistics: FlaskClient) -> None:
    found = body(statistics, f"{ROOT}?country=CHN")
    (scrap, mass) = found["streams"]
    assert (scrap["stream"], scrap["plants"], scrap["permitted_input_tpa"]) == ("aluminium-scrap", 2, 60_000)
    assert (mass["stream"], mass["plants"], mass["permitted_input_tpa"], mass["input_t"]) == ("black-mass", 1, 20_000, 900)
    assert scrap["recycled_output"] == [
        {"metal": "aluminium", "area": "CHN", "year": "2023", "output_t": 1e6, "data_set": "output-2022"}
    ]
    assert (scrap["design_output_tpa"], scrap["share_percent"]) == (50_000, 5)
    # plants of all countries are not divided by the output of one
    everywhere = body(statistics, ROOT)["streams"][0]
    assert (everywhere["plants"], everywhere["share_percent"]) == (3, None)


def test_flows_lead_from_stream_to_metal_with_the_tonnes_of_the_plant(statistics: FlaskClient) -> None:
    flows = body(statistics, f"{ROOT}?country=中国")["flows"]
    assert {(flow["stream"], tuple(flow["metals"]), flow["tonnes"]) for flow in flows} == {
        ("aluminium-scrap", ("aluminium",), 60_000),
        ("aluminium-scrap", ("aluminium",), 50_000),
        ("black-mass", ("cobalt", "nickel"), 20_000),
    }


@pytest.mark.parametrize(
    ("query", "result"),
    [
        ("&date=2025-07-31", "not_enough_data"),
        ("&date=2025-08-01&lithium_pct=3", "fail"),
        ("&date=2025-08-01&lithium_pct=4", "not_enough_data"),
        (
            "&date=2025-08-01&lithium_pct=4&nickel_cobalt_pct=30&phosphorus_pct=0.1&soluble_fluorine_pct=0.1&bulk=no&mixed=no",
            # the limits of zinc, lead and cadmium were not read
            "not_enough_data",
        ),
    ],
)
def test_an_import_is_checked_clause_by_clause(statistics: FlaskClient, query: str, result: str) -> None:
    found = body(statistics, NCM + query)
    assert found["result"] == result
    assert "no approval" in found["disclaimer"]["en"]
    assert len(found["clauses"]) == 7


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "stream"),
        ("stream=moon-dust", "stream"),
        ("stream=black-mass&date=June", "date"),
        ("stream=black-mass&lithium_pct=350", "lithium_pct"),
        ("stream=black-mass&lithium_pct=nan", "lithium_pct"),
        ("stream=black-mass&bulk=perhaps", "bulk"),
    ],
)
def test_bad_input_is_named_in_both_languages(statistics: FlaskClient, query: str, parameter: str) -> None:
    sentences = set()
    for lang in ("en", "zh"):
        response = statistics.get(f"{ROOT}/import-check?{query}&lang={lang}")
        problem = response.get_json(force=True)
        assert (response.status_code, problem["parameter"]) == (400, parameter)
        sentences.add(problem["detail"])
    assert len(sentences) == 2


def test_the_page_shows_target_streams_and_the_result_of_the_form(statistics: FlaskClient) -> None:
    page = statistics.get("/recycling?country=CHN&stream=black-mass-lfp&date=2025-09-01&iron_pct=1&lang=zh")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    for expected in ("再生金属产量突破2000万吨", "60,000", "所填数据有条款不符合。", "3824999996", "示例铝业"):
        assert expected in text, expected
    assert statistics.get("/recycling?stream=black-mass&lithium_pct=-1").status_code == 400


def test_the_template_has_a_column_for_each_field(statistics: FlaskClient, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(statistics.get("/recycling/template.xlsx").get_data()))
    names = [cell.value for cell in book[workbook.SHEET][1]]
    assert names == [workbook.KEY, *map(workbook.format_stream_header, workbook.list_stream_columns())]


def test_metal_in_reach_is_a_model_with_its_inputs(statistics: FlaskClient) -> None:
    found = body(statistics, f"{ROOT}/reach?country=CHN&lon=113&lat=34&share_pct=10")
    scrap = found["streams"][0]
    # 1 Mt of recycled aluminium in 2023, a tenth of it in reach
    assert (scrap["stream"], scrap["supply_t"], scrap["share_pct"], scrap["arising_t"]) == ("aluminium-scrap", 1e6, 10, 1e5)
    assert (scrap["supply_year"], scrap["supply_source"], scrap["plants"]) == ("2023", "output-2022", 0)
    assert (found["share_origin"], found["plants_without_position"], len(found["model"])) == ("stated", 3, 3)
    # without a stated share and without boundaries nothing is spread
    assert body(statistics, f"{ROOT}/reach?country=CHN&lon=113&lat=34")["streams"][0]["arising_t"] is None
    page = statistics.get("/recycling?country=CHN&lon=113&lat=34&share_pct=10&lang=zh").get_data(as_text=True)
    assert "100,000" in page and "模型，并非实测" in page


@pytest.mark.parametrize("query", ["lon=200&lat=34", "lat=34", "lon=113&lat=34&radius_km=0", "lon=113&lat=34&share_pct=101"])
def test_a_place_that_is_none_is_refused_in_both_languages(statistics: FlaskClient, query: str) -> None:
    sentences = {statistics.get(f"{ROOT}/reach?{query}&lang={lang}").get_json(force=True)["detail"] for lang in ("en", "zh")}
    assert len(sentences) == 2
    assert statistics.get(f"/recycling?{query}").status_code == 400

"""The check of recovery rates and the recovery of a project on its page; made-up mines."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.mapped_rows import load_rows

from lodebase.db.store import Store

CHECK = "/api/recovery/check?f=json"
HEAD = """
name: own-{name}
title_en: Own {name}
title_zh: 自有数据
publisher: The tests
licence: {{id: internal, name: Internal}}
citation: The tests, made up
version: "1"
tables:
  - key: "{{id}}"
    name_en: name
    country: {{const: CHN}}
"""
PROJECTS = (
    HEAD.format(name="projects")
    + """
    kind: {const: project}
    position: {lon: lon, lat: lat}
    commodities: [metal]
    facility_types: {const: mine}
"""
)
RECORDS = (
    HEAD.format(name="recoveries")
    + """
    kind: {const: recovery_record}
    recovery_stage: {const: processing}
    recovery_basis: {const: actual}
    year: year
    commodity: metal
    rate_reported_pct: rate
    ore_treated_t: ore
    head_grade_pct: grade
    metal_recovered_t: recovered
    fields: {project_source: {const: own-projects}, project: project}
"""
)


def load(store: Store, folder: Path, mapping: str, text: str) -> None:
    summary = load_rows(store, folder, mapping, text)
    assert summary.loaded == 1, summary.refused


@pytest.fixture(scope="module")
def visitor(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FlaskClient]:
    """A visitor of a site with one mine and one rate of it: 65 % reported, 60 % computed."""
    folder = tmp_path_factory.mktemp("recovery")
    with own_store("recovery") as store:
        load(store, folder, PROJECTS, "id,name,lon,lat,metal\na,Tiririca Verde,103.1,36.1,cobalt\n")
        row = "1,Tiririca Verde,2021,cobalt,65,1000000,0.3,1800,a"
        load(store, folder, RECORDS, f"id,name,year,metal,rate,ore,grade,recovered,project\n{row}\n")
        with app_of(store) as app:
            yield app.test_client(use_cookies=False)


def record(visitor: FlaskClient, collection: str) -> str:
    (found,) = visitor.get(f"/api/collections/{collection}/items?f=json").get_json(force=True)["features"]
    return str(found["id"])


def test_a_plan_is_checked_on_a_day(visitor: FlaskClient) -> None:
    found = visitor.get(f"{CHECK}&commodity=copper&date=2024-06-30&mining=93&mining_method=open-pit&country=CHN").get_json()
    outcomes = {(finding["instrument"]["id"], finding["stage"]): finding["outcome"] for finding in found["findings"]}
    assert outcomes["cn-2013-copper-recovery", "mining"] == "cannot-say"
    assert outcomes["cn-2023-dzt-0462-4", "mining"] == "text-not-read"
    (first, *_) = found["findings"]
    assert first["missing"] == ["size_class"] and first["applies_in_country"]
    assert "矿山规模" in first["reason_zh"]


def test_a_record_is_checked_in_its_year_with_the_metal_between(visitor: FlaskClient) -> None:
    found = visitor.get(f"{CHECK}&record={record(visitor, 'recovery-records')}").get_json()
    (one,) = [finding for finding in found["findings"] if finding["stage"] == "processing"]
    assert found["date"] == "2021-12-31"
    assert (one["outcome"], one["gap_points"], one["metal_between_t"]) == ("below-minimum", -5.0, -150.0)


@pytest.mark.parametrize(
    ("query", "english", "chinese"),
    [
        ("commodity=gold", 'commodity has no choice "gold"', "没有选项“gold”"),
        ("commodity=copper&mining=120", "mining must be a number from 0 to 100", "应为 0 到 100"),
        ("commodity=copper&date=2024", "date must be a day such as", "2026-03-31"),
        ("commodity=copper&thickness=broad", 'thickness has no choice "broad"', "没有选项“broad”"),
        ("commodity=copper&country=XX", '"XX" is not a country code', "不是国家代码"),
    ],
)
def test_bad_input_has_a_sentence_in_both_languages(visitor: FlaskClient, query: str, english: str, chinese: str) -> None:
    for lang, sentence in (("en", english), ("zh", chinese)):
        response = visitor.get(f"{CHECK}&{query}&lang={lang}")
        assert response.status_code == 400 and sentence in response.get_json(force=True)["detail"]
    assert visitor.get(f"{CHECK}&record=none").status_code == 404


@pytest.mark.parametrize(("lang", "below", "computed"), [("en", "below the minimum", "60 %"), ("zh", "低于最低指标", "60 %")])
def test_pages_show_rates_findings_and_projects(visitor: FlaskClient, lang: str, below: str, computed: str) -> None:
    project, rate = record(visitor, "projects"), record(visitor, "recovery-records")
    page = visitor.get(f"/records/{rate}?lang={lang}").get_data(as_text=True)
    assert below in page and f"/records/{project}" in page
    assert computed in visitor.get(f"/records/{project}?lang={lang}").get_data(as_text=True)
    page = visitor.get(f"/recovery/check?commodity=cobalt&processing=65&date=2021-12-31&lang={lang}").get_data(as_text=True)
    assert below in page
    assert visitor.get(f"/recovery/check?lang={lang}").status_code == 200


@pytest.mark.parametrize(
    ("lang", "title"), [("en", "Metal between actual and minimum rates"), ("zh", "与最低指标差额对应的金属量")]
)
def test_the_metal_between_the_rates_has_a_page_in_both_languages(client: FlaskClient, lang: str, title: str) -> None:
    html = client.get(f"/recovery/gaps?date=2026-11-29&lang={lang}").get_data(as_text=True)
    assert title in html and 'value="2026-11-29"' in html
    body = client.get("/api/recovery/gaps").get_json(force=True)
    assert body["formula"].keys() == {"en", "zh"} and isinstance(body["totals"], list)
    wrong = client.get(f"/api/recovery/gaps?date=soon&lang={lang}")
    assert wrong.status_code == 400 and "soon" in wrong.get_json(force=True)["detail"]

"""Companies by capacity, countries, supply without a country, and capacity to come: pages, data and tables."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source, loading
from lodedata.mapping.tables import read_mapped

ABOUT = """
title_en: Test
title_zh: 测试
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
as_of: "2026"
"""
PROJECTS = f"""
name: own-plants
{ABOUT}
tables:
  - key: "{{id}}"
    kind: {{const: project}}
    name_en: name
    position: {{lon: lon, lat: lat, accuracy_m: 100}}
    country: country
    commodities: [{{const: lithium}}]
    phases:
      - product: product
        capacity: {{column: kt, unit: kt/a}}
        status: status
        start: start
    owners: [{{name: owner, share: {{column: share, unit: "%"}}}}, {{name: second, share: {{column: share2, unit: "%"}}}}]
"""
PLANTS = """\
id,name,lon,lat,country,product,kt,status,start,owner,share,second,share2
1,Antofagasta,-70.4012,-23.6012,CHL,lithium carbonate,100,operating,,Atacama Lithium S.A.,100,,
2,Xinyu,114.9012,27.8012,CHN,lithium hydroxide,50,operating,,Ganjiang Lithium Co. Ltd.,60,Atacama Lithium S.A.,40
3,Kwinana,115.8012,-32.2012,AUS,lithium hydroxide,24,construction,2028,Ganjiang Lithium Co. Ltd.,,,
4,Yichun,114.4012,27.8512,CHN,lithium carbonate,10,suspended,,Ganjiang Lithium Co. Ltd.,,,
"""
OUTPUT = """
name: output
title_en: Output of lithium
title_zh: 锂产量
publisher: The bureau
licence: {id: internal, name: Internal}
citation: The bureau
version: "2025"
as_of: 2025-01-31
observations:
  - indicator: indicator
    commodity: {const: lithium}
    stage: stage
    basis: {const: content}
    area: area
    unit: {const: kt}
    period: {const: "2024"}
    values: [{value: value}]
"""
FIGURES = """\
indicator,stage,area,value
production,refinery,CHN,60
production,refinery,CHL,30
production,refinery,ARG,10
production,mine,AUS,80
production,mine,CHL,20
reserves,all,CHL,9000
reserves,all,AUS,6000
"""
SURVEY = """\
indicator,stage,area,value
production,mine,CHL,25
"""


@pytest.fixture(scope="module")
def site(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FlaskClient]:
    """A site with four lithium plants and the output of a year."""
    folder = tmp_path_factory.mktemp("companies")
    with own_store("companies") as store, app_of(store) as app:
        path = folder / "plants.csv"
        path.write_text(PLANTS, "utf-8")
        plants = Source.model_validate(yaml.safe_load(PROJECTS))
        made = run(store.importer, ImportJob(plants, path, lambda tally: read_mapped(plants, path, tally), Boundaries(())))
        assert made.read == made.loaded, made.refused
        figures = folder / "output.csv"
        figures.write_text(FIGURES, "utf-8")
        made = run(store.importer, ImportJob(loading.parse(OUTPUT, "o.yml"), figures, lambda tally: (), Boundaries(())))
        assert made.read == made.loaded, made.refused
        survey = folder / "survey.csv"
        survey.write_text(SURVEY, "utf-8")
        of_survey = OUTPUT.replace("name: output", "name: survey").replace("2025-01-31", "2026-01-31")
        made = run(store.importer, ImportJob(loading.parse(of_survey, "s.yml"), survey, lambda tally: (), Boundaries(())))
        assert made.read == made.loaded, made.refused
        yield app.test_client()


def body(site: FlaskClient, address: str) -> dict[str, Any]:
    response = site.get(address)
    assert response.status_code == 200, response.get_data(as_text=True)
    found: dict[str, Any] = response.get_json(force=True)
    return found


def page(site: FlaskClient, address: str) -> str:
    response = site.get(address, headers={"Accept": "text/html"})
    assert response.status_code == 200, address
    return response.get_data(as_text=True)


def test_companies_are_ranked_by_capacity_and_share(site: FlaskClient) -> None:
    found = body(site, "/api/statistics/league?product=lithium-refinery")
    # hydroxide counts as carbonate: 50 kt x 0.88 = 44 kt, of which 60 and 40 per cent
    companies = {
        company["name"]["en"]: (round(company["capacity_tpa"]), company["projects"], company["assumed_tpa"])
        for company in found["companies"]
    }
    assert companies == {
        "Atacama Lithium S.A.": (117_600, 2, 0),
        "Ganjiang Lithium Co. Ltd.": (26_400, 1, 0),
    }
    assert (found["capacity_tpa"], found["unattributed_tpa"]) == (pytest.approx(144_000), 0)
    shares = [117_600 / 1440, 26_400 / 1440]
    assert found["hhi_low"] == pytest.approx(shares[0] ** 2 + shares[1] ** 2)


@pytest.mark.parametrize(
    ("lang", "texts"),
    [
        ("en", ("Companies by capacity: Lithium, Refinery", "117,600 t/a", "A model", "lithium carbonate equivalent")),
        ("zh", ("企业产能排名：锂", "11.76 万吨/年", "模型估算", "碳酸锂当量")),
    ],
)
def test_the_league_is_a_page_in_both_languages(site: FlaskClient, lang: str, texts: tuple[str, ...]) -> None:
    html = page(site, f"/statistics/league/lithium-refinery?lang={lang}")
    assert [text for text in texts if text not in html] == []
    assert "/statistics/league/lithium-refinery" in page(site, f"/statistics?lang={lang}")


@pytest.mark.parametrize(
    ("lang", "texts"),
    [
        ("en", ("Lithium · Reserves", "60 % of the world", "rank 1 of 2 countries")),
        ("zh", ("锂 · 储量", "占世界 60 %", "第 1")),
    ],
)
def test_a_country_begins_with_what_it_ranks_highest_for(site: FlaskClient, lang: str, texts: tuple[str, ...]) -> None:
    head = page(site, f"/statistics/areas/CHL?lang={lang}").split('class="head-figures"')[1].split("</dl>")[0]
    assert [text for text in texts if text not in head] == []


def test_an_unknown_product_is_not_found_on_the_page_and_refused_by_the_api(site: FlaskClient) -> None:
    assert site.get("/statistics/league/gold").status_code == 404
    refused = site.get("/api/statistics/league?product=gold")
    assert refused.status_code == 400 and "lithium-refinery" in refused.get_json(force=True)["detail"]


def test_supply_without_a_country_has_what_is_missing_and_capacity_elsewhere(site: FlaskClient) -> None:
    found = body(site, "/api/statistics/supply-without?commodity=lithium&stage=refinery&area=CHL")
    assert (found["lost_t"], found["lost_percent"], found["left_t"]) == (30_000, 30, 70_000)
    assert (found["hhi_low"], round(found["hhi_without_low"])) == (4600, round((600 / 7) ** 2 + (100 / 7) ** 2))
    # idle in China 10 kt of carbonate, under construction in Australia 24 kt of hydroxide
    assert (found["idle_elsewhere_tpa"], found["coming_elsewhere_tpa"]) == (10_000, pytest.approx(24_000 * 0.88))
    for lang, text in (("en", "Without Chile, 30,000 t of Lithium"), ("zh", "若智利停产")):
        html = page(site, f"/statistics/supply-without?commodity=lithium&stage=refinery&area=CHL&lang={lang}")
        assert text in html
    assert '<select name="stage" required>' in page(site, "/statistics/supply-without")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("commodity=lithium&stage=smelter&area=CHL", "Stages here: "),
        ("commodity=lithium&stage=refinery&area=PER", "Largest producers: CHN"),
    ],
)
def test_supply_without_figures_is_refused_with_what_there_is(site: FlaskClient, query: str, sentence: str) -> None:
    response = site.get(f"/api/statistics/supply-without?{query}&lang=en")
    assert response.status_code == 400 and sentence in response.get_json(force=True)["detail"]


def test_capacity_to_come_is_by_start_and_status(site: FlaskClient) -> None:
    (row,) = body(site, "/api/statistics/pipeline?product=lithium-refinery")["rows"]
    assert (row["start"], row["status"], row["capacity_tpa"], row["projects"]) == (
        "2028",
        "construction",
        pytest.approx(21_120),
        1,
    )
    assert body(site, "/api/statistics/pipeline?product=lithium-refinery&area=CHL")["rows"] == []
    assert "2028" in page(site, "/statistics/pipeline/lithium-refinery?lang=zh")


def test_a_country_has_output_reserves_and_projects_with_ranks(site: FlaskClient) -> None:
    found = body(site, "/api/statistics/area?area=CHL")
    output = {one["stage"]: (one["value"], one["share_percent"], one["rank"], one["of_countries"]) for one in found["output"]}
    assert output == {"refinery": (30_000, 30, 2, 3), "mine": (20_000, 20, 2, 2)}
    (held,) = found["reserves"]
    assert (held["value"], held["share_percent"], held["rank"], held["ratio_years"]) == (9e6, 60, 1, 450)
    assert [(project["status"], project["projects"], project["rank"]) for project in found["projects"]] == [("operating", 1, 1)]
    for lang, texts in (("en", ("2 of 3", "450 years of production")), ("zh", ("第 2 位，共 3 国", "450 年（按当年产量）"))):
        html = page(site, f"/statistics/areas/CHL?lang={lang}")
        assert [text for text in texts if text not in html] == []
    rows = list(csv.DictReader(io.StringIO(site.get("/api/statistics/area?area=CHL&f=csv").get_data().decode("utf-8-sig"))))
    assert [row["indicator"] for row in rows] == ["production", "production", "reserves"]


def test_publishers_that_differ_are_side_by_side_with_the_reason(site: FlaskClient) -> None:
    found = body(site, "/api/statistics/differences?commodity=lithium&stage=mine")
    (one,) = found["differences"]
    figures = [(figure["source"], figure["tonnes"]) for figure in one["figures"]]
    assert (one["area"], one["year"], one["difference_percent"], figures) == (
        *("CHL", "2024", 25),
        [("survey", 25_000), ("output", 20_000)],
    )
    assert "365 days apart" in " ".join(reason["en"] for reason in one["reasons"])
    assert found["agreeing"] == 0
    for lang, texts in (("en", ("Where publishers differ", "25 %")), ("zh", ("发布机构之间的差异", "发布时间相差 365 天"))):
        html = page(site, f"/statistics/lithium?stage=mine&area=CHL&lang={lang}")
        assert [text for text in texts if text not in html] == []

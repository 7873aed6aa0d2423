"""The pages of statistics: commodities first, shares, citations, releases, plan targets, and areas; in both languages."""

import csv
import io
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import loading


def page(client: FlaskClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def drawn(html: str) -> dict[str, str]:
    """The address of each chart's data; the map of the world has its rows in the page."""
    match = re.search(r'id="lode-charts"[^>]*>(.*?)</script>', html, re.DOTALL)
    assert match is not None
    return {chart["id"]: chart["url"] for chart in json.loads(match[1])["charts"] if "url" in chart}


@pytest.mark.parametrize(
    ("lang", "title", "state"),
    [
        ("en", "Recycled non-ferrous metals over 20 Mt", "on track, not yet met"),
        ("zh", "再生金属产量突破2000万吨", "进度正常，尚未达到"),
    ],
)
def test_plan_targets_are_a_section_of_china_after_the_commodities(
    statistics: FlaskClient, lang: str, title: str, state: str
) -> None:
    html = page(statistics, f"/statistics?lang={lang}")
    first = html.index('<li class="on-track" id="target-recycled-metals-20mt">')
    heading = {"en": "China: targets of plans", "zh": "中国：规划目标"}[lang]
    assert html.index("/statistics/copper?stage=refinery") < html.index(f'<h2 id="targets">{heading}') < first
    assert title in html[first : first + 900] and f"{state} · 2024 · 95.75 %" in html[first : first + 900]
    # the sources of the figures by their titles, not by their codes
    assert {"en": "Output 2", "zh": "产量 2"}[lang] in html[first:] and "output-2" not in html[first:]


def test_a_commodity_has_its_stages_sources_and_countries_to_choose_from(statistics: FlaskClient) -> None:
    html = page(statistics, "/statistics/copper?stage=refinery")
    assert re.search(r'<a href="/statistics/copper\?stage=mine">Mine</a>', html)
    assert '<option value="output" selected>Output 2023 (2020–2021)</option>' in html
    assert '<option value="CHN" selected>China</option>' in html and '<option value="CHL">Chile</option>' in html


@pytest.mark.parametrize(
    ("lang", "texts"),
    [
        ("en", ("Processing stage", "16 Mt", "China</a> 84 %", "7,312", "10,162 US dollars per tonne", "Output 2023")),
        ("zh", ("生产环节", "1,600 万吨", "中国</a> 84 %", "7,312", "10,162 美元/吨", "产量 2023")),
    ],
)
def test_the_overview_has_output_leaders_concentration_price_and_edition(
    statistics: FlaskClient, lang: str, texts: tuple[str, ...]
) -> None:
    html = page(statistics, f"/statistics?lang={lang}")
    row = html[html.index("/statistics/copper?stage=refinery") :].split("</tr>")[0]
    head = html.split("<thead")[1].split("</thead>")[0]
    assert [text for text in texts if text not in head + row] == []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_overview_is_saved_as_a_table(statistics: FlaskClient, form: str) -> None:
    data = statistics.get(f"/api/statistics/overview?f={form}").get_data()
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    else:
        head, *lines = load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)
        rows = [dict(zip(head, line, strict=True)) for line in lines]
    (copper,) = [row for row in rows if (row["commodity"], row["stage"]) == ("copper", "refinery")]
    assert (copper["label_zh"], str(copper["year"]), copper["leaders"]) == ("铜", "2021", "CHN 84 % CHL 16 %")
    assert float(copper["output"]) == 16e6


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("en", "China: 84 % of world output in 2021, Copper (Refinery)"),
        ("zh", "中国占 2021 年世界产量的 84 %：铜（精炼）"),
    ],
)
def test_a_commodity_begins_with_the_world_and_its_leading_country(statistics: FlaskClient, lang: str, title: str) -> None:
    html = page(statistics, f"/statistics/copper?lang={lang}&stage=refinery")
    assert html.index('class="head-figures"') < html.index(title) < html.index('id="country"')
    assert "勘查阶段" not in html and "10,162" in html.split("</dl>")[0]
    assert {"en": "No open extract of UN Comtrade ships with Lode", "zh": "未附带"}[lang] in html


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_chart_of_a_commodity_has_data(statistics: FlaskClient, lang: str) -> None:
    html = page(statistics, f"/statistics/copper?lang={lang}")
    charts = drawn(html)
    assert list(charts) == ["production", "hhi", "share", "sources", "capacity", "reserves", "price"]
    for address in charts.values():
        assert statistics.get(address).status_code == 200
    assert "The bureau, 2022" in html
    assert ("As known on" if lang == "en" else "数据截至") in html


FINDINGS = {
    "en": {
        "world": "2 countries or areas produced Copper (Refinery) in 2021, the three largest 100 %",
        "sources": "China: 10.5 Mt in 2021, Copper (Refinery), +16.7 % on a year earlier",
        "reserves": "Chile holds 100 % of reserves, > 40 years of its output (2021)",
        "price": "Price of Copper: 10,162 US dollars per tonne in 2021-05",
    },
    "zh": {
        "world": "2021 年有 2 个国家和地区生产铜（精炼），前三位合计占 100 %",
        "sources": "中国：2021 年 1,050 万吨，铜（精炼），同比 +16.7 %",
        "reserves": "智利占储量的 100 %，储采比 > 40 年（2021 年）",
        "price": "铜价格：2021-05 10,162 美元/吨",
    },
}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_title_of_a_chart_is_its_finding(statistics: FlaskClient, lang: str) -> None:
    match = re.search(r'id="lode-charts"[^>]*>(.*?)</script>', page(statistics, f"/statistics/copper?lang={lang}"), re.DOTALL)
    assert match is not None
    titles = {chart["id"]: chart["title"] for chart in json.loads(match[1])["charts"]}
    assert {name: titles[name] for name in FINDINGS[lang]} == FINDINGS[lang]
    units = {chart["id"]: chart.get("unit") for chart in json.loads(match[1])["charts"]}
    assert units["price"] == {"en": "US dollars per tonne", "zh": "美元/吨"}[lang]
    country = page(statistics, f"/statistics/areas/CHN?lang={lang}")
    assert FINDINGS[lang]["sources"] in country


def test_the_day_of_a_page_is_that_of_its_charts(statistics: FlaskClient) -> None:
    charts = drawn(page(statistics, "/statistics/copper?as_of=2022-12-31"))
    assert all("as_of=2022-12-31" in address for address in charts.values())


def test_an_area_shows_printed_values_with_flags_and_computed_growth(statistics: FlaskClient) -> None:
    html = page(statistics, "/statistics/areas/CHN")
    assert "China · Copper · Refinery · Production" in html
    assert re.search(r">10.5 Mt</td>\s*<td[^>]*>16.7 %</td>", html)
    published = re.search(r"Growth on a year earlier, as published</a></th>(.*?)</tr>", html, re.DOTALL)
    assert published is not None and "3.9 per cent" in published[1] and published[1].count("%") == 0
    chinese = page(statistics, "/statistics/areas/CHN?lang=zh")
    assert "1,050 万吨" in chinese and "10<sup>" not in chinese


@pytest.mark.parametrize("address", ["/statistics/unobtainium", "/statistics/areas/Atlantis"])
def test_another_name_is_not_found(statistics: FlaskClient, address: str) -> None:
    assert statistics.get(address).status_code == 404


def test_a_store_without_statistics_says_what_to_import(client: FlaskClient) -> None:
    assert "No production is stored yet" in page(client, "/statistics")
    assert "No production of this commodity is stored." in page(client, "/statistics/copper")


LONG = "area,year,value\n" + "".join(f"{area},{year},100\n" for area in ("CHN", "CHL", "PER") for year in range(2019, 2024))
RECENT = "area,year,value\nCHN,2024,100\nCHL,2024,300\n"
MAPPING = """
name: {name}
title_en: Output
title_zh: 产量
publisher: The bureau
licence: {{id: internal, name: Internal}}
citation: The bureau
version: "2025"
as_of: 2025-01-31
observations:
  - indicator: {{const: production}}
    commodity: {{const: copper}}
    stage: {{const: mine}}
    basis: {{const: content}}
    area: area
    unit: {{const: kt}}
    period: year
    values: [{{value: value}}]
"""


def test_the_overview_and_the_page_of_a_commodity_agree_on_source_and_year(
    store: Store, app_of: Callable[[Store], AbstractContextManager[Flask]], tmp_path: Path
) -> None:
    for name, content in (("complete-to-2023", LONG), ("short-to-2024", RECENT)):
        path = tmp_path / f"{name}.csv"
        path.write_text(content, "utf-8")
        source = loading.parse(MAPPING.format(name=name), "output.yml")
        run(store.importer, ImportJob(source, path, lambda tally: (), Boundaries(())))
    with app_of(store) as app:
        client = app.test_client()
        (linked,) = re.findall(r'<a href="(/statistics/copper[^"]+)">', page(client, "/statistics"))
        assert "source=short-to-2024" in linked
        for address in (linked.replace("&amp;", "&"), "/statistics/copper?stage=mine", "/statistics/copper"):
            html = page(client, address)
            assert '<option value="short-to-2024" selected>' in html, address
            assert "2024" in html.split('id="lode-charts"')[1], address

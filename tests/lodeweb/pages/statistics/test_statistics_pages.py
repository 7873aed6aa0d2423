"""The pages of statistics: targets first, shares of commodities, citations, releases, and areas; in both languages."""

import json
import re

import pytest
from flask.testing import FlaskClient


def page(client: FlaskClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def drawn(html: str) -> dict[str, str]:
    """The address of each chart's data; the map of the world has its rows in the page."""
    found = re.search(r'id="lode-charts"[^>]*>(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return {one["id"]: one["url"] for one in json.loads(found[1])["charts"] if one["kind"] != "world"}


@pytest.mark.parametrize(
    ("lang", "title", "state"),
    [
        ("en", "Recycled non-ferrous metals over 20 Mt", "on track, not yet met"),
        ("zh", "再生金属产量突破2000万吨", "进度正常，尚未达到"),
    ],
)
def test_the_first_thing_is_whether_the_target_of_20_mt_is_met(
    statistics: FlaskClient, lang: str, title: str, state: str
) -> None:
    html = page(statistics, f"/statistics?lang={lang}")
    first = html.index('<li class="on-track" id="target-recycled-metals-20mt">')
    assert first < html.index("<form")
    assert title in html[first : first + 900] and f"{state} · 2024 · 95.75 %" in html[first : first + 900]


def test_a_commodity_has_its_stages_sources_and_countries_to_choose_from(statistics: FlaskClient) -> None:
    html = page(statistics, "/statistics/copper?stage=refinery")
    assert re.search(r'<a href="/statistics/copper\?stage=mine">Mine</a>', html)
    assert '<option value="output" selected>output (2020–2021)</option>' in html
    assert '<option value="CHN" selected>China</option>' in html and '<option value="CHL">Chile</option>' in html


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_chart_of_a_commodity_has_data(statistics: FlaskClient, lang: str) -> None:
    html = page(statistics, f"/statistics/copper?lang={lang}")
    charts = drawn(html)
    assert list(charts) == ["share", "production", "sources", "capacity", "reserves", "price"]
    for address in charts.values():
        assert statistics.get(address).status_code == 200
    assert "The bureau, 2022" in html
    assert ("As known on" if lang == "en" else "数据截至") in html


def test_the_day_of_a_page_is_that_of_its_charts(statistics: FlaskClient) -> None:
    charts = drawn(page(statistics, "/statistics/copper?as_of=2022-12-31"))
    assert all("as_of=2022-12-31" in address for address in charts.values())


def test_an_area_shows_printed_values_with_flags_and_computed_growth(statistics: FlaskClient) -> None:
    html = page(statistics, "/statistics/areas/CHN")
    assert "China · Copper · Refinery · Production" in html
    assert re.search(r'<td class="number">10500</td>.*?<td class="number">16.7 %</td>', html, re.DOTALL)
    published = re.search(r"Growth on a year earlier, as published</a></td>(.*?)</tr>", html, re.DOTALL)
    assert published is not None and "3.9" in published[1] and published[1].count("%") == 0


@pytest.mark.parametrize("address", ["/statistics/unobtainium", "/statistics/areas/Atlantis"])
def test_another_name_is_not_found(statistics: FlaskClient, address: str) -> None:
    assert statistics.get(address).status_code == 404


def test_a_store_without_statistics_says_what_to_import(client: FlaskClient) -> None:
    assert "No production is stored yet" in page(client, "/statistics")
    assert "No production of this commodity is stored." in page(client, "/statistics/copper")

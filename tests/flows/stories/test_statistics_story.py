"""Stories of a buyer and a banker: countries and companies of a metal, a share as a chart with its citation, plan targets."""

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect
from tests.flows.visits import DARK, LANGS, OUTPUT, PHONE, SIZES, breaches, wider

Sheet = Callable[..., Page]
COPPER = {"en": "Copper", "zh": "铜"}
SHARE = {
    "en": "China: 42.2 % of world output in 2021, Copper (Refinery), 2012 to 2021",
    "zh": "中国占 2021 年世界产量的 42.2 %：铜（精炼），2012—2021 年",
}
STATES = {"en": "on track, not yet met", "zh": "进度正常，尚未达到"}
CITATION = "The bureau, Output of refined copper 2012 to 2021"


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS)
def test_chinas_share_of_refined_copper_goes_into_a_report_with_its_citation(sheet: Sheet, lang: str) -> None:
    page = sheet("/", lang)
    clicks = 0
    for name in ({"en": "Statistics", "zh": "统计"}[lang], COPPER[lang]):
        page.get_by_role("link", name=name, exact=True).first.click()
        clicks += 1
    chart = page.locator("#chart-share")
    expect(chart.locator("figcaption")).to_have_text(SHARE[lang])
    expect(chart.locator("svg")).to_be_visible()
    with page.expect_download() as waiting:
        chart.locator(".files summary").click()
        chart.locator(".files").get_by_text("SVG", exact=True).click()
    clicks += 2
    assert clicks < 5
    texts = " ".join(ElementTree.fromstring(Path(waiting.value.path()).read_bytes()).itertext())
    for text in (CITATION, "42.2 %", "2012"):
        assert text in texts.replace("\n", " "), texts


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS)
def test_cobalt_by_country_takes_two_clicks_and_lithium_refiners_three(sheet: Sheet, lang: str) -> None:
    page = sheet("/", lang)
    statistics, cobalt, lithium = {"en": ("Statistics", "Cobalt", "Lithium, Refinery"), "zh": ("统计", "钴", "锂（精炼）")}[
        lang
    ]
    for name in (statistics, cobalt):
        page.get_by_role("link", name=name, exact=True).first.click()
    # 128 of 142 kt in 2021: 90.1 %; squared shares 8,126 + 97
    for text in ({"en": "China", "zh": "中国"}[lang], "90.1 %", "8,223"):
        expect(page.locator(".head-figures")).to_contain_text(text)
    expect(page.locator("#chart-production svg")).to_be_visible()
    for name in (statistics, lithium):
        page.get_by_role("link", name=name, exact=True).first.click()
    first = page.locator("table.figures tbody tr").first
    expect(first).to_contain_text("1. ")
    first.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/organisations/[0-9a-z]+"))
    assert breaches(page) == []


@pytest.mark.parametrize("dark", DARK)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_whether_the_target_of_20_mt_is_met_is_one_click_from_the_head_of_the_page(
    sheet: Sheet, lang: str, size: tuple[int, int], dark: bool
) -> None:
    page = sheet("/statistics", lang, size, color_scheme="dark" if dark else "light")
    state = page.locator("#target-recycled-metals-20mt .state")
    page.locator('a[href="#targets"]').first.click()
    expect(state).to_contain_text(STATES[lang])
    expect(state).to_be_in_viewport()
    assert wider(page) <= 0
    assert breaches(page) == []
    OUTPUT.mkdir(exist_ok=True)
    name = f"statistics-{lang}-{'phone' if size == PHONE else 'desktop'}-{'dark' if dark else 'light'}"
    page.screenshot(path=OUTPUT / f"{name}.png")


def test_a_chart_has_its_values_below_and_as_files(sheet: Sheet) -> None:
    page = sheet("/statistics/copper")
    chart = page.locator("#chart-sources")
    chart.locator("details:not(.files) summary").focus()
    page.keyboard.press("Enter")
    expect(chart.locator("table tbody tr")).to_have_count(10)
    chart.locator(".files summary").click()
    with page.expect_download() as waiting:
        chart.get_by_role("link", name="XLSX").click()
    assert Path(waiting.value.path()).read_bytes()[:2] == b"PK"

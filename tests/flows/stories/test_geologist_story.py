"""Stories of a geologist: when VMS copper was found in Canada, the model of laterites, and figures that contradict."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.flows.conftest import Serving
from tests.flows.visits import DESKTOP, LANGS_ZH, LOCALES, PHONE, QUIET, REPORT_BREACHES, breaches, wider

VMS, RESOURCES = "usgs-vms-minmod", "minmod-world-resources"
DATED = {"en": "of 207 deposits have a year of discovery", "zh": "处矿床有发现年份（共207处）"}
MUDD_JOWITT = """
name: mudd-jowitt-2018
title_en: Copper of Duolong
title_zh: 多龙铜矿
publisher: Society of Economic Geologists
licence: {id: internal, name: Internal}
citation: Mudd and Jowitt (2018), https://doi.org/10.5382/econgeo.2018.4590
version: "2018"
tables:
  - key: "{name}"
    kind: {const: deposit}
    name_en: name
    country: {const: CHN}
    position: {lon: {const: 83.4406}, lat: {const: 32.8328}, accuracy_m: 15000}
    commodities: [{const: copper}]
    estimates:
      - category: {const: endowment}
        ore: {column: ore_mt, unit: Mt}
        measures: [{commodity: {const: copper}, grade: {column: grade_pct, unit: "%", basis: metal}}]
"""
DUOLONG = {"en": "Duolong", "zh": "多龙铜金矿集区"}
ELSEWHERE = {"en": ("13.49 Mt", "another source gives 5.4 Mt"), "zh": ("1,349万吨", "另一来源为540万吨")}
"""Copper of Duolong: 13.492 Mt of China Nonferrous Metals News; 750 Mt of 0.72 % of Mudd and Jowitt (2018)."""
USED = {"en": "Deposits used", "zh": "所用矿床"}


@pytest.fixture(scope="module")
def served(lasting: Callable[..., Serving], lode: Callable[..., subprocess.CompletedProcess[str]], real_data: Path) -> Serving:
    """A site with the starter register, and the massive sulfide and nickel deposits of the real files."""
    site = lasting()
    for name, path in ((VMS, real_data / VMS), (RESOURCES, real_data / RESOURCES / "mudd_jowitt_nickel.csv")):
        result = lode(site.home, "import", name, str(path))
        assert result.returncode == 0, result.stderr
    return site


@pytest.fixture(scope="module")
def contradicted(
    lasting: Callable[..., Serving],
    lode: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Serving:
    """A site with the starter register and the figure of another source for Duolong."""
    folder = tmp_path_factory.mktemp("duolong")
    (folder / "source.yml").write_text(MUDD_JOWITT, encoding="utf-8")
    (folder / "copper.csv").write_text("name,ore_mt,grade_pct\nDuolong,750,0.72\n", encoding="utf-8")
    site = lasting()
    result = lode(site.home, "import", "--mapping", str(folder / "source.yml"), str(folder / "copper.csv"))
    assert result.returncode == 0, result.stderr
    return site


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS_ZH)
def test_finds_of_massive_sulfide_in_canada_and_the_model_of_laterites(browser: Browser, served: Serving, lang: str) -> None:
    context = browser.new_context(
        base_url=served.url, locale=LOCALES[lang], viewport={"width": PHONE[0], "height": PHONE[1]}, color_scheme="dark"
    )
    context.add_init_script(REPORT_BREACHES)
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(f"/discoveries/curve?lang={lang}")
    page.locator("select[name=commodity]").select_option("copper")
    page.locator("input[name=country]").fill("CAN")
    page.locator("input[name=deposit_model]").fill("VMS")
    page.locator("form.filters button").click()
    expect(page.locator(".matched")).to_contain_text(DATED[lang])
    for chart in ("finds", "metal", "size"):
        expect(page.locator(f"#chart-{chart} svg")).to_be_visible()
    expect(page.locator("main table tbody tr").first).to_contain_text("1860–1869")
    assert wider(page) <= 0
    page.goto("/models")
    page.locator('a[href="/models/laterite"]').click()
    expect(page.locator("main")).to_contain_text(USED[lang])
    expect(page.locator("#chart-grade-tonnage svg")).to_be_visible()
    page.locator('main a[href^="/tract?"]').click()
    expect(page.locator("input[name=deposit_model]")).to_have_value("laterite")
    assert wider(page) <= 0 and breaches(page) == []
    context.close()


@pytest.mark.parametrize("lang", LANGS_ZH)
def test_popup_and_table_name_the_figure_of_a_source_that_contradicts(
    browser: Browser, contradicted: Serving, lang: str
) -> None:
    headline, elsewhere = ELSEWHERE[lang]
    context = browser.new_context(
        base_url=contradicted.url, locale=LOCALES[lang], viewport={"width": DESKTOP[0], "height": DESKTOP[1]}
    )
    context.add_init_script(REPORT_BREACHES)
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(f"/?lang={lang}&kind=deposits&division=CN-XZ&commodity=copper&table=deposits")
    page.wait_for_function(QUIET)
    row = page.locator("#rows tbody tr", has_text=DUOLONG[lang])
    expect(row.get_by_role("gridcell", name=headline)).to_contain_text(elsewhere)
    row.click()
    popup = page.locator(".leaflet-popup")
    expect(popup.locator(".figure")).to_contain_text(headline)
    expect(popup.locator("p.line", has_text=elsewhere)).to_be_visible()
    assert breaches(page) == []
    context.close()

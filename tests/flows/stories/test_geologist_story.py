"""Story of a geologist: when VMS copper was found in Canada, and the grade and tonnage model of laterites."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.flows.conftest import Serving
from tests.flows.visits import LANGS_ZH, LOCALES, PHONE, REPORT_BREACHES, breaches, wider

VMS, RESOURCES = "usgs-vms-minmod", "minmod-world-resources"
DATED = {"en": "of 207 deposits have a year of discovery", "zh": "处矿床有发现年份（共207处）"}
USED = {"en": "Deposits used", "zh": "所用矿床"}


@pytest.fixture(scope="module")
def served(lasting: Callable[..., Serving], lode: Callable[..., subprocess.CompletedProcess[str]], real_data: Path) -> Serving:
    """A site with the starter register, and the massive sulfide and nickel deposits of the real files."""
    site = lasting()
    for name, path in ((VMS, real_data / VMS), (RESOURCES, real_data / RESOURCES / "mudd_jowitt_nickel.csv")):
        result = lode(site.home, "import", name, str(path))
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

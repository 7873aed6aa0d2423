"""Story of a geologist: how the resources of three deposits grew, from the record to the page of each report."""

import csv
import io
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.flows.conftest import Serving
from tests.flows.visits import LANGS_ZH, LOCALES, PHONE, REPORT_BREACHES, breaches, wider

REPORTS = "ni43101-reports-minmod"
DEPOSITS = ("Whabouchi", "Kevitsa", "South Crofty")
LINK = {"en": "Resource history", "zh": "资源储量变化"}
CLASS = {"en": "ndicated mineral resource", "zh": "控制资源量"}
CHART_DATA = {"en": "Chart data", "zh": "图表数据"}
PAGE_OF_REPORT = re.compile(r"https?://[^#]+#page=\d+")


@pytest.fixture(scope="module")
def served(lasting: Callable[..., Serving], lode: Callable[..., subprocess.CompletedProcess[str]], real_data: Path) -> Serving:
    """A site with the starter register and the technical reports of the real files."""
    site = lasting()
    result = lode(site.home, "import", REPORTS, str(real_data / REPORTS))
    assert result.returncode == 0, result.stderr
    return site


def find_deposit(page: Page, name: str) -> str:
    """Return the id of the deposit of a name."""
    suggestions = page.request.get("/api/search", params={"q": name}).json()["suggestions"]
    return str(next(suggestion["id"] for suggestion in suggestions if suggestion["kind"] == "deposit"))


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS_ZH)
def test_history_of_three_deposits_leads_to_the_page_of_each_report(browser: Browser, served: Serving, lang: str) -> None:
    context = browser.new_context(
        base_url=served.url, locale=LOCALES[lang], viewport={"width": PHONE[0], "height": PHONE[1]}, color_scheme="dark"
    )
    context.add_init_script(REPORT_BREACHES)
    context.set_default_timeout(30_000)
    page = context.new_page()
    for name in DEPOSITS:
        identity = find_deposit(page, name)
        page.goto(f"/records/{identity}?lang={lang}")
        page.get_by_role("link", name=LINK[lang]).first.click()
        expect(page).to_have_url(f"{served.url}/records/{identity}/history")
        chart = page.locator("figure.chart").first
        expect(chart.locator("svg")).to_be_visible()
        expect(page.locator("main")).to_contain_text(CLASS[lang])
        chart.get_by_text(CHART_DATA[lang]).click()
        numbers = chart.locator("table a")
        expect(numbers.first).to_be_visible()
        expect(numbers.first).to_have_attribute("href", PAGE_OF_REPORT)
        expect(page.locator("section[aria-labelledby=rows] td a").first).to_have_attribute("href", PAGE_OF_REPORT)
        table = page.request.get(f"/api/collections/deposits/items/{identity}/estimates", params={"f": "csv", "role": "all"})
        rows = list(csv.DictReader(io.StringIO(table.text().lstrip("\ufeff"))))
        address = numbers.first.get_attribute("href")
        assert address in {f"{row['document']}#page={row['page']}" for row in rows}
        assert wider(page) <= 0 and breaches(page) == []
    context.close()

"""Story of an exploration geologist: a tract in northern Chile is estimated with an economic filter."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from playwright.sync_api import Browser, Page, expect
from tests.flows.conftest import Serving
from tests.flows.visits import LANGS_ZH, LOCALES, PHONE, REPORT_BREACHES, breaches_in_each_scheme, wider

SOURCE = "usgs-porphyry-copper-2008"
CHILE = "POLYGON((-71 -28,-68 -28,-68 -21,-71 -21,-71 -28))"
FILTERED = {"en": "have a net present value above zero", "zh": "净现值大于零"}
TOO_LONG = {"en": "This polygon is too long for an address.", "zh": "该多边形过长，网址容纳不下。"}
ASSUMED = {"en": "the user's judgement", "zh": "由使用者判断"}


@pytest.fixture(scope="module")
def served(lasting: Callable[..., Serving], lode: Callable[..., subprocess.CompletedProcess[str]], real_data: Path) -> Serving:
    """A site with the porphyries of the real files."""
    site = lasting()
    result = lode(site.home, "import", SOURCE, str(real_data / SOURCE))
    assert result.returncode == 0, result.stderr
    return site


def open_page(browser: Browser, served: Serving, lang: str) -> Page:
    context = browser.new_context(
        base_url=served.url, locale=LOCALES[lang], viewport={"width": PHONE[0], "height": PHONE[1]}, color_scheme="dark"
    )
    context.add_init_script(REPORT_BREACHES)
    context.set_default_timeout(120_000)
    return context.new_page()


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS_ZH)
def test_an_outline_of_10_000_corners_gets_a_sentence_before_it_is_sent(browser: Browser, served: Serving, lang: str) -> None:
    angles = np.linspace(0, 2 * np.pi, 10_001)
    outline = shapely.to_wkt(shapely.Polygon(np.column_stack([np.cos(angles) - 69, np.sin(angles) - 24])))
    page = open_page(browser, served, lang)
    page.goto(f"/tract?lang={lang}")
    field = page.locator("textarea[name=within]")
    field.fill(outline)
    page.locator("input[name=deposit_model]").fill("porphyry-copper")
    page.locator("select[name=commodity]").select_option("copper")
    page.locator("form.recovery-form button").click()
    expect(page).to_have_url(f"{served.url}/tract?lang={lang}")
    assert TOO_LONG[lang] in field.evaluate("field => field.validationMessage")
    field.fill(CHILE)
    assert field.evaluate("field => field.validationMessage") == ""
    page.context.close()


@pytest.mark.story
@pytest.mark.timeout(900)
@pytest.mark.parametrize("lang", LANGS_ZH)
def test_a_tract_in_northern_chile_is_estimated_and_filtered(browser: Browser, served: Serving, lang: str) -> None:
    page = open_page(browser, served, lang)
    page.goto(f"/tract?lang={lang}")
    page.locator("textarea[name=within]").fill(CHILE)
    page.locator("input[name=deposit_model]").fill("porphyry-copper")
    page.locator("select[name=commodity]").select_option("copper")
    for chance, number in ((90, 3), (50, 6), (10, 12)):
        page.locator(f"input[name=n{chance}]").fill(str(number))
    page.locator("details:has(input[name=price_usd_t]) summary").click()
    page.locator("input[name=price_usd_t]").fill("9000")
    page.locator("input[name=cost_factor]").fill("2.4")
    page.locator("input[name=depths]").fill("0-250:25, 250-500:25, 500-1000:50")
    page.locator("form.recovery-form button").click()
    main = page.locator("main")
    expect(main).to_contain_text(FILTERED[lang])
    expect(main).to_contain_text("573.2 US$/t")
    expect(main).to_contain_text(ASSUMED[lang])
    expect(page.locator("input[name=depths]")).to_have_value("0-250:25, 250-500:25, 500-1000:50")
    expect(page.locator("#chart-numbers svg").first).to_be_visible()
    address = page.locator('a[href*="f=pdf"]').first.get_attribute("href")
    assert address is not None and page.request.get(address).headers["content-type"] == "application/pdf"
    page.locator("input[name=depths]").fill("500-250:100")
    page.locator("form.recovery-form button").click()
    expect(main).to_contain_text({"en": "from the surface down", "zh": "自地表向下"}[lang])
    assert wider(page) <= 0 and breaches_in_each_scheme(page) == []
    page.context.close()

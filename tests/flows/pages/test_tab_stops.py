"""Stops of the key Tab before the form of each page that has one: skip link, header, menu and language, and little else."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.flows.conftest import add_account
from tests.flows.pages.test_every_page import addresses
from tests.flows.visits import DESK, LANGS

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

Sheet = Callable[..., Page]
MAX_STOPS = 8
PASSWORD = "long enough to keep"
MORE = ("/rights?commodity=copper", "/desk/sign-in")
WITH_A_FORM = (
    *(
        "/layout",
        "/layout/pairs",
        "/layout/rules",
        "/rights",
        "/rights/candidates",
        "/schedule",
        "/lists/check",
        "/lists/batch",
    ),
    *("/recycling", "/recovery/check", "/recovery/gaps", "/statistics/copper", "/statistics/areas/CHN", "/statistics/coverage"),
    *("/statistics/prices?index=2020", "/discoveries/curve", "/tract", "/prospectivity", "/updates", "/desk/sign-in"),
)
"""Pages that surely have a form, so that the count is not of none."""
FROM_THE_TOP = """() => {
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute('tabindex');
  scrollTo(0, 0);
}"""
# the forms of a record, an error report and a choice to compare, are at its end, and a link at its head leads to them
FORMS = """() => [...document.querySelectorAll('main form')]
  .filter((form) => form.checkVisibility() && !form.closest('article.record')).length"""
IN_A_FORM = "() => !!document.activeElement.closest('main form')"


def stops_before_the_form(page: Page) -> int | None:
    """Return how many times Tab stops before the first form of the main part, None for a page without one."""
    if not page.evaluate(FORMS):
        return None
    page.evaluate(FROM_THE_TOP)
    for stops in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(IN_A_FORM):
            return stops
    pytest.fail(f"60 times Tab did not lead to the form of {page.url}")


@pytest.mark.story
@pytest.mark.timeout(900)
@pytest.mark.parametrize("lang", LANGS)
def test_few_tab_stops_come_before_the_form_of_every_page(sheet: Sheet, product: "Serving", lang: str) -> None:
    page = sheet("/quality", lang, forgiven="404")
    counted = {}
    for path in (*addresses(product), *MORE):
        if "<form" in page.request.get(path, headers={"Accept": "text/html"}).text().partition("<main")[2]:
            page.goto(path, wait_until="domcontentloaded")
            counted[path] = stops_before_the_form(page)
    assert {path: stops for path, stops in counted.items() if stops is not None and stops > MAX_STOPS} == {}
    assert [path for path in WITH_A_FORM if counted.get(path) is None] == []


@pytest.mark.parametrize("lang", LANGS)
def test_few_tab_stops_come_before_the_form_of_every_page_of_the_desk(sheet: Sheet, product: "Serving", lang: str) -> None:
    name = f"counter-{lang}"
    add_account(product.home, name, "administrator", PASSWORD)
    page = sheet("/desk", lang, forgiven="404")
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".me")).to_contain_text(name)
    counted = {}
    for path in DESK:
        response = page.goto(path, wait_until="domcontentloaded")
        assert response is not None and response.status == 200, path
        counted[path] = stops_before_the_form(page)
    assert {path: stops for path, stops in counted.items() if stops is not None and stops > MAX_STOPS} == {}
    assert counted["/desk/imports"] is not None and counted["/desk/acts"] is not None
    # all public pages are in the menu there
    page.locator("#menu summary").click()
    for address in ("/statistics", "/rights", "/schedule"):
        expect(page.locator(f'#menu a[href="{address}"]')).to_be_visible()

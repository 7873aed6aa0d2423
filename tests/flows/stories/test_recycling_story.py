"""Story of a recycler: may black mass be imported on a date, and which plants take which stream."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.flows.visits import LANGS_ZH, PHONE, breaches, wider

Sheet = Callable[..., Page]
FAILED = {"en": "The data entered do not meet a clause.", "zh": "所填数据有条款不符合。"}
TOO_EARLY = {"en": "Not enough data.", "zh": "数据不足。"}
COPPER = {"en": "Copper", "zh": "铜"}


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS_ZH)
def test_black_mass_with_little_lithium_fails_from_the_first_day_of_the_rule(sheet: Sheet, lang: str) -> None:
    page = sheet("/recycling", lang, PHONE, color_scheme="dark")
    assert wider(page) <= 0
    expect(page.locator("#chart-flows svg")).to_contain_text(COPPER[lang])
    page.locator("select[name=stream]").select_option("black-mass-ncm")
    page.locator("input[name=date]").fill("2025-08-01")
    page.locator(".check-form summary").click()
    page.locator("input[name=lithium_pct]").fill("3")
    page.locator(".check-form button").first.click()
    expect(page.locator(".list-result .status")).to_have_text(FAILED[lang])
    expect(page.locator(".list-result")).to_contain_text("3824999996")
    page.locator("input[name=date]").fill("2025-07-31")
    page.locator(".check-form button").first.click()
    expect(page.locator(".list-result .status")).to_have_text(TOO_EARLY[lang])
    assert wider(page) <= 0
    assert breaches(page) == []

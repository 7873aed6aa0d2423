"""A geologist moves the slider of time by keyboard, and lists what has no position."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.flows.visits import Visits, matched

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

SLIDER = {"en": "Slider of time", "zh": "时间滑块"}
PLAY = {"en": "Play", "zh": "播放"}
YEAR = 1990


@pytest.mark.story
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_time_is_moved_by_keyboard_and_what_has_no_position_is_listed(visit: Visits, product: "Serving", lang: str) -> None:
    seen = visit(lang, reduced_motion="no-preference").open("/?kind=deposits")
    page = seen.page
    page.get_by_role("button", name=SLIDER[lang], exact=True).focus()
    page.keyboard.press("Enter")
    slider = page.locator("#time-year")
    expect(slider).to_be_focused()
    seen.loaded()
    last = int(seen.address()["year"])
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    seen.loaded()
    assert seen.address()["year"] == str(last - 3)
    slider.evaluate("(one, year) => { one.value = year; one.dispatchEvent(new Event('change')); }", YEAR)
    seen.loaded()
    assert seen.count() == matched(product, f"year={YEAR}", ("deposits",)) > 0
    assert seen.shown() <= seen.count()
    undated = matched(product, "year=unknown", ("deposits",))
    expect(page.locator("#time-note")).to_contain_text(f"{undated:,}")
    page.get_by_role("button", name=PLAY[lang], exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_function("(year) => Number(new URLSearchParams(location.search).get('year')) >= year + 10", arg=YEAR)
    page.keyboard.press("Enter")
    expect(page.locator("#time-play")).to_have_accessible_name(PLAY[lang])
    seen.loaded()
    page.keyboard.press("Escape")
    expect(page.locator("#time")).to_be_hidden()
    seen.loaded()
    assert "year" not in seen.address()
    nowhere = matched(product, "located=false", ("deposits",))
    chip = page.locator("#unlocated")
    expect(chip).to_contain_text(f"{nowhere:,}")
    chip.focus()
    page.keyboard.press("Enter")
    seen.loaded()
    assert seen.address()["located"] == "false" and seen.count() == nowhere > 0
    assert "Sahara Unplaced" in seen.names() or nowhere > len(seen.names())
    countries = page.locator('[data-filter="country"] li .count').all_inner_texts()
    assert sum(int(country.replace(",", "")) for country in countries) <= nowhere
    chip.focus()
    page.keyboard.press("Enter")
    seen.loaded()
    assert "located" not in seen.address()


def test_with_reduced_motion_the_button_goes_one_step(visit: Visits) -> None:
    seen = visit().open(f"/?kind=deposits&year={YEAR}")
    seen.page.get_by_role("button", name="Forward by 5 years").click()
    seen.loaded()
    assert seen.address()["year"] == str(YEAR + 5)
    seen.page.wait_for_timeout(1500)
    assert seen.address()["year"] == str(YEAR + 5)

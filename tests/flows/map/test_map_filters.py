"""Filters of the map that are more than a list: deposit models as a tree, figures as ranges."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, expect
from tests.flows.visits import DESKTOP, PHONE, Visit, Visits, features, matched

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


def opened(seen: Visit, name: str, size: tuple[int, int]) -> Locator:
    """A filter, opened as one does on a screen of such a size."""
    if size == PHONE:
        seen.page.locator("#sheets").get_by_role("button").first.click()
    found = seen.page.locator(f'[data-filter="{name}"]')
    found.locator("summary").click()
    seen.loaded()
    return found


@SIZES
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_branch_of_deposit_models_holds_what_is_beneath_it(
    visit: Visits, product: "Serving", lang: str, size: tuple[int, int]
) -> None:
    seen = visit(lang, size).open("/?kind=deposits")
    found = opened(seen, "deposit_model", size)
    whole, leaf = (found.locator(f'input[value="{code}"]') for code in ("magmatic-hydrothermal", "porphyry-copper"))
    expect(leaf).to_be_hidden()
    whole.check()
    count = seen.count()
    everything = "BENEATH(deposit_model,'magmatic-hydrothermal')"
    assert count == matched(product, f"filter={everything}", ("deposits",)) > 0
    assert seen.address()["deposit_model"] == "magmatic-hydrothermal"
    for code in ("magmatic-hydrothermal", "porphyry"):
        found.locator(f'li:has(> .row input[value="{code}"]) > .row .branch').first.click()
    expect(leaf).to_be_checked()
    leaf.uncheck()
    fewer = matched(
        product, f"filter={everything} AND NOT BENEATH(deposit_model,'porphyry-copper')".replace(" ", "%20"), ("deposits",)
    )
    assert seen.count() == fewer < count
    assert seen.address()["deposit_model"] == "magmatic-hydrothermal,-porphyry-copper"
    assert whole.evaluate("(tick) => tick.indeterminate")


@SIZES
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_range_is_set_by_its_handles(visit: Visits, product: "Serving", lang: str, size: tuple[int, int]) -> None:
    seen = visit(lang, size).open("/?kind=deposits&commodity_group=copper")
    found = opened(seen, "amounts", size)
    low = found.get_by_role("slider", name={"en": "Minimum: Contained metal", "zh": "最小值：金属量"}[lang])
    expect(low).to_be_visible()
    low.focus()
    for _ in range(3):
        seen.page.keyboard.press("ArrowRight")
    seen.loaded()
    least = seen.address()["contained_t_min"]
    query = f"commodity_group=copper&filter=figure_contained_t%20%3E%3D%20{least}"
    assert seen.count() == matched(product, query, ("deposits",)) > 0
    expect(found.locator('[name="contained_t_min"]')).to_have_value(least)
    assert low.get_attribute("aria-valuetext")
    assert found.locator("rect.in").count() < found.locator("rect").count()
    found.locator('[name="contained_t_min"]').fill("")
    found.locator('[name="contained_t_min"]').press("Enter")
    seen.page.wait_for_function("() => !location.search.includes('contained_t_min')")
    expect(low).to_have_value("0")


def test_a_range_of_years_is_dragged(visit: Visits, product: "Serving") -> None:
    seen = visit().open("/?kind=deposits")
    found = opened(seen, "discovered", DESKTOP)
    high = found.get_by_role("slider", name="Maximum: Discovered")
    box = high.bounding_box()
    assert box is not None
    seen.page.mouse.move(box["x"] + box["width"] - 9, box["y"] + box["height"] / 2)
    seen.page.mouse.down()
    seen.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    seen.page.mouse.up()
    seen.page.wait_for_function("() => location.search.includes('discovered')")
    until = seen.loaded().address()["discovered"].removeprefix("..")
    assert int(until) % 10 == 9
    query = f"filter=discovery_year%20%3C%3D%20{until}"
    assert seen.count() == matched(product, query, ("deposits",)) > 0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_new_filter_shows_its_records_and_no_popup_of_another(visit: Visits, product: "Serving", lang: str) -> None:
    there = features(product, "deposits", "country=CHN&limit=1")[0]["id"]
    seen = visit(lang, DESKTOP).open(f"/?view=105,35,4&select=deposits/{there}")
    expect(seen.page.locator(".leaflet-popup")).to_be_visible()
    found = opened(seen, "country", DESKTOP)
    found.locator('input[value="CHL"]').check()
    expect(seen.page.locator(".leaflet-popup")).to_have_count(0)
    seen.page.wait_for_url("**view=-*")
    west, _ = (float(part) for part in seen.address()["view"].split(",")[:2])
    assert -80 < west < -60 and "select" not in seen.address()


def test_records_are_filtered_by_a_company(visit: Visits, product: "Serving") -> None:
    seen = visit("en", DESKTOP).open("/")
    found = opened(seen, "organisation", DESKTOP)
    found.get_by_role("searchbox").fill("Ganfeng")
    found.get_by_role("button").first.click()
    identity = seen.address()["organisation"]
    query = f"organisation={identity}&include_subsidiaries=true"
    assert seen.count() == matched(product, query, ("discoveries", "projects")) > 0
    expect(seen.page.locator("#chips")).to_contain_text("Ganfeng")

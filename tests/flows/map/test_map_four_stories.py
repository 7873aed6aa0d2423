"""Four stories that must be short, each in both languages, on desktop and phone."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.flows.visits import DESKTOP, PHONE, Visit, Visits, features, matched

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

LICENCE = "POLYGON((117 28.5,118.5 28.5,118.5 29.5,117 29.5,117 28.5))"
"""Around Dexing."""
DEXING = {"en": "Dexing", "zh": "德兴铜矿"}
everyone = pytest.mark.parametrize(
    ("lang", "size"),
    [(lang, size) for lang in ("en", "zh") for size in (DESKTOP, PHONE)],
    ids=["en-desktop", "en-phone", "zh-desktop", "zh-phone"],
)


def sheet(seen: Visit, size: tuple[int, int], name: str) -> None:
    """On a phone, open a sheet, or close the one that is open."""
    if size == PHONE:
        seen.page.locator(f'#sheets [data-toggle="{name}"]').click()


def typed(seen: Visit, lang: str, word: dict[str, str]) -> None:
    """Choose what the search suggests for a word."""
    seen.page.locator("#search").fill(word[lang])
    seen.page.get_by_role("option").filter(has=seen.page.locator("b", has_text=word[lang])).first.click()
    seen.loaded()


@everyone
def test_tin_in_yunnan_and_what_is_known_of_its_stage(
    visit: Visits, product: "Serving", lang: str, size: tuple[int, int]
) -> None:
    seen = visit(lang, size).open("/?kind=deposits,discoveries")
    typed(seen, lang, {"en": "Tin", "zh": "锡"})
    typed(seen, lang, {"en": "Yunnan", "zh": "云南省"})
    address = seen.address()
    assert (address["commodity"], address["division"]) == ("tin", "CN-YN")
    assert seen.count() == matched(product, "commodity=tin&division=CN-YN", ("deposits", "discoveries")) > 0
    sheet(seen, size, "panel")
    years = seen.page.locator('[data-filter="discovered"]')
    years.locator("summary").click()
    years.locator("input[type=number]").first.fill("2010")
    years.locator("input[type=number]").first.press("Enter")
    seen.loaded()
    assert seen.address()["discovered"] == "2010.."
    query = "commodity=tin&division=CN-YN"
    later = matched(product, f"{query}&filter=discovery_year%3E%3D2010", ("deposits",))
    assert seen.count() == later + matched(product, f"{query}&datetime=2010/..", ("discoveries",))
    seen.picture(f"story-tin-{lang}-{'phone' if size == PHONE else 'desktop'}")


@everyone
def test_nickel_around_sorowako_is_compared(visit: Visits, product: "Serving", lang: str, size: tuple[int, int]) -> None:
    seen = visit(lang, size).open("/?kind=deposits&commodity_group=nickel")
    sheet(seen, size, "panel")
    seen.page.locator("#area summary").click()
    seen.page.locator("#near-km").fill("300")
    seen.page.locator("#near-at").fill("121.37, -2.53")
    seen.page.locator("#near-at").press("Enter")
    seen.page.wait_for_function("() => location.search.includes('radius_km=300')")
    query = "commodity_group=nickel&near=121.37,-2.53&radius_km=300"
    assert seen.count() == matched(product, query, ("deposits",)) > 1
    sheet(seen, size, "list")
    seen.loaded()
    for box in seen.page.locator("#rows tbody input").all()[:2]:
        box.check()
    names = seen.names()[:2]
    with seen.page.expect_navigation():
        seen.page.locator("#compare").click()
    for name in names:
        expect(seen.page.locator("main")).to_contain_text(name)


@everyone
def test_a_licence_is_pasted_and_its_corner_moved(visit: Visits, product: "Serving", lang: str, size: tuple[int, int]) -> None:
    seen = visit(lang, size).open()
    page = seen.page
    sheet(seen, size, "panel")
    page.locator("#area summary").click()
    page.locator("#area-open").click()
    page.locator("#area-text").fill(LICENCE)
    page.locator("#area-form button[type=submit]").click()
    expect(page.locator("#area-dialog")).to_be_hidden()
    expect(page.locator("#area-counts li b")).to_have_count(3)
    before = seen.loaded().address()["within"]
    assert seen.count() == matched(product, f"within={LICENCE}".replace(" ", "%20")) > 0
    page.locator("#area-edit").click()
    expect(page.locator("#area-editing")).to_be_visible()
    corner = page.locator(".marker-icon:not(.marker-icon-middle)").first.bounding_box()
    assert corner is not None
    page.mouse.move(corner["x"] + 7, corner["y"] + 7)
    page.mouse.down()
    page.mouse.move(corner["x"] + 40, corner["y"] - 25, steps=5)
    page.mouse.up()
    page.locator("#area-done").click()
    seen.loaded()
    after = seen.address()["within"]
    assert after != before
    assert seen.count() == matched(product, f"within={after}".replace(" ", "%20"))
    page.go_back()
    page.wait_for_function("(text) => new URLSearchParams(location.search).get('within') === text", arg=before)


@everyone
def test_dexing_is_found_by_two_letters(visit: Visits, lang: str, size: tuple[int, int]) -> None:
    seen = visit(lang, size).open()
    seen.page.locator("#search").press_sequentially("dx")
    seen.page.get_by_role("option").filter(has_text="德兴铜矿").first.click()
    expect(seen.page.locator(".popup h2")).to_have_text(DEXING[lang])


def test_the_table_scrolls_to_the_record_of_a_link(visit: Visits, product: "Serving") -> None:
    last = features(product, "deposits")[-1]["id"]
    seen = visit().open(f"/?kind=deposits&select=deposits/{last}")
    row = seen.page.locator(f'#rows tr[data-id="deposits/{last}"]')
    expect(row).to_be_visible()
    expect(row).to_have_attribute("aria-selected", "true")

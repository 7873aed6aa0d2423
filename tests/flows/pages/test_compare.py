"""Records side by side in a real browser: differences seen without colour, by keyboard, on a phone, in both languages."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.flows.visits import DARK, LANGS_ZH, OUTPUT, PHONE, SIZES, breaches, wider

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

Sheet = Callable[..., Page]
NAMES = ("Cinovec (Zinnwald)", "Pebble", "Weilasituo")


def ids(product: "Serving", collection: str, *names: str) -> list[str]:
    """The ids of records by their names."""
    features = json.loads(product.get(f"/api/collections/{collection}/items?limit=10000").text)["features"]
    known = {feature["properties"]["name_en"]: feature["id"] for feature in features}
    return [known[name] for name in names]


@pytest.mark.story
@pytest.mark.parametrize("dark", DARK)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS_ZH)
def test_three_deposits_stand_side_by_side(
    sheet: Sheet, product: "Serving", lang: str, size: tuple[int, int], dark: bool
) -> None:
    selected = ",".join(ids(product, "deposits", *NAMES))
    page = sheet(f"/compare?ids={selected}", lang, size, color_scheme="dark" if dark else "light")
    expect(page.locator("table.compare thead th:has(.without)")).to_have_count(3)
    expect(page.locator("#chart-grade-tonnage svg")).to_be_visible()
    assert wider(page) <= 0
    assert breaches(page) == []
    OUTPUT.mkdir(exist_ok=True)
    name = f"compare-{lang}-{'phone' if size == PHONE else 'desktop'}-{'dark' if dark else 'light'}"
    page.screenshot(path=OUTPUT / f"{name}.png", full_page=True)


def test_what_differs_can_be_shown_alone_and_is_marked_by_more_than_colour(sheet: Sheet, product: "Serving") -> None:
    page = sheet(f"/compare?ids={','.join(ids(product, 'deposits', *NAMES))}")
    same, differs = page.locator("tr.same"), page.locator("tr.differs")
    expect(same.first).to_be_visible()
    assert differs.count() == page.locator("tr.differs .mark").count() > 3
    page.get_by_label("Differences only").check()
    expect(same.first).to_be_hidden()
    expect(differs.first).to_be_visible()


def test_a_record_is_taken_away_and_another_added_by_keyboard(sheet: Sheet, product: "Serving") -> None:
    first, second, third = ids(product, "deposits", *NAMES)
    page = sheet(f"/compare?ids={first},{second}")
    page.get_by_label("Add a record by its name or identifier").fill(third)
    page.keyboard.press("Enter")
    expect(page.locator("table.compare thead th:has(.without)")).to_have_count(3)
    page.get_by_role("link", name=f"Remove: {NAMES[0]}").focus()
    page.keyboard.press("Enter")
    expect(page.locator("table.compare thead th:has(.without)")).to_have_count(2)
    expect(page).not_to_have_url(re.compile(first))
    page.go_back()
    expect(page.locator("table.compare thead th:has(.without)")).to_have_count(3)


def test_letters_at_the_points_are_those_of_the_legend(sheet: Sheet, product: "Serving") -> None:
    page = sheet(f"/compare?ids={','.join(ids(product, 'deposits', 'Pebble', 'Peschanka (Baimka)'))}")
    legend = page.locator("#chart-grade-tonnage .legend")
    expect(legend).to_contain_text("A Pebble")
    expect(legend).to_contain_text("B Peschanka (Baimka)")


def test_records_of_all_kinds_and_a_script_stand_side_by_side(sheet: Sheet, product: "Serving") -> None:
    found = ids(product, "deposits", "<script>alert(1)</script>", "Sahara Unplaced")
    found += ids(product, "projects", "Luopu lithium-salts project") + ids(product, "discoveries", "Sahara Find")
    page = sheet(f"/compare?ids={','.join(found)}", "zh", PHONE)
    expect(page.locator("thead")).to_contain_text("<script>alert(1)</script>")
    assert wider(page) <= 0

"""The form of a mining right in a real browser, by keyboard alone: corners that are drawn, an error, a publication."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.flows.conftest import add_account
from tests.flows.visits import breaches

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

Sheet = Callable[..., Page]
PASSWORD = "long enough to keep"
CROSSED = ("1,114.40,27.80", "2,114.42,27.82", "3,114.42,27.80", "4,114.40,27.82")
CORNERS = ("1,114.40,27.80", "2,114.42,27.80", "3,114.42,27.82", "4,114.40,27.82")
MAX_TABS = 80


@pytest.fixture(scope="module", autouse=True)
def prepared(product: "Serving") -> None:
    """An expert's account."""
    add_account(product.home, "surveyor", "expert", PASSWORD)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def tab_to(page: Page, identity: str) -> None:
    """Press the tab key until an element has the focus."""
    for _ in range(MAX_TABS):
        page.keyboard.press("Tab")
        if focused(page) == identity:
            return
    raise AssertionError(f"the tab key does not reach {identity}")


def write_lines(page: Page, lines: tuple[str, ...]) -> None:
    """Replace the text of the focused field."""
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    for at, line in enumerate(lines):
        if at:
            page.keyboard.press("Enter")
        page.keyboard.type(line)


@pytest.mark.story
def test_a_right_is_entered_by_keyboard_and_an_error_loses_nothing(sheet: Sheet) -> None:
    # the crossed outline and the incomplete form are refused, which the console notes
    page = sheet("/desk/rights/new", forgiven="400 (Bad Request)")
    page.get_by_label("Account").fill("surveyor")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Enter a mining right")
    for name, text in (("right_kind", "Mining r"), ("right_no", "C-2026-1"), ("commodities", "lithium"), ("country", "CHN")):
        tab_to(page, name)
        page.keyboard.type(text)
    tab_to(page, "crs")
    page.keyboard.type("CGCS")
    tab_to(page, "corners")
    write_lines(page, CROSSED)
    expect(page.locator("#outline-status")).to_contain_text("The edges 1-2 and 3-4 cross")
    write_lines(page, CORNERS)
    expect(page.locator("#outline-status")).to_contain_text("4.36")
    expect(page.locator("#outline-status")).to_contain_text("less than 1 m")
    expect(page.locator("#layout-map canvas").first).to_be_visible()
    tab_to(page, "area_km2_reported")
    page.keyboard.press("Enter")
    # the holder is missing: its field has the focus, and all else is as it was typed
    expect(page.locator("#wrong-holder")).to_be_visible()
    expect(page.locator("#holder")).to_be_focused()
    expect(page.locator("#corners")).to_have_value("\n".join(CORNERS))
    expect(page.locator("#outline-status")).to_contain_text("4.36")
    assert not breaches(page)
    page.keyboard.type("Example Lithium Co., Ltd.")
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_text("published", timeout=30_000)
    expect(page.get_by_text("Area of the corners")).to_be_visible()
    assert not breaches(page)
    page.get_by_role("link", name="Page of the record").press("Enter")
    expect(page.locator("main")).to_contain_text("C-2026-1")

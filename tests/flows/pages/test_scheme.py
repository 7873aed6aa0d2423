"""Light, dark or as the system has it: chosen once, on every page, before anything is painted."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.flows.visits import DESKTOP, PHONE, Visits

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

PAPER = {"light": "rgb(255, 253, 248)", "dark": "rgb(22, 25, 30)"}
LAND = {"light": [244, 241, 232], "dark": [42, 47, 54]}
DRAWN = """(colour) => {
  const canvas = document.querySelector('.leaflet-base-pane canvas');
  if (!canvas?.width) return false;
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  for (let i = 0; i < pixels.length; i += 4 * 101) if (colour.every((c, k) => pixels[i + k] === c)) return true;
  return false;
}"""
BACKGROUND = "() => getComputedStyle(document.body).backgroundColor"
OTHERS = ("/data", "/layout", "/quality", "/desk", "/api/?f=html", "/api/docs", "/charts?collection=deposits")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(("system", "other"), [("light", "dark"), ("dark", "light")])
def test_a_scheme_that_is_chosen_holds_on_every_page(visit: Visits, system: str, other: str, size: tuple[int, int]) -> None:
    seen = visit("zh", size, color_scheme=system).open()
    page = seen.page
    assert page.evaluate(BACKGROUND) == PAPER[system]
    page.locator("#menu summary").click()
    page.get_by_label("配色").select_option(other)
    assert page.evaluate(BACKGROUND) == PAPER[other]
    # what is drawn on a canvas follows without a reload
    page.wait_for_function(DRAWN, arg=LAND[other])
    for path in OTHERS:
        page.goto(path)
        page.wait_for_load_state()
        assert page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor") == PAPER[other], path
        expect(page.get_by_label("配色")).to_have_value(other)
    page.locator("#menu summary").click()
    page.get_by_label("配色").select_option("auto")
    seen.open()
    assert page.evaluate(BACKGROUND) == PAPER[system]


def test_the_scheme_is_set_before_the_page_is_painted(visit: Visits, product: "Serving") -> None:
    """Its script is in the head, before the styles, and neither deferred nor a module."""
    for path in ("/", "/quality?f=html"):
        head = product.get(path).text.partition("</head>")[0]
        script, style = head.index('src="/static/dist/scheme-'), head.index('rel="stylesheet"')
        assert script < style
        assert head[:script].endswith("<script "), path


def test_paper_is_white_whatever_was_chosen(visit: Visits) -> None:
    seen = visit("en", color_scheme="dark").open()
    seen.page.emulate_media(media="print", color_scheme="dark")
    assert seen.page.evaluate(BACKGROUND) == "rgb(255, 255, 255)"
    assert seen.page.evaluate("() => getComputedStyle(document.documentElement).colorScheme") == "light"


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_part_of_the_site_is_reached_from_the_map(visit: Visits, lang: str, size: tuple[int, int]) -> None:
    seen = visit(lang, size).open()
    page = seen.page
    for path in ("/data", "/layout", "/quality", "/api/docs", "/desk"):
        link = page.locator(f'header a[href="{path}"]:visible')
        if not link.count():
            page.locator("#menu summary").click()
        box = link.first.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= size[0]
        assert link.first.inner_text().strip()
    page.keyboard.press("Escape")
    seen.picture(f"header-{lang}-{'phone' if size == PHONE else 'desktop'}")


def test_the_menu_is_walked_by_keyboard_and_closes(visit: Visits) -> None:
    seen = visit("en", PHONE).open()
    summary = seen.page.locator("#menu summary")
    summary.focus()
    seen.page.keyboard.press("Enter")
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement?.getAttribute('href')") == "/start"
    seen.page.keyboard.press("Escape")
    expect(seen.page.locator("#menu > div")).to_be_hidden()
    assert seen.page.evaluate("document.activeElement?.tagName") == "SUMMARY"
    summary.click()
    seen.page.locator("#map, .folium-map").first.click(position={"x": 40, "y": 400})
    expect(seen.page.locator("#menu > div")).to_be_hidden()

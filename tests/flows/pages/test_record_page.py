"""The page of a record in a real browser: drawn, read by a screen reader, on a phone, in the dark, on paper, by keyboard."""

import io
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from tests.flows.visits import DARK, LANGS, OUTPUT, PHONE, SIZES, breaches, wider

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

Sheet = Callable[..., Page]
WALL = (3840, 2160)


def record(product: "Serving", collection: str, name: str) -> str:
    """Return the address of the page of a record by its name."""
    features = json.loads(product.get(f"/api/collections/{collection}/items?limit=10000").text)["features"]
    found = [feature["id"] for feature in features if feature["properties"]["name_en"] == name]
    assert found, name
    return f"/records/{found[0]}"


def open_chart(page: Page) -> None:
    """Open the chart of grade and tonnage, which is folded."""
    page.locator("details:has(#chart-grade-tonnage) > summary").click()


@pytest.mark.story
@pytest.mark.parametrize("dark", DARK)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_a_discovery_with_many_estimates_is_whole(
    sheet: Sheet, product: "Serving", lang: str, size: tuple[int, int], dark: bool
) -> None:
    page = sheet(record(product, "discoveries", "Alpala (Cascabel)"), lang, size, color_scheme="dark" if dark else "light")
    expect(page.locator("h1")).to_have_text({"en": "Alpala (Cascabel)", "zh": "阿尔帕拉（卡斯卡贝尔）"}[lang])
    open_chart(page)
    for chart in ("grade-tonnage", "place"):
        expect(page.locator(f"#chart-{chart} svg").first).to_be_visible()
    expect(page.locator("table.figures tbody tr:not(.group)")).to_have_count(4)
    assert wider(page) <= 0
    assert breaches(page) == []
    OUTPUT.mkdir(exist_ok=True)
    name = f"record-{lang}-{'phone' if size == PHONE else 'desktop'}-{'dark' if dark else 'light'}"
    page.screenshot(path=OUTPUT / f"{name}.png", full_page=True)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_project_shows_its_phases_on_a_time_line(sheet: Sheet, product: "Serving", lang: str) -> None:
    page = sheet(record(product, "projects", "Luopu lithium-salts project"), lang)
    drawing = page.locator("#chart-timeline svg")
    expect(drawing).to_be_visible()
    expect(drawing).to_contain_text({"en": "Under construction 2023-02-26", "zh": "在建 2023-02-26"}[lang])
    expect(page.locator("section[aria-labelledby=phases-title] table.figures tbody tr")).to_have_count(3)
    assert breaches(page) == []


def test_a_name_that_is_a_script_stays_a_name(sheet: Sheet, product: "Serving") -> None:
    page = sheet(record(product, "deposits", "<script>alert(1)</script>"))
    expect(page.locator("h1")).to_have_text("<script>alert(1)</script>")
    assert page.title().startswith("<script>alert(1)</script>")


def test_what_has_no_position_and_no_estimates_has_no_empty_boxes(sheet: Sheet, product: "Serving") -> None:
    page = sheet(record(product, "deposits", "Sahara Unplaced"))
    expect(page.locator("figure.chart")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("not stated")


def test_a_long_name_breaks_and_does_not_widen_a_phone(sheet: Sheet, product: "Serving") -> None:
    page = sheet(record(product, "discoveries", "Alpala (Cascabel)"), "zh", PHONE)
    for name in ("L" * 200, "长" * 200):
        page.locator("h1").evaluate("(heading, name) => { heading.textContent = name; }", name)
        page.locator(".kind a").first.evaluate("(link, name) => { link.textContent = name; }", name)
        assert wider(page) <= 0


def test_it_fits_a_wall_of_screens(sheet: Sheet, product: "Serving") -> None:
    page = sheet(record(product, "discoveries", "Alpala (Cascabel)"), size=WALL)
    open_chart(page)
    expect(page.locator("#chart-grade-tonnage svg")).to_be_visible()
    assert wider(page) <= 0


def test_by_keyboard_alone_neighbours_are_ticked_and_compared(sheet: Sheet, product: "Serving") -> None:
    page = sheet(record(product, "deposits", "Escondida"))
    ticks = page.locator(".kind input[type=checkbox]")
    ticks.first.focus()
    page.keyboard.press("Space")
    expect(ticks.first).to_be_checked()
    page.get_by_role("button", name="Compare selected").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare?**")
    expect(page.locator("table.compare thead th")).to_have_count(3)


def test_the_points_of_a_plot_are_no_stops_of_the_keyboard_and_the_table_has_them(sheet: Sheet, product: "Serving") -> None:
    page = sheet(record(product, "discoveries", "Alpala (Cascabel)"))
    open_chart(page)
    figure = page.locator("#chart-grade-tonnage")
    expect(figure.locator("svg")).to_be_visible()
    assert figure.locator("svg a, svg [tabindex]").count() == 0
    figure.locator("details:not(.files) summary").focus()
    page.keyboard.press("Enter")
    links = figure.locator("tbody a")
    expect(links.first).to_be_visible()
    assert links.count() > 20
    hrefs: list[str] = links.evaluate_all("(all) => all.map((one) => one.getAttribute('href'))")
    assert re.match(r"/records/\w+", hrefs[-1])
    assert product.get(hrefs[-1]).status == 200


def test_a_point_leads_to_its_record(sheet: Sheet, product: "Serving") -> None:
    page = sheet(record(product, "discoveries", "Alpala (Cascabel)"))
    open_chart(page)
    points = page.locator("#chart-grade-tonnage svg path[fill='var(--chart-endowment)']")
    points.first.scroll_into_view_if_needed()
    box = points.first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**/records/*")
    expect(page.locator("h1")).to_be_visible()


def richest(product: "Serving") -> str:
    """Return the address of the page of the record with most to show."""
    found = [
        feature
        for kind in ("deposits", "discoveries", "projects")
        for feature in json.loads(product.get(f"/api/collections/{kind}/items?limit=10000").text)["features"]
    ]
    return f"/records/{max(found, key=lambda feature: len(json.dumps(feature['properties'])))['id']}"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_prints_on_two_pages_with_its_charts_and_sources(sheet: Sheet, product: "Serving", lang: str) -> None:
    for path in (record(product, "discoveries", "Alpala (Cascabel)"), richest(product)):
        page = sheet(path, lang, color_scheme="dark")
        page.emulate_media(media="print")
        assert page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 253, 248)"
        expect(page.locator(".files").first).to_be_hidden()
        expect(page.locator("#sources-title")).to_be_visible()
        OUTPUT.mkdir(exist_ok=True)
        made = page.pdf(path=OUTPUT / f"record-{lang}.pdf", format="A4", print_background=True)
        printed = PdfReader(io.BytesIO(made)).pages
        assert len(printed) <= 2
        assert page.locator(".source h3").last.inner_text() in " ".join(printed[-1].extract_text().split())


def test_without_javascript_everything_but_the_pictures_is_there(sheet: Sheet, product: "Serving") -> None:
    page = sheet(record(product, "discoveries", "Alpala (Cascabel)"), java_script_enabled=False)
    expect(page.locator("table.figures")).to_contain_text("Indicated mineral resource")
    open_chart(page)
    expect(page.locator("#chart-grade-tonnage noscript")).to_be_visible()


def test_linked_data_is_json_that_a_search_engine_reads(sheet: Sheet, product: "Serving") -> None:
    page = sheet(record(product, "deposits", "<script>alert(1)</script>"))
    graph: Any = json.loads(page.locator('script[type="application/ld+json"]').inner_text())
    assert {one["@type"] for one in graph["@graph"]} == {"Dataset", "Place"}
    assert graph["@graph"][1]["name"] == "<script>alert(1)</script>"

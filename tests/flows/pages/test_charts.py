"""The page of charts in a real browser: the set of the query, files, and a message if the numbers do not load."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, Route, expect
from tests.flows.visits import DARK, LANGS, OUTPUT, PHONE, SIZES, breaches, wider

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

Sheet = Callable[..., Page]
DEPOSITS = ("grade-tonnage", "contained", "count-country", "count-deposit_model", "count-size_class", "count-main_commodity")


def saved(page: Page, chart: str, kind: str) -> bytes:
    """The file that a chart's button gives."""
    with page.expect_download() as waiting:
        page.locator(f"#chart-{chart} .files summary").click()
        page.locator(f"#chart-{chart} .files").get_by_text(kind, exact=True).click()
    assert waiting.value.suggested_filename == f"lode-{chart}.{kind.lower()}"
    return Path(waiting.value.path()).read_bytes()


@pytest.mark.story
@pytest.mark.parametrize("dark", DARK)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_all_charts_of_lithium_deposits_are_drawn(sheet: Sheet, lang: str, size: tuple[int, int], dark: bool) -> None:
    page = sheet("/charts?commodity=lithium", lang, size, color_scheme="dark" if dark else "light")
    for chart in DEPOSITS:
        expect(page.locator(f"#chart-{chart} svg")).to_be_visible()
    assert wider(page) <= 0
    assert breaches(page) == []
    OUTPUT.mkdir(exist_ok=True)
    name = f"charts-{lang}-{'phone' if size == PHONE else 'desktop'}-{'dark' if dark else 'light'}"
    page.screenshot(path=OUTPUT / f"{name}.png", full_page=True)


@pytest.mark.parametrize("query", ["country=Chile", "country=Chile,Peru&size_class=large", "filter=discovery_year > 1990"])
def test_the_counts_add_up_to_what_matches(sheet: Sheet, product: "Serving", query: str) -> None:
    page = sheet(f"/charts?{query}")
    matched = json.loads(product.get(f"/api/collections/deposits/items?limit=1&{quote(query, safe='=&,')}").text)[
        "numberMatched"
    ]
    expect(page.locator(".matched b")).to_have_text(f"{matched:,}")
    for chart in DEPOSITS[2:] if matched else ():
        rows = list(csv.reader(io.StringIO(saved(page, chart, "CSV").decode("utf-8-sig"))))
        assert sum(int(row[-1]) for row in rows[1:]) == matched, chart


def test_a_chart_is_saved_as_svg_with_title_legend_and_address(sheet: Sheet) -> None:
    page = sheet("/charts?commodity=lithium", "zh", color_scheme="dark")
    tree = ElementTree.fromstring(saved(page, "grade-tonnage", "SVG"))
    assert tree.tag == "{http://www.w3.org/2000/svg}svg"
    texts = " ".join(tree.itertext())
    for text in ("品位与矿石量: 锂", "资源量", "/charts?commodity=lithium"):
        assert text in texts
    whole = ElementTree.tostring(tree, encoding="unicode")
    # a file is independent: no colour and no style of the page
    assert "var(--chart" not in whole and "<style" not in whole


def test_a_chart_is_saved_as_png(sheet: Sheet) -> None:
    page = sheet("/charts?commodity=lithium")
    made = saved(page, "contained", "PNG")
    assert made.startswith(b"\x89PNG") and int.from_bytes(made[16:20]) == 1800
    OUTPUT.mkdir(exist_ok=True)
    (OUTPUT / "charts-contained.png").write_bytes(made)


def test_the_numbers_of_a_plot_are_saved_as_csv(sheet: Sheet, product: "Serving") -> None:
    page = sheet("/charts?country=Chile")
    rows = list(csv.reader(io.StringIO(saved(page, "grade-tonnage", "CSV").decode("utf-8-sig"))))
    points = json.loads(product.get("/api/collections/deposits/charts/grade-tonnage?country=Chile").text)["points"]
    assert sorted(float(row[5]) for row in rows[1:]) == sorted(point["ore_t"] for point in points)


def test_another_commodity_is_chosen_by_keyboard(sheet: Sheet) -> None:
    page = sheet("/charts")
    chosen = page.locator("#chart-grade-tonnage select")
    chosen.select_option("lithium")
    expect(page.locator("#chart-grade-tonnage svg")).to_contain_text("Li2O")
    expect(page.locator("#chart-grade-tonnage select")).to_be_focused()


def test_projects_are_counted_and_have_no_grades(sheet: Sheet) -> None:
    page = sheet("/charts?country=China")
    page.get_by_role("link", name="Projects").click()
    expect(page.locator("#chart-count-status svg")).to_be_visible()
    expect(page).to_have_url(re.compile("country=China"))
    expect(page.locator("#chart-grade-tonnage")).to_have_count(0)


def test_a_query_without_matches_has_a_message(sheet: Sheet) -> None:
    page = sheet("/charts?bbox=-150,-50,-149,-49", "zh")
    expect(page.locator(".matched b")).to_have_text("0")
    expect(page.locator("#chart-grade-tonnage .state")).to_have_text("这些记录没有可用于本图的数值。")


def test_numbers_that_fail_to_load_have_a_message_and_a_retry(sheet: Sheet) -> None:
    page = sheet("/charts?commodity=tin", forgiven="503")
    failing = {"now": True}

    def respond(route: Route) -> None:
        if failing["now"]:
            route.fulfill(status=503, body="{}", content_type="application/problem+json")
        else:
            route.continue_()

    page.route("**/charts/contained?*", respond)
    page.reload()
    figure = page.locator("#chart-contained")
    expect(figure.locator(".state")).to_contain_text("The chart data could not be loaded.")
    expect(page.locator("#chart-grade-tonnage svg")).to_be_visible()
    failing["now"] = False
    figure.get_by_role("button", name="Try again").click()
    expect(figure.locator("svg")).to_be_visible()


def test_the_charts_fit_again_when_the_window_changes(sheet: Sheet) -> None:
    page = sheet("/charts?commodity=tin")
    width = "() => Number((document.querySelector('#chart-grade-tonnage svg') ?? document.body).getAttribute('width') ?? 0)"
    assert page.evaluate(width) > 800
    page.set_viewport_size({"width": 360, "height": 740})
    page.wait_for_function(f"() => ({width})() < 400")
    assert wider(page) <= 0


def test_the_page_holds_no_script_or_style_of_its_own(product: "Serving") -> None:
    text = product.get("/charts").text
    assert not re.findall(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert all("nonce=" in tag for tag in re.findall(r"<script[^>]*>", text))

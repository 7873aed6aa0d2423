"""The map in a real browser: ground, marks, legend, popups, languages, widths, keyboard."""

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.flows.visits import DESKTOP, KINDS, LANGS, PHONE, POINTS, SCRIPT, SIZES, Visits, features, placed, tab_to, wider

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

LAND = {"light": (244, 241, 232), "dark": (42, 47, 54)}
PLACES = {"Chile": (-69, -24), "Canada": (-81, 46), "Congo": (26, -11), "Australia": (119, -32), "Japan": (140, 38)}
CLUSTERS = "(all) => all.map((one) => [Number(one.dataset.n), one.dataset.key, one.getAttribute('aria-label')])"
SHARE_OF_LAND = """(colour) => {
  const canvas = document.querySelector('.leaflet-base-pane canvas');
  const context = canvas?.width ? canvas.getContext('2d') : null;
  if (!context) return 0;
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height).data;
  let land = 0, all = 0;
  for (let i = 0; i < pixels.length; i += 4 * 101, all++) land += colour.every((c, k) => pixels[i + k] === c);
  return land / all;
}"""


@pytest.mark.story
@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_the_map_draws_land_marks_and_a_legend(visit: Visits, lang: str, size: tuple[int, int], scheme: str) -> None:
    seen = visit(lang, size, color_scheme=scheme).open()
    assert seen.page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-CN"}[lang]
    seen.page.wait_for_function(f"() => ({SHARE_OF_LAND})({list(LAND[scheme])}) > 0.05", polling=200)
    assert seen.page.evaluate(SHARE_OF_LAND, list(LAND[scheme])) < 0.9
    assert seen.page.locator(".cluster").count() > 5
    legend = seen.page.locator("#filters")
    if size == PHONE:
        expect(legend).to_be_hidden()
        seen.page.get_by_role("button", name={"en": "Filters", "zh": "筛选"}[lang], exact=True).click()
    for kind in KINDS[lang]:
        expect(legend.locator(".kinds").get_by_text(kind, exact=True)).to_be_visible()
    expect(
        legend.locator('[data-filter="commodity_group"]').get_by_text({"en": "Copper", "zh": "铜"}[lang], exact=True)
    ).to_be_visible()
    seen.picture(f"map-{lang}-{scheme}-{'phone' if size == PHONE else 'desktop'}")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_first_view_shows_the_continents_that_have_records(visit: Visits, size: tuple[int, int]) -> None:
    seen = visit("en", size).open()
    west, south, east, north = map(float, seen.page.evaluate("window.lode.map.getBounds().toBBoxString()").split(","))
    for name, (lon, lat) in PLACES.items():
        assert size == PHONE or (west < lon < east and south < lat < north), name
    assert west < 26 < east and south < -11 < north


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [360, 700, 701, 900, 3840])
def test_nothing_is_wider_than_the_window(visit: Visits, lang: str, width: int) -> None:
    seen = visit(lang, (width, 740)).open()
    assert wider(seen.page) <= 0
    assert seen.page.evaluate("document.scrollingElement.scrollHeight") <= 740
    for element in seen.page.locator(
        "header a, header button, header input, .leaflet-control, #tools > *, #sheets button"
    ).all():
        box = element.bounding_box()
        if box is not None:
            assert box["x"] >= 0 and box["x"] + box["width"] <= width, element.evaluate("e => e.outerHTML.slice(0, 80)")


def test_scale_readout_and_attribution_do_not_cover_one_another_on_a_phone(visit: Visits) -> None:
    seen = visit("zh", PHONE).open()
    boxes = [
        seen.page.locator(css).bounding_box() for css in (".leaflet-control-scale", ".leaflet-control-attribution", "#readout")
    ]
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            assert a is not None and b is not None
            apart_in_x = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
            assert apart_in_x or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]


def test_all_records_with_a_position_are_on_the_map_and_all_are_counted(visit: Visits, product: "Serving") -> None:
    seen = visit().open()
    seen.go(10, 20, 1)
    assert seen.shown() == sum(placed(product, name) for name in POINTS)
    assert seen.count() == sum(len(features(product, name)) for name in POINTS)


def test_the_legend_takes_a_kind_away_and_brings_it_back(visit: Visits, product: "Serving") -> None:
    seen = visit().open()
    seen.go(10, 20, 1)
    counts = {name: placed(product, name) for name in POINTS}
    kinds = seen.page.locator(".kinds")
    kinds.get_by_role("checkbox").nth(0).uncheck()
    assert seen.loaded().shown() == counts["discoveries"] + counts["projects"]
    assert seen.address()["kind"] == "discoveries,projects"
    expect(seen.page.locator("#kinds").get_by_role("tab")).to_have_count(2)
    kinds.get_by_role("checkbox").nth(2).uncheck()
    assert seen.loaded().shown() == counts["discoveries"]
    kinds.get_by_role("checkbox").nth(0).check()
    kinds.get_by_role("checkbox").nth(2).check()
    assert seen.loaded().shown() == sum(counts.values())
    assert "kind" not in seen.address()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_a_cluster_says_what_it_holds_and_opens(visit: Visits, motion: str) -> None:
    seen = visit(reduced_motion=motion).open()
    before = seen.zoom()
    count, key, label = max(seen.page.locator(".cluster").evaluate_all(CLUSTERS))
    assert label.startswith(f"{count} records: ")
    assert sum(map(int, re.findall(r" (\d+)", label.partition(":")[2]))) == count
    seen.page.locator(f'.cluster[data-key="{key}"]').click()
    seen.page.wait_for_function("(zoom) => window.lode.map.getZoom() > zoom", arg=before)
    seen.loaded()
    inside = seen.page.locator(".cluster").evaluate_all(CLUSTERS)
    assert max((n for n, _, _ in inside), default=0) < count
    seen.picture("cluster-open-en-desktop")


POPUPS: list[tuple[dict[str, list[str]], tuple[float, float]]] = [
    (
        {
            "en": ["Sahara Smelter", "Projects · Copper · Libya", "Operating (date not stated)", f"Source: {SCRIPT} table"],
            "zh": ["撒哈拉冶炼厂", "项目 · 铜 · 利比亚", "在产 (未注明日期)", f"来源：{SCRIPT} 表"],
        },
        (16.5123, 28.6123),
    ),
    (
        {
            "en": ["Sahara Find", "Prospects and discoveries · Lithium · Libya", f"Source: {SCRIPT} table"],
            "zh": ["撒哈拉发现", "矿点与新发现 · 锂 · 利比亚", f"来源：{SCRIPT} 表"],
        },
        (15.5123, 25.6123),
    ),
    (
        {
            "en": [
                "Sahara Copper",
                "Deposits · Copper, Cobalt · Libya",
                "Status: not stated · Large",
                "8 Mt Copper (Inferred mineral resource, date not stated)",
                f"Source: {SCRIPT} table",
            ],
            "zh": [
                "撒哈拉铜矿",
                "矿床 · 铜、钴 · 利比亚",
                "状态：未说明 · 大型",
                "800万吨 铜 (推断资源量、未注明日期)",
                f"来源：{SCRIPT} 表",
            ],
        },
        (18.5123, 26.6123),
    ),
]
"""The texts of popups, the name first: two lines, one figure where there is one, one source."""
FIGURES = {
    "Sahara Copper": "1 Gt, 8 Mt Copper (Inferred mineral resource, date not stated)",
    "撒哈拉铜矿": "10亿吨、800万吨 铜 (推断资源量、未注明日期)",
}
"""All figures of the leading estimate, in the title of the one that is shown."""
ROWS = "all => all.map((p) => p.getBoundingClientRect().height / parseFloat(getComputedStyle(p).lineHeight))"
PIN = 12
"""Half the side of a mark."""


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_popup_has_two_lines_a_figure_and_a_source_and_covers_no_pin(visit: Visits, lang: str, size: tuple[int, int]) -> None:
    seen = visit(lang, size).open()
    frame = seen.page.locator("#map").bounding_box()
    assert frame is not None
    for texts, (lon, lat) in POPUPS:
        # the mark in the middle, near the upper edge and near each side of the map
        for right, up in ((0, 0), (0, 0.44), (0.4, -0.4), (-0.4, 0.4)):
            seen.go(lon, lat, 9)
            script = "([x, y]) => { window.lode.map.panBy([x, y], { animate: false }); }"
            seen.page.evaluate(script, [-right * frame["width"], up * frame["height"]])
            seen.loaded()
            title, *lines = texts[lang]
            pin = seen.page.locator(f'.record[title="{title}"]')
            pin.dispatch_event("click")
            popup = seen.page.locator(".leaflet-popup")
            expect(popup.locator("h2")).to_have_text(title)
            expect(popup).to_have_count(1)
            expect(popup.locator("p")).to_have_text(lines)
            assert all(rows < 1.5 for rows in popup.locator("p").evaluate_all(ROWS)), "each line is one row"
            seen.loaded()
            box, mark = popup.bounding_box(), pin.bounding_box()
            assert box is not None and mark is not None
            assert box["x"] >= frame["x"] and box["x"] + box["width"] <= frame["x"] + frame["width"]
            assert box["y"] >= frame["y"] and box["y"] + box["height"] <= frame["y"] + frame["height"]
            x, y = mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2
            aside = box["x"] >= x + PIN or box["x"] + box["width"] <= x - PIN
            assert aside or box["y"] >= y + PIN or box["y"] + box["height"] <= y - PIN, (right, up)
        if len(lines) == 4 and title in FIGURES:
            expect(popup.locator(".figure")).to_have_attribute("title", FIGURES[title])
        close = {"en": "Close", "zh": "关闭"}[lang]
        assert popup.locator(".leaflet-popup-close-button").get_attribute("aria-label") == close
    seen.picture(f"popup-{lang}-{'phone' if size == PHONE else 'desktop'}")


def test_the_record_behind_a_popup_is_one_click_away(visit: Visits) -> None:
    seen = visit().open()
    seen.go(18.5123, 26.6123, 9)
    seen.page.locator('.record[title="Sahara Copper"]').click()
    link = seen.page.get_by_role("link", name="Full record")
    expect(link).to_be_visible()
    # a popup that does not fit moves the map, and the link with it
    seen.loaded()
    link.click()
    expect(seen.page.locator("h1")).to_have_text("Sahara Copper")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_name_that_is_a_script_is_shown_and_not_run(visit: Visits, lang: str) -> None:
    seen = visit(lang).open()
    seen.go(20.5123, 24.6123, 12)
    marker = seen.page.locator(".record").first
    assert marker.get_attribute("title") == SCRIPT
    marker.click()
    expect(seen.page.locator(".popup h2")).to_have_text(SCRIPT)
    seen.page.locator("#search").fill("<script>")
    expect(seen.page.locator("#suggestions b").first).to_have_text(SCRIPT)
    seen.page.locator("#inview").check()
    seen.loaded()
    assert SCRIPT in seen.names()
    assert seen.page.locator(".leaflet-container script, #rows script, #suggestions script").count() == 0


def test_the_language_can_be_switched_keeps_what_is_shown_and_is_remembered(visit: Visits) -> None:
    seen = visit("en").open("/?commodity_group=tin&view=105,25,5")
    count = seen.count()
    seen.page.get_by_role("link", name="中文").click()
    seen.loaded()
    expect(seen.page.locator("h1")).to_contain_text("战略性矿产")
    assert seen.count() == count
    assert seen.address()["commodity_group"] == "tin"
    assert "矿床" in seen.page.inner_text("#filters")
    seen.open("/")
    expect(seen.page.locator("h1")).to_contain_text("战略性矿产")
    seen.page.get_by_role("link", name="English").click()
    seen.loaded()
    expect(seen.page.locator("h1")).to_contain_text("Strategic minerals")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_controls_speak_the_language_of_the_page(visit: Visits, lang: str) -> None:
    seen = visit(lang).open()
    assert seen.page.get_by_role("button", name={"en": "Zoom in", "zh": "放大"}[lang]).count() == 1
    assert seen.page.get_by_role("button", name={"en": "Zoom out", "zh": "缩小"}[lang]).count() == 1
    expect(seen.page.get_by_role("main", name={"en": "Map", "zh": "地图"}[lang])).to_be_visible()


def test_about_the_data_opens_and_closes(visit: Visits) -> None:
    seen = visit("en", PHONE).open()
    opener, about = seen.page.locator("#about-open"), seen.page.locator("#about")
    expect(about).to_be_hidden()
    seen.page.get_by_text("Menu").click()
    seen.page.get_by_role("button", name="About the data").click()
    expect(about).to_be_visible()
    assert opener.get_attribute("aria-expanded") == "true"
    assert "not an inventory" in about.inner_text()
    box = about.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= PHONE[0]
    seen.picture("about-en-phone")
    about.get_by_role("button", name="Close").click()
    expect(about).to_be_hidden()
    assert opener.get_attribute("aria-expanded") == "false"


def test_the_map_comes_after_the_header_in_the_order_of_focus(visit: Visits) -> None:
    page = visit().open().page
    tab_to(page, ".skip", most=1)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement?.id") == "map"
    page.reload()
    tab_to(page, "#map *", most=15)


def test_records_are_reached_walked_and_opened_by_keyboard(visit: Visits) -> None:
    seen = visit().open("/?view=18.5123,26.6123,7")
    tab_to(seen.page, ".mark")
    assert seen.page.evaluate("document.activeElement?.title") == "Sahara Copper"
    assert seen.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    seen.page.keyboard.press("ArrowRight")
    assert seen.page.evaluate("document.activeElement?.title") == SCRIPT
    seen.page.keyboard.press("ArrowLeft")
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator(".popup h2")).to_have_text("Sahara Copper")
    seen.loaded()
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement?.textContent") == "Full record"
    seen.page.keyboard.press("Escape")
    expect(seen.page.locator(".popup")).to_have_count(0)
    assert seen.page.evaluate("document.activeElement?.title") == "Sahara Copper"


def test_a_cluster_is_opened_by_keyboard(visit: Visits) -> None:
    seen = visit().open("/?view=105,30,3")
    before = seen.zoom()
    tab_to(seen.page, ".mark.cluster")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_function("(zoom) => window.lode.map.getZoom() > zoom", arg=before)


def test_a_filter_is_set_by_keyboard(visit: Visits, product: "Serving") -> None:
    seen = visit().open("/?view=10,20,1")
    tab_to(seen.page, '.kinds input[value="deposits"]')
    seen.page.keyboard.press("Space")
    assert seen.loaded().shown() == placed(product, "discoveries") + placed(product, "projects")
    assert seen.page.evaluate("document.activeElement?.value") == "deposits"


def test_records_on_one_spot_fan_out(visit: Visits, product: "Serving") -> None:
    spots: dict[tuple[float, float], int] = {}
    for kind in POINTS:
        for feature in features(product, kind):
            if feature["geometry"]:
                lon, lat = feature["geometry"]["coordinates"]
                spots[lon, lat] = spots.get((lon, lat), 0) + 1
    (lon, lat), count = max(spots.items(), key=lambda spot: spot[1])
    assert count > 1, "the register has two records at one place"
    seen = visit().open(f"/?view={lon},{lat},17")
    before = seen.page.locator(".record").count()
    seen.page.locator(".cluster").first.click()
    expect(seen.page.locator(".record")).to_have_count(before + count)
    seen.page.locator(".record").first.click()
    expect(seen.page.locator(".popup h2")).to_be_visible()
    seen.picture("fan-en-desktop")


@pytest.mark.parametrize(
    ("lang", "marked"), [("zh", ["Sahara Unplaced", SCRIPT]), pytest.param("en", [], marks=pytest.mark.slow)]
)
def test_a_name_that_is_not_held_in_the_language_of_the_page_is_marked(visit: Visits, lang: str, marked: list[str]) -> None:
    seen = visit(lang).open("/?table=deposits&country=LBY")
    expect(seen.page.locator("#rows tbody tr[data-id]")).to_have_count(3)
    assert seen.page.locator("#rows tbody .original").all_inner_texts() == marked

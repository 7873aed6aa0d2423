"""The served page in a real browser: both languages, desktop and phone, by mouse and by keyboard, with and without its data.

Every test fails on a request to another host, an error on the console or a breach of the page's policy.
"""

import contextlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect
from playwright.sync_api import Error as PlaywrightError

from lodebase.db.cluster import Cluster

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

OUTPUT = Path(__file__).parents[1] / "output"
DESKTOP, PHONE = (1280, 800), (360, 740)
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
SCRIPT = "<script>alert(1)</script>"
LAND = (244, 241, 232)
PLACES = {"Chile": (-69, -24), "Canada": (-81, 46), "Congo": (26, -11), "Australia": (119, -32), "Japan": (140, 38)}
AWAY = {"en": "The database is away just now; the map will fill when it is back.", "zh": "数据库暂时无法连接"}
FAILED = {"en": "The data could not be loaded. Check the connection and try again.", "zh": "数据加载失败，请检查网络后重试。"}
RETRY = {"en": "Try again", "zh": "重试"}
KINDS = {"en": ("Deposits", "Discoveries", "Projects"), "zh": ("矿床", "勘查发现", "项目")}
REPORT_BREACHES = """
document.addEventListener("securitypolicyviolation", (e) => console.error("policy:", e.violatedDirective, e.blockedURI));
window.alert = (text) => console.error("alert: " + text);
"""
DATA_SHOWN = "() => document.querySelector('#state').textContent === '' && document.querySelector('.cluster, .record')"
SETTLED = "() => !document.querySelector('.leaflet-zoom-anim, .leaflet-cluster-anim, .leaflet-pan-anim')"
MAP = "window[Object.keys(window).find((name) => name.startsWith('map_'))]"
SHOWN = """() => [...document.querySelectorAll('.cluster span')].reduce(
  (sum, e) => sum + Number(e.textContent.replace(/\\D/g, '')), document.querySelectorAll('.record').length)"""
SHARE_OF_LAND = """(colour) => {
  const canvas = document.querySelector('.leaflet-base-pane canvas');
  if (!canvas) return 0;
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let land = 0, all = 0;
  for (let i = 0; i < pixels.length; i += 4 * 101, all++) land += colour.every((c, k) => pixels[i + k] === c);
  return land / all;
}"""


@dataclass(slots=True)
class Visit:
    """A page in a context of its own, and what went wrong on it."""

    page: Page
    lang: str
    wrong: list[str] = field(default_factory=list)
    forgiven: str = "nothing"
    """What the test brings about itself: a pattern of messages that are no fault."""

    def open(self, path: str = "/") -> "Visit":
        """Itself, once the page shows its data."""
        self.page.goto(path)
        return self.loaded()

    def loaded(self) -> "Visit":
        """Itself, once the page shows its data and nothing moves."""
        self.page.wait_for_function(DATA_SHOWN)
        self.page.wait_for_function(SETTLED)
        return self

    def go(self, lon: float, lat: float, zoom: int) -> None:
        """Move the map at once."""
        # in braces, so that it gives nothing back: the map is a large thing to send
        script = f"([lat, lon, zoom]) => {{ {MAP}.setView([lat, lon], zoom, {{ animate: false }}); }}"
        self.page.evaluate(script, [lat, lon, zoom])
        self.page.wait_for_function(SETTLED)

    def zoom(self) -> float:
        return float(self.page.evaluate(f"{MAP}.getZoom()"))

    def shown(self) -> int:
        """How many records the map shows, single or in clusters."""
        return int(self.page.evaluate(SHOWN))

    def picture(self, name: str) -> None:
        OUTPUT.mkdir(exist_ok=True)
        self.page.screenshot(path=OUTPUT / f"{name}.png")

    def popup(self) -> dict[str, str]:
        """The rows of the open popup by their titles."""
        titles, values = (self.page.locator(f".popup {tag}").all_inner_texts() for tag in ("dt", "dd"))
        return dict(zip(titles, values, strict=True))


Visits = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser, product: "Serving") -> Iterator[Visits]:
    """Makes visits of the served product, and looks at the end of the test whether anything went wrong on one."""
    made: list[tuple[Visit, BrowserContext]] = []

    def begin(lang: str = "en", size: tuple[int, int] = DESKTOP, **options: Any) -> Visit:
        context = browser.new_context(
            base_url=product.url, locale=LOCALES[lang], viewport={"width": size[0], "height": size[1]}, **options
        )
        context.set_default_timeout(15_000)
        context.add_init_script(REPORT_BREACHES)
        own = Visit(context.new_page(), lang)
        made.append((own, context))
        context.route("**/*", lambda route: _only_home(route, product.port, own.wrong))
        own.page.on("console", lambda message: _noted(message, own.wrong))
        own.page.on("pageerror", lambda error: own.wrong.append(f"error: {error}"))
        own.page.on("websocket", lambda socket: own.wrong.append(f"websocket: {socket.url}"))
        own.page.on("dialog", lambda dialog: own.wrong.append(f"dialog: {dialog.message}"))
        return own

    yield begin
    for own, context in made:
        context.close()
        assert [message for message in own.wrong if not re.search(own.forgiven, message)] == []


def _only_home(route: Route, port: int, wrong: list[str]) -> None:
    if urlsplit(route.request.url).netloc == f"127.0.0.1:{port}":
        route.continue_()
    else:
        wrong.append(f"another host: {route.request.url}")
        route.abort()


def _noted(message: ConsoleMessage, wrong: list[str]) -> None:
    # the tests themselves read the canvas back
    if message.type in ("error", "warning") and "willReadFrequently" not in message.text:
        wrong.append(f"{message.type}: {message.text} ({message.location.get('url')})")


def place(product: "Serving", collection: str, name: str) -> tuple[float, float]:
    """Where a record of a name lies, as the site has it."""
    features = json.loads(product.get(f"/api/collections/{collection}/items?limit=10000").text)["features"]
    lon, lat = next(f["geometry"]["coordinates"] for f in features if f["properties"]["name_en"] == name)
    return lon, lat


def placed(product: "Serving", collection: str) -> int:
    """How many records of a collection have a position, as the site has it."""
    features = json.loads(product.get(f"/api/collections/{collection}/items?limit=10000&properties=name_en").text)["features"]
    return sum(feature["geometry"] is not None for feature in features)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_map_draws_land_clusters_and_a_legend(visit: Visits, lang: str, size: tuple[int, int]) -> None:
    seen = visit(lang, size).open()
    assert seen.page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-CN"}[lang]
    seen.page.wait_for_function(f"() => ({SHARE_OF_LAND})({list(LAND)}) > 0.05", polling=200)
    assert seen.page.evaluate(SHARE_OF_LAND, list(LAND)) < 0.9
    assert seen.page.locator(".cluster").count() > 5
    legend = seen.page.locator(".legend")
    expect(legend).to_be_visible()
    if size == PHONE:
        assert legend.get_attribute("open") is None
        legend.locator("summary").click()
    for kind in KINDS[lang]:
        expect(legend.get_by_text(kind, exact=True)).to_be_visible()
    expect(legend.get_by_text({"en": "Copper", "zh": "铜"}[lang], exact=True)).to_be_visible()
    seen.picture(f"legend-{lang}-{'phone' if size == PHONE else 'desktop'}")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_first_view_shows_every_continent_that_has_records(visit: Visits, size: tuple[int, int]) -> None:
    seen = visit("en", size).open()
    west, south, east, north = map(float, seen.page.evaluate(f"{MAP}.getBounds().toBBoxString()").split(","))
    for name, (lon, lat) in PLACES.items():
        assert west < lon < east and south < lat < north, name


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_is_wider_than_a_phone(visit: Visits, lang: str) -> None:
    seen = visit(lang, PHONE).open()
    assert seen.page.evaluate("document.scrollingElement.scrollWidth") <= PHONE[0]
    assert seen.page.evaluate("document.scrollingElement.scrollHeight") <= PHONE[1]
    for element in seen.page.locator("header a, header button, .leaflet-control, .legend summary").all():
        box = element.bounding_box()
        assert box is not None
        assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE[0], element.inner_text()
    boxes = [seen.page.locator(css).bounding_box() for css in (".leaflet-control-scale", ".leaflet-control-attribution")]
    scale, attribution = boxes
    assert scale is not None and attribution is not None
    assert scale["y"] + scale["height"] <= attribution["y"] or scale["x"] + scale["width"] <= attribution["x"]


def test_all_records_with_a_position_are_on_the_map(visit: Visits, product: "Serving") -> None:
    seen = visit().open()
    seen.go(10, 20, 2)
    assert seen.shown() == sum(placed(product, name) for name in ("deposits", "discoveries", "projects"))


def test_the_legend_takes_a_layer_away_and_brings_it_back(visit: Visits, product: "Serving") -> None:
    seen = visit().open()
    seen.go(10, 20, 2)
    counts = {name: placed(product, name) for name in ("deposits", "discoveries", "projects")}
    left = sum(counts.values())
    for kind, name in zip(KINDS["en"], counts, strict=True):
        seen.page.get_by_role("checkbox", name=kind, exact=True).uncheck()
        left -= counts[name]
        seen.page.wait_for_function(f"(n) => ({SHOWN})() === n", arg=left)
        if name == "deposits":
            seen.picture("layer-off-en-desktop")
    assert left == 0
    seen.page.get_by_role("checkbox", name="Projects", exact=True).check()
    seen.page.wait_for_function(f"(n) => ({SHOWN})() === n", arg=counts["projects"])


def test_a_cluster_opens_into_what_it_holds(visit: Visits) -> None:
    seen = visit().open()
    before = seen.zoom()
    largest = max(seen.page.locator(".cluster").all(), key=lambda cluster: int(cluster.inner_text().replace(",", "")))
    count = int(largest.inner_text().replace(",", ""))
    largest.click(force=True)
    seen.page.wait_for_function(f"(zoom) => {MAP}.getZoom() > zoom", arg=before)
    seen.page.wait_for_function(SETTLED)
    inside = [int(text.replace(",", "")) for text in seen.page.locator(".cluster").all_inner_texts()]
    assert max(inside, default=0) < count
    assert seen.shown() >= count
    seen.picture("cluster-open-en-desktop")


POPUPS = [
    (
        {
            "en": {"title": "Sahara Smelter", "Type": "Projects", "Commodities": "Copper", "Status": "Operating (2024)"},
            "zh": {"title": "撒哈拉冶炼厂", "类型": "项目", "矿种": "铜", "状态": "在产 (2024)"},
        },
        (16.5123, 28.6123),
    ),
    (
        {
            "en": {"title": "Sahara Find", "Type": "Discoveries", "Commodities": "Lithium"},
            "zh": {"title": "撒哈拉发现", "类型": "勘查发现", "矿种": "锂"},
        },
        (15.5123, 25.6123),
    ),
    (
        {
            "en": {
                "title": "Sahara Copper",
                "Type": "Deposits",
                "Commodities": "Copper, Cobalt",
                "Status": "not stated",
                "Size class": "Large",
                "Country": "Libya",
                "Position accuracy": "± 100 m",
                "Source": f"{SCRIPT} table",
            },
            "zh": {
                "title": "撒哈拉铜矿",
                "类型": "矿床",
                "矿种": "铜、钴",
                "状态": "未说明",
                "规模": "大型",
                "国家和地区": "利比亚",
                "位置精度": "± 100 m",
                "来源": f"{SCRIPT} 表",
            },
        },
        (18.5123, 26.6123),
    ),
]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_popup_tells_name_metals_status_size_and_source(visit: Visits, lang: str, size: tuple[int, int]) -> None:
    seen = visit(lang, size).open()
    for told, (lon, lat) in POPUPS:
        seen.go(lon, lat, 9)
        expected = dict(told[lang])
        title = expected.pop("title")
        seen.page.locator(f'.record[title="{title}"]').click()
        popup = seen.page.locator(".leaflet-popup")
        expect(popup).to_have_count(1)
        expect(popup.locator("h3")).to_have_text(title)
        rows = seen.popup()
        assert {name: rows.get(name) for name in expected} == expected
        seen.page.wait_for_function(SETTLED)
        box = popup.bounding_box()
        assert box is not None
        assert box["x"] >= 0 and box["x"] + box["width"] <= size[0]
        if lang == "zh":
            assert popup.locator(".leaflet-popup-close-button").get_attribute("aria-label") == "关闭"
    seen.picture(f"popup-{lang}-{'phone' if size == PHONE else 'desktop'}")


def test_the_record_behind_a_popup_is_one_click_away(visit: Visits) -> None:
    seen = visit().open()
    seen.go(18.5123, 26.6123, 9)
    seen.page.locator('.record[title="Sahara Copper"]').click()
    with seen.page.expect_navigation():
        seen.page.get_by_role("link", name="The whole record").click()
    expect(seen.page.locator("h1")).to_have_text("Sahara Copper")
    with seen.page.expect_navigation():
        seen.page.get_by_role("link", name="GeoJSON").click()
    assert '"name_en":"Sahara Copper"' in seen.page.inner_text("body").replace(": ", ":")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_api_can_be_tried_on_its_page(visit: Visits, lang: str) -> None:
    seen = visit(lang)
    seen.page.goto("/api/docs")
    road = seen.page.locator(".opblock", has=seen.page.locator('[data-path="/conformance"]'))
    road.locator(".opblock-summary").click()
    road.get_by_role("button", name="Try it out").click()
    road.get_by_role("button", name="Execute").click()
    expect(road.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    seen.picture(f"docs-{lang}")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_from_the_landing_page_links_lead_down_to_a_record_on_a_phone_too(visit: Visits, lang: str) -> None:
    seen = visit(lang, PHONE)
    page = seen.page
    for path in ("/api/", "/api/collections", "/api/sources", "/api/vocabularies", "/api/vocabularies/commodity", "/api/docs"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], path
    page.goto("/api/")
    page.get_by_role("link", name=KINDS[lang][0]).click()
    page.locator("a.main").click()
    page.get_by_role("link", name="下一页" if lang == "zh" else "Next page").first.click()
    page.locator("tbody a").first.click()
    page.wait_for_url("**/items/*")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    seen.picture(f"record-{lang}-phone")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_name_that_is_a_script_is_shown_and_not_run(visit: Visits, lang: str) -> None:
    seen = visit(lang).open()
    seen.go(20.5123, 24.6123, 12)
    marker = seen.page.locator(".record").first
    assert marker.get_attribute("title") == SCRIPT
    marker.click()
    expect(seen.page.locator(".popup h3")).to_have_text(SCRIPT)
    assert seen.page.locator(".leaflet-container script").count() == 0


def test_the_language_can_be_switched_and_is_remembered(visit: Visits) -> None:
    seen = visit("en").open()
    seen.page.get_by_role("link", name="中文").click()
    seen.loaded()
    expect(seen.page.locator("h1")).to_contain_text("战略性矿产")
    assert "矿床" in seen.page.inner_text(".legend")
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
    opener, about = seen.page.get_by_role("button", name="About the data"), seen.page.locator("#about")
    expect(about).to_be_hidden()
    opener.click()
    expect(about).to_be_visible()
    assert opener.get_attribute("aria-expanded") == "true"
    assert "no inventory" in about.inner_text()
    box = about.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= PHONE[0]
    seen.picture("about-en-phone")
    about.get_by_role("button", name="Close").click()
    expect(about).to_be_hidden()
    assert opener.get_attribute("aria-expanded") == "false"


def tab_to(page: Page, css: str, most: int = 60) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("(css) => document.activeElement.matches(css)", css):
            return
    pytest.fail(f"{most} times Tab did not lead to {css}")


def test_a_marker_is_reached_and_opened_by_keyboard(visit: Visits) -> None:
    seen = visit().open()
    seen.go(18.5123, 26.6123, 12)
    tab_to(seen.page, ".record")
    assert seen.page.evaluate("document.activeElement.title") == "Sahara Copper"
    assert seen.page.evaluate("document.activeElement.getAttribute('role')") == "button"
    assert seen.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator(".popup h3")).to_have_text("Sahara Copper")
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.textContent") == "The whole record"
    seen.page.keyboard.press("Escape")
    expect(seen.page.locator(".popup")).to_have_count(0)
    assert seen.page.evaluate("document.activeElement.title") == "Sahara Copper"


def test_a_cluster_is_opened_by_keyboard(visit: Visits) -> None:
    seen = visit().open()
    before = seen.zoom()
    tab_to(seen.page, ".cluster")
    seen.page.keyboard.press("Enter")
    # records at one and the same place fan out where they are; others are zoomed to
    opened = f"""(zoom) => {MAP}.getZoom() > zoom ||
      [...document.querySelectorAll('.cluster')].some((e) => e.style.opacity && Number(e.style.opacity) < 1)"""
    seen.page.wait_for_function(opened, arg=before)


def test_a_layer_is_toggled_by_keyboard(visit: Visits, product: "Serving") -> None:
    seen = visit().open()
    seen.go(10, 20, 2)
    everything = seen.shown()
    tab_to(seen.page, ".legend input", most=200)
    seen.page.keyboard.press("Space")
    seen.page.wait_for_function(f"(n) => ({SHOWN})() === n", arg=everything - placed(product, "deposits"))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_without_its_database_the_page_says_so_and_comes_back(visit: Visits, product: "Serving", lang: str) -> None:
    seen = visit(lang)
    seen.forgiven = "status of 503"
    cluster = Cluster(product.home)
    cluster.stop()
    try:
        seen.page.goto("/")
        state = seen.page.locator("#state")
        expect(state).to_contain_text(FAILED[lang])
        assert AWAY[lang] in seen.page.inner_text("header")
        seen.page.wait_for_function(f"() => ({SHARE_OF_LAND})({list(LAND)}) > 0.05", polling=200)
        seen.picture(f"away-{lang}-desktop")
        retry = state.get_by_role("button", name=RETRY[lang])
        retry.click()
        expect(state).to_contain_text(FAILED[lang])
    finally:
        cluster.ensure()
    retry.click()
    seen.loaded()
    assert seen.page.locator(".cluster").count() > 5
    assert seen.page.locator("#state").inner_text() == ""


def test_what_comes_late_after_a_failure_is_not_shown_twice(visit: Visits, product: "Serving") -> None:
    """One kind fails while another is still on its way, and arrives only after everything was asked for again."""
    seen = visit()
    seen.forgiven = "status of 500"
    late: list[Route] = []

    def hold_first(route: Route) -> None:
        if late:
            route.continue_()
        else:
            late.append(route)

    failing = re.compile(r"/collections/projects/items")
    seen.page.route(failing, lambda route: route.fulfill(status=500, body="{}"))
    seen.page.route(re.compile(r"/collections/deposits/items"), hold_first)
    seen.page.goto("/")
    retry = seen.page.locator("#state").get_by_role("button", name="Try again")
    expect(retry).to_be_visible()
    seen.page.unroute(failing)
    retry.click()
    seen.loaded()
    # the page may have given it up already
    with contextlib.suppress(PlaywrightError):
        late[0].continue_()
    seen.page.wait_for_timeout(500)
    seen.go(10, 20, 2)
    assert seen.shown() == sum(placed(product, name) for name in ("deposits", "discoveries", "projects"))


def test_what_does_not_fit_on_the_map_is_told(visit: Visits, product: "Serving") -> None:
    """The map stops at tens of thousands of a kind; here the site claims to have more than it gives."""
    seen = visit()

    def claim(route: Route) -> None:
        answer = json.loads(product.get("/api/collections/deposits/items?limit=10").text)
        answer |= {"numberMatched": 1_234_567, "links": []}
        route.fulfill(json=answer)

    seen.page.route(re.compile(r"/collections/deposits/items"), claim)
    seen.page.goto("/")
    expect(seen.page.locator("#state")).to_have_text("Deposits: 10 shown of 1,234,567")

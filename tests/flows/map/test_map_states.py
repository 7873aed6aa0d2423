"""The map when something is wrong, and what must be right for everyone: database away, network away, accessibility, print."""

import json
import re
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route, expect
from tests.flows.visits import AXE, DESKTOP, LOCALES, PHONE, POINTS, QUIET, Visits, faults, placed

from lodebase.db.private_cluster.cluster import Cluster

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

AWAY = {"en": "The database is not available. The map will load when it is back.", "zh": "数据库暂时无法连接"}
FAILED = {"en": "The data could not be loaded. Check your connection and try again.", "zh": "数据加载失败，请检查网络后重试。"}
RETRY = {"en": "Try again", "zh": "重试"}
MAX_BYTES = 300_000
MAX_BYTES_WITH_GROUND = 600_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_axe_reports_no_violation_on_the_map(visit: Visits, lang: str, size: tuple[int, int], scheme: str) -> None:
    assert AXE.exists(), "there is no axe-core; run scripts/setup.sh test"
    seen = visit(lang, size, color_scheme=scheme).open("/?view=105,30,4&commodity_group=copper,lithium")
    assert faults(seen) == []
    seen.go(18.5123, 26.6123, 9)
    seen.page.locator(".record[title]").first.click()
    expect(seen.page.locator(".popup")).to_be_visible()
    seen.loaded()
    assert faults(seen) == []
    if size == PHONE:
        for name in ({"en": "Filters", "zh": "筛选"}[lang], {"en": "Records", "zh": "记录"}[lang]):
            seen.page.locator("#sheets").get_by_role("button", name=name).click()
            seen.loaded()
            assert faults(seen) == []
    else:
        for folded in seen.page.locator("#filters details:not([open]) summary, #area summary").all():
            if folded.is_visible():
                folded.click()
        assert faults(seen) == []


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
    assert seen.go(10, 20, 1).shown() == sum(placed(product, name) for name in POINTS)


def test_without_a_network_the_page_says_so_and_comes_back(visit: Visits) -> None:
    seen = visit().open()
    seen.forgiven = "ERR_INTERNET_DISCONNECTED"
    seen.page.context.set_offline(True)
    expect(seen.page.locator("#offline")).to_be_visible()
    seen.page.locator('[data-filter="commodity_group"] input[value="tin"]').check()
    state = seen.page.locator("#state")
    expect(state).to_contain_text("You are offline.")
    seen.picture("offline-en-desktop")
    seen.page.context.set_offline(False)
    expect(seen.page.locator("#offline")).to_be_hidden()
    # what failed is requested again without a click
    seen.loaded()
    expect(state).to_have_text("")


def test_a_page_on_a_slow_line_is_busy_until_its_rows_are_there(visit: Visits) -> None:
    seen = visit().open("/?table=discoveries")
    slow = {"offline": False, "latency": 0, "downloadThroughput": 20_000, "uploadThroughput": 20_000}
    seen.page.context.new_cdp_session(seen.page).send("Network.emulateNetworkConditions", slow)
    seen.page.locator("#kinds").get_by_role("tab", name="Deposits").click()
    seen.page.wait_for_function("() => document.documentElement.hasAttribute('data-busy')")
    # of discoveries before
    assert seen.loaded().page.locator("#rows tbody tr[data-id^='deposits/']").count() > 5


def test_an_invalid_filter_has_a_message_and_a_button_that_clears_it(visit: Visits) -> None:
    seen = visit()
    seen.forgiven = "status of 400"
    seen.page.goto("/?commodity=unobtainium")
    state = seen.page.locator("#state")
    expect(state).to_contain_text("unobtainium")
    state.get_by_role("button", name="Clear all filters").click()
    assert seen.count() > 0
    expect(state).to_have_text("")


def test_what_comes_late_is_not_shown(visit: Visits) -> None:
    """The counts of a first filter arrive after those of a second one."""
    seen = visit().open()
    held: list[Route] = []
    late = re.compile(r"/deposits/facets\?commodity_group=tin&")
    seen.page.route(late, lambda route: held.append(route))
    box = seen.page.locator('[data-filter="commodity_group"]')
    box.locator('input[value="tin"]').check()
    seen.page.wait_for_function("() => document.documentElement.hasAttribute('data-busy')")
    box.locator('input[value="tin"]').uncheck()
    box.locator('input[value="copper"]').check()
    count = seen.count()
    for route in held:
        route.abort()
    expect(seen.page.locator("#count")).to_have_attribute("data-n", str(count))
    assert seen.address()["commodity_group"] == "copper"
    assert seen.page.locator("#state").inner_text() == ""


def test_a_missing_record_has_a_message(visit: Visits) -> None:
    seen = visit()
    seen.forgiven = "status of 404"
    seen.page.goto("/?select=deposits/nosuch")
    expect(seen.page.locator("#announcement")).to_have_text("This record does not exist.")
    seen.page.wait_for_function("() => !location.search.includes('nosuch')")


def test_tiles_of_another_host_are_requested_only_when_selected(visit: Visits) -> None:
    seen = visit()
    requested: list[str] = []

    def tile(route: Route) -> None:
        requested.append(route.request.url)
        route.fulfill(status=200, content_type="image/png", body=PIXEL)

    seen.page.context.route("https://tile.openstreetmap.org/**", tile)
    seen.open()
    assert requested == []
    seen.page.locator("#tools summary").click()
    seen.page.get_by_label("OpenStreetMap").check()
    seen.page.wait_for_function("() => document.querySelectorAll('.leaflet-tile-loaded[src*=openstreetmap]').length > 3")
    assert seen.address()["base"] == "osm"
    assert requested
    expect(seen.page.locator(".leaflet-control-attribution")).to_contain_text("© OpenStreetMap")
    seen.page.get_by_label("Land and borders, from this site").check()
    expect(seen.page.locator(".leaflet-tile[src*=openstreetmap]")).to_have_count(0)


def test_a_layer_that_fails_says_so_and_the_land_stays(visit: Visits) -> None:
    seen = visit()
    seen.forgiven = "ERR_FAILED"
    seen.page.context.route("https://tile.openstreetmap.org/**", lambda route: route.abort())
    seen.open()
    seen.page.locator("#tools summary").click()
    seen.page.get_by_label("OpenStreetMap").check()
    expect(seen.page.locator("#base-note")).to_contain_text("The layer OpenStreetMap can't be loaded.")
    expect(seen.page.locator(".leaflet-base-pane canvas")).to_have_count(1)


PIXEL = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
    + b"\0\0\0\rIDAT"
    + (data := zlib.compress(b"\0\xff\xff\xff\xff"))
    + zlib.crc32(b"IDAT" + data).to_bytes(4, "big")
    + b"\0\0\0\0IEND\xaeB`\x82"
)
PIXEL = PIXEL.replace(b"\0\0\0\rIDAT", len(data).to_bytes(4, "big") + b"IDAT")


def test_the_first_load_is_small(visit: Visits) -> None:
    """Without the base map: what was received until the map is complete."""
    seen = visit()
    sizes: dict[str, int] = {}

    def received(event: dict[str, Any]) -> None:
        sizes[event["requestId"]] = sizes.get(event["requestId"], 0) + int(event["encodedDataLength"])

    urls: dict[str, str] = {}
    session = seen.page.context.new_cdp_session(seen.page)
    session.send("Network.enable")
    session.on("Network.requestWillBeSent", lambda event: urls.update({event["requestId"]: event["request"]["url"]}))
    session.on("Network.loadingFinished", received)
    seen.open()
    assert sum(sizes.values()) < MAX_BYTES_WITH_GROUND
    ground = ("/countries-", "/map/ground/")
    received_bytes = {
        urls[key]: size for key, size in sizes.items() if key in urls and not any(one in urls[key] for one in ground)
    }
    assert len(received_bytes) > 10
    assert sum(received_bytes.values()) < MAX_BYTES, json.dumps(received_bytes, indent=1)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_prints_on_one_page_with_legend_and_citation(visit: Visits, lang: str) -> None:
    seen = visit(lang).open("/?view=105,30,4&commodity_group=copper")
    seen.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    seen.page.emulate_media(media="print")
    for shown in ("#cite", ".folium-map", '[data-filter="commodity_group"]', ".leaflet-control-scale"):
        expect(seen.page.locator(shown)).to_be_visible()
    for hidden in ("#list", "#tools", "#search", ".leaflet-control-zoom"):
        expect(seen.page.locator(hidden)).to_be_hidden()
    cite = seen.page.locator("#cite").inner_text()
    assert "Lode" in cite and "commodity_group=copper" in cite
    pages = re.findall(rb"/Type\s*/Page\b", seen.page.pdf(format="A4", landscape=True, prefer_css_page_size=True))
    assert len(pages) == 1
    seen.picture(f"print-{lang}")


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("en", r"Try again in (59|60) minutes\."), pytest.param("zh", r"请在 ?(59|60) 分钟后重试", marks=pytest.mark.slow)],
)
def test_a_used_up_limit_says_in_how_many_minutes_to_try_again(
    browser: Browser, lasting: Callable[..., "Serving"], lang: str, sentence: str
) -> None:
    site = lasting(LODE_RATE_LIMIT="200/hour", LODE_RATE_LIMIT_LAYOUT="2/hour")
    context = browser.new_context(base_url=site.url, locale=LOCALES[lang])
    page = context.new_page()
    page.goto("/")
    page.wait_for_function(QUIET)
    while site.get("/api/collections/deposits/items?limit=1").status == 200:
        pass
    page.locator('[data-filter="commodity_group"] input[value="tin"]').check()
    expect(page.locator("#state")).to_have_text(re.compile(sentence))
    expect(page.locator("#state").get_by_role("button", name=RETRY[lang])).to_be_visible()
    # a page states it too
    for _ in range(3):
        page.goto("/layout?product=alumina&capacity_tpa=2000000&lon=106.9&lat=27.0")
    expect(page.locator("main [role=alert]")).to_have_text(re.compile(sentence))
    context.close()


def test_a_cache_may_store_tiles_counts_and_files_of_the_map(visit: Visits) -> None:
    """All but the page itself, its first rows, whose response has the latest version, and the names of places."""
    seen = visit(size=DESKTOP)
    requested: dict[str, str] = {}
    seen.page.on("response", lambda response: requested.update({response.url: response.headers.get("cache-control", "")}))
    seen.open("/?view=105,30,5")
    seen.zoom()
    paths = {urlsplit(url).path for url, policy in requested.items() if "immutable" not in policy}
    assert paths <= {"/", "/map/names.json", *(f"/api/collections/{kind}/items" for kind in POINTS)}
    assert any("/facets" in url for url in requested) and any("/tiles/" in url for url in requested)

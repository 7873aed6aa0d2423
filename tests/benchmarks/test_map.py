"""Times of the map at a million rows in a browser: the first marks, a pan, a filter."""

import shutil
import statistics
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright
from tests.benchmarks.conftest import MAP, Figures
from tests.benchmarks.sides import Http
from tests.flows.visits import PROGRAMS, QUIET, SWITCHES

FIRST_S, PAN_S = 2.0, 0.3
VIEWS = {"2": "", "4": "?view=105,30,4", "7": "?view=102,25,7", "10": "?view=102,25,10"}
DRAWN = "() => document.documentElement.hasAttribute('data-drawn')"
PANS = """async () => {
  const { map, app: { records } } = window.lode;
  const told = records.hooks.drawn;
  const taken = [];
  for (let i = 0; i < 8; i++) {
    const drawn = new Promise((done) => { records.hooks.drawn = (marks) => { told(marks); done(); }; });
    const begun = performance.now();
    map.panBy([i % 2 ? 0 : 500, i % 2 ? (i % 4 === 1 ? 250 : -250) : 0], { animate: false });
    await drawn;
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    taken.push((performance.now() - begun) / 1000);
  }
  records.hooks.drawn = told;
  return taken;
}"""


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert program is not None, "there is no Chromium here; install it: apt-get install chromium"
    made = playwright.chromium.launch(executable_path=program, args=SWITCHES)
    yield made
    made.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("zoom", VIEWS)
def test_the_map(browser: Browser, site: Http, figures: Figures, zoom: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB", reduced_motion="reduce")
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{site.port}/{VIEWS[zoom]}", wait_until="commit")
    page.wait_for_function(DRAWN, polling=20)
    first = since_navigation(page)
    page.wait_for_function(QUIET, polling=20)
    whole = since_navigation(page)
    pans: list[float] = page.evaluate(PANS)
    filters = [filtered(page, *chosen) for chosen in (("commodity_group", "tin"), ("country", "CHN"))]
    context.close()
    pan = statistics.median(pans)
    met = first <= FIRST_S and pan <= PAN_S
    times = (first, whole, pan, max(pans), *filters)
    figures.add(MAP, (zoom, *(f"{seconds * 1000:,.0f} ms" for seconds in times)), "2 s, pan 0.3 s", met)
    assert met


def since_navigation(page: Page) -> float:
    """Return the seconds since navigation began."""
    return float(page.evaluate("performance.now()")) / 1000


def filtered(page: Page, name: str, code: str) -> float:
    """Return the seconds of selecting a value of a filter, which is cleared afterwards."""
    choose = (
        "([name, code, chosen]) => { window.begun = performance.now(); window.lode.app.screen.choose(name, code, chosen); }"
    )
    page.evaluate(choose, [name, code, True])
    page.wait_for_function(QUIET, polling=20)
    taken = float(page.evaluate("performance.now() - window.begun")) / 1000
    page.evaluate(choose, [name, code, False])
    page.wait_for_function(QUIET, polling=20)
    return taken

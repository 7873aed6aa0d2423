"""Visits of the served map in a real browser, and what may not happen on any of them."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Route, expect

import lodeweb

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

OUTPUT = Path(__file__).parents[1] / "output"
PROGRAMS = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DESKTOP, PHONE = (1280, 800), (360, 740)
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
LANGS = ("en", pytest.param("zh", marks=pytest.mark.slow))
"""Languages of a story: `make test` runs the first. Half of the stories have it in Chinese."""
LANGS_ZH = ("zh", pytest.param("en", marks=pytest.mark.slow))
SIZES = (pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone", marks=pytest.mark.slow))
DARK = (pytest.param(False, id="light"), pytest.param(True, id="dark", marks=pytest.mark.slow))
POINTS = ("deposits", "discoveries", "projects")
KINDS = {"en": ("Deposits", "Prospects and discoveries", "Projects"), "zh": ("矿床", "矿点与新发现", "项目")}
DESK = (
    *("/desk", "/desk/imports", "/desk/runs", "/desk/acts", "/desk/rights", "/desk/rights/new"),
    *(
        "/desk/milestones",
        "/desk/milestones/new",
        "/desk/baselines",
        "/desk/list-entries",
        "/desk/decisions",
        "/desk/rows",
        "/desk/progress",
    ),
    *("/desk/progress/new", "/desk/proposals", "/desk/organisations", "/desk/holders", "/desk/keys", "/desk/saved"),
    *("/desk/internal", "/desk/audit", "/desk/account", "/desk/people", "/desk/next"),
)
"""Pages of the desk for an administrator; some have no form or no rows on a store without decisions."""
SCRIPT = "<script>alert(1)</script>"
AXE = Path(lodeweb.__file__).parents[1] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FAULTS = """async (rules) => {
  // what Swagger UI writes is its own
  const found = await axe.run({ include: [['html']], exclude: [['#docs']] }, { runOnly: rules });
  // but for its colours, which the site corrects
  const colours = document.querySelector('#docs') && (await axe.run('#docs', { runOnly: ['color-contrast'] }));
  if (colours) found.violations.push(...colours.violations);
  // two handles share a track; number boxes beside them do the same (WCAG 2.2, 2.5.8, Equivalent)
  const fault = (one, node) => (one.id !== 'target-size' || !node.html.includes('type="range"'))
    && (one.id !== 'landmark-no-duplicate-main' || !document.querySelector('#docs'));
  return found.violations.filter((one) => ['serious', 'critical', 'moderate'].includes(one.impact))
    .map((one) => ({ ...one, nodes: one.nodes.filter((node) => fault(one, node)) })).filter((one) => one.nodes.length)
    .map((one) => `${one.id}: ${one.help} ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
}"""
BREACHES = """() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}).then((found) =>
  found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(' ')} ${node.failureSummary}`)))"""
REPORT_BREACHES = """
document.addEventListener("securitypolicyviolation", (e) => console.error("policy:", e.violatedDirective, e.blockedURI));
window.alert = (text) => console.error("alert: " + text);
"""
COUNT_CLICKS = """
addEventListener("click", (event) => {
  if (event.isTrusted) sessionStorage.setItem("clicks", Number(sessionStorage.getItem("clicks")) + 1);
}, true);
"""
"""A script that counts the clicks and taps of a tab over its pages of a site."""
QUIET = "() => document.documentElement.hasAttribute('data-drawn') && !document.documentElement.hasAttribute('data-busy')"
SETTLED = "() => !document.querySelector('.leaflet-zoom-anim, .leaflet-pan-anim')"
MARKS = "() => (window.lode?.app?.records?.marks ?? []).reduce((sum, mark) => sum + mark.n, 0)"


@dataclass(slots=True)
class Visit:
    """A page in a context of its own, and what went wrong on it."""

    page: Page
    lang: str
    wrong: list[str] = field(default_factory=list)
    forgiven: str = "nothing"
    """What the test brings about itself: a pattern of messages that are no fault."""

    def open(self, path: str = "/") -> "Visit":
        """Open a path and return the visit as soon as the page shows its data."""
        self.page.goto(path)
        return self.loaded()

    def loaded(self) -> "Visit":
        """Return the visit as soon as the page shows its data, with no pending request or animation."""
        # data are requested at the end of an animation
        self.page.wait_for_function(SETTLED)
        self.page.wait_for_function(QUIET)
        return self

    def go(self, lon: float, lat: float, zoom: float) -> "Visit":
        """Move the map at once."""
        # in braces, so that it gives nothing back: the map is a large thing to send
        script = "([lat, lon, zoom]) => { window.lode.map.setView([lat, lon], zoom, { animate: false }); }"
        self.page.evaluate(script, [lat, lon, zoom])
        return self.loaded()

    def zoom(self) -> float:
        return float(self.page.evaluate("window.lode.map.getZoom()"))

    def count(self) -> int:
        """How many records the page says there are."""
        self.loaded()
        return int(self.page.locator("#count").get_attribute("data-n") or -1)

    def shown(self) -> int:
        """How many records the marks of the map stand for, those of the tiles around the view too."""
        return int(self.page.evaluate(MARKS))

    def address(self) -> dict[str, str]:
        """The parameters of the page's address."""
        script = "() => Object.fromEntries(new URLSearchParams(location.search))"
        rule_result: dict[str, str] = self.page.evaluate(script)
        return rule_result

    def picture(self, name: str) -> None:
        OUTPUT.mkdir(exist_ok=True)
        self.page.screenshot(path=OUTPUT / f"{name}.png")

    def names(self) -> list[str]:
        """The names in the table's rows that are elements now."""
        return self.page.locator("#rows tbody tr[data-id] td:nth-child(2)").all_inner_texts()

    def tick(self, name: str, value: str) -> None:
        """Choose a value of a filter as one does: open it where it is folded, and tick it."""
        facet = self.page.locator(f'[data-filter="{name}"]')
        expect(facet).to_be_visible()
        if facet.get_attribute("open") is None:
            facet.locator("summary").click()
        box = facet.locator(f'input[value="{value}"]')
        if box.count() == 0:
            facet.locator(".more").click()
        box.check()
        self.loaded()


def clicks(page: Page) -> int:
    """Return how many clicks and taps the tab has had; it needs the script COUNT_CLICKS."""
    return int(page.evaluate("() => Number(sessionStorage.getItem('clicks'))"))


def wider(page: Page) -> int:
    """By how many px what is on a page is wider than its window, once its style sheets are there."""
    page.wait_for_load_state()
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


Visits = Callable[..., Visit]


def only_home(route: Route, port: int, wrong: list[str]) -> None:
    """Let a request go to the site itself, and to nobody else."""
    if urlsplit(route.request.url).netloc == f"127.0.0.1:{port}":
        route.continue_()
    else:
        wrong.append(f"another host: {route.request.url}")
        route.abort()


def noted(message: ConsoleMessage, wrong: list[str]) -> None:
    """Keep what the browser complains of."""
    # the tests themselves read the canvas back
    if message.type in ("error", "warning") and "willReadFrequently" not in message.text:
        wrong.append(f"{message.type}: {message.text} ({message.location.get('url')})")


def features(product: "Serving", collection: str, query: str = "limit=10000") -> list[dict[str, Any]]:
    """The features that the site gives for a query."""
    found: list[dict[str, Any]] = json.loads(product.get(f"/api/collections/{collection}/items?{query}").text)["features"]
    return found


def placed(product: "Serving", collection: str, query: str = "") -> int:
    """How many records that match have a position, as the site has it."""
    found = features(product, collection, f"limit=10000&properties=name_en{query and f'&{query}'}")
    return sum(feature["geometry"] is not None for feature in found)


def matched(product: "Serving", query: str, kinds: tuple[str, ...] = POINTS) -> int:
    """The sum of numberMatched over kinds."""
    responses = (product.get(f"/api/collections/{kind}/items?limit=1&{query}").text for kind in kinds)
    return sum(int(json.loads(response)["numberMatched"]) for response in responses)


def identity(product: "Serving", collection: str, name: str) -> str:
    """The id of the record of a name."""
    found = features(product, collection)
    return next(str(feature["id"]) for feature in found if feature["properties"]["name_en"] == name)


def tab_to(page: Page, css: str, most: int = 150) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(most + 1):
        if page.evaluate("(css) => document.activeElement?.matches(css) ?? false", css):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{most} times Tab did not lead to {css}")


def forgiven(own: Visit) -> list[str]:
    """What went wrong on a visit and was not brought about by its test."""
    return [message for message in own.wrong if not re.search(own.forgiven, message)]


def faults(seen: Visit) -> list[str]:
    """Return the moderate, serious and critical findings of axe-core, except the accepted ones."""
    return faults_of(seen.page)


def faults_of(page: Page) -> list[str]:
    """The same of any page."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rule_result: list[str] = page.evaluate(FAULTS, RULES)
    return rule_result


def breaches_in_each_scheme(page: Page) -> list[str]:
    """Return all that axe-core finds on a page in the light and in the dark scheme; the dark one stays."""
    found = []
    for scheme in ("light", "dark"):
        # colours change at once, not over a transition
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
        found += [f"{scheme}: {one}" for one in breaches(page)]
    return found


def breaches(page: Page) -> list[str]:
    """All that axe-core finds against WCAG 2.2 AA on a page, minor things too."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    rule_result: list[str] = page.evaluate(BREACHES)
    return rule_result

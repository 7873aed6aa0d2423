"""Every page of the site: accessible in both languages and both schemes, and no wider than a phone or a wall."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page
from tests.flows.visits import AXE, DESKTOP, PHONE, faults_of, features, identity, wider
from tests.quick import mostly_slow

from lodebase.topics.registry import find_declared_operations

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

Sheet = Callable[..., Page]
WALL = (3840, 2160)
CHECKED = "/layout?product=alumina&capacity_tpa=2000000&lon=106.9&lat=27.0"
PATHS = (
    "/start",
    "/data",
    "/data/deposits",
    "/layout",
    CHECKED,
    "/layout/pairs",
    "/layout/siting",
    "/layout/reports",
    "/layout/rules",
    "/quality",
    "/reports?f=html",
    "/desk",
    "/charts?collection=deposits",
    "/statistics",
    "/statistics/copper",
    "/statistics/areas/CHN",
    "/statistics/league/copper-refinery",
    "/statistics/pipeline/copper-refinery",
    "/statistics/supply-without?commodity=copper&stage=refinery&area=CHN",
    "/statistics/prices?index=2020",
    "/statistics/coverage",
    "/rights",
    "/rights/candidates",
    "/schedule",
    "/lists",
    "/lists/check",
    "/lists/batch",
    "/lists/verify",
    "/lists/{list}",
    "/recycling",
    "/china",
    "/discoveries/curve",
    "/models",
    "/models/porphyry-copper",
    "/tract",
    "/prospectivity",
    "/drill-section",
    "/by-products",
    "/recovery/check",
    "/recovery/gaps",
    "/help",
    "/updates",
    "/subscribe?collection=deposits&country=CHL",
    "/versions",
    "/terms",
    "/about",
    "/compare?ids={deposit}",
    "/layout/sites?product=copper&capacity_tpa=400000&sites=36.8,118.05%0A21.7,108.4",
    "/api/?f=html",
    "/api/docs",
    "/api/conformance?f=html",
    "/api/sources?f=html",
    "/api/changes?f=html",
    "/api/vocabularies?f=html",
    "/api/vocabularies/commodity?f=html",
    "/api/collections?f=html",
    "/api/collections/deposits?f=html",
    "/api/collections/deposits/items?f=html",
    "/records/{deposit}",
    "/records/{project}",
    "/organisations",
    "/organisations/{organisation}",
    "/organisations/compare?ids={organisation}",
    "/api/collections/deposits/facets?f=html",
    "/api/collections/deposits/queryables?f=html",
    "/api/collections/deposits/tiles?f=html",
    "/there/is/no/such/page",
)
"""Every kind of page but the map, which has its own tests."""


def addresses(product: "Serving") -> list[str]:
    ids = {"deposit": identity(product, "deposits", "Pebble"), "project": identity(product, "projects", "Sahara Smelter")}
    ids["organisation"] = next(str(feature["id"]) for feature in features(product, "organisations"))
    ids["list"] = json.loads(product.get("/lists?f=json").text)["lists"][0]["code"]
    return [path.format(**ids) for path in PATHS]


def test_the_page_of_each_operation_is_visited() -> None:
    visited = {path.partition("?")[0] for path in PATHS}
    pages = {
        operation.page for operation in find_declared_operations().values() if operation.page and "<" not in operation.page
    }
    assert pages - visited == set()


@pytest.mark.story
@pytest.mark.parametrize("scheme", mostly_slow(["light", "dark"], ["light"]))
@pytest.mark.parametrize(
    ("lang", "size"), [("en", DESKTOP), pytest.param("zh", PHONE, marks=pytest.mark.slow)], ids=["en-desktop", "zh-phone"]
)
def test_axe_finds_nothing_on_any_page(sheet: Sheet, product: "Serving", lang: str, size: tuple[int, int], scheme: str) -> None:
    """Check each page in both languages and widths, in one of the schemes each."""
    assert AXE.exists(), "there is no axe-core; run scripts/setup.sh test"
    page = sheet("/quality", lang, size, forgiven="404", color_scheme=scheme)
    found = {}
    # every second page here, the others in the other scheme; the phone begins with what the desktop left out
    for path in addresses(product)[(scheme == "dark") != (size == PHONE) :: 2]:
        page.goto(path)
        page.wait_for_function("() => !document.querySelector('[aria-busy]')")
        assert page.locator("html").get_attribute("data-bs-theme") == scheme
        if faults := faults_of(page):
            found[path] = faults
        if (px := wider(page)) > 0:
            found[f"{path} is wider"] = [f"{px} px"]
    assert found == {}


def test_no_page_is_wider_than_a_wall(sheet: Sheet, product: "Serving") -> None:
    page = sheet("/quality", "en", WALL, forgiven="404")
    for path in addresses(product):
        page.goto(path)
        assert wider(page) <= 0, path

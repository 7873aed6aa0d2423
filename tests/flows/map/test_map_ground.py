"""The ground of a store that has boundaries: names of divisions and places, and a map that still goes out to the world."""

import json
import subprocess
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.flows import visits

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

YUNNAN: Any = [[98, 22], [105, 22], [105, 28.5], [98, 28.5], [98, 22]]
TAWANG: Any = [[92, 27], [97, 27], [97, 29], [92, 29], [92, 27]]
CHINA: Any = [[75, 22], [130, 22], [130, 45], [75, 45], [75, 22]]
WRITTEN = """() => {
  window.written = [];
  const draws = CanvasRenderingContext2D.prototype, own = draws.fillText;
  draws.fillText = function (text, ...rest) { window.written.push(text); return own.call(this, text, ...rest); };
}"""


def collection(*features: tuple[dict[str, Any], Any]) -> str:
    made = [
        {"type": "Feature", "properties": about, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for about, ring in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": made})


@pytest.fixture(scope="module")
def bounded(
    lasting: Callable[..., "Serving"],
    lode: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> "Serving":
    """A site whose store has a country and two divisions."""
    folder = tmp_path_factory.mktemp("natural-earth")
    china = {"ISO_A3": "CHN", "NAME_EN": "China", "NAME_ZH": "中国", "ADM0_A3": "CHN"}
    yunnan = {"iso_3166_2": "CN-YN", "name_en": "Yunnan", "name_zh": "雲南省", "adm0_a3": "CHN"}
    contested = {"iso_3166_2": "IN-AR", "name_en": "Arunachal Pradesh", "name_zh": "阿鲁纳恰尔邦", "adm0_a3": "IND"}
    (folder / "ne_50m_admin_0_countries.geojson").write_text(collection((china, CHINA)))
    (folder / "ne_50m_admin_1_states_provinces.geojson").write_text(collection((yunnan, YUNNAN), (contested, TAWANG)))
    site = lasting()
    result = lode(site.home, "import", "natural-earth", str(folder))
    assert result.returncode == 0, result.stderr
    return site


@pytest.fixture
def ground(browser: Browser, bounded: "Serving") -> Iterator[Callable[[str, str], Page]]:
    """Yield a function that opens the map of that site and records the texts on its canvases."""
    contexts = []

    def opened(lang: str, path: str) -> Page:
        context = browser.new_context(
            base_url=bounded.url, locale=visits.LOCALES[lang], viewport={"width": 1280, "height": 800}
        )
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(f"({WRITTEN})()")
        page.goto(path)
        page.wait_for_function(visits.QUIET)
        return page

    yield opened
    for context in contexts:
        context.close()


def test_a_store_with_divisions_shows_the_whole_world_first(ground: Callable[[str, str], Page]) -> None:
    page = ground("en", "/")
    assert page.evaluate("window.lode.map.getMinZoom()") == 1
    assert page.evaluate("window.lode.map.getBounds().contains([[-33, -70], [36, 139]])")


@pytest.mark.parametrize(
    ("lang", "division", "place", "country"), [("en", "Yunnan", "Kunming", "China"), ("zh", "云南省", "昆明", "中国")]
)
def test_divisions_and_places_are_named_in_the_language_of_the_page(
    ground: Callable[[str, str], Page], lang: str, division: str, place: str, country: str
) -> None:
    page = ground(lang, "/?view=102,25,6&commodity_group=lithium")
    page.wait_for_function("(name) => window.written.includes(name)", arg=division)
    assert place in page.evaluate("window.written")
    page = ground(lang, "/?view=102,30,3.5&commodity_group=lithium")
    page.wait_for_function("(name) => window.written.includes(name)", arg=country)
    assert division not in page.evaluate("window.written")


def test_a_contested_division_has_no_name_and_a_name_is_the_vocabularys(bounded: "Serving") -> None:
    names = {name: rest for name, *rest in json.loads(bounded.get("/map/names.json?lang=zh").text)["divisions"]}
    assert "阿鲁纳恰尔邦" not in names
    (lon, lat, size) = names["云南省"]
    assert 97.5 < lon < 106.2 and 21.1 < lat < 29.3
    assert size == pytest.approx(34, abs=2)


def test_names_are_confirmed_and_not_sent_again(bounded: "Serving", browser: Browser) -> None:
    context = browser.new_context(base_url=bounded.url)
    first = context.request.get("/map/names.json?lang=en")
    again = context.request.get("/map/names.json?lang=en", headers={"If-None-Match": first.headers["etag"]})
    other = context.request.get("/map/names.json?lang=zh", headers={"If-None-Match": first.headers["etag"]})
    context.close()
    assert (first.status, again.status, other.status) == (200, 304, 200)


def test_coarse_relief_is_hidden_where_it_would_be_a_blur(visit: visits.Visits) -> None:
    seen = visit().open("/")
    tiles = seen.page.locator(".leaflet-ground-relief-pane img")
    seen.go(-69, -24, 7)
    expect(tiles.first).to_be_attached()
    seen.go(-69, -24, 8)
    expect(tiles).to_have_count(0)
    seen.go(-69, -24, 7)
    expect(tiles.first).to_be_attached()

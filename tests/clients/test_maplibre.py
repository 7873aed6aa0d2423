"""MapLibre draws the tiles of the site, and the one file of tiles with its style from a static host, in a browser."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, Playwright, Route
from tests.flows.visits import PROGRAMS

if TYPE_CHECKING:
    from tests.clients.conftest import Site

NODE_MODULES = Path(__file__).parents[2] / "web/node_modules"
HOST = "http://static.test/"
WEBGL = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-features=LocalNetworkAccessChecks",
]
"""WebGL without a graphics card, and a page of a public host that may read a site of this machine."""
PAGE = """<!doctype html><meta charset="utf-8"><div id="map" style="width: 600px; height: 600px"></div>
<script src="pmtiles/dist/pmtiles.js"></script>
<script type="module">
  import * as maplibregl from "./maplibre-gl/dist/maplibre-gl.mjs";
  maplibregl.addProtocol("pmtiles", new pmtiles.Protocol().tile);
  const style = new URLSearchParams(location.search).get("style");
  const map = new maplibregl.Map({ container: "map", style, center: [-70, -25], zoom: 4 });
  window.errors = [];
  map.on("error", event => window.errors.push(String(event.error)));
  map.once("idle", () => {
    const [[west, south], [east, north]] = map.getBounds().toArray();
    window.drawn = { box: [west, south, east, north], names: map.queryRenderedFeatures().map(one => one.properties.name_en) };
  });
</script>"""


@pytest.fixture
def page(playwright: Playwright, tmp_path: Path) -> Iterator[Page]:
    """A page of a static host that serves the folder of the test and the packages of npm."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert program is not None, "there is no Chromium: run scripts/setup.sh test"

    def serve(route: Route) -> None:
        name = route.request.url.removeprefix(HOST).partition("?")[0]
        path = next((folder / name for folder in (tmp_path, NODE_MODULES) if (folder / name).is_file()), None)
        if path is None:
            route.fulfill(status=404)
        elif wanted := route.request.headers.get("range"):
            first, last = map(int, wanted.removeprefix("bytes=").split("-"))
            route.fulfill(status=206, body=path.read_bytes()[first : last + 1])
        else:
            route.fulfill(path=path)

    browser = playwright.chromium.launch(executable_path=program, args=WEBGL)
    made = browser.new_page()
    made.route(f"{HOST}**", serve)
    (tmp_path / "index.html").write_text(PAGE, "utf-8")
    yield made
    browser.close()


def test_maplibre_draws_tiles_and_pmtiles(
    site: "Site", run: Callable[..., str], features: Callable[..., list[dict[str, Any]]], page: Page, tmp_path: Path
) -> None:
    lode = str(Path(sys.executable).with_name("lode"))
    run(lode, "export", "pmtiles", "deposits", str(tmp_path / "deposits.pmtiles"), LODE_HOME=str(site.home))
    for style in (f"{site.api}collections/deposits/tiles/WebMercatorQuad?f=style", "deposits.pmtiles.style.json"):
        page.goto(f"{HOST}index.html?style={style}")
        page.wait_for_function("window.drawn || window.errors.length")
        assert page.evaluate("window.errors") == []
        drawn = page.evaluate("window.drawn")
        inside = {feature["properties"]["name_en"] for feature in features("deposits", bbox=",".join(map(str, drawn["box"])))}
        # a circle at the edge of the map is drawn in part
        assert len(inside) > 10 and inside <= set(drawn["names"]), style

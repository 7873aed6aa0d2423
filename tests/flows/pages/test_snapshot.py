"""`lode export site`: a folder that a plain web server serves, with a page for each record and no other host."""

import functools
import hashlib
import http.server
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urldefrag

import orjson
import pytest
from playwright.sync_api import Browser

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

pytestmark = pytest.mark.slow
Lode = Callable[..., subprocess.CompletedProcess[str]]
NAMES = ("deposits", "projects", "milestones")


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """That of `python -m http.server`, which sends no ranges, without its log."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def snapshot(product: "Serving", lode: Lode, tmp_path: Path) -> Path:
    """The snapshot of a small store, some of whose names are scripts."""
    path = tmp_path / "site"
    chosen = [part for name in NAMES for part in ("--collection", name)]
    result = lode(product.home, "export", "site", str(path), *chosen)
    assert result.returncode == 0, result.stderr
    again = lode(product.home, "export", "site", str(path), LC_ALL="zh_CN.UTF-8")
    assert (again.returncode, "不为空" in again.stderr) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    return path


@pytest.fixture
def address(snapshot: Path) -> Iterator[str]:
    """The address of the folder on a plain server."""
    handler = functools.partial(QuietHandler, directory=str(snapshot))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_snapshot_of_a_store(snapshot: Path, address: str, browser: Browser) -> None:
    _has_what_it_lists(snapshot)
    _has_no_broken_link(snapshot)
    page = browser.new_context(viewport={"width": 390, "height": 800}).new_page()
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(f"{address}/")
    page.get_by_role("link", name="中文").click()
    page.wait_for_selector("#map[data-points]")
    points = orjson.loads((snapshot / "map/points.json").read_bytes())["points"]
    assert page.get_attribute("#map", "data-points") == str(sum(map(len, points.values())))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="矿床", exact=True).click()
    page.locator("main ul a").first.click()
    assert page.locator("dl.facts dt").count() > 3 and page.locator("h2", has_text="来源").count() == 1
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert [one for one in requested if not one.startswith(address)] == []
    page.context.close()


def _has_what_it_lists(snapshot: Path) -> None:
    """Every file is in the list of checksums with its own, and every record has its page in both languages."""
    lines = (snapshot / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    files = {path.relative_to(snapshot).as_posix() for path in snapshot.rglob("*") if path.is_file()} - {"SHA256SUMS"}
    assert set(sums) == files
    catalogue = orjson.loads((snapshot / "catalogue.jsonld").read_bytes())
    offered = [file["contentUrl"] for dataset in catalogue["dataset"] for file in dataset["distribution"]]
    for name in offered:
        assert hashlib.sha256((snapshot / name).read_bytes()).hexdigest() == sums[name]
    assert {Path(name).name for name in offered} >= {"deposits.parquet", "deposits.pmtiles", "milestones.csv"}
    deposits = (snapshot / "data/deposits.csv").read_text("utf-8-sig").count("\n")
    assert deposits > 300
    for lang in ("en", "zh"):
        assert {path.name for path in (snapshot / lang).iterdir()} == {"index.html", *NAMES}
    ids = [{path.stem for path in (snapshot / lang / "deposits").iterdir()} for lang in ("en", "zh")]
    assert ids[0] == ids[1] and len(ids[0]) > 300


def _has_no_broken_link(snapshot: Path) -> None:
    for page in snapshot.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script>" not in text, page
        for target in re.findall(r'(?:href|src)="([^"]+)"', text):
            path, anchor = urldefrag(unquote(target))
            if path.startswith(("http://", "https://")):
                continue
            found = (page.parent / path).resolve() if path else page
            assert found.is_file(), (page, target)
            assert not anchor or f'id="{anchor}"' in found.read_text(encoding="utf-8"), (page, target)

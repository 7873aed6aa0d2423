"""A geologist finds out who holds the ground over a deposit and until when: on the map, and on the deposit's page."""

import json
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect
from tests.flows.visits import DESKTOP, OUTPUT, PHONE, breaches, wider

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

PERSON = "QUIROGA ELVIRA"
DEPOSIT = "Escondida"
MAPPING = """
name: own-rights
title_en: Own register
title_zh: 自有登记簿
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: mining_right}
    name_en: name
    position: {ring: corners}
    right_no: id
    right_kind: {const: mining}
    status: {const: granted}
    valid_to: to
    holder: holder
    commodities: [{const: copper}]
    country: {const: CHL}
"""
TEXTS = {
    "en": ("Mining rights", "Alfa S.A.", "Natural person", "2999-12-31", "Full record", "Mining rights over it", "surely"),
    "zh": ("矿业权", "Alfa S.A.", "自然人", "2999-12-31", "完整记录", "其上的矿业权", "确定"),
}


def get(site: "Serving", path: str) -> dict[str, object]:
    with urllib.request.urlopen(f"{site.url}{path}") as response:
        found: dict[str, object] = json.load(response)
    return found


@pytest.fixture(scope="module")
def site(
    lasting: Callable[..., "Serving"],
    lode: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple["Serving", str, list[float]]]:
    """A site with two rights around a deposit of the starter register, one of them of a person; the deposit and its place."""
    serving = lasting()
    deposit = get(serving, f"/api/collections/deposits/items?name_en={DEPOSIT}&f=json")["features"][0]  # type: ignore[index]
    lon, lat = deposit["geometry"]["coordinates"]
    corners = [(lon - 0.9, lat - 0.9), (lon + 0.9, lat - 0.9), (lon + 0.9, lat + 0.9), (lon - 0.9, lat + 0.9)]
    ring = " ".join(f"{n},{x:.4f},{y:.4f}" for n, (x, y) in enumerate(corners, 1))
    folder = tmp_path_factory.mktemp("rights")
    rows = [f'M1,Main lease,"{ring}",2999-12-31,Alfa S.A.', f'M2,Other lease,"{ring}",2998-12-31,"{PERSON}"']
    (folder / "rights.csv").write_text("\n".join(["id,name,corners,to,holder", *rows]), "utf-8")
    (folder / "rights.yml").write_text(MAPPING, "utf-8")
    done = lode(serving.home, "import", "--mapping", str(folder / "rights.yml"), str(folder / "rights.csv"))
    assert done.returncode == 0, done.stderr
    assert PERSON not in done.stdout + done.stderr
    yield serving, deposit["id"], [lon, lat]


@pytest.mark.parametrize(("lang", "size", "scheme"), [("en", DESKTOP, "light"), ("zh", PHONE, "dark")])
def test_a_geologist_sees_who_holds_the_ground_over_a_deposit_until_when(
    site: tuple["Serving", str, list[float]], browser: Browser, lang: str, size: tuple[int, int], scheme: str
) -> None:
    serving, deposit, (lon, lat) = site
    layer, body, person, until, record, over, surely = TEXTS[lang]
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(base_url=serving.url, viewport=viewport, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    # next to the mark of the deposit
    page.goto(f"/?lang={lang}&view={lon + 0.5},{lat},8")
    page.locator("#tools summary").click()
    page.get_by_label(layer, exact=True).check()
    page.locator("html[data-rights-drawn]").wait_for()
    expect(page.locator("#rights-legend li")).to_have_count(8)
    page.locator("#tools summary").click()
    box = page.locator(".leaflet-container").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    popup = page.locator(".popup.rights")
    for text in (body, person, until, "M1"):
        expect(popup).to_contain_text(text)
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"rights-map-{lang}.png")
    assert breaches(page) == []
    popup.get_by_role("link", name=record).first.click()
    page.locator("html[data-rights-drawn]").wait_for()
    page.goto(f"/records/{deposit}?lang={lang}")
    section = page.locator("section", has=page.get_by_role("heading", name=over))
    for text in (body, until, surely):
        expect(section).to_contain_text(text)
    page.goto(f"/rights?on=2026-01-31&lang={lang}")
    page.locator("html[data-rights-drawn]").wait_for()
    expect(page.get_by_role("cell", name="M1")).to_be_visible()
    page.screenshot(path=OUTPUT / f"rights-register-{lang}.png", full_page=True)
    assert wider(page) <= 0
    assert breaches(page) == []
    assert PERSON not in page.content()
    context.close()

"""Bedrock on the map: its legend of ages, the colour of an age, and the popup of a unit, in both languages."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.flows.conftest import Serving
from tests.flows.visits import LANGS_ZH, LOCALES, QUIET, REPORT_BREACHES, breaches

TEXTS = {
    "en": (
        "Bedrock of the tests",
        "Ages of the bedrock",
        "Jurassic",
        "Geologic age: Jurassic (reported as J)",
        "Rock: Granite, Granodiorite",
    ),
    "zh": ("试验基岩地质", "基岩地层时代", "侏罗纪", "时代：侏罗纪（原文：J）", "岩性：花岗岩、花岗闪长岩"),
}

# a map is no value that a page can return
CLICK = "([lat, lng]) => { window.lode.map.fire('click', {latlng: {lat, lng, wrap() { return this; }}}); }"


def feature(unit: str, age: str, rock: str, west: float) -> dict[str, Any]:
    ring = [[west, -30], [west + 60, -30], [west + 60, 30], [west, 30], [west, -30]]
    return {
        "type": "Feature",
        "properties": {"UNIT": unit, "AGE": age, "ROCK": rock},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


@pytest.fixture(scope="module")
def mapped(
    lasting: Callable[..., Serving],
    lode: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Serving:
    """A site with a layer of bedrock of two units, one of which has an age that is not of the chart."""
    folder: Path = tmp_path_factory.mktemp("bedrock")
    units = [feature("Batholith", "J", "granite; granodiorite", -60), feature("Local <b>group</b>", "Wuding age", "", 0)]
    (folder / "units.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": units}))
    layer = {
        "name": "bedrock",
        "kind": "bedrock",
        "title_en": "Bedrock of the tests",
        "title_zh": "试验基岩地质",
        "path": "units.geojson",
        "attribution": "The tests",
        "licence": "CC0-1.0",
        "shown": True,
        "columns": {"age": "AGE", "lithology": "ROCK", "unit": "UNIT"},
    }
    (folder / "ground.yml").write_text(json.dumps({"name": "mine", "title_en": "", "title_zh": "", "layers": [layer]}))
    site = lasting()
    result = lode(site.home, "ground", "add", str(folder))
    assert result.returncode == 0, result.stderr
    assert "'Wuding age' (1)" in result.stdout + result.stderr
    return site


@pytest.mark.parametrize("lang", LANGS_ZH)
def test_units_have_colours_a_legend_and_a_popup(browser: Browser, mapped: Serving, lang: str) -> None:
    title, legend, age, stated_age, stated_rock = TEXTS[lang]
    context = browser.new_context(base_url=mapped.url, locale=LOCALES[lang], viewport={"width": 1400, "height": 900})
    context.add_init_script(REPORT_BREACHES)
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(f"/?view=0,0,3&lang={lang}&commodity_group=lithium")
    page.wait_for_function(QUIET)
    page.evaluate(CLICK, [5, -30])
    popup = page.locator(".bedrock-popup")
    expect(popup).to_contain_text("Batholith", timeout=30_000)
    expect(popup).to_contain_text(stated_age)
    expect(popup).to_contain_text(stated_rock)
    expect(popup).to_contain_text("The tests (CC0-1.0)")
    page.evaluate(CLICK, [5, 30])
    expect(popup.last).to_contain_text("Local <b>group</b>", timeout=30_000)
    expect(popup.last).to_contain_text("Wuding age")
    page.keyboard.press("Escape")
    page.locator("#tools summary").filter(visible=True).first.click()
    layers = page.locator("#layers")
    expect(layers).to_contain_text(title)
    layers.get_by_text(legend).click()
    expect(layers.locator(".ages li").first).to_contain_text(age)
    expect(layers.locator(".ages li")).to_have_count(2)
    assert breaches(page) == []
    context.close()

"""Two records are made one, parted, made one again by an undoing, and stay so through an import: at the desk, by keys."""

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.flows.conftest import _call, add_account

from lodebase.ingest.rows import record_id

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

Sheet = Callable[..., Page]
PASSWORD = "long enough to keep"
MAPPING = """
name: {name}
title_en: A table of the story
title_zh: 测试表
publisher: The tests
licence: {{id: internal, name: Internal}}
citation: The tests, made up
version: "1"
as_of: "2024"
tables:
  - key: "{{id}}"
    kind: {{const: deposit}}
    name_en: name
    position: {{lon: lon, lat: lat, accuracy_m: 100}}
    commodities: [metal]
"""
SITES = {
    "en": (("Zarzuela", "-3.5,40.1"), ("Quebrada Honda", "17.25,-22.5")),
    "zh": (("Mount Ferris", "52.5,60.1"), ("Bolshoy Kolwezi", "-101.25,41.5")),
}
LABELS = {
    "en": ("Account", "Password", "Review it at the desk", "Saved and published.", "merged into one record", "pair by pair"),
    "zh": ("账号", "密码", "前往工作台判定", "已保存并生效。", "合为一条记录提供", "逐对查看"),
}


def bring(home: Path, folder: Path, source: str, rows: str) -> None:
    """Import a table of a source."""
    (folder / f"{source}.yml").write_text(MAPPING.format(name=source), encoding="utf-8")
    (folder / f"{source}.csv").write_text(f"id,name,lon,lat,metal\n{rows}\n", encoding="utf-8")
    result = _call(home, "import", "--mapping", str(folder / f"{source}.yml"), str(folder / f"{source}.csv"))
    assert result.returncode == 0, result.stderr


@pytest.fixture(scope="module")
def expert(product: "Serving") -> str:
    name = "storyteller"
    add_account(product.home, name, "expert", PASSWORD)
    return name


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:
        return None


def status_of(product: "Serving", identity: str) -> int:
    """Return the status of the address of a record."""
    try:
        with urllib.request.build_opener(_Stay).open(f"{product.url}/api/collections/deposits/items/{identity}") as found:
            return int(found.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def press(page: Page, key: str, state: str) -> None:
    """Press a key on a loaded page and wait until the page reports that the verdict is served."""
    page.wait_for_load_state("load")
    page.locator("h1").click()
    page.keyboard.press(key)
    expect(page.locator(".done [role=status]")).to_have_text(state)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_merge_split_undo_and_another_import(sheet: Sheet, product: "Serving", expert: str, lang: str, tmp_path: Path) -> None:
    account, password, judge, served, as_one, by_pairs = LABELS[lang]
    one, two = f"story-one-{lang}", f"story-two-{lang}"
    (name, place), (other, elsewhere) = SITES[lang]
    bring(product.home, tmp_path, one, f"1,{name},{place},copper")
    bring(product.home, tmp_path, two, f"x,{other},{elsewhere},copper")
    remaining, gone = record_id(one, "1"), record_id(two, "x")
    page = sheet(f"/compare?ids={remaining},{gone}", lang)
    page.get_by_role("link", name=judge).click()
    page.get_by_label(account).fill(expert)
    page.get_by_label(password).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("table.compare").first).to_contain_text(other)
    # one
    press(page, "s", served)
    assert (status_of(product, remaining), status_of(product, gone)) == (200, 301)
    # split, by the links of the page of the record
    page.goto(f"/records/{remaining}")
    page.get_by_role("link", name=by_pairs).click()
    page.locator(".pairs a").first.click()
    expect(page.get_by_text(as_one)).to_be_visible()
    expect(page.locator("table.compare").first).to_contain_text(other)
    press(page, "d", served)
    assert (status_of(product, remaining), status_of(product, gone)) == (200, 200)
    # and one again, as the last verdict is withdrawn
    page.locator(".done button").click()
    expect(page.locator(".done [role=status]")).to_have_text(served)
    assert (status_of(product, remaining), status_of(product, gone)) == (200, 301)
    assert remaining in page.url and gone in page.url
    # whatever a source says later
    bring(product.home, tmp_path, two, f"x,{other} Norte,{elsewhere},copper")
    assert (status_of(product, remaining), status_of(product, gone)) == (200, 301)
    page.goto(f"/records/{remaining}")
    expect(page.get_by_text(f"{other} Norte").first).to_be_visible()

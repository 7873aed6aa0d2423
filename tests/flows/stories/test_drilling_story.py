"""Story of a geologist: a workbook of drill holes is imported, its composites formed, and a section drawn."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.drilling_tables import write_workbook
from tests.flows.conftest import add_account
from tests.flows.visits import LANGS, breaches_in_each_scheme, wider

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

PASSWORD = "long enough to keep"
LABELS = {"en": ("Account", "Password"), "zh": ("账号", "密码")}
OPEN_VALUES = {
    "publisher": "The tests",
    "licence.id": "CC-BY-4.0",
    "licence.name": "CC BY 4.0",
    "citation": "Synthetic tables of the tests",
    "version": "1",
    "as_of": "2024",
    "crs": "EPSG:32719",
    "country.const": "CHL",
}
TEXTS = {
    "en": ("imported into the store", "withdrawn", "Log, composites and section", "Composites", "Holes that are not drawn"),
    "zh": ("已导入", "撤下", "钻孔柱状图、见矿段和剖面", "见矿段", "未绘出的钻孔"),
}
MINUTE = 60_000
PHONE = (390, 844)
LINE = "-69.0735,-24.2689;-69.0672,-24.2689"


@pytest.fixture(scope="module")
def administrator(product: "Serving") -> str:
    name = "drilling"
    add_account(product.home, name, "administrator", PASSWORD)
    return name


def upload(page: Page, name: str, lang: str, path: Path) -> None:
    """Sign in, upload the workbook, enter what it does not say, and publish it."""
    for label, text in zip(LABELS[lang], (name, PASSWORD), strict=True):
        page.get_by_label(label).fill(text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/imports")
    page.locator("#file").set_input_files(path)
    page.locator("#upload button[type=submit]").click()
    fields = page.locator("[name^='open-']")
    expect(fields.first).to_be_visible(timeout=MINUTE)
    for name in [field.get_attribute("name") or "" for field in fields.all()]:
        field, value = page.locator(f"[name='{name}']"), OPEN_VALUES[name.removeprefix("open-")]
        if field.evaluate("field => field.localName") == "select":
            field.select_option(value)
        else:
            field.fill(value)
    page.locator("[name=action][value=check]").first.click()
    confirm = page.locator("a[href$='/confirm']")
    expect(confirm).to_be_visible(timeout=MINUTE)
    expect(page.locator("main")).to_contain_text("439")
    confirm.click()
    page.locator("form[action$='/confirm'] button[type=submit]").click()


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS)
def test_workbook_becomes_composites_and_a_section(
    sheet: Callable[..., Page], administrator: str, lang: str, tmp_path: Path
) -> None:
    imported, withdrawn, to_log, composites, not_drawn = TEXTS[lang]
    source = f"test-hill-{lang}"
    desk = sheet("/desk/imports", lang)
    upload(desk, administrator, lang, write_workbook(tmp_path / f"{source}.xlsx"))
    expect(desk.locator("#state")).to_have_text(imported, timeout=MINUTE)
    page = sheet(f"/api/collections/drill-holes/items?f=html&source={source}&hole_id=DD-01&lang={lang}", lang, PHONE)
    page.locator("main a[href^='/records/']").first.click()
    page.get_by_role("link", name=to_log).click()
    page.locator("input[name=cutoff]").fill("0.5")
    page.locator("input[name=max_dilution_m]").fill("10")
    page.locator("form.recovery-form button").click()
    expect(page.get_by_role("region", name=composites).locator("tbody tr").first).to_be_visible()
    expect(page.locator(".drill-log svg")).to_be_visible()
    expect(page).to_have_url(re.compile("cutoff=0[.]5"))
    assert wider(page) <= 0 and breaches_in_each_scheme(page) == []
    page.locator("main a[href^='/drill-section?']").click()
    page.locator("input[name=line]").fill(LINE)
    page.locator("input[name=width_m]").fill("60")
    page.locator("input[name=source]").fill(source)
    page.locator("form.recovery-form button").click()
    expect(page.locator(".drill-section svg")).to_contain_text("DD-05")
    expect(page.locator("main")).to_contain_text(not_drawn)
    assert wider(page) <= 0 and breaches_in_each_scheme(page) == []
    desk.locator("form[action$='/withdraw'] button[type=submit]").click()
    expect(desk.locator("#state")).to_have_text(withdrawn, timeout=MINUTE)

"""A table that an administrator uploads, checks and imports; an act with a file that an expert enters and corrects."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.flows.conftest import add_account
from tests.flows.visits import LANGS

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

PASSWORD = "long enough to keep"
OPEN_VALUES = {
    "publisher": "A survey",
    "licence.id": "internal",
    "licence.name": "Internal",
    "citation": "A survey (2026)",
    "version": "2026",
    "as_of": "2026",
    "crs": "EPSG:4326",
}
TABLE = "id,name,longitude,latitude,country,commodity,class,ore (Mt),grade (%)\n" + "".join(
    f"s{number},Story {number} {{lang}},{{lon}}.{number}25,-31.{number}25,ZAF,copper,inferred,{10 * number},1.{number}\n"
    for number in range(1, 6)
)
TEXTS = {
    "en": ("Upload", "Show the first records", "Check without importing", "Import", "checked, not imported"),
    "zh": ("上传", "预览前几条记录", "只检查，不导入", "导入", "已检查，未导入"),
}
ACT_TEXTS = {
    "en": ("Publish", "published", "Page of the act", "Correct", "Reason of the correction"),
    "zh": ("发布", "已发布", "公文页面", "更正", "更正原因"),
}
IMPORTED = {"en": "imported into the store", "zh": "已导入"}
LABELS = {"en": ("Account", "Password"), "zh": ("账号", "密码")}
MINUTE = 60_000


@pytest.fixture(scope="module")
def expert(product: "Serving") -> str:
    name = "registrar"
    add_account(product.home, name, "expert", PASSWORD)
    return name


@pytest.fixture(scope="module")
def administrator(product: "Serving") -> str:
    name = "importer"
    add_account(product.home, name, "administrator", PASSWORD)
    return name


def opened(sheet: Callable[..., Page], path: str, name: str, lang: str) -> Page:
    """Return a page of the desk after signing in."""
    page = sheet(path, lang)
    for label, text in zip(LABELS[lang], (name, PASSWORD), strict=True):
        page.get_by_label(label).fill(text)
    page.keyboard.press("Enter")
    return page


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS)
def test_from_a_file_to_records(sheet: Callable[..., Page], administrator: str, lang: str, tmp_path: Path) -> None:
    upload, preview, check, import_, checked = TEXTS[lang]
    path = tmp_path / f"story-{lang}.csv"
    path.write_text(TABLE.format(lang=lang, lon={"en": 21, "zh": 22}[lang]), encoding="utf-8")
    page = opened(sheet, "/desk/imports", administrator, lang)
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name=upload, exact=True).click()
    expect(page.locator("h1")).to_contain_text(re.compile(r"\d"))
    # the open values of the suggested mapping
    for field in page.locator("fieldset label").all():
        page.locator(f"#{field.get_attribute('for')}").fill(OPEN_VALUES[field.locator("code").inner_text()])
    page.get_by_role("button", name=preview).click()
    expect(page.locator("article h3").first).to_be_visible()
    assert page.locator("article h3").count() == 5
    expect(page.locator("article").first).to_contain_text(f"Story 1 {lang}")
    # the background process of the site runs it, and the page follows
    page.get_by_role("button", name=check).click()
    expect(page.locator("#state")).to_have_text(checked, timeout=MINUTE)
    page.get_by_role("button", name=import_, exact=True).click()
    expect(page.locator("#state")).to_have_text(IMPORTED[lang], timeout=MINUTE)
    page.goto("/desk/runs")
    expect(page.locator("tbody tr").first).to_contain_text("5")
    page.goto(f"/api/collections/deposits/items?source=story-{lang}&f=html")
    expect(page.locator("main")).to_contain_text(f"Story 1 {lang}")


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_from_a_scanned_act_to_its_page(sheet: Callable[..., Page], expert: str, lang: str, tmp_path: Path) -> None:
    publish, published, its_page, correct, reason = ACT_TEXTS[lang]
    path = tmp_path / "notice.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b"a scanned page\n" * 1_000)
    page = opened(sheet, "/desk/acts", expert, lang)
    page.locator("#act_type").select_option("policy")
    page.locator("#number").fill(f"Story {lang} 1")
    page.locator("#title_zh").fill("测试公文")
    page.locator("#issued_on").fill("2026-09")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name=publish, exact=True).click()
    expect(page.locator("#state")).to_have_text(published, timeout=MINUTE)
    page.get_by_role("link", name=correct, exact=True).click()
    page.locator("#number").fill(f"Story {lang} 2")
    page.get_by_label(reason).fill("as printed")
    page.get_by_role("button", name=publish, exact=True).click()
    expect(page.locator("#state")).to_have_text(published, timeout=MINUTE)
    expect(page.locator("#corrections + p")).to_contain_text("as printed")
    page.reload()
    page.get_by_role("link", name=its_page).click()
    expect(page.locator("main")).to_contain_text(f"Story {lang} 2")
    with page.expect_download() as downloaded:
        page.locator("a[href^='/acts/']").click()
    assert downloaded.value.path().read_bytes() == path.read_bytes()

"""A table whose mistakes an administrator corrects in place, publishes, withdraws; an act that an expert enters."""

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
    "publisher": "某省地质调查院",
    "licence.id": "internal",
    "licence.name": "内部资料",
    "citation": "某省地质调查院(2026)",
    "version": "2026",
    "as_of": "2026",
    "crs": "EPSG:4490",
}
HEADER = ("编号", "矿床名称", "经度", "纬度", "国家", "矿种", "资源类别", "矿石量(万吨)", "铜品位(%)")
MISTAKES = {
    1: ("矿石量(万吨)", "很多", "500多"),
    2: ("矿石量(万吨)", "若干", "约30"),
    3: ("经度", "东边", "112.035"),
    4: ("纬度", "北边", "28.045"),
    5: ("矿种", "石头", "铜"),
    6: ("资源类别", "很大", "推断资源量"),
    7: ("国家", "火星", "中国"),
    8: ("铜品位(%)", "150", "1.5"),
    9: ("矿石量(万吨)", "见报告", "10～20"),
    10: ("经度", "112.3.5", "112.105"),
}
"""For each data row with a mistake: the column, the value in the file, and what the clerk enters instead."""
TEXTS = {
    "en": ("Upload", "Save the columns", "Cells to correct", "Save the corrections", "Back to the import"),
    "zh": ("上传", "保存字段", "待更正的单元格", "保存更正", "返回导入页"),
}
PUBLISHING = {
    "en": ("Check without importing", "Confirm and publish", "Publish", "Withdraw this import", "withdrawn"),
    "zh": ("只检查，不导入", "确认并发布", "发布", "撤回本次导入", "撤下"),
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


def write_table(lang: str) -> str:
    """Return a table of 18 deposits in Chinese, ten of them with a mistake; those of the other language lie elsewhere."""
    lines = [",".join(HEADER)]
    for n in range(1, 19):
        lat = f"{28 + (lang == 'en')}.{n:02}5"
        row = (f"{lang}{n}", f"测试矿{lang}{n}", f"112.{n:02}5", lat, "中国", "铜", "推断资源量", str(10 + n), "1.2")
        cells = dict(zip(HEADER, row, strict=True))
        if n in MISTAKES:
            cells[MISTAKES[n][0]] = MISTAKES[n][1]
        lines.append(",".join(cells.values()))
    return "\n".join(lines) + "\n"


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS)
def test_ten_mistakes_are_corrected_in_place_published_and_withdrawn(
    sheet: Callable[..., Page], administrator: str, lang: str, tmp_path: Path
) -> None:
    upload, save, cells, save_cells, back = TEXTS[lang]
    check, confirm, publish, withdraw, withdrawn = PUBLISHING[lang]
    path = tmp_path / f"铜矿{lang}.csv"
    path.write_text(write_table(lang), encoding="utf-8")
    page = opened(sheet, "/desk/imports", administrator, lang)
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name=upload, exact=True).click()
    # the fields of the columns are as suggested; what the table does not say is entered
    expect(page.locator("select[name^='field-']")).to_have_count(len(HEADER))
    for field in page.locator("input[name^='open-']").all():
        field.fill(OPEN_VALUES[(field.get_attribute("name") or "").removeprefix("open-")])
    page.get_by_role("button", name=save, exact=True).click()
    page.get_by_role("link", name=cells, exact=True).click()
    expect(page.locator("tbody input[type=text]")).to_have_count(len(MISTAKES))
    for at, (column, value, corrected) in enumerate(MISTAKES.values()):
        line = page.locator("tbody tr").nth(at)
        expect(line.locator("td").nth(1)).to_have_text(column)
        expect(line.locator("td").nth(2)).to_have_text(value)
        line.locator("input[type=text]").fill(corrected)
    page.get_by_role("button", name=save_cells, exact=True).click()
    expect(page.locator("tbody input[type=text]")).to_have_count(0)
    page.get_by_role("link", name=back, exact=True).click()
    page.get_by_role("button", name=check, exact=True).first.click()
    page.get_by_role("link", name=confirm, exact=True).click(timeout=MINUTE)
    expect(page.locator("dl.inner").first).to_contain_text("18")
    expect(page.locator("article")).to_have_count(10)
    page.get_by_role("button", name=publish, exact=True).click()
    expect(page.locator("#state")).to_have_text(IMPORTED[lang], timeout=MINUTE)
    page.get_by_role("link", name=withdraw, exact=True).click()
    page.locator("input[name=confirmed]").check()
    page.get_by_role("button", name=withdraw, exact=True).click()
    expect(page.locator("#state")).to_have_text(withdrawn, timeout=MINUTE)


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

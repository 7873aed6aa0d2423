"""A table whose mistakes a clerk corrects in place, publishes and withdraws by keyboard; an act that an expert enters."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.flows.conftest import add_account
from tests.flows.visits import LANGS, breaches, tab_to, wider

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
    "en": ("imported into the store", "withdrawn"),
    "zh": ("已导入", "撤下"),
}
"""The states after the publication and after the withdrawal."""
MAX_STEPS = 8
"""Steps from the sign-in to the published import: each a form that is filled in or sent, or a link that is followed."""
NARROW = (390, 844)
ACT_TEXTS = {
    "en": ("Publish", "published", "Page of the act", "Correct", "Reason of the correction"),
    "zh": ("发布", "已发布", "公文页面", "更正", "更正原因"),
}
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


def press(page: Page, css: str) -> None:
    """Move to a link or a button by Tab and press Enter."""
    tab_to(page, css, 250)
    page.keyboard.press("Enter")


def type_into(page: Page, css: str, text: str) -> None:
    """Move to a field by Tab, replace its text and leave it."""
    tab_to(page, css, 250)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def upload_by_keyboard(page: Page, path: Path) -> None:
    """Choose a file in the field that has the focus and send it."""
    # the page that follows the sign-in is complete
    expect(page.locator("#file")).to_be_visible()
    page.wait_for_load_state()
    tab_to(page, "#file")
    expect(page.locator("#file")).to_be_focused()
    # the dialog that Enter opens is the browser's: a headless one does not always show it
    page.locator("#file").set_input_files(path)
    press(page, "#upload button[type=submit]")


def fill_open_values(page: Page) -> None:
    """Type what the table does not say; the fields of the columns stay as suggested."""
    expect(page.locator("select[name^='field-']")).to_have_count(len(HEADER), timeout=MINUTE)
    for field in page.locator("input[name^='open-']").all():
        name = field.get_attribute("name") or ""
        type_into(page, f"[name='{name}']", OPEN_VALUES[name.removeprefix("open-")])


def correct_cells(page: Page) -> None:
    """Type the correction of each cell that is listed, in the order of the table."""
    expect(page.locator("tbody input[type=text]")).to_have_count(len(MISTAKES), timeout=MINUTE)
    for at, (column, value, corrected) in enumerate(MISTAKES.values()):
        line = page.locator("tbody tr").nth(at)
        expect(line.locator("td").nth(1)).to_have_text(column)
        expect(line.locator("td").nth(2)).to_have_text(value)
        type_into(page, f"[name='cell-{at}']", corrected)


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS)
def test_ten_mistakes_are_corrected_published_and_withdrawn_by_keyboard(
    sheet: Callable[..., Page], administrator: str, lang: str, tmp_path: Path
) -> None:
    imported, withdrawn = TEXTS[lang]
    path = tmp_path / f"铜矿{lang}.csv"
    path.write_text(write_table(lang), encoding="utf-8")
    page = sheet("/desk/imports", lang, NARROW)
    steps = iter(range(1, MAX_STEPS + 1))
    next(steps)
    for label, text in zip(LABELS[lang], (administrator, PASSWORD), strict=True):
        page.get_by_label(label).focus()
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/imports")
    acts: tuple[Callable[[], object], ...] = (
        partial(upload_by_keyboard, page, path),
        partial(fill_open_values, page),
        partial(press, page, "[name=action][value=continue]"),
        partial(correct_cells, page),
        partial(press, page, "[name=action][value=check]"),
    )
    for act in acts:
        next(steps)
        act()
    expect(page.locator("dl.inner").first).to_contain_text("18", timeout=MINUTE)
    expect(page.locator("article")).to_have_count(10)
    assert breaches(page) == []
    next(steps)
    press(page, "form[action$='/confirm'] button[type=submit]")
    expect(page.locator("#state")).to_have_text(imported, timeout=MINUTE)
    # one more withdraws it
    next(steps)
    press(page, "form[action$='/withdraw'] button[type=submit]")
    expect(page.locator("#state")).to_have_text(withdrawn, timeout=MINUTE)
    assert wider(page) <= 0 and breaches(page) == []


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

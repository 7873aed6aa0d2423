"""A bank officer finds out whether firms were on a list on the day of a loan, and takes signed files away."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from markdown_it import MarkdownIt
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Browser, Page, expect
from tests.flows.visits import COUNT_CLICKS, LANGS, OUTPUT, PHONE, breaches, clicks, tab_to, wider
from tests.list_workbook import ALPHA, GAMMA, write

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

FIRM = {"en": "Firm: name or unified social credit code", "zh": "企业名称或统一社会信用代码"}
STATUS = {
    "en": {"2022-12-27": "Listed", "2022-12-28": "Withdrawn", "2024-06-30": "Not known here"},
    "zh": {"2022-12-27": "在列", "2022-12-28": "撤销", "2024-06-30": "本平台未知"},
}
ROOT = Path(__file__).parents[3]
BATCH = {
    "en": ("Or a file", "Download as XLSX", "Signed file (JSON)", "Signed PDF", "Verify a signed file"),
    "zh": ("或上传文件", "下载 XLSX", "签名文件（JSON）", "签名 PDF", "验证签名文件"),
}
VERIFY = {
    "en": ("Signed file: JSON or PDF", "Verify the file", "Verified: the file is as it was signed", "Not verified"),
    "zh": ("签名文件：JSON 或 PDF", "验证文件", "验证通过：文件与签名时一致", "验证未通过"),
}
EXTRACT = {"en": "PDF extract", "zh": "PDF 摘录"}


@pytest.fixture(scope="module")
def site(
    lasting: Callable[..., "Serving"],
    lode: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator["Serving"]:
    """A site with the workbook of the tests."""
    serving = lasting()
    book = write(tmp_path_factory.mktemp("lists") / "lists.xlsx")
    done = lode(serving.home, "import", "condition-list-workbook", str(book))
    assert done.returncode == 0, done.stderr
    yield serving


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_bank_officer_sees_whether_a_firm_was_listed_on_that_day(site: "Serving", browser: Browser, lang: str) -> None:
    context = browser.new_context(base_url=site.url, viewport={"width": PHONE[0], "height": PHONE[1]}, color_scheme="dark")
    page = context.new_page()
    page.add_init_script(COUNT_CLICKS)
    page.goto(f"/lists?lang={lang}&f=html")
    page.locator("a.btn-primary").click()
    for day, status in STATUS[lang].items():
        page.get_by_label(FIRM[lang]).fill(GAMMA)
        page.locator("input[name=date]").fill(day)
        page.locator("form.check-form button").first.click()
        assert day != min(STATUS[lang]) or clicks(page) <= 2
        expect(page.locator("#test-batteries .status strong")).to_have_text(status)
        assert wider(page) <= 0
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"lists-check-{lang}.png", full_page=True)
    assert breaches(page) == []
    with page.expect_download() as waiting:
        page.get_by_role("link", name=EXTRACT[lang]).click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF-")
    page.goto(f"/lists/test-batteries?from=2022-01-01&to=2023-01-01&lang={lang}&f=html")
    expect(page.get_by_role("link", name=GAMMA)).to_be_visible()
    page.screenshot(path=OUTPUT / f"lists-one-{lang}.png", full_page=True)
    assert breaches(page) == []
    context.close()


def fifty_firms(path: Path) -> Path:
    """Write a workbook of fifty firms with Chinese headers, two of which are on the list."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("企业名称", "所在省份"), (GAMMA, "湖南"), (ALPHA, "江西"), *((f"无名{n}号有限公司", "") for n in range(48))):
        sheet.append(row)
    book.save(path)
    return path


def download(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.locator("form.files").get_by_role("button", name=button).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def verify_in_browser(page: Page, lang: str, file: Path, result: str) -> None:
    field, button, _, _ = VERIFY[lang]
    page.get_by_label(field).set_input_files(file)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_text(result).first).to_be_visible()


def test_a_bank_officer_checks_fifty_firms_and_verifies_the_signed_files(
    site: "Serving", browser: Browser, tmp_path: Path
) -> None:
    firms = fifty_firms(tmp_path / "企业.xlsx")
    for lang, size in (("en", (1280, 800)), ("zh", PHONE)):
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if lang == "zh" else "light",
        )
        page = context.new_page()
        field, workbook, signed, pdf, verify = BATCH[lang]
        page.goto(f"/lists/batch?lang={lang}")
        page.get_by_label(field).set_input_files(firms)
        page.locator("input[name=date]").first.fill("2022-12-28")
        page.locator("form.check-form button.btn-primary").click()
        expect(page.locator("tbody tr")).to_have_count(50)
        expect(page.locator("tbody tr").first).to_contain_text(STATUS[lang]["2022-12-28"])
        assert wider(page) <= 0 and breaches(page) == []
        OUTPUT.mkdir(exist_ok=True)
        page.screenshot(path=OUTPUT / f"lists-batch-{lang}.png")
        assert load_workbook(download(page, workbook, tmp_path)).worksheets[0].max_row == 51
        files = [download(page, signed, tmp_path), download(page, pdf, tmp_path)]
        page.get_by_role("link", name=verify).click()
        for file in files:
            verify_in_browser(page, lang, file, VERIFY[lang][2])
            assert wider(page) <= 0 and breaches(page) == []
            page.screenshot(path=OUTPUT / f"lists-verify-{lang}.png", full_page=True)
            changed = bytearray(file.read_bytes())
            changed[len(changed) // 3] ^= 1
            file.write_bytes(changed)
            verify_in_browser(page, lang, file, VERIFY[lang][3])
            assert breaches(page) == []
        context.close()


NARROW = (390, 844)


@pytest.mark.parametrize("lang", LANGS)
def test_fifty_firms_of_a_workbook_are_checked_by_keyboard(
    site: "Serving", browser: Browser, tmp_path: Path, lang: str
) -> None:
    firms = fifty_firms(tmp_path / "企业.xlsx")
    context = browser.new_context(base_url=site.url, viewport={"width": NARROW[0], "height": NARROW[1]}, locale="en-US")
    page = context.new_page()
    # 1: the task of the start page, 2: the fifty firms
    page.goto(f"/start?lang={lang}")
    tab_to(page, 'main a[href="/lists"]')
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: urlsplit(address).path == "/lists")
    tab_to(page, 'main a[href="/lists/batch"]')
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: urlsplit(address).path == "/lists/batch")
    # 3: the file and the day
    tab_to(page, "input[type=file]")
    expect(page.locator("input[type=file]").first).to_be_focused()
    # the dialog that Enter opens is the browser's: a headless one does not always show it
    page.locator("input[type=file]").first.set_input_files(firms)
    tab_to(page, "form.check-form input[name=date]")
    # the field takes month, day and year in this order
    page.keyboard.type("12282022")
    expect(page.locator("form.check-form input[name=date]")).to_have_value("2022-12-28")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(50)
    expect(page.locator("tbody tr").first).to_contain_text(STATUS[lang]["2022-12-28"])
    assert wider(page) <= 0 and breaches(page) == []
    # 4: the signed file
    tab_to(page, "form.files button[value=signed]")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert GAMMA in file.read_text("utf-8")
    context.close()


@pytest.mark.parametrize("page", ["check-a-list.md", "check-a-list.zh.md"])
def test_the_printed_commands_work_as_they_are_printed(site: "Serving", tmp_path: Path, page: str) -> None:
    text = (ROOT / "docs" / "use" / page).read_text("utf-8")
    blocks = [one.content for one in MarkdownIt().parse(text) if one.type == "fence" and "$LODE" in one.content]
    assert len(blocks) == 3
    fifty = "".join(f"无名{n}号有限公司\n" for n in range(49))
    (tmp_path / "firms.csv").write_bytes(f"企业名称\n{GAMMA}\n{fifty}".encode("gb18030"))
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    for block in blocks:
        done = subprocess.run(
            ["sh", "-ec", block],
            cwd=tmp_path,
            env={**os.environ, "LODE": site.url},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "results.csv").read_text("utf-8-sig").count(GAMMA) > 1
    assert load_workbook(tmp_path / "results.xlsx").worksheets[0].max_row == 51
    assert site.url in done.stdout

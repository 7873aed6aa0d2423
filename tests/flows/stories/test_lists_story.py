"""A bank officer finds out whether a firm was on a list on the day of a loan, and takes the extract away."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, expect
from tests.flows.visits import COUNT_CLICKS, OUTPUT, PHONE, breaches, clicks, wider
from tests.list_workbook import GAMMA, write

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

FIRM = {"en": "Firm: name or unified social credit code", "zh": "企业名称或统一社会信用代码"}
STATUS = {
    "en": {"2022-12-27": "Listed", "2022-12-28": "Withdrawn", "2024-06-30": "Not known here"},
    "zh": {"2022-12-27": "在列", "2022-12-28": "撤销", "2024-06-30": "本平台未知"},
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

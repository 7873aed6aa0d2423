"""Stories of readers, counted in clicks: a geologist, an enterprise user, a planner, and a reader on a phone.

Text that is typed is no click; the choice of a suggestion, of a row or of a box is one.
"""

import re
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, expect
from tests.flows.visits import COUNT_CLICKS, Visit, Visits, clicks, wider

PHRASE = {"en": "porphyry copper Chile", "zh": "智利 斑岩铜矿"}
DOWNLOAD = {"en": "Download", "zh": "下载"}


class Reader:
    """A visit whose clicks are counted."""

    def __init__(self, seen: Visit) -> None:
        self.seen, self.clicks = seen, 0

    def click(self, target: Locator) -> None:
        """Click on a part of the page, and wait until the page has drawn."""
        self.clicks += 1
        target.click()
        self.seen.loaded()

    def search(self, text: str) -> None:
        """Type a text into the search field, and choose the first suggestion."""
        self.seen.page.locator("input[type=search]").first.fill(text)
        expect(self.seen.page.locator("[role=option]").first).to_be_visible()
        self.click(self.seen.page.locator("[role=option]").first)

    def save(self, folder: Path) -> Path:
        """Download the file of the open dialog."""
        with self.seen.page.expect_download() as pending:
            self.click(self.seen.page.locator("dialog[open] button[type=submit]"))
        path = folder / pending.value.suggested_filename
        pending.value.save_as(path)
        return path


@pytest.mark.parametrize("lang", ["zh"])
def test_a_geologist_exports_porphyry_copper_above_five_megatonnes_in_chile(visit: Visits, tmp_path: Path, lang: str) -> None:
    reader = Reader(visit(lang).open(f"/?lang={lang}"))
    page = reader.seen.page
    reader.search(PHRASE[lang])
    reader.click(page.locator("summary:has(+ * [name=contained_t_min]), details:has([name=contained_t_min]) > summary").first)
    page.locator("[name=contained_t_min]").fill("5000000")
    page.keyboard.press("Enter")
    reader.seen.loaded()
    names = reader.seen.names()
    assert len(names) >= 3
    for name in names[:3]:
        reader.click(page.locator("#rows tbody tr[data-id]", has_text=name).first)
        popup = reader.seen.page.locator(".popup")
        expect(popup).to_contain_text(name)
        expect(popup).to_contain_text(re.compile(r"\d %"))
        expect(popup).to_contain_text({"en": "Source", "zh": "来源"}[lang])
    reader.click(page.get_by_role("button", name=DOWNLOAD[lang], exact=True))
    reader.click(page.locator("dialog[open] input[name=format][value=xlsx]"))
    with closing(openpyxl.load_workbook(reader.save(tmp_path), read_only=True)) as book:
        rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert {name for name in names if any(name in map(str, row) for row in rows)} == set(names)
    assert reader.clicks <= 8


@pytest.mark.parametrize("lang", ["en"])
def test_an_enterprise_takes_all_records_of_lithium_in_australia_and_subscribes(
    visit: Visits, tmp_path: Path, lang: str
) -> None:
    reader = Reader(visit(lang).open(f"/?lang={lang}"))
    page = reader.seen.page
    reader.search({"en": "lithium Australia", "zh": "澳大利亚 锂"}[lang])
    reader.click(page.get_by_role("button", name=DOWNLOAD[lang], exact=True))
    reader.click(page.locator("dialog[open] input[name=kind]").last)
    reader.click(page.locator("dialog[open] input[name=format][value=xlsx]"))
    with closing(openpyxl.load_workbook(reader.save(tmp_path), read_only=True)) as book:
        sheets = book.sheetnames
    assert len(sheets) > 1
    feed = page.locator("dialog[open] a[type='application/atom+xml']")
    reader.clicks += 1
    reply = page.request.get(str(feed.get_attribute("href")))
    assert reply.ok and "<feed" in reply.text()
    assert reader.clicks <= 6


@pytest.mark.parametrize("lang", ["zh"])
def test_a_planner_checks_alumina_in_zibo_by_name_and_reads_why(visit: Visits, lang: str) -> None:
    seen = visit(lang)
    page = seen.page
    page.add_init_script(COUNT_CLICKS)
    page.goto(f"/layout?lang={lang}")
    page.locator("#f-capacity_tpa").fill("1000000")
    page.locator("#f-at").fill({"en": "Zibo, Shandong", "zh": "山东 淄博"}[lang])
    page.get_by_role("button", name={"en": "Check", "zh": "检查"}[lang], exact=True).click()
    result = page.locator("#result")
    expect(result).to_be_focused()
    expect(result).to_be_in_viewport()
    expect(result).to_contain_text({"en": "Not met", "zh": "不符合"}[lang])
    first = page.locator("#findings tbody tr").first
    expect(first).to_contain_text({"en": "in force", "zh": "现行有效"}[lang])
    expect(first).to_contain_text({"en": "Zibo: named in 国发〔2023〕24号", "zh": "国发〔2023〕24号"}[lang])
    assert 1 <= clicks(page) <= 5


@pytest.mark.parametrize("lang", ["en"])
def test_a_reader_on_a_phone_finds_a_record_and_reads_its_figures(visit: Visits, lang: str) -> None:
    seen = visit(lang, (390, 844), has_touch=True, is_mobile=True)
    page = seen.page
    page.add_init_script(COUNT_CLICKS)
    seen.open(f"/?lang={lang}")
    page.locator("input[type=search]").first.fill("Escondida")
    page.locator("[role=option]").first.tap()
    page.locator(".popup a[href*='/records/']").tap()
    page.wait_for_url("**/records/*")
    expect(page.locator("h1")).to_contain_text("Escondida")
    figures = page.locator(".head-figures")
    expect(figures).to_be_in_viewport()
    expect(figures).to_contain_text("Mt")
    expect(page.locator(".sentence")).to_contain_text("Chile")
    assert wider(page) <= 0
    assert 2 <= clicks(page) <= 4

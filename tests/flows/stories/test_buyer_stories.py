"""Stories of a buyer of battery metals, from the map or a record, with the clicks that each takes; typing is no click."""

import json
import re
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from playwright.sync_api import expect
from tests.flows.visits import COUNT_CLICKS, LANGS, LANGS_ZH, Visit, Visits, clicks

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

STATISTICS = {"en": "Statistics", "zh": "统计"}


def counted(visit: Visits, lang: str, path: str) -> Visit:
    """Return a visit of a page whose clicks are counted."""
    seen = visit(lang)
    seen.page.add_init_script(COUNT_CLICKS)
    seen.page.goto(path)
    return seen


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS)
def test_cobalt_by_country_and_year_with_its_concentration_takes_two_clicks(visit: Visits, lang: str) -> None:
    seen = counted(visit, lang, "/")
    page = seen.page
    page.get_by_role("link", name=STATISTICS[lang], exact=True).first.click()
    page.get_by_role("link", name={"en": "Cobalt", "zh": "钴"}[lang], exact=True).first.click()
    page.wait_for_url("**/statistics/cobalt**")
    expect(page.locator("#chart-production svg")).to_be_visible()
    expect(page.locator("#chart-production svg")).to_contain_text("2021")
    # 128 of 142 kt in 2021: squared shares 8,126 + 97
    expect(page.locator(".head-figures")).to_contain_text("8,223")
    assert clicks(page) == 2


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS_ZH)
def test_copper_smelters_with_capacity_and_owner_are_in_excel_after_three_clicks(
    visit: Visits, tmp_path: Path, lang: str
) -> None:
    seen = counted(visit, lang, "/")
    page = seen.loaded().page
    search = page.locator("#search")
    search.fill({"en": "copper smelters", "zh": "铜冶炼厂"}[lang])
    expect(page.locator("#suggestions [role=option]").first).to_be_visible()
    search.press("Enter")
    page.wait_for_function("() => location.search.includes('facility')")
    seen.loaded()
    page.locator("#download").click()
    page.locator("dialog[open] input[name=format][value=xlsx]").click()
    with page.expect_download() as pending:
        page.locator("dialog[open] button[type=submit]").click()
    assert clicks(page) == 3
    path = tmp_path / pending.value.suggested_filename
    pending.value.save_as(path)
    with closing(openpyxl.load_workbook(path, read_only=True)) as book:
        head, *rows = [row for row in book.worksheets[0].iter_rows(values_only=True) if any(row)]
    titles = " ".join(str(cell) for row in (head, rows[0]) for cell in row)
    for title in {"en": ("Capacity", "Owners"), "zh": ("产能", "业主")}[lang]:
        assert title in titles
    assert len(rows) > 5


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS)
def test_who_refines_lithium_is_a_table_of_companies_after_two_clicks_and_a_company_after_three(
    visit: Visits, lang: str
) -> None:
    page = counted(visit, lang, "/").page
    page.get_by_role("link", name=STATISTICS[lang], exact=True).first.click()
    page.get_by_role("link", name={"en": "Lithium, Refinery", "zh": "锂（精炼）"}[lang], exact=True).click()
    company = page.locator("table.figures tbody tr").first.get_by_role("link")
    name = company.inner_text()
    company.click()
    page.wait_for_url("**/organisations/*")
    assert name in page.locator("main").inner_text()
    assert clicks(page) == 3


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS_ZH)
def test_what_changed_since_last_month_takes_two_clicks(visit: Visits, lang: str) -> None:
    page = counted(visit, lang, "/").page
    page.get_by_role("link", name=STATISTICS[lang], exact=True).first.click()
    page.locator("footer").get_by_role("link", name={"en": "Updates", "zh": "数据更新"}[lang]).click()
    page.wait_for_url("**/updates*")
    expect(page.locator("select[name=month]")).to_have_value(re.compile(r"^\d{4}-\d{2}$"))
    expect(page.locator("table").first).to_contain_text({"en": "Output of refined copper", "zh": "精炼铜产量"}[lang])
    assert clicks(page) == 2


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS)
def test_ownership_of_a_mine_up_to_the_listed_parent_takes_two_clicks(visit: Visits, product: "Serving", lang: str) -> None:
    suggestions = json.loads(product.get("/api/search?q=Greenbushes").text)["suggestions"]
    mine = next(suggestion["id"] for suggestion in suggestions if suggestion["kind"] == "project")
    page = counted(visit, lang, f"/records/{mine}?lang={lang}").page
    owners = page.locator("section[aria-labelledby=owners-title]")
    owners.get_by_role("link", name={"en": "Tianqi Lithium Energy Australia", "zh": "天齐锂业能源澳大利亚"}[lang]).click()
    holders = page.locator(".ownership .holders").first
    holders.get_by_role("link", name={"en": "Tianqi Lithium Corporation", "zh": "天齐锂业股份有限公司"}[lang]).click()
    page.wait_for_function("() => document.querySelector('.facts')")
    expect(page.locator(".facts").first).to_contain_text("002466")
    assert clicks(page) == 2

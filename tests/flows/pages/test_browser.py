"""The pages of the API in a real browser, in both languages, on desktop and phone."""

import pytest
from playwright.sync_api import expect
from tests.flows.visits import KINDS, LANGS, PHONE, Visits, wider


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS)
def test_the_api_can_be_tried_on_its_page(visit: Visits, lang: str) -> None:
    seen = visit(lang)
    seen.page.goto("/api/docs")
    seen.page.locator("#operations-tag-api").click()
    operation = seen.page.locator(".opblock", has=seen.page.locator('[data-path="/conformance"]'))
    operation.locator(".opblock-summary").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    seen.picture(f"docs-{lang}")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_from_the_landing_page_links_lead_down_to_a_record_on_a_phone_too(visit: Visits, lang: str) -> None:
    seen = visit(lang, PHONE)
    page = seen.page
    for path in ("/api/", "/api/collections", "/api/sources", "/api/vocabularies", "/api/vocabularies/commodity", "/api/docs"):
        page.goto(path)
        assert wider(page) <= 0, path
    page.goto("/api/")
    page.get_by_role("link", name=KINDS[lang][0]).click()
    page.locator("a.main").click()
    page.get_by_role("link", name="下一页" if lang == "zh" else "Next page").first.click()
    page.locator("tbody a").first.click()
    page.wait_for_url("**/records/*")
    page.wait_for_load_state()
    assert wider(page) <= 0
    seen.picture(f"record-{lang}-phone")

"""The workbooks to fill in: downloaded from the desk, filled, imported without a mapping, published and served."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from tests.flows.conftest import add_account
from tests.flows.visits import LANGS_ZH, breaches, features, wider

from lodedata.kinds import KINDS
from lodedata.mapping.templates import SHEETS, TEMPLATES

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

PASSWORD = "long enough to keep"
NAMES = ("publisher", "citation", "version", "as_of")
"""What the sheet of notes leaves open, in its order."""
TEXTS = {
    "zh": ("账号", "密码", ("某省自然资源厅", "某省自然资源厅（2026）", "2026", "2026"), "已导入"),
    "en": (
        "Account",
        "Password",
        ("Office of a province", "Office of a province (2026)", "2026", "2026"),
        "imported into the store",
    ),
}
MINUTE = 60_000


def filled(content: bytes, lang: str, key: str) -> bytes:
    """Return a workbook as a clerk fills it: the row of its example under a key of its own, and the open values."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    data, example, about = (book[SHEETS[name].in_language(lang)] for name in ("data", "example", "about"))
    data.append([key, *(cell.value for cell in example[2][1:])])
    open_values = iter(TEXTS[lang][2])
    for row in about.iter_rows(min_row=2):
        if row[2].value and not row[1].value:
            row[1].value = next(open_values)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def import_workbook(page: Page, template: str, lang: str, folder: Path) -> None:
    """Download a workbook from the desk, fill it, upload it, look at its cells and counts, and publish it."""
    page.goto("/desk/imports")
    with page.expect_download() as download:
        page.locator(f'#templates + p + ul a[href*="template={template}&"]').click()
    key = f"{template}-{lang}"
    path = folder / f"{key}.xlsx"
    path.write_bytes(filled(download.value.path().read_bytes(), lang, key))
    page.locator("#file").set_input_files(path)
    page.locator("#upload button[type=submit]").click()
    # no mapping and no value is left to enter
    page.locator("[name=action][value=continue]").click(timeout=MINUTE)
    expect(page.locator("[name^=cell-]")).to_have_count(0)
    page.locator("[name=action][value=check]").click()
    expect(page.locator("article")).to_have_count(1, timeout=MINUTE)
    assert wider(page) <= 0 and breaches(page) == []
    page.locator("form[action$='/confirm'] button[type=submit]").click()
    expect(page.locator("#state")).to_have_text(TEXTS[lang][3], timeout=MINUTE)


@pytest.mark.story
@pytest.mark.timeout(900)
@pytest.mark.parametrize("lang", LANGS_ZH)
def test_each_workbook_is_downloaded_filled_and_published(
    sheet: Callable[..., Page], product: "Serving", lang: str, tmp_path: Path
) -> None:
    name = f"office-{lang}"
    add_account(product.home, name, "administrator", PASSWORD)
    page = sheet("/desk/imports", lang)
    for label, text in zip(TEXTS[lang][:2], (name, PASSWORD), strict=True):
        page.get_by_label(label).fill(text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/imports")
    for template in TEMPLATES:
        collection = KINDS[TEMPLATES[template].kind].collection
        before = {feature["id"] for feature in features(product, collection)}
        import_workbook(page, template, lang, tmp_path)
        added = [feature for feature in features(product, collection) if feature["id"] not in before]
        assert len(added) == 1, template
        page.goto(f"/records/{added[0]['id']}?lang={lang}")
        expect(page.locator("h1")).to_be_visible()

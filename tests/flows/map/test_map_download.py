"""The panel of files on the map: always of the records that map and table show."""

import csv
import io
import json
import re
import urllib.request
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.flows.visits import DESKTOP, LANGS, PHONE, SIZES, Visit, Visits, faults, features, matched, wider

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

TITLES = {"en": "Not in the file", "zh": "文件不包含的内容"}
PANEL = {"en": "Download", "zh": "下载"}


def panel(seen: Visit, size: tuple[int, int] = DESKTOP) -> Any:
    """The panel, opened as one does on a screen of such a size."""
    if size == PHONE:
        seen.page.locator("#sheets").get_by_role("button", name={"en": "Records", "zh": "记录"}[seen.lang]).click()
    seen.page.locator("#download").click()
    found = seen.page.get_by_role("dialog", name=PANEL[seen.lang])
    expect(found).to_be_visible()
    return found


def taken(seen: Visit, found: Any) -> bytes:
    """The bytes of the file that is chosen."""
    with seen.page.expect_download() as coming:
        found.get_by_role("button", name=PANEL[seen.lang], exact=True).click()
    return coming.value.path().read_bytes()


@pytest.mark.story
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS)
def test_a_file_holds_what_the_filters_choose(visit: Visits, product: "Serving", lang: str, size: tuple[int, int]) -> None:
    query = "commodity_group=copper&country=CHN,CHL"
    seen = visit(lang, size).open(f"/?kind=deposits&{query}")
    expected = matched(product, query, ("deposits",))
    assert seen.count() == expected > 0
    found = panel(seen, size)
    expect(found.locator(".size output")).to_contain_text(f"{expected} ")
    assert faults(seen) == []
    rows = list(csv.DictReader(io.StringIO(taken(seen, found).decode("utf-8-sig"))))
    assert len(rows) == expected
    expect(found.locator(".omitted")).to_contain_text(TITLES[lang])
    seen.picture(f"download-{lang}-{'phone' if size == PHONE else 'desktop'}")
    assert wider(seen.page) <= 0


INSIDE = "(one) => { const box = one.closest('.body').getBoundingClientRect(); const own = one.getBoundingClientRect();\
 return own.height > 0 && own.top >= box.top - 1 && own.bottom <= box.bottom + 1; }"
"""JavaScript: whether an element of the panel is seen without scrolling."""


@pytest.mark.parametrize(
    ("size", "parts"),
    [
        ((1280, 720), ("[name=kind]", "[name=format]", "[name=package]", ".licences summary", ".licences li")),
        ((1400, 900), ("[name=kind]", "[name=format]", "[name=package]", ".licences summary", ".licences li")),
        ((390, 844), ("[name=kind]", "[name=format]", "[name=package]", ".licences summary")),
    ],
)
def test_the_choices_are_seen_without_scrolling(visit: Visits, size: tuple[int, int], parts: tuple[str, ...]) -> None:
    seen = visit("en", size).open("/?kind=deposits")
    found = panel(seen, PHONE if size[0] < 700 else DESKTOP)
    expect(found.locator(".licences summary")).to_be_attached()
    for part in parts:
        assert found.locator(part).evaluate_all(f"(all) => all.length > 0 && all.every({INSIDE})"), part
    seen.picture(f"download-unscrolled-{size[0]}")


def test_columns_coordinates_and_package_are_chosen(visit: Visits, product: "Serving") -> None:
    seen = visit().open("/?commodity_group=tin&view=103,25,5")
    found = panel(seen)
    found.get_by_label("Projects").check()
    found.get_by_label("GeoPackage").check()
    found.get_by_label("Coordinate system").select_option("32648")
    found.get_by_text(re.compile(r"^\d+ of \d+ columns$")).click()
    found.locator(".columns input").first.uncheck()
    address = found.get_by_role("link", name="Link to this file").get_attribute("href")
    assert address is not None and address.startswith("/api/collections/projects/download/gpkg?commodity_group=tin&columns=")
    assert address.endswith("&crs=http%3A%2F%2Fwww.opengis.net%2Fdef%2Fcrs%2FEPSG%2F0%2F32648")
    feed = found.get_by_role("link", name="Subscribe to changes (Atom)").get_attribute("href")
    assert feed == "/api/changes?commodity_group=tin&collection=projects&f=atom"
    with urllib.request.urlopen(product.url + feed, timeout=60) as response:
        assert response.headers["Content-Type"].startswith("application/atom+xml")
    found.get_by_label("GeoJSON", exact=False).first.check()
    expect(found.get_by_label("Coordinate system").locator("option")).to_have_count(1)
    found.get_by_label("CSV").check()
    found.get_by_label("as a ZIP package").check()
    with zipfile.ZipFile(io.BytesIO(taken(seen, found))) as archive:
        described = json.loads(archive.read("datapackage.json"))
    data = described["resources"][0]
    assert data["rows"] == matched(product, "commodity_group=tin", ("projects",))
    expect(found.locator(".omitted")).to_contain_text("columns that are not selected")


def test_the_columns_of_the_table_are_one_click(visit: Visits, product: "Serving") -> None:
    seen = visit().open("/?kind=deposits&commodity_group=cobalt&columns=name,country,size_class")
    found = panel(seen)
    found.get_by_label("Language").select_option("")
    found.get_by_text(re.compile(r"^\d+ of \d+ columns$")).click()
    found.get_by_role("button", name="As in the table").click()
    rows = list(csv.DictReader(io.StringIO(taken(seen, found).decode("utf-8-sig"))))
    assert {"name_en", "name_zh", "country", "size_class"} <= set(rows[0]) and "deposit_model" not in rows[0]
    assert {row["name_en"] for row in rows} == {
        feature["properties"]["name_en"] or "" for feature in features(product, "deposits", "commodity_group=cobalt")
    }


def test_a_file_that_fails_to_load_has_a_message_and_is_not_saved(visit: Visits) -> None:
    seen = visit().open("/?kind=deposits&commodity_group=cobalt")
    seen.forgiven = "ERR_FAILED"
    seen.page.route("**/download/**", lambda route: route.abort())
    found = panel(seen)
    found.get_by_role("button", name="Download", exact=True).click()
    expect(found.locator(".wrong")).to_contain_text("The download was interrupted")
    expect(found.get_by_role("button", name="Download", exact=True)).to_be_enabled()
    found.get_by_role("button", name="Close").click()
    expect(found).to_be_hidden()


def test_a_file_is_given_up(visit: Visits) -> None:
    seen = visit().open("/?kind=deposits&commodity_group=cobalt")
    seen.page.route("**/download/**", lambda route: None)
    found = panel(seen)
    found.get_by_role("button", name="Download", exact=True).click()
    expect(found.locator(".result")).to_contain_text("Preparing the file")
    found.get_by_role("button", name="Cancel").click()
    expect(found.locator(".result")).to_have_text("")

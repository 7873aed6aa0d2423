"""The desk in a real browser: a sign-in, a judgement by keys, undoing it; on a phone, by axe, in both languages."""

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import psycopg
import pytest
from playwright.sync_api import Page, expect
from tests.flows.conftest import add_account
from tests.flows.visits import DESK, DESKTOP, OUTPUT, PHONE, breaches, faults_of, wider
from tests.quick import mostly_slow

from lodebase.db import engine as engines
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.db.store import write_conninfo

if TYPE_CHECKING:
    from tests.flows.conftest import Serving

Sheet = Callable[..., Page]
OTHERS = (
    ("desk-reports", "/desk/reports"),
    ("reports", "/reports?f=html"),
    ("quality", "/quality"),
    ("proposals", "/desk/proposals"),
)
WRITTEN = re.compile("^Saved")
"""Served or not yet: without JavaScript the page shows the state only once."""
PASSWORD = "long enough to keep"
PAIRS = """
INSERT INTO match_pair (a_id, b_id, relation, probability, reasons, model_version)
SELECT a.id, b.id, 'same', p,
       '[{"comparison": "place", "en": "they lie 4 km apart", "zh": "相距 4 公里", "features": {}}]', 'tests'
FROM (VALUES ('Pebble', 'Weilasituo', 0.6), ('Pebble', 'Cinovec (Zinnwald)', 0.5)) v (a, b, p)
JOIN deposit a ON a.name_en = v.a JOIN deposit b ON b.name_en = v.b
ON CONFLICT DO NOTHING
"""


@pytest.fixture(scope="module", autouse=True)
def prepared(product: "Serving") -> None:
    """An expert's account, and two pairs of records of the starter register that wait."""
    add_account(product.home, "expert", "expert", PASSWORD)
    with psycopg.connect(write_conninfo(engines.find_cluster_addresses(Cluster(product.home)).owner)) as connection:
        # those that the import found wait no more
        connection.execute("DELETE FROM match_pair")
        assert connection.execute(PAIRS).rowcount == 2


def sign_in(page: Page, lang: str = "en") -> None:
    page.get_by_label({"en": "Account", "zh": "账号"}[lang]).fill("expert")
    page.get_by_label({"en": "Password", "zh": "密码"}[lang]).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".me")).to_contain_text("expert")


@pytest.mark.story
def test_an_expert_signs_in_judges_by_a_key_and_takes_it_back(sheet: Sheet) -> None:
    page = sheet("/desk")
    expect(page).to_have_title("Sign in · Lode")
    sign_in(page)
    page.get_by_role("link", name="Review the first pair").click()
    expect(page.locator("h1")).to_have_text("Same site?")
    expect(page.locator("#chart-place svg").first).to_be_visible()
    expect(page.get_by_text("they lie 4 km apart")).to_be_visible()
    expect(page.locator("table.compare").first).to_contain_text("Cinovec")
    # a key does nothing while somebody writes
    page.get_by_label("Reason (optional)").fill("two countries")
    page.keyboard.press("s")
    page.get_by_label("Reason (optional)").fill("two countries")
    page.locator("h1").click()
    page.keyboard.press("d")
    expect(page.get_by_text("Saved and published.")).to_be_visible()
    expect(page.locator("table.compare").first).to_contain_text("Weilasituo")
    # the keys work once the page has all its parts
    page.wait_for_load_state("load")
    page.keyboard.press("z")
    expect(page.locator("table.compare").first).to_contain_text("Cinovec")
    expect(page.get_by_role("heading", name="Earlier judgements")).to_be_visible()
    expect(page.locator(".judged")).to_contain_text("two countries")
    page.wait_for_load_state("load")
    page.keyboard.press("n")
    expect(page.locator("table.compare").first).to_contain_text("Weilasituo")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/desk")
    expect(page).to_have_title("Sign in · Lode")


def test_single_keys_can_be_switched_off_and_stay_so(sheet: Sheet) -> None:
    page = sheet("/desk/next")
    sign_in(page)
    works = page.get_by_label("Enable single-key shortcuts")
    expect(works).to_be_checked()
    works.uncheck()
    page.reload()
    expect(works).to_be_enabled()
    expect(works).not_to_be_checked()
    page.locator("h1").click()
    page.keyboard.press("d")
    expect(page.locator("h1")).to_have_text("Same site?")
    expect(page.get_by_text(WRITTEN)).to_have_count(0)


def test_it_works_without_javascript(sheet: Sheet) -> None:
    page = sheet("/desk/next", java_script_enabled=False)
    sign_in(page)
    expect(page.get_by_label("Enable single-key shortcuts")).to_be_disabled()
    page.get_by_role("button", name="Unsure").click()
    expect(page.get_by_text(WRITTEN)).to_be_visible()
    page.locator(".done").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Earlier judgements")).to_be_visible()


def test_an_error_is_reported_without_javascript_and_answered_at_the_desk(sheet: Sheet, product: "Serving") -> None:
    features = json.loads(product.get("/api/collections/deposits/items?limit=10000").text)["features"]
    pebble = next(feature["id"] for feature in features if feature["properties"]["name_en"] == "Pebble")
    page = sheet(f"/records/{pebble}", java_script_enabled=False)
    page.locator("#report summary").click()
    page.get_by_label("What is wrong, and what is your source?").fill("The accuracy is 2 km, by the report of 2023.")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("status")).to_contain_text("the reply will appear here")
    expect(page.locator("dl.facts")).to_contain_text("due by")
    public = page.url
    page.goto("/desk/reports")
    sign_in(page)
    page.get_by_role("link", name="Pebble").first.click()
    page.get_by_label("State").select_option("looking")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Actions taken")).to_be_visible()
    page.goto(public)
    expect(page.locator("dl.facts")).to_contain_text("under review")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_page_of_the_desk_is_clean_and_no_wider_than_its_screen(sheet: Sheet, lang: str, size: tuple[int, int]) -> None:
    page = sheet("/desk", lang, size)
    for name, path in (("sign-in", None), ("desk", "/desk"), ("pair", "/desk/next"), *OTHERS):
        if path is not None:
            page.goto(path)
            page.wait_for_function("() => !document.querySelector('[aria-busy]')")
        assert wider(page) <= 0, name
        assert breaches(page) == [], name
        OUTPUT.mkdir(exist_ok=True)
        page.screenshot(path=OUTPUT / f"{name}-{lang}-{'phone' if size == PHONE else 'desktop'}.png", full_page=True)
        if path is None:
            sign_in(page, lang)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("scheme", mostly_slow(["light", "dark"], ["light"]))
@pytest.mark.parametrize(("lang", "size"), [("en", DESKTOP), ("zh", PHONE)], ids=["en-desktop", "zh-phone"])
def test_axe_finds_nothing_on_any_page_of_the_desk(
    sheet: Sheet, product: "Serving", lang: str, size: tuple[int, int], scheme: str
) -> None:
    name = f"axe-{lang}-{scheme}"
    add_account(product.home, name, "administrator", PASSWORD)
    page = sheet("/desk", lang, size, color_scheme=scheme)
    page.locator("input[name=name]").fill(name)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".me")).to_contain_text(name)
    found = {}
    for path in DESK:
        page.goto(path)
        page.wait_for_function("() => !document.querySelector('[aria-busy]')")
        assert page.locator("html").get_attribute("data-bs-theme") == scheme
        if faults := faults_of(page):
            found[path] = faults
        if (px := wider(page)) > 0:
            found[f"{path} is wider"] = [f"{px} px"]
    assert found == {}

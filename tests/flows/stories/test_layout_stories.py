"""Stories of a planner: from the form to a report and its PDF, in both languages, on desktop and phone."""

import re
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
import shapely
from docx import Document
from playwright.sync_api import expect
from pyproj import Geod
from tests.flows.visits import DESKTOP, LANGS_ZH, PHONE, SETTLED, SIZES, Visit, Visits, tab_to, wider
from tests.quick import mostly_slow

CHECK = {"en": "Check", "zh": "检查"}
VERDICT = {"en": "neither an approval nor a refusal", "zh": "既非批准，也非否决"}
STORIES = {
    "alumina": (
        {"product": "alumina", "material": "bauxite-gibbsite", "origin": "import"},
        {"capacity_tpa": "2000000", "lon": "108.35", "lat": "21.6", "equity_pct": "60"},
        "CN-GX",
        {"en": ("Huasheng", "own feedstock is 60 %"), "zh": ("华昇", "权益原料比例为 60%")},
    ),
    "copper": (
        {"product": "copper", "material": "copper-concentrate"},
        {"capacity_tpa": "400000", "lon": "108.4", "lat": "21.7", "equity_pct": "20"},
        "CN-GX",
        {"en": ("Fangchenggang", "gives no figure; the declared share"), "zh": ("防城港", "未给出数值；申报的权益原料比例")},
    ),
    "lithium": (
        {"product": "lithium-carbonate", "material": "lithium-brine"},
        {"capacity_tpa": "30000", "lon": "94.9", "lat": "36.4"},
        "CN-QH",
        {"en": ("Lanke", "no measurable figure"), "zh": ("蓝科", "未给出可测量的指标")},
    ),
}


def submit_check(seen: Visit, story: str) -> None:
    """Fill in the form as a planner does, and submit it."""
    chosen, filled, division, _ = STORIES[story]
    page = seen.page
    for name, value in chosen.items():
        page.locator(f"#f-{name}").select_option(value)
    for name, value in filled.items():
        page.locator(f"#f-{name}").fill(value)
    page.locator("details:has(#f-division) > summary").click()
    page.locator("#f-division").fill(division)
    page.get_by_role("button", name=CHECK[seen.lang], exact=True).click()
    expect(page.locator(".verdict")).to_contain_text(VERDICT[seen.lang])


@pytest.mark.story
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("lang", LANGS_ZH)
@pytest.mark.parametrize("story", mostly_slow(STORIES, ["alumina"]))
def test_from_the_form_to_a_pdf(visit: Visits, tmp_path: Path, story: str, lang: str, size: tuple[int, int]) -> None:
    seen = visit(lang, size)
    seen.page.goto(f"/layout?lang={lang}")
    submit_check(seen, story)
    name, reason = STORIES[story][3][lang]
    expect(seen.page.locator("#findings")).to_contain_text(reason)
    expect(seen.page.locator("#sites")).to_contain_text(name)
    assert wider(seen.page) <= 0
    for form, start in (("PDF", b"%PDF"), ("XLSX", b"PK")):
        with seen.page.expect_download() as pending:
            seen.page.get_by_role("link", name=form, exact=True).click()
        file = tmp_path / pending.value.suggested_filename
        pending.value.save_as(file)
        assert file.read_bytes().startswith(start)
    with closing(openpyxl.load_workbook(file, read_only=True)) as book:
        titles = book.sheetnames
    assert ("条款对照" if lang == "zh" else "Findings by rule") in titles


NARROW = (390, 844)
PLACE = {"zh": "防城港", "en": "Fangchenggang"}


@pytest.mark.story
@pytest.mark.parametrize("lang", LANGS_ZH)
def test_from_the_tasks_to_a_word_file_by_keyboard_alone(visit: Visits, tmp_path: Path, lang: str) -> None:
    seen = visit(lang, NARROW)
    page = seen.page
    page.goto(f"/start?lang={lang}")
    assert wider(page) <= 0
    # 1: the task
    tab_to(page, 'main a[href="/layout"]')
    page.keyboard.press("Enter")
    # 2: what is planned, its capacity with its unit and its place by name
    page.wait_for_url("**/layout")
    tab_to(page, "#f-product")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#f-capacity_tpa")
    page.keyboard.type("400 kt" if lang == "en" else "40万吨")
    tab_to(page, "#f-at")
    page.keyboard.type(PLACE[lang])
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text(VERDICT[lang])
    expect(page).to_have_url(re.compile("product=copper"))
    assert wider(page) <= 0
    # 3: the file
    tab_to(page, 'main a[href*="f=docx"]')
    with page.expect_download() as pending:
        page.keyboard.press("Enter")
    file = tmp_path / pending.value.suggested_filename
    pending.value.save_as(file)
    text = "\n".join(paragraph.text for paragraph in Document(str(file)).paragraphs)
    assert ("防城港" if lang == "zh" else "Fangchenggang") in text


def test_a_click_on_the_map_is_a_place(visit: Visits) -> None:
    seen = visit("zh")
    seen.page.goto("/layout?lang=zh")
    seen.page.locator("#layout-map canvas").first.wait_for()
    seen.page.locator("#layout-map").click(position={"x": 300, "y": 250})
    lon, lat = seen.page.locator("#f-lon"), seen.page.locator("#f-lat")
    expect(lat).not_to_have_value("")
    assert 60 < float(lon.input_value()) < 150
    assert 0 < float(lat.input_value()) < 60


@pytest.mark.parametrize(("lang", "size"), [("en", DESKTOP), ("zh", PHONE)], ids=["en-desktop", "zh-phone"])
def test_a_site_is_drawn_and_checked(visit: Visits, lang: str, size: tuple[int, int]) -> None:
    seen = visit(lang, size)
    page = seen.page
    page.goto(f"/layout?lang={lang}")
    for name, value in (("capacity_tpa", "1000000"), ("lon", "108"), ("lat", "23")):
        page.locator(f"#f-{name}").fill(value)
    area = page.locator("#layout-map")
    area.locator("canvas").first.wait_for()
    # a site is smaller than what a country's map shows
    for _ in range(5):
        page.locator(".leaflet-control-zoom-in").click()
        page.wait_for_function(SETTLED)
    page.locator("details:has(#f-outline) > summary").click()
    page.get_by_role("button", name={"en": "Draw on the map", "zh": "在地图上绘制"}[lang]).click()
    expect(area).to_have_class(re.compile(r"\bdrawing\b"))
    box = area.bounding_box()
    assert box is not None
    x, y = box["width"] / 2, box["height"] / 2
    # a square of 60 px, ended on its first corner
    for right, down in ((-30, -30), (30, -30), (30, 30), (-30, 30), (-30, -30)):
        area.click(position={"x": x + right, "y": y + down})
    drawn = page.locator("#f-outline")
    expect(drawn).to_have_value(re.compile(r"^POLYGON ?\(\(.+\)\)$"))
    ring = shapely.from_wkt(drawn.input_value())
    assert len(ring.exterior.coords) == 5
    # it replaces the point that was typed before
    expect(page.locator("#f-lon")).to_have_value("")
    page.get_by_role("button", name=CHECK[lang], exact=True).click()
    expect(page.locator(".verdict")).to_contain_text(VERDICT[lang])
    km2 = abs(Geod(ellps="WGS84").geometry_area_perimeter(ring)[0]) / 1e6
    facts = page.locator(".report dl").first
    shown = f"{km2:,.{0 if km2 >= 100 else 2}f}"
    expect(facts).to_contain_text({"en": f"Area{shown} km²", "zh": f"范围{shown} 平方千米"}[lang])
    # the outline is on the map of the report, and in the address, which repeats the same check
    expect(page).to_have_url(re.compile("outline="))
    expect(page.locator("#f-outline")).to_have_value(drawn.input_value())
    assert wider(page) <= 0
    page.get_by_role("button", name={"en": "Remove the outline", "zh": "清除范围"}[lang]).click()
    expect(page.locator("#f-outline")).to_have_value("")


def test_fields_fit_the_product(visit: Visits) -> None:
    seen = visit("en")
    seen.page.goto("/layout?lang=en")
    seen.page.locator("details:has(#f-division) > summary").click()
    expect(seen.page.get_by_label("Share of new red mud put to use")).to_be_visible()
    seen.page.locator("#f-product").select_option("copper")
    expect(seen.page.get_by_label("Share of new red mud put to use")).to_be_hidden()
    expect(seen.page.get_by_label("Total sulphur capture")).to_be_visible()

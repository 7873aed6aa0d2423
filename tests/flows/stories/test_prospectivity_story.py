"""Story of a geologist: cells are ranked by geology, their reasons read, and the model is compared with the distance alone."""

import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.flows.conftest import Serving
from tests.flows.visits import LANGS_ZH, LOCALES, PHONE, REPORT_BREACHES, breaches, wider
from tests.prospect_tables import BELT_BOX, MAPPING, write_belt_rows, write_pack, write_scattered_rows

SCATTERED = "sediment-hosted-copper-co"
FIRST_LINE = {
    "en": "This model is not shown to be better than the distance to known deposits alone.",
    "zh": "未能证明本模型优于单凭与已知矿床的距离。",
}
MODELS = {
    "en": ("Logistic regression", "Distance alone", "Weights of evidence"),
    "zh": ("逻辑回归", "单凭距离", "证据权法"),
}
PROVINCE = {"en": "volcanic arc", "zh": "火山弧"}
DEPOSITS = {"en": "Known deposits in the cell", "zh": "单元内已知矿床"}
NO_DECISION = {"en": "it is no finding of ore, no advice", "zh": "不是找矿结论"}


@pytest.fixture(scope="module")
def served(
    lasting: Callable[..., Serving],
    lode: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Serving:
    """A site with deposits in a volcanic arc, others without order, and a ground pack."""
    site = lasting()
    folder = tmp_path_factory.mktemp("prospects")
    for name, rows in (("own-finds", write_belt_rows()), ("scattered-finds", write_scattered_rows())):
        mapping, table = folder / f"{name}.yml", folder / f"{name}.csv"
        mapping.write_text(MAPPING.replace("own-finds", name), "utf-8")
        table.write_text(rows, "utf-8")
        result = lode(site.home, "import", "--mapping", str(mapping), str(table))
        assert result.returncode == 0, result.stderr
    result = lode(site.home, "ground", "add", str(write_pack(folder / "pack")))
    assert result.returncode == 0, result.stderr
    return site


@pytest.fixture
def page(browser: Browser, served: Serving, lang: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=served.url, locale=LOCALES[lang], viewport={"width": PHONE[0], "height": PHONE[1]}, color_scheme="dark"
    )
    context.add_init_script(REPORT_BREACHES)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def request_map(page: Page, model: str) -> dict[str, Any]:
    """Fill the form for a deposit type in the box of the belt, and return the result as the API has it."""
    if page.locator("textarea[name=within]").is_hidden():
        page.locator("details:has(textarea[name=within]) summary").click()
    page.locator("textarea[name=within]").fill(BELT_BOX)
    page.locator("input[name=deposit_model]").fill(model)
    page.locator("form.recovery-form button").click()
    expect(page.locator(".verdict")).to_be_visible()
    expect(page.locator("html[data-cells-drawn]")).to_have_count(1)
    response = page.request.get("/api/prospectivity", params={"deposit_model": model, "within": BELT_BOX})
    assert response.ok, response.text()
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.story
@pytest.mark.timeout(600)
@pytest.mark.parametrize("lang", LANGS_ZH)
def test_cells_of_a_belt_with_their_reasons_and_the_gain_over_the_distance(page: Page, lang: str) -> None:
    page.goto(f"/prospectivity?lang={lang}")
    found = request_map(page, "VMS")
    expect(page.locator("main p").first).to_have_text(found["verdict"][lang])
    # the belt crosses the middle of the map
    page.locator("#layout-map").click()
    popup = page.locator(".leaflet-popup-content")
    expect(popup).to_contain_text(DEPOSITS[lang])
    cells = page.request.get("/api/prospectivity", params={"deposit_model": "VMS", "within": BELT_BOX, "f": "geojson"}).json()
    reasons = [cell["properties"][f"reasons_{lang}"].split(" · ") for cell in cells["features"]]
    # the first two lines are the rank and the number of deposits
    assert popup.locator("div > div").all_inner_texts()[2:] in reasons
    expect(popup).to_contain_text(PROVINCE[lang])
    for trial in ("time", "space"):
        chart = page.locator(f"#chart-gain-{trial}")
        expect(chart.locator("svg")).to_be_visible()
        for name in MODELS[lang]:
            expect(chart).to_contain_text(name)
    expect(page.locator("main")).to_contain_text(NO_DECISION[lang])
    assert wider(page) <= 0 and breaches(page) == []


@pytest.mark.story
@pytest.mark.timeout(600)
@pytest.mark.parametrize("lang", LANGS_ZH)
def test_first_line_says_that_the_distance_alone_is_not_beaten(page: Page, lang: str) -> None:
    page.goto(f"/prospectivity?lang={lang}")
    found = request_map(page, SCATTERED)
    assert found["is_better"] is False
    first = page.locator("main p").first
    expect(first).to_contain_text(FIRST_LINE[lang])
    expect(first).to_have_class("verdict")
    expect(page.locator("#chart-gain-space svg")).to_be_visible()
    assert wider(page) <= 0 and breaches(page) == []

"""A refused form in a real browser: the alert, and the wrong field marked, described and with the focus."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.flows.visits import DESKTOP, PHONE, breaches_in_each_scheme, wider

Sheet = Callable[..., Page]
TRACT = (
    "/tract?within=POLYGON((-70 -24,-69 -24,-69 -23,-70 -23,-70 -24))&deposit_model=porphyry&commodity=copper&n90=3&n50=1&n10=5"
)
PROSPECTIVITY = "/prospectivity?deposit_model=VMS&place=country/XXX"
CURVE = "/discoveries/curve?commodity=copper&country=nonsense"


@pytest.mark.parametrize(
    ("lang", "size"), [("en", DESKTOP), pytest.param("zh", PHONE, marks=pytest.mark.slow)], ids=["en-desktop", "zh-phone"]
)
@pytest.mark.parametrize(
    ("address", "name", "value"),
    [(TRACT, "n50", "1"), (PROSPECTIVITY, "place", "country/XXX"), (CURVE, "country", "nonsense")],
)
def test_the_wrong_field_is_marked_described_and_focused(
    sheet: Sheet, lang: str, size: tuple[int, int], address: str, name: str, value: str
) -> None:
    page = sheet(address, lang, size, forgiven="400")
    field = page.locator(f'main form [name="{name}"]')
    expect(field).to_be_focused()
    expect(field).to_have_value(value)
    expect(field).to_have_attribute("aria-invalid", "true")
    sentence = page.locator("#refusal-sentence").inner_text()
    expect(field).to_have_accessible_description(sentence)
    expect(page.locator("main form small.wrong")).to_have_text(sentence)
    expect(field).to_be_in_viewport()
    expect(page.locator("main form small.wrong")).to_be_in_viewport(ratio=1)
    assert breaches_in_each_scheme(page) == []
    assert wider(page) <= 0
    # the alert leads to the field by its label
    link = page.locator("#refusal a")
    expect(link).to_have_attribute("href", f"#{field.get_attribute('id')}")


def test_a_wrong_field_in_a_closed_part_is_shown(sheet: Sheet) -> None:
    page = sheet("/tract?place=country/CHL&deposit_model=porphyry&commodity=copper&d10=-1", forgiven="400")
    expect(page.locator("[name=d10]")).to_be_focused()
    expect(page.locator("[name=d10]")).to_be_visible()

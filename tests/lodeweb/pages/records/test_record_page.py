"""The page of one record: figures as reported with their factor, classes apart, neighbours, sources, and whom to inform."""

import json
import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

SCRIPT = "<script>alert(1)</script>"
ITEMS = "/api/collections/deposits/items"


def page(client: FlaskClient, identity: str, **query: str) -> str:
    query = {"lang": "en", **query}
    response = client.get(f"/records/{identity}", query_string=query)
    assert (response.status_code, response.mimetype) == (200, "text/html"), response.get_data(as_text=True)
    return response.get_data(as_text=True)


def test_the_address_is_permanent_and_the_data_are_at_the_address_of_the_api(
    client: FlaskClient, ids: Callable[[str], Mapping[str, str]]
) -> None:
    identity = ids("deposit")["chile 1"]
    page = client.get(f"{ITEMS}/{identity}?f=html&lang=zh")
    assert (page.status_code, page.headers["Location"]) == (303, f"/records/{identity}?lang=zh")
    data = client.get(f"/records/{identity}?f=json&profile=full")
    assert (data.status_code, data.headers["Location"]) == (303, f"{ITEMS}/{identity}?f=json&profile=full")
    turtle = client.get(f"/records/{identity}", headers={"Accept": "text/turtle"})
    assert (turtle.status_code, turtle.headers["Location"].split("?")[0]) == (303, f"{ITEMS}/{identity}")
    assert client.get("/records/nowhere").status_code == 404
    assert client.get(f"/records/{identity}?unknown=1").status_code == 400


def section(text: str, title: str) -> str:
    """The visible text of a section by the id of its title."""
    match = re.search(rf'(?s)<section[^>]*aria-labelledby="{title}-title">(.*?)</section>', text)
    assert match is not None, title
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", match[1])).split())


def in_script(text: str, pattern: str) -> Any:
    match = re.search(rf"<script {pattern}[^>]*>(.*?)</script>", text)
    assert match is not None
    return json.loads(match[1])


def test_a_figure_is_shown_as_reported_with_what_it_is_worth_and_the_factor(
    figures: FlaskClient, figure_ids: Mapping[str, str]
) -> None:
    text = section(page(figures, figure_ids["lithium"]), "estimates")
    # a prefix of a unit is no conversion
    assert "50 Mt" in text and "50,000,000" not in text
    assert "600 ppm = 0.06 %" in text and "0.0001" not in text
    # 1 kt of LCE is 1,000 t / 5.323 of lithium
    assert "160 kt LCE = 30,058.2 t Li (× 187.864)" in text
    chinese = section(page(figures, figure_ids["lithium"], lang="zh"), "estimates")
    assert "50 Mt = 5,000 万吨" in chinese and "1,000,000" not in chinese and "160 kt LCE = 3.00582 万吨 Li" in chinese


def test_estimates_of_each_class_are_listed_without_a_total(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    text = section(page(figures, figure_ids["two"]), "estimates")
    assert text.index("Measured mineral resource") < text.index("Inferred mineral resource")
    assert "JORC code" in text and "0.2 % Cu" in text and "2021" in text
    assert "140" not in text and "otal" not in text.replace("Undivided", "")
    assert "never added" in text and "Not stated" in text


def test_a_record_reports_its_neighbours_by_kind_without_itself(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    text = page(figures, figure_ids["two"])
    near = section(text, "near")
    # what is a degree of longitude away, 104.4 km at 20.4321 degrees on the WGS 84 ellipsoid (pyproj.Geod), is not near
    assert "104 km" not in near and near.count("None within 100 km.") == 3
    assert "/items?f=html&amp;nearest=10.1234,20.4321" in text


def test_what_has_no_position_has_no_neighbours_and_no_map(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    text = page(figures, figure_ids["bare"])
    assert "near-title" not in text and "place-title" not in text and "estimates-title" not in text
    assert "<dt>Position</dt><dd>not stated</dd>" in text


def test_another_system_of_coordinates_changes_nothing_on_the_page(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    text = page(figures, figure_ids["two"], crs="http://www.opengis.net/def/crs/EPSG/0/3857")
    assert "10.1234, 20.4321" in text


def test_the_plot_compares_with_the_deposits_of_its_model(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    drawn = {chart["id"]: chart for chart in in_script(page(figures, figure_ids["two"]), 'type="application/json"')["charts"]}
    chart = drawn["grade-tonnage"]
    assert "deposit_model=porphyry-copper-gold" in chart["url"] and "of=copper" in chart["url"]
    assert [(one["ore_t"], one["grade_pct"]) for one in chart["own"]] == [(100e6, 0.5), (40e6, 0.8)]
    assert drawn["place"]["accuracy_m"] == 2500
    assert figures.get(chart["url"]).get_json(force=True)["plottable"] == 2


def test_phases_report_product_capacity_and_status(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    text = page(figures, figure_ids["plant"])
    phases = section(text, "phases")
    assert "30 kt/a Product" in phases and "× 1,000" not in phases and "Under construction" in phases and "2024-05" in phases
    (line,) = [chart for chart in in_script(text, 'type="application/json"')["charts"] if chart["id"] == "timeline"]
    assert line["phases"][0]["start"] == "2024-05"


def test_search_engines_get_structured_data(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    graph = in_script(page(figures, figure_ids["two"]), 'type="application/ld.json"')["@graph"]
    dataset, place = graph
    assert (dataset["@type"], place["@type"]) == ("Dataset", "Place")
    assert place["geo"] == {"@type": "GeoCoordinates", "longitude": 10.1234, "latitude": 20.4321}
    assert dataset["spatialCoverage"]["@id"] == place["@id"] and place["name"] == "Two Classes"
    assert dataset["isBasedOn"][0]["name"] == "Figures of the tests" and len(dataset["description"]) >= 50


def test_it_says_where_the_record_comes_from_and_when_it_changed(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    text = section(page(figures, figure_ids["two"]), "sources")
    assert "Figures of the tests" in text and "Licence: Internal" in text and "data version 1" in text
    assert 'href="/api/sources/figures/records/two?f=html"' in page(figures, figure_ids["two"])


@pytest.mark.parametrize(("lang", "title"), [("en", "Figures of the tests"), ("zh", "测试数值")])
def test_a_source_is_named_once_and_then_by_number(
    figures: FlaskClient, figure_ids: Mapping[str, str], lang: str, title: str
) -> None:
    text = page(figures, figure_ids["two"], lang=lang)
    content = text.partition("<article")[2]
    named = re.findall(r'<a href="/api/sources(?:\?f=html#|/)figures[^"]*"[^>]*>([^<]*)</a>', content)
    assert named.count(title) == 1 and "figures" not in named
    assert content.count(f'title="{title}"') == content.count(">[1]</a>") > 1
    assert 'id="source-1"' in content


@pytest.mark.parametrize(
    ("contact", "address"),
    [("desk@example.org", "mailto:desk@example.org?subject="), ("https://example.org/report", "https://example.org/report")],
)
def test_an_error_is_reported_to_whom_the_operator_names(
    own_app: Callable[..., Flask], ids: Callable[[str], Mapping[str, str]], contact: str, address: str
) -> None:
    client = own_app(LODE_CONTACT=contact).test_client()
    text = page(client, ids("deposit")["chile 1"])
    assert f'href="{address}' in text and "Text to copy" in text


def test_an_error_is_reported_by_a_form_whether_or_not_an_operator_is_named(
    figures: FlaskClient, figure_ids: Mapping[str, str]
) -> None:
    text = page(figures, figure_ids["two"])
    assert '<form action="/reports" method="post"' in text and f'name="record" value="{figure_ids["two"]}"' in text
    assert "mailto:" not in text and "Or send an e-mail to" not in text


@pytest.mark.parametrize("key", ["script", "plant", "long", "bare"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_text_of_the_data_is_never_markup(figures: FlaskClient, figure_ids: Mapping[str, str], key: str, lang: str) -> None:
    text = page(figures, figure_ids[key], lang=lang)
    assert SCRIPT not in text
    # what has nothing to draw loads nothing that draws
    assert text.count("<script") == text.count("</script>") == (2 if key == "bare" else 4)


def test_the_texts_of_the_page_are_chinese_on_a_chinese_page(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    text = page(figures, figure_ids["two"], lang="zh")
    for word in ("资源储量估算", "探明资源量", "推断资源量", "附近", "数据来源", "报告错误"):
        assert word in text

"""The numbers of charts and their page: each record once, no class added to another, the same query as items."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient

ROOT = "/api/collections/deposits/charts"


def reported(client: FlaskClient, address: str) -> dict[str, Any]:
    response = client.get(address)
    assert response.status_code == 200, response.get_data(as_text=True)
    body: dict[str, Any] = response.get_json(force=True)
    return body


def points(client: FlaskClient, query: str = "") -> dict[str, tuple[float, float]]:
    body = reported(client, f"{ROOT}/grade-tonnage?{query}")
    assert body["plottable"] == len(body["points"])
    return {point["name_en"]: (point["ore_t"], round(point["grade_pct"], 6)) for point in body["points"]}


def test_each_record_is_one_point_by_its_largest_single_estimate(figures: FlaskClient) -> None:
    found = points(figures, "of=copper")
    assert found["Two Classes"] == (100e6, 0.5)
    assert found["Same Class Twice"] == (300e6, 0.4)
    assert found["Undivided"] == (1000e6, 0.3)
    assert "Bare" not in found and "Brine" not in found


def test_the_commodity_is_the_one_that_most_estimates_give_where_none_is_named(figures: FlaskClient) -> None:
    assert reported(figures, f"{ROOT}/grade-tonnage")["of"] == "copper"
    assert reported(figures, f"{ROOT}/grade-tonnage?commodity=lithium")["of"] == "lithium"
    assert reported(figures, f"{ROOT}/grade-tonnage?name_en=Bare") | {"links": []} == {
        "of": None,
        "grade_basis": "metal",
        "most": 5000,
        "plottable": 0,
        "commodities": [],
        "points": [],
        "links": [],
    }


def test_a_grade_of_another_basis_is_converted_and_reports_its_factor(figures: FlaskClient) -> None:
    """Li to Li2O: 2.153 (domain vocabulary ``conversion``); 600 ppm of metal are 0.06 %."""
    (point,) = reported(figures, f"{ROOT}/grade-tonnage?of=lithium")["points"]
    assert point["grade_pct"] == pytest.approx(0.06 * 2.153)
    assert (point["factor"], point["grade_basis"]) == (2.153, "metal")


def test_the_filters_are_those_of_items(figures: FlaskClient) -> None:
    assert set(points(figures, "of=copper&country=Chile")) == {"Same Class Twice", "Reserve"}
    assert set(points(figures, "of=copper&deposit_model=porphyry-copper-gold")) == {"Two Classes", "Same Class Twice"}
    assert set(points(figures, "of=copper&bbox=12.0,20,12.5,21")) == {"Reserve"}
    assert set(points(figures, "of=copper&filter=name_en LIKE 'Com%25'")) == {"Combined"}
    assert set(points(figures, "of=copper&near=12.1234,20.4321&radius_km=1")) == {"Reserve"}


def test_classes_are_summed_each_for_itself_and_each_record_once(figures: FlaskClient) -> None:
    found = {class_["category"]: class_ for class_ in reported(figures, f"{ROOT}/contained?of=copper")["classes"]}
    inferred = found["inferred-mineral-resource"]
    # of the two inferred figures of one record the later one counts: 500 + 1,100 kt, and 100 kt derived from ore and grade
    assert (inferred["records"], inferred["total_t"], inferred["not_counted"]) == (3, 1_700_000, 1)
    assert (inferred["smallest_t"], inferred["median_t"], inferred["largest_t"]) == (100_000, 500_000, 1_100_000)
    assert found["measured-mineral-resource"]["total_t"] == 320_000
    assert found["probable-ore-reserves"]["total_t"] == 100_000


def test_what_is_combined_or_undivided_has_no_sum(figures: FlaskClient) -> None:
    found = {class_["category"]: class_ for class_ in reported(figures, f"{ROOT}/contained?of=copper")["classes"]}
    assert found["measured-and-indicated-mineral-resource"]["total_t"] is None
    assert (found["endowment"]["total_t"], found["endowment"]["records"]) == (None, 1)
    assert [one["kind"] for one in found.values()] == ["resource", "resource", "resource", "reserve", "endowment"]


def test_contained_lithium_is_reported_as_metal(figures: FlaskClient) -> None:
    """Li to LCE: 5.323; 160 kt of LCE hold 30.06 kt of lithium."""
    (one,) = reported(figures, f"{ROOT}/contained?of=lithium")["classes"]
    assert one["total_t"] == pytest.approx(160_000 / 5.323)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{ROOT}/grade-tonnage?of=unobtainium", 400),
        (f"{ROOT}/grade-tonnage?nearest=1,2", 400),
        (f"{ROOT}/contained?limit=5", 400),
        (f"{ROOT}/contained?country=Atlantis", 400),
        ("/api/collections/projects/charts/contained", 404),
        ("/api/collections/zones/charts/grade-tonnage", 404),
        ("/api/collections/projects/charts/distribution?figure=grade_pct", 404),
        ("/api/collections/deposits/charts/distribution", 400),
        ("/api/collections/deposits/charts/distribution?figure=weight", 400),
        ("/charts?collection=zones", 400),
        ("/charts?collection=nothing", 404),
        ("/charts?country=Atlantis", 400),
        ("/charts?nearest=1,2", 400),
    ],
)
def test_what_can_not_be_queried_is_refused(figures: FlaskClient, address: str, status: int) -> None:
    assert figures.get(address).status_code == status


def test_the_numbers_are_stored_until_the_data_change(figures: FlaskClient) -> None:
    response = figures.get(f"{ROOT}/grade-tonnage?of=copper")
    assert response.headers["Lode-Dataset-Version"] == "1"
    again = figures.get(f"{ROOT}/grade-tonnage?of=copper", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def drawn(page: str) -> dict[str, dict[str, Any]]:
    match = re.search(r'<script type="application/json" id="lode-charts"[^>]*>(.*?)</script>', page)
    assert match is not None
    return {chart["id"]: chart for chart in json.loads(match[1])["charts"]}


def test_the_page_sends_the_same_query_for_every_chart(figures: FlaskClient) -> None:
    page = figures.get("/charts?country=Chile&lang=en").get_data(as_text=True)
    assert "<b>2</b> records match" in page and "<dd>Chile</dd>" in page
    for chart in drawn(page).values():
        assert "country=Chile" in chart["url"]
        assert figures.get(chart["url"]).status_code == 200
        assert f'data-chart="{chart["id"]}"' in page
    assert drawn(page)["count-country"]["chosen"] == ["CHL"]


def test_what_means_nothing_to_a_collection_is_reported_and_left_aside(figures: FlaskClient) -> None:
    page = figures.get("/charts?kind=projects,deposits&country=China&size_class=large&z=4&view=1,2,3&lang=en").get_data(
        as_text=True
    )
    assert "<code>size_class</code>" in page and "<code>z</code>" in page and "<code>view</code>" not in page
    assert "grade-tonnage" not in drawn(page)


def test_the_page_speaks_both_languages(figures: FlaskClient) -> None:
    assert "<h1>图表</h1>" in figures.get("/charts?lang=zh").get_data(as_text=True)
    assert "<h1>Charts</h1>" in figures.get("/charts?lang=en").get_data(as_text=True)


def test_nothing_that_is_requested_becomes_markup(figures: FlaskClient) -> None:
    for query in ("name_en=<script>alert(1)</script>", "<script>=1", "source=</script><script>"):
        page = figures.get("/charts", query_string=query.replace("=", "=", 1)).get_data(as_text=True)
        assert "<script>alert" not in page and "</script><script>" not in page and "<code><script>" not in page


def test_points_lead_to_their_records(figures: FlaskClient, figure_ids: Mapping[str, str]) -> None:
    found = {point["id"] for point in reported(figures, f"{ROOT}/grade-tonnage?of=copper")["points"]}
    assert figure_ids["two"] in found

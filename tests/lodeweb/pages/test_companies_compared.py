"""Companies side by side and the graph of owners and holdings."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.lodeweb.pages.statistics.test_companies_and_supply import site

from lodeweb.pages.ownership_graph import MAX_BOXES, place_boxes

__all__ = ["site"]


def companies(client: FlaskClient) -> dict[str, str]:
    found: dict[str, Any] = client.get("/api/statistics/league?product=lithium-refinery").get_json(force=True)
    return {one["name"]["en"]: one["organisation"] for one in found["companies"]}


@pytest.mark.parametrize(
    ("lang", "texts"), [("en", ("rank 1 of 2", "117,600 t/a")), ("zh", ("第 1 位，共 2 家", "11.76 万吨/年"))]
)
def test_companies_are_compared_by_capacity_and_projects(site: FlaskClient, lang: str, texts: tuple[str, ...]) -> None:
    ids = ",".join(companies(site).values())
    found = site.get(f"/api/organisations/compare?ids={ids}").get_json(force=True)["companies"]
    assert [(one["name"]["en"], one["projects"], one["countries"]) for one in found] == [
        ("Atacama Lithium S.A.", 2, ["CHL", "CHN"]),
        ("Ganjiang Lithium Co. Ltd.", 3, ["AUS", "CHN"]),
    ]
    assert [round(one["products"][0]["capacity_tpa"]) for one in found] == [117_600, 26_400]
    html = site.get(f"/organisations/compare?ids={ids}&lang={lang}").get_data(as_text=True)
    assert [text for text in texts if text not in html] == []
    assert site.get(f"/api/organisations/compare?ids={ids}&f=csv").get_data().count(b"\r\n") == 3


def test_an_unknown_organisation_is_named(site: FlaskClient) -> None:
    response = site.get("/api/organisations/compare?ids=nobody&lang=en")
    assert response.status_code == 404 and '"nobody"' in response.get_json(force=True)["detail"]
    assert site.get("/api/organisations/compare?ids=a,b,c,d,e,f,g").status_code == 400
    assert site.get("/organisations/compare").status_code == 200


def test_the_page_of_an_organisation_has_its_capacity_by_share_and_a_graph(site: FlaskClient) -> None:
    html = site.get(f"/organisations/{companies(site)['Atacama Lithium S.A.']}?lang=en").get_data(as_text=True)
    assert "Capacity by its share, a model" in html and "117,600 t/a" in html
    graph = html.split('<svg class="ownership-graph"')[1].split("</svg>")[0]
    assert graph.count("<rect") == 3 and "40 %" in graph and "Xinyu" in graph


def test_the_graph_places_boxes_in_rows_and_counts_the_others() -> None:
    graph = place_boxes(
        "一个名称特别特别长的有限责任公司", [("A", "/a", "60 %")], [(f"B{n}", "/b", "") for n in range(MAX_BOXES + 2)]
    )
    assert len(graph.below) == MAX_BOXES and graph.left_out == 2
    assert graph.above[0].y < graph.self_box.y < graph.below[0].y < graph.height
    assert graph.below[0].x >= 0 and graph.below[-1].x + 200 <= graph.width
    assert graph.self_box.short_name.endswith("…")

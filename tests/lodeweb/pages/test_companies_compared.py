"""Companies side by side, and the capacity of an organisation by its share."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from tests.lodeweb.pages.statistics.test_companies_and_supply import site

__all__ = ["site"]


def companies(client: FlaskClient) -> dict[str, str]:
    found: dict[str, Any] = client.get("/api/statistics/league?product=lithium-refinery").get_json(force=True)
    return {company["name"]["en"]: company["organisation"] for company in found["companies"]}


@pytest.mark.parametrize(
    ("lang", "texts"), [("en", ("rank 1 of 2", "117,600 t/a")), ("zh", ("第 1 位，共 2 家", "11.76 万吨/年"))]
)
def test_companies_are_compared_by_capacity_and_projects(site: FlaskClient, lang: str, texts: tuple[str, ...]) -> None:
    ids = ",".join(companies(site).values())
    found = site.get(f"/api/organisations/compare?ids={ids}").get_json(force=True)["companies"]
    assert [(company["name"]["en"], company["projects"], company["countries"]) for company in found] == [
        ("Atacama Lithium S.A.", 2, ["CHL", "CHN"]),
        ("Ganjiang Lithium Co. Ltd.", 3, ["AUS", "CHN"]),
    ]
    assert [round(company["products"][0]["capacity_tpa"]) for company in found] == [117_600, 26_400]
    html = site.get(f"/organisations/compare?ids={ids}&lang={lang}").get_data(as_text=True)
    assert [text for text in texts if text not in html] == []
    assert site.get(f"/api/organisations/compare?ids={ids}&f=csv").get_data().count(b"\r\n") == 3


def test_an_unknown_organisation_is_named(site: FlaskClient) -> None:
    response = site.get("/api/organisations/compare?ids=nobody&lang=en")
    assert response.status_code == 404 and '"nobody"' in response.get_json(force=True)["detail"]
    assert site.get("/api/organisations/compare?ids=a,b,c,d,e,f,g").status_code == 400
    assert site.get("/organisations/compare").status_code == 200


def test_the_page_of_an_organisation_has_its_capacity_by_share_and_its_holdings(site: FlaskClient) -> None:
    html = site.get(f"/organisations/{companies(site)['Atacama Lithium S.A.']}?lang=en").get_data(as_text=True)
    assert "Capacity by its share, a model" in html and "117,600 t/a" in html
    holdings = html.split('class="ownership"')[1].split("</section>")[0]
    assert "40 %" in holdings and "Xinyu" in holdings

"""The layout check as an API: reports with permanent links, their files, and messages for invalid input."""

import io
import json
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from tests.jobs import run_jobs

from lodebase.db.store import Store
from lodeweb.topics.layout.form import EXAMPLES

SCRIPT = "<script>alert(1)</script>"


def feature(**more: Any) -> dict[str, Any]:
    """A planned copper smelter near the rows of the test store."""
    properties = {"product": "copper", "capacity_tpa": 200_000, **more}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [-72, -28]}, "properties": properties}


def sent(client: FlaskClient, body: Any, query: str = "") -> Any:
    return client.post(f"/api/layout/check{query}", json=body)


def test_a_report_has_links_that_reproduce_it(client: FlaskClient) -> None:
    first = sent(client, feature(name="A name", on="2026-01-31"))
    assert first.status_code == 200
    links = {(link["rel"], link["type"]): link["href"] for link in first.json["links"]}
    repeated = client.get(links["self", "application/json"], base_url="http://localhost/")
    assert repeated.json == first.json
    assert repeated.headers["Lode-Dataset-Version"] == str(first.json["data_version"])
    assert client.get(links["alternate", "text/html"]).mimetype == "text/html"


def test_ore_in_reach_is_found(client: FlaskClient) -> None:
    body = sent(client, feature()).json
    assert len(body["feedstock"]["places"]) > 10
    assert body["neighbours"]["sites"] == []
    assert body["zones"]["country"] is None
    assert any(one["id"] == "no-boundaries" for one in body["uncertainty"])


def test_several_are_checked_in_one_request(client: FlaskClient) -> None:
    response = sent(client, {"type": "FeatureCollection", "features": [feature(), feature(capacity_tpa=100_000)]})
    assert [report["inputs"]["capacity_tpa"] for report in response.json["reports"]] == [200_000, 100_000]
    wrong = sent(client, {"type": "FeatureCollection", "features": [feature(), feature(product="gold")]})
    assert wrong.status_code == 400
    assert wrong.json["problems"][0]["field"] == "features[1].product"
    for features in ([], None, [feature()] * 101):
        assert sent(client, {"type": "FeatureCollection", "features": features}).status_code == 400


def test_more_than_a_few_are_checked_by_a_job(client: FlaskClient, site_store: Store) -> None:
    plants = [feature(capacity_tpa=tonnes) for tonnes in (100_000, 200_000, 300_000, 400_000)]
    response = sent(client, {"type": "FeatureCollection", "features": plants})
    assert (response.status_code, response.json["status"], response.json["processID"]) == (202, "accepted", "layout-checks")
    assert run_jobs(site_store) == 1
    done: Any = client.get(response.headers["Location"]).json
    assert done["status"] == "successful"
    results: Any = client.get(f"{response.headers['Location']}/results").json
    reports = results["reports"]
    assert [report["inputs"]["capacity_tpa"] for report in reports] == [100_000, 200_000, 300_000, 400_000]


def test_each_invalid_field_has_a_message_in_both_languages(client: FlaskClient) -> None:
    response = sent(client, feature(product="gold", capacity_tpa=-1, on="soon"))
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    assert {problem["field"] for problem in response.json["problems"]} == {"product", "on"}
    assert all(problem["detail_en"] and problem["detail_zh"] for problem in response.json["problems"])


@pytest.mark.parametrize(
    "query", ["", "?candidate=", "?candidate={", "?candidate=[]", "?candidate=1&nosuch=1", "?candidate={}&f=docx", "?version=1"]
)
def test_an_address_that_can_not_be_read_is_a_bad_request(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/layout/check{query}").status_code == 400


@pytest.mark.parametrize(("version", "status"), [("1", 200), ("999", 404), ("x", 400), ("-1", 400), ("", 200)])
def test_a_version_is_one_of_the_data(client: FlaskClient, version: str, status: int) -> None:
    assert sent(client, feature(), f"?version={version}").status_code == status


def test_invalid_json_is_a_bad_request(client: FlaskClient) -> None:
    for data in ("", "{", "x" * 100):
        assert client.post("/api/layout/check", data=data, content_type="application/json").status_code == 400


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_files_are_made_of_the_same_report(client: FlaskClient, lang: str) -> None:
    body = sent(client, feature(name=SCRIPT)).json
    for name, start in (("pdf", b"%PDF"), ("xlsx", b"PK"), ("geojson", b"{")):
        response = sent(client, feature(name=SCRIPT), f"?f={name}&lang={lang}")
        assert response.status_code == 200
        assert response.data.startswith(start)
        assert body["checksum"][:8] in response.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(sent(client, feature(name="=1+1"), f"?f=xlsx&lang={lang}").data))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert any(cell.value == "=1+1" and cell.data_type == "s" for cell in cells)


def test_a_name_is_a_text_and_never_markup(client: FlaskClient) -> None:
    address = next(link["href"] for link in sent(client, feature(name=SCRIPT)).json["links"] if link["type"] == "text/html")
    assert SCRIPT not in client.get(address).get_data(as_text=True)
    parameters = {"product": "copper", "capacity_tpa": "200000", "lon": "-72", "lat": "-28", "name": SCRIPT}
    assert SCRIPT not in client.get("/layout", query_string=parameters).get_data(as_text=True)


def test_an_outline_too_long_for_an_address_has_none(client: FlaskClient) -> None:
    ring = [[-72 + n * 1e-4, -28 + (n % 2) * 1e-5] for n in range(300)]
    ring += [[-71.9, -27.9], ring[0]]
    response = sent(client, feature() | {"geometry": {"type": "Polygon", "coordinates": [ring]}})
    assert response.status_code in (200, 400)
    if response.status_code == 200:
        assert response.json["links"] == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_and_its_examples_are_served(client: FlaskClient, lang: str) -> None:
    empty = client.get("/layout", query_string={"lang": lang})
    assert empty.status_code == 200
    assert ("neither an approval nor a refusal" if lang == "en" else "既非批准，也非否决") in empty.get_data(as_text=True)
    for _, parameters in EXAMPLES:
        response = client.get("/layout", query_string={**parameters, "lang": lang})
        # the test store has no boundaries, so that an ocean is not known for one
        assert response.status_code == 200
        assert 'class="verdict"' in response.get_data(as_text=True)


def test_the_page_lists_invalid_fields(client: FlaskClient) -> None:
    response = client.get(
        "/layout", query_string={"product": "copper", "capacity_tpa": "x", "lon": "1", "lat": "99", "lang": "en"}
    )
    assert response.status_code == 400
    page = response.get_data(as_text=True)
    assert 'id="wrong-capacity_tpa"' in page and "is not a number of tonnes a year" in page and "out of range" in page


def test_a_figure_of_another_product_is_ignored(client: FlaskClient) -> None:
    parameters = {
        "product": "copper",
        "capacity_tpa": "200000",
        "lon": "-72",
        "lat": "-28",
        "d.red_mud_use_pct": "20",
        "d.capital_pct": "30",
    }
    assert client.get("/layout", query_string=parameters).status_code == 200
    assert client.get("/layout", query_string={**parameters, "d.beauty": "1"}).status_code == 400


def test_the_address_of_a_report_holds_inputs_version_and_day(client: FlaskClient) -> None:
    body = sent(client, feature(on="2020-05-01")).json
    own = next(link["href"] for link in body["links"] if link["rel"] == "self")
    assert f"version={body['data_version']}" in own
    assert "2020-05-01" in own
    assert json.loads(json.dumps(body))["rules_on"] == "2020-05-01"


def test_overlaps_as_data_layers_and_page(client: FlaskClient) -> None:
    response = client.get("/api/layout/pairs?product=copper&country=CHL")
    assert response.json is not None and set(response.json) >= {"pairs", "clusters", "provinces", "cells", "links"}
    assert client.get("/api/layout/pairs?product=copper&f=geojson").mimetype == "application/geo+json"
    for lang, text in (("en", "A short distance alone breaks no rule"), ("zh", "现有项目聚集区")):
        page = client.get("/layout/pairs", query_string={"lang": lang})
        assert page.status_code == 200 and text in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "query"),
    [("/layout/pairs", ""), ("/layout/siting", "&capacity_tpa=600000&within=POLYGON((104 24,108 24,108 27,104 27,104 24))")],
)
def test_a_page_without_a_product_is_that_of_alumina(client: FlaskClient, path: str, query: str) -> None:
    alumina = '<option value="alumina" selected>'
    assert alumina in client.get(f"{path}?product={query}").get_data(as_text=True)
    assert alumina not in client.get(f"{path}?product=copper{query}").get_data(as_text=True)
    assert client.get(f"{path}?product=gold").status_code == 400
    assert client.get(f"{path}?nonsense=1").status_code == 400
    assert client.get(f"/api{path}").status_code == 400


def test_a_country_is_named_and_numbers_are_full_width(client: FlaskClient) -> None:
    body: Any = client.get("/api/layout/pairs?product=copper&country=Chile&within_km=５０&resolution=２").json
    assert (body["country"], body["within_km"]) == ("CHL", 50)
    day: Any = client.get("/api/layout/rules?on=2026年1月1日").json
    assert day["on"] == "2026-01-01"


def test_the_description_of_the_api_has_the_fields_of_a_plant(client: FlaskClient) -> None:
    document: Any = client.get("/api/openapi.json?lang=zh").json
    described = {parameter.get("name"): parameter for parameter in document["paths"]["/layout/check"]["get"]["parameters"]}
    assert {"candidate", "place", "product", "capacity_tpa", "d.energy_kgce_per_t", "version"} <= set(described)
    assert described["place"]["description"].startswith("地点名称")
    body = document["paths"]["/layout/check"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert "capacity_tpa" in body["properties"]["properties"]["properties"]


@pytest.mark.parametrize(
    "query",
    ["", "product=gold", "product=copper&country=XX", "product=copper&within_km=0", "product=copper&within_km=nan"]
    + [
        "product=copper&within=POINT(1 1)",
        "product=copper&within=x",
        "product=copper&resolution=9",
        "product=copper&resolution=1.5",
    ],
)
def test_an_invalid_overlap_query_is_a_bad_request(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/layout/pairs?{query}").status_code == 400


SQUARE = "POLYGON ((104 24, 108 24, 108 27, 104 27, 104 24))"


def test_siting_as_data_layer_and_page(client: FlaskClient) -> None:
    parameters = {"product": "alumina", "capacity_tpa": "600000", "within": SQUARE, "on": "2026-11-25"}
    response = client.get("/api/layout/siting", query_string=parameters)
    assert response.json is not None and response.json["capacity_tpa"] == 600_000
    assert len(response.json["cells"]) == sum(one["cells"] for one in response.json["cells_by_rules_not_met"]) > 0
    layer = client.get("/api/layout/siting", query_string={**parameters, "f": "geojson"})
    assert layer.mimetype == "application/geo+json"
    for lang, text in (("en", "counts of findings, not approvals or refusals"), ("zh", "不构成批准或否决")):
        page = client.get("/layout/siting", query_string={**parameters, "lang": lang})
        assert page.status_code == 200 and text in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "product=gold",
        "product=copper&country=XX",
        "product=copper&within=x",
        "product=copper&resolution=1.5",
        "product=copper&on=yesterday",
        "product=copper&capacity_tpa=-1",
        "product=copper&resolution=5&within=POLYGON((80 20,120 20,120 50,80 50,80 20))",
    ],
)
def test_an_invalid_siting_query_is_a_bad_request(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/layout/siting?{query}").status_code == 400

"""Organisations on the site: search by any name in both scripts, the page, the filter; acts are found by their text."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped

ABOUT = """
title_en: Test
title_zh: 测试
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
as_of: "2026"
"""
PROJECTS = f"""
name: own-projects
{ABOUT}
tables:
  - key: "{{id}}"
    kind: {{const: project}}
    name_en: name
    position: {{lon: lon, lat: lat, accuracy_m: 100}}
    country: country
    commodities: [{{const: copper}}]
    phases: [{{product: {{const: copper concentrate}}, capacity: {{column: kt, unit: kt/a}}, status: status}}]
    owners: [{{name: owner}}]
"""
ORGANISATIONS = f"""
name: own-organisations
{ABOUT}
tables:
  - key: "{{id}}"
    kind: {{const: organisation}}
    name_en: name_en
    name_zh: name_zh
    former_names: {{column: former, split: "|"}}
    short_names: {{column: short, split: "|"}}
    uscc: uscc
    parent: parent
    country: {{const: CHN}}
    organisation_kind: {{const: enterprise}}
    unchecked: {{column: unchecked, split: "|"}}
"""
ACTS = f"""
name: own-acts
{ABOUT}
tables:
  - key: "{{id}}"
    kind: {{const: official_act}}
    title_zh: title
    number: number
    act_type: type
    issuer: issuer
    issued_on: issued
    text: text
    country: {{const: CHN}}
"""
GROUP = ("g", "Zijin Mining Group Co., Ltd.", "紫金矿业集团股份有限公司", "闽西紫金矿业集团有限公司", "紫金矿业|Zijin")
SUBSIDIARY = ("h", "", "黑龙江多宝山铜业股份有限公司", "", "")


@pytest.fixture(scope="module")
def site(
    own_store: Callable[[str], AbstractContextManager[Store]],
    app_of: Callable[[Store], AbstractContextManager[Flask]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FlaskClient]:
    """A site with projects of three owners, two organisations of which one is under the other, and two acts."""
    folder = tmp_path_factory.mktemp("organisations")

    def load(mapping: str, columns: str, *rows: Sequence[str]) -> None:
        path = folder / "table.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([columns.split(), *rows])
        source = Source.model_validate(yaml.safe_load(mapping))
        run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))

    with own_store("organisations") as store, app_of(store) as app:
        load(
            *(PROJECTS, "id name lon lat country kt status owner"),
            ("1", "Ashele", "86.4012", "48.3012", "CHN", "40", "operating", "Zijin Mining"),
            ("2", "Duobaoshan", "125.8012", "50.2012", "CHN", "30", "construction", "黑龙江多宝山铜业股份有限公司"),
            ("3", "Escondida", "-69.0712", "-24.2712", "CHL", "1000", "operating", "Minera Escondida Ltda."),
        )
        load(
            *(ORGANISATIONS, "id name_en name_zh former short uscc parent unchecked"),
            (*GROUP, "91350000157987632G", "", "english-name|seat|credit-code"),
            (*SUBSIDIARY, "91350000157987632X", "紫金矿业集团股份有限公司", "parent"),
        )
        load(
            *(ACTS, "id title number type issuer issued text"),
            (
                "a",
                "铜矿勘查出让公告",
                "〔2026〕1号",
                "出让公告",
                "江西省自然资源厅",
                "2026-09-09",
                "权利人须具备绿色矿山条件。",
            ),
            ("b", "关于规范管理的通知", "〔2026〕2号", "通知", "自然资源部", "2026-01-02", "本通知自发布之日起施行。"),
        )
        yield app.test_client()


CAPACITIES = [("en", "Capacity by product, as built", "40,000 t/a"), ("zh", "分产品已建成产能", "4 万吨/年")]


def found(site: FlaskClient, text: str) -> list[tuple[str, str, str]]:
    body = site.get("/api/search", query_string={"q": text}).get_json()
    return [
        (suggestion["kind"], suggestion["name_zh"] or suggestion["name_en"], suggestion["match"])
        for suggestion in body["suggestions"]
    ]


def identity(site: FlaskClient, text: str) -> str:
    body = site.get("/api/search", query_string={"q": text, "kind": "organisation"}).get_json()
    return str(body["suggestions"][0]["id"])


@pytest.mark.parametrize("text", ["紫金矿业", "zijin", "Zijin Mining Group", "闽西紫金", "zjky", "zijinkuangye"])
def test_an_organisation_is_found_by_any_of_its_names(site: FlaskClient, text: str) -> None:
    assert ("organisation", "紫金矿业集团股份有限公司") in [one[:2] for one in found(site, text)]


def test_an_act_is_found_by_its_title_and_its_text(site: FlaskClient) -> None:
    assert found(site, "铜矿勘查")[0][:2] == ("official_act", "铜矿勘查出让公告")
    assert found(site, "绿色矿山条件") == [("official_act", "铜矿勘查出让公告", "text")]
    assert found(site, "100%") == []


@pytest.mark.parametrize(("lang", "title", "capacity"), CAPACITIES)
def test_the_page_has_projects_and_capacity(site: FlaskClient, lang: str, title: str, capacity: str) -> None:
    address = f"/organisations/{identity(site, '紫金矿业集团')}"
    page = site.get(address, query_string={"lang": lang}).get_data(as_text=True)
    assert all(text in page for text in (title, capacity, "Ashele", "黑龙江多宝山铜业股份有限公司", "91350000157987632G"))
    assert "Duobaoshan" not in page and "Escondida" not in page
    included = site.get(address, query_string={"lang": lang, "include_subsidiaries": "true"}).get_data(as_text=True)
    assert "Duobaoshan" in included and "Escondida" not in included


def test_the_profile_as_data_has_what_the_page_shows(site: FlaskClient) -> None:
    address = f"/api/organisations/{identity(site, '紫金矿业集团')}"
    body = site.get(address).get_json()
    assert body["name"] == {"en": "Zijin Mining Group Co., Ltd.", "zh": "紫金矿业集团股份有限公司"}
    assert [project["name"]["en"] for project in body["projects"]] == ["Ashele"] and body["projects_matched"] == 1
    assert [(one["product"], one["built_tpa"]) for one in body["capacity"]] == [("copper-concentrate", 40_000)]
    assert [holding["name"]["zh"] for holding in body["holdings"]] == ["黑龙江多宝山铜业股份有限公司"]
    included = site.get(address, query_string={"include_subsidiaries": "true"}).get_json()
    assert sorted(project["name"]["en"] for project in included["projects"]) == ["Ashele", "Duobaoshan"]
    table = site.get(address, query_string={"f": "csv"}).get_data(as_text=True).lstrip("\ufeff")
    rows = list(csv.DictReader(table.splitlines()))
    assert [(row["name_en"], row["lon"]) for row in rows] == [("Ashele", "86.4012")]
    assert site.get("/api/organisations/none").status_code == 404
    refused = site.get(address, query_string={"include_subsidiaries": "perhaps"})
    assert refused.status_code == 400 and "include_subsidiaries" in refused.get_json()["detail"]


@pytest.mark.parametrize(("lang", "mark"), [("en", "not checked against a document"), ("zh", "未与文件核对")])
def test_the_page_marks_the_facts_that_no_document_confirms(site: FlaskClient, lang: str, mark: str) -> None:
    address = f"/organisations/{identity(site, '紫金矿业集团')}"
    page = site.get(address, query_string={"lang": lang}).get_data(as_text=True)
    marked = re.findall(rf"([^<>]+)(?:</span>|</a>)? <span class=\"second unchecked\">{mark}</span>", page)
    assert "91350000157987632G" in marked and len(marked) == (3 if lang == "zh" else 2), "code, seat, and the second name"
    assert (f'<p class="second unchecked">Name: {mark}</p>' in page) == (lang == "en"), "the heading is the English name"
    subsidiary = site.get(f"/organisations/{identity(site, '多宝山铜业')}", query_string={"lang": lang}).get_data(as_text=True)
    assert re.search(rf"<h3>[^<]+ <span class=\"second unchecked\">{mark}</span></h3>", subsidiary), "the parent"
    served = site.get(f"/api/collections/organisations/items/{address.rpartition('/')[2]}").get_json()["properties"]
    assert served["unchecked"] == ["english-name", "seat", "credit-code"]


def test_the_page_of_an_authority_lists_its_acts(site: FlaskClient) -> None:
    page = site.get(f"/organisations/{identity(site, '江西省自然资源厅')}").get_data(as_text=True)
    assert "铜矿勘查出让公告" in page and "关于规范管理的通知" not in page


def test_the_page_of_an_act_has_its_text_and_what_rests_on_it(site: FlaskClient) -> None:
    act = site.get("/api/search", query_string={"q": "铜矿勘查出让公告"}).get_json()["suggestions"][0]["id"]
    page = site.get(f"/records/{act}").get_data(as_text=True)
    assert "权利人须具备绿色矿山条件。" in page
    assert f'href="/organisations/{identity(site, "江西省自然资源厅")}"' in page


def test_an_unknown_organisation_is_not_found(site: FlaskClient) -> None:
    assert site.get("/organisations/none").status_code == 404
    assert site.get("/organisations/none", query_string={"include_subsidiaries": "perhaps"}).status_code == 400


def test_projects_are_filtered_by_organisation(site: FlaskClient) -> None:
    def names(**query: str) -> list[str]:
        body = site.get("/api/collections/projects/items", query_string=query).get_json()
        assert body["numberMatched"] == body["numberReturned"]
        return sorted(feature["properties"]["name_en"] for feature in body["features"])

    group = identity(site, "紫金矿业集团")
    assert names(organisation=group) == names(organisation="91350000157987632G") == ["Ashele"]
    assert names(organisation=group, include_subsidiaries="true") == ["Ashele", "Duobaoshan"]
    assert names(organisation=group, bbox="120,40,130,60") == []
    assert names(organisation="none") == []
    refused = site.get("/api/collections/projects/items", query_string={"include_subsidiaries": "true"})
    assert refused.status_code == 400
    assert site.get("/api/collections/zones/items", query_string={"organisation": group}).status_code == 400


def test_a_record_links_the_organisations_that_it_names(site: FlaskClient) -> None:
    group = identity(site, "紫金矿业集团")
    project = site.get("/api/collections/projects/items", query_string={"organisation": group}).get_json()["features"][0]["id"]
    page = site.get(f"/records/{project}").get_data(as_text=True)
    assert f'href="/organisations/{group}"' in page
    # the record prints Zijin Mining; the organisation has a Chinese name, and the printed name stays
    chinese = site.get(f"/records/{project}?lang=zh").get_data(as_text=True).split('id="owners-title"')[1]
    assert '紫金矿业集团股份有限公司 <span class="second">Zijin Mining</span></a>' in chinese


def test_a_wrong_code_is_flagged_and_not_used(site: FlaskClient) -> None:
    subsidiary = identity(site, "多宝山铜业")
    body = site.get(f"/api/collections/organisations/items/{subsidiary}", query_string={"profile": "full"}).get_json()
    assert (body["properties"]["uscc"], body["properties"]["flags"]) == (None, ["code-wrong"])
    page = site.get(f"/records/{subsidiary}?lang=zh")
    assert "第 18 位校验码为 X，应为 G" in page.get_data(as_text=True)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_address_of_all_organisations_leads_to_their_list(site: FlaskClient, lang: str) -> None:
    response = site.get(f"/organisations?lang={lang}")
    assert response.status_code == 302
    assert response.headers["Location"] == f"/api/collections/organisations/items?lang={lang}&f=html"
    assert site.get(response.headers["Location"]).status_code == 200

"""Reports over named areas: what lies inside and the ranges of distances, computed again from the API alone."""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import pytest
import shapely
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from pyproj import Geod

from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata import sources, starter
from lodedata.geography.boundaries import Boundaries
from lodedata.layout.products import PRODUCTS
from lodedata.mapping import Reading, Tally
from lodedata.sources import readers

GEOD = Geod(ellps="WGS84")
STARTER = "lode-starter"
PROVINCES = ("34", "36", "37", "45", "51", "53", "35")
PLACES = (
    ("Zibo", "prefecture/370300", "alumina", "100万吨"),
    ("淄博市桓台县", "county/370321", "alumina", "1,000 kt"),
    ("Jingxi, Guangxi", "county/451081", "alumina", "２００万吨"),
    ("江西宜春", "prefecture/360900", "lithium-carbonate", "3万吨/年"),
    ("江西省宜春市宜丰县", "county/360924", "lithium-carbonate", "30000"),
    ("宜春袁州区", "county/360902", "lithium-carbonate", "30 kt"),
    ("甘孜州", "prefecture/513300", "lithium-carbonate", "2万吨"),
    ("防城港", "prefecture/450600", "copper", "40万吨"),
    ("Fangchenggang", "prefecture/450600", "alumina", "200万吨"),
    ("铜陵", "prefecture/340700", "copper", "0.4 Mt/a"),
    ("山东", "division/CN-SD", "alumina", "1000000"),
)


@pytest.fixture(scope="module")
def store(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Store]:
    """The starter register with the divisions of seven provinces."""
    divisions, folder = sources.load_source(sources.DIVISIONS), sources.find_shipped_folder(sources.DIVISIONS)
    assert folder is not None
    described, register = sources.load_source(STARTER), starter.get_register_folder()

    def of_provinces(tally: Tally) -> Iterator[Reading]:
        rows = readers.get_source_reader(divisions.name)(divisions, folder, tally)
        return (row for row in rows if row.rows[0].key.rpartition("/")[2].startswith(PROVINCES))

    with own_store("named_places") as made:
        run(made.importer, ImportJob(divisions, folder, of_provinces, Boundaries(()), partial=True))
        reader = readers.get_source_reader(STARTER)
        run(made.importer, ImportJob(described, register, lambda tally: reader(described, register, tally), Boundaries(())))
        yield made


@pytest.fixture(scope="module")
def visitor(store: Store, app_of: Callable[[Store], AbstractContextManager[Flask]]) -> Iterator[FlaskClient]:
    with app_of(store) as app:
        yield app.test_client(use_cookies=False)


def fetch(visitor: FlaskClient, address: str, **query: Any) -> dict[str, Any]:
    response = visitor.get(address, query_string={"f": "json", **query})
    assert response.status_code == 200, response.get_data(as_text=True)
    body: dict[str, Any] = response.get_json(force=True)
    return body


def sites_of(visitor: FlaskClient, product: str) -> dict[str, dict[str, Any]]:
    """The projects of a product, by the filters of the collection."""
    made = PRODUCTS[product]
    queries = [{"products": ",".join(made.codes)}, {"facility_types": ",".join(made.facilities)}]
    found: dict[str, dict[str, Any]] = {}
    for query in queries:
        for feature in fetch(visitor, "/api/collections/projects/items", limit=1000, **query)["features"]:
            found[feature["id"]] = feature
    return found


@pytest.mark.parametrize(("name", "reference", "product", "capacity"), PLACES)
def test_what_lies_inside_a_named_area_is_what_the_api_has_there(
    visitor: FlaskClient, name: str, reference: str, product: str, capacity: str
) -> None:
    body = fetch(visitor, "/api/layout/check", place=name, product=product, capacity_tpa=capacity)
    assert body["inputs"]["place"] == reference
    kind, code = reference.split("/")
    (zone,) = fetch(visitor, "/api/collections/zones/items", zone_kind=kind, code=code)["features"]
    area = shapely.geometry.shape(zone["geometry"])
    sites = sites_of(visitor, product)
    inside = {
        identity
        for identity, site in sites.items()
        if site["geometry"] and shapely.intersects_xy(area, *site["geometry"]["coordinates"][:2])
    }
    assert set(body["inside"]["sites"]) == inside
    assert body["inside"]["all"]["placed"] == len(inside)
    corners = shapely.get_coordinates(area)
    for site in body["neighbours"]["sites"][:12]:
        lon, lat = sites[site["id"]]["geometry"]["coordinates"][:2]
        _, _, metres = GEOD.inv(corners[:, 0], corners[:, 1], np.full(len(corners), lon), np.full(len(corners), lat))
        assert site["farthest_km"] == pytest.approx(metres.max() / 1000, abs=0.03)
        # the nearest point may lie between two corners
        assert site["distance_km"] <= metres.min() / 1000 + 0.001
        assert (site["distance_km"] == 0) == (site["id"] in inside)
    for radius in body["neighbours"]["radii"]:
        every = radius["all"]
        assert every["certain"] <= every["placed"] <= every["possible"]
    assert "inside" in {finding["id"] for finding in body["findings"]}


@pytest.mark.parametrize(("text", "name"), [("宜春袁州区", "袁州区"), ("甘孜州", "甘孜藏族自治州"), ("淄博市桓台县", "桓台县")])
def test_the_search_of_the_map_finds_areas_by_names_of_several_levels(visitor: FlaskClient, text: str, name: str) -> None:
    suggestions = fetch(visitor, "/api/search", q=text)["suggestions"]
    assert name in [suggestion["name_zh"] for suggestion in suggestions if suggestion["kind"] == "zone"]


def test_the_capacity_inside_is_that_of_the_sites(visitor: FlaskClient) -> None:
    body = fetch(visitor, "/api/layout/check", place="江西宜春", product="lithium-carbonate", capacity_tpa="3万吨")
    assert (body["inside"]["all"]["placed"], body["inside"]["all"]["placed_tpa"]) == (5, 125_000)
    assert body["inside"]["ages"]["operating"]["old"] == 5
    groups = {site["id"]: site["groups"] for site in body["neighbours"]["sites"]}
    assert sum(sum(groups[site].values()) for site in body["inside"]["sites"]) == 125_000


def test_the_address_of_a_report_reproduces_it_and_a_point_makes_it_exact(visitor: FlaskClient) -> None:
    body = fetch(visitor, "/api/layout/check", place="Zibo", product="alumina", capacity_tpa="100万吨")
    (own,) = (link["href"] for link in body["links"] if link["rel"] == "self")
    assert len(own) < 1_000
    again = visitor.get(own, headers={"Accept": "application/json"})
    assert again.get_json(force=True)["checksum"] == body["checksum"]
    at = fetch(visitor, "/api/layout/check", lon="118.05", lat="36.8", product="alumina", capacity_tpa="100万吨")
    assert at["inside"] is None and "farthest_km" not in at["neighbours"]["sites"][0]
    plant = {"type": "Feature", "geometry": None, "properties": {"place": "Zibo", "product": "alumina", "capacity_tpa": 1e6}}
    sent = visitor.post("/api/layout/check", data=json.dumps(plant), headers={"Accept": "application/json"})
    assert sent.get_json(force=True)["inputs"]["place"] == "prefecture/370300"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_of_a_named_area_says_first_what_lies_inside(visitor: FlaskClient, lang: str) -> None:
    query = {"at": "江西宜春", "product": "lithium-carbonate", "capacity_tpa": "3", "capacity_unit": "万吨", "lang": lang}
    page = visitor.get("/layout", query_string=query).get_data(as_text=True)
    summary = page[page.index('id="result"') :]
    assert summary.index({"en": "Inside Yichun, 5 sites", "zh": "宜春市境内有 5 个同类产品项目"}[lang]) < 1_000
    assert {"en": "125,000 t/a", "zh": "12.5 万吨/年"}[lang] in summary


@pytest.mark.parametrize("form", ["xlsx", "pdf", "docx"])
def test_a_file_of_an_area_is_written(visitor: FlaskClient, form: str) -> None:
    query = {"place": "铜陵", "product": "copper", "capacity_tpa": "40万吨", "f": form, "lang": "zh"}
    response = visitor.get("/api/layout/check", query_string=query)
    assert response.status_code == 200 and len(response.data) > 5_000


def test_a_chinese_file_is_in_chinese_to_its_last_line(visitor: FlaskClient) -> None:
    query = {"place": "江西宜春", "product": "lithium-carbonate", "capacity_tpa": "3万吨", "f": "docx", "lang": "zh"}
    document = Document(io.BytesIO(visitor.get("/api/layout/check", query_string=query).data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "知识共享署名 4.0 国际许可协议" in cells and not [text for text in cells if "; " in text]
    (lacking,) = {text for text in cells if text.startswith("计入的条款中有")}
    assert lacking.count("未申报原料种类") == 1
    heads = [cell.text for table in document.tables for cell in table.rows[0].cells]
    assert "矿石量（万吨）" in heads and "规则代码" in heads
    assert "六、附表" in [paragraph.text for paragraph in document.paragraphs]


WRONG = {
    "empty": ({"place": ""}, "The place is empty", "地点为空"),
    "unknown": ({"place": "Zibu"}, "Similar names: Zibo", "名称相近的有：淄博市"),
    "one character wrong": ({"place": "宜舂"}, "Yichun", "宜春市"),
    "park": ({"place": "铜陵经开区"}, "No boundaries of development zones", "未收录开发区、园区的边界"),
    "country": ({"place": "Chile"}, "is a country", "是国家"),
    "dms": ({"place": "36°48 N 118°3x E"}, "can't be read as coordinates", "无法识别为坐标"),
    "lon": ({"lon": "118°3x", "lat": "36.8"}, "is not a longitude", "不是经度"),
    "lat": ({"lon": "118.05"}, "The latitude is missing", "缺少纬度"),
    "wkt": ({"outline": "POLYGON ((118 36, 119 36"}, "The outline can't be read", "无法读取该轮廓"),
    "wkt as place": ({"place": "POLYGON ((118 36, 119 36"}, "is an outline and not the name of a place", "而是轮廓"),
    "capacity": ({"place": "Zibo", "capacity_tpa": "400 lb"}, "is not a number of tonnes", "不是以吨计的年产能"),
    "nought": ({"place": "Zibo", "capacity_tpa": "0"}, "is not a capacity", "应大于零"),
    "negative": ({"place": "Zibo", "capacity_tpa": "-5万吨"}, "is not a capacity", "应大于零"),
    "huge": ({"place": "Zibo", "capacity_tpa": "90亿吨"}, "far more than any existing plant", "远超"),
    "percent": ({"place": "Zibo", "material": "bauxite", "equity_pct": "101"}, "from 0 to 100", "0 至 100"),
    "together": (
        {"place": "Zibo", "material": "bauxite", "equity_pct": "60", "contract_pct": "50"},
        "together are more than 100",
        "合计超过",
    ),
    "share without feedstock": ({"place": "Zibo", "equity_pct": "60"}, "Choose the feedstock", "请选择原料"),
}


@pytest.mark.parametrize("case", WRONG)
def test_each_kind_of_error_has_its_sentence_in_both_languages(visitor: FlaskClient, case: str) -> None:
    given, english, chinese = WRONG[case]
    query = {"product": "alumina", "capacity_tpa": "100万吨", **given}
    for lang, sentence in (("en", english), ("zh", chinese)):
        sent = visitor.get("/api/layout/check", query_string={**query, "lang": lang, "f": "json"})
        assert sent.status_code == 400
        assert sentence in sent.get_data(as_text=True), sent.get_data(as_text=True)
        page = visitor.get("/layout", query_string={**query, "lang": lang})
        assert page.status_code == 400


def test_a_point_at_sea_and_one_of_another_country(visitor: FlaskClient) -> None:
    """The divisions alone know no sea; a place in another province than those held has no province."""
    body = fetch(visitor, "/api/layout/check", lon="-70", lat="-24", product="copper", capacity_tpa="200000")
    assert body["zones"]["division"] is None


def test_page_of_overlaps_names_both_sites_of_a_pair(visitor: FlaskClient) -> None:
    query = {"product": "alumina", "country": "CHN", "within_km": "500"}
    sites = [site for pair in fetch(visitor, "/api/layout/pairs", **query)["pairs"] for site in pair["sites"]]
    assert len(sites) >= 2
    for lang, names in (("en", ("name_en", "name_zh")), ("zh", ("name_zh", "name_en"))):
        page = visitor.get("/layout/pairs", query_string={**query, "lang": lang}).get_data(as_text=True)
        for site in sites[:20]:
            name = site[names[0]] or site[names[1]] or site["id"]
            assert f'<a href="/records/{site["id"]}">{escape(name)}</a>' in page

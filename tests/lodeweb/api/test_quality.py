"""Quality in the open: each number is the number of records that its link gives; old statuses are shown as inferred."""

import csv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from tests.lodeweb.conftest import closed, load, settings_of, table

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.ingest.run import ImportJob, run
from lodedata import ageing
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped
from lodeweb.app import create_app

PAIR = """
INSERT INTO match_pair (a_id, b_id, relation, probability, reasons, model_version)
SELECT a.record_id, b.record_id, 'same', 0.5, '[]', 'tests'
FROM member a JOIN source_record x ON x.id = a.source_record_id, member b JOIN source_record y ON y.id = b.source_record_id
WHERE x.key = 'chile 0' AND y.key = 'chile 4' ON CONFLICT (a_id, b_id) DO UPDATE SET probability = 0.5
"""
JUDGED = """
INSERT INTO decision (kind, subject, decision, account)
SELECT 'judgement', jsonb_build_object('a_source', x.source, 'a_key', x.key, 'b_source', x.source, 'b_key', 'chile 4'),
  'different', 'tester' FROM source_record x WHERE x.key = 'chile 0'
"""
TODAY = datetime.now(UTC).date()
AGED = """
name: plans
title_en: Plans of the tests
title_zh: 测试规划
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
as_of: "2024"
tables:
  - key: "{id}"
    kind: kind
    name_en: name
    position: {lon: lon, lat: lat, accuracy_m: 100}
    commodities: [{column: metal}]
    phases: [{product: product, status: {column: status, date: day}}]
"""
FIELDS = ("id", "kind", "name", "lon", "lat", "metal", "product", "status", "day")


def years_ago(years: int, days: int = 1) -> str:
    return date.fromordinal(ageing.subtract_years(TODAY, years).toordinal() - days).isoformat()


def plans() -> Iterator[dict[str, str]]:
    """Planned and other plants with statuses of several ages."""
    ages = {"fresh": years_ago(1), "two": years_ago(2), "three": years_ago(3), "four": years_ago(4), "ten": years_ago(10)}
    usual = {"kind": "project", "lon": "10.1234", "lat": "20.4321", "metal": "copper", "product": "refined copper"}
    for status in ("announced", "permitted", "construction", "operating"):
        for name, day in ages.items():
            yield usual | {"id": f"{status} {name}", "name": f"{status} {name}", "status": status, "day": day}


@pytest.fixture(scope="module")
def quality_store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store with the rows of the site's tests and the plans."""
    folder = Path(tmp_path_factory.mktemp("rows"))
    with own_store("quality") as store:
        load(store, table(), folder)
        path, source = folder / "plans.csv", Source.model_validate(yaml.safe_load(AGED))
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, FIELDS)
            writer.writeheader()
            writer.writerows(plans())
        reported = run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))
        assert reported.loaded == 20, reported
        yield store


@pytest.fixture(scope="module")
def app(quality_store: Store) -> Iterator[Flask]:
    made = create_app(settings_of(quality_store.addresses))
    yield made
    closed(made)


@pytest.fixture
def owner(quality_store: Store) -> Iterator[Engine]:
    made = engines.create_checked_engine(quality_store.addresses.owner, "tests", pool_size=1)
    yield made
    made.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def numbers(value: Any) -> Iterator[tuple[str, int]]:
    """Every number with a link in a response."""
    if isinstance(value, dict):
        if "href" in value and "records" in value:
            yield value["href"], value["records"]
        for inner in value.values():
            yield from numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers(inner)


def behind(client: FlaskClient, href: str) -> int:
    parts = urlsplit(href)
    response = client.get(f"{parts.path}?{parts.query}&limit=1")
    assert response.status_code == 200, response.get_data(as_text=True)
    return int(response.get_json(force=True)["numberMatched"])


def test_each_number_is_the_number_of_the_records_behind_it(client: FlaskClient) -> None:
    reported = list(numbers(client.get("/api/quality").get_json()))
    assert len(reported) > 60
    assert [(href, n, behind(client, href)) for href, n in reported if behind(client, href) != n] == []


def test_a_judged_pair_waits_no_more_and_its_number_opens_it(app: Flask, client: FlaskClient, owner: Engine) -> None:
    before = client.get("/api/quality").get_json()["resolution"]
    with owner.begin() as connection:
        connection.execute(text(PAIR))
    waiting = client.get("/api/quality").get_json()["resolution"]
    assert waiting["uncertain_pairs"] == before["uncertain_pairs"] + 1
    reported = client.get("/api/quality/pairs?state=waiting&limit=1000").get_json()["pairs"]
    assert ("chile 0", "chile 4", 0.5) in [(pair["a"]["key"], pair["b"]["key"], pair["probability"]) for pair in reported]
    with owner.begin() as connection:
        connection.execute(text(JUDGED))
    judged = client.get("/api/quality").get_json()["resolution"]
    assert (judged["uncertain_pairs"], judged["judged"]) == (before["uncertain_pairs"], {"different": 1})
    assert [behind(client, verdict["href"]) for verdict in judged["verdicts"]] == [1]
    page = client.get("/api/quality/pairs?state=different&f=html&lang=zh").get_data(as_text=True)
    assert "chile 4" in page and "经专家判为不同对象的记录对" in page


def test_the_labelled_pairs_behind_a_measurement_can_be_paged_through(client: FlaskClient) -> None:
    first = client.get("/api/quality/pairs?state=labelled&limit=5").get_json()
    then = client.get("/api/quality/pairs?state=labelled&limit=5&offset=5").get_json()
    assert len(first["pairs"]) == len(then["pairs"]) == 5 and first["pairs"] != then["pairs"]
    assert all(pair["reason"] and pair["verdict"] for pair in first["pairs"] + then["pairs"])
    assert 'rel="next"' in client.get("/api/quality/pairs?state=labelled&f=html").get_data(as_text=True)


@pytest.mark.parametrize("requested", ["state=odd", "limit=x", "limit=-1", "offset=1e3", "offset=99999999999", "odd=1"])
def test_a_query_for_pairs_that_makes_no_sense_is_refused(client: FlaskClient, requested: str) -> None:
    assert client.get(f"/api/quality/pairs?{requested}").status_code == 400


def test_proposed_projects_age_and_built_ones_do_not(client: FlaskClient) -> None:
    ageing_ = client.get("/api/quality").get_json()["ageing"]
    projects = {one["inferred_status"]: one for one in ageing_ if one["collection"] == "projects"}
    assert (projects["shelved"]["records"], projects["cancelled"]["records"]) == (4, 4)
    assert (projects["shelved"]["years"], projects["shelved"]["until"], projects["cancelled"]["years"]) == (2, 4, 4)


def test_other_old_statuses_are_the_last_known_ones(client: FlaskClient) -> None:
    found = client.get("/api/quality").get_json()["last_known"]
    plants = {one["status"]: one["records"] for one in found if one["collection"] == "projects"}
    # those of ten years ago; four years are not too old
    assert (plants["operating"], plants["construction"]) == (1, 1)
    assert not {"announced", "permitted"} & plants.keys()


@pytest.mark.parametrize(
    ("name", "shown"), [("operating ten", True), ("operating four", False), ("announced ten", False), ("permitted two", False)]
)
def test_the_page_of_a_record_names_the_last_known_status_with_its_year(client: FlaskClient, name: str, shown: bool) -> None:
    body = client.get("/api/collections/projects/items?limit=100").get_json(force=True)
    identity = next(feature["id"] for feature in body["features"] if feature["properties"]["name_en"] == name)
    page = client.get(f"/records/{identity}?lang=en").get_data(as_text=True)
    assert (f"<dt>Last known status</dt><dd>Operating, {years_ago(10)[:4]}</dd>" in page) is shown
    assert ("Last known status" in page) is shown


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("announced three", "Shelved (inferred: not updated for 2 years)"),
        ("permitted ten", "Cancelled (inferred: not updated for 4 years)"),
        ("announced fresh", None),
        ("operating ten", None),
        ("construction ten", None),
    ],
)
def test_a_record_shows_what_is_inferred_next_to_what_was_reported(client: FlaskClient, name: str, terms: str | None) -> None:
    body = client.get("/api/collections/projects/items?limit=100").get_json(force=True)
    identity = next(feature["id"] for feature in body["features"] if feature["properties"]["name_en"] == name)
    page = client.get(f"/records/{identity}?lang=en").get_data(as_text=True)
    assert (terms in page) if terms else ("inferred: not updated" not in page)


def test_a_source_fills_what_it_fills(client: FlaskClient) -> None:
    sources = client.get("/api/quality").get_json()["sources"]
    (plans_,) = (source for source in sources if source["source"] == "plans")
    shares = {field["field"]: field["share"] for field in plans_["fields"]}
    assert plans_["records"] == 20 and shares["status"] == 1.0 and shares["name_zh"] == 0.0 and shares["geometry"] == 1.0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_says_the_same_as_the_data(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/quality?f=html&lang={lang}").get_data(as_text=True)
    assert {"en": "Outdated statuses", "zh": "陈旧的状态"}[lang] in page
    for href, _ in numbers(client.get("/api/quality").get_json()):
        parts = urlsplit(href)
        assert f"{parts.path}?{parts.query}".replace("&", "&amp;").replace("'", "&#39;") in page


@pytest.mark.parametrize(("lang", "marked"), [("en", False), ("zh", True)])
def test_a_name_without_a_chinese_form_is_marked_on_chinese_pages_and_counted(
    client: FlaskClient, lang: str, marked: bool
) -> None:
    page = client.get(f"/api/collections/projects/items?source=plans&f=html&lang={lang}").get_data(as_text=True)
    assert ('<span class="original" title="' in page) is marked
    assert ('href="/quality#names"' in page) is marked
    missing = {(name["collection"], name["field"]): name for name in client.get("/api/quality").get_json()["missing_names"]}
    of_projects = missing["projects", "name_zh"]
    assert 20 <= of_projects["records"] <= of_projects["of"]
    quality = client.get(f"/quality?f=html&lang={lang}").get_data(as_text=True)
    assert {"en": "Chinese name", "zh": "中文名称"}[lang] in quality.split('id="names"')[1]


def test_the_resolution_is_reported_as_it_was_measured(client: FlaskClient) -> None:
    reported = client.get("/api/quality").get_json()["resolution"]["measured"]
    assert reported and all(0 < one["precision"] <= 1 and 0 < one["recall"] <= 1 and one["pairs"] >= 300 for one in reported)
    assert reported[0]["day"] in client.get("/quality?f=html").get_data(as_text=True)


def test_an_unknown_parameter_is_an_error(client: FlaskClient) -> None:
    assert client.get("/api/quality?odd=1").status_code == 400

"""Mining rights and milestones at the desk: entered in a form, published, corrected, reviewed by a second person, withdrawn."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from tests.lodeweb.conftest import closed, settings_of
from tests.lodeweb.desk.signing_in import add_accounts, signed_in, token

from lodebase.db.schema.identity_tables import ROLES
from lodebase.db.store import Store, write_conninfo
from lodebase.ingest.entered import entered_records
from lodebase.ingest.entered.entered_records import EntryOptions
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import Source
from lodedata.mapping.tables import read_mapped
from lodeweb.app import create_app

RIGHT = {
    "right_kind": "mining",
    "status": "granted",
    "right_no": "C3600002026010000000001",
    "name_zh": "示例锂矿采矿权",
    "holder": "示例锂业有限公司",
    "commodities": "锂、铜",
    "country": "中国",
    "division": "江西",
    "valid_from": "2026-01-01",
    "valid_to": "2046",
    "crs": "EPSG:4610",
    "corners": "J1,3077000.12,38441000.12\nJ2,3077000.12,38442000.12\nJ3,3078000.12,38442000.12\nJ4,3078000.12,38441000.12",
    "area_km2_reported": "1.00",
}
CROSSED = "1,114.40,27.80\n2,114.42,27.82\n3,114.42,27.80\n4,114.40,27.82"
MILESTONE = {
    "milestone_type": "first-output",
    "date_is": "planned",
    "date": "2027-06",
    "cited": "年度报告 2025，第 12 页",
    "page": "https://example.org/report",
    "grade": "page",
    "information_date": "2026-04-30",
}

PROJECTS = """id,name,lon,lat
a,Salt Lake Plant,95.1,36.8
b,Salt Lake Plant North,95.2,36.9
c,Old Hill Mine,96.1,37.1
"""
MAPPING = """
name: my-projects
title_en: Projects
title_zh: 项目
publisher: The tests
licence: {id: internal, name: Internal}
citation: The tests, made up
version: "1"
tables:
  - key: "{id}"
    kind: {const: project}
    name_en: name
    commodities: [{const: lithium}]
    position: {lon: lon, lat: lat}
"""


@pytest.fixture(scope="module")
def store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    with own_store("desk_records") as store:
        add_accounts(store, "reader", "contributor", "expert", "administrator")
        path = tmp_path_factory.mktemp("projects") / "projects.csv"
        path.write_text(PROJECTS, "utf-8")
        source = Source.model_validate(yaml.safe_load(MAPPING))
        job = ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(()))
        assert run(store.importer, job).loaded == 3
        yield store


@pytest.fixture(scope="module")
def app(store: Store) -> Iterator[Flask]:
    made = create_app(settings_of(store.addresses))
    yield made
    closed(made)


@pytest.fixture(scope="module")
def reviewed(store: Store) -> Iterator[Flask]:
    made = create_app(settings_of(store.addresses, LODE_REVIEW_IMPORTS=True))
    yield made
    closed(made)


@pytest.fixture
def expert(app: Flask) -> FlaskClient:
    return signed_in(app, "expert")


def run_task(store: Store) -> bool:
    return entered_records.run_next(store.importer, EntryOptions(Path("none"), "international", 10.0))


def send(client: FlaskClient, path: str, values: dict[str, str], query: str = "") -> tuple[int, str]:
    """Send a form and return the status with the address or the text of the page that follows."""
    response = client.post(path + query, data={"csrf_token": token(client, path), **values})
    return response.status_code, response.headers.get("Location") or response.get_data(as_text=True)


def published(store: Store, client: FlaskClient, address: str) -> str:
    """Run the background task once and return the identifier of the record."""
    assert client.get(f"{address}/state").get_json() == {"state": "waiting", "waits": True}
    assert run_task(store)
    page = client.get(address).get_data(as_text=True)
    match = re.search(r'href="/records/([^"?]+)', page)
    assert match is not None, page
    return match[1]


def properties(app: Flask, collection: str, identity: str) -> dict[str, object]:
    found = app.test_client().get(f"/api/collections/{collection}/items/{identity}").get_json()
    return {**found["properties"], "geometry": found["geometry"]}


def test_a_right_is_entered_published_corrected_and_withdrawn(store: Store, app: Flask, expert: FlaskClient) -> None:
    status, address = send(expert, "/desk/rights/new", RIGHT)
    assert status == 303, address
    identity = published(store, expert, address)
    right = properties(app, "mining-rights", identity)
    assert (right["right_no"], right["holder"], right["division"]) == (RIGHT["right_no"], RIGHT["holder"], "CN-JX")
    assert right["commodities"] == ["lithium", "copper"] and right["valid_to"] == "2046"
    assert right["area_km2_computed"] == pytest.approx(1.0, rel=0.01)
    assert right["position_accuracy_m"] == 100 and right["geometry"] is not None
    page = expert.get(address).get_data(as_text=True)
    assert "accurate to about 100 m" in page and "1980" in expert.get(f"{address}?lang=zh").get_data(as_text=True)

    path = f"{address}/correct"
    form = expert.get(f"{path}?lang=en").get_data(as_text=True)
    assert RIGHT["corners"].splitlines()[0] in form and 'value="EPSG:4610" selected' in form
    status, page = send(expert, path, {**RIGHT, "status": "expired"})
    assert status == 400 and "Enter why it is corrected" in page and 'value="expired" selected' in page
    status, page = send(expert, path, {**RIGHT, "reason": "nothing"})
    assert status == 400 and "No value is changed" in page
    assert send(expert, path, {**RIGHT, "status": "expired", "reason": "the term has ended"}) == (303, address)
    assert published(store, expert, address) == identity
    assert properties(app, "mining-rights", identity)["status"] == "expired"
    page = expert.get(address).get_data(as_text=True)
    assert "the term has ended" in page and "<del>Granted</del>" in page and "<ins>Expired</ins>" in page

    assert send(expert, f"{address}", {}, "/withdraw")[0] == 400
    assert send(expert, f"{address}", {"reason": "entered by mistake"}, "/withdraw") == (303, address)
    assert run_task(store) and not run_task(store)
    reader = app.test_client()
    assert reader.get(f"/api/collections/mining-rights/items/{identity}").status_code == 404
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        row = connection.execute("SELECT max(version) FROM lode.dataset_version").fetchone()
    assert row is not None
    last = int(row[0])
    versions = [reader.get(f"/api/collections/mining-rights/items/{identity}?as_of={v}") for v in (last - 2, last - 1)]
    assert [version.get_json()["properties"]["status"] for version in versions] == ["granted", "expired"]
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        noted = connection.execute(
            "SELECT account, action, detail->>'fields' FROM lode.audit WHERE action LIKE 'record_%' ORDER BY id"
        ).fetchall()
    assert noted[0] == ("expert", "record_entry insert", "***")
    assert ("expert", "record_correction insert", "***") in noted


def test_a_wrong_form_names_each_field_and_keeps_what_was_typed(expert: FlaskClient) -> None:
    wrong = {
        **RIGHT,
        "right_kind": "",
        "commodities": "unobtainium",
        "valid_from": "soon",
        "corners": CROSSED,
        "note_zh": "<b>注",
    }
    status, page = send(expert, "/desk/rights/new", wrong)
    assert status == 400
    for name in ("right_kind", "commodities", "valid_from", "corners"):
        assert f'id="wrong-{name}"' in page
        assert re.search(rf'id="{name}" name="{name}"[^>]* aria-invalid="true" aria-describedby="wrong-{name} ?[^"]*"', page)
    assert page.count(" autofocus") == 1 and re.search(r'id="right_kind"[^>]* autofocus', page)
    assert "The edges 1-2 and 3-4 cross" in page and "unobtainium" in page
    assert CROSSED in page and "&lt;b&gt;注" in page and "<b>注" not in page
    chinese = expert.post("/desk/rights/new?lang=zh", data={"csrf_token": token(expert, "/desk/rights/new"), **wrong}).get_data(
        as_text=True
    )
    assert "尚未保存任何内容" in chinese and "相交" in chinese


def test_the_corners_are_checked_without_javascript(expert: FlaskClient) -> None:
    status, page = send(expert, "/desk/rights/new", {"crs": RIGHT["crs"], "corners": RIGHT["corners"], "action": "check"})
    assert status == 200 and "wrong-" not in page
    match = re.search(r'id="outline-status" role="status">([^<]*)<', page)
    assert match is not None and "km²" in match[1] and "accurate to about 100 m" in match[1]


def test_the_outline_of_corner_points_is_drawn_and_measured(app: Flask) -> None:
    body = {"corners": RIGHT["corners"], "crs": RIGHT["crs"]}
    found = app.test_client().post("/api/rights/outline", json=body).get_json()
    assert found["system"] == "EPSG:2362" and found["accuracy_m"] == 100 and len(found["corners"]) == 4
    assert found["area_km2"] == pytest.approx(1.0, rel=0.01)
    crossed = app.test_client().get("/api/rights/outline", query_string={"corners": CROSSED, "crs": "EPSG:4490", "lang": "zh"})
    assert crossed.status_code == 400 and "相交" in crossed.get_json()["detail"]


def test_a_second_person_publishes_or_sends_back(store: Store, reviewed: Flask) -> None:
    author, other = signed_in(reviewed, "expert"), signed_in(reviewed, "administrator")
    address = send(author, "/desk/rights/new", {**RIGHT, "right_no": "R-2"})[1]
    assert not run_task(store)
    page = author.get(address).get_data(as_text=True)
    assert "waits for a second person" in page and 'value="publish"' not in page
    assert send(author, address, {"action": "publish"}, "/review")[0] == 400
    assert send(other, address, {"action": "send-back"}, "/review")[0] == 400
    assert send(other, address, {"action": "send-back", "note": "which act?"}, "/review")[0] == 303
    assert "which act?" in author.get(address).get_data(as_text=True)
    correction = {**RIGHT, "right_no": "R-2", "act": "赣采1号", "reason": "act added"}
    assert send(author, f"{address}/correct", correction)[0] == 303
    assert send(other, address, {"action": "publish"}, "/review")[0] == 303
    assert properties(reviewed, "mining-rights", published(store, author, address))["act"] == "赣采1号"


def test_a_milestone_is_entered_with_its_source(store: Store, app: Flask, expert: FlaskClient) -> None:
    status, address = send(expert, "/desk/milestones/new", {**MILESTONE, "project": "Salt Lake Plant"})
    assert status == 303, address
    first = properties(app, "milestones", published(store, expert, address))
    assert (first["baseline_date"], first["baseline_no"], first["expected_date"]) == ("2027-06", 1, None)
    assert first["page"] == MILESTONE["page"] and first["grade"] == "page"
    assert MILESTONE["cited"] in str(first["dates_reported"])
    later = {**MILESTONE, "project": "Salt Lake Plant", "date": "2027-12", "information_date": "2026-10"}
    second = properties(app, "milestones", published(store, expert, send(expert, "/desk/milestones/new", later)[1]))
    assert (second["baseline_date"], second["expected_date"]) == (None, "2027-12")
    moved = {**MILESTONE, "project": "Salt Lake Plant", "date": "2028", "reason": "a later report"}
    assert send(expert, f"{address}/correct", moved)[0] == 303
    corrected = properties(app, "milestones", published(store, expert, address))
    assert (corrected["baseline_date"], corrected["expected_date"]) == ("2027-06", "2028")


def test_a_project_is_chosen_where_a_name_fits_several(expert: FlaskClient) -> None:
    status, page = send(expert, "/desk/milestones/new", {**MILESTONE, "project": "plant"})
    choices = re.findall(r'name="project_id" value="([^"]+)"', page)
    assert status == 400 and "Several projects" in page and len(choices) > 1
    chosen = {**MILESTONE, "project": "plant", "project_id": choices[1], "milestone_type": "start"}
    assert send(expert, "/desk/milestones/new", chosen)[0] == 303
    status, page = send(expert, "/desk/milestones/new", {**MILESTONE, "project": "no such project"})
    assert status == 400 and "There is no project" in page and 'value="no such project"' in page


@pytest.mark.parametrize("role", ["reader", "contributor", "expert", "administrator"])
def test_no_role_is_offered_a_link_that_is_refused(app: Flask, role: str) -> None:
    client = signed_in(app, role)
    adapter = app.url_map.bind("localhost")
    waiting, seen, refused = ["/desk"], {"/desk"}, []
    while waiting:
        path = waiting.pop()
        response = client.get(path)
        if response.status_code == 403:
            refused.append(path)
        if response.mimetype != "text/html":
            continue
        page = response.get_data(as_text=True)
        for action in re.findall(r'<form[^>]* action="(/desk[^"?#]*)[^"]*"[^>]* method="post"', page):
            endpoint, _ = adapter.match(action, method="POST")
            wanted = vars(app.view_functions[endpoint]).get("needs", ROLES[0])
            if ROLES.index(role) < ROLES.index(wanted):
                refused.append(f"{path}: {action}")
        for link in re.findall(r'href="(/desk[^"#]*)', page):
            address = link.replace("&amp;", "&")
            if address.partition("?")[0] not in seen and not address.endswith(("jsonl", ".xlsx", ".csv", ".json")):
                seen.add(address.partition("?")[0])
                waiting.append(address)
    assert not refused and len(seen) > 3

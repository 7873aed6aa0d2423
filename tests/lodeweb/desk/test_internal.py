"""Internal sources and rows: no trace of them for anybody without a role, and layout checks of a role count them."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.lodeweb.conftest import closed, settings_of
from tests.lodeweb.desk.signing_in import add_accounts, signed_in

from lodebase.db.store import Store, write_conninfo
from lodebase.errors import ImportRefused
from lodebase.ingest.run import ImportJob, Summary, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import loading
from lodedata.mapping.tables import read_mapped
from lodeweb.app import create_app

SECRET = "Hidden Valley"
MAPPING = """
name: {name}
title_en: Plants of {name}
title_zh: 工厂 {name}
publisher: The tests
licence: {{id: internal, name: Internal}}
citation: The tests, made up
version: "1"
{option}
tables:
  - key: "{{id}}"
    kind: {{const: project}}
    name_en: name
    position: {{lon: lon, lat: lat, accuracy_m: 100}}
    country: {{const: CHN}}
    commodities: [{{const: copper}}]
    phases:
      - product: {{const: refined copper}}
        capacity: {{column: kt, unit: kt/a, basis: metal}}
        status: {{const: operating}}
    owners: [{{name: owner}}]
    {row}
"""
HEADER = "id,name,lon,lat,kt,owner,secret\n"
PUBLIC = "1,Open Smelter,103.1234,36.1234,100,Open Metals Ltd,\n"
HIDDEN = f"2,{SECRET} Smelter,103.2234,36.1234,300,{SECRET} Ltd,yes\n"
CANDIDATE = {
    "type": "Feature",
    "geometry": {"type": "Point", "coordinates": [103.15, 36.12]},
    "properties": {"product": "copper", "capacity_tpa": 200_000},
}


def load(store: Store, folder: Path, name: str, content: str, option: str = "", row: str = "") -> Summary:
    path = folder / f"{name}.csv"
    path.write_text(HEADER + content, "utf-8")
    source = loading.parse(MAPPING.format(name=name, option=option, row=row), "own.yml")
    return run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))


@pytest.fixture(scope="module", params=["source", "row"])
def internal_store(
    own_store: Callable[[str], AbstractContextManager[Store]],
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Store]:
    """A store with a public plant and an internal one: of a source of its own, or a flagged row of the same source."""
    folder = tmp_path_factory.mktemp("internal")
    with own_store(f"internal_{request.param}") as store:
        if request.param == "row":
            summary = load(store, folder, "open-plants", PUBLIC + HIDDEN, row="internal: secret")
            assert (summary.read, summary.loaded) == (1, 1)
        else:
            load(store, folder, "open-plants", PUBLIC)
            summary = load(store, folder, "closed-plants", HIDDEN, "internal: true")
            assert (summary.read, summary.loaded, summary.quarantined) == (1, 1, 0)
        add_accounts(store, "reader")
        yield store


@pytest.fixture
def app(internal_store: Store) -> Iterator[Flask]:
    made = create_app(settings_of(internal_store.addresses))
    yield made
    closed(made)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_the_site_can_not_read_an_internal_row(internal_store: Store) -> None:
    with psycopg.connect(write_conninfo(internal_store.addresses.site)) as connection:
        readable = connection.execute(
            "SELECT t.oid::regclass::text FROM pg_class t WHERE relkind IN ('r', 'v')"
            " AND relnamespace::regnamespace::text IN ('lode', 'lode_history') AND has_table_privilege(t.oid, 'SELECT')"
        ).fetchall()
        having = [
            name
            for (name,) in readable
            if connection.execute(f"SELECT 1 FROM {name} t WHERE t::text ILIKE '%hidden valley%' LIMIT 1").fetchone()
            or connection.execute(f"SELECT 1 FROM {name} t WHERE t::text ILIKE '%closed-plants%' LIMIT 1").fetchone()
        ]
        assert having == []
        assert len(readable) > 40
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM lode_all.project")


def test_readers_see_no_trace(client: FlaskClient) -> None:
    items = client.get("/api/collections/projects/items?f=json").get_json(force=True)
    assert [feature["properties"]["name_en"] for feature in items["features"]] == ["Open Smelter"]
    addresses = (
        *("/api/search?q=hidden", "/api/search?q=valley", "/api/collections/projects/facets?f=json", "/api/sources?f=json"),
        *("/api/collections/projects/download/csv", "/api/changes?f=atom", "/updates", "/api/quality?f=json"),
        *("/api/collections/organisations/items?f=json", "/api/collections/projects/items?f=json&as_of=1", "/api/collections"),
        *("/statistics", "/api/collections/projects/tiles/WebMercatorQuad/8/100/201", "/", "/sources"),
    )
    for address in addresses:
        body = client.get(address, follow_redirects=True).get_data().lower()
        assert b"hidden valley" not in body and b"closed-plants" not in body, address
    report = client.post("/api/layout/check", json=CANDIDATE).get_json(force=True)
    assert [site["name_en"] for site in report["neighbours"]["sites"]] == ["Open Smelter"]
    assert "internal" not in report
    for path in ("", "/sources/closed-plants", "/records/x", "/layout-check"):
        assert client.get(f"/desk/internal{path}").status_code == 302, path


def test_a_role_sees_the_rows_and_its_layout_check_counts_them_and_says_so(app: Flask, internal_store: Store) -> None:
    reader = signed_in(app, "reader")
    assert "Plants of" in reader.get("/desk/internal").get_data(as_text=True)
    with psycopg.connect(internal_store.importer) as connection:
        rows = connection.execute("SELECT source, record_id FROM internal_row WHERE table_name = 'project'").fetchall()
    ((source, identity),) = rows
    page = reader.get(f"/desk/internal/sources/{source}").get_data(as_text=True)
    assert f"{SECRET} Smelter" in page and "Open Smelter" not in page
    whole = reader.get(f"/desk/internal/records/{identity}").get_data(as_text=True)
    assert f"{SECRET} Ltd" in whole and "300000" in whole.replace(",", "")
    response = reader.get("/desk/internal/layout-check", query_string={"candidate": json.dumps(CANDIDATE), "f": "json"})
    assert response.headers["Cache-Control"] == "private, no-store"
    report = response.get_json(force=True)
    assert {site["name_en"] for site in report["neighbours"]["sites"]} == {"Open Smelter", f"{SECRET} Smelter"}
    assert report["internal"]["records"] == [identity] and report["internal"]["sources"] == [source]
    assert "not public" in report["internal"]["note_en"] and "不公开" in report["internal"]["note_zh"]
    public = reader.post("/api/layout/check", json=CANDIDATE).get_json(force=True)
    of_public, of_role = (body["neighbours"]["radii"][-1]["groups"]["operating"] for body in (public, report))
    assert of_role["placed_tpa"] - of_public["placed_tpa"] == 300_000


def test_the_layout_check_of_a_role_is_a_page_that_says_which_plants_count_twice(
    app: Flask, internal_store: Store, tmp_path: Path
) -> None:
    reader = signed_in(app, "reader")
    query = {"candidate": json.dumps(CANDIDATE)}
    page = reader.get("/desk/internal/layout-check", query_string=query)
    text = page.get_data(as_text=True)
    assert page.mimetype == "text/html" and page.headers["Cache-Control"] == "private, no-store"
    assert f"{SECRET} Smelter" in text and "records that are not public" in text and "count these plants twice" not in text
    # the plant of the public source once more, in an internal one
    load(internal_store, tmp_path, "twin-plants", PUBLIC.replace("103.1234", "103.1244"), "internal: true")
    text = reader.get("/desk/internal/layout-check", query_string=query).get_data(as_text=True)
    assert "1 of the internal records are likely plants that public records describe too" in text
    body = reader.get("/desk/internal/layout-check", query_string=query | {"f": "json"}).get_json(force=True)
    (twice,) = body["internal"]["likely_public"]
    assert twice["internal"] in body["internal"]["records"] and [one["name"] for one in twice["public"]] == ["Open Smelter"]
    assert body["neighbours"]["distinct_listed"] == 2, "the number of different plants has it once"


def test_a_row_that_was_public_is_not_made_internal_without_a_word(internal_store: Store, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="was public before"):
        load(internal_store, tmp_path, "open-plants", PUBLIC.replace(",\n", ",yes\n") + HIDDEN, row="internal: secret")
    with pytest.raises(ImportRefused, match="was public before"):
        load(internal_store, tmp_path, "open-plants", PUBLIC, "internal: true")
    # and an internal row that becomes public leaves the internal ones
    load(internal_store, tmp_path, "passing", HIDDEN, "internal: true")
    assert load(internal_store, tmp_path, "passing", HIDDEN.replace(SECRET, "Shown")).loaded == 1
    with psycopg.connect(internal_store.importer) as connection:
        assert connection.execute("SELECT 1 FROM internal_source WHERE name = 'passing'").fetchone() is None


def test_the_menu_of_the_desk_leads_to_internal_sources_and_rows(app: Flask, internal_store: Store) -> None:
    add_accounts(internal_store, "expert")
    assert 'href="/desk/rows"' not in signed_in(app, "reader").get("/desk").get_data(as_text=True)
    expert = signed_in(app, "expert")
    desk = expert.get("/desk").get_data(as_text=True)
    assert 'href="/desk/internal"' in desk and 'href="/desk/rows"' in desk
    assert "<option>open-plants</option>" in expert.get("/desk/rows").get_data(as_text=True)
    row = expert.get("/desk/rows?source=open-plants&key=1", follow_redirects=True)
    assert row.request.path == "/desk/rows/open-plants/1" and "Open Smelter" in row.get_data(as_text=True)
    missing = expert.get("/desk/rows?source=open-plants&key=99")
    assert missing.status_code == 404 and "no record" in missing.get_data(as_text=True)

"""Columns of a source without a field are closed wherever rows are served, and open to an expert; made-up persons."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg
import pytest
from flask.testing import FlaskClient
from tests.lodeweb.conftest import closed, settings_of
from tests.lodeweb.desk.signing_in import add_accounts, signed_in

from lodebase.db.store import Store, write_conninfo
from lodebase.ingest.run import ImportJob, run
from lodedata.geography.boundaries import Boundaries
from lodedata.mapping import loading
from lodedata.mapping.tables import read_mapped
from lodeweb.app import create_app

PERSON, NUMBER, PHONE = "Quiroga Elvira", "110101199003074233", "13812345678"
MAPPING = """
name: own-deposits
title_en: Own deposits
title_zh: 自有矿床
publisher: The tests
licence: {{id: internal, name: Internal}}
citation: The tests, made up
version: "1"
tables:
  - key: "{{id}}"
    kind: {{const: deposit}}
    name_en: name
    position: {{lon: lon, lat: lat}}
    country: {{const: CHN}}
    commodities: [metal]
    {rest}
"""
CLOSED = "ignored: {holder: not mapped, phone: not mapped, region: not mapped}"
TABLE = f"""\
id,name,lon,lat,metal,holder,legal_rep,phone,region
1,Deposit,103.1,36.1,copper,{PERSON},{PERSON} {NUMBER},{PHONE},Gansu
2,Other,104.1,36.1,copper,,,\ufffd{PHONE},Gansu
"""


def load(store: Store, folder: Path, rest: str) -> None:
    path = folder / "deposits.csv"
    path.write_text(TABLE, "utf-8")
    source = loading.parse(MAPPING.format(rest=rest), "own.yml")
    summary = run(store.importer, ImportJob(source, path, lambda tally: read_mapped(source, path, tally), Boundaries(())))
    assert summary.read == 2 and not summary.quarantined, summary.refused


@pytest.fixture(scope="module")
def row_store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    with own_store("source_rows") as store:
        load(store, tmp_path_factory.mktemp("rows"), CLOSED)
        yield store


@pytest.fixture
def client(row_store: Store) -> Iterator[FlaskClient]:
    app = create_app(settings_of(row_store.addresses))
    yield app.test_client()
    closed(app)


def test_a_column_without_a_field_is_in_no_response(row_store: Store, client: FlaskClient) -> None:
    body = client.get("/api/sources/own-deposits/records/1?f=json").get_json(force=True)
    assert body["raw"] == {"id": "1", "name": "Deposit", "lon": "103.1", "lat": "36.1", "metal": "copper"}
    assert body["closed_columns"] == 4
    page = client.get("/api/sources/own-deposits/records/1?f=html").get_data(as_text=True)
    assert "Columns that are not public: 4." in page
    identity = body["record_id"]
    items = "/api/collections/deposits/items"
    addresses = [
        *("/api/sources/own-deposits/records/1?f=html", "/api/sources?f=json", f"{items}?f=json", f"{items}?f=html"),
        *(f"{items}/{identity}?profile=full&f=json", f"{items}/{identity}?f=html", f"/records/{identity}"),
        *("/api/collections/deposits/download/csv", "/api/changes?f=json", "/updates", "/api/quality?f=json"),
    ]
    for address in addresses:
        found = client.get(address, follow_redirects=True).get_data(as_text=True)
        assert not [word for word in ("Quiroga", NUMBER, PHONE, "Gansu") if word in found], address
    for part in (PERSON, NUMBER, PHONE):
        assert client.get(f"/api/search?q={part}").get_json(force=True)["suggestions"] == []


def test_the_login_of_the_site_can_not_read_closed_columns(row_store: Store) -> None:
    site = write_conninfo(row_store.addresses.site)
    with psycopg.connect(site) as connection:
        tables = connection.execute(
            "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables"
            " WHERE table_schema IN ('lode', 'lode_history')"
            " AND has_table_privilege(format('%I.%I', table_schema, table_name), 'SELECT')"
        ).fetchall()
        having = [
            name for (name,) in tables if connection.execute(f"SELECT FROM {name} t WHERE t::text LIKE '%{PHONE}%'").rowcount
        ]
        assert having == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT raw FROM lode.source_record")
    with psycopg.connect(site) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT raw FROM lode.quarantine")


def test_rows_stored_before_follow_the_mapping_of_the_next_import(
    row_store: Store, client: FlaskClient, tmp_path: Path
) -> None:
    address = "/api/sources/own-deposits/records/1?f=json"
    with psycopg.connect(row_store.importer) as connection:
        # as after the upgrade of a store that has rows
        connection.execute("DELETE FROM source_columns")
    assert client.get(address).get_json(force=True)["raw"] == {}
    load(row_store, tmp_path, "ignored: {holder: not mapped, phone: not mapped}\n    public_columns: [region]")
    body = client.get(address).get_json(force=True)
    assert (body["raw"]["region"], body["raw"]["name"], body["closed_columns"]) == ("Gansu", "Deposit", 3)
    load(row_store, tmp_path, CLOSED)
    assert "region" not in client.get(address).get_json(force=True)["raw"]


def test_an_expert_reads_the_whole_row_at_the_desk(row_store: Store, client: FlaskClient) -> None:
    add_accounts(row_store, "contributor", "expert")
    address = "/desk/rows/own-deposits/1"
    assert client.get(address).status_code == 302
    assert signed_in(client.application, "contributor").get(address).status_code == 403
    expert = signed_in(client.application, "expert")
    response = expert.get(address)
    assert response.headers["Cache-Control"] == "private, no-store"
    page = response.get_data(as_text=True)
    assert PHONE in page and NUMBER in page
    assert expert.get("/desk/rows/own-deposits/none").status_code == 404

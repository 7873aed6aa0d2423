"""Imports at the desk: an administrator uploads a table, fixes its mapping, checks it and imports it."""

import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import openpyxl
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.lodeweb.conftest import closed, settings_of
from tests.lodeweb.desk.signing_in import add_accounts, signed_in, token

from lodebase.db.store import Store, write_conninfo
from lodebase.ingest.jobs import requested
from lodedata.mapping.suggestion.placeholders import find_open_values
from lodeweb.app import create_app

STEP = 400_000
"""Bytes of a part; of more the test client makes a temporary file, which it leaves open."""
OPTIONS = requested.RequestOptions(Path("/nowhere"), 10.0, 0.8)
REPLIES = {
    "publisher": "A survey",
    "licence.id": "internal",
    "licence.name": "Internal",
    "citation": "A survey (2026)",
    "version": "2026",
    "as_of": "2026",
    "repeated_keys": "merge",
    "position.crs": "EPSG:4326",
    "crs": "EPSG:4326",
}


@pytest.fixture(scope="module")
def store(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Store]:
    with own_store("desk_imports") as store:
        add_accounts(store, "expert", "administrator")
        yield store


@pytest.fixture(scope="module")
def app(store: Store) -> Iterator[Flask]:
    made = create_app(settings_of(store.addresses))
    yield made
    closed(made)


@pytest.fixture
def administrator(app: Flask) -> FlaskClient:
    return signed_in(app, "administrator")


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Resources"
    sheet.append(["id", "name", "longitude", "latitude", "country", "commodity", "class", "ore (Mt)", "grade (%)"])
    sheet.append(["k1", "Kolwezi", 25.46, -10.71, "COD", "copper", "indicated", 30, 2.5])
    sheet.append(["k1", "Kolwezi", 25.46, -10.71, "COD", "cobalt", "indicated", 30, 0.4])
    sheet.append(["m1", "<script>Mutanda", 25.8, -10.78, "COD", "copper", "inferred", "many", 1.9])
    for number in range(1, 4):
        sheet.append([f"n{number}", f"North {number}", 26 + number, -11, "COD", "copper", "inferred", 10 * number, 1.1])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def uploaded(client: FlaskClient, content: bytes, name: str) -> str:
    """Upload a small file as a page without scripts does, and return the address of its page."""
    form = {"csrf_token": token(client, "/desk/imports"), "file": (io.BytesIO(content), name)}
    response = client.post("/desk/imports", data=form, content_type="multipart/form-data")
    assert response.status_code == 303
    return response.headers["Location"]


def mapping_on(page: str) -> str:
    match = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert match is not None
    return match[1].replace("&#34;", '"').replace("&#39;", "'").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")


def act(client: FlaskClient, path: str, action: str, values: dict[str, str] | None = None) -> str:
    """Send the form of an import with values for its open values, and return the page that follows."""
    text = mapping_on(client.get(path).get_data(as_text=True))
    given = {
        f"value-{placeholder.number}": (values or {})[placeholder.key]
        for placeholder in find_open_values(text)
        if placeholder.key in (values or {})
    }
    form = {"csrf_token": token(client, path), "action": action, "mapping": text, **given}
    return client.post(path, data=form, follow_redirects=True).get_data(as_text=True)


def test_from_a_file_to_records(store: Store, administrator: FlaskClient) -> None:
    path = uploaded(administrator, workbook(), "../Kolwezi 2026.xlsx")
    page = administrator.get(path).get_data(as_text=True)
    assert "<strong>Kolwezi 2026.xlsx</strong>" in page
    assert "&lt;script&gt;Mutanda" in page and "<script>Mutanda" not in page
    assert "<code>publisher</code> who made the table" in page

    page = act(administrator, path, "check")
    assert "enter a value in place of &#34;?&#34; at" in page

    page = act(administrator, path, "preview", REPLIES)
    assert "The first records as they would be stored" in page
    assert "2.5 %" in page and "Cobalt (co-product)" in page
    assert "&#39;many&#39; is not a number" in page

    page = act(administrator, path, "check")
    assert 'data-waits="' in page
    assert requested.run_next(store.importer, OPTIONS)
    page = administrator.get(path).get_data(as_text=True)
    assert "Result of the check; nothing was changed" in page
    assert "6 rows read = 5 loaded + 0 updated + 0 unchanged + 0 out of scope + 1 in quarantine" in page
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        assert connection.execute("SELECT count(*) FROM source WHERE name = 'kolwezi-2026'").fetchone() == (0,)

    act(administrator, path, "import")
    assert requested.run_next(store.importer, OPTIONS)
    page = administrator.get(path, headers={"Accept-Language": "zh"}).get_data(as_text=True)
    assert "导入结果" in page and "已导入" in page
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        assert connection.execute("SELECT count(*) FROM source WHERE name = 'kolwezi-2026'").fetchone() == (1,)
        noted = connection.execute("SELECT detail->>'account' FROM audit WHERE action = 'command import'").fetchall()
    assert noted == [("administrator",)]
    assert not requested.run_next(store.importer, OPTIONS)


def test_the_run_of_an_import_shows_its_rows_and_columns(store: Store, administrator: FlaskClient) -> None:
    path = uploaded(administrator, workbook(), "Runs 2026.xlsx")
    act(administrator, path, "import", REPLIES)
    assert requested.run_next(store.importer, OPTIONS)
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        row = connection.execute("SELECT id FROM import_run WHERE source = 'runs-2026'").fetchone()
    assert row is not None
    listed = administrator.get("/desk/runs").get_data(as_text=True)
    assert f'href="/desk/runs/{row[0]}"' in listed
    assert f'href="/desk/runs/{row[0]}"' not in administrator.get(f"/desk/runs?before={row[0]}").get_data(as_text=True)
    page = administrator.get(f"/desk/runs/{row[0]}").get_data(as_text=True)
    assert "6 rows read = 5 loaded + 0 updated + 0 unchanged + 0 out of scope + 1 in quarantine" in page
    assert "<td>ore (Mt)</td><td>6</td><td>5</td><td>1</td>" in page
    assert "已完成" in administrator.get(f"/desk/runs/{row[0]}", headers={"Accept-Language": "zh"}).get_data(as_text=True)
    missing = administrator.get("/desk/runs/999999")
    assert missing.status_code == 404 and "There is no import 999999." in missing.get_data(as_text=True)


def test_an_expert_sees_no_runs(app: Flask) -> None:
    assert signed_in(app, "expert").get("/desk/runs").status_code == 403


def test_a_large_file_arrives_in_parts(administrator: FlaskClient) -> None:
    content = b"id,name\n" + b"".join(b"%d,mine of some name\n" % i for i in range(60_000))
    csrf = token(administrator, "/desk/imports")
    created = administrator.post(
        "/desk/imports", data={"csrf_token": csrf, "name": "t.csv", "bytes": str(len(content))}
    ).get_json()
    page = administrator.get(created["href"]).get_data(as_text=True)
    assert f"Of the file 0 of {len(content):,} bytes have arrived" in page
    assert created["part"] > STEP
    for position in range(0, len(content), STEP):
        part = io.BytesIO(content[position : position + STEP])
        form = {"csrf_token": csrf, "position": str(position), "part": (part, "part")}
        stored = administrator.post(f"{created['href']}/part", data=form, content_type="multipart/form-data").get_json()
    assert stored == {"bytes": len(content)}
    assert "mine of some name" in administrator.get(created["href"]).get_data(as_text=True)


def test_another_sheet_gets_a_new_suggestion(administrator: FlaskClient) -> None:
    path = uploaded(administrator, b"made,up\nid,name\n1,a\n2,b\n", "t.csv")
    form = {"csrf_token": token(administrator, path), "action": "suggest", "header_row": "2"}
    assert administrator.post(path, data=form).status_code == 303
    assert "header_row: 2" in mapping_on(administrator.get(path).get_data(as_text=True))
    form = {"csrf_token": token(administrator, path), "action": "suggest", "header_row": "two"}
    response = administrator.post(path, data=form)
    assert response.status_code == 400
    assert "header_row must be a whole number, not &#34;two&#34;" in response.get_data(as_text=True)


def test_a_file_that_is_no_table_says_so(administrator: FlaskClient) -> None:
    page = administrator.get(uploaded(administrator, b"%PDF-1.7 \x00\x01", "t.pdf")).get_data(as_text=True)
    assert 'role="alert">t.pdf: ' in page


def test_a_running_import_can_be_neither_changed_nor_deleted(store: Store, administrator: FlaskClient) -> None:
    path = uploaded(administrator, workbook(), "t.xlsx")
    act(administrator, path, "preview", REPLIES)
    act(administrator, path, "check")
    state = administrator.get(f"{path}/state").get_json()
    assert state == {"state": "dry-run", "waits": True}
    csrf = token(administrator, path)
    for address, form in ((path, {"action": "preview", "mapping": "x"}), (f"{path}/delete", {})):
        response = administrator.post(address, data={"csrf_token": csrf, **form})
        assert response.status_code == 400
        assert "This import is running. Wait until it has ended." in response.get_data(as_text=True)
    assert requested.run_next(store.importer, OPTIONS)
    assert administrator.post(f"{path}/delete", data={"csrf_token": csrf}).status_code == 303
    assert administrator.get(path).status_code == 404


def test_only_administrators_import(app: Flask) -> None:
    assert signed_in(app, "expert").get("/desk/imports").status_code == 403
    assert app.test_client().get("/desk/imports").status_code == 302


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(administrator: FlaskClient) -> None:
    form = {"csrf_token": token(administrator, "/desk/imports"), "name": "t.csv", "bytes": str(100 << 20)}
    response = administrator.post("/desk/imports", data=form, headers={"Accept": "application/json"})
    assert response.status_code == 400
    assert "The desk takes 1 byte to 64 MB" in json.dumps(response.get_json() or response.get_data(as_text=True))


def test_rows_that_the_file_lacks_are_confirmed_by_a_box(store: Store, administrator: FlaskClient) -> None:
    path = uploaded(administrator, workbook(), "Fewer 2026.xlsx")
    act(administrator, path, "import", REPLIES)
    assert requested.run_next(store.importer, OPTIONS)
    mapping = mapping_on(administrator.get(path).get_data(as_text=True))
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    book.worksheets[0].delete_rows(5, 3)
    stream = io.BytesIO()
    book.save(stream)
    fewer = uploaded(administrator, stream.getvalue(), "Fewer 2026.xlsx")
    form = {"csrf_token": token(administrator, fewer), "action": "import", "mapping": mapping}
    assert "may_lose_rows" not in administrator.post(fewer, data=form, follow_redirects=True).get_data(as_text=True)
    assert requested.run_next(store.importer, OPTIONS)
    page = administrator.get(fewer).get_data(as_text=True)
    assert "Fewer 2026.xlsx" in page and 'name="may_lose_rows" value="yes"' in page and "failed" in page
    with psycopg.connect(store.importer) as connection:
        lost = "SELECT count(*) FROM source_record WHERE source = 'fewer-2026' AND gone_run IS NOT NULL"
        assert connection.execute(lost).fetchone() == (0,)
        administrator.post(fewer, data=form | {"may_lose_rows": "yes"})
        assert requested.run_next(store.importer, OPTIONS)
        connection.rollback()
        assert connection.execute(lost).fetchone() == (3,)


def test_an_import_is_withdrawn_at_the_desk_after_a_confirmation(store: Store, administrator: FlaskClient) -> None:
    path = uploaded(administrator, workbook(), "Withdrawn 2026.xlsx")
    act(administrator, path, "import", REPLIES)
    assert requested.run_next(store.importer, OPTIONS)
    with psycopg.connect(store.importer) as connection:
        row = connection.execute("SELECT max(id) FROM import_run WHERE source = 'withdrawn-2026'").fetchone()
    assert row is not None
    run = f"/desk/runs/{row[0]}"
    assert "Withdraw this import" in administrator.get(run).get_data(as_text=True)
    form = {"csrf_token": token(administrator, run)}
    refused = administrator.post(f"{run}/withdraw", data=form)
    assert refused.status_code == 400 and "Tick the box" in refused.get_data(as_text=True)
    ordered = administrator.post(f"{run}/withdraw", data=form | {"confirmed": "yes"})
    assert ordered.status_code == 303
    assert "data-waits" in administrator.get(ordered.headers["Location"]).get_data(as_text=True)
    assert requested.run_next(store.importer, OPTIONS)
    page = administrator.get(ordered.headers["Location"]).get_data(as_text=True)
    assert "0 rows are as before the import, 5 are out of scope" in page
    with psycopg.connect(store.importer) as connection:
        assert connection.execute("SELECT count(*) FROM deposit WHERE 'withdrawn-2026' = ANY(sources)").fetchone() == (0,)
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        noted = connection.execute("SELECT detail->>'account' FROM audit WHERE action = 'command withdraw-import'").fetchall()
    assert noted == [("administrator",)]
    page = administrator.get(run).get_data(as_text=True)
    assert "This import is withdrawn" in page and "Tick" not in page and 'name="confirmed"' not in page
    # once more: the page of the order names the reason
    again = administrator.post(f"{run}/withdraw", data=form | {"confirmed": "yes"}).headers["Location"]
    assert requested.run_next(store.importer, OPTIONS)
    assert "was withdrawn by import" in administrator.get(again).get_data(as_text=True)
    assert f"Withdrawal of import {row[0]}" in administrator.get("/desk/imports").get_data(as_text=True)
    assert "Updates" in administrator.get("/updates").get_data(as_text=True)


def test_an_import_that_another_machine_runs_is_left_to_it(store: Store) -> None:
    state = "SELECT state FROM lode.import_request ORDER BY number DESC LIMIT 1"
    with psycopg.connect(store.importer, autocommit=True) as connection:
        desk = psycopg.connect(write_conninfo(store.addresses.owner), autocommit=True)
        desk.execute("INSERT INTO lode.import_request (account, file_name, bytes, state) VALUES ('a', 'own.csv', 1, 'dry-run')")
        desk.close()
        with requested.REQUESTS.take(store.importer) as row:
            assert row is not None and row[1:4] == ("dry-run", "a", "own.csv")
            requested.REQUESTS.put_back_abandoned(store.importer)
            assert connection.execute(state).fetchall() == [("running",)]
        requested.REQUESTS.put_back_abandoned(store.importer)
        assert connection.execute(state).fetchall() == [("draft",)]

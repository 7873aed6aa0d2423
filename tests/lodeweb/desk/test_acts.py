"""Official acts at the desk: an expert enters one with a file and its records; it is published, and can be withdrawn."""

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.lodeweb.conftest import closed, settings_of
from tests.lodeweb.desk.signing_in import add_accounts, signed_in, token

from lodebase.db.store import Store, write_conninfo
from lodebase.ingest.entered import entered_acts
from lodedata.acts import attachments
from lodeweb.app import create_app

PAGE = "/desk/acts"
PDF = b"%PDF-1.7\n" + b"a scanned page\n" * 100
ACT = {
    "act_type": "policy",
    "number": "自然资规〔2026〕1号",
    "title_zh": "关于规范矿业权管理的通知",
    "title_en": "Notice on the management of mining rights",
    "issuer": "自然资源部",
    "status": "in-force",
    "issued_on": "2026-09-09",
    "url": "https://example.org/notice",
    "text": "第一条 <b>目的</b>\n第二条 范围",
}


@pytest.fixture(scope="module")
def store(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Store]:
    with own_store("desk_acts") as store:
        add_accounts(store, "contributor", "expert", "administrator")
        yield store


@pytest.fixture(scope="module")
def app(store: Store) -> Iterator[Flask]:
    made = create_app(settings_of(store.addresses))
    yield made
    closed(made)


@pytest.fixture
def expert(app: Flask) -> FlaskClient:
    return signed_in(app, "expert")


def entered(client: FlaskClient, values: dict[str, str], file: tuple[bytes, str] | None = None) -> tuple[int, str]:
    """Send the form and return the status with the address or the text of the page that follows."""
    form: dict[str, object] = {"csrf_token": token(client, PAGE), **ACT, **values}
    if file is not None:
        form["file"] = (io.BytesIO(file[0]), file[1])
    response = client.post(PAGE, data=form, content_type="multipart/form-data")
    return response.status_code, response.headers.get("Location") or response.get_data(as_text=True)


def published(store: Store, client: FlaskClient, address: str) -> str:
    """Run the background task once and return the address of the act."""
    assert client.get(f"{address}/state").get_json() == {"state": "waiting", "waits": True}
    assert entered_acts.run_next(store.importer, 10.0)
    match = re.search(r'href="/records/([^"?]+)', client.get(address).get_data(as_text=True))
    assert match is not None
    return f"/api/collections/official-acts/items/{match[1]}"


def test_an_act_is_entered_published_found_and_withdrawn(store: Store, app: Flask, expert: FlaskClient) -> None:
    status, address = entered(expert, {}, (PDF, "../Notice 1.exe"))
    assert status == 303
    path = published(store, expert, address)
    reader = app.test_client()
    properties = reader.get(path).get_json()["properties"]
    assert properties["title_zh"] == ACT["title_zh"] and properties["issued_on"] == "2026-09-09"
    assert properties["attachment_sha256"] == hashlib.sha256(PDF).hexdigest()
    page = reader.get(f"{path}?f=html&lang=zh", follow_redirects=True).get_data(as_text=True)
    assert "&lt;b&gt;目的" in page and "<b>目的" not in page
    download = re.search(r'href="(/acts/[^"]+/file)"', page)
    assert download is not None
    response = reader.get(download[1])
    assert response.data == PDF and response.mimetype == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="Notice 1.exe.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    found = reader.get("/api/search?q=规范矿业权管理").get_json()
    assert ACT["title_zh"] in str(found)

    # the same number and title, written otherwise
    status, text = entered(expert, {"number": "自然资规(2026)1号", "title_zh": "《关于规范矿业权管理的通知》", "title_en": ""})
    assert status == 400 and path.rpartition("/")[2] in text and "is already here" in text
    chinese = expert.post(f"{PAGE}?lang=zh", data={"csrf_token": token(expert, PAGE), **ACT}).get_data(as_text=True)
    assert "已有文号与标题相同的公文" in chinese

    withdrawn = expert.post(f"{address}/withdraw", data={"csrf_token": token(expert, address), "reason": "entered by mistake"})
    assert withdrawn.status_code == 303
    assert entered_acts.run_next(store.importer, 10.0)
    assert not entered_acts.run_next(store.importer, 10.0)
    assert reader.get(path).status_code == 404 and reader.get(download[1]).status_code == 404
    assert reader.get(f"{path}?as_of=1").status_code == 200
    assert "entered by mistake" in expert.get(address).get_data(as_text=True)
    again = expert.post(f"{address}/withdraw", data={"csrf_token": token(expert, PAGE), "reason": "again"})
    assert again.status_code == 400
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        stored = connection.execute("SELECT count(*) FROM lode.act_part").fetchone()
        noted = connection.execute(
            "SELECT account, action, detail->>'fields' FROM lode.audit WHERE action LIKE 'act_entry%'"
        ).fetchall()
    assert stored == (0,)
    assert noted[0] == ("expert", "act_entry insert", "***")


def test_an_act_names_its_records_with_a_role(store: Store, app: Flask, expert: FlaskClient) -> None:
    reader = app.test_client()
    first = published(store, expert, entered(expert, {"number": "A-1", "title_zh": "甲"})[1])
    record = f"http://localhost/records/{first.rpartition('/')[2]}?lang=zh"
    issuer = reader.get("/api/collections/organisations/items").get_json()["features"][0]["id"]
    subject = {"record-1": record, "role-1": "withdraws", "record-2": f"/organisations/{issuer}", "role-2": "mentions"}
    second = published(store, expert, entered(expert, {"number": "A-2", "title_zh": "乙", "title_en": "Second", **subject})[1])
    one, other = (f"/records/{path.rpartition('/')[2]}" for path in (first, second))
    assert f'Mentions: <a href="{other}' in reader.get(f"/organisations/{issuer}").get_data(as_text=True)
    assert f'Withdraws: <a href="{one}' in reader.get(other).get_data(as_text=True)
    page = reader.get(f"{one}?lang=zh").get_data(as_text=True)
    assert "关于本记录的公文" in page and f'撤销：<a href="{other}' in page
    linked = reader.get("/api/collections/act-subjects/items?role=withdraws").get_json()["features"]
    assert [feature["properties"]["record"] for feature in linked] == [first.rpartition("/")[2]]
    for wrong, role, sentence in (("nowhere", "grants", "There is no record"), (record, "", "Choose what")):
        status, text = entered(expert, {"number": "A-3", "title_zh": "丙", "record-1": wrong, "role-1": role})
        assert status == 400 and sentence in text


def test_an_entered_act_is_corrected_with_a_reason_and_a_history(store: Store, app: Flask, expert: FlaskClient) -> None:
    first = published(store, expert, entered(expert, {"number": "C-1", "title_zh": "丁"})[1])
    record = {"record-1": first, "role-1": "withdraws", "record-2": first, "role-2": "mentions"}
    address = entered(expert, {"number": "C-2", "title_zh": "戊", **record}, (PDF, "Notice.pdf"))[1]
    path = published(store, expert, address)
    page = expert.get(f"{address}/correct").get_data(as_text=True)
    assert 'value="C-2"' in page and 'type="file"' not in page
    form = {
        "csrf_token": token(expert, PAGE),
        **ACT,
        "number": "C-3",
        "title_zh": "戊",
        "record-1": first,
        "role-1": "discloses",
    }
    for wrong, sentence in (
        ({"reason": ""}, "must have 1 to 500 characters"),
        ({"number": "C-1", "title_zh": "丁", "reason": "as printed"}, "is already here"),
    ):
        refused = expert.post(f"{address}/correct", data=form | wrong)
        assert refused.status_code == 400 and sentence in refused.get_data(as_text=True)
    assert expert.post(f"{address}/correct", data=form | {"reason": "the number as printed"}).status_code == 303
    assert published(store, expert, address) == path
    reader = app.test_client()
    properties = reader.get(path).get_json()["properties"]
    assert (properties["number"], properties["attachment_sha256"]) == ("C-3", hashlib.sha256(PDF).hexdigest())
    assert reader.get(f"{path}?as_of={_version(reader) - 2}").get_json()["properties"]["number"] == "C-2"
    linked = reader.get("/api/collections/act-subjects/items").get_json()["features"]
    assert [feature["properties"]["role"] for feature in linked if feature["properties"]["act"] in ("C-2", "C-3")] == [
        "discloses"
    ]
    history = expert.get(address, query_string={"lang": "zh"}).get_data(as_text=True)
    assert "the number as printed" in history and "<del>C-2</del> → <ins>C-3</ins>" in history
    assert expert.post(f"{address}/correct", data=form | {"reason": "again"}).status_code == 400, "nothing is changed"


def _version(client: FlaskClient) -> int:
    return int(client.get("/api/collections/official-acts/items?limit=1").headers["Lode-Dataset-Version"])


def test_what_is_wrong_is_said_before_anything_is_stored(store: Store, expert: FlaskClient) -> None:
    status, text = entered(expert, {"issued_on": "yesterday", "issuer_uscc": "123", "number": "B-1"})
    assert status == 400
    assert "Issued on: &#39;yesterday&#39; is not a date" in text and "a unified social credit code has 18" in text
    assert 'value="B-1"' in text
    assert "Enter a title" in entered(expert, {"title_zh": "", "title_en": ""})[1]
    assert "begins with https://" in entered(expert, {"number": "B-2", "url": "javascript:alert(1)"})[1]
    assert "before it begins on 2026-09-09" in entered(expert, {"number": "B-3", "expires_on": "2026-01"})[1]
    page = entered(expert, {"number": "B-4"}, (b"MZ\x90\x00\x03", "notice.pdf"))[1]
    assert "is not one of PDF, PNG, JPEG, DOCX, XLSX, TXT" in page
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        assert connection.execute("SELECT count(*) FROM lode.act_entry WHERE fields ->> 'number' LIKE 'B-%'").fetchone() == (0,)


def test_a_file_arrives_in_parts_and_is_judged_by_its_content(store: Store, app: Flask, expert: FlaskClient) -> None:
    content = b"%PDF-1.7\n" + bytes(range(256)) * 3_000
    csrf = token(expert, PAGE)
    accept = {"Accept": "application/json"}
    form = {"csrf_token": csrf, **ACT, "number": "C-1", "name": "c.pdf", "bytes": str(len(content))}
    made = expert.post(PAGE, data=form, headers=accept).get_json()
    assert not entered_acts.run_next(store.importer, 10.0)
    for position in range(0, len(content), 400_000):
        part = {
            "csrf_token": csrf,
            "position": str(position),
            "part": (io.BytesIO(content[position : position + 400_000]), "part"),
        }
        stored = expert.post(f"{made['href']}/part", data=part, content_type="multipart/form-data", headers=accept)
    assert stored.get_json() == {"bytes": len(content)}
    path = published(store, expert, made["href"])
    assert app.test_client().get(f"/acts/{path.rpartition('/')[2]}/file").data == content

    too_large = expert.post(PAGE, data={**form, "number": "C-2", "bytes": str(attachments.MAX_FILE_BYTES + 1)}, headers=accept)
    assert too_large.status_code == 400 and "1 byte to 16 MB" in too_large.get_json()["detail"]
    made = expert.post(PAGE, data={**form, "number": "C-3", "bytes": "4"}, headers=accept).get_json()
    part = {"csrf_token": csrf, "position": "0", "part": (io.BytesIO(b"MZ\x00\x01"), "part")}
    wrong = expert.post(f"{made['href']}/part", data=part, content_type="multipart/form-data", headers=accept)
    assert wrong.status_code == 400 and "Save it as one of them" in wrong.get_json()["detail"]


def test_a_file_that_was_changed_is_neither_published_nor_sent(store: Store, app: Flask, expert: FlaskClient) -> None:
    address = entered(expert, {"number": "D-1", "title_zh": "丁"}, (PDF, "d.pdf"))[1]
    number = int(address.rpartition("/")[2])
    change = "UPDATE lode.act_part SET content = 'other' WHERE entry = %s"
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        connection.execute(change, (number,))
    assert entered_acts.run_next(store.importer, 10.0)
    assert "The file of the act changed after it was entered" in expert.get(address).get_data(as_text=True)
    address = entered(expert, {"number": "D-2", "title_zh": "戊"}, (PDF, "e.pdf"))[1]
    path = published(store, expert, address)
    with psycopg.connect(write_conninfo(store.addresses.owner)) as connection:
        connection.execute(change, (int(address.rpartition("/")[2]),))
    assert app.test_client().get(f"/acts/{path.rpartition('/')[2]}/file").status_code == 404


def test_the_site_may_neither_change_a_file_nor_write_an_act(store: Store) -> None:
    refused = (
        "UPDATE lode.act_part SET content = 'x'",
        "DELETE FROM lode.act_entry",
        "UPDATE lode.act_entry SET record_id = 'x'",
        "UPDATE lode.act_entry SET fields = '{}'",
        "DELETE FROM lode.official_act",
    )
    for address in (store.addresses.site, store.addresses.desk):
        for statement in refused:
            with psycopg.connect(write_conninfo(address)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_a_second_person_publishes_an_act_or_sends_it_back(store: Store) -> None:
    reviewed = create_app(settings_of(store.addresses, LODE_REVIEW_IMPORTS=True))
    author, other = signed_in(reviewed, "expert"), signed_in(reviewed, "administrator")
    address = entered(author, {"number": "R-1"}, (PDF, "notice.pdf"))[1]

    def review(client: FlaskClient, **values: str) -> int:
        return client.post(f"{address}/review", data={"csrf_token": token(client, PAGE), **values}).status_code

    assert not entered_acts.run_next(store.importer, 10)
    page = author.get(address).get_data(as_text=True)
    assert "waits for a second person" in page and 'value="publish"' not in page
    assert 'value="publish"' in other.get(address).get_data(as_text=True)
    assert review(author, action="publish") == 400
    assert review(other, action="send-back") == 400
    assert review(other, action="send-back", note="which number?") == 303
    assert "which number?" in author.get(address).get_data(as_text=True)
    correction = {**ACT, "number": "R-2", "reason": "as printed", "csrf_token": token(author, f"{address}/correct")}
    assert author.post(f"{address}/correct", data=correction).status_code == 303
    assert not entered_acts.run_next(store.importer, 10)
    assert review(other, action="publish") == 303
    assert entered_acts.run_next(store.importer, 10)
    assert other.get(f"{address}/state").get_json()["state"] == "served"
    record = re.search(r'href="(/records/[^"?]+)', author.get(address).get_data(as_text=True))
    assert record is not None and "R-2" in author.get(record[1], headers={"Accept": "text/html"}).get_data(as_text=True)
    # a correction under review leaves the published act and its file
    again = {**ACT, "number": "R-3", "reason": "as printed", "csrf_token": token(author, f"{address}/correct")}
    assert author.post(f"{address}/correct", data=again).status_code == 303
    public = reviewed.test_client().get(record[1], headers={"Accept": "text/html"}).get_data(as_text=True)
    assert "R-2" in public and "R-3" not in public
    file = re.search(r'href="(/acts/[^"]+)"', public)
    assert file is not None and reviewed.test_client().get(file[1]).data == PDF
    closed(reviewed)


def test_only_experts_enter_acts(app: Flask) -> None:
    assert signed_in(app, "contributor").get(PAGE).status_code == 403
    assert app.test_client().get(PAGE).status_code == 302

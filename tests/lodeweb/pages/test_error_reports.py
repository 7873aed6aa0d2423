"""Anybody reports an error: it gets a number, a state, a reply and a deadline; nothing is reported of who sent it."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.lodeweb.conftest import closed, load, settings_of, table
from werkzeug.test import TestResponse

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.desk.identity import accounts
from lodebase.desk.identity.passwords import Passwords
from lodebase.desk.writing import open_write_transaction
from lodeweb.app import create_app

PASSWORD = "long enough to keep"
WRONG = "The position is 40 km off; <b>see</b> the annual report of 2023, page 12."


@pytest.fixture(scope="module")
def report_store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store with the rows of the site's tests and an expert."""
    with own_store("reports") as store:
        load(store, table(), Path(tmp_path_factory.mktemp("rows")))
        engine = engines.create_checked_engine(store.addresses.owner, "tests", pool_size=1)
        with open_write_transaction(engine) as connection:
            accounts.add(connection, "expert", "expert", Passwords().hash(PASSWORD))
        engine.dispose()
        yield store


@pytest.fixture(scope="module")
def app(report_store: Store) -> Iterator[Flask]:
    desk = report_store.addresses.desk.render_as_string(hide_password=False)
    made = create_app(settings_of(report_store.addresses, LODE_DESK_DATABASE_URL=desk, LODE_TRUSTED_PROXIES=1))
    yield made
    closed(made)


@pytest.fixture
def record(report_store: Store) -> str:
    engine = engines.create_checked_engine(report_store.addresses.owner, "tests", pool_size=1)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM report_try"))
        found = connection.scalar(text("SELECT id FROM deposit WHERE name_en = 'Field 1'"))
    engine.dispose()
    return str(found)


def send(
    client: FlaskClient, record: str, terms: str = WRONG, headers: Mapping[str, str] | None = None, **more: str
) -> TestResponse:
    return client.post("/reports", data={"record": record, "text": terms, **more}, headers=headers)


def token(client: FlaskClient, path: str) -> str:
    match = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert match is not None
    return match[1]


def sign_in(client: FlaskClient) -> FlaskClient:
    form = {"name": "expert", "password": PASSWORD, "csrf_token": token(client, "/desk/sign-in")}
    assert client.post("/desk/sign-in", data=form).status_code == 303
    return client


def test_the_page_of_a_record_has_the_form_and_no_cookie(client: FlaskClient, record: str) -> None:
    response = client.get(f"/records/{record}")
    assert '<form action="/reports" method="post"' in response.get_data(as_text=True) and "Set-Cookie" not in response.headers


def test_a_report_is_answered_and_seen_by_all(app: Flask, client: FlaskClient, record: str) -> None:
    sent = send(client, record)
    assert sent.status_code == 303 and "Set-Cookie" not in sent.headers
    path = sent.location.partition("?")[0]
    page = client.get(f"{path}?f=html&lang=en").get_data(as_text=True)
    assert "Field 1" in page and "open" in page and "due by" in page
    assert "40 km off" not in page, "no text before somebody has looked at it"
    desk = sign_in(app.test_client())
    assert "40 km off" in desk.get("/desk/reports").get_data(as_text=True)
    form = {"csrf_token": token(desk, f"/desk{path}"), "state": "corrected", "reply": "Moved to where the report has it."}
    assert desk.post(f"/desk{path}", data={**form, "reply": ""}).status_code == 400, "an end wants a reason"
    assert desk.post(f"/desk{path}", data={**form, "shows_text": "on"}).status_code == 303
    page = client.get(f"{path}?f=html&lang=zh").get_data(as_text=True)
    assert "已更正" in page and "Moved to where" in page and "&lt;b&gt;see&lt;/b&gt;" in page and "expert" not in page
    body = client.get(f"{path}?f=json").get_json()
    assert set(body) == {"number", "at", "collection", "record_id", "record_name", "text", "state", "answer", "answered_at"}


def test_the_list_counts_what_it_shows(client: FlaskClient, record: str) -> None:
    before = client.get("/reports?state=open&f=json").get_json()["numberMatched"]
    send(client, record)
    body = client.get("/reports?state=open&f=json").get_json()
    assert body["numberMatched"] == before + 1 == len(body["reports"])
    assert client.get("/reports?state=odd").status_code == 400
    assert "Field 1" in client.get("/reports", headers={"Accept": "text/html"}).get_data(as_text=True)


@pytest.mark.parametrize(
    ("terms", "more", "status"),
    [
        ("short", {}, 400),
        ("x" * 4001, {}, 400),
        (WRONG, {"website": "https://spam.example"}, 403),
        (WRONG, {"record": "there is none"}, 400),
        (WRONG, {"record": ""}, 400),
        (WRONG, {"record": "x" * 10_000}, 400),
        ("NUL \0 is no text of a report", {}, 400),
    ],
)
def test_what_is_no_report_is_refused(client: FlaskClient, record: str, terms: str, more: dict[str, str], status: int) -> None:
    response = client.post("/reports", data={"record": record, "text": terms, **more})
    assert response.status_code == status and response.mimetype == "text/html"


def test_a_form_on_another_site_is_refused(client: FlaskClient, record: str) -> None:
    evil = {"Origin": "https://evil.example"}
    for lang, reported in (("en", "A page of another site"), ("zh", "其他网站")):
        response = send(client, record, headers={**evil, "Accept-Language": lang})
        assert response.status_code == 403 and reported in response.text
    assert send(client, record, headers={"Origin": "http://localhost"}).status_code == 303


def test_a_form_of_a_sandboxed_page_is_refused(client: FlaskClient, record: str) -> None:
    assert send(client, record, headers={"Origin": "null"}).status_code == 403


def test_a_subscriber_with_many_ipv6_networks_sends_ten_reports_a_day(client: FlaskClient, record: str) -> None:
    statuses = [send(client, record, headers={"X-Forwarded-For": f"2001:db8:77:{n:x}::1"}).status_code for n in range(12)]
    assert statuses == [303] * 10 + [429] * 2


def test_the_eleventh_report_of_a_client_in_a_day_has_to_wait(client: FlaskClient, record: str, report_store: Store) -> None:
    elsewhere = {"X-Forwarded-For": "203.0.113.9"}
    for _ in range(10):
        assert send(client, record, headers=elsewhere).status_code == 303
    for _ in range(3):
        response = send(client, record, headers=elsewhere)
        assert response.status_code == 429 and "Retry-After" in response.headers
    # so that one client can't use up the number of all
    engine = engines.create_checked_engine(report_store.addresses.owner, "tests", pool_size=1)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM report_try")) == 10
    engine.dispose()
    assert send(client, record, headers={"X-Forwarded-For": "203.0.113.10"}).status_code == 303


@pytest.mark.parametrize("number", ["1", "999999999", str(2**70)])
def test_a_report_that_is_not_there_is_reported(app: Flask, client: FlaskClient, number: str) -> None:
    assert client.get(f"/reports/{number}").status_code == 404
    assert sign_in(app.test_client()).get(f"/desk/reports/{number}").status_code == 404


def test_nothing_is_stored_of_who_sent_it(report_store: Store, client: FlaskClient, record: str) -> None:
    send(client, record, headers={"X-Forwarded-For": "203.0.113.77", "User-Agent": "Somebody's"})
    engine = engines.create_checked_engine(report_store.addresses.owner, "tests", pool_size=1)
    with engine.connect() as connection:
        rows = " ".join(connection.scalars(text("SELECT r::text FROM report r UNION ALL SELECT t::text FROM report_try t")))
        assert "203.0.113" not in rows and "Somebody" not in rows
    engine.dispose()


def test_readers_see_the_public_part_alone_and_the_desk_changes_nothing(report_store: Store) -> None:
    for address, statements in (
        (report_store.addresses.site, ("SELECT * FROM report", "SELECT * FROM report_step", "SELECT * FROM report_try")),
        (report_store.addresses.desk, ("UPDATE report SET text = ''", "DELETE FROM report_step", "DELETE FROM report_try")),
    ):
        engine = engines.create_checked_engine(address, "tests", pool_size=1)
        for statement in statements:
            with engine.connect() as connection, pytest.raises(DBAPIError, match="permission denied"):
                connection.execute(text(statement))
        engine.dispose()

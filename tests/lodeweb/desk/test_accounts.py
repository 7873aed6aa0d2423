"""Accounts in the browser: the second factor comes first, and sessions end on the server."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from tests.lodeweb.conftest import closed, settings_of
from werkzeug.test import TestResponse

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.desk.identity import accounts, second_factor
from lodebase.desk.identity.passwords import Passwords
from lodebase.desk.writing import open_write_transaction
from lodeweb.app import create_app

PASSWORD = "long enough to keep"
PEOPLE = {"kai": "contributor", "expert": "expert", "chief": "administrator"}


@pytest.fixture(scope="module")
def account_store(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Store]:
    with own_store("accounts_web") as store:
        yield store


@pytest.fixture(scope="module")
def owner(account_store: Store) -> Iterator[Engine]:
    made = engines.create_checked_engine(account_store.addresses.owner, "tests", pool_size=1)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def app_with(account_store: Store) -> Iterator[Callable[..., Flask]]:
    """Makes the application with more settings, once for each."""
    made: dict[str, Flask] = {}
    desk = account_store.addresses.desk.render_as_string(hide_password=False)

    def make(**more: str) -> Flask:
        key = repr(more)
        if key not in made:
            made[key] = create_app(settings_of(account_store.addresses, LODE_DESK_DATABASE_URL=desk, **more))
        return made[key]

    yield make
    for app in made.values():
        closed(app)


@pytest.fixture
def client(app_with: Callable[..., Flask], owner: Engine) -> FlaskClient:
    """A visitor of a site with the product's own setting, whose accounts have no second factor and no session yet."""
    passwords = Passwords()
    with open_write_transaction(owner) as connection:
        connection.execute(text("DELETE FROM sign_in"))
        connection.execute(text("DELETE FROM account"))
        for name, role in PEOPLE.items():
            accounts.add(connection, name, role, passwords.hash(PASSWORD))
    return app_with(LODE_TOTP="required").test_client()


def token(page: TestResponse) -> str:
    match = re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))
    assert match is not None, page.get_data(as_text=True)
    return match[1]


def enter(client: FlaskClient, name: str = "expert", onward: str = "/desk") -> TestResponse:
    form = {"name": name, "password": PASSWORD, "next": onward, "csrf_token": token(client.get("/desk/sign-in"))}
    return client.post("/desk/sign-in", data=form)


def key_on(page: TestResponse) -> str:
    """The key that a page offers as text."""
    match = re.search(r'class="key">([A-Z2-7 ]+)<', page.get_data(as_text=True))
    assert match is not None
    return match[1].replace(" ", "")


def set_up(client: FlaskClient, name: str = "expert") -> tuple[str, list[str]]:
    """Sign in for the first time and set the second factor up; the key and the recovery codes."""
    assert enter(client, name).status_code == 303
    page = client.get("/desk/second-factor?next=/desk")
    key = key_on(page)
    # the code of the step before, so that those of this step and the next one are not used yet
    form = {"code": second_factor.compute_totp_code(key, time.time() - 30), "csrf_token": token(page)}
    done = client.post("/desk/second-factor", data=form)
    assert done.status_code == 200
    return key, re.findall(r"<li><code>([a-z2-7-]{19})</code>", done.get_data(as_text=True))


def give(client: FlaskClient, code: str, onward: str = "/desk") -> TestResponse:
    page = client.get(f"/desk/sign-in/code?next={onward}")
    return client.post("/desk/sign-in/code", data={"code": code, "next": onward, "csrf_token": token(page)})


@pytest.mark.parametrize("name", ["expert", "chief"])
def test_who_may_change_data_sets_a_second_factor_up_before_anything_else(client: FlaskClient, name: str) -> None:
    assert enter(client, name, "/desk/reports").location == "/desk/reports"
    for path in ("/desk", "/desk/reports", "/desk/next", "/desk/account", "/desk/audit", "/desk/audit.jsonl", "/desk/people"):
        assert client.get(path).location == f"/desk/second-factor?next={quote(path, safe='')}"
    page = client.get("/desk/second-factor")
    refused = client.post("/desk/pair", data={"verdict": "same", "csrf_token": token(page)})
    assert refused.status_code == 403 and "second factor" in refused.get_data(as_text=True)
    assert (
        "<svg" in page.get_data(as_text=True)
        and "style=" not in page.get_data(as_text=True).split("<svg")[1].split("</svg>")[0]
    )
    assert key_on(client.get("/desk/second-factor")) == key_on(page), "loaded anew it offers the same key"


def test_a_contributor_needs_none_and_may_set_one_up(client: FlaskClient) -> None:
    assert enter(client, "kai").status_code == 303
    assert client.get("/desk").status_code == 200
    assert "/desk/second-factor" in client.get("/desk/account").get_data(as_text=True)
    key = key_on(client.get("/desk/second-factor"))
    form = {"code": second_factor.compute_totp_code(key, time.time()), "csrf_token": token(client.get("/desk/second-factor"))}
    assert client.post("/desk/second-factor", data=form).status_code == 200
    assert client.get("/desk").status_code == 200
    again = client.application.test_client()
    enter(again, "kai")
    assert again.get("/desk").location.startswith("/desk/sign-in/code?next=")


def test_with_a_second_factor_the_password_alone_opens_nothing(client: FlaskClient) -> None:
    key, codes = set_up(client)
    assert len(codes) == 10 and client.get("/desk").status_code == 200
    other = client.application.test_client()
    enter(other, "expert", "/desk/reports")
    assert other.get("/desk/reports").location == "/desk/sign-in/code?next=%2Fdesk%2Freports"
    assert other.get("/desk/second-factor").status_code == 302, "and nobody sets up another key by the password"
    wrong = give(other, "000000")
    assert wrong.status_code == 403 and "The code is wrong" in wrong.get_data(as_text=True)
    assert other.get("/desk").status_code == 302
    before = other.get_cookie("lode-desk", path="/desk")
    code = second_factor.compute_totp_code(key, time.time())
    assert give(other, code, "/desk/reports").location == "/desk/reports"
    assert other.get("/desk/reports").status_code == 200
    assert before is not None
    # what somebody copied before the code was given opens nothing
    other.set_cookie("lode-desk", before.value, path="/desk")
    assert other.get("/desk").location.startswith("/desk/sign-in?")
    third = client.application.test_client()
    enter(third)
    assert give(third, code).status_code == 403, "a code is taken once"
    assert give(third, codes[0]).status_code == 303
    assert third.get("/desk").status_code == 200


def test_codes_are_throttled(client: FlaskClient) -> None:
    set_up(client)
    other = client.application.test_client()
    enter(other)
    # the one that set it up counts, of the same client
    for _ in range(5):
        assert give(other, "000000").status_code == 403
    response = give(other, "000000")
    assert response.status_code == 429 and response.headers["Retry-After"] == "900"


def test_the_setting_leaves_it_to_everybody_or_off(client: FlaskClient, app_with: Callable[..., Flask]) -> None:
    set_up(client)
    optional, off = (app_with(LODE_TOTP=mode).test_client() for mode in ("optional", "off"))
    enter(optional, "chief")
    assert optional.get("/desk").status_code == 200
    enter(optional)
    assert optional.get("/desk").location.startswith("/desk/sign-in/code")
    enter(off)
    assert off.get("/desk").status_code == 200


def test_signing_out_ends_the_session_on_the_server(client: FlaskClient) -> None:
    enter(client, "kai")
    cookie = client.get_cookie("lode-desk", path="/desk")
    assert cookie is not None and client.get("/desk").status_code == 200
    client.post("/desk/sign-out", data={"csrf_token": token(client.get("/desk"))})
    client.set_cookie("lode-desk", cookie.value, path="/desk")
    assert client.get("/desk").location.startswith("/desk/sign-in?"), "a copy of the cookie lives on"


def test_own_sessions_are_listed_and_ended_one_by_one_and_all_but_this(client: FlaskClient) -> None:
    enter(client, "kai")
    others = [client.application.test_client() for _ in range(3)]
    for other in others:
        enter(other, "kai")
    page = client.get("/desk/account")
    numbers = re.findall(r"/desk/account/sessions/(\d+)/end", page.get_data(as_text=True))
    assert len(numbers) == 3 and "this session" in page.get_data(as_text=True)
    form = {"csrf_token": token(page)}
    assert client.post(f"/desk/account/sessions/{numbers[0]}/end", data=form).status_code == 303
    assert sorted(other.get("/desk").status_code for other in others) == [200, 200, 302]
    assert client.post(f"/desk/account/sessions/{numbers[0]}/end", data=form).status_code == 404
    assert client.post("/desk/account/sessions/end-others", data=form).status_code == 303
    assert [other.get("/desk").status_code for other in others] == [302, 302, 302]
    assert client.get("/desk").status_code == 200


def test_nobody_ends_anothers_session_but_an_administrator(client: FlaskClient) -> None:
    chief = client.application.test_client()
    set_up(chief, "chief")
    enter(client, "kai")
    page = chief.get("/desk/people")
    (number,) = re.findall(r">kai</td>.*?\n.*?/desk/people/sessions/(\d+)/end", page.get_data(as_text=True))
    other = client.application.test_client()
    set_up(other)
    form = {"csrf_token": token(other.get("/desk"))}
    assert other.post(f"/desk/account/sessions/{number}/end", data=form).status_code == 404
    assert other.post(f"/desk/people/sessions/{number}/end", data=form).status_code == 403
    assert client.get("/desk").status_code == 200
    assert chief.post(f"/desk/people/sessions/{number}/end", data={"csrf_token": token(page)}).status_code == 303
    assert client.get("/desk").status_code == 302


def test_an_administrator_takes_a_lost_second_factor_away_and_it_is_in_the_trail(client: FlaskClient) -> None:
    set_up(client)
    chief = client.application.test_client()
    set_up(chief, "chief")
    page = chief.get("/desk/people")
    assert chief.post("/desk/people/expert/reset-totp", data={"csrf_token": token(page)}).status_code == 303
    assert chief.post("/desk/people/expert/reset-totp", data={"csrf_token": token(page)}).status_code == 404
    assert client.get("/desk").location.startswith("/desk/sign-in?")
    set_up(client)
    lines = [json.loads(line) for line in chief.get("/desk/audit.jsonl").get_data(as_text=True).splitlines()]
    reported = [(row["account"], row["action"], row["subject"]) for row in lines]
    assert ("chief", "second_factor delete", "expert") in reported and ("expert", "second_factor insert", "expert") in reported
    assert chief.get("/desk/audit.jsonl?since=2999-01-01").get_data() == b""
    assert chief.get("/desk/audit.jsonl?since=yesterday").status_code == 400
    assert client.get("/desk/audit.jsonl").status_code == 403


def test_new_recovery_codes_and_another_phone_want_a_code(client: FlaskClient) -> None:
    key, codes = set_up(client)
    form = {"csrf_token": token(client.get("/desk/account"))}
    for path in ("/desk/second-factor/recovery-codes", "/desk/second-factor/remove"):
        assert client.post(path, data={**form, "code": "000000"}).status_code == 403
    renewed = client.post("/desk/second-factor/recovery-codes", data={**form, "code": codes[0]}).get_data(as_text=True)
    assert codes[1] not in renewed and len(re.findall(r"<li><code>", renewed)) == 10
    code = second_factor.compute_totp_code(key, time.time())
    assert client.post("/desk/second-factor/remove", data={**form, "code": code}).status_code == 303
    assert client.get("/desk").location.startswith("/desk/sign-in?")


def test_behind_tls_the_cookie_is_for_tls_only(client: FlaskClient, app_with: Callable[..., Flask]) -> None:
    assert "Secure" not in client.get("/desk/sign-in").headers["Set-Cookie"]
    # a proxy that ends TLS and is not trusted with headers: the site's own address says it
    behind = app_with(LODE_URL="https://lode.example").test_client()
    cookie = behind.get("/desk/sign-in", headers={"Host": "lode.example"}).headers["Set-Cookie"]
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/desk"):
        assert part in cookie

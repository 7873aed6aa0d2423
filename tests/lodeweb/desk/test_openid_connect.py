"""Signing in by an OpenID Connect provider, a real one on loopback: who is let in, and every response that lets nobody in."""

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from tests.lodeweb.conftest import closed, settings_of
from tests.lodeweb.identity_provider import CLIENT, SECRET, IdentityProvider, running
from werkzeug.test import TestResponse

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.desk.identity import accounts, provider, sign_in
from lodebase.desk.identity.passwords import Passwords
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery, BadSetting
from lodeweb.app import create_app
from lodeweb.desk.identity import openid_connect as provider_pages

PASSWORD = "long enough to keep"
KNOWN = "li.ming@example.org"


@pytest.fixture(scope="module")
def identity() -> Iterator[IdentityProvider]:
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def desk(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Store]:
    """A store with an expert whom the provider knows, and one with a password."""
    with own_store("provider") as store:
        yield store


@pytest.fixture
def owner(desk: Store, identity: IdentityProvider) -> Iterator[Engine]:
    """The owner of accounts; each test begins with the same two, no tries, and a provider that responds correctly."""
    identity.right()
    made = engines.create_checked_engine(desk.addresses.owner, "tests", pool_size=1)
    with open_write_transaction(made) as connection:
        connection.execute(text("DELETE FROM account"))
        connection.execute(text("DELETE FROM sign_in"))
        accounts.add(connection, "li.ming", "expert", None, "Li.Ming@example.org")
        accounts.add(connection, "keeper", "administrator", Passwords().hash(PASSWORD))
    yield made
    made.dispose()


@pytest.fixture
def site(desk: Store, identity: IdentityProvider, owner: Engine) -> Iterator[Callable[..., FlaskClient]]:
    """Makes a visitor of a site that takes people from the provider, with further settings."""
    apps: list[Flask] = []

    def made(**more: Any) -> FlaskClient:
        named = {
            "LODE_OIDC_ISSUER": identity.issuer,
            "LODE_OIDC_CLIENT_ID": CLIENT,
            "LODE_OIDC_CLIENT_SECRET": SECRET,
            "LODE_DESK_DATABASE_URL": desk.addresses.desk.render_as_string(hide_password=False),
        }
        apps.append(create_app(settings_of(desk.addresses, **{**named, **more})))
        return apps[-1].test_client()

    yield made
    for app in apps:
        closed(app)


@pytest.fixture
def client(site: Callable[..., FlaskClient]) -> FlaskClient:
    return site()


def away(client: FlaskClient, onward: str = "") -> str:
    """The address at this site that the provider sends the browser back to."""
    begun = client.get("/desk/sign-in/provider", query_string={"next": onward} if onward else {})
    assert begun.status_code == 302, begun.get_data(as_text=True)
    response = requests.get(begun.location, allow_redirects=False, timeout=10)
    assert response.status_code == 302, response.text
    parts = urlsplit(response.headers["Location"])
    assert (parts.netloc, parts.path) == ("localhost", "/desk/sign-in/provider/back")
    return f"{parts.path}?{parts.query}"


def enter(client: FlaskClient, onward: str = "") -> TestResponse:
    return client.get(away(client, onward))


def shut(client: FlaskClient) -> bool:
    """Whether nobody is signed in."""
    return client.get("/desk").status_code == 302


def said(response: TestResponse) -> str:
    """The sentence of a page that refuses."""
    match = re.search(r'role="alert">([^<]*)<', response.get_data(as_text=True))
    assert match is not None
    return match[1].replace("&#39;", "'")


def test_somebody_whom_the_provider_knows_is_let_in_as_the_account_that_names_them(client: FlaskClient, owner: Engine) -> None:
    response = enter(client, "/desk/reports")
    assert (response.status_code, response.location) == (303, "/desk/reports")
    page = client.get("/desk?lang=en").get_data(as_text=True)
    assert "li.ming (expert)" in page
    with owner.connect() as connection:
        trail = "SELECT account, action FROM audit ORDER BY id DESC LIMIT 1"
        assert tuple(connection.execute(text(trail)).one()) == ("li.ming", "sign_in insert")


def test_the_browser_is_sent_with_state_nonce_and_a_challenge_and_never_the_secret(client: FlaskClient) -> None:
    first, second = (parse_qs(urlsplit(client.get("/desk/sign-in/provider").location).query) for _ in range(2))
    assert (first["client_id"], first["response_type"], first["code_challenge_method"]) == ([CLIENT], ["code"], ["S256"])
    assert first["redirect_uri"] == ["http://localhost/desk/sign-in/provider/back"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43 and first[name] != second[name]
    assert not any(SECRET in value for values in first.values() for value in values)


def test_the_session_is_the_same_as_with_a_password(client: FlaskClient, owner: Engine) -> None:
    cookie = enter(client).headers["Set-Cookie"]
    for part in ("lode-desk=", "HttpOnly", "SameSite=Lax", "Path=/desk", "Expires="):
        assert part in cookie
    match = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/desk").get_data(as_text=True))
    assert match is not None
    assert client.post("/desk/sign-out").status_code == 400, "without the form's token"
    assert client.post("/desk/sign-out", data={"csrf_token": match[1]}).status_code == 303
    assert shut(client)
    enter(client)
    assert not shut(client)
    with open_write_transaction(owner) as connection:
        accounts.change(connection, "li.ming", disabled=True)
    assert shut(client)
    response = enter(client)
    assert response.status_code == 403 and shut(client)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "another nonce": ({"nonce": "another"}, "it belongs to another sign-in"),
    "no nonce": ({"nonce": None}, "it belongs to another sign-in"),
    "for another site": ({"aud": "another"}, "meant for another site"),
    "for another site, by this one's name": ({"aud": "another", "azp": CLIENT}, "meant for another site"),
    "for both, by another's name": ({"aud": [CLIENT, "another"], "azp": "another"}, "meant for another site"),
    "for nobody": ({"aud": None}, "meant for another site"),
    "by another provider": ({"iss": "https://evil.example"}, "of another provider"),
    "over since ten minutes": ({"exp": int(time.time()) - 600}, "it has expired"),
    "without an end": ({"exp": None}, "it has expired"),
    "nobody's": ({"sub": None}, "it does not follow the protocol"),
    "from days to come": ({"iat": int(time.time()) + 86_400}, "it does not follow the protocol"),
    "of another access": ({"at_hash": "another"}, "it does not follow the protocol"),
}


@pytest.mark.parametrize(("claims", "why"), WRONG.values(), ids=WRONG.keys())
def test_a_token_with_a_wrong_claim_lets_nobody_in(
    client: FlaskClient, identity: IdentityProvider, claims: dict[str, Any], why: str
) -> None:
    identity.claims = claims
    response = enter(client)
    assert response.status_code == 400 and why in said(response)
    assert shut(client)


@pytest.mark.parametrize("name", ["first", "foreign"])
def test_a_token_that_another_key_signed_lets_nobody_in(client: FlaskClient, identity: IdentityProvider, name: str) -> None:
    identity.key = RSAKey.generate_key(2048, {"kid": name})
    response = enter(client)
    assert response.status_code == 400 and "none of the provider's keys signed it" in said(response)
    assert shut(client)


def test_a_token_can_not_choose_to_be_unsigned_or_signed_with_what_everybody_knows(
    client: FlaskClient, identity: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = identity.token
    unsigned = "eyJhbGciOiJub25lIn0"

    def bare(nonce: str) -> str:
        return f"{unsigned}.{whole(nonce).split('.')[1]}."

    monkeypatch.setattr(identity, "token", bare)
    response = enter(client)
    assert response.status_code == 400 and "none of the provider's keys signed it" in said(response)


def test_new_keys_of_the_provider_are_requested_when_a_token_names_one(client: FlaskClient, identity: IdentityProvider) -> None:
    assert enter(client).status_code == 303
    identity.keys.append(RSAKey.generate_key(2048, {"kid": f"key {len(identity.keys)}"}))
    identity.requested.clear()
    assert enter(client).status_code == 303
    assert identity.requested.count("/keys") == 1
    assert enter(client).status_code == 303
    assert identity.requested.count("/keys") == 1, "what is known is not requested again"


def test_a_response_opens_once_and_only_for_the_browser_that_began(
    client: FlaskClient, site: Callable[..., FlaskClient]
) -> None:
    back = away(client)
    stranger = client.application.test_client()
    response = stranger.get(back)
    assert response.status_code == 400 and "began in another browser" in said(response) and shut(stranger)
    assert client.get(back).status_code == 303
    again = client.get(back)
    assert again.status_code == 400 and "is over" in said(again)
    assert stranger.get(re.sub(r"state=[^&]*", "state=é", away(stranger))).status_code == 400
    assert stranger.get(re.sub(r"&state=.*", "", away(stranger))).status_code == 400


def test_a_cookie_of_before_opens_nothing_as_the_provider_takes_a_code_once(client: FlaskClient) -> None:
    back = away(client)
    cookie = client.get_cookie("lode-desk", path="/desk")
    assert cookie is not None and client.get(back).status_code == 303
    replayed = client.application.test_client()
    replayed.set_cookie("lode-desk", cookie.value, path="/desk")
    response = replayed.get(back)
    assert response.status_code == 400 and "refused the code" in said(response) and shut(replayed)


def test_a_sign_in_that_took_too_long_is_begun_anew(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    back = away(client)
    monkeypatch.setattr(provider_pages, "MAX_SIGN_IN_S", -1)
    assert client.get(back).status_code == 400


def test_somebody_without_an_account_learns_who_makes_one(
    client: FlaskClient, identity: IdentityProvider, owner: Engine
) -> None:
    identity.person |= {"email": "new@example.org"}
    response = client.get(away(client) + "&lang=en")
    assert response.status_code == 403 and "new@example.org" in said(response) and "administrator" in said(response)
    response = client.get(away(client) + "&lang=zh")
    assert "管理员" in said(response) and shut(client)
    with owner.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM account")) == 2


@pytest.mark.parametrize("reported", [{"email_verified": False}, {"email_verified": None}, {"email": None}])
def test_an_address_that_the_provider_has_not_verified_names_no_account(
    client: FlaskClient, identity: IdentityProvider, reported: dict[str, Any]
) -> None:
    identity.claims, identity.outside = reported, {"sub": "person-1"}
    response = enter(client)
    assert response.status_code == 403 and "verified" in said(response) and shut(client)


def test_an_address_outside_the_token_is_read_for_the_same_person(client: FlaskClient, identity: IdentityProvider) -> None:
    identity.claims = {"email": None, "email_verified": None}
    assert enter(client).status_code == 303
    identity.outside = {**identity.person, "sub": "another"}
    assert enter(client.application.test_client()).status_code == 400


def test_by_its_subject_a_person_keeps_the_account_with_another_address(
    site: Callable[..., FlaskClient], identity: IdentityProvider, owner: Engine
) -> None:
    with open_write_transaction(owner) as connection:
        accounts.change(connection, "keeper", subject="Person-X")
    identity.person = {"sub": "Person-X", "email": KNOWN, "email_verified": True}
    client = site(LODE_OIDC_CLAIM="sub")
    assert enter(client).status_code == 303
    assert "keeper (administrator)" in client.get("/desk?lang=en").get_data(as_text=True)
    identity.person["sub"] = "person-x"
    assert enter(client.application.test_client()).status_code == 403, "a subject is another with other letters"


def test_an_account_is_made_at_the_first_sign_in_where_the_settings_say_so(
    site: Callable[..., FlaskClient], identity: IdentityProvider, owner: Engine
) -> None:
    client = site(LODE_OIDC_ROLE="contributor")
    people = {"li.ming@other.org": "li.ming-2", "王@example.org": "person", "李@example.org": "person-2"}
    for address, name in people.items():
        identity.person = {"sub": address, "email": address, "email_verified": True}
        visitor = client.application.test_client()
        assert enter(visitor).status_code == 303
        assert f"{name} (contributor)" in visitor.get("/desk?lang=en").get_data(as_text=True)
    assert enter(client.application.test_client()).status_code == 303
    with owner.connect() as connection:
        made = "SELECT name, password_hash FROM account WHERE name NOT IN ('li.ming', 'keeper') ORDER BY id"
        assert [tuple(row) for row in connection.execute(text(made))] == [(name, None) for name in people.values()]
        trail = "SELECT account, detail ->> 'subject' FROM audit WHERE action = 'account insert' ORDER BY id DESC LIMIT 1"
        assert tuple(connection.execute(text(trail)).one()) == ("person-2", "***"), "the trail keeps no address for ever"
    with open_write_transaction(owner) as connection:
        accounts.change(connection, "person-2", disabled=True)
    assert enter(client.application.test_client()).status_code == 403, "a disabled account is not made anew"


def test_the_site_can_make_no_administrator_and_no_account_by_another_method(desk: Store, owner: Engine) -> None:
    engine = engines.create_checked_engine(desk.addresses.desk, "tests", pool_size=1)
    for statement in (
        "SELECT lode.admit('mallory', 'm', 'administrator')",
        "SELECT lode.admit('mallory', NULL, 'expert')",
        "INSERT INTO lode.account (name, role, subject) VALUES ('mallory', 'expert', 'm')",
        "UPDATE lode.account SET subject = 'm' WHERE name = 'keeper'",
    ):
        with pytest.raises(ProgrammingError, match=r"nobody is admitted|permission denied"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()


def test_a_subject_opens_one_account_only(owner: Engine) -> None:
    with open_write_transaction(owner) as connection:
        for taken in ("LI.MING@EXAMPLE.ORG", "", "x" * 256, "a\nb"):
            with pytest.raises(BadQuery):
                accounts.require_free(connection, taken)


@pytest.mark.parametrize("wanted", ["https://evil.example/desk", "//evil.example", "/desk\\@evil.example", "/", "javascript:x"])
def test_nobody_is_led_to_another_site(client: FlaskClient, wanted: str) -> None:
    assert enter(client, wanted).location == "/desk"


@pytest.mark.parametrize(("error", "status"), [("access_denied", 403), ("server_error", 503), ("%3Cscript%3E", 403)])
def test_an_error_in_place_of_a_code_is_a_page(
    client: FlaskClient, identity: IdentityProvider, error: str, status: int
) -> None:
    identity.error = error
    response = enter(client)
    assert response.status_code == status and "<script>" not in said(response) and shut(client)
    assert client.get("/desk/sign-in/provider/back?error=access_denied&state=x").status_code == 400, "not begun here"


def test_a_provider_that_is_away_is_reported_in_both_languages_and_the_site_goes_on(
    site: Callable[..., FlaskClient], identity: IdentityProvider
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        client = site(LODE_OIDC_ISSUER=f"http://127.0.0.1:{nobody.getsockname()[1]}")
        response = client.get("/desk/sign-in/provider?lang=en")
        assert response.status_code == 503 and response.headers["Retry-After"]
        assert said(response) == "The sign-in provider does not respond. Try again in a moment."
        assert "身份提供方没有应答" in said(client.get("/desk/sign-in/provider?lang=zh"))
        assert client.get("/desk/sign-in").status_code == 200


def test_a_provider_that_takes_too_long_is_away(
    client: FlaskClient, identity: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = away(client)
    monkeypatch.setattr(provider, "TIMEOUT_S", 0.3)
    identity.delay_s = 2.0
    began = time.monotonic()
    assert client.get(back).status_code == 503
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    ("status", "body", "answered"),
    [
        (500, None, 503),
        (429, None, 503),
        (404, None, 400),
        (302, None, 400),
        (200, "<html>", 400),
        (200, "[1]", 400),
        (200, "{}", 400),
    ],
)
def test_a_response_that_is_none_is_a_page_wherever_it_comes(
    site: Callable[..., FlaskClient], identity: IdentityProvider, status: int, body: str | None, answered: int
) -> None:
    client = site()
    identity.status, identity.body = status, body
    assert client.get("/desk/sign-in/provider").status_code == answered
    identity.status, identity.body = 200, None
    back = away(client)
    identity.status, identity.body = status, body
    assert client.get(back).status_code == answered
    identity.status, identity.body = 200, None
    assert shut(client)


@pytest.mark.parametrize(
    "reported", [{"issuer": "https://evil.example"}, {"token_endpoint": None}, {"jwks_uri": "file:///etc/passwd"}]
)
def test_a_discovery_document_that_is_not_this_providers_is_not_used(
    client: FlaskClient, identity: IdentityProvider, reported: dict[str, Any]
) -> None:
    identity.document = reported
    assert client.get("/desk/sign-in/provider").status_code == 400


def test_coming_back_is_counted_by_client(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, identity: IdentityProvider
) -> None:
    monkeypatch.setitem(sign_in.MAX_SIGN_IN_TRIES, "of_client", 2)
    identity.claims = {"nonce": "another"}
    assert [enter(client).status_code for _ in range(3)] == [400, 400, 429]


def test_passwords_can_be_switched_off(site: Callable[..., FlaskClient]) -> None:
    client = site(LODE_PASSWORDS="false")
    page = client.get("/desk/sign-in?lang=en").get_data(as_text=True)
    assert "Sign in with 127.0.0.1" in page and "<form" not in page.partition("<main")[2]
    both = site().get("/desk/sign-in?lang=en").get_data(as_text=True)
    assert 'type="password"' in both and "Sign in with 127.0.0.1" in both
    assert enter(client).status_code == 303
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/desk").get_data(as_text=True))
    assert token is not None
    form = {"name": "keeper", "password": PASSWORD, "csrf_token": token[1]}
    response = client.post("/desk/sign-in?lang=zh", data=form)
    assert response.status_code == 403 and said(response) == "本平台未启用密码登录。请通过身份提供方登录。"
    assert "li.ming" in client.get("/desk").get_data(as_text=True)


def test_an_account_of_the_provider_has_no_password(client: FlaskClient) -> None:
    match = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/desk/sign-in").get_data(as_text=True))
    assert match is not None
    for password in ("", "None", PASSWORD):
        response = client.post("/desk/sign-in", data={"name": "li.ming", "password": password, "csrf_token": match[1]})
        assert response.status_code == 403


def test_without_the_setting_there_is_no_such_method_and_no_host_is_contacted(
    site: Callable[..., FlaskClient], identity: IdentityProvider
) -> None:
    client = site(LODE_OIDC_ISSUER=None, LODE_OIDC_CLIENT_ID=None)
    assert client.get("/desk/sign-in/provider").status_code == 404 == client.get("/desk/sign-in/provider/back").status_code
    assert "/desk/sign-in/provider" not in client.get("/desk/sign-in").get_data(as_text=True)
    assert identity.requested == []


def test_with_the_setting_the_provider_is_contacted_when_somebody_wants_to_sign_in(
    client: FlaskClient, identity: IdentityProvider
) -> None:
    page = client.get("/desk/sign-in?next=/desk/reports")
    assert 'href="/desk/sign-in/provider?next=/desk/reports"' in page.get_data(as_text=True)
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    assert identity.requested == []


def test_neither_code_nor_secret_is_in_the_log(client: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    back = away(client)
    client.get(back)
    log = capsys.readouterr().err
    assert "/desk/sign-in/provider/back" in log
    assert parse_qs(urlsplit(back).query)["code"][0] not in log and SECRET not in log


@pytest.mark.parametrize(
    "half",
    [{"LODE_OIDC_ISSUER": "https://id.example"}, {"LODE_OIDC_CLIENT_ID": "lode"}, {"LODE_PASSWORDS": "false"}],
)
def test_half_a_provider_or_no_sign_in_method_is_reported_at_the_start(desk: Store, half: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match="LODE_OIDC_ISSUER"):
        create_app(settings_of(desk.addresses, **half))

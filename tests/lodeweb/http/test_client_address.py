"""Clients are counted by the address that trusted proxies report; a header that anybody can write is not believed."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from tests.lodeweb.conftest import closed, settings_of

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.desk.identity import accounts
from lodebase.desk.identity.passwords import Passwords
from lodebase.desk.writing import open_write_transaction
from lodeweb.app import create_app
from lodeweb.http.access.client_address import find_client_address, normalize_address

PASSWORD = "long enough to keep"
PROXY = "172.18.0.5"


@pytest.fixture(scope="module")
def store(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Store]:
    """A store with an administrator."""
    with own_store("addresses") as made:
        engine = engines.create_checked_engine(made.addresses.owner, "tests", pool_size=1)
        with open_write_transaction(engine) as connection:
            accounts.add(connection, "chief", "administrator", Passwords().hash(PASSWORD))
        engine.dispose()
        yield made


@pytest.fixture
def site(store: Store) -> Iterator[Callable[..., Flask]]:
    """Makes sites of that store, with a page that returns the client's address."""
    flasks: list[Flask] = []

    def make(**more: Any) -> Flask:
        desk = store.addresses.desk.render_as_string(hide_password=False)
        flasks.append(create_app(settings_of(store.addresses, LODE_DESK_DATABASE_URL=desk, **more)))
        flasks[-1].add_url_rule("/address", "address", lambda: f"{find_client_address()} {request.scheme} {request.host}")
        return flasks[-1]

    yield make
    for app in flasks:
        closed(app)


def seen(app: Flask, peer: str, **headers: str) -> str:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    client = app.test_client()
    return client.get("/address", headers=sent, environ_base={"REMOTE_ADDR": peer}).get_data(as_text=True)


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "198.51.100.7"])
def test_forwarded_headers_are_ignored_without_a_trusted_proxy(site: Callable[..., Flask], peer: str) -> None:
    reported = seen(site(), peer, X_Forwarded_For="203.0.113.9", X_Forwarded_Proto="https", X_Forwarded_Host="evil.example")
    assert reported == f"{normalize_address(peer)} http localhost"


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.0.0.1, 203.0.113.9", "203.0.113.9"),
        (2, "10.0.0.1, 203.0.113.9, 192.0.2.1", "203.0.113.9"),
        # fewer entries than proxies: the request did not come through all of them
        (2, "10.0.0.1", PROXY),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "203.0.113.9:40312", "203.0.113.9"),
    ],
)
def test_what_the_client_wrote_before_the_trusted_proxies_is_ignored(
    site: Callable[..., Flask], proxies: int, header: str, address: str
) -> None:
    app = site(LODE_TRUSTED_PROXIES=proxies, LODE_URL="https://lode.example")
    # each proxy adds a value to the other two headers as well
    hosts, schemes = ", ".join(["lode.example"] * proxies), ", ".join(["https"] * proxies)
    reported = seen(app, PROXY, X_Forwarded_For=header, X_Forwarded_Host=hosts, X_Forwarded_Proto=schemes)
    assert reported == f"{address} https lode.example"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("[2001:db8::1]:443", "2001:db8::/64"),
        ("", ""),
        ("unknown", "unknown"),
        ("x" * 500, "x" * 64),
    ],
)
def test_an_ipv6_client_is_its_network_and_an_ipv4_client_its_address(address: str, counted: str) -> None:
    assert normalize_address(address) == counted


def sign_in(client: FlaskClient, address: str, name: str, password: str) -> int:
    """Return the status of a sign-in that the trusted proxy passes on for a client."""
    headers, peer = {"X-Forwarded-For": address}, {"REMOTE_ADDR": PROXY}
    page = client.get("/desk/sign-in", headers=headers, environ_base=peer).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    form = {"name": name, "password": password, "csrf_token": token[1]}
    return client.post("/desk/sign-in", data=form, headers=headers, environ_base=peer).status_code


def test_31_wrong_sign_ins_from_one_client_behind_the_proxy_lock_no_other_client_out(site: Callable[..., Flask]) -> None:
    app = site(LODE_TRUSTED_PROXIES=1)
    client = app.test_client()
    statuses = [sign_in(client, "203.0.113.66", f"name{number}", "wrong") for number in range(31)]
    assert statuses[0] == 403 and statuses[-1] == 429
    assert sign_in(app.test_client(), "203.0.113.10", "chief", PASSWORD) == 303


def test_addresses_that_a_client_invents_do_not_give_it_more_tries(site: Callable[..., Flask]) -> None:
    client = site(LODE_TRUSTED_PROXIES=1).test_client()
    statuses = [sign_in(client, f"10.0.0.{number}, 203.0.113.67", "chief", "wrong") for number in range(6)]
    assert statuses[-1] == 429

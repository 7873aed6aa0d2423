"""Accounts of a store and clients that are signed in to its desk."""

import re

from flask import Flask
from flask.testing import FlaskClient

from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.desk.identity import accounts
from lodebase.desk.identity.passwords import Passwords
from lodebase.desk.writing import open_write_transaction

PASSWORD = "long enough to keep"


def add_accounts(store: Store, *roles: str) -> None:
    """Add an account for each role, which is also its name."""
    engine = engines.create_checked_engine(store.addresses.owner, "tests", pool_size=1)
    with open_write_transaction(engine) as connection:
        for role in roles:
            accounts.add(connection, role, role, Passwords().hash(PASSWORD))
    engine.dispose()


def token(client: FlaskClient, path: str) -> str:
    """Return the token of the forms on a page."""
    match = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert match is not None
    return match[1]


def signed_in(app: Flask, name: str) -> FlaskClient:
    """Return a client that is signed in by its password."""
    client = app.test_client()
    form = {"name": name, "password": PASSWORD, "csrf_token": token(client, "/desk/sign-in")}
    assert client.post("/desk/sign-in", data=form).status_code == 303
    return client

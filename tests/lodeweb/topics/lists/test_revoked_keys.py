"""Revoked signing keys: published with day and reason; files signed before carry a warning, later ones are refused."""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from tests.lodeweb.conftest import closed, settings_of

from lodebase.db import engine as engines
from lodebase.db import signing_keys
from lodebase.db.signing_keys import PrivateKey
from lodebase.db.store import Store
from lodebase.errors import BadQuery, NotFound, NotVerified
from lodebase.signed_file import Claims, read_keys, sign_json, verify
from lodeweb.app import create_app

HTML = {"Accept": "text/html"}
NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def store(own_store: Callable[[str], AbstractContextManager[Store]]) -> Iterator[Store]:
    with own_store("revoked_keys") as store:
        yield store


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[FlaskClient]:
    app = create_app(settings_of(store.addresses))
    yield app.test_client()
    closed(app)


@pytest.fixture
def owner(store: Store) -> Iterator[Engine]:
    engine = engines.create_checked_engine(store.addresses.owner, "tests", pool_size=1)
    yield engine
    engine.dispose()


def signed(key: PrivateKey, at: datetime) -> bytes:
    evidence = {"type": "list-check", "results": [], "inputs": {}, "date": "2026-01-01", "data": {"lists_sha256": "0"}}
    return sign_json(orjson.dumps(evidence), key, Claims("http://localhost/", None, at, "list-check", 1))


def test_a_revoked_key_says_when_and_why(client: FlaskClient, owner: Engine) -> None:
    with owner.begin() as connection:
        key = signing_keys.find_private(connection)
        new = signing_keys.revoke(connection, key.kid, "a copy of the server was stolen")
    assert new is not None and new != key.kid
    with owner.begin() as connection:
        assert signing_keys.find_private(connection).kid == new
        with pytest.raises(BadQuery, match="revoked already"):
            signing_keys.revoke(connection, key.kid, "again")
        with pytest.raises(BadQuery, match="reason"):
            signing_keys.revoke(connection, new, " ")
        with pytest.raises(NotFound):
            signing_keys.revoke(connection, "none", "x")
        assert connection.scalar(text("SELECT private_key FROM signing_key WHERE kid = :kid"), {"kid": key.kid}) is None
    published = client.get("/.well-known/jwks.json")
    (revoked,) = [key for key in published.get_json()["keys"] if "revoked" in key]
    assert (revoked["kid"], revoked["revoked"]["reason"]) == (key.kid, "a copy of the server was stolen")

    keys = read_keys(published.data)
    before, after = signed(key, NOW - timedelta(days=1)), signed(key, NOW + timedelta(days=1))
    found = verify(before, keys)
    assert found.revoked is not None and found.revoked.revoked_at.date() in (NOW.date(), NOW.date() + timedelta(days=1))
    with pytest.raises(NotVerified, match="after its key was revoked"):
        verify(after, keys)
    for lang, texts in (("en", ("was revoked on", "signed before")), ("zh", ("已于", "吊销"))):
        page = client.post(f"/lists/verify?lang={lang}", data={"file": (io.BytesIO(before), "f")}, headers=HTML)
        assert page.status_code == 200 and all(one in page.text for one in (*texts, "a copy of the server was stolen"))
    refused = client.post("/lists/verify?lang=en", data=after)
    assert refused.status_code == 400 and "revoked" in refused.get_json(force=True)["detail"]
    assert client.post("/lists/verify", data=before).get_json()["revoked"]["reason"] == "a copy of the server was stolen"

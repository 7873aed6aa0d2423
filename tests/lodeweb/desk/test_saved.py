"""Saved filters of accounts and API keys, and webhooks: signed, repeated after growing waits, never to a private host."""

import base64
import hmac
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from tests.lodeweb.conftest import closed, load, settings_of, table
from tests.lodeweb.desk.signing_in import add_accounts, signed_in, token

from lodebase.cli.main import cli
from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.desk.identity import api_keys
from lodebase.desk.identity.api_keys import NewKey
from lodebase.desk.writing import open_write_transaction
from lodebase.errors import BadQuery
from lodebase.subscriptions import webhook_address, webhooks
from lodebase.subscriptions.webhook_address import WebhookFailed, WebhookMessage
from lodeweb.app import create_app

QUERY = "collection=deposits&country=CHL"
ROOT = "https://lode.example.org"


@dataclass
class Receiver:
    """A receiver of webhooks on this machine, which an operator allows; ``status`` is its response."""

    port: int = 0
    status: int = 204
    calls: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.calls.append((dict(self.headers), body))
            self.send_response(made.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    with own_store("saved") as made:
        load(made, table(), tmp_path_factory.mktemp("rows"))
        add_accounts(made, "reader", "expert")
        yield made


@pytest.fixture(scope="module")
def owner(store: Store) -> Iterator[Engine]:
    made = engines.create_checked_engine(store.addresses.owner, "tests", pool_size=1)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def app(store: Store) -> Iterator[Flask]:
    made = create_app(settings_of(store.addresses, LODE_WEBHOOK_HOSTS="127.0.0.1"))
    yield made
    closed(made)


@pytest.fixture(scope="module")
def keys(owner: Engine) -> tuple[str, str]:
    with open_write_transaction(owner) as connection:
        return tuple(api_keys.add(connection, NewKey(name, "a survey"))[1] for name in ("one", "other"))  # type: ignore[return-value]


@pytest.fixture
def program(app: Flask) -> FlaskClient:
    return app.test_client(use_cookies=False)


@pytest.fixture
def notify(store: Store) -> Callable[[], Result]:
    own = {
        "LODE_DATABASE_URL": store.addresses.owner.render_as_string(hide_password=False),
        "LODE_WEBHOOK_HOSTS": "127.0.0.1",
        "LODE_URL": ROOT,
    }
    return lambda: CliRunner().invoke(cli, ["notify", "--webhooks"], env=own)


def test_a_key_saves_lists_renames_and_deletes_its_filters(program: FlaskClient, keys: tuple[str, str]) -> None:
    mine, other = ({"X-API-Key": key} for key in keys)
    sent = {"name": "Copper of Chile", "query": f"https://lode.example.org/api/changes?{QUERY}&f=atom&limit=3"}
    made = program.post("/api/saved-filters", json=sent, headers=mine)
    assert made.status_code == 200 and made.headers["Cache-Control"] == "private, no-store"
    saved = made.get_json()
    assert (saved["query"], saved["records"]) == (QUERY, "/api/collections/deposits/items?country=CHL")
    assert program.get(saved["records"]).status_code == program.get(saved["changes"]).status_code == 200
    path = f"/api/saved-filters/{saved['number']}"
    assert program.get(path, headers=mine).get_json()["name"] == "Copper of Chile"
    assert program.post(path, json={"name": "智利铜矿"}, headers=mine).get_json()["name"] == "智利铜矿"
    listed = program.get("/api/saved-filters", headers=mine).get_json()["saved_filters"]
    assert [(saved_filter["name"], saved_filter["query"]) for saved_filter in listed] == [("智利铜矿", QUERY)]
    taken = program.post("/api/saved-filters", json={"name": "智利铜矿", "query": "collection=deposits"}, headers=mine)
    assert taken.status_code == 400 and "already" in taken.get_json()["detail"]
    for method in ("GET", "DELETE"):
        assert program.open(path, method=method, headers=other).status_code == 404
    assert program.get("/api/saved-filters", headers=other).get_json()["saved_filters"] == []
    assert program.delete(path, headers=mine).get_json()["deleted"] == saved["number"]
    assert program.get(path, headers=mine).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/saved-filters"), ("POST", "/api/webhooks"), ("DELETE", "/api/webhooks/1")]
)
@pytest.mark.parametrize(("lang", "sentence"), [("en", "X-API-Key"), ("zh", "X-API-Key")])
def test_without_a_key_there_is_nothing(program: FlaskClient, method: str, path: str, lang: str, sentence: str) -> None:
    refused = program.open(f"{path}?lang={lang}", method=method)
    assert refused.status_code == 401 and sentence in refused.get_json()["detail"]
    assert program.open(path, method=method, headers={"X-API-Key": "lode_none"}).status_code == 401


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": "x", "query": "collection=mines"}, "collection"),
        ({"name": "x", "query": "country=CHL"}, "country"),
        ({"name": "x" * 81, "query": QUERY}, "name"),
        ({"query": QUERY}, "name"),
    ],
)
def test_what_is_no_filter_is_refused_with_its_field(
    program: FlaskClient, keys: tuple[str, str], sent: dict[str, str], field: str
) -> None:
    refused = program.post("/api/saved-filters", json=sent, headers={"X-API-Key": keys[0]})
    assert refused.status_code == 400 and field in json.dumps(refused.get_json())


def test_an_account_has_its_filters_in_every_browser(app: Flask) -> None:
    here = signed_in(app, "reader")
    page = here.get(f"/desk/saved?{QUERY}&lang=en").get_data(as_text=True)
    assert "Save this filter" in page and "Chile" in page
    form = {"name": "Chile <b>", "query": QUERY, "csrf_token": token(here, "/desk/saved")}
    assert here.post("/desk/saved", data=form).status_code == 303
    elsewhere = signed_in(app, "reader")
    page = elsewhere.get("/desk/saved?lang=zh").get_data(as_text=True)
    assert "Chile &lt;b&gt;" in page and 'href="/api/collections/deposits/items?country=CHL"' in page
    number = re.search(r"/desk/saved/(\d+)/rename", page)
    assert number is not None
    send = {"csrf_token": token(elsewhere, "/desk/saved")}
    assert elsewhere.post(f"/desk/saved/{number[1]}/rename", data=send | {"name": "Chile"}).status_code == 303
    stranger = signed_in(app, "expert")
    assert "Chile" not in stranger.get("/desk/saved?lang=en").get_data(as_text=True)
    own = {"csrf_token": token(stranger, "/desk/saved")}
    assert stranger.post(f"/desk/saved/{number[1]}/delete", data=own).status_code == 404
    assert here.post(f"/desk/saved/{number[1]}/delete", data=form).status_code == 303
    assert "rename" not in here.get("/desk/saved?lang=en").get_data(as_text=True)
    assert app.test_client().get("/desk/saved").status_code == 302


def test_a_webhook_of_an_account_shows_its_secret_once(app: Flask, receiver: Receiver) -> None:
    client = signed_in(app, "expert")
    form = {"name": "Mine", "query": QUERY, "csrf_token": token(client, "/desk/saved")}
    client.post("/desk/saved", data=form)
    number = re.search(r'<option value="(\d+)">Mine', client.get("/desk/saved").get_data(as_text=True))
    assert number is not None
    sent = {"filter": number[1], "url": f"http://127.0.0.1:{receiver.port}/", "csrf_token": form["csrf_token"]}
    page = client.post("/desk/saved/webhooks?lang=en", data=sent).get_data(as_text=True)
    assert '<code id="secret">whsec_' in page
    again = client.get("/desk/saved?lang=en").get_data(as_text=True)
    assert "whsec_" not in again and f"http://127.0.0.1:{receiver.port}/" in again
    hook = re.search(r"/desk/saved/webhooks/(\d+)/delete", again)
    assert hook is not None
    assert client.post(f"/desk/saved/webhooks/{hook[1]}/delete", data=form).status_code == 303


def test_a_webhook_is_signed_and_repeated_after_growing_waits(
    program: FlaskClient,
    keys: tuple[str, str],
    receiver: Receiver,
    notify: Callable[[], Result],
    owner: Engine,
    store: Store,
    tmp_path: Path,
) -> None:
    mine = {"X-API-Key": keys[0]}
    url = f"http://127.0.0.1:{receiver.port}/hook?of=me"
    made = program.post("/api/webhooks", json={"url": url, "query": "collection=deposits"}, headers=mine).get_json()
    number, begun = made["webhook"]["number"], made["webhook"]["sent_version"]
    assert notify().exit_code == 0 and not receiver.calls
    first, *rows = table()
    load(store, iter([{**first, "name": "Renamed"}, *rows]), tmp_path)

    def state() -> dict[str, object]:
        found = program.get("/api/webhooks", headers=mine).get_json()["webhooks"]
        return next(webhook for webhook in found if webhook["number"] == number)

    receiver.status = 500
    for tried in range(1, len(webhooks.WAITS) + 2):
        assert notify().exit_code == 2
        # it is not called again before its wait is over
        assert notify().exit_code == 0 and len(receiver.calls) == tried
        assert state()["failed_calls"] == tried and "status 500" in str(state()["last_error"])
        with owner.begin() as connection:
            wait = connection.scalar(text("SELECT next_try_at - now() FROM webhook WHERE number = :n"), {"n": number})
            if tried <= len(webhooks.WAITS):
                assert abs((wait - webhooks.WAITS[tried - 1]).total_seconds()) < 60
            connection.execute(text("UPDATE webhook SET next_try_at = now() WHERE number = :n"), {"n": number})
    assert state()["stopped_at"] is not None and notify().exit_code == 0
    receiver.status = 204
    assert program.post(f"/api/webhooks/{number}", headers=mine).get_json()["failed_calls"] == 0
    assert notify().exit_code == 0
    headers, body = receiver.calls[-1]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(made["secret"].removeprefix("whsec_"))
    assert headers["webhook-signature"] == "v1," + base64.b64encode(hmac.digest(key, signed, sha256)).decode()
    assert headers["webhook-id"] == receiver.calls[0][0]["webhook-id"]
    data = json.loads(body)
    assert data["since"] == begun and data["changes"][0]["collection"] == "deposits" and data["complete"]
    assert data["all_changes"].startswith(f"{ROOT}/api/changes?collection=deposits&since={begun}&until=")
    assert state()["sent_version"] == data["until"] and state()["failed_calls"] == 0
    assert program.delete(f"/api/webhooks/{number}", headers=mine).status_code == 200


def test_a_webhook_of_a_revoked_key_is_not_called(
    program: FlaskClient, keys: tuple[str, str], receiver: Receiver, notify: Callable[[], Result], owner: Engine
) -> None:
    made = program.post(
        "/api/webhooks", json={"url": f"http://127.0.0.1:{receiver.port}/"}, headers={"X-API-Key": keys[1]}
    ).get_json()
    with owner.begin() as connection:
        values = {"number": made["webhook"]["number"]}
        connection.execute(text("UPDATE webhook SET sent_version = 0 WHERE number = :number"), values)
        connection.execute(text("UPDATE api_key SET revoked_at = now() WHERE name = 'other'"))
    before = len(receiver.calls)
    assert notify().exit_code == 0 and len(receiver.calls) == before


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.org/", "ftp://example.org/", "example.org", "https://user:pw@example.org/", "https://localhost/x"),
        *("https://127.0.0.1/", "https://10.1.2.3/", "https://[::1]/", "https://169.254.169.254/latest", "https://intranet/"),
        *("https://[::ffff:10.0.0.1]/", "https://example.org:0/", "https://exa mple.org/", "https://example.org/#a"),
    ],
)
def test_an_address_that_is_not_public_or_not_encrypted_is_refused(url: str) -> None:
    with pytest.raises(BadQuery):
        webhook_address.check_webhook_url(url)


def test_a_public_name_that_leads_to_this_machine_is_not_called(receiver: Receiver) -> None:
    before = len(receiver.calls)
    # a name of this machine that a resolver has, such as one of an attacker's domain
    with pytest.raises(WebhookFailed, match="private network"):
        webhook_address.call(f"http://localhost:{receiver.port}/", b"k" * 32, WebhookMessage("a", b"{}"))
    assert len(receiver.calls) == before

"""A reader subscribes to a filter, confirms by mail, gets what changed, and unsubscribes; nobody else is bothered."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from tests.lodeweb.conftest import closed, load, settings_of, table
from tests.mail_catcher import REFUSED, MailCatcher, mail_catcher
from tests.price_tables import load_prices
from werkzeug.test import TestResponse

from lodebase.cli.main import cli
from lodebase.db import engine as engines
from lodebase.db.store import Store
from lodebase.subscriptions.stored_subscriptions import MAX_SUBSCRIPTIONS_PER_DAY
from lodeweb.app import create_app

ROOT = "http://localhost"
CHILE = "collection=deposits&country=CHL"
LINK = re.compile(rf"{ROOT}(/subscriptions/\S+)")


@pytest.fixture(scope="module")
def catcher() -> Iterator[MailCatcher]:
    with mail_catcher() as server:
        yield server


@pytest.fixture(scope="module")
def mail_settings(catcher: MailCatcher) -> dict[str, str]:
    return {"LODE_SMTP": f"smtp://127.0.0.1:{catcher.port}", "LODE_MAIL_FROM": "lode@example.org", "LODE_URL": ROOT}


@pytest.fixture(scope="module")
def mail_store(
    own_store: Callable[[str], AbstractContextManager[Store]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    with own_store("subscriptions") as store:
        load(store, table(), tmp_path_factory.mktemp("rows"))
        yield store


@pytest.fixture
def engine(mail_store: Store, catcher: MailCatcher) -> Iterator[Engine]:
    """The store as its owner sees it, without subscriptions and mail of other tests."""
    made = engines.create_checked_engine(mail_store.addresses.owner, "tests", pool_size=1)
    with made.begin() as connection:
        connection.execute(text("TRUNCATE subscription, subscription_try"))
    catcher.mail.clear()
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def app(mail_store: Store, mail_settings: dict[str, str]) -> Iterator[Flask]:
    made = create_app(settings_of(mail_store.addresses, LODE_TRUSTED_PROXIES=1, **mail_settings))
    yield made
    closed(made)


@pytest.fixture
def notify(mail_store: Store, mail_settings: dict[str, str], engine: Engine) -> Callable[..., Result]:
    own = {**mail_settings, "LODE_DATABASE_URL": mail_store.addresses.owner.render_as_string(hide_password=False)}

    def run(*options: str, **more: str) -> Result:
        return CliRunner().invoke(cli, ["notify", *options], env={**own, **more})

    return run


def subscribe(
    client: FlaskClient, address: str = "reader@example.org", query: str = CHILE, lang: str = "en", **more: Any
) -> TestResponse:
    form = {"address": address, "query": query, "period": "version", **more}
    return client.post(f"/subscribe?lang={lang}", data=form)


def link(mail: EmailMessage) -> str:
    match = LINK.search(mail.get_content())
    assert match is not None, mail.get_content()
    return match[1]


def confirmed(client: FlaskClient, catcher: MailCatcher, **form: Any) -> None:
    """Subscribe and confirm."""
    assert subscribe(client, **form).status_code == 200
    assert client.post(link(catcher.mail.pop())).status_code == 200


def changed_rows(number: int) -> Iterator[dict[str, str]]:
    """The rows with a deposit of Chile renamed, one moved to Peru and one new, and one elsewhere renamed."""
    rows = {row["id"]: row for row in table()}
    rows["chile 0"] = {**rows["chile 0"], "name": f"Renamed {number}"}
    rows["fiji west"] = {**rows["fiji west"], "name": f"Elsewhere {number}"}
    rows["chile 5"] = {**rows["chile 5"], "country": "Peru"}
    yield from rows.values()
    yield {**rows["chile 8"], "id": f"new {number}", "name": f"New {number}", "lat": "-50.1234"}


def stored(engine: Engine, statement: str = "SELECT * FROM subscription ORDER BY number") -> list[dict[str, Any]]:
    with engine.begin() as connection:
        return [dict(row) for row in connection.execute(text(statement)).mappings()]


def test_a_reader_in_each_language_gets_the_changes_of_a_filter_until_they_unsubscribe(
    app: Flask, catcher: MailCatcher, mail_store: Store, engine: Engine, notify: Callable[..., Result], tmp_path: Path
) -> None:
    client = app.test_client()
    page = client.get(f"/subscribe?{CHILE}&lang=zh").get_data(as_text=True)
    assert "智利" in page and 'name="address"' in page and "/api/changes?collection=deposits&amp;country=CHL&amp;f=atom" in page
    for lang in ("en", "zh"):
        reply = subscribe(client, f"{lang}@example.org", lang=lang)
        assert f"{lang}@example.org" in reply.get_data(as_text=True)
    english, chinese = catcher.mail
    assert "Chile" in english.get_content() and "智利" in chinese.get_content() and chinese["Content-Language"] == "zh-CN"
    for mail in (english, chinese):
        # programs that check mail open its links: nothing is confirmed by that
        assert client.get(link(mail)).status_code == 200
    assert [row["confirmed_at"] for row in stored(engine)] == [None, None]
    assert all(client.post(link(mail)).status_code == 200 for mail in (english, chinese))
    assert client.post(link(english)).status_code == 404
    catcher.mail.clear()
    assert notify().exit_code == 0 and catcher.mail == []

    load(mail_store, changed_rows(1), tmp_path)
    dry = notify("--dry-run")
    assert dry.exit_code == 0 and "2 sent" in dry.stderr and catcher.mail == []
    assert "2 sent" in notify().stderr
    assert "0 sent" in notify().stderr
    english, chinese = catcher.mail
    body = english.get_content().replace("\r\n", "\n")
    assert (english["To"], chinese["To"]) == ("en@example.org", "zh@example.org")
    assert "Field 0 → Renamed 1" in body and "New 1" in body and "Field 5" in body and "Elsewhere" not in body
    assert (
        re.search(r"^Added or newly matching \(1\)\n- New 1", body, re.MULTILINE)
        and "Removed, merged or no longer matching (1)" in body
    )
    assert "新增或新符合条件 (1)" in chinese.get_content() and "Added" not in chinese.get_content()
    for address in re.findall(rf"{ROOT}(/(?:records|api/changes)\S+)", body):
        assert client.get(address).status_code == 200, address
    assert english["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and english["Message-ID"] != chinese["Message-ID"]

    end = english["List-Unsubscribe"].strip("<>").removeprefix(ROOT)
    assert "en@example.org" in client.get(end).get_data(as_text=True)
    # as a mail program sends it, without a page of this site
    assert client.post(end, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.get(end).status_code == 200
    assert [row["address"] for row in stored(engine)] == ["zh@example.org"]


def test_a_reader_gets_mail_when_a_release_brings_a_price_beyond_a_threshold(
    app: Flask, catcher: MailCatcher, mail_store: Store, engine: Engine, notify: Callable[..., Result], tmp_path: Path
) -> None:
    load_prices(mail_store, "February", "2026-03-02", "copper,2026-01,10000\ncopper,2026-02,10500\n", tmp_path)
    for percent in (10, 30):
        query = f"collection=statistics&commodity=copper&price_change={percent}"
        confirmed(app.test_client(), catcher, address=f"from-{percent}@example.org", query=query)
    catcher.mail.clear()
    load_prices(mail_store, "March", "2026-04-02", "copper,2026-03,12600\n", tmp_path)
    assert "1 sent" in notify().stderr
    (mail,) = catcher.mail
    assert mail["To"] == "from-10@example.org"
    assert "Price · Copper: 12,600 US dollars per tonne (2026-03), +20 % on 2026-02" in mail.get_content()


def test_the_page_is_the_same_for_a_known_address(app: Flask, catcher: MailCatcher, engine: Engine) -> None:
    client = app.test_client()
    first = subscribe(client).get_data(as_text=True)
    client.post(link(catcher.mail[0]))
    again = subscribe(client, "Reader@example.org", period="month").get_data(as_text=True)
    nonce = re.compile(r'nonce="[^"]+"')
    assert nonce.sub("", first) == nonce.sub("", again).replace("Reader@", "reader@")
    assert [row["period"] for row in stored(engine)] == ["version"]
    # the link of the second mail ends the subscription
    client.post(link(catcher.mail[1]))
    assert stored(engine) == []


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"address": "nobody"}, 400),
        ({"address": "a@example.org\r\nBcc: b@example.org"}, 400),
        ({"query": "collection=mines"}, 400),
        ({"query": "country=CHL"}, 400),
        ({"query": f"collection=deposits&name_en={'x' * 4_000}"}, 400),
        ({"period": "hour"}, 400),
        ({"website": "https://spam.example"}, 403),
    ],
)
def test_what_is_no_subscription_is_refused(
    app: Flask, catcher: MailCatcher, engine: Engine, more: dict[str, str], status: int
) -> None:
    assert subscribe(app.test_client(), **more).status_code == status
    assert catcher.mail == [] and stored(engine) == []


def test_a_form_on_another_site_is_refused(app: Flask, catcher: MailCatcher, engine: Engine) -> None:
    form = {"address": "reader@example.org", "query": CHILE, "period": "version"}
    assert app.test_client().post("/subscribe", data=form, headers={"Origin": "https://other.example"}).status_code == 403
    assert catcher.mail == []


def test_mails_to_one_address_are_limited(app: Flask, catcher: MailCatcher, engine: Engine) -> None:
    for number in range(MAX_SUBSCRIPTIONS_PER_DAY["of_recipient"] + 1):
        # from other addresses each time
        client = app.test_client()
        client.environ_base["HTTP_X_FORWARDED_FOR"] = f"192.0.2.{number}"
        reply = subscribe(client)
    assert reply.status_code == 429 and len(catcher.mail) == MAX_SUBSCRIPTIONS_PER_DAY["of_recipient"]
    client = app.test_client()
    replies = [
        subscribe(client, f"{number}@example.org").status_code for number in range(MAX_SUBSCRIPTIONS_PER_DAY["of_client"] + 1)
    ]
    assert replies.count(200) == MAX_SUBSCRIPTIONS_PER_DAY["of_client"] and replies[-1] == 429
    tries = " ".join(str(row) for row in stored(engine, "SELECT * FROM subscription_try"))
    assert "example.org" not in tries and "192.0.2" not in tries


def test_a_failed_mail_is_reported_and_sent_by_the_next_run(
    app: Flask, catcher: MailCatcher, mail_store: Store, engine: Engine, notify: Callable[..., Result], tmp_path: Path
) -> None:
    client = app.test_client()
    refused = subscribe(client, REFUSED)
    assert refused.status_code == 503 and "550 no such mailbox" in refused.get_data(as_text=True)
    assert stored(engine) == []
    for address in ("first@example.org", "second@example.org"):
        confirmed(client, catcher, address=address)
    with engine.begin() as connection:
        connection.execute(text("UPDATE subscription SET address = :to WHERE address = 'first@example.org'"), {"to": REFUSED})
    load(mail_store, changed_rows(2), tmp_path)
    done = notify()
    assert done.exit_code == 2 and "1 sent" in done.stderr and "1 failed" in done.stderr and REFUSED not in done.stderr
    assert [mail["To"] for mail in catcher.mail] == ["second@example.org"]
    with engine.begin() as connection:
        connection.execute(text("UPDATE subscription SET address = 'first@example.org' WHERE address = :to"), {"to": REFUSED})
    assert notify().exit_code == 0
    assert [mail["To"] for mail in catcher.mail] == ["second@example.org", "first@example.org"]


def test_a_subscription_by_month_waits_for_the_next_month(
    app: Flask, catcher: MailCatcher, mail_store: Store, engine: Engine, notify: Callable[..., Result], tmp_path: Path
) -> None:
    confirmed(app.test_client(), catcher, period="month")
    load(mail_store, changed_rows(3), tmp_path)
    assert "0 sent" in notify().stderr
    with engine.begin() as connection:
        connection.execute(text("UPDATE subscription SET sent_at = sent_at - interval '1 month'"))
    assert "1 sent" in notify().stderr
    assert "Renamed 3" in catcher.mail[0].get_content()


def test_addresses_are_deleted_when_they_are_not_confirmed_or_forgotten(
    app: Flask, catcher: MailCatcher, engine: Engine, notify: Callable[..., Result]
) -> None:
    client = app.test_client()
    confirmed(client, catcher, address="stays@example.org")
    subscribe(client, "late@example.org")
    with engine.begin() as connection:
        connection.execute(text("UPDATE subscription SET requested_at = now() - interval '73 hours'"))
    assert client.post(link(catcher.mail[-1])).status_code == 404
    assert "1 expired" in notify("--dry-run").stderr and len(stored(engine)) == 2
    assert "1 expired" in notify().stderr
    assert [row["address"] for row in stored(engine)] == ["stays@example.org"]
    assert "1 subscriptions deleted" in notify("--forget", "Stays@example.org").stderr and stored(engine) == []


def test_a_link_that_was_guessed_ends_nothing(app: Flask, catcher: MailCatcher, engine: Engine) -> None:
    client = app.test_client()
    confirmed(client, catcher)
    (row,) = stored(engine)
    assert client.post(f"/subscriptions/{row['number']}/end/{'0' * 24}").status_code == 404
    assert client.post(f"/subscriptions/confirm/{'x' * 22}").status_code == 404
    assert row["token_hash"] is None and len(stored(engine)) == 1


def test_readers_of_the_database_see_no_address(mail_store: Store, engine: Engine) -> None:
    for address, statement in (
        (mail_store.addresses.site, "SELECT * FROM subscription"),
        (mail_store.addresses.importer, "SELECT * FROM subscription"),
        (mail_store.addresses.desk, "UPDATE subscription SET address = ''"),
        (mail_store.addresses.desk, "DELETE FROM subscription_try"),
    ):
        role = engines.create_checked_engine(address, "tests", pool_size=1)
        with pytest.raises(DBAPIError, match="permission denied"), role.begin() as connection:
            connection.execute(text(statement))
        role.dispose()


def test_a_site_without_a_mail_server_offers_the_feed_alone(
    mail_store: Store, engine: Engine, notify: Callable[..., Result]
) -> None:
    made = create_app(settings_of(mail_store.addresses))
    client = made.test_client()
    page = client.get(f"/subscribe?{CHILE}").get_data(as_text=True)
    assert "f=atom" in page and "mail" not in re.sub(r"<header.*?</header>", "", page, flags=re.DOTALL).lower()
    assert subscribe(client).status_code == 400
    closed(made)
    assert "LODE_SMTP is not set" in str(notify(LODE_SMTP="").exception)

"""A statement of the site that outlives its time limit is cancelled from outside, and nothing else is."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import URL, Connection, text

from lodebase.db import engine as engines
from lodebase.db.engine import Addresses
from lodebase.db.private_cluster import watchdog
from lodebase.settings import load

SLEEPS = "SELECT pg_sleep(120)"
IGNORES = """
DO $$ BEGIN LOOP
  BEGIN PERFORM pg_sleep(120); EXCEPTION WHEN query_canceled THEN NULL; END;
END LOOP; END $$
"""
"""It catches a cancellation, also that of statement_timeout, and goes on."""
DEADLINE_S = 60.0
WATCHED = tuple(watchdog.list_statement_limits(load()))


@contextmanager
def running(url: URL, application: str, statement: str, timeout_ms: int = 0) -> Iterator[list[BaseException]]:
    """Meanwhile a statement runs on a connection of a name; gives what it ends with."""
    ended: list[BaseException] = []
    engine = engines.create_checked_engine(url, application, None, 1, alone=True)

    def work() -> None:
        try:
            with engine.connect() as connection:
                connection.execute(text(f"SET statement_timeout = {timeout_ms}"))
                connection.execute(text(statement))
        except BaseException as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield ended
    finally:
        _signal(url, "terminate")
        thread.join(DEADLINE_S)
        engine.dispose()


def _signal(url: URL, how: str) -> None:
    engine = engines.create_checked_engine(url.difference_update_query(["lode_role"]), "the test", None, 1, alone=True)
    with engine.connect() as connection:
        connection.execute(
            text(
                f"SELECT pg_{how}_backend(pid) FROM pg_stat_activity"
                " WHERE query ~ 'pg_sleep' AND pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    engine.dispose()


def _until(done: threading.Event | list[BaseException]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not done and time.monotonic() < deadline:
        time.sleep(0.05)


@pytest.fixture
def site(addresses: Addresses) -> Iterator[Connection]:
    """A connection of the login of the site."""
    engine = engines.create_checked_engine(addresses.site, "lode watchdog", None, 1, alone=True)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _end_overdue(site: Connection, ended: list[BaseException], grace_s: float) -> list[str]:
    said: list[str] = []
    deadline = time.monotonic() + DEADLINE_S
    while not ended and time.monotonic() < deadline:
        watchdog.end_overdue(site, dict.fromkeys(WATCHED, 0.2), said.append, grace_s)
        time.sleep(0.05)
    return said


def test_a_statement_without_a_time_limit_is_cancelled(addresses: Addresses, site: Connection) -> None:
    with running(addresses.site, "lode site", SLEEPS) as ended:
        said = _end_overdue(site, ended, 0.2)
        assert isinstance(getattr(ended[0], "orig", None), psycopg.errors.QueryCanceled)
    assert said[0].startswith("cancelled a statement of `lode site` after ")


def test_the_connection_of_a_statement_that_ignores_both_is_ended(addresses: Addresses, site: Connection) -> None:
    with running(addresses.site, "lode site", IGNORES, timeout_ms=100) as ended:
        time.sleep(1)
        assert not ended, "the statement was to ignore statement_timeout"
        said = _end_overdue(site, ended, 0.2)
        assert isinstance(getattr(ended[0], "orig", None), psycopg.OperationalError)
    assert said[-1].startswith("ended a statement of `lode site` after ")


@pytest.mark.parametrize("application", ["lode import", "lode", "lode upgrade"])
def test_other_programs_are_left_alone(addresses: Addresses, site: Connection, application: str) -> None:
    with running(addresses.site, application, SLEEPS) as ended:
        said: list[str] = []
        time.sleep(0.5)
        watchdog.end_overdue(site, dict.fromkeys(WATCHED, 0.0), said.append, 0.0)
        assert not said and not ended


def test_the_watch_cancels_for_both_logins_until_it_is_over(addresses: Addresses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "EVERY_S", 0.1)
    over, said = threading.Event(), list[str]()
    limits = dict.fromkeys(WATCHED, 0.1 - watchdog.GRACE_S)
    thread = threading.Thread(target=watchdog.watch, args=((addresses.site, addresses.desk), limits, over, said.append))
    thread.start()
    for url, application in ((addresses.site, "lode site"), (addresses.desk, "lode desk")):
        with running(url, application, SLEEPS) as ended:
            _until(ended)
            assert ended
    over.set()
    thread.join(DEADLINE_S)
    assert not thread.is_alive()
    assert [one.split("`")[1] for one in said][:1] == ["lode site"] and said[-1].split("`")[1] == "lode desk"


def test_a_login_that_gives_up_its_rights_to_the_role_of_the_site_is_watched_too(addresses: Addresses) -> None:
    """As where LODE_DATABASE_URL alone is set: the role may not signal the login's connections, the login may."""
    assert addresses.admin is not None
    url = addresses.admin.update_query_dict({"lode_role": "lode_site"})
    with (
        watchdog._connect_logins([url]) as (engine,),
        engine.connect() as connection,
        running(url, "lode site", SLEEPS) as ended,
    ):
        assert _end_overdue(connection, ended, 0.2)


def test_downloads_are_watched_with_a_limit_of_their_own(addresses: Addresses, site: Connection) -> None:
    limits = watchdog.list_statement_limits(load())
    assert limits["lode download"] > limits["lode site"] == limits["lode desk"]
    with running(addresses.site, "lode download", SLEEPS) as ended:
        assert _end_overdue(site, ended, 0.2)[0].startswith("cancelled a statement of `lode download`")

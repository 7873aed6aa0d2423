"""The store of an environment: the private cluster's, or one that LODE_DATABASE_URL names."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import URL, Engine, make_url, text
from sqlalchemy.exc import DBAPIError

from lodebase.db import engine as engines
from lodebase.db import upgrade
from lodebase.db.engine import SEARCH_PATH
from lodebase.db.private_cluster.cluster import Cluster
from lodebase.db.store import Store, open_upgraded_store, write_conninfo
from lodebase.errors import BadSetting, DatabaseAway, NotMigrated
from lodebase.query import Counts, Query, read_page
from lodebase.settings import Settings

if TYPE_CHECKING:
    from tests.lodebase.conftest import Elsewhere, OwnTable


def settings(**given: Any) -> Settings:
    return Settings(**given)


@contextlib.contextmanager
def engine_of(url: URL) -> Iterator[Engine]:
    made = engines.create_checked_engine(url, "tests")
    try:
        yield made
    finally:
        made.dispose()


# --- the private cluster ---------------------------------------------------------------------------------------------


def test_a_new_home_gets_cluster_database_and_tables_and_is_stopped_at_the_end(home: Path) -> None:
    with open_upgraded_store(settings(LODE_HOME=home)) as store:
        assert store.cluster is not None
        with psycopg.connect(store.importer) as connection:
            assert connection.execute("SELECT count(*) FROM deposit").fetchone() == (0,)
            assert connection.execute("SELECT count(*) > 100 FROM term").fetchone() == (True,)
    assert not Cluster(home).running()
    with open_upgraded_store(settings(LODE_HOME=home)) as outer:
        with open_upgraded_store(settings(LODE_HOME=home)):
            pass
        assert outer.cluster is not None and outer.cluster.running()
        upgrade.run_downgrade(outer.addresses, "base")
        with pytest.raises(NotMigrated, match="Run `lode db upgrade`"), open_upgraded_store(settings(LODE_HOME=home)):
            pass
        with open_upgraded_store(settings(LODE_HOME=home), migrate=True):
            pass
    assert not Cluster(home).running()


def test_the_cluster_is_stopped_when_what_was_done_with_it_fails(home: Path) -> None:
    with pytest.raises(ZeroDivisionError), open_upgraded_store(settings(LODE_HOME=home)):
        raise ZeroDivisionError
    assert not Cluster(home).running()


# --- addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "reported"),
    [
        ("nonsense", "LODE_DATABASE_URL is not a database URL; write postgresql://user:password@host:5432/database"),
        ("mysql://user:hush@host/db", "LODE_DATABASE_URL names mysql; Lode needs PostgreSQL with PostGIS"),
        ("sqlite:///file.db", "LODE_DATABASE_URL names sqlite; Lode needs PostgreSQL with PostGIS"),
    ],
)
def test_an_address_of_something_else_is_one_sentence_without_its_password(given: str, reported: str) -> None:
    with pytest.raises(BadSetting) as caught, open_upgraded_store(settings(LODE_DATABASE_URL=given)):
        pass
    assert str(caught.value) == reported


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg2"])
def test_an_address_may_name_any_driver(scheme: str) -> None:
    database_addresses = engines.read_database_addresses(
        settings(LODE_DATABASE_URL=f"{scheme}://user:p%40ss@host:5433/db?sslmode=require")
    )
    assert database_addresses.owner == make_url("postgresql+psycopg://user:p%40ss@host:5433/db?sslmode=require")
    assert database_addresses.admin is None


def test_a_libpq_address_has_our_tables_first_and_jit_off() -> None:
    conninfo = write_conninfo(make_url("postgresql+psycopg://user:p%40ss@host:5433/db?sslmode=require"))
    parts = psycopg.conninfo.conninfo_to_dict(conninfo)
    assert parts["password"] == "p@ss"
    assert (parts["host"], parts["port"], parts["dbname"], parts["sslmode"]) == ("host", "5433", "db", "require")
    assert f"search_path={SEARCH_PATH}" in str(parts["options"]) and "jit=off" in str(parts["options"])


def test_every_connection_has_jit_off_our_tables_first_and_its_time_limit(store: Store) -> None:
    engine = engines.create_checked_engine(store.addresses.site, "tests", statement_timeout_s=1.5)
    with engine.connect() as connection:
        shown = {n: connection.scalar(text(f"SHOW {n}")) for n in ("jit", "search_path", "statement_timeout", "TimeZone")}
        assert connection.scalar(text("SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()")) == "tests"
    engine.dispose()
    assert shown == {"jit": "off", "search_path": SEARCH_PATH, "statement_timeout": "1500ms", "TimeZone": "UTC"}


# --- a database that somebody else runs ------------------------------------------------------------------------------


def planning(elsewhere: "Elsewhere", role: str = "keeper", **more: Any) -> Settings:
    name = elsewhere.database(role, "postgis")
    return settings(LODE_DATABASE_URL=elsewhere.url(role, name), **more)


def test_a_plain_role_that_may_make_roles_needs_nobody(elsewhere: "Elsewhere") -> None:
    with open_upgraded_store(planning(elsewhere), migrate=True) as store:
        assert store.cluster is None
        with psycopg.connect(store.importer) as connection:
            assert connection.execute("SELECT current_user, count(*) FROM deposit").fetchone() == ("keeper", 0)
    assert elsewhere.cluster.running(), "nothing is stopped that somebody else runs"


def test_an_empty_database_is_not_migrated_implicitly(elsewhere: "Elsewhere") -> None:
    with pytest.raises(NotMigrated, match="^The store has no tables of Lode yet"), open_upgraded_store(planning(elsewhere)):
        pass


def test_imports_and_queries_work_there(elsewhere: "Elsewhere", own_table: "OwnTable") -> None:
    with open_upgraded_store(planning(elsewhere), migrate=True) as store:
        there = type(own_table)(store, own_table.folder)
        assert there.load([{"id": "a"}, {"id": "b", "kind": "project", "product": "x", "status": "operating"}]).loaded == 2
        assert there.load([{"id": "a", "name": "New"}]).updated == 1
        assert there.one("SELECT status FROM project") == "operating"
        assert there.one("SELECT count(*) FROM lode_history.deposit") == 1
        with engine_of(store.addresses.site) as site:
            assert read_page(site, Query("deposits"), Counts()).matched == 1


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO source (name) VALUES ('x')",
        "UPDATE deposit SET name_en = 'x'",
        "DELETE FROM deposit",
        "TRUNCATE deposit",
        "DROP TABLE deposit",
        "CREATE TABLE lode.mine (x int)",
        "CREATE TABLE public.mine (x int)",
        "SELECT current_version()",
    ],
)
def test_the_site_falls_to_a_role_that_only_reads(elsewhere: "Elsewhere", statement: str) -> None:
    with open_upgraded_store(planning(elsewhere), migrate=True) as store, engine_of(store.addresses.site) as site:
        with site.connect() as connection:
            assert connection.scalar(text("SELECT current_user")) == "lode_site"
            assert connection.scalar(text("SELECT count(*) FROM deposit")) == 0
        with site.connect() as connection, pytest.raises(DBAPIError, match="read-only transaction|permission denied"):
            connection.execute(text(statement))
        with site.connect() as connection:
            connection.execute(text("SET default_transaction_read_only = off"))
            connection.commit()
            with pytest.raises(DBAPIError, match="permission denied|must be owner"):
                connection.execute(text(statement))


def test_a_login_of_its_own_for_the_site_is_taken(elsewhere: "Elsewhere") -> None:
    name = elsewhere.database("keeper", "postgis")
    given = settings(LODE_DATABASE_URL=elsewhere.url("keeper", name), LODE_SITE_DATABASE_URL=elsewhere.url("reader", name))
    with open_upgraded_store(given, migrate=True) as store:
        elsewhere.run("GRANT lode_site TO reader")
        with engine_of(store.addresses.site) as site, site.connect() as connection:
            assert connection.scalar(text("SELECT current_user")) == "reader"
            assert connection.scalar(text("SELECT count(*) FROM deposit")) == 0
            with pytest.raises(DBAPIError, match="permission denied"):
                connection.execute(text("DELETE FROM deposit"))


def test_a_role_without_rights_works_once_its_administrator_has_made_ours(elsewhere: "Elsewhere") -> None:
    for statement in ("CREATE ROLE lode_import NOLOGIN", "CREATE ROLE lode_site NOLOGIN", "CREATE ROLE lode_desk NOLOGIN"):
        elsewhere.run(statement)
    elsewhere.run("GRANT lode_import, lode_site, lode_desk TO planner")
    given = planning(elsewhere, "planner")
    for _ in range(2):
        with (
            open_upgraded_store(given, migrate=True) as store,
            engine_of(store.addresses.site) as site,
            site.connect() as connection,
        ):
            assert connection.scalar(text("SELECT current_user")) == "lode_site"


def test_a_database_that_can_not_be_reached_is_one_sentence(tmp_path: Path) -> None:
    url = f"postgresql://user:hush@/db?host={tmp_path}"
    for migrate in (False, True):
        with pytest.raises(DatabaseAway) as caught, open_upgraded_store(settings(LODE_DATABASE_URL=url), migrate=migrate):
            pass
        assert "\n" not in str(caught.value) and "hush" not in str(caught.value)

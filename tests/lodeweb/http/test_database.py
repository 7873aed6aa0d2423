"""The site's engine reads and can't write, whichever login it has, and gives no statement more than its time."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from lodebase.db.schema.models import METADATA
from lodebase.db.store import Store
from lodebase.settings import Settings
from lodeweb.app import create_app

TABLES = sorted(table.fullname for table in METADATA.tables.values())


@pytest.fixture(scope="module")
def sites(site_store: Store) -> Iterator[dict[str, Flask]]:
    """The site under a login that may only read, and under one that may do anything and gave its rights up."""
    assert site_store.addresses.admin is not None
    admin, reader = (
        address.render_as_string(hide_password=False) for address in (site_store.addresses.admin, site_store.addresses.site)
    )
    made = {
        "reader": create_app(Settings.model_validate({"LODE_DATABASE_URL": admin, "LODE_SITE_DATABASE_URL": reader})),
        "gave up": create_app(Settings.model_validate({"LODE_DATABASE_URL": admin, "LODE_STATEMENT_TIMEOUT": 0.2})),
    }
    yield made
    for app in made.values():
        app.extensions["lode"].dispose()


@pytest.fixture(params=["reader", "gave up"])
def connection(request: pytest.FixtureRequest, sites: dict[str, Flask]) -> Iterator[Connection]:
    with sites[request.param].extensions["lode"].engine.connect() as made:
        yield made


def test_connection_reads_from_the_database(connection: Connection) -> None:
    assert connection.scalar(text("SELECT count(*) FROM deposit")) == 56
    assert connection.scalar(text("SELECT current_user")) == "lode_site"


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "INSERT INTO {} DEFAULT VALUES", "DROP TABLE {}"])
def test_it_writes_no_row_of_any_table(connection: Connection, table: str, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied|read-only transaction|must be owner"):
        connection.execute(text(statement.format(table)))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE deposit SET name_en = 'x'",
        "SELECT current_version()",
        "SELECT settle_indexes()",
        "CREATE TABLE public.made (n int)",
        "CREATE TABLE lode.made (n int)",
        "CREATE TEMPORARY TABLE made (n int)",
        "COPY deposit TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_it_makes_nothing_and_reaches_no_file(connection: Connection, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied|read-only transaction"):
        connection.execute(text(statement))


def test_a_statement_ends_at_its_time(sites: dict[str, Flask]) -> None:
    with (
        sites["gave up"].extensions["lode"].engine.connect() as connection,
        pytest.raises(DBAPIError, match="canceling statement due to statement timeout"),
    ):
        connection.execute(text("SELECT pg_sleep(5)"))


def test_nothing_is_connected_before_the_first_query(site_store: Store) -> None:
    app = create_app(Settings.model_validate({"LODE_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}))
    assert app.extensions["lode"].engine.pool.checkedin() == 0
